"""An account's last week beside the one before: local days, and unknown is never zero."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from tasks.social.judging import FIGURES
from tasks.social.week import Heard, objectives_of, weeks

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = date(2026, 11, 11)  # a Wednesday; the last week is 2 to 8 November
MONDAY = datetime(2026, 11, 1, 23, tzinfo=UTC)  # midnight in Berlin
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def readings(*posts, **untold):
    """Return snapshots of posts given as (published, {moment: reactions})."""
    rows = [
        {
            "account_key": 1, "post_id": f"p{number}", "published_at": at, "taken_at": taken,
            "age_hours": (taken - at) / HOUR, **dict.fromkeys(FIGURES, np.nan), "reactions": value,
        }
        for number, (at, read) in enumerate(posts)
        for taken, value in read.items()
    ]  # fmt: skip
    names = ["account_key", "post_id", "published_at", "taken_at", "age_hours", *FIGURES]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("published_at", "taken_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype(dict.fromkeys(FIGURES, "float64"))


def heard(snapshots=None, followers=(), answers=(), **changes):
    given = pd.DataFrame(answers, columns=["at", "answered_at"])
    made = Heard(
        snapshots=readings() if snapshots is None else snapshots,
        objectives={},
        followers=pd.DataFrame(followers, columns=["day", "followers"]),
        answers=given.assign(**{name: pd.to_datetime(given[name], utc=True) for name in given}),
        answers_until=MONDAY + 9 * DAY,
        answer_hours=24,
    )
    return replace(made, **changes)


def last(made, as_of=AS_OF):
    return weeks(made, BERLIN, as_of).last


@pytest.mark.parametrize(
    ("as_of", "first"),
    [(AS_OF, date(2026, 11, 2)), (date(2026, 11, 9), date(2026, 11, 2)),
     (date(2026, 11, 8), date(2026, 10, 26))],
)  # fmt: skip
def test_the_last_week_is_the_one_that_was_over_before_the_day(as_of, first):
    assert weeks(heard(), BERLIN, as_of).first == first


def test_posts_are_counted_on_local_days_by_their_objective():
    soon = {MONDAY + 8 * DAY: 1.0}
    told = readings(
        (MONDAY - HOUR / 60, soon), (MONDAY, soon), (MONDAY + DAY, soon), (MONDAY + 7 * DAY, soon)
    )
    made = heard(told, objectives={"p1": "trust", "p0": "traffic"})
    both = weeks(made, BERLIN, AS_OF)
    assert (both.last.posts, both.last.objectives) == (2, {"trust": 1, "": 1})
    assert both.before.objectives == {"traffic": 1}


def test_what_old_posts_earn_in_a_week_counts_and_what_they_earned_before_does_not():
    week = {MONDAY - DAY: 10.0, MONDAY + DAY: 30.0, MONDAY + 6 * DAY: 40.0, MONDAY + 8 * DAY: 44.0}
    assert last(heard(readings((MONDAY - 9 * DAY, week)))).earned["reactions"] == pytest.approx(
        42 - 20
    )


def test_a_post_of_the_week_begins_at_nothing():
    made = readings((MONDAY + DAY, {MONDAY + 2 * DAY: 10.0, MONDAY + 8 * DAY: 16.0}))
    assert last(heard(made)).earned["reactions"] == pytest.approx(15.0)
    late = readings((MONDAY + 6.5 * DAY, {MONDAY + 7.5 * DAY: 10.0}))  # read on Monday for once
    assert last(heard(late)).earned["reactions"] == pytest.approx(5.0)


def test_what_nobody_read_is_unknown_and_said_and_not_zero():
    known = (MONDAY + DAY, {MONDAY + 2 * DAY: 10.0, MONDAY + 8 * DAY: 10.0})
    gone = (MONDAY + DAY, {MONDAY + 2 * DAY: 10.0})
    met_late = (MONDAY - 30 * DAY, {MONDAY + DAY: 100.0, MONDAY + 8 * DAY: 110.0})
    made = last(heard(readings(known, gone, met_late)))
    assert made.earned["reactions"] == pytest.approx(10.0)
    assert made.lacking == {"reactions": 2}
    nothing = last(heard(readings(gone)))
    assert (nothing.earned["reactions"], nothing.lacking) == (None, {})
    assert nothing.posts == 1


def test_figures_that_a_network_does_not_tell_are_unknown():
    made = last(heard(readings((MONDAY + DAY, {MONDAY + 2 * DAY: 1.0, MONDAY + 8 * DAY: 1.0}))))
    assert made.earned["clicks"] is None
    assert made.earned["impressions"] is None


def test_a_reaction_that_was_taken_back_is_no_loss():
    made = readings((MONDAY - 9 * DAY, {MONDAY: 9.0, MONDAY + 7 * DAY: 8.0}))
    assert last(heard(made)).earned["reactions"] == 0.0


@pytest.mark.parametrize(
    ("counts", "gained"),
    [
        ([(date(2026, 11, 1), 100.0), (date(2026, 11, 8), 90.0)], -10.0),
        ([(date(2026, 11, 2), 100.0), (date(2026, 11, 8), 90.0)], None),
        ([], None),
    ],
)
def test_followers_are_told_from_sunday_to_sunday(counts, gained):
    assert last(heard(followers=counts)).followers == gained


def test_answers_count_when_they_are_given_with_how_fast():
    given = [
        (MONDAY - 2 * DAY, MONDAY + HOUR),  # 49 hours: late
        (MONDAY + DAY, MONDAY + DAY + 2 * HOUR),
        (MONDAY + DAY, MONDAY + DAY + 4 * HOUR),
        (MONDAY + 6 * DAY, MONDAY + 7 * DAY),  # on the next Monday
    ]
    made = last(heard(answers=given))
    assert (made.answers, made.answer_hours, made.late) == (3, 4.0, 1)
    quiet = last(heard())
    assert (quiet.answers, quiet.answer_hours, quiet.late) == (0, None, 0)


@pytest.mark.parametrize("until", [None, MONDAY + 6 * DAY])
def test_answers_of_a_week_that_was_not_read_to_its_end_are_unknown(until):
    made = last(heard(answers_until=until))
    assert (made.answers, made.answer_hours, made.late) == (None, None, None)


def test_a_week_in_which_the_clock_is_put_back_has_an_hour_more():
    end = datetime(2026, 10, 25, 23, tzinfo=UTC)
    made = readings((end - HOUR / 2, {end + DAY: 1.0}), (end, {end + DAY: 1.0}))
    assert last(heard(made), date(2026, 10, 28)).posts == 1


def test_a_post_has_the_objective_of_its_file():
    digests = {"p1": "aa", "p2": "bb", "p3": "cc"}
    said = [("aa", "feet"), ("bb", "gone")]
    assert objectives_of(digests, said, {"feet": "trust"}) == {"p1": "trust"}
