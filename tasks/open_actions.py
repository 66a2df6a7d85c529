"""Which actions are not over? What waits, is not judged yet, or is to come back by itself."""

from collections.abc import Iterable
from datetime import date, timedelta

from connectors.actions import DONE, WAITING, Action
from connectors.changes import UNJUDGED_FIELDS

LATEST_RETURN = timedelta(days=31)
"""For how long what is to come back by itself is planned with: the month's plan may refuse it until
the month is over."""


class OpenActions:
    """Tells the open ones among a brand's actions."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._to_stay = {one.proposal.takes_back for one in actions if one.state == "rejected"}

    def is_open(self, action: Action, today: date) -> bool:
        """Say whether it waits, is not judged yet, or has still to be taken back by itself."""
        if action.state in WAITING or action.state == "undoing":
            return True
        if action.state not in DONE or action.state == "undone":
            return False
        watched = action.judged is None and action.proposal.subject.field not in UNJUDGED_FIELDS
        return watched or self.comes_back(action, today)

    def comes_back(self, action: Action, today: date) -> bool:
        """Say whether the value before is still to be restored by itself.

        Not if a person has rejected that, nor if it could not be for a month.
        """
        returns = action.proposal.restore_on
        stands = action.state == "applying" or (action.state in DONE and action.state != "undone")
        if returns is None or not stands:
            return False
        return today <= returns + LATEST_RETURN and action.action_id not in self._to_stay
