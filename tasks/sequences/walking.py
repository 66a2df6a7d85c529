"""How far does everybody come by now? Waits, conditions and splits until a message or a wait.

All who are at the same step take it together. A message does not move its person: the ledger of
messages does, once it says that the message is over (see `connectors/warehouse/enrolments.py`).
"""

import numpy as np

from config.formula import TRUE
from config.mail_sequences import LEAVE
from connectors.enrolments import (
    DEFERRED,
    FREE,
    GONE,
    HANDED,
    HELD,
    SUPPRESSED,
    UNSUBSCRIBED,
    Codes,
    Seconds,
    SkipReason,
    Truths,
)
from tasks.sequences.arms import draw
from tasks.sequences.hours import LATEST
from tasks.sequences.plans import LEFT, Plan
from tasks.sequences.state import State, is_message
from tasks.sequences.waits import wait_end
from tasks.sequences.zones import DAY


def begin(state: State) -> None:
    """Let go whoever leaves, move whoever is inside a changed sequence, and go on behind messages
    that are over."""
    rows = np.arange(len(state.came))
    for code, plan in enumerate(state.plans):
        here = rows[state.came.sequence == code]
        if plan is None or plan.state == "retired":
            state.leave(here, "retired")
        if plan is None or plan.state != "running":
            continue
        _changed(state, plan, here[state.current[here] == 0])
        _leaving(state, plan, here)
        _settled(state, plan, here[state.place[here] >= 0])


def walk(state: State, rows: Codes, tolerance: int) -> None:
    """Take these people as far as they come by now; `state.wanted` has the messages that may go
    out now. Those that are later than the tolerance (seconds) are given up on the way."""
    ready: list[Codes] = []
    moving = _moving(state, rows)
    while len(moving):
        for code, plan in enumerate(state.plans):
            here = moving[state.came.sequence[moving] == code]
            if plan is None or not len(here):
                continue
            places = state.place[here]  # as they are before anybody of them moves
            for place in np.unique(places).tolist():
                at = here[places == place]
                if is_message(plan, place):
                    ready.append(_message(state, plan, place, at, tolerance))
                else:
                    _take(state, plan, place, at)
        moving = np.setdiff1d(_moving(state, moving), np.concatenate([*ready, rows[:0]]))


def _moving(state: State, rows: Codes) -> Codes:
    due = (state.place[rows] >= 0) & (state.due[rows] <= state.now)
    moving: Codes = rows[due & (state.ledger[rows] != HELD)]
    return moving


def _changed(state: State, plan: Plan, rows: Codes) -> None:
    """Do to people inside what the sequence says of changed steps."""
    if not len(rows):
        return
    state.current[rows] = 1
    if plan.written.changed == "leave":
        state.leave(rows, "changed")
        return
    if plan.written.changed == "restart":
        state.round[rows] += 1
        state.arms[rows] = _no_arms(state)
        state.arrive(plan, rows, 0, np.full(len(rows), state.now))
        return
    came = state.came
    kinds, which = np.unique(
        np.stack([came.version[rows], came.step[rows]]), axis=1, return_inverse=True
    )
    for kind, (version, step) in enumerate(kinds.T.tolist()):
        here = rows[which.ravel() == kind]
        place = plan.place_after(came.versions[version], came.steps[step])
        if place == LEFT:
            state.leave(here, "changed")
        elif place != plan.positions.get(came.steps[step]):
            state.arrive(plan, here, place, state.due[here])


def _no_arms(state: State) -> int:
    if "{}" not in state.arm_texts:
        state.arm_texts.append("{}")
    return state.arm_texts.index("{}")


def _leaving(state: State, plan: Plan, rows: Codes) -> None:
    """Let go whoever may not be written to, and whom the sequence lets go; of several reasons the
    last one counts."""
    people, leaves, entered = state.people, plan.leaves, state.came.entered_at
    inside = state.place[rows] != LEFT
    if leaves.after_days is not None:
        over = entered[rows] + leaves.after_days * DAY <= state.now
        state.leave(rows[inside & over], "after_days")
    for segment in leaves.segments:
        if segment in people.segments:
            state.leave(rows[inside & people.segments[segment][rows]], "segment")
    if "order" in leaves.events:
        state.leave(rows[inside & (people.last_order[rows] > entered[rows])], "order")
    standing = people.standing[rows]
    state.leave(rows[standing == UNSUBSCRIBED], "unsubscribed")
    state.leave(rows[standing == SUPPRESSED], "suppressed")
    state.leave(rows[standing == GONE], "erased")


