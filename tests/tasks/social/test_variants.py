"""Tests of wordings: declared beforehand, decided at the end, and right as often as they say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan

import numpy as np
import pytest

from tasks.social.variants import ALPHA, FIRST, SECOND, Published, decide, known

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
SOON, LATE = START.date(), (START + timedelta(days=400)).date()
LEAST = 10


def run(rates, seed=0, count=2 * LEAST, shown=3000, unequal=0.0):
    """Publish by turns; without `shown` the network tells no impressions, rates are per post.
    `unequal` is the spread of what publications of one wording earn."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(count):
        variant = number % 4 in (1, 2)
        rate = rates[variant] * np.exp(draw.normal(0, unequal) - unequal**2 / 2)
        trials = int(shown * np.exp(draw.normal(0, 0.35))) if shown else nan
        earned = draw.binomial(trials, rate) if shown else draw.poisson(rate)
        made.append(Published(int(variant), START + timedelta(days=number), earned, trials))
    return made


def better(rates, **given):
    found = [decide(run(rates, seed, **given), LEAST, None, LATE) for seed in range(300)]
    return [decision.better for decision in found]


@pytest.mark.parametrize("shown", [3000, 0])
@pytest.mark.parametrize("unequal", [0.0, 0.3, 0.6])
def test_equal_wordings_are_rarely_told_apart(shown, unequal):
    rate = 0.03 if shown else 30
    told = [side for side in better((rate, rate), shown=shown, unequal=unequal) if side is not None]
    assert len(told) <= 300 * ALPHA * 1.6


@pytest.mark.parametrize(("rates", "winner"), [((0.03, 0.021), FIRST), ((0.021, 0.03), SECOND)])
@pytest.mark.parametrize("shown", [3000, 0])
def test_a_difference_that_matters_is_found(rates, winner, shown):
    found = better(rates if shown else tuple(3000 * it for it in rates), shown=shown, unequal=0.2)
    assert found.count(winner) >= 300 * 0.8
    assert found.count(1 - winner) == 0


def test_reach_is_taken_out_where_it_is_known():
    rows = [Published(n % 2, START + timedelta(days=n), 30 * (1 + n % 2), 1000 * (1 + n % 2))
            for n in range(2 * LEAST)]  # fmt: skip
    decision = decide(rows, LEAST, None, LATE)
    assert (decision.better, decision.per_impression) == (None, True)
    assert decision.rates == (0.03, 0.03)
    unknown = [replace(rows[0], impressions=nan), *rows[1:]]
    assert decide(unknown, LEAST, None, LATE).rates == (30.0, 60.0)


def test_before_the_end_nothing_is_said_however_clear_it_looks():
    published = run((0.2, 0.01), count=2 * LEAST - 1)
    assert decide(published, LEAST, None, LATE) is None
    assert decide([], LEAST, SOON, SOON) is None


def test_what_comes_after_the_end_changes_nothing():
    published = run((0.03, 0.024), count=60)
    early = decide(published[: 2 * LEAST], LEAST, None, SOON)
    assert early is not None
    turned = [*published[: 2 * LEAST], *run((0.001, 0.2), count=60)[2 * LEAST :]]
    assert decide(turned, LEAST, None, LATE) == early
    assert decide(turned[::-1], LEAST, None, LATE) == early


def test_what_is_not_known_yet_is_waited_for_and_what_never_will_be_is_not_counted():
    published = run((0.03, 0.02), count=2 * LEAST + 2)
    young = replace(published[3], earned=nan, final=False)
    assert decide([*published[:3], young, *published[4:]], LEAST, None, LATE) is None
    lost = [*published[:3], replace(young, final=True), *published[4:]]
    assert decide(lost, LEAST, None, LATE) == decide(
        [*published[:3], *published[4:]], LEAST, None, LATE
    )
    assert known(lost) == (LEAST, LEAST + 1) or known(lost) == (LEAST + 1, LEAST)


def test_over_without_a_decision():
    published = run((0.2, 0.01), count=6)
    until = published[-1].at.date()
    assert decide(published, LEAST, until, until) is None
    over = decide(published, LEAST, until, until + timedelta(days=1))
    assert (over.better, over.posts) == (None, (3, 3))
    assert isnan(over.p)
    waiting = [*published[:-1], replace(published[-1], earned=nan, final=False)]
    assert decide(waiting, LEAST, until, LATE) is None


def test_publications_after_the_last_day_do_not_count():
    published = run((0.2, 0.01))
    until = published[9].at.date()
    assert decide(published, LEAST, until, LATE).posts == (5, 5)


def test_nothing_at_all_is_no_difference():
    rows = [Published(n % 2, START + timedelta(days=n), 0.0, 1000.0) for n in range(2 * LEAST)]
    decision = decide(rows, LEAST, None, LATE)
    assert (decision.better, decision.p) == (None, pytest.approx(1.0))
