"""How is an action taken back, and which cannot be?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from connectors.actions import DONE, Action, Proposal
from connectors.changes import ABSENT, ITEM_FIELDS, REMOVED
from tasks.change_wording import shown
from tasks.gate.delivery import without_share
from tasks.run import WrongUseError

UNDO_PRIORITY = 100


class CannotUndoError(WrongUseError):
    """An action that cannot be taken back; says why."""


def why_not(action: Action) -> str:
    """Return why an action cannot be taken back, '' if it can."""
    if action.state in ("undoing", "undone"):
        return f"action {action.action_id} is {action.state} already"
    if action.state not in DONE:
        return f"action {action.action_id} is {action.state}: nothing was changed"
    if action.proposal.subject.field == "advice":
        return f"action {action.action_id} is advice that a person carries out"
    if action.proposal.subject.field == "audience" and not action.proposal.undo:
        return (
            f"action {action.action_id} cannot be taken back: who was in the list before is not "
            "known any more, or may not all be put back"
        )
    if action.proposal.after == REMOVED:
        return f"action {action.action_id} removed something, which is final on the platform"
    return ""


def undo(action: Action, as_of: date, now: datetime, *, why: str, playbook: str = "") -> Proposal:
    """Return the proposal that takes an action back. Raise `CannotUndoError`.

    What was made is removed, never made again; every other value becomes what it was before. What
    the action took away from the account's delivery is not taken once more: the gate says what
    taking it back does.
    """
    if reason := why_not(action):
        raise CannotUndoError(reason)
    done = action.proposal
    made = done.subject.field in ITEM_FIELDS and done.before == ABSENT
    back = _unmade(done) if made else done.before
    field = done.subject.field
    return replace(
        done,
        playbook=playbook or done.playbook,
        as_of=as_of,
        before=done.after,
        after=back,
        numbers=without_share(done.numbers),
        sentence=(
            f"Take back action {action.action_id}: {shown(field, done.after)} becomes "
            f"{shown(field, back)} again. {why}"
        ),
        expected=None,
        undo="" if back in (ABSENT, REMOVED) or field == "audience" else "make the change again",
        priority=UNDO_PRIORITY,
        expires_at=now + timedelta(days=1),
        restore_on=None,
        group="",
        takes_back=action.action_id,
        window_end=as_of - timedelta(days=1),
        evidence=(),
        content=_turned(done.content) if field == "audience" else done.content,
    )


def _unmade(done: Proposal) -> str:
    """Return the value of a thing that is taken away again: its trace stays or it does not."""
    return REMOVED if done.subject.field == "ad" else ABSENT


def _turned(content: Mapping[str, str]) -> dict[str, str]:
    """Return the counts of a list's people the other way round: who came goes again."""
    return {**content, "added": content["removed"], "removed": content["added"]}
