"""How is a decision of several actions taken at once? All of them are moved in one transaction.

Each keeps its own approval, rejection and entry in the history: who, when and why.
"""

from collections.abc import Sequence
from datetime import datetime

from connectors.actions import Action, ActionState
from connectors.base import RejectedError
from connectors.warehouse.action_steps import _name, _seen, _Step, _waiting
from connectors.warehouse.database import Database


class JointSteps(Database):
    """What moves the parts of one decision together, or none of them."""

    def approve_all(
        self, seen: Sequence[Action], *, who: str, why: str, now: datetime, needed: int
    ) -> list[Action]:
        """Note a person's approval of every action, as `ActionSteps.approve` does of one.

        Raises as that does; then nothing is approved, not even those before it.
        """
        with self.writing() as connection:
            moved = []
            for one in seen:
                action = _waiting(connection, one.action_id, one.version, who, now)
                if _name(who) in map(_name, action.approvals):
                    raise RejectedError(
                        f"{who} has approved action {one.action_id} already; it needs another "
                        "person"
                    )
                approvals = (*action.approvals, who)
                details = {"approvals": approvals, "needed": needed, "together": len(seen)}
                step = _Step(connection, who, now, "", why, details)
                state: ActionState = "approved" if len(approvals) >= needed else "proposed"
                moved.append(step.write(action, state, {"approvals": [*approvals]}))
            return moved

    def reject_all(
        self, seen: Sequence[Action], *, who: str, why: str, now: datetime
    ) -> list[Action]:
        """Reject every action, as `ActionSteps.move` does one. Raises as that does, for all."""
        with self.writing() as connection:
            step = _Step(connection, who, now, "rejected", why, {"together": len(seen)})
            return [
                step.take(_seen(connection, one.action_id, one.version), "rejected", {})
                for one in seen
            ]
