"""What do people have to do, and what does a run change about it? `WorkSteps` is for the people."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.warehouse.bulk import insert_rows, new_keys
from connectors.warehouse.database import Database
from connectors.warehouse.outbox import PENDING
from connectors.warehouse.schema import outbox
from connectors.warehouse.url_keys import KEYS_PER_QUERY
from connectors.warehouse.work_changes import Changes
from connectors.warehouse.work_rows import (
    CHANGING,
    EVENT_COLUMNS,
    ITEM_COLUMNS,
    ItemEvent,
    event_of,
    event_row,
    item_of,
    item_row,
    new_item,
)
from connectors.warehouse.work_tables import work_events, work_items
from connectors.work import Escalation, ItemEnd, ItemSeen, NewItem, WorkItem, WorkPlan, WorkState


class WorkStore(Database):
    """The work items of all brands, and the messages about them."""

    def apply_work(self, plan: WorkPlan, run_id: str, now: datetime) -> None:
        """Apply a plan as a whole. Applying it twice, or by two runs at once, changes no more.

        Items are opened unless one with the fingerprint is open, was seen on that day or a later
        one, or is of a workflow, whose fingerprint names its period. What a person has closed
        since the plan was made stays closed. Messages that are there already stay as they are.
        """
        with self.writing("work") as connection:
            wanted = _to_open(connection, plan.opened)
            keys = new_keys(connection, work_items.c.item_id, len(wanted)) if wanted else []
            opened = [new_item(key, new, now) for key, new in zip(keys, wanted, strict=True)]
            about: list[ItemSeen | ItemEnd | Escalation]
            about = [*plan.seen, *plan.ended, *plan.escalated]
            changes = Changes(
                _items_by_id(connection, [one.item_id for one in about]), f"run {run_id}", now
            )
            changes.take(plan)
            _insert(connection, opened, run_id)
            write_items(connection, [changes.items[key] for key in sorted(changes.changed)])
            write_events(connection, [*(_opening(item, run_id) for item in opened)])
            write_events(connection, changes.events)
            rows = [asdict(message) | {"state": PENDING} for message in plan.messages]
            if rows:
                connection.execute(self.upsert(outbox).on_conflict_do_nothing(), rows)

    def work_items(
        self,
        brand: str = "",
        process: str = "",
        states: Sequence[WorkState] = (),
        owner: str = "",
        limit: int | None = None,
        closed_since: datetime | None = None,
    ) -> list[WorkItem]:
        """Return the items that fit: open ones first, by the day they are due, then the closed
        ones, newest first. What is left empty is not asked; `closed_since` leaves out those that
        were closed before.
        """
        table = work_items.c
        wanted = {table.brand: brand, table.process: process, table.owner: owner}
        where = [column == value for column, value in wanted.items() if value]
        if states:
            where.append(table.state.in_([*states]))
        if closed_since is not None:
            where.append((table.state == "open") | (table.closed_at >= closed_since))
        order = (table.closed_at.desc().nulls_first(), table.due_on, table.item_id)
        query = sa.select(work_items).where(*where).order_by(*order).limit(limit)
        with self.reading() as connection:
            return [item_of(row) for row in connection.execute(query).mappings()]

    def work_item(self, item_id: int) -> WorkItem:
        """Return one item. Raise `LookupError` if there is none, which says what there is."""
        with self.reading() as connection:
            return find_item(connection, item_id)

    def work_events(self, item_id: int) -> list[ItemEvent]:
        """Return an item's history, oldest first; raise `LookupError` as `work_item` does."""
        with self.reading() as connection:
            find_item(connection, item_id)
            return events_of(connection, item_id)


def find_item(connection: Connection, item_id: int, *, lock: bool = False) -> WorkItem:
    """Return an item, `lock`ed for this transaction. Raise `LookupError` if there is none."""
    query = sa.select(work_items).where(work_items.c.item_id == item_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is not None:
        return item_of(row)
    last = connection.scalar(sa.select(sa.func.max(work_items.c.item_id)))
    there = f"the last one is {last}" if last else "there are none yet"
    raise LookupError(f"there is no work item {item_id}; {there}")


def events_of(connection: Connection, item_id: int) -> list[ItemEvent]:
    """Return an item's history, oldest first."""
    query = sa.select(work_events).where(work_events.c.item_id == item_id)
    rows = connection.execute(query.order_by(work_events.c.version)).mappings()
    return [event_of(row) for row in rows]


def write_items(connection: Connection, items: Sequence[WorkItem]) -> None:
    """Write what may change about items."""
    if not items:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in CHANGING[:-1]}
    numbers = sa.bindparam("new_numbers", type_=work_items.c.numbers.type)
    rows = [
        {f"new_{name}": getattr(item, name) for name in CHANGING[:-1]}
        | {"key": item.item_id, "new_numbers": {**item.numbers}}
        for item in items
    ]
    change = sa.update(work_items).where(work_items.c.item_id == sa.bindparam("key"))
    connection.execute(change.values(**values, numbers=numbers), rows)


def write_events(connection: Connection, events: Iterable[ItemEvent]) -> None:
    """Add entries to histories."""
    insert_rows(connection, work_events, EVENT_COLUMNS, [event_row(event) for event in events])


def _to_open(connection: Connection, opened: Sequence[NewItem]) -> list[NewItem]:
    """Return those of the items that are to be opened, each fingerprint once."""
    wanted = {new.fingerprint: new for new in reversed(opened)}
    names = [*wanted]
    for start in range(0, len(names), KEYS_PER_QUERY):
        part = names[start : start + KEYS_PER_QUERY]
        query = sa.select(
            work_items.c.fingerprint,
            (work_items.c.state == "open").label("is_open"),
            work_items.c.last_as_of,
        ).where(work_items.c.fingerprint.in_(part))
        for fingerprint, is_open, last_as_of in connection.execute(query):
            new = wanted.get(fingerprint)
            if new and (is_open or new.origin == "workflow" or last_as_of >= new.as_of):
                del wanted[fingerprint]
    return [*reversed(wanted.values())]


def _items_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, WorkItem]:
    found: dict[int, WorkItem] = {}
    for start in range(0, len(ids), KEYS_PER_QUERY):
        query = sa.select(work_items).where(
            work_items.c.item_id.in_(ids[start : start + KEYS_PER_QUERY])
        )
        rows = connection.execute(query.with_for_update()).mappings()
        found |= {row["item_id"]: item_of(row) for row in rows}
    return found


def _insert(connection: Connection, items: Sequence[WorkItem], run_id: str) -> None:
    rows: list[tuple[Any, ...]] = []
    for item in items:
        row = item_row(item)
        rows.append((*(row[name] for name in ITEM_COLUMNS), run_id))
    insert_rows(connection, work_items, (*ITEM_COLUMNS, "run_id"), rows)


def _opening(item: WorkItem, run_id: str) -> ItemEvent:
    details = {"owner": item.owner, "due_on": item.due_on, "as_of": item.opened_as_of}
    return ItemEvent(
        item.item_id, 1, item.opened_at, "opened", f"run {run_id}", item.evidence, details
    )
