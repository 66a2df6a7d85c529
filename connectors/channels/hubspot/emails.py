"""Which marketing e-mails does an account have, and what state are they in?

With statistics HubSpot leaves some e-mails out of the list, so it is read with them and without,
and put together by id; archived ones come only when asked for.
Source: schema of `GET /marketing/emails` (hubspot-api-client 12.0.0); the reference, section 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connectors.base import Entity, Status
from connectors.channels.hubspot.calling import Calls, Row

EMAILS = "marketing/emails/{version}"
PAGE = "100"
AUTOMATED = "AUTOMATED"
STATUS: Mapping[str, Status] = {
    "AUTOMATED": "enabled",
    "AUTOMATED_AB": "enabled",
    "AUTOMATED_FOR_FORM": "enabled",
    "AUTOMATED_FOR_FORM_LEGACY": "enabled",
    "AUTOMATED_SENDING": "enabled",
    "BLOG_EMAIL_PUBLISHED": "enabled",
    "RSS_TO_EMAIL_PUBLISHED": "enabled",
    "SCHEDULED": "enabled",
    "SCHEDULED_AB": "enabled",
    "PRE_PROCESSING": "enabled",
    "PROCESSING": "enabled",
    "AUTOMATED_DRAFT": "paused",
    "AUTOMATED_DRAFT_AB": "paused",
    "AUTOMATED_FOR_FORM_DRAFT": "paused",
    "BLOG_EMAIL_DRAFT": "paused",
    "DRAFT": "paused",
    "DRAFT_AB": "paused",
    "RSS_TO_EMAIL_DRAFT": "paused",
    "PUBLISHED": "ended",
    "PUBLISHED_AB": "ended",
    "PUBLISHED_AB_VARIANT": "ended",
    "LOSER_AB_VARIANT": "ended",
    "AUTOMATED_LOSER_ABVARIANT": "ended",
}
"""`PUBLISHED` is an e-mail that was sent once; `PUBLISHED_OR_SCHEDULED` leaves open which."""


@dataclass(frozen=True, slots=True)
class Email:
    """A marketing e-mail."""

    email_id: str
    name: str
    kind: str  # HubSpot's word, such as BATCH_EMAIL
    state: str  # HubSpot's word, such as PUBLISHED
    archived: bool
    published_at: datetime | None
    sent: float | None  # since it was made; None: HubSpot did not say

    @property
    def status(self) -> Status:
        """Return the state in our words."""
        return "removed" if self.archived else STATUS.get(self.state, "unknown")

    def sends_since(self, zone: ZoneInfo) -> date | None:
        """Return from which day on it sends by itself, None if it does not."""
        automated = self.state.startswith(AUTOMATED) and self.status == "enabled"
        at = self.published_at
        return at.astimezone(zone).date() if automated and at else None


def emails(calls: Calls) -> dict[str, Email]:
    """Return all e-mails by their ids."""
    found: dict[str, Email] = {}
    for asked in ({}, {"includeStats": "true"}, {"archived": "true"}):
        for rows in calls.pages(EMAILS, limit=PAGE, **asked):
            with calls.shape(EMAILS):
                found |= {str(row["id"]): _email(row) for row in rows}
    return found


def entity(email: Email) -> Entity:
    """Return an e-mail as a campaign."""
    details = {"type": email.kind, "status": email.state}
    if email.sent is not None:
        details["sent"] = f"{email.sent:.0f}"
    return Entity("campaign", email.email_id, email.name, email.status, details=details)


def _email(row: Row) -> Email:
    text, counters = row.get("publishDate"), (row.get("stats") or {}).get("counters") or {}
    sent = counters.get("sent")
    return Email(
        email_id=str(row["id"]),
        name=row.get("name") or row.get("subject") or str(row["id"]),
        kind=row.get("type") or "",
        state=row.get("state") or "",
        archived=bool(row.get("archived")),
        published_at=datetime.fromisoformat(text) if text else None,
        sent=None if sent is None else float(sent),
    )
