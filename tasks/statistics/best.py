"""Which of several ads brings the most conversions per impression, and how sure is that?

    conversions per impression = clicks per impression x conversions per click

Clicks are many: their rate is taken as it was seen. Conversions are few: their rate is drawn
towards that of the ads of one group together, the more the less the ads of an account are seen to
differ (a gamma prior, whose posterior is a gamma again: Robbins, "An empirical Bayes approach to
statistics", 1956). How much they differ is not known either: every spread counts with what speaks
for it, beforehand and by the data, so few conversions never come to mean that ads are alike.

The chance of being the best is counted in draws from all of that (Scott, "A modern Bayesian look at
the multi-armed bandit", Applied Stochastic Models in Business and Industry 26, 2010). It may be
asked for on any day: of all that are dropped when their chance first falls below 2 %, no more than
2 % are the best, however often one looks.
"""

from dataclasses import dataclass

import numpy as np

from tasks.cube import Floats, Integers

SPREADS = np.linspace(0.05, 0.8, 16)
"""How far true rates of conversions per click may lie apart within a group: standard deviation over
mean."""
USUAL = 0.2
"""Beforehand a spread is half-normal of this scale: among ads for the same searches or people one
that converts a fifth better is common, one that converts half as well again is rare."""
DRAWS = 10_000
"""A chance of 2 % is known to 0.14 points."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums of the same days, one place per ad."""

    impressions: Floats
    clicks: Floats
    conversions: Floats


def spreads(groups: Integers, clicks: Floats, conversions: Floats) -> Floats:
    """Return how likely each of `SPREADS` is, given the ads of all groups of an account; sums to 1.

    `groups` numbers the group of each ad from 0. The likelihood is that of normal rates around an
    unknown mean per group (REML; Harville, JASA 72, 1977), relative to it, with the variance that
    the expected conversions have. Ads without clicks, and groups without conversions, say nothing.
    """
    expected = _expected(groups, clicks, conversions)
    seen = expected > 0
    expected, groups, conversions = expected[seen], groups[seen], conversions[seen]
    found = -0.5 * (SPREADS / USUAL) ** 2
    for place, spread in enumerate(SPREADS):
        weights = expected / (1.0 + expected * spread**2)
        rates = conversions / expected
        whole, first, second = (
            np.bincount(groups, weights * power) for power in (rates**0, rates, rates**2)
        )
        there = whole > 0
        rest = (second[there] - first[there] ** 2 / whole[there]).sum()
        found[place] += 0.5 * (np.log(weights).sum() - np.log(whole[there]).sum() - rest)
    likely = np.exp(found - found.max())
    return np.asarray(likely / likely.sum())


def dispersion(clicks: Floats, conversions: Floats) -> float:
    """Return the variance per mean of conversions, 1 or more; arrays are ads x days.

    A click that counts as several conversions makes them say less. Pearson's chi-square over its
    degrees of freedom, against what each ad and each day has in common.
    """
    days = conversions.sum(axis=0) > 0
    clicks, conversions = clicks[:, days], conversions[:, days]
    ads = conversions.sum(axis=1) > 0
    clicks, conversions = clicks[ads], conversions[ads]
    freedom = (clicks.shape[0] - 1) * (clicks.shape[1] - 1)
    if freedom < 1:
        return 1.0
    expected = clicks * (conversions.sum(axis=0) / np.maximum(clicks.sum(axis=0), 1e-9))
    expected *= (conversions.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-9))[:, None]
    off = (conversions - expected) ** 2
    chi = np.divide(off, expected, out=np.zeros_like(off), where=expected > 0)
    return max(1.0, float(chi.sum() / freedom))


def chances(counts: Counts, likely: Floats, dispersed: float, seed: int) -> Floats:
    """Return each ad's chance to bring the most conversions per impression; they sum to 1.

    `likely` is that of `SPREADS`, `dispersed` the variance per mean of conversions.
    """
    draw = np.random.default_rng(seed)
    size = (DRAWS, len(counts.clicks))
    spread = draw.choice(SPREADS, (DRAWS, 1), p=likely)
    one = np.zeros(len(counts.clicks), dtype=np.int64)
    came = counts.conversions / dispersed
    expected = _expected(one, counts.clicks, counts.conversions) / dispersed
    share = 1.0 / (1.0 + expected * spread**2)  # of an ad's conversions, that speak of its group
    level = draw.gamma(0.5 + (came * share).sum(axis=1)) / (0.5 + (expected * share).sum(axis=1))
    shape = spread**-2
    converts = draw.gamma(shape + came) / (shape / level[:, None] + expected)
    clicks = draw.gamma(counts.clicks + 0.5, size=size) / np.maximum(counts.impressions, 1.0)
    best = np.argmax(converts * clicks, axis=1)
    return np.bincount(best, minlength=size[1]) / DRAWS


def _expected(groups: Integers, clicks: Floats, conversions: Floats) -> Floats:
    """Return the conversions of each ad if its clicks were as good as all of its group."""
    clicked, converted = np.bincount(groups, clicks), np.bincount(groups, conversions)
    rate = np.divide(converted, clicked, out=np.zeros(len(clicked)), where=clicked > 0)
    return np.asarray(clicks * rate[groups])
