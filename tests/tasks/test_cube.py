from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Window
from tasks.cube import build_cube, by_account


def total(cube, as_of, metric, first_ago, last_ago, row=0):
    start, end = (type(as_of).fromordinal(as_of.toordinal() - ago) for ago in (first_ago, last_ago))
    return cube.window_sum(metric, start, end)[row]


def test_a_window_sums_its_days_and_no_others(market, as_of):
    cube = market([(1, ago, {"spend": float(ago)}) for ago in range(1, 11)]).cube()
    assert total(cube, as_of, "spend", 3, 2) == 5.0


def test_no_row_on_a_pulled_day_is_zero(market, as_of):
    assert total(market().cube(), as_of, "spend", 7, 1) == 0.0


def test_a_day_that_was_not_pulled_is_unknown(market, as_of):
    cube = market(not_pulled=[(1, 3)]).cube()
    assert np.isnan(total(cube, as_of, "spend", 7, 1))


def test_figures_of_a_day_without_a_complete_pull_are_not_believed(market, as_of):
    cube = market([(1, 3, {"spend": 5.0})], not_pulled=[(1, 3)]).cube()
    assert np.isnan(total(cube, as_of, "spend", 3, 3))


def test_a_gap_harms_no_window_without_it(market, as_of):
    cube = market([(1, 1, {"spend": 5.0})], not_pulled=[(1, 3)]).cube()
    assert total(cube, as_of, "spend", 2, 1) == 5.0


def test_a_gap_of_one_account_harms_no_other(market, as_of):
    cube = market(campaigns=[{}, {"account_key": 2}], accounts=(1, 2), not_pulled=[(1, 3)]).cube()
    assert np.isnan(total(cube, as_of, "spend", 7, 1, row=0))
    assert total(cube, as_of, "spend", 7, 1, row=1) == 0.0


def test_days_that_were_not_loaded_are_unknown(market, as_of):
    assert np.isnan(total(market(history=5).cube(), as_of, "spend", 6, 1))


def test_nothing_is_left_of_fractions_that_are_over(market, as_of):
    # a difference of running totals would leave 0.1 + 0.2 - 0.3 = 5.6e-17 here
    days = [
        (1, 10, {"conversions": 0.1}),
        (1, 9, {"conversions": 0.2}),
        (1, 8, {"conversions": 0.3}),
    ]
    assert total(market(days).cube(), as_of, "conversions", 7, 1) == 0.0


def test_an_unknown_figure_makes_its_window_unknown(market, as_of):
    cube = market([(1, 2, {"spend": np.nan}), (1, 1, {"spend": 4.0})]).cube()
    assert np.isnan(total(cube, as_of, "spend", 2, 1))


def test_rows_of_other_entities_and_days_are_left_out(market, as_of):
    days = [(1, 1, {"spend": 4.0}), (99, 1, {"spend": 8.0}), (1, 500, {"spend": 16.0})]
    assert market(days).cube().values["spend"].sum() == 4.0


def test_a_weighted_metric_is_the_weighted_mean(market, as_of):
    days = [
        (1, 2, {"impressions": 100.0, "share": 0.9}),
        (1, 1, {"impressions": 300.0, "share": 0.1}),
    ]
    assert total(market(days).cube(), as_of, "share", 7, 1) == pytest.approx(0.3)


def test_days_on_which_a_weighted_metric_does_not_apply_do_not_count(market, as_of):
    days = [
        (1, 2, {"impressions": 100.0, "share": 0.9}),
        (1, 1, {"impressions": 300.0, "share": np.nan}),
    ]
    assert total(market(days).cube(), as_of, "share", 7, 1) == pytest.approx(0.9)


def test_a_weighted_metric_that_applies_on_no_day_is_unknown(market, as_of):
    cube = market([(1, 1, {"impressions": 300.0})]).cube()
    assert np.isnan(total(cube, as_of, "share", 7, 1))


def test_a_weighted_metric_is_unknown_where_a_day_was_not_pulled(market, as_of):
    days = [(1, 1, {"impressions": 300.0, "share": 0.5})]
    cube = market(days, not_pulled=[(1, 4)]).cube()
    assert np.isnan(total(cube, as_of, "share", 7, 1))


def test_an_account_weighs_its_campaigns(market, as_of, ago):
    days = [
        (1, 1, {"impressions": 100.0, "share": 0.9}),
        (2, 1, {"impressions": 300.0, "share": 0.1}),
    ]
    cube = market(days, campaigns=[{}, {}]).cube()
    assert cube.account_sum("share", ago(1), ago(1)) == pytest.approx([0.3])
    assert cube.account_sum("impressions", ago(1), ago(1)).tolist() == [400.0]


