"""Has a person said no to this lately? Then it is not proposed again the next morning."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from connectors.actions import DONE, Action, Proposal

REMEMBERED = timedelta(days=14)
"""How long a rejection, or taking a change back, is remembered."""


def not_declined(
    proposals: Iterable[Proposal], actions: Iterable[Action], now: datetime
) -> tuple[list[Proposal], list[tuple[Proposal, Action]]]:
    """Return the proposals to go on with, and those declined with the action that says so.

    Declined is what the same playbook wanted to change about the same thing, whatever the value.
    """
    actions = list(actions)
    ended = {one.proposal.takes_back: one.proposal.as_of for one in actions if one.state in DONE}
    declined = {
        _what(action.proposal): action
        for action in actions
        if action.state in ("rejected", "undone")
        and not _ended_by_itself(action, ended.get(action.action_id))
        and action.proposal.takes_back is None
        and now - action.updated_at < REMEMBERED
    }
    kept: list[Proposal] = []
    left_out: list[tuple[Proposal, Action]] = []
    for proposal in proposals:
        if (action := declined.get(_what(proposal))) is None:
            kept.append(proposal)
        else:
            left_out.append((proposal, action))
    return kept, left_out


def _ended_by_itself(action: Action, taken_back_on: date | None) -> bool:
    """Say whether a change came back on its day: nobody took it back."""
    due = action.proposal.restore_on
    if due is None or action.state != "undone":
        return False
    return taken_back_on is None or taken_back_on >= due


def _what(proposal: Proposal) -> tuple[object, ...]:
    return proposal.playbook, proposal.account_key, proposal.subject
