"""Which campaigns and flows does an account have, and when did a campaign go out?

From revision 2026-10-15 on a campaign's moment and state are those of its messages. A message whose
moment differs by recipient or variation counts from the earliest one on.
Source: schemas of `GET /api/campaign-messages` and `GET /api/flows` (klaviyo-api 25.0.0).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Entity, Status
from connectors.channels.klaviyo.calling import Calls, Row

MESSAGES, FLOWS = "campaign-messages", "flows"
MESSAGE_STATUS: dict[str, Status] = {
    "draft": "paused",
    "scheduled": "enabled",
    "sending": "enabled",
    "sent": "ended",
    "cancelled": "ended",
}
FLOW_STATUS: dict[str, Status] = {"live": "enabled", "manual": "enabled", "draft": "paused"}
"""A `manual` flow makes messages that a person sends."""
LIVELIEST: tuple[Status, ...] = ("enabled", "paused", "unknown", "ended")
"""A campaign is in the first of these states that one of its messages is in."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of a campaign."""

    message_id: str
    name: str
    campaign_id: str
    campaign: str  # its name
    archived: bool
    status: Status
    sent_at: datetime | None


def messages(calls: Calls) -> list[SentMessage]:
    """Return the messages of all campaigns."""
    asked = {"include": "campaign", "page[size]": "100"}
    found: dict[str, SentMessage] = {}
    for body in calls.documents(MESSAGES, asked):
        with calls.shape(MESSAGES):
            parents = {row["id"]: row["attributes"] for row in body.get("included") or []}
            for row in body["data"]:
                found[row["id"]] = _message(row, parents)
    return list(found.values())


def campaigns(found: Iterable[SentMessage]) -> list[Entity]:
    """Return the campaigns of messages."""
    by_campaign: dict[str, list[SentMessage]] = {}
    for message in found:
        by_campaign.setdefault(message.campaign_id, []).append(message)
    return [_campaign(id_, own) for id_, own in by_campaign.items()]


def flows(calls: Calls) -> Iterator[list[Entity]]:
    """Yield pages of flows."""
    for rows in calls.pages(FLOWS, **{"page[size]": "50"}):
        with calls.shape(FLOWS):
            page = [_flow(row) for row in rows]
        yield page


def flow_status(row: Row) -> Status:
    """Return a flow's state."""
    attributes = row["attributes"]
    if attributes.get("archived"):
        return "removed"
    return FLOW_STATUS.get(attributes["status"], "unknown")


def _message(row: Row, parents: dict[str, Any]) -> SentMessage:
    definition = row["attributes"]["definition"]
    campaign_id = row["relationships"]["campaign"]["data"]["id"]
    parent = (parents.get(campaign_id) or {}).get("definition") or {}
    return SentMessage(
        message_id=row["id"],
        name=definition.get("name") or row["id"],
        campaign_id=campaign_id,
        campaign=parent.get("name") or campaign_id,
        archived=bool(parent.get("archived")),
        status=MESSAGE_STATUS.get(definition.get("status") or "", "unknown"),
        sent_at=_moment(definition.get("send_options") or {}),
    )


def _moment(options: Row) -> datetime | None:
    """Return the first moment at which a message goes out."""
    texts = [options.get("send_time"), *(options.get("send_times") or {}).values()]
    moments = [datetime.fromisoformat(text) for text in texts if text]
    return min(moments) if moments else None


def _campaign(id_: str, own: list[SentMessage]) -> Entity:
    states = {message.status for message in own}
    status = next(state for state in LIVELIEST if state in states)
    archived = any(message.archived for message in own)
    sent = "removed" if archived else status
    return Entity("campaign", id_, own[0].campaign, sent, details={"type": "campaign"})


def _flow(row: Row) -> Entity:
    name = row["attributes"].get("name") or row["id"]
    details = {"type": "flow", "status": str(row["attributes"]["status"])}
    return Entity("campaign", row["id"], name, flow_status(row), details=details)
