"""Pulls and their ledger, on both databases."""

from datetime import date, timedelta
from itertools import count

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Account, RejectedError, TransientError, Window

REVISIONS = "SELECT metric, old_value, new_value FROM revisions ORDER BY metric"
LEDGER = "SELECT state, rows_pulled, rows_changed, error FROM pulls ORDER BY pull_id"


def test_the_same_pull_twice_changes_nothing(pull, frame, rows):
    page = frame(
        ("801", "2026-11-02", {"spend": 0.1, "clicks": float("nan"), "reach": 1 / 3}),
        ("802", "2026-11-03", {"spend": 12.34, "clicks": 5, "reach": float("nan")}),
    )
    pull([page])
    before = rows("SELECT * FROM performance_daily ORDER BY entity_key")
    pull([page])
    assert rows("SELECT * FROM performance_daily ORDER BY entity_key") == before
    assert rows(REVISIONS) == []
    assert [row["rows_changed"] for row in rows(LEDGER)] == [2, 0]


def test_a_changed_value_is_kept_as_a_revision(pull, frame, rows, stored):
    pull([frame(("801", "2026-11-02", {"spend": 1.0, "clicks": 3, "reach": 7}))])
    pull([frame(("801", "2026-11-02", {"spend": 1.5, "clicks": 3, "reach": 9}))])
    assert rows(REVISIONS) == [
        {"metric": "reach", "old_value": 7.0, "new_value": 9.0},
        {"metric": "spend", "old_value": 1.0, "new_value": 1.5},
    ]
    assert stored("reach") == {("801", "2026-11-02"): 9.0}


def test_unknown_and_known_are_different_values(pull, frame, rows, stored):
    pull([frame(("801", "2026-11-02", {"conversions": float("nan")}))])
    pull([frame(("801", "2026-11-02", {"conversions": 0}))])
    pull([frame(("801", "2026-11-02", {"conversions": float("nan")}))])
    assert [(row["old_value"], row["new_value"]) for row in rows(REVISIONS)] == [
        (None, 0.0),
        (0.0, None),
    ]
    assert stored("conversions") == {("801", "2026-11-02"): None}


def test_a_row_that_vanished_becomes_zero(pull, frame, rows, stored):
    keep = ("801", "2026-11-02", {"spend": 1.0, "clicks": 2})
    pull([frame(keep, ("802", "2026-11-02", {"spend": 4.0, "clicks": float("nan")}))])
    pull([frame(keep)])
    pull([frame(keep)])
    assert stored() == {("801", "2026-11-02"): 1.0, ("802", "2026-11-02"): 0.0}
    assert stored("clicks")["802", "2026-11-02"] is None
    assert rows(REVISIONS) == [{"metric": "spend", "old_value": 4.0, "new_value": 0.0}]


def test_an_empty_complete_pull_means_zero(pull, frame, stored):
    pull([frame(("801", "2026-11-02", {"spend": 1.0}))])
    pull([])
    assert stored() == {("801", "2026-11-02"): 0.0}


def test_days_outside_the_window_are_left_alone(pull, frame, stored):
    pull([frame(("801", "2026-11-02", {"spend": 1.0}))])
    pull([], window=Window(date(2026, 11, 3), date(2026, 11, 20)))
    assert stored() == {("801", "2026-11-02"): 1.0}


def test_a_key_that_comes_twice_leaves_no_revision(pull, frame, rows, stored):
    pull([frame(("801", "2026-11-02", {"spend": 9.0}))])
    twice = [1.0, 9.0]
    pull([frame(("801", "2026-11-02", {"spend": spend})) for spend in twice])
    assert stored() == {("801", "2026-11-02"): 9.0}
    assert rows(REVISIONS) == []


def test_a_late_row_on_a_known_day_is_a_revision_from_zero(pull, frame, rows):
    pull([])
    pull([frame(("801", "2026-11-02", {"spend": 2.0, "clicks": 0}))])
    assert rows(REVISIONS) == [{"metric": "spend", "old_value": 0.0, "new_value": 2.0}]


