"""Expected value: both models together, and what is unknown where one is missing."""

from datetime import date

import numpy as np
import pytest

from tasks.customers.bg_nbd import BgNbd
from tasks.customers.gamma_gamma import GammaGamma
from tasks.customers.histories import Histories, Orders, histories
from tasks.customers.maximum import NoFit
from tasks.customers.value_model import ValueModel, customer_values, fit_value_model

TODAY = date(2026, 11, 1)
BUYING = BgNbd(0.6, 40.0, 0.9, 3.0, 0.0, 0, 0)
SPENDING = GammaGamma(4.0, 3.5, 25.0, 0.0, 0, 0.0)


def shop(customers=4_000, seed=2) -> Histories:
    """Return customers who buy at rates of their own for two years, and leave at times."""
    draw = np.random.default_rng(seed)
    first = draw.integers(0, 730, customers)
    until = first + draw.exponential(300, customers)
    often = draw.poisson(draw.gamma(0.6, 1 / 40, customers) * (np.minimum(until, 730) - first))
    person = np.repeat(np.arange(customers), often)
    day = first[person] + draw.random(len(person)) * (np.minimum(until, 730) - first)[person]
    person = np.concatenate([np.arange(customers), person])
    day = TODAY.toordinal() - 730 + np.concatenate([first, day.astype(int)])
    value = draw.gamma(4.0, 1 / draw.gamma(3.5, 1 / 25.0, customers)[person])
    return histories(Orders(person, day, value), TODAY, 180)


def of(*rows):
    person, ago, value = (np.array(column) for column in zip(*rows, strict=True))
    return histories(Orders(person, TODAY.toordinal() - ago, value.astype(float)), TODAY, 180)


def test_expected_value_is_orders_times_their_mean():
    found = of((1, 100, 10), (1, 50, 30), (1, 20, 50))
    values = customer_values(ValueModel(BUYING, SPENDING), found)
    mean = 4.0 * (25.0 + 80) / (4.0 * 2 + 2.5)  # of the repeat orders, 30 and 50
    assert values.expected_value == pytest.approx(values.expected_orders * mean)
    assert 0 < values.p_alive[0] < 1


def test_the_longer_ahead_the_more():
    found = of((1, 100, 10), (1, 50, 30))
    model = ValueModel(BUYING, SPENDING)
    year, month = (customer_values(model, found, days).expected_value[0] for days in (365, 30))
    assert 0 < month < year


def test_without_a_model_of_spending_orders_are_known_and_value_is_not():
    values = customer_values(ValueModel(BUYING, NoFit("x")), of((1, 100, 10), (1, 50, 30)))
    assert values.expected_orders[0] > 0
    assert np.isnan(values.expected_value).all()


def test_without_a_model_of_buying_nothing_is_known():
    values = customer_values(ValueModel(NoFit("x"), SPENDING), of((1, 100, 10), (1, 50, 30)))
    assert np.isnan([values.p_alive, values.expected_orders, values.expected_value]).all()


def test_of_whoever_never_bought_nothing_is_expected():
    values = customer_values(ValueModel(BUYING, SPENDING), of((1, 10, -5), (2, 50, 30)))
    assert np.isnan(values.expected_orders).tolist() == [True, False]
    assert np.isnan(values.p_alive).tolist() == [True, False]


def test_a_shop_can_be_fitted_and_everybody_valued():
    found = shop()
    model = fit_value_model(found)
    assert isinstance(model.buying, BgNbd)
    assert isinstance(model.spending, GammaGamma)
    assert model.spending.mean == pytest.approx(40.0, rel=0.05)
    values = customer_values(model, found)
    assert (values.expected_value > 0).all()
    assert ((values.p_alive >= 0) & (values.p_alive <= 1)).all()


def test_a_small_shop_says_why_there_is_no_model():
    model = fit_value_model(of((1, 100, 10), (1, 50, 30), (2, 5, 1)))
    assert model.buying == NoFit("1 customers ordered again, and 50 are needed")
    assert model.spending == NoFit("1 customers have repeat orders, and 50 are needed")
