"""What would become of the lists at mail services now? Counts only; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.library import Library
from config.playbooks import PushAudiencePlaybook
from connectors.actions import WAITING, Action, Proposal
from connectors.warehouse import Decided, Warehouse
from tasks.declined import not_declined
from tasks.gate.passing import decide
from tasks.gate.state import GateState
from tasks.mailing.audiences import KeptList, not_known_yet
from tasks.playbooks.situation import Place
from tasks.preview import PlaybookPreview, Skipped
from tasks.replay import FATES, Said
from tasks.run import Run
from tasks.steps.audiences import Comparing, state_of_lists
from tasks.steps.platforms import Platforms
from tasks.steps.propose import at_any_time, decided_on


@dataclass(frozen=True, slots=True)
class ListsPreview:
    """What the playbook that keeps lists would do, and which accounts' lists could not be read."""

    playbook: PlaybookPreview
    failed: Mapping[str, str]


def preview_lists(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    book: PushAudiencePlaybook,
    platforms: Platforms,
) -> ListsPreview:
    """Compare every list with its segment; say how many would come and go, and what the gate says.

    A list that is as it should be, and one whose change waits already or was declined or failed
    lately, is skipped with that as the reason.
    """
    comparing = Comparing(warehouse, library, run, book, platforms)
    compared = comparing.compared()
    lists = {(one.account_key, one.subject): one for one in comparing.kept}
    found = [one for one in compared.wanted.values() if one is not None]
    state = state_of_lists(warehouse, library, run, book, compared.settings)
    open_, declined = not_declined(found, state.actions, run.started_at)
    new = not_known_yet(open_, state.actions, run.started_at)
    known = [one for one in open_ if one not in new]
    decided = decided_on(library, run, decide(new, at_any_time(state)))
    skipped = [_as_wanted(lists[place]) for place, one in compared.wanted.items() if one is None]
    skipped += [_skipped(lists, one, action) for one, action in declined]
    skipped += [_skipped(lists, one, _known_as(one, state.actions)) for one in known]
    return ListsPreview(
        PlaybookPreview(
            playbook=book.name,
            title=book.title,
            mode=library.mode(run.brand, run.process, book.name),
            evaluated=len(compared.wanted),
            unknown=len(comparing.kept) - len(compared.wanted),
            matched=len(found),
            skipped=tuple(skipped),
            said=tuple(said_of(one, state) for one in decided),
        ),
        comparing.failed,
    )


def said_of(one: Decided, state: GateState) -> Said:
    """Return what would become of a proposal; of one done alone also what it would wait for."""
    if one.state != "approved":
        return Said(one.proposal, FATES[one.state], one.reason, one.explanation)
    (now,) = decide([one.proposal], state)
    return Said(one.proposal, "done", now.reason or "", now.explanation or one.explanation)


def _as_wanted(kept: KeptList) -> Skipped:
    sentence = f"it is like the segment “{kept.title}” already"
    return Skipped(
        f"segment {kept.segment}", "account", kept.name, kept.account_key, "as_wanted", sentence
    )


def _skipped(lists: Mapping[Place, KeptList], proposal: Proposal, action: Action) -> Skipped:
    kept = lists[proposal.account_key, proposal.subject]
    waits = action.state in WAITING
    told = "waits already" if waits else f"was {action.state} on {action.updated_at:%Y-%m-%d}"
    counts = f"{proposal.content['added']} added, {proposal.content['removed']} removed"
    return Skipped(
        f"segment {kept.segment}",
        "account",
        kept.name,
        kept.account_key,
        "nothing_to_do" if waits else "declined",
        f"action {action.action_id} {told}: {counts}",
    )


def _known_as(proposal: Proposal, actions: Sequence[Action]) -> Action:
    """Return the action because of which a change is not proposed again."""
    its = [one for one in actions if not not_known_yet([proposal], [one], one.updated_at)]
    return max(its, key=lambda one: one.action_id)
