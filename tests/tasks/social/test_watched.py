"""Watched words on the last day: what is known of each, and why of others nothing is."""

from datetime import date, timedelta

import pandas as pd
import pytest

from tasks.social.volume import LEAST_DAYS, volume
from tasks.social.watched import NOT_COUNTED, watched_terms

AS_OF = date(2026, 11, 12)
LAST = AS_OF - timedelta(days=1)
COLUMNS = ("account_key", "term", "date_day", "posts", "why")


def counted(*posts: float | None, term: str = "#trail", why: str = "too many") -> pd.DataFrame:
    """Return days up to the last one, the oldest first."""
    days = [LAST - timedelta(days=ago) for ago in range(len(posts) - 1, -1, -1)]
    rows = [
        (1, term, day, float("nan") if count is None else count, why if count is None else "")
        for day, count in zip(days, posts, strict=True)
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS]).astype({"posts": "float64"})


def judged(frame: pd.DataFrame, term: str = "#Trail"):
    (found,) = watched_terms([term], frame, AS_OF)
    return found


def test_a_day_is_held_against_those_before_it():
    before = [3, 5, 4, 6, 2, 4, 4] * 4
    found = judged(counted(*before, 30))
    assert (found.term, found.day, found.count, found.why) == ("#Trail", LAST, 30.0, "")
    assert found.volume == volume(before, 30)
    assert found.volume.unusual


def test_words_come_in_the_brand_s_order_each_with_its_own_days():
    frame = pd.concat([counted(*[1] * 29), counted(*[9] * 29, term="acme shop")])
    found = watched_terms(["Acme Shop", "#TRAIL"], frame, AS_OF)
    assert [(it.term, it.count) for it in found] == [("Acme Shop", 9.0), ("#TRAIL", 1.0)]
    assert watched_terms([], frame, AS_OF) == ()


@pytest.mark.parametrize(
    ("frame", "count", "why"),
    [
        (counted(), None, NOT_COUNTED),
        (counted(4, 4).iloc[:1], None, NOT_COUNTED),
        (counted(*[4] * 28, None), None, "too many"),
        (counted(4), 4.0, "0 days before it known, 14 are needed"),
        (counted(4, 4), 4.0, "1 day before it known, 14 are needed"),
        (counted(*[None] * 15, *[4] * 13, 9), 9.0, "13 days before it known, 14 are needed"),
    ],
)
def test_what_is_not_known_is_told_with_the_reason_and_is_no_zero(frame, count, why):
    found = judged(frame)
    assert (found.count, found.volume, found.why) == (count, None, why)


def test_days_that_nobody_counted_are_left_out_and_not_taken_for_nothing():
    frame = counted(*[4] * LEAST_DAYS, *[None] * 14, 4)
    assert judged(frame).volume.usual == 4.0
    gaps = frame[frame["posts"].notna()]
    assert judged(gaps) == judged(frame)
