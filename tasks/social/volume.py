"""Are we, or a watched word, spoken of more than usual?

A day's number is held against the 28 days before it: how likely are so many by chance (Poisson)?
Mentions come in bunches, so that counts vary by more than chance: their variance per mean divides
both numbers, never by less than 1. Days that are not known are left out; too few say nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isnan, lgamma, log

import numpy as np

from tasks.cube import Floats

DAYS, LEAST_DAYS = 28, 14
SMALL, TIMES, LEAST = 0.001, 2.0, 5.0
"""A day is unusual if it comes by chance less often than on one day in a thousand, has so many
times the usual, and at least so many mentions."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A day's number of mentions against its own past."""

    count: float
    usual: float  # a day's mean before
    days: int  # of which that is known
    p: float  # of so many or more by chance
    unusual: bool

    @property
    def times(self) -> float | None:
        """How many times the usual; None where that is nothing."""
        return self.count / self.usual if self.usual > 0 else None


def volume(before: Sequence[float] | Floats, count: float) -> Volume | None:
    """Judge a day's count against the days before it, of which the last `DAYS` count.

    NaN: unknown. None where the day is not known, or fewer than `LEAST_DAYS` before it.
    """
    known = np.asarray(before, np.float64)[-DAYS:]
    known = known[~np.isnan(known)]
    if isnan(count) or len(known) < LEAST_DAYS:
        return None
    usual = float(known.mean())
    # half a mention more: a word of which nobody ever spoke may still be spoken of
    rate = (float(known.sum()) + 0.5) / len(known)
    bunches = max(1.0, float(known.var(ddof=1)) / usual) if usual > 0 else 1.0
    p = upper_poisson(count / bunches, rate / bunches)
    unusual = p < SMALL and count >= max(LEAST, TIMES * usual)
    return Volume(count, usual, len(known), p, unusual)


def upper_poisson(count: float, mean: float) -> float:
    """Return P(X >= count) of a Poisson variable, of a count that is no whole number the lower of
    the two beside it. It keeps its digits far out: the terms are summed from the count on."""
    first = max(0, int(count))
    if first == 0:
        return 1.0
    if first <= mean:
        return max(0.0, 1.0 - sum(_term(number, mean) for number in range(first)))
    total, number = 0.0, first
    while (term := _term(number, mean)) > total * 1e-16:
        total += term
        number += 1
    return total


def _term(number: int, mean: float) -> float:
    return exp(number * log(mean) - mean - lgamma(number + 1))
