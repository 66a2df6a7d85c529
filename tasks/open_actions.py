"""Which actions are not over? What waits, is not judged yet, or is to come back by itself."""

from collections.abc import Iterable
from datetime import date, timedelta

from connectors.actions import DONE, GIVEN_UP, WAITING, Action
from connectors.changes import UNJUDGED_FIELDS

LATEST_RETURN = timedelta(days=31)
"""For how long what is to come back by itself is tried and planned with: the month's plan may
refuse it until the month is over."""


def is_watched(action: Action) -> bool:
    """Say whether it has still to be judged. What takes another one back never is."""
    proposal = action.proposal
    judged = proposal.subject.field in UNJUDGED_FIELDS or proposal.takes_back is not None
    return action.judged is None and not judged


class OpenActions:
    """Tells the open ones among a brand's actions."""

    def __init__(self, actions: Iterable[Action]) -> None:
        backs = [one for one in actions if one.proposal.takes_back is not None]
        self._to_stay = {one.proposal.takes_back for one in backs if one.state == "rejected"}
        self._given_up = {
            one.proposal.takes_back: one.proposal.as_of
            for one in sorted(backs, key=lambda one: one.proposal.as_of)
            if one.state == "refused" and one.reason in GIVEN_UP
        }

    def is_open(self, action: Action, today: date) -> bool:
        """Say whether it waits, is not judged yet, or has still to be taken back by itself."""
        if action.state in WAITING or action.state == "undoing":
            return True
        if action.state not in DONE or action.state == "undone":
            return False
        return is_watched(action) or self.comes_back(action, today)

    def comes_back(self, action: Action, today: date) -> bool:
        """Say whether the value before is still to be restored by itself.

        Not if a person has rejected that, nor if it was given up: what the action set is not there
        any more, or it could not be for a month.
        """
        returns = action.proposal.restore_on
        stands = action.state == "applying" or (action.state in DONE and action.state != "undone")
        if returns is None or not stands or action.action_id in self._to_stay:
            return False
        given_up = self._given_up.get(action.action_id, date.min) >= returns
        return today <= returns + LATEST_RETURN and not given_up
