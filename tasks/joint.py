"""Which actions are one decision, and what does it come to as a whole?

The parts of a decision, such as the budgets of a re-split, are wanted together or not at all: half
of them spends more than was meant, or less. So people see, approve, reject and take back the whole.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zlib import crc32

from connectors.actions import DONE, WAITING, Action
from tasks.report.numbers import money, plural

MEANT = {*WAITING, *DONE} - {"undoing", "undone"}
"""What waits or is in force; anything else is missing from the whole."""


@dataclass(frozen=True, slots=True)
class Joint:
    """One decision: the newest action of each of its places, in the order of carrying out."""

    parts: tuple[Action, ...]

    @property
    def waiting(self) -> tuple[Action, ...]:
        """Return the parts that wait for a person."""
        return tuple(part for part in self.parts if part.state == "proposed")

    @property
    def version(self) -> int:
        """Return a number that differs once any of what waits does; of one action its version."""
        shown = self.waiting or self.parts
        if len(shown) == 1:
            return shown[0].version
        return crc32(";".join(f"{one.action_id} {one.version}" for one in shown).encode())

    @property
    def broken(self) -> str:
        """Return why the rest must not be carried out, '' if every part waits or is in force."""
        missing = [part for part in self.parts if part.state not in MEANT]
        if not missing or not self.waiting:
            return ""
        first = missing[0]
        return (
            f"it is one decision with action {first.action_id}, which is {first.state}"
            f"{first.explanation and f' ({first.explanation})'}: half of a decision is not carried "
            "out; reject it, it will be proposed anew if it still helps"
        )


def joint_of(action: Action, actions: Iterable[Action]) -> Joint:
    """Return the decision that an action is a part of; `actions` hold all others of its group.

    An action that was proposed anew since, and one without a group, is a decision by itself.
    """
    found = joints([action, *actions])
    ids = action.action_id
    return next(
        (one for one in found if any(part.action_id == ids for part in one.parts)),
        Joint((action,)),
    )


def joints(actions: Iterable[Action]) -> list[Joint]:
    """Return actions by decision, in the order of their first part.

    What was refused or ended before the rest was proposed anew belongs to an earlier attempt.
    """
    groups: dict[tuple[str, str], dict[object, Action]] = {}
    for action in sorted(actions, key=lambda one: one.action_id):
        proposal = action.proposal
        group = proposal.group or f"action {action.action_id}"
        places = groups.setdefault((proposal.brand, group), {})
        places.pop((proposal.account_key, proposal.subject), None)
        places[proposal.account_key, proposal.subject] = action
    return [Joint(_of_one_attempt([*places.values()])) for places in groups.values()]


def _of_one_attempt(parts: list[Action]) -> tuple[Action, ...]:
    since = min((one.created_at for one in parts if one.state in WAITING), default=None)
    return tuple(one for one in parts if one.state in MEANT or _is_of(one, since))


def _is_of(part: Action, since: datetime | None) -> bool:
    return since is None or part.created_at >= since


def summary(joint: Joint) -> str:
    """Return what a decision comes to: `one decision of 4 changes; daily budgets together ...`."""
    parts = joint.waiting or joint.parts
    said = f"one decision of {plural(len(parts), 'change')}"
    sides = [(one.proposal.before, one.proposal.after) for one in parts]
    budgets = [(a, b) for a, b in sides if isinstance(a, Decimal) and isinstance(b, Decimal)]
    fields = {one.proposal.subject.field for one in parts}
    currencies = {one.proposal.currency for one in parts}
    if fields != {"daily_budget"} or len(currencies) > 1:
        return said
    currency = parts[0].proposal.currency
    before, after = (
        money(float(sum(side, Decimal(0))), currency) for side in zip(*budgets, strict=True)
    )
    return f"{said}; their daily budgets together: {before} → {after}"


def outcome(actions: Sequence[Action]) -> str:
    """Return how many actions are in which state: `4 changes: 3 applied, 1 approved`."""
    states = Counter(action.state for action in actions)
    if len(actions) == 1:
        return actions[0].state
    said = ", ".join(f"{count} {state}" for state, count in states.items())
    return f"{plural(len(actions), 'change')}: {said}"
