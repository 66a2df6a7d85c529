"""Tests of texts: declared beforehand, decided at the end, and right as often as they say."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from tasks.social.variants import FIRST, SECOND, Published, TextTest, decide, variant_of

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
TEST = TextTest(
    "offer", base=0.03, least_difference=0.3, first=START.date(), last=date(2026, 12, 1)
)
LONG_AFTER = date(2027, 1, 1)


def run(rates, seed=0, count=40, shown=1000, unequal=0.0, accounts=(1.0,)):
    """Publish alternately; `unequal` is the spread of what one text's publications earn."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(count):
        for account, factor in enumerate(accounts):
            variant = variant_of(number, account)
            trials = int(shown * np.exp(draw.normal(0, 0.35)))
            rate = rates[variant] * factor * np.exp(draw.normal(0, unequal) - unequal**2 / 2)
            at = START + timedelta(days=number)
            made.append(Published(variant, account, at, draw.binomial(trials, rate), trials))
    return made


def better(rates, **given):
    found = [decide(TEST, run(rates, seed, **given), LONG_AFTER) for seed in range(200)]
    return [decision.better for decision in found]


def test_texts_come_by_turns_and_who_is_first_too():
    assert [variant_of(number) for number in range(8)] == [0, 1, 1, 0, 0, 1, 1, 0]
    assert [variant_of(number, 1) for number in range(4)] == [1, 0, 0, 1]


def test_the_sample_is_fixed_by_what_was_declared():
    assert TEST.sample == pytest.approx(4815 * 1.5, abs=1)
    with pytest.raises(ValueError, match="cannot tell a rate"):
        _ = TextTest("none", 0.03, 0.0, START.date(), LONG_AFTER).sample


def test_equal_texts_are_rarely_told_apart():
    told = [side for side in better((0.03, 0.03)) if side is not None]
    assert len(told) <= 200 * 0.05 * 1.8


def test_posts_that_differ_by_themselves_do_not_make_a_text_better():
    told = [side for side in better((0.03, 0.03), unequal=0.3) if side is not None]
    assert len(told) <= 200 * 0.05 * 1.8


@pytest.mark.parametrize(("rates", "winner"), [((0.03, 0.021), FIRST), ((0.021, 0.03), SECOND)])
def test_a_difference_that_matters_is_found_about_as_often_as_declared(rates, winner):
    found = better(rates)
    assert found.count(winner) >= 200 * 0.8
    assert found.count(1 - winner) == 0


def test_before_the_end_nothing_is_said_however_clear_it_looks():
    published = run((0.08, 0.01), count=40)
    few = [it for it in published if it.at < START + timedelta(days=6)]
    assert decide(TEST, few, date(2026, 9, 10)) is None
    assert decide(TEST, [], TEST.last) is None


def test_what_comes_after_the_end_changes_nothing():
    published = run((0.03, 0.024))
    early = decide(TEST, published[:20], TEST.last)
    assert early is not None
    assert early == decide(TEST, published, LONG_AFTER)
    turned = [*published[:20], *run((0.001, 0.2), count=40)[20:]]
    assert early == decide(TEST, turned, LONG_AFTER)


def test_what_is_not_known_yet_is_waited_for():
    published = run((0.03, 0.02))
    published[3] = Published(published[3].variant, 0, published[3].at, np.nan, np.nan)
    assert decide(TEST, published, TEST.last) is None
    over = decide(TEST, published, LONG_AFTER)
    assert over.better is None
    assert "over without a decision" in over.reason


def test_a_test_that_never_gets_its_sample_ends_without_a_decision():
    over = decide(TEST, run((0.08, 0.01), count=4), TEST.last + timedelta(days=1))
    assert over.better is None
    assert over.trials[0] > 0


def test_an_account_with_a_better_rate_that_shows_one_text_more_proves_nothing():
    rows = []
    for number in range(40):
        good_account = number % 4 != 3
        variant = number % 2 if good_account else SECOND
        weight = 3 if variant == FIRST and good_account else 1
        rate = 0.06 if good_account else 0.01
        at = START + timedelta(days=number)
        rows.append(Published(variant, int(good_account), at, 1000 * weight * rate, 1000 * weight))
    decision = decide(TEST, rows, LONG_AFTER)
    assert decision.rates[FIRST] > decision.rates[SECOND]
    assert decision.better is None


def test_accounts_with_different_rates_find_the_better_text_together():
    found = better((0.03, 0.02), accounts=(0.5, 2.0), count=20)
    assert found.count(FIRST) >= 200 * 0.7


def test_nothing_at_all_or_everything_is_no_difference():
    for won in (0.0, 1000.0):
        rows = [
            Published(variant_of(n), 1, START + timedelta(days=n), won, 1000) for n in range(20)
        ]
        assert decide(TEST, rows, LONG_AFTER).better is None
