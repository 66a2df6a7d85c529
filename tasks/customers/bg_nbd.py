"""How often will a customer order again, and is he still a customer? The BG/NBD model.

P. S. Fader, B. G. S. Hardie, K. L. Lee, "'Counting your customers' the easy way: an alternative to
the Pareto/NBD model", Marketing Science 24 (2005). While he is a customer, somebody orders at
random at a rate of his own (gamma distributed with shape r and rate alpha); after each order he
leaves for good with a probability of his own (beta distributed with a, b).

What is known of a customer: x repeat order days, t_x from the first order to the last one, T from
the first order until now, in any one unit of time. Who never ordered again has had no occasion to
leave, as the model has it: his P(alive) is 1, however long ago he ordered; look at his expected
orders instead. Where nobody is seen to leave, a goes to 0 and the model is the negative binomial
one (Ehrenberg 1959); where all leave equally often, a and b grow together.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from tasks.cube import Floats, Integers
from tasks.customers.maximum import NoFit, maximise

LEAST_REPEAT = 50
"""Customers with a repeat order below which four parameters cannot be told."""
CREDIBLE = 1.5
"""A model is refused that expects this many times the repeat orders that there were, or of which
there were this many times as many."""
NEAR = 1e-4
"""So close to poles that cancel, the expectation is the mean of those on both sides."""
STARTS = ((1.0, 0.5, 1.0, 2.0), (0.3, 0.1, 0.5, 5.0), (3.0, 1.0, 2.0, 2.0))
"""Of r, alpha, a, b, in units of the longest T."""
ROUGH = 10_000
"""Customers who differ that are enough to choose a start."""


@dataclass(frozen=True, slots=True)
class BgNbd:
    """A fitted model; `alpha` is in the unit of time of the data."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int
    repeat_customers: int

    @property
    def leaving(self) -> float:
        """How often people leave after an order, on average. Next to 0 nobody is seen to leave: of
        young shops, and of growing ones, that is all that there is to see."""
        return self.a / (self.a + self.b)


def fit(x: Floats, t_x: Floats, age: Floats) -> BgNbd | NoFit:
    """Fit the model by maximum likelihood; `age` is T, one place per customer in each array.

    Raise `ValueError` for what cannot be: x < 0, t_x > T, t_x without a repeat order.
    """
    if ((x < 0) | (t_x < 0) | (t_x > age) | ((x == 0) & (t_x != 0))).any():
        raise ValueError("x, t_x and T contradict each other")
    repeat = int((x > 0).sum())
    if repeat < LEAST_REPEAT:
        return NoFit(f"{repeat} customers ordered again, and {LEAST_REPEAT} are needed")
    unit = float(age.max())
    sample = _compressed(x, t_x / unit, age / unit)
    rough = sample.thinned().likelihood
    found = maximise(sample.likelihood, rough, STARTS, ("r", "alpha", "a", "b"), limits=("a", "b"))
    if isinstance(found, NoFit):
        return found
    r, alpha, a, b = (float(it) for it in found)
    # The likelihood is a density of times: in their own unit it is unit^x less dense.
    total = sample.likelihood(found)[0] * len(x) - float(x.sum()) * log(unit)
    model = BgNbd(r, alpha * unit, a, b, total, len(x), repeat)
    return _credible(model, x, age)


def p_alive(model: BgNbd, x: Floats, t_x: Floats, age: Floats) -> Floats:
    """Return the probability that each is still a customer (1 without a repeat order)."""
    again = x > 0
    with np.errstate(over="ignore"):
        longer = (model.r + x) * np.log((model.alpha + age) / (model.alpha + t_x))
        odds = model.a / (model.b + np.where(again, x, 1.0) - 1.0) * np.exp(longer)
    return np.where(again, 1.0 / (1.0 + odds), 1.0)


def expected_orders(
    model: BgNbd, x: Floats, t_x: Floats, age: Floats, ahead: Floats | float
) -> Floats:
    """Return the expected number of order days in the time `ahead` from now.

    Equation 10 of the paper, with Euler's transformation of the hypergeometric function (Abramowitz
    and Stegun 15.3.3), which leaves x in its third parameter alone: customers with hundreds of
    orders are no trouble.
    """
    distinct, place = _distinct(np.stack(np.broadcast_arrays(x, age, ahead)))
    sides = [model.a]
    if min(abs(model.a - 1.0), abs(model.a + model.b - 1.0)) < NEAR:
        sides = [model.a - 2 * NEAR, model.a + 2 * NEAR]
    if_alive: Floats = np.mean([_if_alive(model, a, distinct) for a in sides], axis=0)
    expected: Floats = if_alive[place] * p_alive(model, x, t_x, age)
    return expected


