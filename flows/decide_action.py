"""Decide on a change that waits, or take one back."""

from typing import Annotated, Literal

from prefect import flow
from pydantic import Field

from tasks.joint import outcome
from tasks.steps.decide import decide_action as decide


@flow(flow_run_name="action {action}: {decision}")
def decide_action(
    action: Annotated[int, Field(ge=1)],
    decision: Literal["approve", "reject", "edit", "undo"],
    who: str,
    why: str,
    value: str = "",
    version: int | None = None,
) -> str:
    """Approve, reject or change a proposed change, or take back one that was made. What is approved
    is carried out at once, if every limit still allows it. Changes that are one decision, such as a
    re-split of budgets, are approved, rejected and taken back together: the message that led here
    lists them.

    Args:
        action: Number of the action, as messages and reports show it; of several that are one
            decision any of them stands for all.
        decision: approve it; reject it; edit it, to another value; undo it once it was made.
        who: Your name. It stays in the ledger.
        why: Your reason. It stays in the ledger.
        value: With edit, the new value: a number such as 42.50, in the account's currency.
        version: Which state of the decision you saw; links fill it in. Empty means as it is now.
    """
    return outcome(decide(action, decision, who, why, value, version))
