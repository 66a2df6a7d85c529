"""What do others say in public, to nobody in particular? Posts with words that a brand may watch.

Each day's posts are a function of (seed, network, word, day): asking twice, or for other days,
changes nothing. Their number is Poisson's, and fewer on weekends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import exp
from random import Random

from config.networks import Network

KEPT = timedelta(days=60)
"""So far back networks know what others said."""
WEEK = (1.0, 1.0, 1.05, 1.0, 1.1, 0.8, 0.8)
DAY = timedelta(days=1)
SAYINGS = (
    "{word} before breakfast, nobody else on the hill.",
    "Is {word} worth it? Asking for a friend.",
    "Found this by accident: {word}. Not disappointed.",
    "Rain all week, and still {word}.",
    "My whole feed is {word} today.",
    "Three years of {word}, and I would start again tomorrow.",
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A word or hashtag of which people speak."""

    word: str  # as they write it: `Acme Shop`, `#TrailRunning`
    per_day: Mapping[Network, float]  # expected posts
    bursts: Mapping[tuple[Network, date], float] = field(default_factory=dict)
    """Network and day (UTC) to how many times as many there are."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A public post of somebody else."""

    number: int  # tells two of the same moment apart
    at: datetime
    text: str
    author: str


def said_on(seed: int, network: Network, topic: Topic, day: date) -> list[Saying]:
    """Return what is said of a topic on a day (UTC), the oldest first."""
    luck = Random(f"{seed}/{network}/{topic.word}/{day}")  # noqa: S311  a simulation
    expected = topic.per_day.get(network, 0.0) * WEEK[day.weekday()]
    expected *= topic.bursts.get((network, day), 1.0)
    start = datetime.combine(day, time(), UTC)
    moments = sorted(luck.randrange(86_400_000) for _ in range(_poisson(expected, luck)))
    return [
        Saying(
            number=luck.randrange(2**16),
            at=start + timedelta(milliseconds=moment),
            text=luck.choice(SAYINGS).format(word=topic.word),
            author=f"Passer-by {luck.randrange(500)}",
        )
        for moment in moments
    ]


def _poisson(expected: float, luck: Random) -> int:
    """Draw a number (Knuth's way, for means up to some hundreds)."""
    number, product, limit = 0, luck.random(), exp(-expected)
    while product > limit:
        number, product = number + 1, product * luck.random()
    return number
