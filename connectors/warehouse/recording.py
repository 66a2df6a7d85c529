"""What does a run add to the ledger? Its decisions against what is there. Data in, data out.

- What is recorded already is answered as it now is: a second run of the day adds nothing.
- A proposal that was refused or has expired, or that was to take something back and failed, is
  recorded anew when it is decided otherwise now.
- Of the proposals for one subject one waits at a time; a further one is refused.
- What takes an action back does so once; a second time is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from connectors.actions import WAITING, Action, Proposal
from connectors.warehouse.action_rows import action_row, event_row


@dataclass(frozen=True, slots=True)
class Decided:
    """A proposal, and what the gate says of it."""

    proposal: Proposal
    state: Literal["proposed", "approved", "refused"]
    reason: str = ""  # of refused: a `RefusalReason`
    explanation: str = ""
    details: Mapping[str, object] = field(default_factory=dict)  # of its first event


Place = tuple[int, str, str, str, str]
"""An account's key, and a subject's level, entity, field and item."""


@dataclass(slots=True)
class Ledger:
    """What the ledger has that bears on a run's decisions. Grows while they are recorded."""

    known: dict[str, Action]
    """By fingerprint, the newest."""
    waiting: dict[Place, int]
    """The action that waits, by what it is to change."""
    taken_back: dict[int, int]
    """By action, the one that takes it back, or did."""


@dataclass(slots=True)
class Entries:
    """Rows to write, and the action of each decision, in their order."""

    actions: list[tuple[Any, ...]] = field(default_factory=list)  # `ACTION_COLUMNS`
    events: list[tuple[Any, ...]] = field(default_factory=list)  # `EVENT_COLUMNS`
    answers: list[Action] = field(default_factory=list)


def entries(
    decided: Sequence[Decided],
    fingerprints: Sequence[str],
    ledger: Ledger,
    keys: Iterable[int],
    *,
    run_id: str,
    actor: str,
    now: datetime,
) -> Entries:
    """Return what to write. `fingerprints` are the decisions', `keys` enough that are free."""
    made = Entries()
    free = iter(keys)
    for wanted, its_fingerprint in zip(decided, fingerprints, strict=True):
        before = ledger.known.get(its_fingerprint)
        if before is not None and not may_be_new(ledger, its_fingerprint):
            made.answers.append(before)
            continue
        decision = _allowed(wanted, ledger)
        if before is not None and (decision.state, decision.reason) == (
            before.state,
            before.reason,
        ):
            made.answers.append(before)
            continue
        action = _new(next(free), decision, now)
        _note(ledger, its_fingerprint, action)
        made.answers.append(action)
        made.actions.append(action_row(action, its_fingerprint, run_id))
        made.events.append(event_row(action, actor, decision.details))
    return made


def may_be_new(ledger: Ledger, fingerprint: str) -> bool:
    """Tell whether the ledger lacks the proposal, or has it in a state that gives way."""
    action = ledger.known.get(fingerprint)
    if action is None or action.state in ("refused", "expired"):
        return True
    return action.state == "failed" and action.proposal.takes_back is not None


def _allowed(wanted: Decided, ledger: Ledger) -> Decided:
    """Return the decision, or its refusal because of what the ledger has."""
    proposal = wanted.proposal
    if wanted.state == "refused":
        return wanted
    other = ledger.waiting.get(_place(proposal))
    if other is not None:
        why = f"action {other} on the same subject waits to be decided or carried out"
        return replace(wanted, state="refused", reason="pending_action", explanation=why)
    if proposal.takes_back is None:
        return wanted
    other = ledger.taken_back.get(proposal.takes_back)
    if other is not None:
        why = f"action {other} takes action {proposal.takes_back} back already"
        return replace(wanted, state="refused", reason="pending_action", explanation=why)
    return wanted


def _place(proposal: Proposal) -> Place:
    subject = proposal.subject
    return proposal.account_key, subject.level, subject.entity_id, subject.field, subject.item


def _new(action_id: int, decision: Decided, now: datetime) -> Action:
    return Action(
        action_id=action_id,
        proposal=decision.proposal,
        state=decision.state,
        version=1,
        created_at=now,
        updated_at=now,
        reason=decision.reason,
        explanation=decision.explanation,
    )


def _note(ledger: Ledger, fingerprint: str, action: Action) -> None:
    """Let later decisions of the same run see the action."""
    ledger.known[fingerprint] = action
    if action.state in WAITING:
        proposal = action.proposal
        ledger.waiting[_place(proposal)] = action.action_id
        if proposal.takes_back is not None:
            ledger.taken_back[proposal.takes_back] = action.action_id
