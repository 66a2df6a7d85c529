"""What does a mailing earn, and how fast? The truth that a simulated service follows.

Every figure is a function of (seed, mailing, age): asking twice or in another order changes
nothing, and no figure ever falls. The share of all that a mailing will ever earn which it has
earned at an age is 1 - exp(-age / pace).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import exp, sqrt
from random import Random

PACES: Mapping[str, float] = {
    "hard": 1.0,
    "soft": 2.0,
    "complaints": 60.0,
    "unsubscribes": 40.0,
    "opens": 20.0,
    "clicks": 24.0,
    "orders": 48.0,
}
"""Hours after which 63 % of something have come."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What is to be expected of one recipient; what follows delivery, of one who got it."""

    hard: float = 0.004  # bounces for good
    soft: float = 0.005
    complaints: float = 0.0002
    unsubscribes: float = 0.0022
    opens: float = 0.37
    clicks: float = 0.03
    orders: float = 0.004
    order_value: float = 62.0  # major units of the account's currency


@dataclass(frozen=True, slots=True)
class Earned:
    """What came of a mailing by a moment: whole counts, and money in major units."""

    recipients: int = 0
    hard: int = 0
    soft: int = 0
    complaints: int = 0
    unsubscribes: int = 0
    opens: int = 0  # people, each once
    opens_total: int = 0
    clicks: int = 0
    clicks_total: int = 0
    orders: int = 0
    revenue: float = 0.0

    @property
    def bounced(self) -> int:
        """All that did not arrive."""
        return self.hard + self.soft

    @property
    def delivered(self) -> int:
        """All that arrived."""
        return self.recipients - self.bounced


def earned(seed: int, name: str, recipients: int, rates: Rates, age: timedelta) -> Earned:
    """Return what a mailing of that name has earned at an age; nothing before it went out."""
    if age < timedelta() or not recipients:
        return Earned()
    luck = Random(f"{seed}/{name}")  # noqa: S311  a simulation
    value = round(rates.order_value * luck.uniform(0.85, 1.15), 2)
    counts = {kind: _count(luck, recipients * getattr(rates, kind), kind, age) for kind in PACES}
    opens, clicks = counts["opens"], counts["clicks"]
    return Earned(
        recipients=recipients,
        opens_total=opens * 17 // 10,
        clicks_total=clicks * 13 // 10,
        revenue=round(counts["orders"] * value, 2),
        **counts,
    )


def _count(luck: Random, expected: float, kind: str, age: timedelta) -> int:
    lasting = max(0.0, expected + luck.gauss(0, 1) * sqrt(expected))
    hours = age / timedelta(hours=1)
    return round(lasting * (1 - exp(-hours / PACES[kind])))
