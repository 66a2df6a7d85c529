"""Scores from 1 to 5: fifths where all differ, one score for equals."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.customers.histories import Orders, histories
from tasks.customers.rfm import quintiles, rfm

TODAY = date(2026, 11, 1)


def test_ten_different_values_have_each_score_twice():
    assert quintiles(np.arange(10.0)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_equal_values_have_the_lowest_score_that_any_of_them_would_have():
    assert quintiles(np.array([1, 1, 1, 1, 1, 1, 2, 2, 3, 4.0])).tolist() == [1] * 6 + [4, 4, 5, 5]


def test_where_all_are_equal_nobody_is_better():
    assert quintiles(np.full(7, 3.0)).tolist() == [1] * 7


def test_what_is_unknown_has_no_score_and_does_not_count():
    found = quintiles(np.array([np.nan, 1, 2, 3, 4, 5.0]))
    np.testing.assert_array_equal(found, [np.nan, 1, 2, 3, 4, 5])


def test_nobody_has_no_score():
    assert np.isnan(quintiles(np.full(3, np.nan))).all()
    assert len(quintiles(np.empty(0))) == 0


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60))
def test_a_score_says_how_many_fifths_are_strictly_worse(values):
    found = quintiles(np.array(values, float)).tolist()
    assert found == [1 + 5 * sum(it < mine for it in values) // len(values) for mine in values]


@given(st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=60))
def test_the_unit_of_values_does_not_matter(values):
    many = np.array(values)
    assert quintiles(many).tolist() == quintiles(many * 1024).tolist()


def test_the_most_recent_the_most_frequent_and_the_most_valuable_have_5():
    rows = [(person, 10 * person + again, 2.0 * person) for person in range(1, 6)
            for again in range(person)]  # fmt: skip
    person, ago, value = (np.array(column) for column in zip(*rows, strict=True))
    score = rfm(histories(Orders(person, TODAY.toordinal() - ago, value), TODAY, 180))
    assert score.recency_days.tolist() == [10, 20, 30, 40, 50]
    assert score.r.tolist() == [5, 4, 3, 2, 1]
    assert score.f.tolist() == score.m.tolist() == [1, 2, 3, 4, 5]
    assert score.mean_value.tolist() == [2, 4, 6, 8, 10]


def test_whoever_never_bought_has_no_score():
    day = np.array([TODAY.toordinal()] * 2)
    score = rfm(histories(Orders(np.array([1, 2]), day, np.array([-4.0, 4.0])), TODAY, 180))
    for name in ("recency_days", "mean_value", "r", "f", "m"):
        assert np.isnan(getattr(score, name)).tolist() == [True, False], name
    assert score.orders.tolist() == [0, 1]
    assert score.value.tolist() == [-4, 4]


def test_sums_that_differ_by_the_order_of_adding_only_are_equal():
    person = np.array([1, 1, 1, 2, 2, 2, 3])
    value = np.array([0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 9.0])
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    found = rfm(histories(Orders(person, np.full(7, TODAY.toordinal()), value), TODAY, 180))
    assert found.m[0] == found.m[1] == pytest.approx(1)