def _if_alive(model: BgNbd, a: float, customers: Floats) -> Floats:
    """Return the expected orders of customers who have not left, as columns of x, T and t."""
    from scipy.special import hyp2f1  # slow to import

    x, age, ahead = customers
    part = ahead / (model.alpha + age + ahead)
    third = a + model.b + x - 1.0
    curve = hyp2f1(a + model.b - 1.0 - model.r, a - 1.0, third, part)
    expected: Floats = third / (a - 1.0) * (1.0 - (1.0 - part) ** (a - 1.0) * curve)
    return np.maximum(expected, 0.0)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Customers of whom nothing differs, once, and how many they are (as a share)."""

    x: Floats
    t_x: Floats
    age: Floats
    share: Floats  # sums to 1
    counts: Floats  # each x that there is
    which: Integers  # the place of each x in it

    def thinned(self) -> "_Sample":
        """Return some of these customers, evenly over all that there are."""
        every = slice(None, None, max(1, len(self.x) // ROUGH))
        share = self.share[every]
        share = share / share.sum()
        return _sample(self.x[every], self.t_x[every], self.age[every], share)

    def likelihood(self, parameters: Floats) -> tuple[float, Floats]:
        """Return the mean log-likelihood (equation 6) and its gradient.

        `left` is each customer's probability of having left: the weight of the second of the two
        terms that the equation adds.
        """
        from scipy.special import digamma, gammaln  # slow to import

        r, alpha, a, b = parameters
        n, share = self.counts, self.share
        orders, age, last = r + self.x, alpha + self.age, alpha + self.t_x
        before = b + np.maximum(self.x, 1.0) - 1.0
        longer = np.log(age / last)
        odds = np.where(self.x > 0, np.log(a / before) + orders * longer, -np.inf)
        both = np.maximum(odds, 0.0) + np.log1p(np.exp(-np.abs(odds)))  # logaddexp, 3 times faster
        left = np.exp(odds - both)
        mean_log_age = orders * np.log(age)
        of_counts = np.bincount(self.which, weights=share)
        sums = gammaln(r + n) - gammaln(r) + r * np.log(alpha)
        sums += gammaln(a + b) + gammaln(b + n) - gammaln(b) - gammaln(a + b + n)
        value = of_counts @ sums + share @ (both - mean_log_age)

        gone = share * left
        ends = digamma(a + b) - digamma(a + b + n)
        slope = (
            of_counts @ (digamma(r + n) - digamma(r)) + np.log(alpha)
            - share @ (mean_log_age / orders) + gone @ longer,
            r / alpha - share @ (orders / age) - gone @ (orders * (1.0 / last - 1.0 / age)),
            of_counts @ ends + gone.sum() / a,
            of_counts @ (ends + digamma(b + n) - digamma(b)) - gone @ (1.0 / before),
        )  # fmt: skip
        return float(value), np.array(slope)


def _compressed(x: Floats, t_x: Floats, age: Floats) -> _Sample:
    (orders, last, ages), place = _distinct(np.stack([x, t_x, age]))
    return _sample(orders, last, ages, np.bincount(place) / len(x))


def _sample(x: Floats, t_x: Floats, age: Floats, share: Floats) -> _Sample:
    counts, which = np.unique(x, return_inverse=True)
    return _Sample(x, t_x, age, share, counts, which)


def _distinct(rows: Floats) -> tuple[Floats, Integers]:
    """Return the columns that differ, and which of them each column is.

    Each row's values are numbered, and the numbers joined to one per column: sorting integers is
    many times as fast as sorting columns.
    """
    mixed = np.zeros(rows.shape[1], np.int64)
    for row in rows:
        values, number = np.unique(row, return_inverse=True)
        # Renumbered each time, so that the product stays below 2^63.
        _, mixed = np.unique(mixed * len(values) + number, return_inverse=True)
    _, first = np.unique(mixed, return_index=True)
    return rows[:, first], mixed


def _credible(model: BgNbd, x: Floats, age: Floats) -> BgNbd | NoFit:
    """Hold the model to what it was made of: the repeat orders of all customers together."""
    none = np.zeros(len(x))
    expected, there = float(expected_orders(model, none, none, none, age).sum()), float(x.sum())
    if there / CREDIBLE <= expected <= there * CREDIBLE:
        return model
    return NoFit(f"the model expects {expected:,.0f} repeat orders where there were {there:,.0f}")
