"""A shop that keeps lists at two simulated services like its segments, called without Prefect."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import HERE, settings
from connectors.actions import Action
from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.mail import MailAccount, MailWorld
from connectors.sandbox.mail.accounts import GROUPS
from connectors.sandbox.mail.klaviyo_things import Things
from connectors.sandbox.mail.mailchimp_mailings import Mailings
from connectors.sandbox.mail.mailchimp_members import FIRST_SEGMENT
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.steps import decide
from tasks.steps.apply import apply_approved
from tasks.steps.audiences import propose_audiences
from tasks.steps.connecting import connect
from tasks.steps.customers import know_customers
from tasks.steps.decide import decide_action
from tasks.steps.opening import brand_library
from tasks.steps.review import review_changes

NINE = datetime(DEMO_TODAY.year, DEMO_TODAY.month, DEMO_TODAY.day, 9, tzinfo=UTC)
LETTERS, SERIES = ("mailchimp", "m1"), ("klaviyo", "k1")
VIP = GROUPS[1]

PROCESS = """\
title: E-mail
objective: Write to people
platforms: [mailchimp, klaviyo, customers]
workflow:
  - step: Segments
    tasks:
      - {what: Keep lists like segments, who: this process, by: every run, done_by: flow}
pulls:
  - {platform: mailchimp, level: campaign}
kpis: [clicks]
playbooks:
  - {name: push_lists, does: push_audience, title: Keep lists like segments, mode: act}
report:
  kpis: [clicks]
  charts: [clicks]
"""
BRAND = """\
name: Acme
currency: EUR
time_zone: Europe/Berlin
mode: {mode}
{more}
owners:
  jane: {{name: Jane}}
goals:
  - name: grow
    kpi: conversions
    baseline: 10
    target: 20
    by: 2027-12-31
    owner: jane
    serves: people come back
accounts:
  - name: letters
    platform: mailchimp
    account_id: m1
    secrets: {{api_key: env:SHOP_KEY}}
    options: {{base_url: "{url}/mailchimp"}}
  - name: series
    platform: klaviyo
    account_id: k1
    secrets: {{api_key: env:SHOP_KEY}}
    options: {{base_url: "{url}/klaviyo"}}
  - name: people
    platform: customers
    account_id: list
    options:
      path: {path}
      time_zone: UTC
      consent_source: checkout
      columns: {{customer_id: id, address: mail, consent: consent, country: country}}
"""
ENVELOPE = "envelope: {fields: [audience]}"


@dataclass
class Shop:
    """The shop, its services, and the day that it is. Days begin at nine in the morning, UTC."""

    folder: Path
    sandbox: Sandbox
    patch: pytest.MonkeyPatch
    now: datetime = NINE
    customers: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Id to address, consent, country."""

    @property
    def mail(self) -> MailWorld:
        """What the services have."""
        assert self.sandbox.mail is not None
        return self.sandbox.mail

    def brand(self, mode: str = "propose", more: str = "") -> None:
        """Write the brand file."""
        text = BRAND.format(mode=mode, more=more, url=self.sandbox.url, path=self.list_path)
        (self.folder / "brands/acme.yaml").write_text(text)

    @property
    def list_path(self) -> Path:
        """Where the list of customers is."""
        return self.folder / "in/customers.csv"

    def has(
        self,
        *numbers: int,
        consent: str = "subscribed",
        address: str = "",
        country: str = "DE",
    ) -> None:
        """Let the list of customers have people, each with his own address unless one is given."""
        for number in numbers:
            self.customers[f"c{number}"] = (address or address_of(number), consent, country)

    def keeps(self, **lists: str) -> None:
        """Let these accounts' lists be kept like the segment of all customers in Germany."""
        pushed = ", ".join(f"{name}: {item}" for name, item in lists.items())
        buyers = f"{{name: buyers, title: Our buyers, countries: [DE], push: {{{pushed}}}}}"
        (self.folder / "brands/acme/mail/segments.yaml").write_text(f"segments: [{buyers}]\n")

    def run(self) -> Run:
        """Return this moment's run."""
        entries = ("letters", "series", "people")
        day = self.now.date()
        return Run(f"run {day}", "acme", "email_marketing", day, self.now, entries)

    def look(self) -> dict[str, str]:
        """Read the customers and compare the lists, as the process does every day."""
        self.know()
        review_changes.fn(self.run())
        return propose_audiences.fn(self.run())

    def know(self) -> None:
        """Read the customers, and say who is in which segment."""
        rows = (",".join([name, *its]) for name, its in self.customers.items())
        self.list_path.write_text("\n".join(["id,mail,consent,country", *rows]) + "\n")
        assert know_customers.fn(self.run()).failed == {}

    def go_on(self, days: int = 1) -> None:
        """Let it be another day."""
        self.now += timedelta(days=days)

    def decide(self, action: Action, decision: Any = "approve") -> Action:
        """Let a person decide; return what became of that action, or of the one that undoes it."""
        moment = self.now

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return moment

        self.patch.setattr(decide, "datetime", Clock)
        done = decide_action.fn(action.action_id, decision, "jane", "agreed", "", None)
        return done[0]

    def apply(self) -> list[Action]:
        """Carry out what is approved."""
        return apply_approved.fn(self.run(), self.now)

    def actions(self, *states: Any) -> list[Action]:
        """Return the ledger's actions in a state, newest first; all without one."""
        with self.warehouse() as warehouse:
            return warehouse.actions(brand="acme", states=states or None)

    def warehouse(self) -> Warehouse:
        """Open the warehouse."""
        return Warehouse(settings().warehouse_url.get_secret_value())

    def inside(self, key: Any, group: Any = VIP) -> set[str]:
        """Return the addresses that a service shows in a list: Mailchimp's segments leave out who
        has not confirmed yet."""
        return {
            one.address.lower()
            for one in self.mail.members(key, group.number)
            if key == SERIES or one.consent != "pending"
        }


