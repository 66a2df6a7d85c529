"""A day's mentions against the days before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.social.volume import DAYS, LEAST_DAYS, upper_poisson, volume

USUAL = [3, 5, 4, 6, 2, 4, 4] * 4


@pytest.mark.parametrize(
    ("count", "mean", "p"),  # summed with 60 decimal digits
    [(0, 3.0, 1.0), (1, 0.5, 3.9346934029e-1), (10, 4.0, 8.1322427969e-3),
     (3, 10.0, 9.9723060428e-1), (100, 20.0, 3.4888786697e-37)],
)  # fmt: skip
def test_the_tail_is_that_of_a_poisson_variable(count, mean, p):
    assert upper_poisson(count, mean) == pytest.approx(p, rel=1e-9, abs=0)


@given(st.integers(1, 200), st.floats(0.01, 150))
def test_the_tail_falls_with_the_count_and_is_a_probability(count, mean):
    assert 0.0 <= upper_poisson(count + 1, mean) <= upper_poisson(count, mean) + 1e-12 <= 1.0 + 1e-9


@pytest.mark.parametrize(("count", "unusual"), [(4, False), (9, False), (15, True), (0, False)])
def test_a_day_is_unusual_if_chance_does_not_make_it(count, unusual):
    found = volume(USUAL, count)
    assert found.unusual is unusual
    assert (found.usual, found.days) == (4.0, 28)
    assert found.times == count / 4


def test_where_counts_come_in_bunches_a_bunch_is_usual():
    bunches = [0, 0, 0, 0, 0, 0, 28] * 4
    assert not volume(bunches, 15).unusual
    assert volume(USUAL, 15).unusual


def test_of_chance_alone_hardly_a_day_is_unusual():
    draw = np.random.default_rng(1)
    days = draw.poisson(4.0, (2000, DAYS + 1))
    assert sum(volume(row[:-1], row[-1]).unusual for row in days) <= 6


def test_a_word_of_which_nobody_spoke_is_told_from_five_mentions_on():
    assert not volume([0] * 28, 2).unusual
    assert volume([0] * 28, 5).unusual
    assert volume([0] * 28, 5).times is None


def test_only_the_last_days_count():
    assert volume([100] * 10 + USUAL, 15) == volume(USUAL, 15)


def test_too_few_known_days_or_an_unknown_day_say_nothing():
    few = [np.nan] * (DAYS - LEAST_DAYS + 1) + [4] * (LEAST_DAYS - 1)
    assert volume(few, 50) is None
    assert volume(USUAL, np.nan) is None
    assert volume([np.nan] * 14 + [4] * 14, 50).days == 14
