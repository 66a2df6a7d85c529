"""Who comes into sequences, who moves on, and who should get what at this moment?

What this decides is written before anything is sent, and is decided again in the same way by
whoever comes after a crash. Messages are sent by `mailing.py`, which claims each one first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from config.formula import parse
from config.library import Library
from config.mail_sequences import Campaign
from connectors.enrolments import Enrolled, Entries, Keys, Moves, Occasions, People
from connectors.mail import DueMail
from connectors.warehouse import Warehouse
from tasks.mailing.pace import day_began, most_on
from tasks.run import Run
from tasks.sequences.advance import advance
from tasks.sequences.anniversaries import month_days
from tasks.sequences.campaign_tests import Result, decide
from tasks.sequences.campaigns import (
    Audience,
    active_from,
    active_until,
    campaign_due,
    tested_until,
)
from tasks.sequences.crowd import people_at
from tasks.sequences.entering import candidate_days, date_occasions, enter, since
from tasks.sequences.hours import hours_of
from tasks.sequences.plans import Plan, plan_of, rules_of
from tasks.sequences.simulate import caps_of
from tasks.steps.mailing import sending_account, zone_of
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.person_figures import figures_of


def move_on(run: Run, now: datetime) -> list[DueMail]:
    """Let people into sequences and out of them, move on whoever is due, and return the messages
    that should go out now, those of campaigns among them."""
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        moment = Automation(warehouse, library, run, now)
        moment.end_retired()
        came = moment.let_in()
        due = moment.move()
    run_log().info("%s came into sequences, %s messages are due", f"{came:,}", f"{len(due):,}")
    return due


def nothing_runs(brand: str, now: datetime) -> bool:
    """Tell whether a brand has no sequence and no campaign that can want anything now."""
    library = brand_library(brand)
    running = library.running_sequences(brand)
    zone = library.brand(brand).time_zone
    campaigns = library.running_campaigns(brand).values()
    return not running and not any(_is_active(it, zone, now) for it in campaigns)


class Automation:
    """One moment of a brand's sequences and campaigns."""

    def __init__(self, warehouse: Warehouse, library: Library, run: Run, now: datetime) -> None:
        self.warehouse, self.library, self.run, self.now = warehouse, library, run, now
        self.brand = run.brand
        self.settings = library.brand(run.brand)
        self.rules = rules_of(self.settings.mail, self.settings.time_zone)
        self.plans = self._plans()

    def let_in(self) -> int:
        """Let in whom an event, a segment or a date lets in; return how many that were."""
        return sum(self.warehouse.enrol(self.brand, self._entries(it), self.now)
                   for it in self.plans.values())  # fmt: skip

    def move(self) -> list[DueMail]:
        """Move those who are due, and return what should go out now. Whoever waits for a message
        is asked for again until the ledger says that it is over."""
        moves, came = self._moves(self._campaigns(), self._room())
        self.warehouse.write_moves(came, moves, self.now)
        return [*moves.messages]

    def end_retired(self) -> None:
        """Let everybody leave the sequences that are over."""
        for name, sequence in self.library.sequences.get(self.brand, {}).items():
            if sequence.state == "retired":
                self.warehouse.leave(self.brand, name, "retired", self.now)

    def _plans(self) -> dict[str, Plan]:
        earlier = self.warehouse.earlier_steps(self.brand)
        plans: dict[str, Plan] = {}
        for name, written in self.library.running_sequences(self.brand).items():
            plan = plan_of(name, written, self.settings.mail, earlier.get(name))
            if plan.version not in earlier.get(name, {}):
                steps = [step.id for step in plan.steps]
                self.warehouse.remember_steps(self.brand, name, plan.version, steps, self.now)
                if written.changed != "keep":
                    self.warehouse.look_again(self.brand, name, plan.version, self.now)
            plans[name] = plan
        return plans

    def _entries(self, plan: Plan) -> Entries:
        occasions, people = self._occasions(plan)
        people = self._with_figures(people, occasions.person_key, [plan.written.enters.when])
        inside = self.warehouse.inside(self.brand, plan.name, occasions.person_key.tolist())
        return enter(plan, occasions, people, inside, self.now)

    def _occasions(self, plan: Plan) -> tuple[Occasions, People]:
        enters, zone = plan.written.enters, self.rules.zone
        if enters.event:
            first = self.now - timedelta(days=enters.within_days)
            return self.warehouse.event_occasions(
                self.brand, plan.name, enters.event, first, self.now
            )
        if enters.segment:
            approval = plan.written.approval
            joined = None if enters.already_inside or approval is None else approval.on
            return self.warehouse.segment_occasions(
                self.brand, plan.name, enters.segment, joined and since(joined, zone).date()
            )
        days = candidate_days(self.now, enters.within_days)
        keys, texts, people = self.warehouse.date_candidates(
            self.brand, enters.date, month_days(days, enters.days_before), days
        )
        found = date_occasions(plan, keys, texts, people, self.now, zone)
        order = np.argsort(keys)
        return found, people_at(
            people, order[np.searchsorted(keys, found.person_key, sorter=order)]
        )

    def _moves(self, campaigns: Sequence[DueMail], room: int | None) -> tuple[Moves, Enrolled]:
        plans = self.plans
        segments = {name for plan in plans.values() for name in plan.leaves.segments}
        came, people = self.warehouse.due(
            self.brand, [*plans], self.now, segments=[*segments],
            orders=any("order" in plan.leaves.events for plan in plans.values()),
        )  # fmt: skip
        asked = [step.when for plan in plans.values() for step in plan.steps]
        people = self._with_figures(people, came.person_key, asked)
        keys = {*came.person_key.tolist(), *(it.person_key for it in campaigns)}
        longest = max((cap.days for cap in caps_of(plans, self.rules)), default=0)
        sent = self.warehouse.sent_to(self.brand, [*keys], self.now - timedelta(days=longest))
        return (
            advance(came, plans, people, sent, self.now, self.rules, room=room,
                    campaigns=campaigns),
            came,
        )  # fmt: skip

    def _campaigns(self) -> list[DueMail]:
        found: list[DueMail] = []
        for name, campaign in self.library.running_campaigns(self.brand).items():
            if not _is_active(campaign, self.rules.zone, self.now):
                continue
            keys, people = self.warehouse.audience(
                self.brand, name, campaign.segment, campaign.exclude, self.now
            )
            winner, decided_at = self._winner(name, campaign)
            due = campaign_due(
                self.brand, name, campaign, hours_of(campaign.hours, self.settings.mail),
                Audience(keys, people), self.now, self.rules, winner, decided_at,
            )  # fmt: skip
            self.warehouse.write_skips(self.brand, due.skips, self.now)
            found += due.messages
        return found

    def _winner(self, name: str, campaign: Campaign) -> tuple[str | None, datetime | None]:
        """Return how a campaign's test ended; decide on it, once, when its time has come."""
        until = tested_until(campaign, self.rules.zone)
        if campaign.test is None or until is None or until > self.now:
            return None, None
        known = self.warehouse.campaign_decision(self.brand, name)
        if known is None:
            conversion = campaign.test.metric == "conversion"
            results = self.warehouse.test_results(self.brand, name, conversion, until)
            ended = decide(campaign.test, {arm: Result(*it) for arm, it in results.items()})
            known = self.warehouse.decide_campaign(
                self.brand, name, ended.arm, ended.reason, ended.numbers, self.now
            )
        return known

    def _room(self) -> int | None:
        """Return how many messages a ramp still lets out today; None for any number."""
        ramp = self.settings.mail.ramp
        if ramp is None:
            return None
        _, _, key = sending_account(self.warehouse, self.library, self.run)
        zone = zone_of(self.warehouse, self.brand, key)
        most = most_on(self.now.astimezone(zone).date(), ramp)
        if most is None:
            return None
        return max(0, most - self.warehouse.mail_handed(key, day_began(self.now, zone)))

    def _with_figures(self, people: People, keys: Keys, conditions: Iterable[str]) -> People:
        """Add what conditions ask of these people."""
        names = {one.name for text in conditions if text for one in parse(text).references}
        if not names or not len(keys):
            return people
        found = figures_of(self.warehouse, self.library, self.brand, keys, self.now)
        figures: Mapping[str, np.ndarray] = {name: found[name] for name in names}
        return People(
            people.zones, people.zone, people.standing, people.last_order, people.segments, figures
        )


def _is_active(campaign: Campaign, zone: str, now: datetime) -> bool:
    return active_from(campaign, zone) <= now <= active_until(campaign, zone)
