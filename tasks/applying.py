"""What becomes of an approved change, now that the platform has been read?

The platform's value decides, never its answer: a write that timed out may have been carried out,
and a write that was accepted may not be there. Whatever is open stays `applying` and is looked at
again by the next run; only when the platform still shows the old value some time after the last
sign of whoever wrote is the change sent again, and that is harmless, for values are absolute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.actions import WAITING, Action, ActionState
from connectors.changes import PRESENT, SAID_FIELDS, Setting, Written, same
from tasks.change_wording import shown

SENDS = 2
"""How often a change may be sent at all."""

SILENCE = timedelta(minutes=15)
"""After this long without a word a worker is taken for dead."""

PATIENCE = SILENCE / 3
"""After this long a worker sends nothing more of what it has claimed: whatever the last request may
take, it is over before others take the change for abandoned."""


@dataclass(frozen=True, slots=True)
class Next:
    """The state that follows, with its reason: a closed code, and a sentence for people."""

    state: ActionState
    reason: str = ""
    explanation: str = ""


def before_writing(action: Action, setting: Setting | None) -> Next | None:
    """Say what follows without writing; None: go on and write.

    A value that already is what is wanted counts as applied if we may have set it. Else it ends the
    approval, as one does that is neither what was approved nor what is wanted: that was for the
    value seen, and what somebody else did is not ours to take back.
    """
    proposal, field = action.proposal, action.proposal.subject.field
    if setting is None:
        return Next("failed", "gone", f"{proposal.name} is not there any more")
    if same(setting.value, proposal.after):
        already = f"it was {shown(field, setting.value)} already"
        if _counts_as_ours(action):
            return Next("applied", "already", already)
        return Next("expired", "moved", f"{already}: somebody else did it")
    if not same(setting.value, proposal.before):
        return Next(
            "expired",
            "moved",
            f"it was {shown(field, proposal.before)} when it was proposed and is "
            f"{shown(field, setting.value)} now",
        )
    if setting.fixed:
        return Next("refused", "not_writable", setting.fixed)
    return None


def _counts_as_ours(action: Action) -> bool:
    """Say whether what is there before this attempt is to count as set by us.

    An earlier attempt may have been a write whose answer was lost. What takes something back is
    wanted whoever does it, and what was said is said.
    """
    proposal = action.proposal
    said = proposal.subject.field in SAID_FIELDS
    return action.attempts > 1 or proposal.takes_back is not None or said


def after_writing(action: Action, written: Written, setting: Setting | None) -> Next | None:
    """Say what follows from the value read back; None: nobody can tell yet.

    A post or reply that the network took and does not show is never sent again: nothing would
    keep people from reading it twice.
    """
    proposal, field = action.proposal, action.proposal.subject.field
    if setting is None:
        return Next("failed", "gone", f"{proposal.name} is not there any more; {written.error}")
    if same(setting.value, proposal.after):
        return Next("applied", "", "")
    if not same(setting.value, proposal.before):
        return Next(
            "failed",
            "moved",
            f"it is {shown(field, setting.value)}, neither what it was nor what was sent"
            + (f"; {written.error}" if written.error else ""),
        )
    said = field in SAID_FIELDS and proposal.after == PRESENT
    if written.state == "accepted" and said:
        return Next(
            "failed",
            "unreadable",
            "the network said that it was published, and it is not to be read there: look at the "
            "account before it is published again",
        )
    if written.state == "accepted" and field == "audience":
        why = "the service took it, and nobody came into the list or left it"
        return Next("failed", "refused", f"{why}; {written.error}" if written.error else why)
    if written.state == "refused" and written.retry_after is not None:
        return Next("approved", "errors", written.error)
    if written.state == "refused":
        return Next("failed", "refused", written.error)
    return None


def rest_of_decision(held_up: Action) -> Next:
    """Say what follows for a change that is one decision with one that was not carried out."""
    name = held_up.proposal.name
    if held_up.state in WAITING:
        return Next(
            "approved", "errors", f"it is one decision with {name}, which has to come first"
        )
    why = f"it is one decision with {name}, which is {held_up.state}: {held_up.explanation}"
    return Next("refused", "group", why)


def after_interruption(action: Action, setting: Setting | None, now: datetime) -> Next | None:
    """Say what became of a change that somebody began and never reported; None: wait."""
    proposal = action.proposal
    if setting is None:
        return Next("failed", "gone", f"{proposal.name} is not there any more")
    if same(setting.value, proposal.after):
        return Next("applied", "", "found to be there after an interruption")
    if not same(setting.value, proposal.before):
        value = shown(proposal.subject.field, setting.value)
        return Next("failed", "moved", f"it is {value}, neither what it was nor what was sent")
    if now - action.updated_at < SILENCE:
        return None
    if action.attempts >= SENDS:
        return Next("failed", "lost", f"sent {action.attempts} times and never carried out")
    return Next("approved", "lost", "it was surely not carried out; it will be sent again")
