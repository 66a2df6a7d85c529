"""Which of two wordings does better? A test that is declared before it is looked at.

Both are published by turns (`tasks/social/arms.py`). The test is decided once: on the first
publications of each wording, as many as were declared, of which it is known what they had earned at
the common age; or not at all, if there are not so many by the test's last day. Later publications
change nothing.

What is compared is the figure per impression where impressions are known of all of them, else per
publication. Publications of one wording differ by more than chance, so the variance of the counts
(Poisson) is multiplied by what they differ by (quasi-likelihood: McCullagh and Nelder, Generalized
Linear Models, 1989, section 9.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import nan, sqrt

import numpy as np

from tasks.cube import Booleans, Floats
from tasks.statistics.normal import upper_tail

FIRST, SECOND = 0, 1
ALPHA = 0.05
"""So often equal wordings are told apart."""


@dataclass(frozen=True, slots=True)
class Published:
    """A publication of one of the two wordings, and what it had earned at the common age."""

    variant: int  # FIRST or SECOND
    at: datetime
    earned: float  # NaN: not known
    impressions: float = nan  # NaN: not known
    final: bool = True  # False: what is not known may become known yet


@dataclass(frozen=True, slots=True)
class Decision:
    """What a finished test says. All pairs are of the first wording and the second."""

    better: int | None  # None: no difference was shown
    p: float  # of a difference like this by chance, either way; NaN without enough publications
    rates: tuple[float, float]  # of the figure, per impression or per publication; NaN like p
    per_impression: bool
    posts: tuple[int, int]  # on which it is decided


def decide(
    published: Sequence[Published], least: int, until: date | None, today: date
) -> Decision | None:
    """Return what a test says; None before its end, however clear it looks.

    `least` publications of each wording decide it, `until` is its last day, if it has one. What is
    not known yet is waited for; what will never be known does not count.
    """
    mine = sorted(
        (it for it in published if until is None or it.at.date() <= until), key=lambda it: it.at
    )
    counted: tuple[list[Published], list[Published]] = ([], [])
    waits = False
    for one in mine:
        known = not np.isnan(one.earned)
        if len(counted[one.variant]) < least and (known or not one.final):
            waits |= not known
            counted[one.variant].append(one)
    sizes = (len(counted[FIRST]), len(counted[SECOND]))
    if not waits and min(sizes) == least:
        return _decided([*counted[FIRST], *counted[SECOND]])
    if waits or until is None or today <= until:
        return None
    return Decision(None, nan, (nan, nan), False, sizes)


def known(published: Sequence[Published]) -> tuple[int, int]:
    """Return of how many publications of each wording it is known what they earned."""
    sides = [it.variant for it in published if not np.isnan(it.earned)]
    return sides.count(FIRST), sides.count(SECOND)


def _decided(published: Sequence[Published]) -> Decision:
    earned = np.array([it.earned for it in published], np.float64)
    shown = np.array([it.impressions for it in published], np.float64)
    per_impression = bool((shown > 0).all())  # NaN: not known
    exposure = shown if per_impression else np.ones(len(published))
    second = np.array([it.variant == SECOND for it in published], np.bool_)
    z = _z(earned, exposure, second)
    p = 2.0 * float(upper_tail(np.array([abs(z)]))[0])
    rates = [float(earned[it].sum() / exposure[it].sum()) for it in (~second, second)]
    return Decision(
        better=None if p >= ALPHA else (SECOND if z > 0 else FIRST),
        p=p,
        rates=(rates[FIRST], rates[SECOND]),
        per_impression=per_impression,
        posts=(int((~second).sum()), int(second.sum())),
    )


def _z(earned: Floats, exposure: Floats, second: Booleans) -> float:
    """Return how many standard errors the second wording has more than its part.

    The dispersion is Pearson's chi-square per degree of freedom, never below 1; Student's t of so
    many degrees becomes the normal variable of the same p (Abramowitz and Stegun 26.7.8).
    """
    total, whole = float(earned.sum()), float(exposure.sum())
    if total == 0:
        return 0.0
    part = float(exposure[second].sum()) / whole
    excess = float(earned[second].sum()) - total * part
    chi, freedom = 0.0, len(earned) - 2
    for side in (~second, second):
        expected = exposure[side] * earned[side].sum() / exposure[side].sum()
        if expected.sum() > 0:
            chi += float(((earned[side] - expected) ** 2 / expected).sum())
    t = excess / sqrt(max(1.0, chi / freedom) * total * part * (1 - part))
    return t * (1 - 1 / (4 * freedom)) / sqrt(1 + t * t / (2 * freedom))
