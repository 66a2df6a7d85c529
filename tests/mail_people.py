"""People who get mail, and what they are to get, for whoever tests sending."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from config.mail import Cap
from connectors.base import Account
from connectors.mail import DueMail
from connectors.people_keys import PeopleKeys
from connectors.warehouse import Warehouse
from connectors.warehouse.mail_claims import ClaimTerms
from connectors.warehouse.mail_tables import mail_messages, people

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEYS = PeopleKeys(bytes(range(32)))
ACCOUNT = Account("smtp", "shop.example", "Shop", "EUR", "Europe/Berlin")


def save_sender(warehouse: Warehouse, now: datetime = NOON) -> int:
    """Return the key of the account that sends."""
    return warehouse.save_account("acme", "mailer", ACCOUNT, now)


def address_of(number: int) -> str:
    """Return a person's address."""
    return f"person{number}@mail{number % 7}.example"


def add_people(
    warehouse: Warehouse,
    numbers: Iterable[int],
    *,
    consent: str = "subscribed",
    address: str | None = "",
    brand: str = "acme",
) -> None:
    """Make people; `address` '' stands for each one's own."""
    rows = []
    for number in numbers:
        its = address_of(number) if address == "" else address
        rows.append({
            "person_key": number, "brand": brand, "customer_id": f"c{number}", "address": its,
            "address_key": KEYS.address(its) if its else None, "fields": {"first_name": "Ann"},
            "consent": consent, "consent_source": "checkout", "consent_at": NOON,
            "signed_up_at": NOON, "time_zone": "", "language": "en", "country": "",
            "first_seen_at": NOON, "updated_at": NOON,
        })  # fmt: skip
    with warehouse.writing() as connection:
        connection.execute(sa.insert(people), rows)


def due(number: int, **changes: object) -> DueMail:
    """Return a campaign's message to a person, with these fields changed."""
    values: dict[str, object] = {
        "brand": "acme", "kind": "campaign", "source": "spring", "step": "", "round": 0, "arm": "",
        "segment": "everybody", "template": "spring", "person_key": number, "due_at": NOON,
        "not_before": NOON, "not_after": NOON + timedelta(days=30), "priority": 0,
    }  # fmt: skip
    return DueMail(**values | changes)  # type: ignore[arg-type]


def terms(*caps: tuple[int, int], a_day: int | None = None, now: datetime = NOON) -> ClaimTerms:
    """Return what holds for all: caps of (messages, days)."""
    return ClaimTerms(
        "marketing_automation",
        "shop.example",
        KEYS,
        tuple(Cap(messages=messages, days=days) for messages, days in caps),
        now.replace(hour=0, minute=0, second=0, microsecond=0),
        a_day,
    )


def states(warehouse: Warehouse) -> dict[int, str]:
    """Return the state of each person's message; who has several has the last."""
    query = sa.select(mail_messages.c.person_key, mail_messages.c.state).order_by("message_key")
    with warehouse.reading() as connection:
        return {row.person_key: row.state for row in connection.execute(query)}