def _settled(state: State, plan: Plan, rows: Codes) -> None:
    """Go on behind messages that are over, and wait for those that the server put off."""
    over = rows[state.ledger[rows] == HANDED]
    places = state.place[over]
    for place in np.unique(places).tolist():
        here = over[places == place]
        state.arrive(plan, here, place + 1, state.came.ledger_at[here])
    later = rows[state.ledger[rows] == DEFERRED]
    state.due[later] = np.maximum(state.due[later], state.came.ledger_at[later])
    state.ledger[later] = FREE


def _take(state: State, plan: Plan, place: int, rows: Codes) -> None:
    """Take a wait, a condition or a split, at the moment for which it was planned."""
    step, at = plan.steps[place], state.due[rows]
    if step.wait:
        at = wait_end(step.wait, at, state.people.zone[rows], state.zones)
        state.arrive(plan, rows, place + 1, at)
    elif step.split:
        person_key = state.came.person_key[rows]
        drawn = draw(person_key, step.split, plan.name, step.id)
        arms = state.arms[rows]
        for code in np.unique(arms).tolist():
            for number, arm in enumerate(step.split):
                here = rows[(arms == code) & (drawn == number)]
                state.arms[here] = state.with_arm(code, step.id, arm)
        state.arrive(plan, rows, place + 1, at)
    else:
        so = _so(state, plan, place, rows)
        state.arrive(plan, rows[so], place + 1, at[so])
        if step.otherwise == LEAVE:
            state.leave(rows[~so], "condition")
        else:
            state.arrive(plan, rows[~so], plan.positions[step.otherwise], at[~so])


def _so(state: State, plan: Plan, place: int, rows: Codes) -> Truths:
    """Tell for whom a condition is so; where a figure is unknown it is not."""
    unknown = np.full(len(rows), np.nan)
    figures = state.people.figures

    def lookup(_: str, name: str) -> object:
        return figures[name][rows] if name in figures else unknown

    truth = plan.conditions[place].evaluate(lookup)
    return np.broadcast_to(np.asarray(truth) == TRUE, len(rows))


def _message(state: State, plan: Plan, place: int, rows: Codes, tolerance: int) -> Codes:
    """Return whose message may go out now. Whose arm gets nothing goes on; whose hours are closed
    waits; whose message is too late is skipped. Who has just come in, or was here before the hours
    were changed, is planned for open hours first."""
    zone, zones = state.people.zone, state.zones
    state.planned[rows] = plan.hours.first_open(state.planned[rows], zone[rows], zones)
    never = rows[state.planned[rows] >= LATEST]
    state.skip(plan, never, "never_open")
    rows = rows[state.planned[rows] < LATEST]
    late = state.planned[rows] + tolerance < state.now
    state.skip(plan, rows[late], "late")
    rows = rows[~late]
    opens = plan.hours.first_open(np.full(len(rows), state.now), zone[rows], zones)
    shut = opens > state.now
    put_off(state, plan, rows[shut], opens[shut], tolerance, "late")
    rows = rows[~shut]
    wanted = []
    for code in np.unique(state.arms[rows]).tolist():
        here = rows[state.arms[rows] == code]
        arm, template = _choice(state, plan, place, code)
        if template is None:
            state.arrive(plan, here, place + 1, state.due[here])
            continue
        state.wanted += [(row, arm, template) for row in here.tolist()]
        wanted.append(here)
    return np.concatenate([*wanted, rows[:0]])


def put_off(
    state: State, plan: Plan, rows: Codes, until: Seconds, tolerance: int, why: SkipReason
) -> None:
    """Let messages wait until the first open moment from these on, or give up those for which
    that would be too late."""
    opens = plan.hours.first_open(until, state.people.zone[rows], state.zones)
    late = opens > state.planned[rows] + tolerance
    state.due[rows] = opens
    state.skip(plan, rows[late], why)


def _choice(state: State, plan: Plan, place: int, code: int) -> tuple[str, str | None]:
    """Return the arm and the template of a message for people with these arms; a person without
    the split's arm, whose sequence was changed, gets nothing."""
    step = plan.steps[place]
    arms = state.arm_of(code)
    splits = [it.id for it in plan.steps[:place] if it.split and it.id in arms]
    if not step.messages:
        return (arms[splits[-1]] if splits else ""), step.message
    arm = arms.get(step.of or next(iter(splits), ""), "")
    return arm, step.messages.get(arm)
