"""Who says whether every change was made exactly once? Reads the market's own log and settings.

The ledger is compared with that, never the other way round.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from connectors.actions import DONE, STEPS, Action, ActionEvent
from connectors.changes import ABSENT, Value, same, text_of
from connectors.sandbox import Sandbox
from connectors.sandbox.edits import REMOVED, Edit
from tests.faults.changes_scene import ChangesScene, Ledger
from tests.faults.changes_wanted import ACCOUNTS, Arrival, Wanted

ENDED = (*DONE, "failed", "refused", "expired")
MOST_SENT = 2
PERSON = "person@example.com"


def wrongs_of(scene: ChangesScene, seen: Ledger | None = None) -> list[str]:
    """Return what is wrong, as sentences. `seen` is the ledger as it once was."""
    ledger = scene.ledger()
    accepted = [edit for edit in scene.writes() if edit.outcome == "accepted"]
    ours = [edit for edit in accepted if edit.who != PERSON]
    found = [*_unintended(ours, scene.approved.values())]
    for action_id, wanted in scene.approved.items():
        action = ledger.actions[action_id]
        for wrong in (
            *_arrived(action, wanted, accepted),
            *_stands(action, wanted, accepted, scene.market),
            *_history(action, ledger.events[action_id]),
        ):
            found.append(f"{wanted.name}, {action.state} {action.reason}: {wrong}")
    return [*found, *_rewritten(seen or Ledger({}, {}), ledger)]


def _unintended(ours: Sequence[Edit], approved: Sequence[Wanted]) -> Iterator[str]:
    """Yield the writes that nobody wanted."""
    for edit in ours:
        if not any(_is(edit, arrival, one) for one in approved for arrival in one.arrivals):
            yield f"unintended: {edit.operation} {edit.kind} {edit.key} {edit.new}"


def _arrived(action: Action, wanted: Wanted, accepted: Sequence[Edit]) -> Iterator[str]:
    """Yield what arrived too often, or not although it counts as done, or although it does not."""
    ours = [edit for edit in accepted if edit.who != PERSON]
    theirs = [edit for edit in accepted if edit.who == PERSON]
    times = [sum(_is(edit, arrival, wanted) for edit in ours) for arrival in wanted.arrivals]
    if max(times) > 1:
        yield f"arrived {times} times"
    if action.state in DONE and min(times) < 1 and not _by_hand(wanted, theirs):
        yield f"counts as done and arrived {times} times"
    if action.state not in DONE and max(times) and not _touched(wanted, theirs):
        yield f"does not count as done and arrived {times} times"
    if action.state not in ENDED:
        yield "is still under way"


def _stands(
    action: Action, wanted: Wanted, accepted: Sequence[Edit], market: Sandbox
) -> Iterator[str]:
    """Yield what the platform has that it should not have."""
    value = value_now(market, wanted)
    touched = [edit for edit in accepted if edit.who == PERSON and _same_thing(edit, wanted)]
    last_is_theirs = touched and not any(
        edit.number > touched[-1].number and _same_thing(edit, wanted) for edit in accepted
    )
    if last_is_theirs:
        return
    due = wanted.after if action.state in DONE else wanted.before
    if not same(value, due):
        yield f"the platform has {text_of(value)} instead of {text_of(due)}"


def _history(action: Action, events: Sequence[ActionEvent]) -> Iterator[str]:
    """Yield where the history is no way through the states to where the action is."""
    states = [event.state for event in events]
    yield from (f"went from {a} to {b}" for a, b in pairwise(states) if b not in STEPS[a])
    if [event.at for event in events] != sorted(event.at for event in events):
        yield "its history runs backwards"
    first = "proposed" if action.proposal.takes_back is None else "approved"
    if (states[0], states[-1]) != (first, action.state) or len(states) != action.version:
        yield f"its history is {states} at version {action.version}"
    if action.attempts > MOST_SENT:
        yield f"was sent {action.attempts} times"


def _rewritten(seen: Ledger, now: Ledger) -> Iterator[str]:
    """Yield the histories that do not go on from where they were."""
    for action_id, events in seen.events.items():
        if now.events[action_id][: len(events)] != events:
            yield f"the history of action {action_id} was rewritten"


def value_now(market: Sandbox, wanted: Wanted) -> Value:
    """Return what the market has where a change is made, from the market's own books."""
    settings = market.world.settings(ACCOUNTS[wanted.process])
    arrival = wanted.arrivals[-1]
    if arrival.operation != "create":
        ((name, _),) = arrival.new.items()
        value = settings.get(arrival.kind, arrival.key, name)
        if name == "labels":
            return wanted.after if wanted.subject.item in settings.labels() else ABSENT
        return value  # type: ignore[return-value]  # amounts and statuses are values
    made = [
        key
        for key in settings.source.made.get(arrival.kind, ())
        if key.startswith(f"{arrival.key}~")
        and all(settings.get(arrival.kind, key, name) == v for name, v in arrival.new.items())
    ]
    assert len(made) <= 1 or arrival.kind
    there = [key for key in made if settings.status(arrival.kind, key) != REMOVED]
    return wanted.after if there else ABSENT


def _is(edit: Edit, arrival: Arrival, wanted: Wanted) -> bool:
    """Tell whether an entry of the log is what had to arrive."""
    key = edit.key.rpartition("~")[0] if arrival.operation == "create" else edit.key
    what = (edit.account_id, edit.kind, key, edit.operation)
    return what == (ACCOUNTS[wanted.process], arrival.kind, arrival.key, arrival.operation) and (
        _has(edit.new, arrival.new)
    )


def _has(new: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(name in new and new[name] == value for name, value in wanted.items())


def _same_thing(edit: Edit, wanted: Wanted) -> bool:
    """Tell whether an entry is about the very field that a change is about."""
    last = wanted.arrivals[-1]
    about = edit.account_id, edit.kind, edit.key
    return about == (ACCOUNTS[wanted.process], last.kind, last.key) and {*edit.new} == {*last.new}


def _touched(wanted: Wanted, theirs: Sequence[Edit]) -> bool:
    return any(_same_thing(edit, wanted) for edit in theirs)


def _by_hand(wanted: Wanted, theirs: Sequence[Edit]) -> bool:
    """Tell whether a person has made the very change."""
    return any(
        _same_thing(edit, wanted) and _has(edit.new, wanted.arrivals[-1].new) for edit in theirs
    )
