"""What do people do with a work item, when somebody else may have changed it since they looked?

Every step locks the item, compares the version that the person saw, and commits the change together
with its entry in the history.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.base import RejectedError
from connectors.warehouse.database import Database
from connectors.warehouse.work import events_of, find_item, write_events, write_items
from connectors.warehouse.work_changes import Changes, closing
from connectors.warehouse.work_rows import ItemEvent
from connectors.warehouse.work_tables import OPEN_ITEM, work_items
from connectors.work import WorkEvent, WorkItem

Step = Callable[[Changes, WorkItem], WorkItem]

DID: dict[WorkEvent, str] = {
    "opened": "opened",
    "seen": "seen again",
    "assigned": "assigned",
    "postponed": "postponed",
    "commented": "commented on",
    "late": "escalated",
    "done": "closed as done",
    "dropped": "dropped",
    "reopened": "reopened",
}


class ItemChangedError(RejectedError):
    """The item is not, or no longer, what the person took it for. `item` is how it is now."""

    def __init__(self, message: str, item: WorkItem) -> None:
        super().__init__(message)
        self.item = item


class WorkSteps(Database):
    """What people do with items. Each returns the item as it then is.

    Raises `LookupError` for an item that does not exist, `ItemChangedError` if it has another
    version or is in no state for that, `RejectedError` if nothing would change.
    """

    def assign_item(
        self, item_id: int, *, owner: str, who: str, why: str, version: int, now: datetime
    ) -> WorkItem:
        """Give an open item to an owner."""

        def assign(changes: Changes, item: WorkItem) -> WorkItem:
            _needs(item, "open")
            if item.owner == owner:
                raise RejectedError(f"work item {item_id} is {owner}'s already")
            return changes.step(item, "assigned", why, {"owner": [item.owner, owner]}, owner=owner)

        return self._step(item_id, version, who, now, assign)

    def postpone_item(
        self, item_id: int, *, due_on: date, who: str, why: str, version: int, now: datetime
    ) -> WorkItem:
        """Let an open item be due on another day; if it is late then, somebody is told anew."""

        def postpone(changes: Changes, item: WorkItem) -> WorkItem:
            _needs(item, "open")
            if item.due_on == due_on:
                raise RejectedError(f"work item {item_id} is due on {due_on} already")
            details = {"due_on": [item.due_on, due_on]}
            return changes.step(item, "postponed", why, details, due_on=due_on, escalated_to="")

        return self._step(item_id, version, who, now, postpone)

    def comment_item(
        self, item_id: int, *, who: str, why: str, version: int, now: datetime
    ) -> WorkItem:
        """Say something about an item, in whatever state."""

        def comment(changes: Changes, item: WorkItem) -> WorkItem:
            if not why.strip():
                raise RejectedError(f"the comment on work item {item_id} is empty")
            return changes.step(item, "commented", why, {})

        return self._step(item_id, version, who, now, comment)

    def close_item(
        self,
        item_id: int,
        *,
        state: Literal["done", "dropped"],
        who: str,
        why: str,
        version: int,
        now: datetime,
    ) -> WorkItem:
        """Close an open item: it is `done`, or no longer wanted."""

        def close(changes: Changes, item: WorkItem) -> WorkItem:
            _needs(item, "open")
            return changes.step(item, state, why, {}, **closing(state, who, why, now))

        return self._step(item_id, version, who, now, close)

    def reopen_item(
        self, item_id: int, *, who: str, why: str, version: int, now: datetime
    ) -> WorkItem:
        """Open an item that was closed, as it was; it may be late at once."""

        def reopen(changes: Changes, item: WorkItem) -> WorkItem:
            _needs(item, "done", "dropped")
            facts = {"closed_at": None, "closed_by": "", "closed_because": "", "escalated_to": ""}
            details = {"was": item.state, "by": item.closed_by, "because": item.closed_because}
            return changes.step(item, "reopened", why, details, state="open", **facts)

        return self._step(item_id, version, who, now, reopen)

    def _step(self, item_id: int, version: int, who: str, now: datetime, step: Step) -> WorkItem:
        with self.writing("work") as connection:
            item = find_item(connection, item_id, lock=True)
            if item.version != version:
                raise _changed(connection, item, version)
            changes = Changes({item_id: item}, who, now)
            after = step(changes, item)
            if item.state != "open" and after.state == "open":
                _refuse_twin(connection, item)
            write_items(connection, [after])
            write_events(connection, changes.events)
            return after


def _needs(item: WorkItem, *states: str) -> None:
    if item.state not in states:
        by = f" by {item.closed_by}" if item.closed_by else ""
        raise ItemChangedError(
            f"work item {item.item_id} is {item.state}{by}; this needs one that is "
            f"{' or '.join(states)}",
            item,
        )


def _refuse_twin(connection: Connection, item: WorkItem) -> None:
    """Raise if the same was opened anew since the item was closed."""
    same = work_items.c.fingerprint == item.fingerprint
    twin = connection.scalar(sa.select(work_items.c.item_id).where(same, OPEN_ITEM))
    if twin is not None:
        raise RejectedError(f"work item {twin} is open and the same as {item.item_id}; go on there")


def _changed(connection: Connection, item: WorkItem, version: int) -> ItemChangedError:
    since = [event for event in events_of(connection, item.item_id) if event.version > version]
    said = "; ".join(map(_said, since)) or f"it has version {item.version}, not {version}"
    return ItemChangedError(
        f"work item {item.item_id} has changed since you looked: {said}; look again", item
    )


def _said(event: ItemEvent) -> str:
    return f"{DID[event.event]} by {event.actor} at {event.at:%Y-%m-%d %H:%M} UTC"
