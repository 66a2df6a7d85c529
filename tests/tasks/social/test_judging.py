"""Each post against the brand's own at the same age."""

from datetime import UTC, datetime, timedelta
from math import exp

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.social.judging import BEFORE, COLUMNS, FIGURES, LEAST, at_ages, judge

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
EMPTY = pd.DataFrame(columns=["account_key", "post_id", "published_at", "taken_at", "age_hours",
                              *FIGURES])  # fmt: skip


def snapshots(*rows, account=1):
    """Rows: post, days after START, age in hours, impressions."""
    made = [
        {
            "account_key": account,
            "post_id": post,
            "published_at": START + timedelta(days=day),
            "taken_at": START + timedelta(days=day, hours=age),
            "age_hours": age,
            **dict.fromkeys(FIGURES, np.nan),
            "impressions": value,
        }
        for post, day, age, value in rows
    ]
    return pd.DataFrame(made, columns=EMPTY.columns).astype(dict.fromkeys(FIGURES, "float64"))


def read(*rows, ages=(24.0, 48.0)):
    return at_ages(snapshots(*rows), ages, ["impressions"])[1]["impressions"].tolist()


def alike(values, last, day_of_last=None, age=48.0):
    rows = [(f"p{n}", n, age, value) for n, value in enumerate(values)]
    rows.append(("last", day_of_last or len(values), age, last))
    judged = judge(snapshots(*rows), [age], ["impressions"])
    return judged[judged["post_id"] == "last"].iloc[0]


USUAL = [90, 100, 110, 95, 105, 100, 120, 80]


def test_a_reading_at_the_age_is_taken_as_it_is():
    assert read(("a", 0, 24.0, 10), ("a", 0, 48.0, 30)) == [[10, 30]]


def test_between_two_readings_it_is_between_them():
    ((value, later),) = read(("a", 0, 12.0, 10), ("a", 0, 40.0, 30))
    assert 10 < value < 30
    assert np.isnan(later)


@pytest.mark.parametrize("age", [25.0, 23.0])
def test_before_the_first_and_after_the_last_reading_nothing_is_known(age):
    assert np.isnan(read(("a", 0, age, 10), ages=(24.0,))[0][0])


def test_a_neighbours_readings_are_not_taken():
    found = read(("a", 0, 12.0, 10), ("b", 1, 60.0, 99), ages=(24.0,))
    assert np.isnan(found).all()


def test_an_unknown_reading_is_as_if_it_were_not_there():
    with_hole = read(("a", 0, 12.0, 10), ("a", 0, 24.0, np.nan), ("a", 0, 48.0, 30))
    assert with_hole == read(("a", 0, 12.0, 10), ("a", 0, 48.0, 30))
    assert with_hole[0][0] > 0


def test_what_was_taken_back_does_not_lower_a_figure():
    assert read(("a", 0, 20.0, 30), ("a", 0, 40.0, 20), ("a", 0, 60.0, 25)) == [[30, 30]]


def test_a_figure_that_grows_ever_more_slowly_is_met_within_two_percent():
    rows = [("a", 0, age, 1000 * (1 - exp(-age / 14))) for age in (17.0, 41.0, 65.0)]
    ((value,),) = read(*rows, ages=(48.0,))
    assert value == pytest.approx(1000 * (1 - exp(-48 / 14)), rel=0.02)


readings = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.just(0), st.floats(0.1, 200), st.floats(0, 1e6) | st.just(np.nan)
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=30)
@given(readings, st.randoms())
def test_a_figure_never_falls_with_age_stays_within_the_readings_and_needs_no_order(rows, random):
    ages = (1.0, 5.0, 24.0, 48.0, 150.0)
    rows = list({(row[0], row[2]): row for row in rows}.values())
    grid = np.array(read(*rows, ages=ages))
    shuffled = random.sample(rows, len(rows))
    np.testing.assert_array_equal(grid, np.array(read(*shuffled, ages=ages)))
    for line, post in zip(grid, sorted({row[0] for row in rows}), strict=True):
        known = line[~np.isnan(line)]
        mine = [row for row in rows if row[0] == post and not np.isnan(row[3])]
        for age, value in zip(ages, line, strict=True):
            inside = mine and min(r[2] for r in mine) <= age <= max(r[2] for r in mine)
            assert np.isnan(value) != bool(inside)
        assert (np.diff(known) >= -1e-6).all()
        if len(known):
            values = [row[3] for row in mine]
            assert min(values) - 1e-6 <= known[0] <= known[-1] <= max(values) + 1e-6


def test_a_post_says_how_many_times_the_median_it_has_its_rank_and_how_far_away_it_lies():
    found = alike(USUAL, 300)
    assert found["verdict"] == "above"
    assert found["median"] == pytest.approx(100, rel=0.01)
    assert found["times"] == pytest.approx(3, rel=0.01)
    assert (found["rank"], found["sample"]) == (1, 8)
    assert found["z"] > 5


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(100, "usual"), (130, "usual"), (60, "usual"), (20, "below"), (0, "below")],
)
def test_a_verdict_needs_both_many_spreads_and_many_times(value, verdict):
    assert alike(USUAL, value)["verdict"] == verdict


def test_fewer_posts_than_enough_are_unknown_and_not_usual():
    found = alike(USUAL[: LEAST - 1], 300)
    assert found["verdict"] == "unknown"
    assert np.isnan(found["times"])
    assert found["sample"] == LEAST - 1


def test_only_earlier_posts_of_the_last_days_count():
    assert alike(USUAL, 300, day_of_last=BEFORE.days)["sample"] == 8
    assert alike(USUAL, 300, day_of_last=BEFORE.days + 3)["sample"] == 5


def test_other_accounts_do_not_count():
    mine = [(f"p{n}", n, 48.0, value) for n, value in enumerate(USUAL)]
    theirs = snapshots(("theirs", 50, 48.0, 5), account=2)
    both = pd.concat([snapshots(*mine), theirs], ignore_index=True)
    judged = judge(both, [48.0], ["impressions"]).set_index("post_id")
    assert judged.loc["theirs", ["sample", "verdict"]].tolist() == [0, "unknown"]


def test_usually_nothing_and_now_something():
    found = alike([0] * 8, 5)
    assert found["verdict"] == "above"
    assert np.isnan(found["times"])


def test_what_is_not_known_has_no_row():
    judged = judge(snapshots(("a", 0, 48.0, 10)), [24.0, 48.0])
    assert judged[["figure", "age_hours"]].to_numpy().tolist() == [["impressions", 48.0]]


def test_without_snapshots_there_is_nothing_to_judge():
    nothing = judge(snapshots())
    assert len(nothing) == 0
    assert list(nothing.columns) == COLUMNS


@settings(max_examples=10)
@given(st.lists(st.integers(1, 10_000), min_size=9, max_size=20), st.integers(2, 50))
def test_units_do_not_matter_to_times_and_rank(values, factor):
    one = alike(values[:-1], values[-1])
    other = alike([value * factor for value in values[:-1]], values[-1] * factor)
    assert one["rank"] == other["rank"]
    assert one["times"] == pytest.approx(other["times"], rel=1e-9)
