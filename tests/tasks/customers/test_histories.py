"""Orders by the person: order days, refunds, pauses, whatever the order of the rows."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.customers.histories import Orders, histories

TODAY = date(2026, 11, 1)
NOW = TODAY.toordinal()


def of(*rows, as_of=TODAY, lapsed_days=180):
    """Return the histories of rows (person, days ago, value)."""
    person, ago, value = zip(*rows, strict=True) if rows else ((), (), ())
    orders = Orders(
        np.array(person, np.int64),
        (NOW - np.array(ago, int)).astype(np.int32),
        np.array(value, float),
    )
    return histories(orders, as_of, lapsed_days)


def test_a_person_has_order_days_a_first_a_last_and_a_value():
    found = of((7, 30, 10.0), (7, 3, 20.0), (5, 8, 1.5))
    assert found.person_key.tolist() == [5, 7]
    assert found.orders.tolist() == [1, 2]
    assert (NOW - found.first).tolist() == [8, 30]
    assert (NOW - found.last).tolist() == [8, 3]
    assert found.value.tolist() == [1.5, 30.0]
    assert found.repeat_value.tolist() == [0.0, 20.0]


def test_two_orders_of_one_day_are_one_purchase_with_both_values():
    found = of((1, 5, 10.0), (1, 5, 20.0), (1, 2, 4.0))
    assert found.orders.tolist() == [2]
    assert found.value.tolist() == [34.0]
    assert found.repeat_value.tolist() == [4.0]


def test_a_refund_lowers_the_value_and_is_no_purchase():
    found = of((1, 50, 10.0), (1, 2, -10.0))
    assert found.orders.tolist() == [1]
    assert (NOW - found.last).tolist() == [50]
    assert found.value.tolist() == [0.0]


def test_whoever_has_refunds_only_never_bought():
    found = of((1, 2, -5.0), (2, 3, 5.0))
    assert found.orders.tolist() == [0, 1]
    assert np.isnan([found.first[0], found.last[0], found.returned[0]]).all()
    assert found.value.tolist() == [-5.0, 5.0]


def test_an_order_that_a_voucher_paid_is_a_purchase():
    assert of((1, 2, 0.0)).orders.tolist() == [1]


def test_later_orders_are_not_known_and_those_of_the_day_are():
    found = of((1, 0, 1.0), (1, -1, 2.0), (2, -5, 9.0))
    assert found.person_key.tolist() == [1]
    assert found.value.tolist() == [1.0]


@pytest.mark.parametrize(("pause", "returned"), [(180, False), (181, True)])
def test_somebody_returns_after_a_pause_longer_than_lapsed_days(pause, returned):
    found = of((1, 10 + pause, 1.0), (1, 10, 1.0), (1, 2, 1.0))
    assert (NOW - found.returned).tolist() == [10] if returned else np.isnan(found.returned).all()


def test_of_two_returns_the_latest_counts():
    found = of((1, 900, 1.0), (1, 500, 1.0), (1, 20, 1.0), (2, 400, 1.0), (2, 1, 1.0))
    assert (NOW - found.returned).tolist() == [20, 1]


def test_one_persons_pause_is_not_another_ones():
    assert np.isnan(of((1, 900, 1.0), (2, 1, 1.0)).returned).all()


def test_nobody_has_no_history():
    found = of()
    assert len(found.person_key) == 0
    assert found.place_of(np.array([3])).tolist() == [-1]


def test_days_may_be_dates():
    days = np.array(["2026-10-30", "2026-10-01"], "datetime64[ns]")
    found = histories(Orders(np.array([1, 1]), days, np.array([1.0, 2.0])), TODAY, 180)
    assert (found.first, found.last) == (
        date(2026, 10, 1).toordinal(),
        date(2026, 10, 30).toordinal(),
    )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a finite number"):
        of((1, 2, value))


def test_people_without_orders_have_no_place():
    found = of((5, 1, 1.0), (9, 1, 1.0))
    assert found.place_of(np.array([9, 1, 5, 7, 2**62])).tolist() == [1, -1, 0, -1, -1]


ROWS = st.lists(
    st.tuples(
        st.integers(1, 2**63 - 1) | st.integers(1, 4),
        st.integers(-5, 1500),
        st.integers(-500, 5000).map(lambda cents: cents / 100),
    ),
    max_size=40,
)


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter_and_a_plain_loop_agrees(rows, random):
    found = of(*rows)
    shuffled = [*rows]
    random.shuffle(shuffled)
    for name in ("person_key", "orders", "first", "last", "returned", "value", "repeat_value"):
        np.testing.assert_array_equal(getattr(of(*shuffled), name), getattr(found, name))
    known = [row for row in rows if row[1] >= 0]
    assert found.person_key.tolist() == sorted({person for person, _, _ in known})
    for place, person in enumerate(found.person_key.tolist()):
        mine = [(NOW - ago, value) for it, ago, value in known if it == person]
        days = sorted({day for day, value in mine if value >= 0})
        assert found.orders[place] == len(days)
        assert found.value[place] == pytest.approx(sum(value for _, value in mine))
        if days:
            back = [b for a, b in pairwise(days) if b - a > 180]
            assert (found.first[place], found.last[place]) == (days[0], days[-1])
            np.testing.assert_equal(found.returned[place], back[-1] if back else np.nan)
            later = sum(value for day, value in mine if day > days[0])
            assert found.repeat_value[place] == pytest.approx(later)
