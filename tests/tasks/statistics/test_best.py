"""The chance to be the best: as large as it turns out, and never small for lack of conversions."""

from math import erfc, sqrt

import numpy as np
import pytest

from tasks.statistics.best import SPREADS, USUAL, Counts, chances, dispersion, spreads

ALIKE, APART = np.eye(len(SPREADS))[[0, -1]]
BEFOREHAND = np.exp(-0.5 * (SPREADS / USUAL) ** 2)
BEFOREHAND /= BEFOREHAND.sum()


def counts(impressions, clicks, conversions):
    return Counts(*(np.array(each, dtype=float) for each in (impressions, clicks, conversions)))


def test_nothing_seen_leaves_every_ad_the_same_chance():
    found = chances(counts([0, 0, 0], [0, 0, 0], [0, 0, 0]), BEFOREHAND, 1.0, seed=1)
    assert found == pytest.approx(np.full(3, 1 / 3), abs=0.02)
    assert found.sum() == pytest.approx(1)


def test_many_conversions_speak_for_themselves():
    # Far apart beforehand, so that nearly only the counts say something: the difference of two
    # logarithms of Poisson counts is about normal.
    seen = counts([1e6, 1e6], [50_000, 50_000], [400, 430])
    z = np.log(430 / 400) / sqrt(1 / 400 + 1 / 430 + 2 / 50_000)
    found = chances(seen, APART, 1.0, seed=1)
    assert found[0] == pytest.approx(0.5 * erfc(z / sqrt(2)), abs=0.02)


def test_clicks_decide_where_ads_are_known_to_convert_alike():
    seen = counts([10_000, 10_000], [500, 420], [20, 24])
    assert chances(seen, ALIKE, 1.0, seed=1)[1] < 0.1
    assert chances(seen, APART, 1.0, seed=1)[1] > 0.3


@pytest.mark.parametrize("conversions", [(0, 0), (1, 0), (2, 2)])
def test_few_conversions_do_not_make_ads_alike(conversions):
    seen = counts([10_000, 10_000], [500, 420], conversions)
    assert chances(seen, BEFOREHAND, 1.0, seed=1)[1] > 0.05


def test_conversions_that_come_in_bunches_say_less():
    seen = counts([1e5, 1e5], [5_000, 5_000], [200, 260])
    plain, bunched = (chances(seen, APART, by, seed=1)[0] for by in (1.0, 4.0))
    assert plain < 0.01 < 0.05 < bunched


def test_a_small_chance_is_as_small_as_it_says():
    """Of many ads in groups of any spread those below 2 % are the best no more often; and there
    are many."""
    draw, said, best = np.random.default_rng(5), [], []
    for spread in draw.choice(SPREADS, 150, p=BEFOREHAND):
        clicks = draw.integers(200, 4_000) * draw.uniform(0.7, 1.3, 3)
        rates = draw.gamma(spread**-2, size=3) * spread**2
        came = draw.poisson(0.04 * clicks * rates).astype(float)
        likely = spreads(np.zeros(3, dtype=int), clicks, came)
        said.append(chances(counts(np.full(3, 40_000), clicks, came), likely, 1.0, seed=1))
        best.append(np.arange(3) == np.argmax(rates * clicks))
    said, best = np.concatenate(said), np.concatenate(best)
    small, middle = said < 0.02, (said > 0.05) & (said < 0.5)
    assert small.sum() > 60
    assert best[small].mean() <= 0.02
    assert best[middle].mean() == pytest.approx(said[middle].mean(), abs=0.08)


def accounts(spread, groups=60, size=3, clicks=4_000, seed=3):
    """An account whose ads convert 3 % of their clicks, give or take the spread."""
    draw = np.random.default_rng(seed)
    of = np.repeat(np.arange(groups), size)
    level = np.repeat(draw.uniform(0.02, 0.05, groups), size)
    rates = level * draw.gamma(spread**-2, size=len(of)) * spread**2
    tried = np.full(len(of), float(clicks))
    return of, tried, draw.poisson(rates * tried).astype(float)


@pytest.mark.parametrize("spread", [0.1, 0.2, 0.4])
def test_the_spread_is_found_within_groups(spread):
    likely = spreads(*accounts(spread))
    assert likely @ SPREADS == pytest.approx(spread, abs=0.07)
    assert likely.sum() == pytest.approx(1)


def test_ads_that_chance_explains_are_close():
    likely = spreads(*accounts(1e-3))
    assert likely[0] > 0.9


@pytest.mark.parametrize(
    "seen",
    [
        ([0, 1, 2], [500, 500, 500], [5, 50, 500]),  # alone in their groups
        ([0, 0, 1, 1], [500, 300, 0, 0], [0, 0, 0, 0]),
        ([], [], []),
    ],
)
def test_what_says_nothing_of_the_spread_leaves_it_as_it_was_beforehand(seen):
    groups, clicks, conversions = seen
    likely = spreads(np.array(groups, dtype=int), *np.array([clicks, conversions], dtype=float))
    assert likely == pytest.approx(BEFOREHAND)


def test_single_conversions_are_not_taken_for_a_spread():
    likely = spreads(*accounts(1e-3, groups=200, clicks=30))
    assert likely @ SPREADS < BEFOREHAND @ SPREADS + 0.05


@pytest.mark.parametrize(("each", "found"), [(1, 1.0), (2, 2.0), (5, 5.0)])
def test_a_click_that_counts_several_times_is_seen(each, found):
    draw = np.random.default_rng(2)
    clicks = draw.integers(40, 80, (3, 120)).astype(float)
    came = draw.poisson(clicks * 0.03 * np.array([[0.8], [1.0], [1.2]])) * each
    assert dispersion(clicks, came.astype(float)) == pytest.approx(found, rel=0.15)


def test_what_all_ads_of_a_day_have_in_common_is_no_dispersion():
    draw = np.random.default_rng(2)
    clicks = np.full((3, 120), 60.0)
    day = draw.uniform(0.2, 2.0, 120)
    came = draw.poisson(clicks * 0.1 * day).astype(float)
    assert dispersion(clicks, came) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("shape", [(1, 30), (3, 1), (3, 0)])
def test_one_ad_or_one_day_shows_no_dispersion(shape):
    assert dispersion(np.full(shape, 50.0), np.full(shape, 3.0)) == 1.0


def test_even_conversions_count_as_no_surer_than_chance():
    assert dispersion(np.full((3, 30), 50.0), np.full((3, 30), 3.0)) == 1.0
