"""Was any limit exceeded? Worked out anew after every change, from the true values of each day."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.actions import Proposal
from connectors.changes import Edit, Subject

if TYPE_CHECKING:
    from tests.tasks.gate.simulation import World


@dataclass(frozen=True)
class Done:
    """A change that was carried out; `place` is one for all that share a budget."""

    day: date
    place: Subject
    proposal: Proposal
    share: float


@dataclass
class Referee:
    """Looks at every change. A limit that does not hold is an AssertionError."""

    world: "World"
    done: list[Done] = field(default_factory=list)
    edited: list[tuple[date, Edit]] = field(default_factory=list)
    raised: Decimal = Decimal(0)  # by people so far, per day
    rests: dict[int, tuple[str, Decimal]] = field(default_factory=dict)
    """What was paused for a time, by its number, and up to what all may add up once it is back,
    apart from what people have raised: `raised` at its start is taken off."""

    def share(self, one: Proposal) -> float:
        """Return the percentage of the account's delivery that a change takes away."""
        if one.before != "enabled" or one.after != "paused":
            return 0.0
        name = one.subject.entity_id[:2]
        if one.subject.level == "ad" and self.world.values[_status(name)] != "enabled":
            return 0.0
        names = sorted({s.entity_id for s in self.world.values if s.level == "campaign"})
        whole = sum(self.world.delivery(each) for each in names)
        own = self.world.delivery(name) / (2 if one.subject.level == "ad" else 1)
        return 100 * own / whole if whole else 0.0

    def see_edit(self, edit: Edit, more: Decimal) -> None:
        """Remember what a person did, and how much more per day it lets be spent."""
        self.edited.append((self.world.today, edit))
        self.raised += more

    def see(self, one: Done) -> None:
        """Look at a change that has just been carried out."""
        limits = self.world.guardrails
        self._check_hold_off(one)
        self._check_money(one)
        self._remember_rest(one)
        earlier, self.done = self.done, [*self.done, one]
        if one.proposal.takes_back:
            self._check_restoration(one, earlier)
        else:
            self._check_clock(one)
            self._check_pace(one, earlier)
            if one.place.field == "daily_budget":
                self._check_distance(one)
        today = [each for each in self.done if each.day == one.day]
        assert len(today) <= min(limits.actions_per_day, limits.brand_actions_per_day)
        if one.share:
            assert sum(each.share for each in today) <= limits.delivery_share + 1e-6
            week = [each for each in self.done if (one.day - each.day).days < 7]
            assert sum(each.share for each in week) <= limits.delivery_share_7_days + 1e-6
        self._check_last_ad(one)

    def _check_clock(self, one: Done) -> None:
        names = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
        assert names[one.day.weekday()] in self.world.guardrails.weekdays

    def _check_hold_off(self, one: Done) -> None:
        days = self.world.guardrails.hold_off_days
        for day, edit in self.edited:
            if _entity(edit.subject) in _entities(one.place):
                assert (one.day - day).days >= days

    def _check_pace(self, one: Done, earlier: list[Done]) -> None:
        limits = self.world.guardrails
        same = [each.day for each in earlier if each.place == one.place]
        assert all((one.day - day).days >= limits.cool_down_days for day in same)
        touched = [
            each
            for each in earlier
            if each.day == one.day and _entities(each.place) & _entities(one.place)
        ]
        assert len(touched) < limits.changes_per_entity_per_day

    def _check_distance(self, one: Done) -> None:
        """Compare with the value at the start of the day on which each window begins."""
        limits = self.world.guardrails.limits("daily_budget")
        before, after = one.proposal.before, one.proposal.after
        up = after > before
        for start, share in (
            (before, limits.step_percent),
            (self._value(one, 6), limits.percent_7_days),
            (self._value(one, 29), limits.percent_30_days),
        ):
            allowed = start * Decimal(str(share)) / 100
            assert after <= start + allowed if up else after >= start - allowed
        month_ago = self._value(one, 29)
        if up:
            assert after <= (limits.maximum or month_ago * 2)
        else:
            assert after >= (limits.minimum or month_ago / 2)

    def _value(self, one: Done, days: int) -> Decimal:
        return self.world.mornings[one.day - timedelta(days=days)][one.place]

    def _check_money(self, one: Done) -> None:
        before, after = one.proposal.before, one.proposal.after
        raised = isinstance(after, Decimal) and after > before
        if not (raised or (after == "enabled" and one.place.level == "campaign")):
            return
        world, limits = self.world, self.world.guardrails
        _, allowed = self.rests.pop(one.proposal.takes_back, ("", None))
        ceiling = self._ceiling() if allowed is None else allowed + self.raised
        assert world.running() <= ceiling
        length = monthrange(one.day.year, one.day.month)[1]
        own = world.values[world.budget(one.place.entity_id)]
        planned = (world.running() if allowed is None else own) * (length - one.day.day + 1)
        share = Decimal(str(limits.month_percent)) / 100
        assert world.month_spend() + planned <= world.monthly * share

    def _remember_rest(self, one: Done) -> None:
        """What is paused for a time comes back, though people have raised others meanwhile."""
        proposal = one.proposal
        if proposal.restore_on is None or proposal.before != "enabled":
            return
        resting = {name for name, _ in self.rests.values()} | {proposal.subject.entity_id}
        allowed = max(self._ceiling(), self.world.running(resting)) - self.raised
        self.rests[len(self.done) + 1] = (proposal.subject.entity_id, allowed)

    def _ceiling(self) -> Decimal:
        return self.world.guardrails.daily_budget_ceiling or self.world.monthly / Decimal("30.4")

    def _check_restoration(self, one: Done, earlier: list[Done]) -> None:
        """It brings back what one earlier change replaced, and no other has brought that back."""
        number = one.proposal.takes_back
        taken = earlier[number - 1]
        assert taken.place == one.place
        assert one.proposal.after == taken.proposal.before
        assert number not in {each.proposal.takes_back for each in earlier}

    def _check_last_ad(self, one: Done) -> None:
        if one.place.level == "ad" and one.proposal.after == "paused":
            name = one.place.entity_id[:2]
            statuses = [self.world.values[_status(f"{name}{x}", "ad")] for x in "ab"]
            assert "enabled" in statuses


def _status(entity_id: str, level: str = "campaign") -> Subject:
    return Subject(level, entity_id, "status")


def _entity(subject: Subject) -> tuple[str, str]:
    return subject.level, subject.entity_id


def _entities(place: Subject) -> set[tuple[str, str]]:
    """Return whom a change concerns: c7 and c8 share their budget, kept under c7."""
    if place.field == "daily_budget" and place.entity_id == "c7":
        return {("campaign", "c7"), ("campaign", "c8")}
    return {_entity(place)}
