"""Which campaigns and automations does an account have, and what state are they in?"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.base import Entity, Status
from connectors.channels.mailchimp.calling import Calls, Row

CAMPAIGNS, AUTOMATIONS = "/campaigns", "/automations"
CAMPAIGN_FIELDS = ("type", "status", "send_time", "settings.title", "settings.subject_line")
AUTOMATION_FIELDS = ("status", "start_time", "settings.title")
RSS = "rss"

STATUS: Mapping[str, Status] = {
    "save": "paused",
    "paused": "paused",
    "schedule": "enabled",
    "sending": "enabled",
    "sent": "ended",
    "canceled": "ended",
    "canceling": "ended",
    "archived": "removed",
}
"""Of campaigns and automations alike. `save` is a draft."""


def entities(calls: Calls) -> Iterator[list[Entity]]:
    """Yield pages of campaigns, then of automations; an automation's e-mails are part of it."""
    for rows in calls.pages(CAMPAIGNS, CAMPAIGN_FIELDS):
        with calls.shape(CAMPAIGNS):
            page = [_entity(row, row["type"]) for row in rows if "automation" not in row["type"]]
        yield page
    for rows in calls.pages(AUTOMATIONS, AUTOMATION_FIELDS):
        with calls.shape(AUTOMATIONS):
            page = [_entity(row, "automation") for row in rows]
        yield page


def repeating(calls: Calls, zone: ZoneInfo) -> dict[str, date]:
    """Return what sends again and again: its id, and the first day on which it may have."""
    found: dict[str, date] = {}
    for path, fields, first, params in (
        (AUTOMATIONS, ("start_time",), "start_time", {}),
        (CAMPAIGNS, ("type", "send_time"), "send_time", {"type": RSS}),
    ):
        for rows in calls.pages(path, fields, **params):
            with calls.shape(path):
                found |= {
                    row["id"]: datetime.fromisoformat(row[first]).astimezone(zone).date()
                    for row in rows
                    if row.get(first) and row.get("type", RSS) == RSS
                }
    return found


def status_of(row: Row) -> Status:
    """Return a campaign's or automation's state."""
    return STATUS.get(row["status"], "unknown")


def _entity(row: Row, kind: str) -> Entity:
    settings = row.get("settings") or {}
    name = settings.get("title") or settings.get("subject_line") or row["id"]
    return Entity("campaign", row["id"], name, status_of(row), details={"type": kind})
