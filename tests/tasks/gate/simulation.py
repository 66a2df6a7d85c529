"""Months of an account in which anybody asks for anything, and whatever passes is done.

The world keeps what is true at the start of each day. It knows nothing of the gate's history: the
referee judges by these true values, not by actions.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from config.guardrails import Guardrails
from connectors.actions import Action, Proposal
from connectors.changes import Edit, Setting, Subject, Value
from tasks.gate.passing import Decision, decide
from tasks.gate.state import Delivery, GateState, MonthlyBudget, Thing
from tests.tasks.gate.referee import Done, Referee
from tests.tasks.gate.town import account, budget_of, proposal, status_of

ZONE = ZoneInfo("Europe/Berlin")
START = date(2026, 9, 7)  # a Monday; the clocks go back in the seventh week
CAMPAIGNS = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
SHARED = ("c7", "c8")
JUDGED_AFTER = 1


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: a change of a thing, `how` being a percentage or an age."""

    what: str  # budget, pause, rest, enable, ad, undo, person
    which: int
    how: int


@dataclass
class World:
    """An account with eight campaigns (two share a budget) and two ads in each."""

    guardrails: Guardrails
    monthly: Decimal
    today: date = START
    now: datetime = field(init=False)
    values: dict[Subject, Value] = field(default_factory=dict)
    mornings: dict[date, dict[Subject, Value]] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    refused: Counter = field(default_factory=Counter)
    passed: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for number, name in enumerate(CAMPAIGNS):
            self.values[self.budget(name)] = Decimal(80 + 10 * number)
            self.values[status_of(name)] = "enabled"
            for ad in (f"{name}a", f"{name}b"):
                self.values[status_of(ad, "ad")] = "enabled"
        for back in range(40, 0, -1):
            self.mornings[START - timedelta(days=back)] = dict(self.values)
        self.referee = Referee(self)
        self._wake()

    def live(self, wishes: list[Wish], days: int) -> None:
        """Let people edit, decide on what is asked, do what passes; then let days go by.

        On the same day it is half an hour later each time, until the gate's hours are over; what
        was pulled in the morning is not pulled again. What is brought back goes first, as the gate
        has decided it first.
        """
        self.now += timedelta(minutes=30)
        for wish in wishes:
            if wish.what == "person":
                self._edit(wish)
        asked = [*self._due(), *(one for wish in wishes if (one := self._asked(wish)))]
        decisions = decide(asked, self.state(asked))
        for decision in sorted(decisions, key=lambda one: one.proposal.takes_back is None):
            if decision.passed:
                self._do(decision)
            else:
                self.refused[decision.reason] += 1
        for _ in range(days):
            self.today += timedelta(days=1)
            self._wake()

    def spend(self, name: str, day: date) -> Decimal:
        """Return what a campaign spent; those that share a budget halve it."""
        morning = self.mornings[day]
        if morning[status_of(name)] != "enabled":
            return Decimal(0)
        amount = morning[self.budget(name)]
        both = [one for one in SHARED if morning[status_of(one)] == "enabled"]
        return amount / len(both) if name in SHARED else amount

    def delivery(self, name: str) -> float:
        """Return a campaign's spend of the last 7 days."""
        days = (self.today - timedelta(days=back) for back in range(1, 8))
        return float(sum(self.spend(name, day) for day in days))

    def running(self, resting: Collection[str] = ()) -> Decimal:
        """Return what may be spent per day now, and by what is `resting`."""
        holders = {
            self.budget(name)
            for name in CAMPAIGNS
            if self.values[status_of(name)] == "enabled" or name in resting
        }
        return sum((self.values[one] for one in holders), Decimal(0))

    def month_spend(self) -> Decimal:
        """Return what has been spent in this month before today."""
        days = (self.today.replace(day=1 + n) for n in range(self.today.day - 1))
        return sum((self.spend(c, day) for day in days for c in CAMPAIGNS), Decimal(0))

    def state(self, asked: list[Proposal]) -> GateState:
        """Return what the engine would read."""
        delivered = {name: self.delivery(name) for name in CAMPAIGNS}
        things = {(t.level, t.entity_id): t for t in self._things(delivered)}
        total = sum(delivered.values())
        one = account(
            things=things,
            delivery=Delivery(total, 0.0),
            last_day=self.today - timedelta(days=1),
            month_spend=self.month_spend(),
            spend_through=self.today - timedelta(days=1),
            edits=list(self.edits),
        )
        return GateState(
            brand="shop",
            currency="EUR",
            now=self.now,
            guardrails=self.guardrails,
            accounts={1: one},
            settings={(1, one.subject): self._setting(one.subject) for one in asked},
            actions=list(reversed(self.actions)),
            budgets=[MonthlyBudget("google_ads", frozenset({1}), self.monthly)],
        )

    def _wake(self) -> None:
        self.now = datetime(self.today.year, self.today.month, self.today.day, 7, tzinfo=ZONE)
        self.mornings[self.today] = dict(self.values)
        self.actions = [
            replace(one, judged="improved", state="judged")
            if one.judged is None
            and one.state == "applied"
            and (self.today - one.applied_at.date()).days >= JUDGED_AFTER
            else one
            for one in self.actions
        ]

    def budget(self, name: str) -> Subject:
        """Return where a campaign's budget is set."""
        return budget_of(SHARED[0] if name in SHARED else name)

    def _things(self, delivered: dict[str, float]) -> list[Thing]:
        morning, found = self.mornings[self.today], []
        for name in CAMPAIGNS:
            shared = SHARED if name in SHARED else ()
            budget, spent = morning[self.budget(name)], delivered[name]
            found.append(
                Thing(
                    "campaign",
                    name,
                    name,
                    morning[status_of(name)],
                    campaign_id=name,
                    daily_budget=budget,
                    shared_by=shared,
                    delivery=Delivery(spent, 0.0),
                )
            )
            found.append(Thing("ad_group", f"{name}g", name, "enabled", name, name))
            for ad in (f"{name}a", f"{name}b"):
                status = morning[status_of(ad, "ad")]
                half = Delivery(spent / 2, 0.0)
                found.append(Thing("ad", ad, ad, status, f"{name}g", name, delivery=half))
        return found

    def _setting(self, subject: Subject) -> Setting:
        shared = SHARED if subject in map(budget_of, SHARED) else ()
        place = self.budget(subject.entity_id) if subject.field == "daily_budget" else subject
        return Setting(subject, self.values[place], shared_by=shared)

    def _asked(self, wish: Wish) -> Proposal | None:
        name = CAMPAIGNS[wish.which % len(CAMPAIGNS)]
        changes = {"as_of": self.today, "window_end": self.today - timedelta(days=8)}
        if wish.what == "undo":
            return self._back(self.actions[-1 - wish.which]) if self._can_undo(wish) else None
        if wish.what == "budget":
            before = self.values[self.budget(name)]
            after = (before * (100 + wish.how) / 100).quantize(Decimal("0.01"))
            changes["evidence"] = ("shared by c7 and c8",)
            return proposal(budget_of(name), before, after, **changes)
        ad = f"{name}{'ab'[wish.how % 2]}"
        subject = status_of(ad, "ad") if wish.what == "ad" else status_of(name)
        after = "enabled" if wish.what == "enable" or wish.how % 3 == 0 else "paused"
        if wish.what == "rest":
            after, changes["restore_on"] = "paused", self.today + timedelta(days=1)
        return proposal(subject, self.values[subject], after, **changes)

    def _can_undo(self, wish: Wish) -> bool:
        if wish.which >= len(self.actions):
            return False
        one = self.actions[-1 - wish.which]
        return one.state != "undone" and one.proposal.takes_back is None

    def _back(self, one: Action) -> Proposal:
        done = one.proposal
        return replace(
            done,
            as_of=self.today,
            before=done.after,
            after=done.before,
            takes_back=one.action_id,
            restore_on=None,
        )

    def _due(self) -> list[Proposal]:
        return [
            self._back(one)
            for one in self.actions
            if one.state != "undone" and (due := one.proposal.restore_on) and due <= self.today
        ]

    def _edit(self, wish: Wish) -> None:
        name = CAMPAIGNS[wish.which % len(CAMPAIGNS)]
        subject = self.budget(name) if wish.how % 2 else status_of(name)
        old = self.values[subject]
        new = old + wish.how if isinstance(old, Decimal) else "enabled"
        if new == old or (isinstance(new, Decimal) and new <= 0):
            return
        self.values[subject] = new
        more = new - old if subject.field == "daily_budget" else self.values[self.budget(name)]
        made = Edit(f"e{len(self.edits)}", self.now, subject, old, new, "a person", "WEB")
        self.edits.append(made)
        self.referee.see_edit(made, max(more, Decimal(0)))

    def _do(self, decision: Decision) -> None:
        """Carry out what passed, and let the referee look."""
        one = decision.proposal
        self.passed["restoration" if one.takes_back else one.subject.field] += 1
        budget = one.subject.field == "daily_budget"
        place = self.budget(one.subject.entity_id) if budget else one.subject
        assert self.values[place] == one.before
        share = self.referee.share(one)
        self.values[place] = one.after
        at = self.now
        self.edits.append(
            Edit(f"e{len(self.edits)}", at, place, one.before, one.after, "marketloop", "API")
        )
        self.actions = [
            replace(old, state="undone") if old.action_id == one.takes_back else old
            for old in self.actions
        ]
        number = len(self.actions) + 1
        made = Action(number, one, "applied", 3, at, at, attempts=1, applied_at=at)
        self.actions.append(made)
        self.referee.see(Done(self.today, place, one, share))
