"""Which of two texts of one post does better? A test that is declared before it is looked at.

The two are published alternately, who goes first by turns as well, so that neither a day of the
week nor a growing account is taken for a better text. `base`, `least_difference`, `alpha` and
`power` fix how many trials (impressions) each needs. It is decided once: on the publications up to
the one with which both have them, or not at all if that is not before the test's last day. Every
publication counts with what it had earned at the same age; later ones change nothing.

Accounts are compared each within itself (Cochran, Biometrics 10, 1954; Mantel and Haenszel, JNCI
22, 1959): one that has a better rate and shows one of the texts more often proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from math import ceil, nan, sqrt

import numpy as np

from tasks.cube import Booleans, Floats
from tasks.statistics.normal import upper_tail
from tasks.statistics.proportions import sample_size

FIRST, SECOND = 0, 1

LEAST = 4
"""Publications of each text, however many read them: fewer do not tell how far publications of the
same text differ by themselves."""


@dataclass(frozen=True)
class TextTest:
    """What is fixed before the first publication."""

    name: str
    base: float  # the usual rate: clicks, or reactions, per impression
    least_difference: float  # the smallest that matters, as a part of `base`
    first: date
    last: date  # without a decision by then the test is over
    alpha: float = 0.05
    power: float = 0.8
    dispersion: float = 1.5  # variance per mean of successes: publications differ beyond chance

    @cached_property
    def sample(self) -> int:
        """How many trials each text needs. Raise `ValueError` for rates that cannot be."""
        worse = self.base * (1 - self.least_difference)
        trials = sample_size(self.base, worse, self.alpha / 2, self.power)
        return ceil(trials * self.dispersion)


@dataclass(frozen=True, slots=True)
class Published:
    """One of the two texts, published on an account, and what it had earned at the common age."""

    variant: int  # FIRST or SECOND
    account_key: int
    at: datetime
    successes: float  # NaN: not known yet
    trials: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What a finished test says."""

    better: int | None  # None: no difference was shown
    p: float  # of a difference like this by chance, either way; NaN without enough trials
    rates: tuple[float, float]
    trials: tuple[float, float]
    reason: str


def variant_of(number: int, account: int = 0) -> int:
    """Return which text the `number`-th publication (from 0) on the `account`-th account (from 0)
    has: first, second, second, first, and on every other account the other way round."""
    return (number % 4 in (1, 2)) ^ (account % 2)


def decide(test: TextTest, published: Sequence[Published], today: date) -> Decision | None:
    """Return what a test says; None before its end, however clear it looks.

    A publication whose figures are not known yet is waited for until the last day.
    """
    mine = sorted(
        (it for it in published if test.first <= it.at.date() <= test.last),
        key=lambda it: (it.at, it.account_key),
    )
    successes = np.array([it.successes for it in mine], np.float64)
    trials = np.array([it.trials for it in mine], np.float64)
    second = np.array([it.variant == SECOND for it in mine], np.bool_)
    full = np.ones(len(mine), np.bool_)
    for side in (False, True):
        full &= np.cumsum(np.where(second == side, trials, 0.0)) >= test.sample  # NaN: never
        full &= np.cumsum(second == side) >= LEAST
    if full.any():
        end = int(full.argmax()) + 1
        accounts = np.array([it.account_key for it in mine[:end]])
        return _decided(test, successes[:end], trials[:end], second[:end], accounts)
    if today <= test.last:
        return None
    seen = [float(np.nansum(trials[second == side])) for side in (False, True)]
    reason = f"over without a decision: each text needed {test.sample:,} impressions"
    return Decision(None, nan, (nan, nan), (seen[FIRST], seen[SECOND]), reason)


def _decided(
    test: TextTest, successes: Floats, trials: Floats, second: Booleans, accounts: Floats
) -> Decision:
    won = [float(successes[second == side].sum()) for side in (False, True)]
    tried = [float(trials[second == side].sum()) for side in (False, True)]
    rates = (won[FIRST] / tried[FIRST], won[SECOND] / tried[SECOND])
    z = _z(successes, trials, second, accounts)
    p = 2.0 * float(upper_tail(np.array([abs(z)]))[0])
    better = None if p >= test.alpha else (SECOND if z > 0 else FIRST)
    said = f"{rates[FIRST]:.2%} against {rates[SECOND]:.2%}, by chance in {p:.1%} of such tests"
    reason = said if better is not None else f"no difference was shown: {said}"
    return Decision(better, p, rates, (tried[FIRST], tried[SECOND]), reason)


def _z(successes: Floats, trials: Floats, second: Booleans, accounts: Floats) -> float:
    """Return how many standard errors the second text has more successes than its part.

    Publications of one text differ by more than chance: the variance is multiplied by what they
    differ by (Pearson's chi-square per degree of freedom, never below 1), and Student's t of so
    many degrees becomes the normal variable of the same p (Abramowitz and Stegun 26.7.8).
    """
    excess = variance = chi = 0.0
    freedom = 0
    for account in np.unique(accounts):
        here = accounts == account
        won, tried, other = successes[here], trials[here], second[here]
        total, rate = tried.sum(), won.sum() / tried.sum()
        excess += won[other].sum() - tried[other].sum() * rate
        variance += tried[other].sum() * tried[~other].sum() / total * rate * (1 - rate)
        for side in (~other, other):
            own = won[side].sum() / tried[side].sum() if tried[side].sum() else 0.0
            freedom += max(0, int(side.sum()) - 1)
            if 0 < own < 1:
                spread = tried[side] * own * (1 - own)
                chi += float(((won[side] - tried[side] * own) ** 2 / spread).sum())
    if not variance > 0:
        return 0.0
    t = float(excess / np.sqrt(max(1.0, chi / freedom) * variance))
    return t * (1 - 1 / (4 * freedom)) / sqrt(1 + t * t / (2 * freedom))
