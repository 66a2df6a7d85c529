"""What does a run's plan change about the work items as they now are? Data in, data out.

A plan that was made a moment ago, or is applied twice, must not undo what happened since: what is
closed stays closed, what was escalated is escalated once, and an older day changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.warehouse.action_rows import json_of
from connectors.warehouse.work_rows import ItemEvent
from connectors.work import Escalation, ItemEnd, ItemSeen, WorkEvent, WorkItem, WorkPlan


@dataclass(slots=True)
class Changes:
    """Items as they become, and the entries of their histories. Grows step by step."""

    items: dict[int, WorkItem]
    """By id, those that the plan is about, as they are so far."""
    actor: str
    now: datetime
    changed: set[int] = field(default_factory=set)
    events: list[ItemEvent] = field(default_factory=list)

    def take(self, plan: WorkPlan) -> None:
        """Take in what a plan says of items that are open."""
        for seen in plan.seen:
            if item := self._open(seen.item_id):
                self._see(item, seen)
        for late in plan.escalated:
            if (item := self._open(late.item_id)) and not item.escalated_to:
                self._escalate(item, late)
        for end in plan.ended:
            if item := self._open(end.item_id):
                self._end(item, end)

    def step(
        self,
        item: WorkItem,
        event: WorkEvent,
        why: str,
        details: Mapping[str, object],
        **values: Any,
    ) -> WorkItem:
        """Change an item, with an entry in its history, and return it as it then is."""
        item = replace(item, version=item.version + 1, **values)
        self._keep(item)
        self.events.append(
            ItemEvent(item.item_id, item.version, self.now, event, self.actor, why, details)
        )
        return item

    def _see(self, item: WorkItem, seen: ItemSeen) -> None:
        """Bring an item up to date. Only what it says anew is worth an entry."""
        if seen.as_of < item.last_as_of:
            return
        if seen.as_of > item.last_as_of:
            item = replace(item, last_as_of=seen.as_of)
            self._keep(item)
        if _says(item) != _says(seen):
            new = {name: getattr(seen, name) for name in ("evidence", "numbers", "priority")}
            details = {"priority": [item.priority, seen.priority], "before": item.evidence}
            self.step(item, "seen", seen.evidence, details, **new)

    def _escalate(self, item: WorkItem, late: Escalation) -> None:
        details = {"to": late.to, "due_on": item.due_on, "as_of": late.as_of}
        why = f"it was due on {item.due_on}"
        self.step(item, "late", why, details, escalated_to=late.to)

    def _end(self, item: WorkItem, end: ItemEnd) -> None:
        facts = closing(end.state, self.actor, end.reason, self.now)
        self.step(item, end.state, end.reason, {"as_of": end.as_of}, **facts)

    def _open(self, item_id: int) -> WorkItem | None:
        item = self.items.get(item_id)
        return item if item and item.state == "open" else None

    def _keep(self, item: WorkItem) -> None:
        self.items[item.item_id] = item
        self.changed.add(item.item_id)


def closing(state: str, actor: str, why: str, now: datetime) -> dict[str, object]:
    """Return what closing changes about an item."""
    return {"state": state, "closed_at": now, "closed_by": actor, "closed_because": why}


def _says(seen: WorkItem | ItemSeen) -> tuple[str, str, str]:
    return seen.evidence, seen.priority, json_of(seen.numbers)
