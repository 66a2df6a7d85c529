"""What does HubSpot know of contacts, without knowing who they are, and of deals?

Of a contact only properties that name nobody are asked for. Of a deal nothing says which e-mail it
came of, so no deal is a conversion here. All values come as texts or null.
Source: the reference, section 2; HubSpot's default properties of contacts and deals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import nan

from connectors.channels.hubspot.calling import Calls, Row

CONTACT = (
    "hs_object_id",
    "lifecyclestage",
    "hs_email_optout",
    "hs_analytics_source",
    "createdate",
    "lastmodifieddate",
)
DEAL = (
    "hs_object_id",
    "amount",
    "amount_in_home_currency",
    "deal_currency_code",
    "pipeline",
    "dealstage",
    "hs_is_closed_won",
    "createdate",
    "closedate",
    "hs_lastmodifieddate",
)
TRUE = "true"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom HubSpot knows, by an id alone."""

    contact_id: str
    stage: str  # HubSpot's or the account's own word, such as `lead`; '' if none was set
    source: str  # HubSpot's word for where the contact came from; '' if unknown
    opted_out: bool  # of all mail; False also if nothing was said
    created_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deal:
    """Something that may be sold."""

    deal_id: str
    pipeline: str
    stage: str  # HubSpot's or the account's own word; '' if unknown
    won: bool
    value: float  # major units of the account's currency; NaN if unknown, or in another one
    created_at: datetime | None
    closed_at: datetime | None  # or when that is expected, of one that is not closed
    changed_at: datetime | None


def contacts(calls: Calls, since: datetime | None) -> Iterator[list[Contact]]:
    """Yield pages of the contacts that changed since a moment, of all without one."""
    for rows in calls.changed("contacts", CONTACT, since):
        with calls.shape("crm/objects/{version}/contacts"):
            page = [_contact(row) for row in rows]
        yield page


def deals(calls: Calls, since: datetime | None, currency: str) -> Iterator[list[Deal]]:
    """Yield pages of the deals that changed since a moment, of all without one."""
    for rows in calls.changed("deals", DEAL, since):
        with calls.shape("crm/objects/{version}/deals"):
            page = [_deal(row, currency) for row in rows]
        yield page


def _contact(row: Row) -> Contact:
    told = row["properties"]
    return Contact(
        contact_id=str(row["id"]),
        stage=told.get("lifecyclestage") or "",
        source=told.get("hs_analytics_source") or "",
        opted_out=told.get("hs_email_optout") == TRUE,
        created_at=_moment(told.get("createdate")),
        changed_at=_moment(told.get("lastmodifieddate")),
    )


def _deal(row: Row, currency: str) -> Deal:
    told = row["properties"]
    return Deal(
        deal_id=str(row["id"]),
        pipeline=told.get("pipeline") or "",
        stage=told.get("dealstage") or "",
        won=told.get("hs_is_closed_won") == TRUE,
        value=_value(told, currency),
        created_at=_moment(told.get("createdate")),
        closed_at=_moment(told.get("closedate")),
        changed_at=_moment(told.get("hs_lastmodifieddate")),
    )


def _value(told: Row, currency: str) -> float:
    """Return a deal's value in the account's currency. Without a currency of its own a deal is in
    the account's."""
    if text := told.get("amount_in_home_currency"):
        return float(text)
    same = (told.get("deal_currency_code") or currency) == currency
    return float(told["amount"]) if told.get("amount") and same else nan


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
