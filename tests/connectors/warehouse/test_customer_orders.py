"""Orders come in, arrays and scores come out."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from connectors.base import RejectedError
from connectors.warehouse.customer_scores import COLUMNS

from .mail_people import ANN, BOB, KEYS, NOW, order, person, save


def save_orders(warehouse, *orders, brand="acme"):
    return warehouse.save_orders(brand, [orders], KEYS)


def test_orders_are_kept_of_people_in_no_list_too(warehouse):
    saved = save_orders(warehouse, order(1, ANN), order(2, "stranger", -3.5), order(3, ""))
    assert (saved.seen, saved.new, saved.changed, saved.without_customer) == (2, 2, 0, 1)
    found = warehouse.read_orders("acme").set_index("person_key")
    assert found["value"].to_dict() == {
        person(ANN): 10.0, KEYS.person("acme", "stranger"): -3.5,
    }  # fmt: skip
    assert len(warehouse.read_orders("other")) == 0


def test_what_an_order_was_worth_or_when_it_was_is_never_guessed(warehouse):
    unpriced, undated = order(1, ANN, float("nan")), replace(order(2, ANN), ordered_at=None)
    saved = save_orders(warehouse, unpriced, undated, order(3, ANN))
    assert (saved.seen, saved.new, saved.incomplete) == (1, 1, 2)
    assert len(warehouse.read_orders("acme")) == 1


def test_the_same_orders_again_change_nothing_and_others_are_brought_up_to_date(warehouse):
    save_orders(warehouse, order(1, ANN), order(2, ANN))
    assert save_orders(warehouse, order(1, ANN), order(2, ANN)).changed == 0
    saved = save_orders(warehouse, order(1, BOB, 12.5), order(3, ANN), order(3, ANN, 4.0))
    assert (saved.seen, saved.new, saved.changed, saved.repeated) == (2, 1, 1, 1)
    found = warehouse.read_orders("acme").sort_values("value")
    assert found["value"].tolist() == [4.0, 10.0, 12.5]
    assert found["person_key"].iloc[2] == person(BOB)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", date(2026, 3, 28)), ("Europe/Berlin", date(2026, 3, 29)),
     ("America/New_York", date(2026, 3, 28))],
)  # fmt: skip
def test_a_day_is_a_day_of_the_brands_time_zone(warehouse, zone, day):
    late = replace(order(1, ANN), ordered_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
    midnight = replace(order(2, ANN), ordered_at=datetime(2026, 3, 28, 23, tzinfo=UTC))
    save_orders(warehouse, late, midnight)
    found = warehouse.read_orders("acme", zone)
    assert {date.fromordinal(n) for n in found["day"].tolist()} == {day}
    assert [*map(str, found.dtypes)] == ["int64", "int32", "float64"]


def test_a_moment_just_before_midnight_is_still_that_day(warehouse):
    last = replace(order(1, ANN), ordered_at=datetime(2026, 3, 28, 23, 59, 59, 999_999, tzinfo=UTC))
    first = replace(order(2, ANN), ordered_at=datetime(2026, 3, 29, tzinfo=UTC))
    save_orders(warehouse, last, first)
    days = sorted(warehouse.read_orders("acme")["day"].tolist())
    assert [date.fromordinal(n).day for n in days] == [28, 29]


def scores(*people: int) -> pd.DataFrame:
    """Scores of people; the second and every further one has never ordered."""
    none = [np.nan] * (len(people) - 1)
    day = float(NOW.date().toordinal())
    return pd.DataFrame(
        {
            "person_key": people, "stage": ["active", *["subscriber"] * len(none)],
            "orders": [3, *[0] * len(none)], "value": [30.5, *[0.0] * len(none)],
            "first_order": [day - 9, *none], "last_order": [day, *none],
            "r": [5.0, *none], "f": [4.0, *none], "m": [1.0, *none],
            "p_alive": [0.75, *none], "expected_orders": [1.5, *none],
            "expected_value": [15.25, *none],
        }
    )  # fmt: skip


def test_scores_come_back_as_they_were_written(warehouse):
    written = scores(9, 4, 6)
    warehouse.write_scores("acme", written, NOW.date())
    read = warehouse.read_scores("acme")
    assert read["as_of"].unique().tolist() == [NOW.date()]
    expected = written.sort_values("person_key", ignore_index=True)
    pd.testing.assert_frame_equal(read[[*COLUMNS]], expected[[*COLUMNS]])


def test_scores_replace_those_of_their_brand(warehouse):
    warehouse.write_scores("acme", scores(9, 4), NOW.date())
    warehouse.write_scores("other", scores(7), NOW.date())
    warehouse.write_scores("acme", scores(4), NOW.date())
    assert warehouse.read_scores("acme")["person_key"].tolist() == [4]
    assert warehouse.read_scores("other")["person_key"].tolist() == [7]
    assert len(warehouse.read_scores("nobody")) == 0


def test_scores_that_cannot_be_leave_the_old_ones(warehouse):
    warehouse.write_scores("acme", scores(9), NOW.date())
    with pytest.raises(RejectedError, match="lack stage"):
        warehouse.write_scores("acme", scores(4).drop(columns="stage"), NOW.date())
    with pytest.raises(RejectedError, match="twice"):
        warehouse.write_scores("acme", scores(4, 4), NOW.date())
    with pytest.raises(RejectedError):
        warehouse.write_scores("acme", scores(4).assign(stage="adored"), NOW.date())
    assert warehouse.read_scores("acme")["person_key"].tolist() == [9]


def test_the_analysts_view_has_everybody_and_names_nobody(warehouse, rows):
    save(warehouse, ANN, replace(BOB, address=None))
    stranger = KEYS.person("acme", "stranger")
    warehouse.write_scores("acme", scores(stranger, person(ANN)), NOW.date())
    warehouse.suppress("acme", KEYS.address(ANN.address), "by_hand", "Kim", NOW)
    found = {row["person_key"]: row for row in rows("SELECT * FROM customers")}
    assert {key: (row["stage"], row["consent"]) for key, row in found.items()} == {
        person(ANN): ("subscriber", "subscribed"),
        person(BOB): (None, "subscribed"),
        stranger: ("active", None),
    }
    assert [found[person(it)]["suppressed"] for it in (ANN, BOB)] == [1, 0]
    assert [found[person(it)]["has_address"] for it in (ANN, BOB)] == [1, 0]
    assert "nnabel" not in str(found)
