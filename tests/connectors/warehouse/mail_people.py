"""A small list of customers, their keys, and messages that they got."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from connectors.base import Account
from connectors.mail import Customer, Order
from connectors.people_keys import PeopleKeys
from connectors.warehouse import Warehouse
from connectors.warehouse import mail_tables as t

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
KEYS = PeopleKeys(b"k" * 32)

ANN = Customer(
    customer_id="c-annabel-1",
    address="Annabel.Quist@Mail.example",
    consent="subscribed",
    consent_source="checkout 2026-03-01",
    consent_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
    signed_up_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    time_zone="Europe/Berlin",
    language="de",
    country="DE",
    fields={"first_name": "Annabel", "last_name": "Quistørp"},
)
BOB = replace(ANN, customer_id="c-bob-2", address="bobby@mail.example", fields={})


def person(customer: Customer, brand: str = "acme") -> int:
    return KEYS.person(brand, customer.customer_id)


def address(customer: Customer) -> int:
    return KEYS.address(customer.address or "")


def save(warehouse: Warehouse, *customers: Customer, brand: str = "acme", now: datetime = NOW):
    return warehouse.save_customers(brand, [customers], KEYS, now)


def order(number: int, customer: Customer | str, value: float = 10.0, days: int = 0) -> Order:
    customer_id = customer if isinstance(customer, str) else customer.customer_id
    return Order(f"o{number}", customer_id, NOW - timedelta(days=days), value)


def add_message(warehouse: Warehouse, customer: Customer, number: int, **changes: Any) -> int:
    """Store a message that went out yesterday; return its key."""
    account = Account("smtp", "news", "News", "EUR", "UTC")
    account_key = warehouse.save_account("acme", "news", account, NOW)
    day = NOW - timedelta(days=1)
    row = {
        "account_key": account_key, "brand": "acme", "kind": "sequence", "source": "welcome",
        "step": f"s{number}", "round": 1, "arm": "", "segment": "new", "template": "hello",
        "person_key": person(customer), "address_key": address(customer), "provider": "gmail",
        "message_id": f"<{number}@acme.example>", "state": "sent", "due_at": day,
        "claimed_at": day, "worker": "w", "handed_at": day, "attempts": 1, "status": "",
        "sentence": "", "code": 250,
    }  # fmt: skip
    with warehouse.writing() as connection:
        insert = sa.insert(t.mail_messages).values(row | changes)
        return connection.execute(insert).inserted_primary_key[0]


def add_event(warehouse: Warehouse, customer: Customer, message: int | None, kind: str, n: int = 0):
    row = {
        "brand": "acme", "message_key": message, "address_key": address(customer), "kind": kind,
        "at": NOW, "status": "", "source": f"imap INBOX;UID={n}",
    }  # fmt: skip
    with warehouse.writing() as connection:
        connection.execute(sa.insert(t.mail_events).values(row))
