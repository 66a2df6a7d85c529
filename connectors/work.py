"""What do people still have to do, who does it, and by when? Plain records, no I/O.

A work item is a step that software cannot take: a page to be mended, a list to be reviewed. It is
opened by a finding with a remedy or by a process's own workflow, and tracked to done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from config.words import Importance
from connectors.records import Message

WorkState = Literal["open", "done", "dropped"]
"""`done`: a run saw it done, or a person says so. `dropped`: it is no longer wanted."""

WorkEvent = Literal[
    "opened", "seen", "assigned", "postponed", "commented", "late", "done", "dropped", "reopened"
]
Origin = Literal["finding", "workflow"]


@dataclass(frozen=True, slots=True)
class NewItem:
    """A work item to open. If one with this fingerprint is open already, nothing is opened."""

    fingerprint: str
    origin: Origin
    brand: str
    process: str
    check: str  # which check or fact found it; '' for a workflow's own step
    entity_key: int | None
    account_key: int | None
    name: str  # of the page or other entity, as its platform has it: data
    title: str  # what is to be done: "Mend the link to /old on /shoes"
    remedy: str  # how
    evidence: str  # the finding's sentence
    owner: str
    due_on: date
    as_of: date
    numbers: Mapping[str, float] = field(default_factory=dict)
    priority: Importance = "medium"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A work item as the warehouse has it."""

    item_id: int
    fingerprint: str
    origin: Origin
    brand: str
    process: str
    check: str
    entity_key: int | None
    account_key: int | None
    name: str
    title: str
    remedy: str
    evidence: str
    numbers: Mapping[str, float]
    priority: Importance
    owner: str
    due_on: date
    state: WorkState
    opened_at: datetime
    opened_as_of: date
    last_as_of: date  # the newest day that saw it still to be done
    escalated_to: str = ""  # who was told that it is late
    closed_at: datetime | None = None
    closed_by: str = ""  # a person, or `run ...`
    closed_because: str = ""
    version: int = 1  # grows with every change; whoever changes an item names the one they saw

    def is_late(self, today: date) -> bool:
        """Tell whether it is open after the day it was due."""
        return self.state == "open" and self.due_on < today


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An open item whose finding was seen again, with what the finding says now."""

    item_id: int
    evidence: str
    numbers: Mapping[str, float]
    priority: Importance
    as_of: date


@dataclass(frozen=True, slots=True)
class ItemEnd:
    """An open item to close."""

    item_id: int
    state: Literal["done", "dropped"]
    reason: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Escalation:
    """A late item of which somebody else is told, once."""

    item_id: int
    to: str  # an owner of the brand
    as_of: date


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """What one run changes about a brand's work items, and whom it tells. Applied as a whole."""

    opened: tuple[NewItem, ...] = ()
    seen: tuple[ItemSeen, ...] = ()
    ended: tuple[ItemEnd, ...] = ()
    escalated: tuple[Escalation, ...] = ()
    messages: tuple[Message, ...] = ()
