"""BG/NBD: the published CDNOW results, what the formulas stand for, parameters found again, and no
fit where there is none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import roots_jacobi

from tasks.customers.bg_nbd import BgNbd, expected_orders, fit, p_alive
from tasks.customers.maximum import NoFit
from tests.tasks.customers.buyers import buyers, model

FILE = Path(__file__).parents[3] / "../shared/data/cdnow/cdnow_customers_summary.csv"
KNOWN = model(0.5, 10.0, 0.8, 2.5)


@pytest.fixture(scope="module")
def cdnow():
    """Return x, t_x and T of 2,357 customers of a shop for CDs, in weeks."""
    table = pd.read_csv(FILE)
    return [table[name].to_numpy(float) for name in ("frequency", "recency", "T")]


@pytest.fixture(scope="module")
def found(cdnow):
    return fit(*cdnow)


@pytest.fixture(scope="module")
def simulated():
    age = np.random.default_rng(5).uniform(20, 100, 60_000)
    return buyers(KNOWN, age, 40.0, seed=6)


def one(known, x, t_x, age, ahead):
    return expected_orders(known, *(np.array([value], float) for value in (x, t_x, age)), ahead)[0]


def test_the_fit_to_cdnow_is_the_published_one(found):
    # Fader, Hardie and Lee (2005), table 2: r .243, alpha 4.414, a .793, b 2.426, LL -9582.4; with
    # four digits 0.2426, 4.4136, 0.7930, 2.4261, by a search that stopped a little earlier
    assert found.r == pytest.approx(0.2426, abs=0.0001)
    assert found.alpha == pytest.approx(4.4136, abs=0.0005)
    assert found.a == pytest.approx(0.7930, abs=0.0005)
    assert found.b == pytest.approx(2.4261, abs=0.001)
    assert found.log_likelihood == pytest.approx(-9582.43, abs=0.005)
    assert (found.customers, found.repeat_customers) == (2357, 946)


def test_no_published_parameters_are_likelier(cdnow, found):
    near = [fit_at(cdnow, r, alpha, a, b) for r, alpha, a, b in (
        (0.2426, 4.4136, 0.7930, 2.4261), (0.243, 4.414, 0.793, 2.426))]  # fmt: skip
    assert all(found.log_likelihood >= it for it in near)
    assert near[0] == pytest.approx(found.log_likelihood, abs=0.001)


def fit_at(sample, r, alpha, a, b):
    """Return the log-likelihood by equation 3 of the paper, one customer after another."""
    from math import exp, lgamma, log

    total = 0.0
    for x, t_x, age in zip(*sample, strict=True):
        stays = lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
        first = stays + lgamma(r + x) - lgamma(r) + r * log(alpha) - (r + x) * log(alpha + age)
        likelihood = exp(first)
        if x > 0:
            left = lgamma(a + 1) + lgamma(b + x - 1) - lgamma(a) - lgamma(b)
            left += lgamma(a + b) - lgamma(a + b + x)
            rest = lgamma(r + x) - lgamma(r) + r * log(alpha) - (r + x) * log(alpha + t_x)
            likelihood += exp(left + rest)
        total += log(likelihood)
    return total


def test_the_published_expectation_for_a_customer_of_cdnow(found):
    # "Implementing the BG/NBD model for customer base analysis in Excel" (2005): 1.226 for t = 39
    assert one(found, 2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=0.0005)


def test_another_unit_of_time_is_the_same_model(cdnow, found):
    x, t_x, age = cdnow
    days = fit(x, 7 * t_x, 7 * age)
    assert [days.r, days.alpha / 7, days.a, days.b] == pytest.approx(
        [found.r, found.alpha, found.a, found.b], rel=1e-4
    )
    assert days.log_likelihood == pytest.approx(found.log_likelihood - x.sum() * np.log(7))
    args = (np.array([3.0]), np.array([10.0]), np.array([30.0]))
    weeks = expected_orders(found, *args, 52.0)
    assert expected_orders(days, args[0], 7 * args[1], 7 * args[2], 364.0) == pytest.approx(
        weeks, rel=1e-4
    )


def test_the_order_of_customers_does_not_matter(cdnow, found):
    order = np.random.default_rng(1).permutation(2357)
    again = fit(*(column[order] for column in cdnow))
    assert again.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-6)
    assert again.b == pytest.approx(found.b, rel=1e-4)


def test_parameters_are_found_again(simulated):
    found = fit(simulated.x, simulated.t_x, simulated.age)
    assert [found.r, found.alpha] == pytest.approx([0.5, 10.0], rel=0.05)
    assert [found.a, found.b] == pytest.approx([0.8, 2.5], rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.8 / 3.3, rel=0.05)


@pytest.mark.parametrize("orders", [0, 1, 2, 3, 6])
def test_people_do_what_is_expected_of_them(simulated, orders):
    these = simulated.x == orders
    x, t_x, age = (it[these] for it in (simulated.x, simulated.t_x, simulated.age))
    later, alive = simulated.later[these], simulated.alive[these]
    assert these.sum() > 500
    error = later.std() / np.sqrt(these.sum())
    assert expected_orders(KNOWN, x, t_x, age, 40.0).mean() == pytest.approx(
        later.mean(), abs=4 * error
    )
    chance = p_alive(KNOWN, x, t_x, age)
    error = np.sqrt((chance * (1 - chance)).sum()) / these.sum()
    assert chance.mean() == pytest.approx(alive.mean(), abs=4 * error + 1e-12)


PARAMETER = st.floats(-2.5, 2.5).map(np.exp)


@settings(max_examples=60)
@given(
    PARAMETER,
    st.floats(-1, 4).map(np.exp),
    PARAMETER | st.sampled_from([1.0, 1 + 1e-7, 1 - 1e-6, 0.2]),
    PARAMETER | st.sampled_from([0.8, 0.8 - 1e-7]),
    st.sampled_from([0, 1, 2, 7, 60]),
    st.floats(1, 500),
    st.floats(1, 400),
)
def test_the_expectation_is_the_integral_that_it_stands_for(r, alpha, a, b, x, age, ahead):
    known = model(r, alpha, a, b)
    last = age if x else 0.0
    alive = p_alive(known, *(np.array([value], float) for value in (x, last, age)))[0]
    nodes, weights = roots_jacobi(80, b + x - 1, a - 1)  # of the probability of leaving
    leaves = (1 + nodes) / 2
    orders = -np.expm1(-(r + x) * np.log1p(leaves * ahead / (alpha + age))) / leaves
    wanted = alive * (weights @ orders) / weights.sum()
    assert one(known, x, last, age, ahead) == pytest.approx(wanted, rel=2e-5)


def test_hundreds_of_orders_are_no_trouble():
    chance = p_alive(KNOWN, *(np.array([v]) for v in (900.0, 10.0, 1000.0)))
    assert chance[0] == 0.0
    assert one(KNOWN, 900, 999.9, 1000, 365) == pytest.approx(365 * 900.5 / 1010, rel=0.2)


def test_whoever_ordered_once_is_still_a_customer_by_the_model_and_expected_to_do_little():
    assert p_alive(KNOWN, *(np.array([v]) for v in (0.0, 0.0, 5000.0))).tolist() == [1.0]
    assert one(KNOWN, 0, 0, 5000, 52) < 0.01


def test_too_few_repeat_customers_are_no_fit():
    x = np.r_[np.ones(49), np.zeros(1000)]
    found = fit(x, x, np.full(1049, 10.0))
    assert found == NoFit("49 customers ordered again, and 50 are needed")


def test_nobody_is_no_fit():
    assert isinstance(fit(np.empty(0), np.empty(0), np.empty(0)), NoFit)


def test_where_nobody_leaves_the_limit_is_the_fit():
    draw = np.random.default_rng(4)
    age = draw.uniform(50, 100, 5_000)
    x = draw.poisson(draw.gamma(0.7, 1 / 20, 5_000) * age).astype(float)
    t_x = np.where(x > 0, age * draw.random(5_000) ** (1 / np.maximum(x, 1)), 0.0)
    found = fit(x, t_x, age)
    assert found.leaving < 0.002
    assert [found.r, found.alpha] == pytest.approx([0.7, 20.0], rel=0.1)
    # the negative binomial's expectation (Ehrenberg 1959)
    wanted = 52 * (found.r + x) / (found.alpha + age)
    assert expected_orders(found, x, t_x, age, 52.0).sum() == pytest.approx(wanted.sum(), rel=0.02)


def test_people_who_do_not_differ_are_no_fit():
    draw = np.random.default_rng(3)
    count = 3_000
    x = draw.poisson(5.0, count).astype(float)  # one rate for all, and nobody leaves
    t_x = np.where(x > 0, 50 * draw.random(count) ** (1 / np.maximum(x, 1)), 0.0)
    assert isinstance(fit(x, t_x, np.full(count, 50.0)), NoFit)


@pytest.mark.parametrize(("x", "t_x", "age"), [(-1, 0, 5), (1, 6, 5), (0, 2, 5), (1, -1, 5)])
def test_what_cannot_be_is_refused(x, t_x, age):
    with pytest.raises(ValueError, match="contradict"):
        fit(*(np.full(60, value, float) for value in (x, t_x, age)))


def test_a_record_holds_plain_numbers(found):
    assert isinstance(found, BgNbd)
    assert {type(getattr(found, name)) for name in ("r", "alpha", "a", "b", "log_likelihood")} == {
        float
    }
