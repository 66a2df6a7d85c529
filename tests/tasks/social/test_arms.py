"""Whose turn it is: neither wording gets the better days, hours or posts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.social.arms import MOST_AHEAD, Turn, next_arm

BERLIN = ZoneInfo("Europe/Berlin")
ARMS = ("plain", "warm")
START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def publish(moments, posts=("a",), test="offer"):
    turns = []
    for number, at in enumerate(moments):
        post = posts[number % len(posts)]
        turns.append(Turn(post, next_arm(test, ARMS, turns, post, at, BERLIN), at))
    return turns


def shares(turns, what):
    """Return by class of turns how many more of one arm than of the other it has."""
    counts = {}
    for turn in turns:
        counts.setdefault(what(turn), Counter())[turn.arm] += 1
    return [abs(it["plain"] - it["warm"]) for it in counts.values()]


def test_weekdays_hours_and_posts_are_balanced():
    draw = np.random.default_rng(1)
    at = [START + timedelta(days=n, hours=int(draw.choice([0, 4, 9]))) for n in range(60)]
    turns = publish(at, posts=("a", "b", "c", "d"))
    for what in (
        lambda it: it.due_at.weekday(),
        lambda it: it.due_at.hour,
        lambda it: it.post,
    ):
        assert max(shares(turns, what)) <= 4
    assert sum(shares(turns, lambda it: it.due_at.weekday())) <= 12  # by chance about 17


@pytest.mark.parametrize("days", [1, 7, 28, 90])
def test_an_evergreen_has_as_many_of_both_whatever_its_rest(days):
    turns = publish([START + timedelta(days=days * n) for n in range(12)])
    assert Counter(it.arm for it in turns) == {"plain": 6, "warm": 6}


@given(
    st.lists(st.integers(0, 24 * 400), min_size=1, max_size=30, unique=True),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3),
)
def test_none_is_ever_more_than_a_little_ahead(hours, posts):
    turns = publish([START + timedelta(hours=it) for it in sorted(hours)], tuple(posts))
    for end in range(len(turns) + 1):
        arms = [it.arm for it in turns[:end]]
        assert abs(arms.count("plain") - arms.count("warm")) <= MOST_AHEAD + 1


def test_the_answer_depends_on_what_was_due_before_alone_and_not_on_its_order():
    turns = publish([START + timedelta(days=n) for n in range(9)])
    at = turns[4].due_at
    assert next_arm("offer", ARMS, turns[::-1], "a", at, BERLIN) == turns[4].arm
    strange = [*turns[:4], Turn("a", "an arm of before", START)]
    assert next_arm("offer", ARMS, strange, "a", at, BERLIN) == turns[4].arm


def test_which_one_begins_is_drawn_from_the_test_s_name():
    firsts = {next_arm(f"test_{n}", ARMS, (), "a", START, BERLIN) for n in range(20)}
    assert firsts == {*ARMS}
