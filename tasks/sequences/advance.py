"""What does this moment bring? Who moves on, who should get what now, and what is given up.

Pure over `now`: the same people at the same moment give the same moves. Moves are written first
(`EnrolmentStore.write_moves`), then the messages are claimed and sent; a message moves its person
only once the ledger says that it is over, so nothing is lost by a crash at any place in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from config.mail import Cap
from connectors.enrolments import (
    Codes,
    Enrolled,
    Moves,
    People,
    Seconds,
    Sent,
    Skip,
    SkipReason,
    Truths,
    moment,
    seconds,
)
from connectors.mail import DueMail
from tasks.sequences.allotting import (
    CAPPED,
    GRANTED,
    Allotment,
    Wishes,
    allot,
    next_day,
    with_these,
)
from tasks.sequences.plans import Plan, Rules
from tasks.sequences.state import State, changes, state_of
from tasks.sequences.walking import begin, put_off, walk


def advance(
    came: Enrolled,
    plans: Mapping[str, Plan],
    people: People,
    sent: Sent,
    now: datetime,
    rules: Rules,
    *,
    room: int | None = None,
    campaigns: Sequence[DueMail] = (),
) -> Moves:
    """Return what `now` brings to those who came.

    `people` stands beside `came`, row by row. `sent` is what these people got lately, as far back
    as the longest cap; `room` how many messages a ramp still lets out today, None for any number
    (`tasks/mailing/pace.py`).
    Messages of `campaigns` compete with those of sequences for what caps and ramp leave: one that
    cannot go out now is in neither answer while there is time, and among the skips after that.
    """
    at = seconds(now)
    state = state_of(came, people, plans, at, rules.zone)
    tomorrow = next_day(at, rules.zone)
    begin(state)
    rows = np.flatnonzero(_running(state)[came.sequence])
    granted: list[DueMail] = []
    skips: list[Skip] = []
    while True:
        state.wanted.clear()
        walk(state, rows, rules.tolerance)
        if not state.wanted and not campaigns:
            break
        wishes = _wishes(state, campaigns)
        found = allot(wishes, sent, rules.caps, _own_caps(plans), at, room)
        passed = np.flatnonzero(found.verdict == GRANTED)
        sent = with_these(sent, wishes, passed, at)
        room = None if room is None else room - len(passed)
        until = np.where(found.verdict == CAPPED, found.until, tomorrow)
        granted += _granted(state, campaigns, found, rules)
        skips += _too_late(campaigns, found.verdict[len(state.wanted) :], until)
        rows = _put_off(state, found, until, rules.tolerance)
        campaigns = ()
    granted.sort(key=lambda it: (-it.priority, it.due_at, it.person_key))
    return Moves(changes(state), tuple(granted), (*_skips(state), *skips))


def _running(state: State) -> Truths:
    return np.array([it is not None and it.state == "running" for it in state.plans], np.bool_)


def _wishes(state: State, campaigns: Sequence[DueMail]) -> Wishes:
    """Return what is wanted of sequences, then what of campaigns."""
    rows = np.array([row for row, _, _ in state.wanted], np.int64)
    codes = state.came.sequence[rows]
    priority = np.array([it.written.priority if it else 0 for it in state.plans], np.int64)
    source = np.array([source_of("sequence", it) for it in state.came.sequences], dtype=object)
    more = [source_of(it.kind, it.source) for it in campaigns]
    return Wishes(
        np.append(state.came.person_key[rows], _integers(it.person_key for it in campaigns)),
        np.append(source[codes], np.array(more, dtype=object)),
        np.append(priority[codes], _integers(it.priority for it in campaigns)),
        np.append(state.planned[rows], _integers(seconds(it.due_at) for it in campaigns)),
    )


def source_of(kind: str, name: str) -> str:
    """Return a sequence or campaign as `Sent` names it."""
    return f"{kind}:{name}"


def _integers(values: Iterable[int]) -> Codes:
    return np.fromiter(values, np.int64)


def _own_caps(plans: Mapping[str, Plan]) -> dict[str, Sequence[Cap]]:
    return {source_of("sequence", it.name): it.written.caps for it in plans.values()}


def _granted(
    state: State, campaigns: Sequence[DueMail], found: Allotment, rules: Rules
) -> list[DueMail]:
    may = (found.verdict == GRANTED).tolist()
    own = len(state.wanted)
    mails = [
        _due_mail(state, wish, rules)
        for wish, yes in zip(state.wanted, may[:own], strict=True)
        if yes
    ]
    return mails + [it for it, yes in zip(campaigns, may[own:], strict=True) if yes]


def _due_mail(state: State, wish: tuple[int, str, str], rules: Rules) -> DueMail:
    row, arm, template = wish
    came, planned = state.came, int(state.planned[row])
    plan = state.plans[came.sequence[row]]
    if plan is None:
        raise TypeError("somebody without a plan wants a message")  # unreachable
    return DueMail(
        brand=came.brand,
        kind="sequence",
        source=plan.name,
        step=plan.steps[state.place[row]].id,
        round=int(state.round[row]),
        arm=arm,
        segment=plan.written.enters.segment,
        template=template,
        person_key=int(came.person_key[row]),
        due_at=moment(planned),
        not_before=moment(planned),
        not_after=moment(planned + rules.tolerance),
        priority=plan.written.priority,
    )


def _put_off(state: State, found: Allotment, until: Seconds, tolerance: int) -> Codes:
    """Let messages of sequences wait that caps or the ramp hold back; return whose were given up,
    for they may go on."""
    rows = np.array([row for row, _, _ in state.wanted], np.int64)
    reasons: tuple[SkipReason, ...] = ("late", "cap", "ramp")
    given_up = [rows[:0]]
    for verdict in np.unique(found.verdict[: len(rows)]).tolist():
        if verdict == GRANTED:
            continue
        held = found.verdict[: len(rows)] == verdict
        for code, plan in enumerate(state.plans):
            here = np.flatnonzero(held & (state.came.sequence[rows] == code))
            if plan is None or not len(here):
                continue
            skipped = len(state.skipped)
            put_off(state, plan, rows[here], until[here], tolerance, reasons[verdict])
            given_up.append(_integers(row for row, *_ in state.skipped[skipped:]))
    return np.concatenate(given_up)


def _too_late(campaigns: Sequence[DueMail], verdict: Codes, until: Seconds) -> list[Skip]:
    """Return the campaigns' messages that are held back until it is too late."""
    held = zip(
        campaigns, verdict.tolist(), until[len(until) - len(campaigns) :].tolist(), strict=True
    )
    return [
        Skip(
            it.brand, it.kind, it.source, it.step, it.round, it.person_key, it.due_at,
            "cap" if why == CAPPED else "ramp",
        )
        for it, why, free in held
        if why != GRANTED and free > seconds(it.not_after)
    ]  # fmt: skip


def _skips(state: State) -> list[Skip]:
    came, found = state.came, []
    for row, place, planned, reason in state.skipped:
        plan = state.plans[came.sequence[row]]
        if plan is not None:
            found.append(
                Skip(
                    came.brand, "sequence", plan.name, plan.steps[place].id,
                    int(state.round[row]), int(came.person_key[row]), moment(planned), reason,
                )
            )  # fmt: skip
    return found
