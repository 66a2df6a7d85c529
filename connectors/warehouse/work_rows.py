"""How does a work item lie in its row, and an entry of its history? There and back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from connectors.warehouse.action_rows import json_of
from connectors.work import NewItem, WorkEvent, WorkItem

ITEM_COLUMNS = tuple(
    "check_name" if field.name == "check" else field.name for field in fields(WorkItem)
)
CHANGING = (
    "evidence", "priority", "owner", "due_on", "state", "last_as_of", "escalated_to", "closed_at",
    "closed_by", "closed_because", "version", "numbers",
)  # fmt: skip
"""What may become of an item; the rest stays as it was opened."""


@dataclass(frozen=True, slots=True)
class ItemEvent:
    """An entry of an item's history."""

    item_id: int
    version: int  # of the item, from this event on
    at: datetime
    event: WorkEvent
    actor: str  # a person, or `run ...`
    why: str
    details: Mapping[str, Any]  # what changed: {"owner": ["seo", "shop"]}, before and after


EVENT_COLUMNS = tuple(field.name for field in fields(ItemEvent))


def new_item(item_id: int, new: NewItem, now: datetime) -> WorkItem:
    """Return the item that is opened."""
    same = {field.name: getattr(new, field.name) for field in fields(NewItem)}
    as_of = same.pop("as_of")
    return WorkItem(
        item_id=item_id,
        state="open",
        opened_at=now,
        opened_as_of=as_of,
        last_as_of=as_of,
        **same,
    )


def item_row(item: WorkItem) -> dict[str, Any]:
    """Return an item's columns, JSON as text."""
    row: dict[str, Any] = {field.name: getattr(item, field.name) for field in fields(WorkItem)}
    return row | {"check_name": row.pop("check"), "numbers": json_of(item.numbers)}


def item_of(row: sa.RowMapping) -> WorkItem:
    """Return the item of a row."""
    values = {field.name: row[field.name] for field in fields(WorkItem) if field.name != "check"}
    numbers = {name: math.nan if n is None else n for name, n in row["numbers"].items()}
    return WorkItem(**{**values, "check": row["check_name"], "numbers": numbers})


def event_row(event: ItemEvent) -> tuple[Any, ...]:
    """Return the cells of an event, in the order of `EVENT_COLUMNS`, JSON as text."""
    cells = (getattr(event, name) for name in EVENT_COLUMNS[:-1])
    return (*cells, json_of(event.details))


def event_of(row: sa.RowMapping) -> ItemEvent:
    """Return the event of a row."""
    return ItemEvent(**{name: row[name] for name in EVENT_COLUMNS})
