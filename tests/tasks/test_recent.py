from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tasks.cube import build_cube
from tasks.recent import RECENT_DAYS, last_known, recent_sums

END = date(2026, 11, 9)
DAYS = np.arange(END.toordinal() - 39, END.toordinal() + 1)


def cube(behind: dict[int, int], gaps: tuple[tuple[int, int], ...] = ()):
    """Return two accounts with an entity each: one click a day, at position 2."""
    entities = pd.DataFrame({"entity_key": [10, 20], "account_key": [1, 2], "name": ["a", "b"]})
    day = np.tile(DAYS, 2)
    figures = SimpleNamespace(
        entity_key=np.repeat([10, 20], len(DAYS)),
        day=day,
        values={
            "clicks": np.ones(len(day)),
            "impressions": np.full(len(day), 5.0),
            "position": np.full(len(day), 2.0),
        },
    )
    last = END.toordinal()
    rows = [
        (key, d)
        for key, late in behind.items()
        for d in DAYS
        if d <= last - late and (key, last - d) not in gaps
    ]
    coverage = pd.DataFrame(rows, columns=["account_key", "date_day"], dtype=np.int64)
    return build_cube(entities, figures, coverage, DAYS, weights={"position": "impressions"})


def test_each_account_is_summed_up_to_its_own_last_known_day():
    found = recent_sums(cube({1: 0, 2: 4}), ("clicks", "position"))
    assert found["clicks"].tolist() == [RECENT_DAYS, RECENT_DAYS]
    assert found["position"].tolist() == [pytest.approx(2.0)] * 2
    assert found["until"].tolist() == [END, END - timedelta(days=4)]


def test_a_day_that_is_not_known_makes_the_sum_unknown():
    found = recent_sums(cube({1: 0, 2: 0}, gaps=((2, 3),)), ("clicks",))
    assert found["clicks"].tolist()[0] == RECENT_DAYS
    assert np.isnan(found["clicks"].tolist()[1])


def test_an_account_without_any_known_day_is_left_out():
    things = cube({1: 0})
    assert recent_sums(things, ("clicks",))["name"].tolist() == ["a"]
    assert last_known(things, 1) is None
    nothing = recent_sums(cube({}), ("clicks",))
    assert nothing.empty
    assert {"name", "clicks", "until"} <= {*nothing.columns}
