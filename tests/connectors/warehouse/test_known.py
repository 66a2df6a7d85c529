"""The figures as they were known at a moment, against what was read at that moment."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Account, Window
from connectors.warehouse import Warehouse

START = datetime(2026, 11, 6, 6, tzinfo=UTC)
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 5))
METRICS = ["spend", "clicks", "reach"]
numbers = count()

value = st.sampled_from([None, 0.0, 1.0, 2.5])
row = st.tuples(
    st.sampled_from("ab"), st.integers(1, 5), st.fixed_dictionaries({}, optional={
        "spend": value, "clicks": value, "reach": value,
    }),
)  # fmt: skip
one_pull = st.tuples(
    st.integers(0, 1), st.integers(1, 5), st.integers(0, 4), st.lists(row, max_size=6)
)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(breakdown=st.sampled_from(["", "age"]), history=st.lists(one_pull, min_size=1, max_size=6))
def test_a_past_moment_looks_as_it_did(warehouse, breakdown, history):
    """After each pull what is known is read, and later read again as of that moment."""
    keys = [
        warehouse.save_account("acme", name, Account("p", name, name, "EUR", "UTC"), START)
        for name in (str(next(numbers)), str(next(numbers)))
    ]
    snapshots = []
    for number, (which, first, length, rows) in enumerate(history):
        moment = START + timedelta(hours=number)
        window = Window(date(2026, 11, first), date(2026, 11, min(5, first + length)))
        pull(warehouse, keys[which], window, breakdown, rows, moment)
        snapshots.append((moment, what_is_known(warehouse, keys, breakdown)))
    for moment, snapshot in snapshots:
        same(what_is_known(warehouse, keys, breakdown, known_at=moment), snapshot)
        half = moment + timedelta(minutes=30)
        same(what_is_known(warehouse, keys, breakdown, known_at=half), snapshot)
    before = what_is_known(warehouse, keys, breakdown, known_at=START - timedelta(hours=1))
    assert all(frame.empty for frame in before)


def pull(warehouse, key, window, breakdown, rows, moment) -> None:
    kept = [
        {"entity_id": name, "date_day": f"2026-11-{day:02}"} | values
        for name, day, values in rows
        if window.start.day <= day <= window.end.day
    ]
    options = {"breakdown": breakdown, "run_id": "r", "now": moment}
    with warehouse.pull(key, "campaign", window, **options) as writer:
        if kept:
            page = pd.DataFrame(kept)
            page = page.astype({name: float for name in METRICS if name in page})
            writer.add(page.assign(breakdown="age=18-24") if breakdown else page)


def what_is_known(
    warehouse: Warehouse, keys: list[int], breakdown: str, known_at: datetime | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    figures = warehouse.performance(keys, "campaign", WINDOW, METRICS, breakdown, known_at=known_at)
    table = pd.DataFrame({"entity": figures.entity_key, "day": figures.day, **figures.values})
    coverage = warehouse.coverage(keys, "campaign", WINDOW, breakdown, known_at=known_at)
    return (
        table.sort_values(["entity", "day"], ignore_index=True),
        coverage.sort_values(["account_key", "date_day"], ignore_index=True),
    )


def same(now: tuple[pd.DataFrame, pd.DataFrame], then: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    for left, right in zip(now, then, strict=True):
        pd.testing.assert_frame_equal(left, right)


def test_breakdowns_are_not_mistaken_for_each_other(warehouse, account_key, pull, frame, now):
    later = now + timedelta(days=1)
    for moment, spends in ((now, (1.0, 2.0)), (later, (3.0, 4.0))):
        pages = [
            frame(("801", "2026-11-02", {"spend": spend}), breakdown=f"age={age}")
            for spend, age in zip(spends, ("18-24", "25-34"), strict=True)
        ]
        pull(pages, breakdown="age", now=moment)
        pull([frame(("801", "2026-11-02", {"spend": sum(spends)}))], now=moment)

    def spend(breakdown: str, moment: datetime) -> list[tuple[str, float]]:
        window = Window(date(2026, 11, 1), date(2026, 11, 20))
        figures = warehouse.performance(
            [account_key], "campaign", window, ["spend"], breakdown, known_at=moment
        )
        texts = [""] if figures.breakdown is None else figures.breakdown.tolist()
        return sorted(zip(texts, figures.values["spend"].tolist(), strict=True))

    assert spend("age", now) == [("age=18-24", 1.0), ("age=25-34", 2.0)]
    assert spend("age", later) == [("age=18-24", 3.0), ("age=25-34", 4.0)]
    assert (spend("", now), spend("", later)) == ([("", 3.0)], [("", 7.0)])


def test_rows_from_before_first_pulls_were_kept_were_there_since_their_day_was_covered(
    warehouse, account_key, window, pull, frame, now, rows
):
    pull([], now=now)
    later = now + timedelta(days=1)
    pull([frame(("801", "2026-11-02", {"spend": 2.0}))], now=later)
    with warehouse.writing() as connection:
        connection.exec_driver_sql("UPDATE performance_daily SET first_pull_id = NULL")

    def spend(moment: datetime) -> list[float]:
        figures = warehouse.performance(
            [account_key], "campaign", window, ["spend"], known_at=moment
        )
        return figures.values["spend"].tolist()

    assert spend(later) == [2.0]
    assert spend(now) == [0.0]
    assert spend(now - timedelta(seconds=1)) == []


DAY = date(2026, 11, 2).toordinal()


def test_arrivals_are_the_growth_of_daily_totals(warehouse, account_key, pull, frame):
    """Two campaigns, pulled on the next day and on the 4th and 9th day after."""
    for age, conversions in ((1, (2.0, 1.0)), (4, (2.5, 1.0)), (9, (2.5, 0.5))):
        pages = [
            frame((name, "2026-11-02", {"conversions": each}))
            for name, each in zip(("801", "802"), conversions, strict=True)
        ]
        pull(pages, now=datetime(2026, 11, 2 + age, 6, tzinfo=UTC), window=ONE_DAY)
    found = warehouse.arrivals([account_key], "campaign", ["conversions"], date(2026, 11, 1))[
        "conversions"
    ]
    assert found.account_key.tolist() == [account_key] * 2
    assert (found.day.tolist(), found.age.tolist()) == ([DAY, DAY], [4, 9])
    assert (found.old.tolist(), found.new.tolist()) == ([3.0, 3.5], [3.5, 3.0])
    assert (found.known_account_key.tolist(), found.known_day.tolist()) == ([account_key], [DAY])
    assert (found.first_age.tolist(), found.first.tolist()) == ([1], [3.0])
    assert found.last_age.tolist() == [9]
    assert found.day.dtype == found.known_day.dtype == np.int64


ONE_DAY = Window(date(2026, 11, 2), date(2026, 11, 2))


def test_a_late_row_arrives_and_an_empty_day_is_known_to_be_zero(
    warehouse, account_key, pull, frame, now
):
    pull([], now=datetime(2026, 11, 3, 6, tzinfo=UTC), window=ONE_DAY)
    pull(
        [frame(("801", "2026-11-02", {"conversions": 2.0}))],
        now=datetime(2026, 11, 5, 6, tzinfo=UTC), window=ONE_DAY,
    )  # fmt: skip
    found = warehouse.arrivals([account_key], "campaign", ["conversions"], date(2026, 11, 1))[
        "conversions"
    ]
    assert (found.age.tolist(), found.old.tolist(), found.new.tolist()) == ([3], [0.0], [2.0])
    assert (found.first_age.tolist(), found.first.tolist()) == ([1], [0.0])


def test_a_metric_that_is_first_asked_for_later_did_not_arrive_late(
    warehouse, account_key, pull, frame
):
    for age, values in ((1, {"spend": 1.0}), (8, {"spend": 1.0, "reach": 9.0})):
        moment = datetime(2026, 11, 2 + age, 6, tzinfo=UTC)
        pull([frame(("801", "2026-11-02", values))], now=moment, window=ONE_DAY)
    found = warehouse.arrivals([account_key], "campaign", ["reach"], date(2026, 11, 1))["reach"]
    assert found.age.tolist() == []
    assert (found.first_age.tolist(), found.first.tolist()) == ([8], [9.0])


def test_several_pulls_of_one_day_are_one_change(warehouse, account_key, pull, frame):
    for hour, spend in ((6, 1.0), (9, 1.5), (12, 1.7)):
        moment = datetime(2026, 11, 3, hour, tzinfo=UTC)
        pull([frame(("801", "2026-11-02", {"spend": spend}))], now=moment, window=ONE_DAY)
    found = warehouse.arrivals([account_key], "campaign", ["spend"], date(2026, 11, 1))["spend"]
    assert (found.old.tolist(), found.new.tolist()) == ([1.0], [1.7])


def test_an_age_is_counted_in_the_accounts_time_zone(warehouse, account_key, pull, frame):
    """Half past eleven at night in London is the next day in Berlin."""
    moment = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
    pull([frame(("801", "2026-11-02", {"spend": 1.0}))], now=moment, window=ONE_DAY)
    found = warehouse.arrivals([account_key], "campaign", ["spend"], date(2026, 11, 1))["spend"]
    assert found.first_age.tolist() == found.last_age.tolist() == [2]


def test_days_before_since_and_other_accounts_are_left_out(warehouse, account_key, pull, frame):
    pull([frame(("801", "2026-11-02", {"spend": 1.0}))])
    since = date(2026, 11, 19)
    found = warehouse.arrivals([account_key], "campaign", ["spend"], since)["spend"]
    assert found.known_day.tolist() == [since.toordinal(), since.toordinal() + 1]
    assert found.first.tolist() == [0.0, 0.0]
    assert not len(
        warehouse.arrivals([account_key + 1], "campaign", ["spend"], since)["spend"].known_day
    )
