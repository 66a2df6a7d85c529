"""What will a customer's orders come to, on average? The gamma-gamma model.

P. S. Fader, B. G. S. Hardie, "The gamma-gamma model of monetary value" (2013, brucehardie.com/
notes/025). What orders come to varies around a mean of each customer's own (gamma distributed with
shape p), and the means differ between customers (their rates are gamma distributed with shape q and
rate gamma). A customer's few orders are drawn towards what customers spend, the less the more they
are.

The model takes it that how often somebody orders says nothing of how much; `correlation` is how far
that is from being so.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from tasks.cube import Floats, Integers
from tasks.customers.maximum import NoFit, maximise

LEAST_REPEAT = 50
"""Customers with a repeat order of some value below which three parameters cannot be told."""
STARTS = ((2.0, 3.0, 1.0), (6.0, 2.0, 0.2), (1.0, 10.0, 10.0))
"""Of p, q, gamma, in units of the mean value."""
ROUGH = 10_000
"""Customers that are enough to choose a start."""


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted model; `gamma` is in the currency of the data."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    customers: int
    correlation: float  # of x and mean value, from -1 to 1

    @property
    def mean(self) -> float:
        """What customers' orders come to on average."""
        return self.p * self.gamma / (self.q - 1.0)


def fit(x: Floats, mean: Floats) -> GammaGamma | NoFit:
    """Fit the model by maximum likelihood: x repeat order days and their mean value per customer.

    Customers without a repeat order, or whose refunds took all of it, say nothing.
    """
    used = (x > 0) & (mean > 0)
    x, mean = x[used], mean[used]
    if len(x) < LEAST_REPEAT:
        return NoFit(f"{len(x)} customers have repeat orders, and {LEAST_REPEAT} are needed")
    if (mean == mean[0]).all():
        return NoFit("all customers spend the same")
    unit = float(mean.mean())
    sample = _sample(x, mean / unit)
    every = slice(None, None, max(1, len(x) // ROUGH))
    rough = _sample(x[every], mean[every] / unit)
    found = maximise(sample.likelihood, rough.likelihood, STARTS, ("p", "q", "gamma"))
    if isinstance(found, NoFit):
        return found
    p, q, gamma = (float(it) for it in found)
    if q <= 1.0:
        return NoFit(f"what customers spend differs so much (q = {q:.2f}) that no mean exists")
    # The likelihood is a density of values: in their own unit it is 1 / unit as dense.
    total = (sample.likelihood(found)[0] - log(unit)) * len(x)
    return GammaGamma(p, q, gamma * unit, total, len(x), _correlation(x, mean))


def expected_mean(model: GammaGamma, x: Floats, mean: Floats) -> Floats:
    """Return what each customer's orders will come to on average (equation 5 of the note).

    Without a repeat order it is what all customers spend; NaN where refunds took all of them.
    """
    spent = np.where(x > 0, np.where(mean > 0, x * mean, np.nan), 0.0)
    return model.p * (model.gamma + spent) / (model.p * x + model.q - 1.0)


@dataclass(frozen=True, slots=True)
class _Sample:
    x: Floats
    mean: Floats
    counts: Floats  # each x that there is, how many customers have it, and whose it is
    share: Floats
    which: Integers

    def likelihood(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the mean log-likelihood (equation 1a of the note) and its gradient."""
        from scipy.special import digamma, gammaln  # slow to import

        p, q, gamma = parameters
        x, n, share = self.x, self.counts, self.share
        log_mean, log_spent = np.log(self.mean), np.log(gamma + x * self.mean)
        of_counts = gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(gamma)
        of_counts += p * n * np.log(n)
        value = share @ of_counts + (p * x * log_mean - log_mean - (p * x + q) * log_spent).mean()
        slope = (
            share @ (n * (digamma(p * n + q) - digamma(p * n) + np.log(n)))
            + (x * (log_mean - log_spent)).mean(),
            share @ (digamma(p * n + q) - digamma(q)) + np.log(gamma) - log_spent.mean(),
            q / gamma - ((p * x + q) / (gamma + x * self.mean)).mean(),
        )
        return float(value), np.array(slope)


def _sample(x: Floats, mean: Floats) -> _Sample:
    counts, which, often = np.unique(x, return_inverse=True, return_counts=True)
    return _Sample(x, mean, counts, often / len(x), which)


def _correlation(x: Floats, mean: Floats) -> float:
    if (x == x[0]).all():
        return 0.0  # nothing to go with
    return float(np.corrcoef(x, mean)[0, 1])
