"""Looking leaves no trace; what is read once answers for every moment as the warehouse does."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from connectors.base import Window
from connectors.changes import Edit, Subject
from connectors.warehouse.looking import LookingWarehouse
from connectors.warehouse.past import Moment, PastWarehouse

WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))
BUDGET = Subject("campaign", "801", "daily_budget")


@pytest.fixture
def mornings(warehouse, account_key, pull, frame) -> list[datetime]:
    """Four mornings: each pulls the days so far; conversions grow, and a campaign comes late."""
    moments = []
    for number in range(4):
        now = datetime(2026, 11, 3 + number, 6, tzinfo=UTC)
        days = [f"2026-11-{day:02}" for day in range(1, 3 + number)]
        rows = [("801", day, {"spend": 5.0, "conversions": 1.0 + number}) for day in days]
        if number > 1:
            rows.append(("802", days[0], {"spend": 2.0, "conversions": 0.0}))
        window = Window(date(2026, 11, 1), date(2026, 11, 2 + number))
        pull([frame(*rows)], now=now, window=window)
        pull([frame(*rows, breakdown="age=18-24")], now=now, window=window, breakdown="age")
        moments.append(now)
    return moments


def table(figures) -> pd.DataFrame:
    frame = pd.DataFrame({"entity": figures.entity_key, "day": figures.day, **figures.values})
    return frame.sort_values(["entity", "day"], ignore_index=True)


@pytest.mark.parametrize("breakdown", ["", "age"])
def test_every_moment_is_as_the_warehouse_has_it(url, warehouse, account_key, mornings, breakdown):
    keys, level = [account_key], "campaign"
    with PastWarehouse(url, date(2026, 11, 6)) as past:
        for moment in [mornings[0] - timedelta(hours=1), *mornings]:
            past.moment = Moment(moment.date(), moment)
            for metrics in (["spend"], ["conversions", "spend"]):
                ours = past.performance(keys, level, WINDOW, metrics, breakdown)
                theirs = warehouse.performance(
                    keys, level, WINDOW, metrics, breakdown, known_at=moment
                )
                pd.testing.assert_frame_equal(table(ours), table(theirs))
            pd.testing.assert_frame_equal(
                past.coverage(keys, level, WINDOW, breakdown),
                warehouse.coverage(keys, level, WINDOW, breakdown, known_at=moment),
            )


def test_arrivals_of_a_moment_know_nothing_later(url, warehouse, account_key, mornings):
    keys, since = [account_key], WINDOW.start
    with PastWarehouse(url, date(2026, 11, 6)) as past:
        past.moment = Moment(mornings[1].date(), mornings[1])
        then = past.arrivals(keys, "campaign", ["conversions"], since)["conversions"]
        assert then.known_day.tolist() == [day.toordinal() for day in days(1, 3)]
        assert (then.old.tolist(), then.new.tolist()) == ([1.0, 1.0], [2.0, 2.0])
        assert then.last_age.tolist() == [3, 2, 1]
        past.moment = Moment(mornings[3].date(), mornings[3])
        ours = past.arrivals(keys, "campaign", ["conversions"], since)["conversions"]
    theirs = warehouse.arrivals(keys, "campaign", ["conversions"], since)["conversions"]
    for name in ("day", "age", "old", "new", "known_day", "first_age", "first", "last_age"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def days(first: int, last: int) -> list[date]:
    return [date(2026, 11, day) for day in range(first, last + 1)]


def test_all_that_is_known_today_ends_before_the_day(url, account_key, mornings):
    with PastWarehouse(url, date(2026, 11, 6)) as past:
        past.moment = Moment(date(2026, 11, 3), None)
        figures = past.performance([account_key], "campaign", WINDOW, ["conversions"])
        assert sorted(figures.values["conversions"]) == [0.0, 4.0, 4.0]
        covered = past.coverage([account_key], "campaign", WINDOW)
        assert covered["date_day"].tolist() == [day.toordinal() for day in days(1, 2)]


def test_the_moment_is_set_and_not_asked_for(url, account_key, mornings):
    with PastWarehouse(url, date(2026, 11, 6)) as past:
        for ask in (past.performance, past.coverage):
            more = [["spend"]] if ask == past.performance else []
            with pytest.raises(ValueError, match="set `moment`"):
                ask([account_key], "campaign", WINDOW, *more, known_at=mornings[0])
        past.moment = Moment(date(2026, 11, 1), None)
        with pytest.raises(ValueError, match="begins after all days"):
            past.coverage([account_key], "campaign", WINDOW)


def edit(name: str, at: datetime) -> Edit:
    return Edit(name, at, BUDGET, Decimal(10), Decimal(20), "person@example.com", "UI")


def test_what_is_looked_at_cannot_be_written(url, account_key, now):
    with LookingWarehouse(url) as looking:
        with pytest.raises(PermissionError, match="nothing is written"):
            looking.save_edits(account_key, [[edit("e1", now)]], now)
        assert looking.edits([account_key], now - timedelta(days=1)) == []


def test_edits_just_read_are_laid_over_those_stored(url, warehouse, account_key, now):
    hour = timedelta(hours=1)
    warehouse.save_edits(account_key, [[edit("e1", now - 2 * hour)]], now - hour)
    with LookingWarehouse(url) as looking:
        assert looking.edits_until(account_key) == now - hour
        newest = [edit("e1", now - 2 * hour), edit("e2", now), edit("e0", now - 9 * hour)]
        looking.see_edits(account_key, newest, now)
        seen = looking.edits([account_key], now - 3 * hour)
        assert [(key, one.edit_id) for key, one in seen] == [
            (account_key, "e1"),
            (account_key, "e2"),
        ]
        assert looking.edits_until(account_key) == now
        looking.see_edits(account_key, [], now - 5 * hour)
        assert looking.edits_until(account_key) == now - hour
    assert len(warehouse.edits([account_key], now - 9 * hour)) == 1
