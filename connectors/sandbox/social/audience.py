"""Who reads an account's posts, and what do they do? The truth that a simulated network follows.

Every figure is a function of (seed, post, age): asking twice or in another order changes nothing.
A post earns most on its first day: the share earned by an age of h hours is 1 - exp(-h / 14).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, log, sqrt
from random import Random

from connectors.social import Engagement

HALF_DAY_RATE = 14.0
"""Hours after which 63 % of what a post will ever earn is earned."""


@dataclass(frozen=True, slots=True)
class Audience:
    """What an account's followers like. Factors multiply the expected impressions of a post."""

    followers: int = 4_000
    growth_per_day: float = 3.0
    reach: float = 0.3  # impressions per follower of a plain post at a plain hour
    noise: float = 0.35  # deviation of the logarithm of a post's luck
    hashtags: Mapping[str, float] = field(default_factory=dict)  # lower case, without #
    hours: Mapping[int, float] = field(default_factory=dict)  # hour of the day, UTC
    reactions: float = 0.02  # per impression
    comments: float = 0.002
    shares: float = 0.003
    clicks: float = 0.012

    def lasting(self, seed: int, name: str, text: str, at: datetime) -> dict[str, float]:
        """Return what a post will have earned in the end, by name of the figure."""
        luck = Random(f"{seed}/{name}")  # noqa: S311  a simulation
        factor = exp(luck.gauss(0, self.noise)) * self.hours.get(at.hour, 1.0)
        words = {word.strip(".,;:!?()").lower() for word in text.split() if word.startswith("#")}
        for tag, lift in self.hashtags.items():
            factor *= lift if f"#{tag}" in words else 1.0
        impressions = self.followers * self.reach * factor
        rates = ("reactions", "comments", "shares", "clicks")
        lasting = {"impressions": impressions}
        for rate in rates:
            expected = impressions * getattr(self, rate)
            lasting[rate] = max(0.0, expected + luck.gauss(0, 1) * sqrt(expected))
        return lasting

    def engagement(
        self, seed: int, name: str, text: str, at: datetime, now: datetime
    ) -> Engagement:
        """Return what a post of moment `at` has earned by `now`."""
        share = earned(now - at)
        whole = {
            key: int(value * share) for key, value in self.lasting(seed, name, text, at).items()
        }
        return Engagement(**whole)

    def comes_at(self, seed: int, name: str, number: int, at: datetime, most: float) -> datetime:
        """Return when the `number`-th comment (from 1) of `most` in the end is written."""
        share = min(number / max(most, number), 0.999)
        return at + timedelta(hours=-HALF_DAY_RATE * log(1 - share))


def earned(age: timedelta) -> float:
    """Return the share of all that a post will ever earn which it has earned at an age."""
    hours = age / timedelta(hours=1)
    return 1 - exp(-hours / HALF_DAY_RATE) if hours > 0 else 0.0
