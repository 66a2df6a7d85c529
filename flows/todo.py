"""Say of a work item that it is done, or what else becomes of it."""

from datetime import date
from typing import Annotated

from prefect import flow
from pydantic import Field

from tasks.steps.work import Said, note_work


@flow(flow_run_name="to-do {item}: {said}")
def todo(
    item: Annotated[int, Field(ge=1)],
    said: Said,
    who: str,
    why: str,
    owner: str = "",
    due_on: date | None = None,
    version: int | None = None,
) -> str:
    """Note what becomes of a piece of work: done, dropped, assigned, postponed.

    Args:
        item: Number of the item, as messages and reports show it.
        said: done; drop it, as nobody wants it; assign it to somebody; postpone it; comment on it;
            reopen it.
        who: Your name. It stays with the item.
        why: Your reason or remark. It stays with the item.
        owner: With assign, an owner of the brand file.
        due_on: With postpone, the new day.
        version: Which state of the item you saw; links fill it in. Empty means as it is now.
    """
    return note_work(item, said, who, why, owner, due_on, version).state
