"""Gamma-gamma: the published values of CDNOW's customers, parameters found again, and no fit."""

import numpy as np
import pytest

from tasks.customers.gamma_gamma import GammaGamma, expected_mean, fit
from tasks.customers.maximum import NoFit

CDNOW = GammaGamma(6.25, 3.74, 15.44, -4055.92, 946, 0.0)
"""Fader and Hardie (2013), section 5. What CDNOW's customers paid is not in our file, so the fit
itself is held to simulated customers."""


def spent(p, q, gamma, count, seed=1):
    draw = np.random.default_rng(seed)
    x = draw.geometric(0.3, count).astype(float)
    rate = draw.gamma(q, 1 / gamma, count)
    return x, draw.gamma(p * x, 1 / rate) / x, p / rate


@pytest.fixture(scope="module")
def simulated():
    return spent(6.0, 4.0, 15.0, 40_000)


@pytest.mark.parametrize(
    ("x", "mean", "expected"),
    [
        (2, 22.35, 24.66),
        (1, 11.77, 18.91),
        (0, np.nan, 35.17),
        (7, 73.74, 71.46),
        (2, 25.55, 27.28),
    ],
)
def test_the_published_means_of_customers_of_cdnow(x, mean, expected):
    # those of the fit before its parameters were rounded to three digits
    found = expected_mean(CDNOW, np.array([float(x)]), np.array([mean]))
    assert found[0] == pytest.approx(expected, rel=0.002)


def test_whoever_never_ordered_again_is_expected_to_spend_what_customers_do():
    nothing = expected_mean(CDNOW, np.zeros(1), np.array([np.nan]))
    assert nothing[0] == CDNOW.mean == pytest.approx(15.44 * 6.25 / 2.74)


def test_the_more_orders_the_less_is_a_mean_drawn_to_what_customers_spend():
    found = expected_mean(CDNOW, np.array([1.0, 5.0, 50.0]), np.full(3, 100.0))
    assert (np.diff(found) > 0).all()
    assert found[-1] == pytest.approx(100, rel=0.02)


def test_whoever_gave_all_back_is_unknown():
    found = expected_mean(CDNOW, np.array([2.0, 2.0]), np.array([0.0, -3.0]))
    assert np.isnan(found).all()


def test_parameters_are_found_again(simulated):
    x, mean, _ = simulated
    found = fit(x, mean)
    assert [found.p, found.q, found.gamma] == pytest.approx([6.0, 4.0, 15.0], rel=0.05)
    assert found.mean == pytest.approx(30.0, rel=0.02)
    assert found.customers == 40_000
    assert abs(found.correlation) < 0.02


def test_the_likelihood_is_that_of_the_paper(simulated):
    from math import lgamma, log

    x, mean, _ = (column[:500] for column in simulated)
    found = fit(x, mean)
    p, q, gamma = found.p, found.q, found.gamma
    each = [
        lgamma(p * n + q) - lgamma(p * n) - lgamma(q) + q * log(gamma) + (p * n - 1) * log(z)
        + p * n * log(n) - (p * n + q) * log(gamma + n * z)
        for n, z in zip(x, mean, strict=True)
    ]  # fmt: skip
    assert found.log_likelihood == pytest.approx(sum(each), abs=1e-6)


def test_people_spend_what_is_expected_of_them(simulated):
    x, mean, true = simulated
    known = GammaGamma(6.0, 4.0, 15.0, 0.0, 0, 0.0)
    expected = expected_mean(known, x, mean)
    for low, high in ((0, 15), (15, 25), (25, 40), (40, 1000)):
        these = (mean > low) & (mean <= high)
        error = true[these].std() / np.sqrt(these.sum())
        assert expected[these].mean() == pytest.approx(true[these].mean(), abs=4 * error)


def test_another_currency_is_the_same_model(simulated):
    x, mean, _ = (column[:5_000] for column in simulated)
    euro, cent = fit(x, mean), fit(x, mean * 100)
    assert [cent.p, cent.q, cent.gamma / 100] == pytest.approx(
        [euro.p, euro.q, euro.gamma], rel=1e-3
    )
    assert cent.log_likelihood == pytest.approx(euro.log_likelihood - 5_000 * np.log(100), rel=1e-6)


def test_customers_without_a_repeat_order_say_nothing(simulated):
    x, mean, _ = (column[:1_000] for column in simulated)
    more = fit(np.r_[x, np.zeros(500), 3.0], np.r_[mean, np.full(500, np.nan), -2.0])
    assert more == fit(x, mean)


def test_too_few_are_no_fit():
    assert fit(np.ones(49), np.arange(1.0, 50.0)) == NoFit(
        "49 customers have repeat orders, and 50 are needed"
    )


def test_one_price_for_all_is_no_fit():
    assert fit(np.ones(500), np.full(500, 9.99)) == NoFit("all customers spend the same")


def test_values_without_a_mean_are_no_fit():
    x, mean, _ = spent(3.0, 0.6, 1.0, 3_000)
    assert fit(x, mean).reason.endswith("that no mean exists")


def test_customers_who_do_not_differ_are_no_fit():
    draw = np.random.default_rng(2)
    x = draw.geometric(0.5, 2_000).astype(float)
    assert isinstance(fit(x, draw.gamma(4 * x, 5.0) / x), NoFit)
