"""Is what we set still so, and who changed it? And what was to come back, does it?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import dropwhile

from config.words import Field, Level
from connectors.actions import Action
from connectors.changes import ABSENT, ENABLED, PAUSED, Edit, Setting, Subject, same
from tasks.applying import Next
from tasks.change_wording import shown
from tasks.gate.hold_off import TOLERANCE
from tasks.open_actions import LATEST_RETURN
from tasks.playbooks.situation import Place

ENTITIES: Mapping[Field, Level] = {"keyword": "keyword", "ad": "ad"}
"""Items that are entities themselves, and their level."""


def review(action: Action, setting: Setting | None, edits: Sequence[Edit]) -> Next | None:
    """Say whether an applied action holds; None: the ledger says so already.

    `edits` are the known edits of others to the action's subject, oldest first. What others have
    changed since is theirs, even if it is again as we set it. What was made paused is for a person
    to enable: enabled it holds.
    """
    how = _as_it_is(action, setting, edits)
    if setting is None or not _holds(action, setting, edits):
        told = action.state in ("drifted", "judged") and action.explanation == how
        return None if told else Next("drifted", "drifted", how)
    if action.state in ("verified", "judged"):
        return None
    exactly = same(setting.value, action.proposal.after)
    return Next("verified", "", "" if exactly else how)


def bring_back(
    action: Action, setting: Setting | None, edits: Sequence[Edit], today: date, *, read: bool
) -> Next | None:
    """Say what becomes of the value before, which was to come back today or earlier.

    `approved`: it comes back, which was approved together with the change that it ends. `refused`:
    it never does (`GIVEN_UP`), which is said once: what we set is not there any more, or somebody
    else has set it again, or nothing could be done for a month. None: its account could not be
    `read`, so the next run looks again.
    """
    proposal, how = action.proposal, _as_it_is(action, setting, edits)
    if setting is None and read:
        return Next("refused", "moved", how)
    if setting is not None and same(setting.value, proposal.before):
        return Next("refused", "no_change", f"{how}, as it was before")
    if setting is not None and not _stands(action, setting, edits):
        return Next("refused", "moved", f"{how}, and stays so")
    if proposal.restore_on is not None and today > proposal.restore_on + LATEST_RETURN:
        return Next(
            "refused",
            "late",
            f"it could not come back within {LATEST_RETURN.days} days of {proposal.restore_on}: it "
            f"stays as it is until a person takes action {action.action_id} back",
        )
    return Next("approved") if setting is not None else None


def items_by_entity(settings: Mapping[Place, Setting]) -> dict[Place, Place]:
    """Return by the status of a keyword or an ad the item that it is: we make items of an ad group,
    while platforms tell of later edits under the entity's own id."""
    return {
        (key, Subject(ENTITIES[subject.field], setting.item_id, "status")): (key, subject)
        for (key, subject), setting in settings.items()
        if setting.item_id and subject.field in ENTITIES
    }


def shared_budgets(settings: Mapping[Place, Setting]) -> dict[Place, Place]:
    """Return by the shared budget of each campaign that of the first: platforms tell of one change
    under every campaign that shares it."""
    return {
        (key, replace(subject, entity_id=one)): (key, replace(subject, entity_id=min(sharing)))
        for (key, subject), setting in settings.items()
        if subject.field == "daily_budget" and setting.shared_by
        for sharing in [{*setting.shared_by, subject.entity_id}]
        for one in sharing
    }


def _holds(action: Action, setting: Setting, edits: Sequence[Edit]) -> bool:
    """Say whether something is as we set it, or as it was meant to become by a person."""
    made_paused = (action.proposal.before, action.proposal.after) == (ABSENT, PAUSED)
    if made_paused and setting.value in (PAUSED, ENABLED):
        return True
    return _stands(action, setting, edits)


def _stands(action: Action, setting: Setting, edits: Sequence[Edit]) -> bool:
    """Say whether something is as we set it, and by us."""
    return same(setting.value, action.proposal.after) and not _since(action, edits)


def _since(action: Action, edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits of others that came after ours, as nearly as clocks tell.

    One of the same minutes that did not take ours away came before it.
    """
    at, ours = action.applied_at, action.proposal.after
    if at is None:
        return [*edits]
    surely = at + TOLERANCE
    later = (edit for edit in edits if edit.at > at)
    return [
        *dropwhile(
            lambda it: it.at <= surely and it.old is not None and not same(it.old, ours), later
        )
    ]


def _as_it_is(action: Action, setting: Setting | None, edits: Sequence[Edit]) -> str:
    """Say how something is now and by whom, if the platform told it since we set it."""
    if setting is None:
        return "it is not there any more"
    later = _since(action, edits)
    by = f", by {later[-1].who or later[-1].tool}" if later else ""
    when = "again" if later and same(setting.value, action.proposal.after) else "now"
    return f"it is {shown(action.proposal.subject.field, setting.value)} {when}{by}"
