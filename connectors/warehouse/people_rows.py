"""What does a list of customers change about the people that we know? Data in, data out.

- What the list says counts, except that a withdrawal that we know is never overwritten: who was
  suppressed for unsubscribing or complaining stays unsubscribed, and so does whoever took the
  consent back at a moment after that of the list's consent, or if the list names no moment.
- Each change of consent, of its source or of its moment is noted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from config.mail import Consent
from connectors.base import RejectedError
from connectors.mail import Customer
from connectors.people_keys import PeopleKeys
from connectors.warehouse.site_rows import plain


class FromList(NamedTuple):
    """What a list says of somebody, in the order of the columns of `people`."""

    address: str | None
    address_key: int | None
    fields: dict[str, str]
    consent: Consent
    consent_source: str
    consent_at: datetime | None
    signed_up_at: datetime | None
    time_zone: str
    language: str
    country: str


class Known(NamedTuple):
    """Somebody as stored."""

    brand: str
    customer_id: str
    said: FromList


class Withdrawal(NamedTuple):
    """A suppression that says that somebody wants no mail."""

    reason: str
    at: datetime


PEOPLE_COLUMNS = (
    "person_key", "brand", "customer_id", *FromList._fields, "first_seen_at", "updated_at"
)  # fmt: skip
CONSENT_COLUMNS = ("person_key", "consent", "source", "at", "recorded_at")


@dataclass(slots=True)
class PeopleChanges:
    """Rows to write."""

    new: list[tuple[Any, ...]] = field(default_factory=list)  # `PEOPLE_COLUMNS`
    changed: list[dict[str, Any]] = field(default_factory=list)  # `FromList` and `person`
    consents: list[tuple[Any, ...]] = field(default_factory=list)  # `CONSENT_COLUMNS`
    still_unsubscribed: int = 0
    """People whom the list calls subscribed and who told us otherwise."""


def by_key(brand: str, customers: list[Customer], keys: PeopleKeys) -> dict[int, Customer]:
    """Return customers by their keys, of those with one id the last. Raises as `refuse_shared`."""
    found: dict[int, Customer] = {}
    for customer in customers:
        key = keys.person(brand, customer.customer_id)
        other = found.get(key)
        if other is not None:
            refuse_shared(brand, other.customer_id, customer.customer_id)
        found[key] = customer
    return found


def refuse_shared(brand: str, one: str, other: str) -> None:
    """Raise `RejectedError` if two ids that have the same key are not the same id."""
    if one != other and plain(one.strip()) != plain(other.strip()):
        raise RejectedError(
            f"{brand}: two customers have the same key, which happens once in 20 million lists of "
            "a million people; give one of them another id"
        )


def people_changes(
    brand: str,
    came: Mapping[int, tuple[Customer, int | None]],
    known: Mapping[int, Known],
    withdrawn: Mapping[int, Withdrawal],
    now: datetime,
) -> PeopleChanges:
    """Compare a list's people with the stored ones.

    `came` has each person's customer and address key, `withdrawn` the suppressions of those
    address keys. Raises `RejectedError` if a stored person of the same key is somebody else.
    """
    changes = PeopleChanges()
    for key, (customer, address_key) in came.items():
        stored = known.get(key)
        if stored is not None:
            refuse_shared(brand, stored.brand, brand)
            refuse_shared(brand, stored.customer_id, customer.customer_id)
        withdrawal = withdrawn.get(address_key) if address_key is not None else None
        said = _said(customer, address_key)
        is_to_be = _with_consent(said, stored.said if stored else None, withdrawal)
        if is_to_be.consent == "unsubscribed" and said.consent == "subscribed":
            changes.still_unsubscribed += 1
        _note(changes, brand, key, customer.customer_id, is_to_be, stored, now)
    return changes


def _note(
    changes: PeopleChanges,
    brand: str,
    key: int,
    customer_id: str,
    said: FromList,
    stored: Known | None,
    now: datetime,
) -> None:
    if stored is None:
        cells = said._replace(fields=orjson.dumps(said.fields).decode())  # type: ignore[arg-type]
        changes.new.append((key, brand, plain(customer_id.strip()), *cells, now, now))
    elif stored.said != said:
        changes.changed.append(said._asdict() | {"person": key, "updated_at": now})
    else:
        return
    before = _consent(stored.said) if stored else ("never", "", None)
    if _consent(said) != before:
        at = said.consent_at or now
        changes.consents.append((key, said.consent, said.consent_source, at, now))


def _consent(said: FromList) -> tuple[str, str, datetime | None]:
    return said.consent, said.consent_source, said.consent_at


def _said(customer: Customer, address_key: int | None) -> FromList:
    fields = {plain(name): plain(text) for name, text in customer.fields.items()}
    return FromList(
        address=None if address_key is None else plain(customer.address or ""),
        address_key=address_key,
        fields=fields,
        consent=customer.consent,
        consent_source=plain(customer.consent_source),
        consent_at=customer.consent_at,
        signed_up_at=customer.signed_up_at,
        time_zone=plain(customer.time_zone),
        language=plain(customer.language),
        country=plain(customer.country),
    )


def _with_consent(
    said: FromList, stored: FromList | None, withdrawal: Withdrawal | None
) -> FromList:
    """Return what a list says, with the consent that holds."""
    if stored is not None and stored.consent == "unsubscribed":
        ours = stored.consent_at
        later = ours is not None and (said.consent_at is None or said.consent_at <= ours)
        if later or (withdrawal is not None and said.consent != "unsubscribed"):
            return said._replace(
                consent="unsubscribed", consent_source=stored.consent_source, consent_at=ours
            )
    if withdrawal is not None and said.consent != "unsubscribed":
        source = f"suppressed: {withdrawal.reason}"
        return said._replace(
            consent="unsubscribed", consent_source=source, consent_at=withdrawal.at
        )
    return said
