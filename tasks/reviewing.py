"""Is what we set still so? If not, who changed it?"""

from collections.abc import Sequence

from connectors.actions import Action
from connectors.changes import Edit, Setting, same
from tasks.applying import Next
from tasks.change_wording import shown


def review(action: Action, setting: Setting | None, edits: Sequence[Edit]) -> Next | None:
    """Say whether an applied action holds; None: the ledger says so already.

    `edits` are the known edits of others to the action's subject, oldest first.
    """
    if setting is None:
        return _drift(action, "it is not there any more")
    if same(setting.value, action.proposal.after):
        return None if action.state in ("verified", "judged") else Next("verified")
    since = action.applied_at
    later = [edit for edit in edits if since is None or edit.at > since]
    by = f", by {later[-1].who or later[-1].tool}" if later else ""
    return _drift(action, f"it is {shown(action.proposal.subject.field, setting.value)} now{by}")


def _drift(action: Action, how: str) -> Next | None:
    if action.state in ("drifted", "judged") and action.explanation == how:
        return None
    return Next("drifted", "drifted", how)