def test_breakdowns_are_kept_apart(warehouse, account_key, window, pull, frame):
    day = ("801", "2026-11-02", {"spend": 3.0})
    pull([frame(day)])
    pull([frame(day, breakdown="age=18-24")], breakdown="age")
    both = frame(day, breakdown="age=18-24,gender=male")
    pull([both], breakdown="age,gender")
    pull([], breakdown="age")

    def read(breakdown: str):
        figures = warehouse.performance([account_key], "campaign", window, ["spend"], breakdown)
        return figures.breakdown, figures.values["spend"].tolist()

    assert read("") == (None, [3.0])
    texts, spend = read("age")
    assert (texts.tolist(), spend) == (["age=18-24"], [0.0])
    texts, spend = read("gender,age")
    assert (texts.tolist(), spend) == (["age=18-24,gender=male"], [3.0])


def test_levels_and_accounts_are_kept_apart(warehouse, pull, frame, window, now, stored):
    pull([frame(("1", "2026-11-02", {"spend": 1.0}))])
    pull([frame(("1", "2026-11-02", {"spend": 2.0}))], level="ad_group")
    other = warehouse.save_account("b", "x", Account("meta_ads", "9", "B", "EUR", "UTC"), now)
    with warehouse.pull(other, "campaign", window, run_id="r", now=now) as writer:
        writer.add(frame(("1", "2026-11-02", {"spend": 5.0})))
    assert stored() == {("1", "2026-11-02"): 1.0}
    assert stored(level="ad_group") == {("1", "2026-11-02"): 2.0}
    assert warehouse.performance([other], "campaign", window, ["spend"]).values["spend"] == [5.0]


def test_a_metric_nobody_pulled_is_unknown(warehouse, account_key, window, pull, frame):
    pull([frame(("801", "2026-11-02", {"spend": 1.0}))])
    values = warehouse.performance([account_key], "campaign", window, ["reach", "clicks"]).values
    assert np.isnan(values["reach"]).tolist() == np.isnan(values["clicks"]).tolist() == [True]


def test_metrics_are_names_not_sql(warehouse, account_key, window):
    with pytest.raises(ValueError, match="no metric can be called"):
        warehouse.performance([account_key], "campaign", window, ["1); DROP TABLE pulls; --"])


def test_a_connector_error_marks_the_pull_failed_and_leaves_no_figure(
    warehouse, account_key, pull, frame, rows, stored
):
    def pages():
        yield frame(("801", "2026-11-02", {"spend": 1.0}))
        raise TransientError("503 from the platform")

    with pytest.raises(TransientError, match="503 from the platform"):
        pull(pages())
    (pulled,) = rows(LEDGER)
    assert (pulled["state"], pulled["error"]) == ("failed", "503 from the platform")
    assert stored() == {}
    assert warehouse.last_complete_day(account_key, "campaign") is None


def test_a_refused_figure_fails_the_pull(pull, frame, rows):
    with pytest.raises(RejectedError, match="clicks is -3"):
        pull([frame(("801", "2026-11-02", {"clicks": -3}))])
    assert "clicks is -3" in rows(LEDGER)[0]["error"]


def test_a_pull_that_ends_otherwise_stays_incomplete(
    warehouse, account_key, window, pull, frame, rows
):
    def pages():
        yield frame(("801", "2026-11-02", {"spend": 1.0}))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(pages())
    assert rows(LEDGER)[0]["state"] == "running"
    assert warehouse.coverage([account_key], "campaign", window).empty


def test_coverage_has_the_latest_pull_of_each_day(warehouse, account_key, pull, now):
    first, second = date(2026, 11, 1), date(2026, 11, 2)
    pull([], window=Window(first, second))
    later = now + timedelta(hours=1)
    pull([], window=Window(second, second), now=later)
    asked = Window(first, date(2026, 11, 3))
    pd.testing.assert_frame_equal(
        warehouse.coverage([account_key], "campaign", asked),
        pd.DataFrame(
            {
                "account_key": [account_key] * 2,
                "date_day": [first.toordinal(), second.toordinal()],
                "pulled_at": [now, later],
            }
        ),
        check_dtype=False,
    )
    assert warehouse.coverage([account_key], "ad", asked).empty
    assert warehouse.last_complete_day(account_key, "campaign") == second


