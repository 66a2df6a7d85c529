"""A brand that writes to its customers, on files and a warehouse of its own."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner, Result

from config.settings import settings
from connectors.base import Account
from connectors.mail import Customer, Order
from connectors.people_keys import PeopleKeys, people_keys
from connectors.warehouse import Warehouse
from connectors.warehouse import mail_tables as t
from deployments import customer_commands, mail_commands, sequence_commands
from deployments.cli import main
from tests.config.conftest import FILES

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)  # 09:30 in Berlin, a Monday
SENDER = "  - {name: post, platform: smtp, connector: file, account_id: shop.example}\ngoals:\n"
RULES = """\
mail:
  account: post
  sender: Acme <news@acme.example>
  postal_address: Acme, Hillside 1, 12345 Hilltown
  unsubscribe_url: https://mail.acme.example
"""
SEGMENTS = """\
segments:
  - {name: germans, title: In Germany, countries: [DE]}
  - {name: everybody, title: Everybody}
  - {name: buyers, title: Who bought, when: orders > 0}
"""
HTML = """\
---
subject: Boots are here
preheader: Waterproof
language: en
---
<!doctype html><html lang="{{ language }}"><body>
<div style="display:none">{{ preheader }}</div>
<p>Hello {{ first_name | or("there") }}, your boots are here and they are waterproof.</p>
<a href="https://acme.example/boots?size=9">See the boots</a>
<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
</body></html>
"""
TEXT = """\
Hello {{ first_name | or("there") }}, your boots are here and they are waterproof.
See the boots: https://acme.example/boots?size=9
Unsubscribe: {{ unsubscribe_url }}
{{ postal_address }}
"""
WELCOME = """\
# Written with care.
title: Welcome   # to us
objective: loyalty
enters: {event: signup}
state: draft   # so far
steps:
  - {id: hello, message: boots}
  - {id: pause, wait: {days: 3}}
  - {id: more, message: socks}
leaves: {segments: [germans], after_days: 60}
"""
BIRTHDAY = """\
title: Birthday
objective: loyalty
enters: {date: birthday, yearly: true}
steps:
  - {id: gift, message: boots}
"""
SPRING = """\
title: Spring
objective: sales
segment: everybody
exclude: [germans]
template: boots
send_at: 2026-12-01 09:00
"""
ANN = Customer(
    customer_id="c-ann",
    address="Ann.Quist@mail.example",
    consent="subscribed",
    consent_source="checkout",
    consent_at=NOW - timedelta(days=1),
    signed_up_at=NOW - timedelta(hours=1),
    time_zone="",
    language="en",
    country="AT",
    fields={"first_name": "Ann", "birthday": "1984-11-07"},
)


@dataclass(frozen=True)
class MailBrand:
    """The brand, its files in `folder`."""

    folder: Path

    @property
    def mail(self) -> Path:
        """Where the files of its mail are."""
        return self.folder / "brands/acme/mail"

    def write(self, file: str, text: str) -> Path:
        """Write a file of its mail."""
        path = self.mail / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def call(self, *words: str, brand: str = "acme", **kwargs: Any) -> Result:
        """Type a command."""
        options = ["--brand", brand] if brand else []
        return CliRunner().invoke(main, [*words, *options], catch_exceptions=False, **kwargs)

    def warehouse(self) -> Warehouse:
        """Open the warehouse."""
        return Warehouse(settings().warehouse_url.get_secret_value())

    @property
    def keys(self) -> PeopleKeys:
        """The installation's keys."""
        return people_keys(settings().state_dir / "people.key")

    def people(self, *customers: Customer) -> None:
        """Let the warehouse know customers."""
        with self.warehouse() as warehouse:
            warehouse.save_customers("acme", [customers], self.keys, NOW)

    def orders(self, *orders: Order) -> None:
        """Let the warehouse know orders."""
        with self.warehouse() as warehouse:
            warehouse.save_orders("acme", [orders], self.keys)

    def members(self, segment: str, day: date, *customers: Customer) -> None:
        """Say who is in a segment from a day on."""
        keys = [self.keys.person("acme", it.customer_id) for it in customers]
        with self.warehouse() as warehouse:
            warehouse.move_members("acme", segment, keys, day)

    def message(self, customer: Customer, step: str = "hello", **changes: Any) -> int:
        """Store a message that went out yesterday; return its key."""
        day = NOW - timedelta(days=1)
        with self.warehouse() as warehouse:
            sender = Account("smtp", "shop.example", "Shop", "EUR", "UTC")
            row = {
                "account_key": warehouse.save_account("acme", "post", sender, NOW),
                "brand": "acme", "kind": "sequence", "source": "welcome", "step": step,
                "round": 1, "arm": "", "segment": "", "template": "boots",
                "person_key": self.keys.person("acme", customer.customer_id),
                "address_key": self.keys.address(customer.address or ""), "provider": "other",
                "message_id": f"<{step}@acme.example>", "state": "sent", "due_at": day,
                "claimed_at": day, "worker": "w", "handed_at": day, "attempts": 1, "status": "",
                "sentence": "", "code": 250,
            }  # fmt: skip
            with warehouse.writing() as connection:
                insert = sa.insert(t.mail_messages).values(row | changes)
                return int(connection.execute(insert).inserted_primary_key[0])

    def enrolled(self, customer: Customer, **changes: Any) -> None:
        """Let somebody be in the sequence of welcome, at its last step since yesterday."""
        day = NOW - timedelta(days=1)
        row = {
            "brand": "acme", "sequence": "welcome", "round": 1, "entered_at": day,
            "person_key": self.keys.person("acme", customer.customer_id), "entry": "signup",
            "version": "v", "step": "more", "arms": {}, "state": "active", "reason": "",
            "planned_at": NOW, "due_at": NOW, "updated_at": day,
        }  # fmt: skip
        with self.warehouse() as warehouse, warehouse.writing() as connection:
            connection.execute(sa.insert(t.enrolments).values(row | changes))


def customer(name: str, **changes: Any) -> Customer:
    """Return somebody like Ann under another name."""
    return replace(ANN, customer_id=f"c-{name}", address=f"{name}@mail.example", **changes)


def opened(folder: Path, template: Path, monkeypatch: Any) -> MailBrand:
    """Write the brand's files and give it a warehouse; the clock stands still."""
    for file, text in FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    brand = folder / "brands/acme.yaml"
    brand.write_text(brand.read_text().replace("goals:\n", SENDER) + RULES)
    (folder / "state").mkdir()
    shutil.copy(template, folder / "state/warehouse.db")
    for name, value in {
        "MARKETLOOP_LIBRARY_DIR": folder,
        "MARKETLOOP_BRANDS_DIR": folder / "brands",
        "MARKETLOOP_STATE_DIR": folder / "state",
        "MARKETLOOP_WAREHOUSE_URL": f"sqlite:///{folder}/state/warehouse.db",
        "COLUMNS": 240,
    }.items():
        monkeypatch.setenv(name, str(value))
    for module in (mail_commands, sequence_commands, customer_commands):
        monkeypatch.setattr(module, "now", lambda: NOW)
    settings.cache_clear()
    found = MailBrand(folder)
    for name in ("boots", "socks"):
        found.write(f"templates/{name}.html", HTML)
        found.write(f"templates/{name}.txt", TEXT)
    found.write("segments.yaml", SEGMENTS)
    found.write("sequences/welcome.yaml", WELCOME)
    found.write("campaigns/spring.yaml", SPRING)
    return found
