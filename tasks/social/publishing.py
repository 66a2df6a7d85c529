"""Which posts are due on which accounts, and what becomes of each?

A post in state `scheduled` that somebody approved is due at its time, an evergreen one again after
each cool-down, at the same time of the brand's day. It is decided once: what the ledger has is not
planned again. One that missed its time is not sent late, a person is asked about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from config.content_rules import ContentRules
from config.content_times import written
from config.words import Mode
from connectors.actions import Action, Proposal
from connectors.changes import ABSENT, PRESENT, Subject
from connectors.social import item_of
from tasks.gate.rules_posting import MISSED
from tasks.report.numbers import plural
from tasks.social.composed import Composed

LOOKED_BACK = timedelta(days=14)
"""A post that was due longer ago is neither published nor asked about: its time is over."""

GRACE = timedelta(days=1)
"""So long after its tolerance an approved post stays in the ledger as waiting, at most."""

PRIORITY = 50


@dataclass(frozen=True, slots=True)
class Speaker:
    """An account that posts are published on, and by whose rules."""

    account_key: int
    account_id: str
    process: str
    playbook: str
    mode: Mode
    asks_for_days: int  # how long a question about a late post waits for a person


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A post on one account, and when it is due."""

    speaker: Speaker
    name: str
    due_at: datetime
    composed: Composed
    owner: str
    approved_by: str
    approved_on: date

    @property
    def subject(self) -> Subject:
        """What a change would be about."""
        item = item_of(self.due_at, self.composed.text)
        return Subject("account", self.speaker.account_id, "post", item)


@dataclass(frozen=True, slots=True)
class Publication:
    """A post that goes into the ledger, and how."""

    proposal: Proposal
    state: Literal["approved", "proposed"]
    explanation: str


def plan_publications(
    scheduled: Iterable[Scheduled],
    ledger: Sequence[Action],
    rules: ContentRules,
    zone: ZoneInfo,
    brand: str,
    now: datetime,
) -> list[Publication]:
    """Return what is new: posts that are due now, and questions about those that are late.

    `ledger` are the actions on posts of the last weeks, whatever became of them.
    """
    known: dict[tuple[int, Subject], list[Action]] = {}
    for action in ledger:
        place = (action.proposal.account_key, action.proposal.subject)
        known.setdefault(place, []).append(action)
    planned = []
    for post in sorted(scheduled, key=lambda one: (one.due_at, one.name)):
        before = known.get((post.speaker.account_key, post.subject), [])
        late = now - post.due_at > timedelta(minutes=rules.tolerance_minutes)
        if not before and not late:
            planned.append(_approved(post, rules, zone, brand))
        elif _to_be_asked(before) and late:
            planned.append(_asked(post, zone, brand, now))
    return planned


def _to_be_asked(before: Sequence[Action]) -> bool:
    """Tell whether a late post was never decided on, or was let go only for being late."""
    if any(action.proposal.check == MISSED for action in before):
        return False
    return all(
        action.state == "expired" or (action.state, action.reason) == ("refused", "late")
        for action in before
    )


def _approved(post: Scheduled, rules: ContentRules, zone: ZoneInfo, brand: str) -> Publication:
    due = written(post.due_at, zone)
    expires = post.due_at + timedelta(minutes=rules.tolerance_minutes) + GRACE
    sentence = f"{post.name} is due on {post.composed.network} at {due}."
    proposal = _proposal(post, zone, brand, sentence=sentence, check="", expires_at=expires)
    return Publication(
        proposal, "approved", f"approved by {post.approved_by} on {post.approved_on}"
    )


def _asked(post: Scheduled, zone: ZoneInfo, brand: str, now: datetime) -> Publication:
    due = written(post.due_at, zone)
    minutes = int((now - post.due_at) / timedelta(minutes=1))
    how_late = plural(minutes, "minute") if minutes < 120 else plural(minutes // 60, "hour")
    sentence = (
        f"{post.name} was due on {post.composed.network} at {due} and was not published: it is "
        f"{how_late} late. Approve it to publish it now, or reject it."
    )
    expires = now + timedelta(days=post.speaker.asks_for_days)
    proposal = _proposal(post, zone, brand, sentence=sentence, check=MISSED, expires_at=expires)
    return Publication(proposal, "proposed", "it missed its time")


def _proposal(
    post: Scheduled, zone: ZoneInfo, brand: str, *, sentence: str, check: str, expires_at: datetime
) -> Proposal:
    day = post.due_at.astimezone(zone).date()
    speaker = post.speaker
    return Proposal(
        brand=brand,
        process=speaker.process,
        playbook=speaker.playbook,
        check=check,
        as_of=day,
        account_key=speaker.account_key,
        entity_key=None,
        subject=post.subject,
        name=post.name,
        campaign_id=None,
        before=ABSENT,
        after=PRESENT,
        unit="",
        currency="XXX",
        verdict="warning" if check else "ok",
        sentence=sentence,
        numbers={},
        window_end=day - timedelta(days=1),
        metrics=(),
        expected=None,
        risk="what has happened since it was approved may make it the wrong thing to say",
        undo="delete the post; who has seen it has seen it",
        priority=PRIORITY,
        owner=post.owner,
        mode=speaker.mode,
        expires_at=expires_at,
        judge_after_days=7,
        content=post.composed.content,
    )


def next_due(moments: Iterable[datetime], after: datetime, until: datetime) -> datetime | None:
    """Return the first of these moments after one and up to another; None if there is none."""
    return min((moment for moment in moments if after < moment <= until), default=None)