def test_freshness_names_the_last_error_until_a_pull_succeeds(
    warehouse, account_key, window, pull, now
):
    warehouse.record_pull_failure(
        account_key, "campaign", window, run_id="r0", error="no access", now=now
    )
    (row,) = warehouse.last_pulls([account_key]).to_dict("records")
    assert (row["error"], row["last_day"]) == ("no access", None)
    pull([])
    (row,) = warehouse.last_pulls([account_key]).to_dict("records")
    assert (row["error"], row["last_day"], row["pulled_at"]) == (None, window.end, now)
    assert warehouse.pulls("r0")["state"].tolist() == ["failed"]
    assert warehouse.pulls("run")["state"].tolist() == ["complete"]


def test_performance_gives_days_as_ordinals(warehouse, account_key, window, pull, frame):
    pull([frame(("801", "2026-11-02", {"spend": 1.25, "clicks": 3}))])
    figures = warehouse.performance([account_key], "campaign", window, ["clicks", "spend"])
    assert figures.day.tolist() == [date(2026, 11, 2).toordinal()]
    assert figures.day.dtype == figures.entity_key.dtype == np.int64
    assert {name: values.tolist() for name, values in figures.values.items()} == {
        "clicks": [3.0],
        "spend": [1.25],
    }


def test_more_rows_than_one_statement_or_chunk_takes(pull, stored):
    ids = [f"{i:04}" for i in range(611)]
    days = [f"2026-11-{day:02}" for day in range(1, 21)]
    every = pd.MultiIndex.from_product([ids, days], names=["entity_id", "date_day"])
    page = every.to_frame(index=False).assign(spend=np.arange(len(every)) / 7)
    pull([page])
    pull([page.assign(spend=page["spend"] + 1)])
    expected = dict(zip(every, (np.arange(len(every)) / 7 + 1).tolist(), strict=True))
    assert stored() == expected


row = st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.sampled_from([0.0, 0.1, 7.25]))
pages = st.lists(st.lists(row, max_size=4), max_size=3)
numbers = count()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=st.lists(pages, min_size=1, max_size=3))
def test_what_is_stored_depends_on_the_last_pull_alone(warehouse, now, history):
    """However the pages were cut, and however often each pull was repeated."""
    paged = store(warehouse, now, history)
    assert paged == store(
        warehouse, now, [[[each for page in pulled for each in page]] for pulled in history]
    )
    assert paged == store(warehouse, now, [pulled for pulled in history for _ in range(2)])
    last = {(name, day): spend for page in history[-1] for name, day, spend in page}
    assert {key: spend for key, spend in paged.items() if key in last or spend} == last


def store(warehouse, now, history) -> dict[tuple[str, int], float]:
    """Pull these pages one after the other into an account of their own and read the outcome."""
    window = Window(date(2026, 11, 1), date(2026, 11, 4))
    account = Account("google_ads", str(next(numbers)), "A", "EUR", "UTC")
    key = warehouse.save_account("acme", "main", account, now)
    for pulled in history:
        with warehouse.pull(key, "campaign", window, run_id="r", now=now) as writer:
            for page in pulled:
                frame = pd.DataFrame(page, columns=["entity_id", "date_day", "spend"])
                frame["date_day"] = [f"2026-11-{day:02}" for day in frame["date_day"]]
                writer.add(frame)
    figures = warehouse.performance([key], "campaign", window, ["spend"])
    names = warehouse.entities([key], "campaign").set_index("entity_key")["entity_id"]
    return {
        (names[entity], date.fromordinal(day).day): spend
        for entity, day, spend in zip(
            figures.entity_key.tolist(),
            figures.day.tolist(),
            figures.values["spend"].tolist(),
            strict=True,
        )
    }
