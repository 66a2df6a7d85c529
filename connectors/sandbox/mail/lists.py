"""The demo shop's own lists of customers and orders, as its shop system exports them: CSV.

Some 400 people over two years: those who come back, those who came once, those who only read, and a
few whose address bounces or who said no. Everything is drawn from the seed.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from connectors.sandbox.demo import DEMO_TODAY

PEOPLE = 400
DAYS = 700
ZONES = ("Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "Europe/London", "America/New_York")
COUNTRIES = {"Europe/Berlin": "DE", "Europe/London": "GB", "America/New_York": "US"}
NAMES = (
    *("Alex", "Bente", "Chiara", "Dilek", "Émile", "Frida", "Gustav", "Hana", "", "Jürgen"),
    *("Kofi", "Łucja", "Mbali", "Núria", "Øyvind", "Pía", "Robin", "Søren", "Thuy", "Zoë"),
)
GONE = 37
"""Every so manieth mailbox does not exist."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One customer."""

    number: int
    signed_up: datetime
    consent: str  # yes, no, unsubscribed
    zone: str
    name: str
    orders: tuple[tuple[datetime, float], ...]

    @property
    def address(self) -> str:
        """Where mail goes; some of these mailboxes do not exist."""
        box = "gone" if self.number % GONE == 0 else "customer"
        return f"{box}.{self.number}@mailboxes.example"


def listed(seed: int = 1, today: date = DEMO_TODAY) -> Iterator[Listed]:
    """Yield the customers."""
    luck = Random(f"lists {seed}")  # noqa: S311
    for number in range(1, PEOPLE + 1):
        ago = luck.randint(1, 2) if number % 25 == 0 else luck.randint(3, DAYS)
        signed_up = datetime.combine(today - timedelta(days=ago), time(luck.randint(6, 21)))
        consent = luck.choices(("yes", "no", "unsubscribed"), (80, 14, 6))[0]
        orders = [*_orders(luck, signed_up, today)]
        yield Listed(number, signed_up, consent, luck.choice(ZONES), luck.choice(NAMES),
                     tuple(orders))  # fmt: skip


def _orders(luck: Random, since: datetime, today: date) -> Iterator[tuple[datetime, float]]:
    """Yield orders of a person who buys at a pace of his own and leaves some day."""
    end = datetime.combine(today, time())
    pace, leaves = luck.gammavariate(1.2, 60), luck.betavariate(0.8, 2.4)
    at, usual = since + timedelta(days=luck.expovariate(1 / 20)), luck.gammavariate(4, 18)
    while at < end and luck.random() < 0.97:
        yield at.replace(microsecond=0), round(luck.gammavariate(5, usual / 5) + 5, 2)
        if luck.random() < leaves:
            return
        at += timedelta(days=luck.expovariate(1 / (pace + 5)))


def write_lists(folder: Path, seed: int = 1, today: date = DEMO_TODAY) -> None:
    """Write `customers.csv` and `orders.csv` into a folder; the same seed gives the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    people = [*listed(seed, today)]
    heads = ["Customer", "E-mail", "First name", "Newsletter", "Since", "Signed up", "Zone",
             "Country"]  # fmt: skip
    rows = [
        [it.number, it.address, it.name, it.consent, _text(it.signed_up), _text(it.signed_up),
         it.zone, COUNTRIES[it.zone]]
        for it in people
    ]  # fmt: skip
    _write(folder / "customers.csv", heads, rows)
    orders = sorted((at, it.number, value) for it in people for at, value in it.orders)
    lines = [
        [f"A{place:05}", customer, _text(at), f"{value:.2f}"]
        for place, (at, customer, value) in enumerate(orders, 1)
    ]
    _write(folder / "orders.csv", ["Order", "Customer", "Placed", "Total"], lines)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _write(path: Path, heads: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
