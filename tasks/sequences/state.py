"""Where is everybody while a moment is worked out? Columns that change, beside those that came."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectors.enrolments import (
    FREE,
    HELD,
    NEVER,
    Changes,
    Codes,
    Enrolled,
    EnrolmentState,
    LeaveReason,
    People,
    Seconds,
    SkipReason,
)
from tasks.sequences.hours import LATEST
from tasks.sequences.plans import FINISHED, LEFT, Plan
from tasks.sequences.zones import Zones, zones_of

Texts = npt.NDArray[np.object_]


@dataclass(slots=True)
class State:
    """Everybody who is due, and what has become of them so far. Arrays have one place each."""

    came: Enrolled
    people: People
    plans: tuple[Plan | None, ...]
    """Of each of `came.sequences`; None: there is no such plan any more."""
    zones: Zones
    now: int
    place: Codes
    """Position of the next step in its plan, `FINISHED` or `LEFT`."""
    round: Codes
    current: Codes
    """1 where the version is the plan's own."""
    arms: Codes
    arm_texts: list[str]
    planned: Seconds
    due: Seconds
    ledger: Codes
    reason: Codes
    """Place in `reasons`."""
    reasons: list[str]
    wanted: list[tuple[int, str, str]]
    """Messages that their plan wants now: row, arm, template."""
    skipped: list[tuple[int, int, int, SkipReason]]
    """Row, position of the message, seconds when it was planned, reason."""
    before: tuple[Codes, ...] = ()
    """`columns` as they came."""

    @property
    def columns(self) -> tuple[Codes, ...]:
        """What of an enrolment changes, besides its end."""
        return self.place, self.due, self.current, self.round, self.arms

    def arrive(self, plan: Plan, rows: Codes, place: int, at: Seconds) -> None:
        """Let people come to a step at these moments: a message is planned for the first moment
        that its hours allow."""
        if place == len(plan.steps):
            place = FINISHED
        self.place[rows] = place
        self.ledger[rows] = FREE
        if place >= 0 and is_message(plan, place):
            at = plan.hours.first_open(at, self.people.zone[rows], self.zones)
        self.planned[rows] = at
        self.due[rows] = np.where(at < LATEST, at, self.now)  # what never opens is looked at now

    def leave(self, rows: Codes, reason: LeaveReason) -> None:
        """Let people go before the end."""
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.place[rows] = LEFT
        self.reason[rows] = self.reasons.index(reason)

    def skip(self, plan: Plan, rows: Codes, reason: SkipReason) -> None:
        """Give up the messages that these people are at: they go on as if it had gone out now."""
        for row in rows.tolist():
            planned = int(self.planned[row])
            last = planned if planned < LATEST else int(self.came.due_at[row])
            self.skipped.append((row, int(self.place[row]), last, reason))
        places = self.place[rows]
        for place in np.unique(places).tolist():
            here = rows[places == place]
            self.arrive(plan, here, place + 1, np.full(len(here), self.now))

    def arm_of(self, code: int) -> dict[str, str]:
        """Return the arms that a code stands for, by split."""
        found: dict[str, str] = json.loads(self.arm_texts[code])
        return found

    def with_arm(self, code: int, split: str, arm: str) -> int:
        """Return the code of the same arms and one more."""
        text = json.dumps({**self.arm_of(code), split: arm}, sort_keys=True)
        if text not in self.arm_texts:
            self.arm_texts.append(text)
        return self.arm_texts.index(text)


def state_of(
    came: Enrolled, people: People, plans: Mapping[str, Plan], now: int, zone: str
) -> State:
    """Return everybody as they came. `zone` is that of people whose own is not known."""
    found = tuple(plans.get(name) for name in came.sequences)
    place = np.full(len(came), LEFT)
    current = np.zeros(len(came), np.int64)
    for code, plan in enumerate(found):
        if plan is None:
            continue
        rows = came.sequence == code
        positions = np.array([plan.positions.get(step, LEFT) for step in came.steps], np.int64)
        place[rows] = positions[came.step[rows]]
        same = np.array([version == plan.version for version in came.versions], np.int64)
        current[rows] = same[came.version[rows]]
    state = State(
        came=came,
        people=people,
        plans=found,
        zones=zones_of(people.zones, zone),
        now=now,
        place=place,
        round=came.round.copy(),
        current=current,
        arms=came.arms.copy(),
        arm_texts=[*came.arm_texts],
        planned=came.planned_at.copy(),
        due=came.due_at.copy(),
        ledger=came.ledger.copy(),
        reason=np.zeros(len(came), np.int64),
        reasons=[""],
        wanted=[],
        skipped=[],
    )
    state.before = tuple(column.copy() for column in state.columns)
    return state


def is_message(plan: Plan, place: int) -> bool:
    """Tell whether a step is a message."""
    step = plan.steps[place]
    return bool(step.message or step.messages)


def changes(state: State) -> Changes:
    """Return what is not as it came; whoever's message a worker has stays unless he leaves."""
    came = state.came
    ended = state.place < 0
    moved = np.zeros(len(came), np.bool_)
    for now, then in zip(state.columns, state.before, strict=True):
        moved |= now != then
    rows = np.flatnonzero((moved & (state.ledger != HELD)) | ended)
    ids, versions, states = _texts(state)
    gone = ended[rows]
    return Changes(
        row=rows,
        round=state.round[rows],
        version=versions[came.sequence[rows]].tolist(),
        step=ids[came.sequence[rows], state.place[rows]].tolist(),
        arms=np.array(state.arm_texts, dtype=object)[state.arms[rows]].tolist(),
        state=states[np.minimum(state.place[rows], 0)].tolist(),
        reason=np.array(state.reasons, dtype=object)[state.reason[rows]].tolist(),
        planned_at=np.where(gone, NEVER, state.planned[rows]),
        due_at=np.where(gone, NEVER, state.due[rows]),
    )


def _texts(state: State) -> tuple[Texts, Texts, Texts]:
    """Return tables of texts: ids of steps by plan and place, versions by plan, states by place.

    The last two places of a row stand for `LEFT` and `FINISHED`, which count from its end.
    """
    longest = max((len(plan.steps) for plan in state.plans if plan), default=0)
    ids = np.full((len(state.plans), longest + 2), "", dtype=object)
    for code, plan in enumerate(state.plans):
        if plan:
            ids[code, : len(plan.steps)] = [step.id for step in plan.steps]
    versions = np.array([plan.version if plan else "" for plan in state.plans], dtype=object)
    states: list[EnrolmentState] = ["active", "left", "finished"]  # places 0, -2, -1
    return ids, versions, np.array(states, dtype=object)
