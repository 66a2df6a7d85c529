"""Who is in which segment, day by day."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import RejectedError, Window

DAY = date(2026, 11, 2)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def move(warehouse, people, days=0, segment="active", brand="acme"):
    entered, left = warehouse.move_members(brand, segment, people, on(days))
    return entered.tolist(), left.tolist()


def members(warehouse, segment="active"):
    return warehouse.segment_members("acme", segment).tolist()


def test_entering_and_leaving_are_differences(warehouse):
    assert move(warehouse, [3, 1, 2, 2]) == ([1, 2, 3], [])
    assert move(warehouse, [2, 3, 4], 1) == ([4], [1])
    assert members(warehouse) == [2, 3, 4]
    assert warehouse.segment_sizes("acme", on(0)) == {"active": 3}
    assert warehouse.segment_members("acme", "active", on(0)).tolist() == [1, 2, 3]
    assert move(warehouse, [], 2) == ([], [2, 3, 4])
    assert warehouse.segment_sizes("acme") == {}


def test_segments_and_brands_are_apart(warehouse):
    move(warehouse, [1, 2])
    move(warehouse, [2, 3], segment="vip")
    move(warehouse, [9], brand="other")
    assert members(warehouse) == [1, 2]
    assert warehouse.segment_sizes("acme") == {"active": 2, "vip": 2}
    (pair,) = warehouse.segment_overlap("acme").to_dict("records")
    assert pair == {"segment": "active", "other": "vip", "people": 1}


def test_somebody_comes_back(warehouse, rows):
    for days, people in enumerate(([1], [], [1])):
        move(warehouse, people, days)
    assert members(warehouse) == [1]
    stays = rows("SELECT entered_on, left_on FROM segment_members ORDER BY entered_on")
    assert [tuple(map(str, row.values())) for row in stays] == [
        (str(on(0)), str(on(1))), (str(on(2)), "None"),
    ]  # fmt: skip


def test_a_second_time_on_a_day_replaces_the_first(warehouse, rows):
    move(warehouse, [1, 2])
    assert move(warehouse, [2, 3], 1) == ([3], [1])
    assert move(warehouse, [1, 4], 1) == ([4], [2])
    assert move(warehouse, [1, 4], 1) == ([4], [2])
    assert members(warehouse) == [1, 4]
    assert len(rows("SELECT * FROM segment_members")) == 3


def test_history_is_not_changed(warehouse):
    move(warehouse, [1], 1)
    with pytest.raises(RejectedError, match="is known as of 2026-11-03"):
        move(warehouse, [2], 0)
    move(warehouse, [], 3)
    with pytest.raises(RejectedError, match="is known as of 2026-11-05"):
        move(warehouse, [2], 2)


def test_movements_of_a_week(warehouse):
    move(warehouse, [1, 2, 3], segment="active")
    move(warehouse, [4], segment="lapsed")
    move(warehouse, [3, 4], 5, segment="active")
    move(warehouse, [1], 5, segment="lapsed")
    moved = warehouse.segment_movements("acme", Window(on(0), on(6)))
    assert moved.to_dict("records") == [
        {"left": "active", "entered": "", "people": 1},
        {"left": "active", "entered": "lapsed", "people": 1},
        {"left": "lapsed", "entered": "active", "people": 1},
    ]
    still = warehouse.segment_movements("acme", Window(on(5), on(6)))
    assert still.to_dict("records") == []
    came = warehouse.segment_movements("acme", Window(on(-1), on(0)))
    assert came.to_dict("records") == [
        {"left": "", "entered": "active", "people": 3},
        {"left": "", "entered": "lapsed", "people": 1},
    ]


def test_keys_of_63_bits_stay_exact(warehouse):
    keys = [2**63 - 1, 2**63 - 2, 2**53 + 1]
    move(warehouse, np.array(keys))
    assert members(warehouse) == sorted(keys)


PEOPLE = st.sets(st.integers(1, 6), max_size=6)
RUNS = st.lists(st.tuples(st.integers(0, 2), PEOPLE), min_size=1, max_size=8)


@given(RUNS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture],
          deadline=None)  # fmt: skip
def test_each_days_members_are_those_of_its_last_run(sqlite_url, runs):
    from connectors.warehouse import Warehouse

    with Warehouse(sqlite_url) as warehouse:
        brand = f"b{hash(str(runs))}"
        day, last = 0, {}
        for step, people in runs:
            day += step
            entered, left = warehouse.move_members(brand, "s", [*people], on(day))
            before = next((last[d] for d in sorted(last, reverse=True) if d < day), set())
            assert ({*entered.tolist()}, {*left.tolist()}) == (people - before, before - people)
            last[day] = people
        for known, people in last.items():
            assert warehouse.segment_sizes(brand, on(known)).get("s", 0) == len(people)
        assert {*warehouse.segment_members(brand, "s").tolist()} == last[day]
