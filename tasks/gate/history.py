"""What has happened to each place? Changes of ours and of others, and what is still open."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from connectors.actions import DONE, Action
from connectors.changes import STEERING_FIELDS, Edit, Subject, Value
from tasks.gate.hold_off import foreign_edits
from tasks.gate.places import Places, ThingKey, counted
from tasks.gate.state import GateState
from tasks.open_actions import OpenActions
from tasks.playbooks.situation import Place


@dataclass(frozen=True, slots=True)
class Move:
    """A value that was changed, by whomever. None: the platform does not tell."""

    at: datetime
    day: date  # the account's
    old: Value | None
    new: Value | None


@dataclass(frozen=True, slots=True)
class Past:
    """What has happened to one place. Actions whose fate is open (`applying`) count as done."""

    moves: list[Move] = field(default_factory=list)  # by whomever, in time
    own_days: list[date] = field(default_factory=list)  # of our changes, any order
    open: list[Action] = field(default_factory=list)

    def stood(self, days: int, today: date, present: Value) -> Value:
        """Return the value before all changes of the last `days` days, today among them.

        Of a first change whose old value is unknown: what the change before it left, or else its
        own new value. Without changes: `present`.
        """
        if not self.moves:
            return present
        start = today - timedelta(days=days - 1)
        earlier: Value | None = None
        for move in self.moves:
            if move.day < start:
                earlier = move.new
            elif (value := _first(move.old, earlier, move.new)) is not None:
                return value
        return present

    @property
    def last_own_day(self) -> date | None:
        """The day of our last change."""
        return max(self.own_days) if self.own_days else None


_NOTHING = Past()


class History:
    """Looked up by place, as `Places.canonical` names it."""

    def __init__(self, state: GateState, places: Places, left_out: frozenset[int]) -> None:
        """`left_out` are the actions to decide on now: they do not stand in their own way."""
        self._places = places
        self._before = [action for action in state.actions if action.action_id not in left_out]
        self.pasts: dict[Place, Past] = defaultdict(Past)
        self.steered: dict[ThingKey, list[Action]] = defaultdict(list)  # open ones, per entity
        self.foreign: dict[ThingKey, Edit] = {}  # the latest by others, per entity
        self.done = [action for action in self._before if is_done(action)]
        self._open = OpenActions(self._before)
        self._read_actions()
        self._read_edits(state)
        for past in self.pasts.values():
            past.moves.sort(key=lambda move: move.at)

    def past(self, place: Place) -> Past:
        """Return what has happened to a place."""
        return self.pasts.get(place, _NOTHING)

    def since(self, days: int) -> Iterator[tuple[Action, date]]:
        """Yield our changes of the last `days` days, today among them, each with its day."""
        for action in self.done:
            account_key = action.proposal.account_key
            day = self._places.day(account_key, moment(action))
            if day > self._places.today(account_key) - timedelta(days=days):
                yield action, day

    def comes_back(self, action: Action) -> bool:
        """Say whether the value before is still to be restored by itself."""
        return self._open.comes_back(action, self._today(action))

    def _read_actions(self) -> None:
        for action in self._before:
            proposal = action.proposal
            place = self._places.canonical((proposal.account_key, proposal.subject))
            if self._open.is_open(action, self._today(action)):
                self.pasts[place].open.append(action)
                if proposal.subject.field in STEERING_FIELDS:
                    subject = proposal.subject
                    key = (proposal.account_key, subject.level, subject.entity_id)
                    self.steered[key].append(action)
        for action in self.done:
            proposal = action.proposal
            place = self._places.canonical((proposal.account_key, proposal.subject))
            day = self._places.day(proposal.account_key, moment(action))
            past = self.pasts[place]
            past.own_days.append(day)
            past.moves.append(Move(moment(action), day, proposal.before, proposal.after))

    def _read_edits(self, state: GateState) -> None:
        by_account: dict[int, list[Action]] = defaultdict(list)
        for action in state.actions:
            by_account[action.proposal.account_key].append(action)
        for account_key, account in state.accounts.items():
            own = by_account[account_key]
            one_of_many = partial(self._subject, account_key)
            for edit in foreign_edits(account.edits or (), own, canonical=one_of_many):
                key = (account_key, edit.subject.level, edit.subject.entity_id)
                if key not in self.foreign or self.foreign[key].at < edit.at:
                    self.foreign[key] = edit
                place = self._places.canonical((account_key, edit.subject))
                day = self._places.day(account_key, edit.at)
                self.pasts[place].moves.append(Move(edit.at, day, edit.old, edit.new))

    def _today(self, action: Action) -> date:
        return self._places.today(action.proposal.account_key)

    def _subject(self, account_key: int, subject: Subject) -> Subject:
        return self._places.canonical((account_key, subject))[1]


def is_done(action: Action) -> bool:
    """Say whether the platform was changed, or may have been; advice never changes it."""
    written = action.state == "applying" or action.state in DONE
    return written and action.proposal.subject.field != "advice"


def moment(action: Action) -> datetime:
    """Return when an action was carried out, as nearly as is known."""
    return action.applied_at or action.updated_at


def counted_today(history: History, places: Places) -> dict[Place | ThingKey, int]:
    """Return how often each thing was changed by us today."""
    counts: dict[Place | ThingKey, int] = defaultdict(int)
    for action, _ in history.since(1):
        place = (action.proposal.account_key, action.proposal.subject)
        for thing in counted(place, places.concerned(place)):
            counts[thing] += 1
    return counts


def _first(*values: Value | None) -> Value | None:
    return next((value for value in values if value is not None), None)