def test_whole_accounts_have_the_sums_of_their_campaigns(market, as_of, ago):
    made = market(
        [
            (key, 1, {"spend": float(key), "impressions": 1.0, "share": key / 10})
            for key in (1, 2, 3)
        ],
        campaigns=[{"account_key": 2}, {}, {"account_key": 2}],
        accounts=(1, 2, 3),
        not_pulled=[(3, 1)],
    )
    whole = by_account(made.cube(), made.accounts_frame())
    np.testing.assert_array_equal(whole.window_sum("spend", ago(1), ago(1)), [2.0, 4.0, np.nan])
    np.testing.assert_allclose(whole.window_sum("share", ago(1), ago(1)), [0.2, 0.2, np.nan])


def test_an_account_that_the_cube_does_not_know_is_unknown(market, ago):
    made = market()
    accounts = pd.DataFrame({"account_key": [7]})
    assert np.isnan(by_account(made.cube(), accounts).window_sum("spend", ago(1), ago(1))[0])


@pytest.mark.parametrize(
    ("not_pulled", "behind"),
    [
        ([], 0),
        ([(1, 1)], 1),
        ([(1, 1), (1, 2)], 2),
        ([(1, 2)], 0),
        ([(1, d) for d in range(61)], np.inf),
    ],
)
def test_how_far_an_account_is_behind(market, as_of, not_pulled, behind):
    assert market(not_pulled=not_pulled).cube().days_behind(as_of)[0] == behind


def test_days_may_have_gaps(ago):
    days = np.array([ago(9).toordinal(), ago(8).toordinal(), ago(1).toordinal()])
    figures = SimpleNamespace(
        entity_key=np.ones(3, dtype=np.int64), day=days, values={"spend": np.array([1.0, 2.0, 4.0])}
    )
    entities = pd.DataFrame({"entity_key": [1], "account_key": [1]})
    coverage = pd.DataFrame({"account_key": 1, "date_day": days})
    cube = build_cube(entities, figures, coverage, days)
    assert cube.window_sum("spend", ago(9), ago(8))[0] == 3.0
    assert np.isnan(cube.window_sum("spend", ago(8), ago(7))[0])
    assert not cube.is_covered(Window(ago(8), ago(7)))[0]


def test_no_entities_and_no_rows_make_an_empty_cube(ago):
    nothing = np.array([], dtype=np.int64)
    figures = SimpleNamespace(
        entity_key=nothing, day=nothing, values={"spend": nothing.astype(float)}
    )
    entities = pd.DataFrame({"entity_key": nothing, "account_key": nothing})
    coverage = pd.DataFrame({"account_key": nothing, "date_day": nothing})
    cube = build_cube(entities, figures, coverage, np.array([ago(1).toordinal()]))
    assert cube.window_sum("spend", ago(1), ago(1)).tolist() == []


CELLS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 10), st.integers(0, 1000), st.integers(0, 50)),
    max_size=30,
)


@settings(max_examples=30, deadline=None)
@given(CELLS, st.randoms(use_true_random=False))
def test_rows_in_any_order_and_any_portions_give_the_same(market, ago, cells, chance):
    rows = [(key, day, {"impressions": n, "spend": m}) for key, day, n, m in cells]
    parts = [
        part
        for key, day, row in rows
        for part in (
            (key, day, {"impressions": row["impressions"] - 1, "spend": 0.0}),
            (key, day, {"impressions": 1, "spend": row["spend"]}),
        )
    ]
    chance.shuffle(parts)
    campaigns = [{}, {}, {}]
    whole, split = market(rows, campaigns).cube(), market(parts, campaigns).cube()
    for metric in ("impressions", "spend"):
        expected = whole.window_sum(metric, ago(7), ago(1))
        np.testing.assert_allclose(split.window_sum(metric, ago(7), ago(1)), expected)


@settings(max_examples=30, deadline=None)
@given(CELLS)
def test_entities_in_any_order_have_the_same_figures(market, ago, cells):
    rows = [(key, day, {"spend": float(n)}) for key, day, n, _ in cells]
    made = market(rows, [{}, {}, {}])
    turned = market(rows, [{"entity_key": 3}, {"entity_key": 1}, {"entity_key": 2}])
    expected = made.cube().window_sum("spend", ago(7), ago(1))
    np.testing.assert_array_equal(
        turned.cube().window_sum("spend", ago(7), ago(1)), expected[[2, 0, 1]]
    )
