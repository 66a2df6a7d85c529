"""Answer a comment on a social network."""

from typing import Literal

from prefect import flow

from tasks.steps.replying import needs_no_reply
from tasks.steps.replying import reply as answer


@flow(flow_run_name="{account}: {said} to {comment}")
def reply(
    brand: str,
    account: str,
    comment: str,
    who: str,
    text: str = "",
    said: Literal["answer", "no answer needed"] = "answer",
) -> str:
    """Answer what somebody wrote to the brand, or note that it needs no answer. The answer is
    published at once, through the limits that hold for everything we say.

    Args:
        brand: Name of a brand file, without its ending.
        account: Entry of the brand file.
        comment: Id of the comment, as work items, reports and `marketloop replies list` show it.
        who: Your name. It stays in the ledger.
        text: What you answer, as people will read it.
        said: answer it; or note that it needs no answer.
    """
    if said == "answer":
        return answer(brand, account, comment, text, who).state
    needs_no_reply(brand, account, comment)
    return "closed"
