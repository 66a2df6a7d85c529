"""Who should get a campaign now? Its segment, each person once, at his time.

A campaign with a test writes to a part of the segment first, the same people whenever it is asked,
and to the others once the test has ended (see `campaign_tests.py`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from config.content_times import FORM
from config.mail_sequences import Campaign
from connectors.enrolments import MAY, Codes, Keys, People, Seconds, Skip, Truths, moment, seconds
from connectors.mail import DueMail
from tasks.sequences.arms import draw, drawn
from tasks.sequences.hours import Hours
from tasks.sequences.plans import Rules
from tasks.sequences.zones import zones_of


@dataclass(frozen=True, slots=True)
class Audience:
    """Who has not got the campaign yet: the segment without those who are excluded, and without
    whom the ledger or the skips have already. `people` stands beside `person_key`."""

    person_key: Keys
    people: People


@dataclass(frozen=True, slots=True)
class Due:
    """What a campaign wants now, and whom it has given up."""

    messages: tuple[DueMail, ...]
    skips: tuple[Skip, ...]


def campaign_due(
    brand: str,
    name: str,
    campaign: Campaign,
    hours: Hours,
    audience: Audience,
    now: datetime,
    rules: Rules,
    winner: str | None = None,
    decided_at: datetime | None = None,
) -> Due:
    """Return what a running campaign wants now. `winner` is the arm that ended its test, and when.

    Messages that are later than the tolerance are given up.
    """
    at, people = seconds(now), audience.people
    arm, waits = _arms(name, campaign, audience.person_key, winner)
    planned = _planned(campaign, hours, people, rules, _not_before(waits, decided_at))
    asked = (people.standing == MAY) & ~(waits & (winner is None)) & (planned <= at)
    if campaign.state != "running":
        asked[:] = False
    late = planned + rules.tolerance < at
    zones = zones_of(people.zones, rules.zone)
    opens = hours.is_open(zones.local(np.full(len(people), at), people.zone))
    wanted = np.flatnonzero(asked & ~late & opens)
    keys = audience.person_key
    return Due(
        tuple(
            _due_mail(brand, name, campaign, arm[row], int(keys[row]), int(planned[row]), rules)
            for row in wanted.tolist()
        ),
        tuple(
            Skip(brand, "campaign", name, "", 0, int(keys[row]), moment(int(planned[row])), "late")
            for row in np.flatnonzero(asked & late).tolist()
        ),
    )


def active_from(campaign: Campaign, zone: str) -> datetime:
    """Return when a campaign may want something for the first time, anywhere on earth."""
    local = _send_at(campaign)
    if campaign.local:
        return local.replace(tzinfo=UTC) - timedelta(hours=14)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def active_until(campaign: Campaign, zone: str) -> datetime:
    """Return when a campaign is over: hours, holidays, test and tolerance end before that."""
    return (tested_until(campaign, zone) or active_from(campaign, zone)) + timedelta(days=30)


def tested_until(campaign: Campaign, zone: str) -> datetime | None:
    """Return when a campaign's test is decided: so many hours after the last person of its part
    has been due; None without a test."""
    if campaign.test is None:
        return None
    last = active_from(campaign, zone) + timedelta(hours=26 if campaign.local else 0)
    return last + timedelta(hours=campaign.test.decide_after_hours)


def _send_at(campaign: Campaign) -> datetime:
    return datetime.strptime(campaign.send_at, FORM)  # noqa: DTZ007  a clock's time


def _planned(
    campaign: Campaign, hours: Hours, people: People, rules: Rules, earliest: Seconds
) -> Seconds:
    """Return for when each person's message is planned: his or the brand's time, in open hours."""
    zones = zones_of(people.zones, rules.zone)
    local = int(_send_at(campaign).replace(tzinfo=UTC).timestamp())
    clock = np.full(len(people), local)
    if campaign.local:
        at = zones.moment(clock, people.zone)
    else:
        at = zones_of([rules.zone], rules.zone).moment(clock, np.zeros(len(people), np.int64))
    return hours.first_open(np.maximum(at, earliest), people.zone, zones)


def _not_before(waits: Truths, decided_at: datetime | None) -> Seconds:
    """Return before when nobody is written to: the others not before the test's end."""
    return np.where(waits, seconds(decided_at) if decided_at else 0, 0)


def _arms(
    name: str, campaign: Campaign, person_key: Keys, winner: str | None
) -> tuple[list[str], Truths]:
    """Return everybody's arm, and who waits for the test's end."""
    test = campaign.test
    if test is None:
        return [""] * len(person_key), np.zeros(len(person_key), np.bool_)
    waits = drawn(person_key, "campaign", name, "share") >= test.share
    even = dict.fromkeys(test.arms, 1 / len(test.arms))
    names = [*test.arms]
    places: Codes = draw(person_key, even, "campaign", name, "arm")
    others = winner or ""
    return [
        others if later else names[place]
        for later, place in zip(waits.tolist(), places.tolist(), strict=True)
    ], waits


def _due_mail(
    brand: str, name: str, campaign: Campaign, arm: str, key: int, planned: int, rules: Rules
) -> DueMail:
    chosen = campaign.test.arms[arm] if campaign.test and arm else None
    return DueMail(
        brand=brand,
        kind="campaign",
        source=name,
        step="",
        round=0,
        arm=arm,
        segment=campaign.segment,
        template=(chosen.template if chosen else "") or campaign.template,
        person_key=key,
        due_at=moment(planned),
        not_before=moment(planned),
        not_after=moment(planned + rules.tolerance),
        priority=campaign.priority,
    )
