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

        They are approved once each has as many approvals as are `needed`: one that was edited lost
        those that it had, and the others wait for it. Whoever has approved all of them already is
        not another person. Raises as `approve` does; then nothing is approved.
        """
        with self.writing() as connection:
            waiting = [_waiting(connection, one.action_id, one.version, who, now) for one in seen]
            by_now = [_with(action.approvals, who) for action in waiting]
            if by_now == [action.approvals for action in waiting]:
                raise RejectedError(
                    f"{who} has approved action {waiting[0].action_id} already; it needs another "
                    "person"
                )
            enough = all(len(those) >= needed for those in by_now)
            state: ActionState = "approved" if enough else "proposed"
            moved = []
            for action, approvals in zip(waiting, by_now, strict=True):
                details = {"approvals": approvals, "needed": needed, "together": len(seen)}
                step = _Step(connection, who, now, "", why, details)
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


def _with(approvals: tuple[str, ...], who: str) -> tuple[str, ...]:
    """Return the approvals with one more person's, if it is another person."""
    known = _name(who) in map(_name, approvals)
    return approvals if known else (*approvals, who)
