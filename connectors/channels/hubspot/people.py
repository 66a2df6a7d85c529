"""Who are the contacts of an account, and may they be written to?

A contact is a customer by HubSpot's id. HubSpot tells in three ways whether somebody wants mail:

- `hs_email_optout`: of all of it; true is a withdrawal, anything else says nothing
- the status of a subscription type, SUBSCRIBED, UNSUBSCRIBED or NOT_SPECIFIED, with its moment and
  legal basis; read for up to 100 addresses at once, which takes Marketing Hub Enterprise
- a property of the account's own, such as a box that a form has

What says nothing is no consent. Of a contact only the properties below, and those that the options
name, are asked for. All values come as texts or null. `createdate` is when HubSpot came to know
somebody; its time zones are IANA names of which the signs are spelled out
(`america_slash_new_york`), and one that is not is unknown.
Source: the reference, section 2; HubSpot's default properties of contacts, and its "Communication
preferences API guide" (2026-03, the newest version).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from config.mail import Consent
from connectors.base import RejectedError
from connectors.channels.hubspot.calling import Calls, Row, moment
from connectors.channels.hubspot.options import Options
from connectors.mail import Customer
from connectors.mail_addresses import usable_address

KNOWN = ("email", "hs_email_optout", "hs_language", "hs_timezone", "hs_country_region_code",
         "createdate")  # fmt: skip
STATUSES = "communication-preferences/2026-03/statuses/batch/read?channel=EMAIL"
AT_ONCE = 100  # addresses
TRUE = "true"
WORDS: Mapping[str, Consent] = {"SUBSCRIBED": "subscribed", "UNSUBSCRIBED": "unsubscribed"}
SIGNS = {"_slash_": "/", "_hyphen_": "-", "_plus_": "+"}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody said to mail."""

    consent: Consent = "never"
    source: str = ""
    at: datetime | None = None


def customers(calls: Calls, options: Options) -> Iterator[list[Customer]]:
    """Yield pages of all contacts.

    Raises `RejectedError` for a subscription type that HubSpot does not know, and for a word of
    consent that the options do not explain.
    """
    wanted = dict.fromkeys([*KNOWN, *options.fields.values(), options.consent_property])
    for rows in calls.objects("contacts", [name for name in wanted if name]):
        agreed = _statuses(calls, rows, options.subscription) if options.subscription else {}
        with calls.shape("crm/objects/{version}/contacts"):
            page = [_customer(row, options, agreed) for row in rows]
        yield page


def _customer(row: Row, options: Options, agreed: Mapping[str, Agreed]) -> Customer:
    told = row["properties"]
    written = (told.get("email") or "").strip()
    address, problem = usable_address(written)
    said = (
        _said(told, options) if options.consent_property else agreed.get(written.lower(), Agreed())
    )
    if told.get("hs_email_optout") == TRUE:
        said = Agreed("unsubscribed", "HubSpot: opted out of all mail")
    fields = {ours: told.get(theirs) for ours, theirs in options.fields.items()}
    return Customer(
        customer_id=str(row["id"]),
        address=address,
        consent=said.consent,
        consent_source=said.source,
        consent_at=said.at,
        signed_up_at=moment(told.get("createdate")),
        time_zone=_zone(told.get("hs_timezone") or ""),
        language=(told.get("hs_language") or "").replace("_", "-"),
        country=(told.get("hs_country_region_code") or "").upper(),
        fields={name: text for name, text in fields.items() if text},
        problem=f"contact {row['id']}: {problem}" if problem else "",
    )


def _said(told: Row, options: Options) -> Agreed:
    """Return what the account's own property says; nothing is no consent."""
    name = options.consent_property
    if not (word := (told.get(name) or "").strip()):
        return Agreed()
    if (consent := options.consent_words.get(word.casefold())) is None:
        known = ", ".join(map(repr, options.consent_words))
        raise RejectedError(
            f"hubspot: {name} of a contact has a word that `consent_words` does not explain; "
            f"it has: {known}"
        )
    return Agreed(consent, f"HubSpot: {name}")


def _statuses(calls: Calls, rows: Sequence[Row], subscription: str) -> dict[str, Agreed]:
    """Return what those with an address said to a subscription type."""
    with calls.shape("crm/objects/{version}/contacts"):
        written = [(row["properties"].get("email") or "").strip() for row in rows]
    addresses = [text for text in dict.fromkeys(written) if usable_address(text)[0]]
    found: dict[str, Agreed] = {}
    others: set[str] = set()
    for start in range(0, len(addresses), AT_ONCE):
        told = calls.ask(STATUSES, {"inputs": addresses[start : start + AT_ONCE]})
        with calls.shape(STATUSES):
            for one in (status for it in told["results"] for status in it["statuses"]):
                if str(one["subscriptionId"]) == subscription:
                    found[one["subscriberIdString"].lower()] = _agreed(one)
                else:
                    others.add(str(one["subscriptionId"]))
    if others and not found:
        raise RejectedError(
            f"hubspot: no subscription type {subscription}; there are: {', '.join(sorted(others))}"
        )
    return found


def _agreed(status: Mapping[str, Any]) -> Agreed:
    consent = WORDS.get(status["status"], "never")
    if consent == "never":
        return Agreed()
    basis = status.get("legalBasis") or "no legal basis"
    source = f"HubSpot: subscription {status['subscriptionId']}, {basis}"
    return Agreed(consent, source, moment(status.get("timestamp")))


def _zone(text: str) -> str:
    for spelled, sign in SIGNS.items():
        text = text.replace(spelled, sign)
    return _zones().get(text.casefold(), "")


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
