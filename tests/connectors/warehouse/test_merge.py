"""What a pull changes, as laws over any stored and any pulled figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.warehouse.figures import Figures
from connectors.warehouse.merge import merge

METRICS = ("spend", "clicks")
NOTHING_KNOWN = np.empty(0, np.int64)

keys = st.tuples(st.integers(1, 4), st.integers(100, 104))
values = st.tuples(*[st.sampled_from([0.0, 1.0, 2.5, float("nan")])] * 2)
tables = st.dictionaries(keys, values, max_size=12)


def figures(rows) -> Figures:
    """Make figures of ((entity, day), (spend, clicks)) in the order given."""
    rows = [*rows]
    columns = np.array([values for _, values in rows], float).reshape(-1, 2).T
    pairs = np.array([key for key, _ in rows], np.int64).reshape(-1, 2).T
    return Figures(pairs[0], pairs[1], dict(zip(METRICS, columns, strict=True)))


def table(found: Figures) -> dict:
    columns = np.array([found.values[name] for name in METRICS]).T
    return dict(
        zip(
            zip(found.entity_key.tolist(), found.day.tolist(), strict=True),
            map(tuple, columns.tolist()),
            strict=True,
        )
    )


def same(left: dict, right: dict) -> bool:
    return left.keys() == right.keys() and all(
        np.array_equal(left[key], right[key], equal_nan=True) for key in left
    )


@given(tables, tables, st.randoms(use_true_random=False))
def test_afterwards_the_warehouse_is_the_pull_and_zero_elsewhere(before, pulled, random):
    shuffled = [*pulled.items()]
    random.shuffle(shuffled)
    changes = merge(figures(before.items()), figures(shuffled), NOTHING_KNOWN)
    after = before | table(changes.rows)
    zeroed = {
        key: tuple(value if np.isnan(value) else 0.0 for value in row)
        for key, row in before.items()
    }
    assert same(after, zeroed | pulled)


@given(tables, tables)
def test_the_same_pull_again_changes_nothing(before, pulled):
    first = merge(figures(before.items()), figures(pulled.items()), NOTHING_KNOWN)
    after = figures((before | table(first.rows)).items())
    again = merge(after, figures(pulled.items()), NOTHING_KNOWN)
    assert (len(again.rows), len(again.revisions)) == (0, 0)


@given(tables, tables)
def test_revisions_are_exactly_the_differences(before, pulled):
    changes = merge(figures(before.items()), figures(pulled.items()), NOTHING_KNOWN)
    after = table(changes.rows)
    expected = {
        (*key, metric): (old, new)
        for key, row in before.items()
        if key in after
        for metric, old, new in zip(METRICS, row, after[key], strict=True)
        if not np.array_equal(old, new, equal_nan=True)
    }
    found = changes.revisions
    listed = {
        (entity, day, METRICS[metric]): (old, new)
        for entity, day, metric, old, new in zip(
            found.entity_key.tolist(),
            found.day.tolist(),
            found.metric.tolist(),
            found.old.tolist(),
            found.new.tolist(),
            strict=True,
        )
    }
    assert len(found) == len(listed)
    assert same(listed, expected)


@given(tables, st.lists(st.tuples(keys, values), max_size=12))
def test_of_a_key_that_comes_twice_the_last_counts(before, rows):
    twice = merge(figures(before.items()), figures(rows), NOTHING_KNOWN)
    once = merge(figures(before.items()), figures(dict(rows).items()), NOTHING_KNOWN)
    assert same(table(twice.rows), table(once.rows))
    assert len(twice.revisions) == len(once.revisions)


def test_rows_come_in_the_order_of_the_key():
    rows = merge(
        figures([]),
        figures([((2, 100), (1, 1)), ((1, 101), (1, 1)), ((1, 100), (1, 1))]),
        NOTHING_KNOWN,
    ).rows
    assert [*zip(rows.entity_key, rows.day, strict=True)] == [(1, 100), (1, 101), (2, 100)]


@pytest.mark.parametrize(("known", "revised"), [([100], 1), ([99], 0)])
def test_a_late_row_was_zero_if_its_day_was_known(known, revised):
    changes = merge(figures([]), figures([((1, 100), (3.0, float("nan")))]), np.array(known))
    assert changes.revisions.old.tolist() == [0.0] * revised
    assert changes.revisions.new.tolist() == [3.0] * revised


def test_a_metric_that_was_not_pulled_stays():
    before = figures([((1, 100), (3.0, 4.0))])
    pulled = Figures(before.entity_key, before.day, {"spend": np.array([5.0])})
    assert table(merge(before, pulled, NOTHING_KNOWN).rows) == {(1, 100): (5.0, 4.0)}


def test_breakdowns_are_different_rows():
    one = Figures(
        np.array([1, 1]),
        np.array([100, 100]),
        {"spend": np.array([1.0, 2.0])},
        np.array(["age=18-24", "age=25-34"], dtype=object),
    )
    other = Figures(np.array([1]), np.array([100]), {"spend": np.array([2.0])}, one.breakdown[1:])
    changes = merge(one, other, NOTHING_KNOWN)
    assert changes.rows.breakdown.tolist() == ["age=18-24"]
    assert changes.rows.values["spend"].tolist() == [0.0]
    assert changes.revisions.breakdown.tolist() == ["age=18-24"]