def address_of(number: int) -> str:
    """Return a customer's address."""
    return f"kunde{number}@buyers.example"


def letters_list(shop: Shop, group: Any = VIP) -> str:
    """Return a Mailchimp list in the service's ids."""
    mailings = Mailings(shop.mail, shop.mail.accounts[LETTERS])
    return f"{mailings.list_id()}/{FIRST_SEGMENT + group.number}"


def series_list(shop: Shop, group: Any = VIP) -> str:
    """Return a Klaviyo list in the service's ids."""
    return Things(shop.mail, shop.mail.accounts[SERIES], "").list_id(group)


@contextmanager
def opened(folder: Path, template: Path) -> Iterator[Shop]:
    """Open the shop, with a warehouse of its own in `folder/state`."""
    world = MailWorld(
        [MailAccount(service, key, token="t-us1") for service, key in (LETTERS, SERIES)]
    )
    for name in ("state", "in", "brands/acme/mail", "library/processes", "library/checks"):
        (folder / name).mkdir(parents=True)
    for name in ("metrics.yaml", "kpis.yaml"):
        shutil.copy(HERE / name, folder / "library")
    (folder / "library/processes/email_marketing.yaml").write_text(PROCESS)
    shutil.copy(template, folder / "state/warehouse.db")
    with (
        Sandbox(small(), today=DEMO_TODAY, mail=world) as box,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("MARKETLOOP_WAREHOUSE_URL", f"sqlite:///{folder}/state/warehouse.db")
        patch.setenv("MARKETLOOP_BRANDS_DIR", str(folder / "brands"))
        patch.setenv("MARKETLOOP_LIBRARY_DIR", str(folder / "library"))
        patch.setenv("MARKETLOOP_STATE_DIR", str(folder / "in"))
        patch.setenv("SHOP_KEY", "t-us1")
        settings.cache_clear()
        shop = Shop(folder, box, patch)
        shop.brand()
        shop.keeps(letters=letters_list(shop), series=series_list(shop))
        with shop.warehouse() as warehouse:
            library = brand_library("acme")
            for name in ("letters", "series"):
                channel = connect(warehouse, library, library.entry("acme", name))
                warehouse.save_account("acme", name, channel.account(), NINE)
        yield shop
    settings.cache_clear()


def without_people(folder: Path) -> None:
    """Empty the table that may hold addresses, in every warehouse below a folder."""
    for file in folder.rglob("*.db"):
        with sqlite3.connect(file, isolation_level=None) as database:
            database.execute("DELETE FROM people")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
