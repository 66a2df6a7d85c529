"""What is learned of hashtags and times against a simulated truth, and what is proposed of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.content_rules import ContentRules
from config.content_times import moment
from connectors.sandbox.social.audience import Audience
from tasks.social.choosing import choose_hashtags, choose_slots, free_hours
from tasks.social.judging import FIGURES
from tasks.social.lifts import Lift, Lifts, lifts_of, posts_at

BERLIN = ZoneInfo("Europe/Berlin")
SEEDS = 40
TAGS = {"craft": 1.6, "tips": 1.25, "monday": 1.0, "sale": 0.7, "news": 1.0, "team": 1.0}
HOURS = {8: 1.0, 10: 1.3, 12: 1.0, 15: 0.85, 17: 1.5, 19: 1.0}
"""UTC; in Berlin's winter an hour later."""
BEST_HOUR, BEST_TAG = 18, "craft"
USUAL_HOUR = float(np.exp(np.mean(np.log(list(HOURS.values())))))
RULES = ContentRules()
FRIDAY = datetime(2026, 11, 13, 6, tzinfo=UTC)
YEAR = datetime(2026, 1, 1), datetime(2026, 12, 1)  # noqa: DTZ001  hypothesis adds the zone


@cache
def history(seed, posts=100, hidden=()):
    """Posts of a simulated account: the best hashtag is mostly used at the best hour."""
    pick = np.random.default_rng(seed)
    audience = Audience(hashtags=TAGS, hours=HOURS)
    rows = []
    for number in range(posts):
        hour = int(pick.choice(list(HOURS)))
        at = datetime(2025, 11, 1, hour, tzinfo=UTC) + timedelta(days=number * 110 // posts)
        tags = pick.choice(list(TAGS), pick.integers(4), replace=False).tolist()
        if hour == 17 and pick.random() < 0.5 and BEST_TAG not in tags:
            tags.append(BEST_TAG)
        text = f"Post {number} " + " ".join(f"#{tag}" for tag in tags)
        got = audience.engagement(seed, f"{number}", text, at, at + timedelta(hours=48))
        figures = {name: np.nan if name in hidden else getattr(got, name) for name in FIGURES}
        rows.append({"post_id": f"{number}", "published_at": at, "hashtags": tuple(tags),
                     **figures})  # fmt: skip
    return pd.DataFrame(rows)


@cache
def learned(seed, posts=100, hidden=()):
    return lifts_of(history(seed, posts, hidden), BERLIN)


def share(answers):
    return float(np.mean(list(answers)))


def covered(posts, hidden=()):
    """Return of hashtags and of hours how often the interval has the truth."""
    known = [learned(seed, posts, hidden) for seed in range(SEEDS)]
    tags = (
        it.hashtags[tag].low <= true <= it.hashtags[tag].high
        for it in known
        for tag, true in TAGS.items()
    )
    hours = (
        it.hours[hour + 1].low <= true / USUAL_HOUR <= it.hours[hour + 1].high
        for it in known
        for hour, true in HOURS.items()
    )
    return share(tags), share(hours)


def best(found: Mapping):
    return max(found, key=lambda key: found[key].times)


# --- what is learned, against the truth -----------------------------------------------------------


@pytest.mark.parametrize("posts", [30, 60, 100])
def test_intervals_of_four_fifths_have_the_truth_in_about_four_fifths(posts):
    tags, hours = covered(posts)
    assert 0.7 <= tags <= 0.95
    assert 0.7 <= hours <= 0.95


@pytest.mark.parametrize(("posts", "least"), [(30, 0.5), (60, 0.7), (100, 0.75)])
def test_the_best_hour_and_hashtag_are_found_far_above_the_chance_of_one_in_six(posts, least):
    known = [learned(seed, posts) for seed in range(SEEDS)]
    assert share(best(it.hours) == BEST_HOUR for it in known) >= least
    assert share(best(it.hashtags) == BEST_TAG for it in known) >= least


def test_weekdays_that_make_no_difference_are_not_said_to():
    lifts = [lift for seed in range(SEEDS) for lift in learned(seed).weekdays.values()]
    assert share(lift.low <= 1 <= lift.high for lift in lifts) >= 0.75
    assert max(lift.times for lift in lifts) < 1.35


def test_a_hashtag_is_not_praised_for_the_hour_at_which_it_was_used():
    posts = history(1, 200)
    at_best = posts["published_at"].dt.hour == 17
    posts = posts.assign(
        hashtags=[("lucky",) if now and n % 4 else () for n, now in enumerate(at_best)]
    )
    raw = np.log(posts["impressions"])
    used = np.array([bool(tags) for tags in posts["hashtags"]])
    alone = float(np.exp(raw[used].mean() - raw[~used].mean()))
    assert alone > 1.4
    assert lifts_of(posts, BERLIN).hashtags["lucky"].times < 1 + (alone - 1) / 2


def test_where_no_impressions_are_told_reactions_comments_and_shares_count():
    known = [learned(seed, 100, ("impressions", "clicks")) for seed in range(SEEDS)]
    assert {it.figure for it in known} == {"reactions, comments and shares"}
    assert share(best(it.hashtags) == BEST_TAG for it in known) >= 0.7
    tags, hours = covered(100, ("impressions", "clicks"))
    assert 0.7 <= tags <= 0.95
    assert 0.7 <= hours <= 0.95


def test_what_a_network_never_tells_is_left_out_and_what_a_post_lacks_makes_it_unknown():
    posts = history(3, 30, ("impressions", "clicks", "shares")).copy()
    posts.loc[0, "comments"] = np.nan
    known = lifts_of(posts, BERLIN)
    assert (known.figure, known.posts) == ("reactions and comments", 29)


def test_a_growing_account_does_not_praise_what_came_late():
    posts = history(5, 100)
    grown = np.exp(np.linspace(0, 1.5, 100))
    late = [(*tags, "late") if n >= 50 else tags for n, tags in enumerate(posts["hashtags"])]
    posts = posts.assign(hashtags=late, impressions=posts["impressions"] * grown)
    assert lifts_of(posts, BERLIN).hashtags["late"].times < 1.5


@pytest.mark.parametrize("uses", [1, 2])
def test_of_a_hashtag_that_was_hardly_used_little_is_taken(uses):
    posts = history(7, 60).copy()
    for row in range(uses):
        posts.at[row, "hashtags"] = (*posts.at[row, "hashtags"], "viral")
    posts.loc[: uses - 1, "impressions"] *= 10
    lift = lifts_of(posts, BERLIN).hashtags["viral"]
    assert 1 < lift.times < 2
    assert lift.high / lift.low > 1.4
    assert lift.low <= lift.times <= lift.high


def test_one_post_of_extraordinary_luck_does_not_move_the_others():
    posts = history(7, 60).copy()
    before = lifts_of(posts, BERLIN).hours[BEST_HOUR].times
    plain = posts.index[posts["published_at"].dt.hour == 8][0]
    posts.loc[plain, "impressions"] *= 100
    assert lifts_of(posts, BERLIN).hours[9].times < 1.15
    assert lifts_of(posts, BERLIN).hours[BEST_HOUR].times == pytest.approx(before, rel=0.15)


def test_hours_are_the_brands_own_over_a_change_of_the_clock():
    summer = pd.DataFrame(
        {
            "post_id": ["a", "b"],
            "published_at": [datetime(2026, 10, 24, 7, tzinfo=UTC),
                             datetime(2026, 10, 26, 8, tzinfo=UTC)],
            "hashtags": [(), ()],
            **dict.fromkeys(FIGURES, 5.0),
        }
    )  # fmt: skip
    known = lifts_of(summer, BERLIN)
    assert [hour for hour, lift in known.hours.items() if lift.posts] == [9]
    assert [day for day, lift in known.weekdays.items() if lift.posts] == [0, 5]


@given(st.randoms())
@settings(max_examples=5)
def test_the_order_of_posts_does_not_matter(random):
    posts = history(2, 30)
    order = random.sample(range(30), 30)
    one, other = lifts_of(posts, BERLIN), lifts_of(posts.iloc[order], BERLIN)
    for tag in one.hashtags:
        assert one.hashtags[tag].times == pytest.approx(other.hashtags[tag].times)


def test_without_posts_nothing_is_known_and_nothing_fails():
    known = lifts_of(history(1, 30).iloc[:0], BERLIN)
    assert known.posts == 0
    assert {lift.times for lift in known.hours.values()} == {1.0}
    assert known.hashtag("new").low < 1 < known.hashtag("new").high


def test_posts_are_compared_at_one_age():
    rows = [
        {"account_key": 1, "post_id": "a", "published_at": FRIDAY, "age_hours": age,
         "taken_at": FRIDAY, **dict.fromkeys(FIGURES, age)}
        for age in (24.0, 72.0)
    ]  # fmt: skip
    posts = posts_at(pd.DataFrame(rows), {"a": ("Craft",)})
    assert posts["hashtags"].tolist() == [("Craft",)]
    assert 24 < posts["impressions"].iloc[0] < 72


# --- what is proposed -----------------------------------------------------------------------------


def lift(times, posts=10, width=1.1):
    return Lift(times, times / width, times * width, posts)


def known(hashtags=None, hours=None, weekdays=None):
    plain = lift(1.0)
    return Lifts(
        figure="impressions",
        posts=40,
        luck=0.3,
        hashtags=hashtags or {},
        hours=dict.fromkeys(range(24), plain) | (hours or {}),
        weekdays=dict.fromkeys(range(7), plain) | (weekdays or {}),
        untried=Lift(1.0, 0.75, 1.35, 0),
    )


SOME = {"good": lift(1.4), "fair": lift(1.1), "poor": lift(0.5), "rare": lift(1.0, 1, 1.6)}


def tags(seed=0, most=2, candidates=("fair", "#Good", "poor", "rare"), share=0.0):
    found = choose_hashtags(known(SOME), candidates, most, seed, share)
    return [tag.hashtag for tag in found]


def test_hashtags_that_brought_most_are_proposed_first():
    assert tags() == ["Good", "fair"]


def test_a_hashtag_that_clearly_costs_is_never_proposed():
    assert tags(most=9) == ["Good", "fair", "rare"]
    assert all("poor" not in tags(seed, share=1.0) for seed in range(50))


def test_a_hashtag_named_twice_is_proposed_once():
    assert tags(candidates=("good", "#GOOD", "fair"), most=3) == ["good", "fair"]


def test_none_are_proposed_where_none_are_wanted_or_there():
    assert tags(most=0) == tags(candidates=()) == []


def test_a_trial_takes_the_last_place_and_says_so():
    found = choose_hashtags(known(SOME), ["good", "fair", "rare"], 2, 3, share=1.0)
    assert [(tag.hashtag, tag.trial) for tag in found] == [("good", False), ("rare", True)]
    assert found[0].reason == (
        "#good brings 1.40 times the usual impressions (80 %: 1.27 to 1.54; 10 posts)."
    )
    assert found[1].reason == (
        "#rare is tried out, as 100% of posts try something: 1 post so far, it may bring "
        "0.62 to 1.60 times the usual impressions."
    )


def test_what_cannot_be_as_good_as_the_best_is_not_tried():
    sure = {"good": lift(2.0), "fair": lift(1.1), "rare": lift(1.0, 1, 1.6)}
    found = [choose_hashtags(known(sure), [*sure], 1, seed, share=1.0) for seed in range(20)]
    assert {tag.hashtag for chosen in found for tag in chosen} == {"good"}


def test_a_fifth_of_posts_try_something_and_the_same_post_always_the_same():
    def trials(seeds):
        return [choose_hashtags(known(SOME), SOME, 2, seed)[-1].trial for seed in seeds]

    assert 0.16 < share(trials(range(1000))) < 0.24
    assert trials(range(50)) == trials(range(50))


def slots(found=None, rules=RULES, taken=(), after=FRIDAY, days=7, count=3, seed=0, share=0.0):
    until = after + timedelta(days=days)
    return choose_slots(found or known(), rules, BERLIN, taken, after, until, count, seed, share)


def times(*args, **given):
    return [slot.publish_at for slot in slots(*args, **given)]


def test_the_best_hours_of_the_best_days_are_proposed_in_order():
    good = known(hours={18: lift(1.5)}, weekdays={1: lift(1.3), 3: lift(1.2)})
    assert times(good, count=2) == ["2026-11-17 18:00", "2026-11-19 18:00"]
    assert slots(good, count=1)[0].reason == (
        "Tuesday 2026-11-17 18:00: 18:00 brings 1.50 times the usual impressions "
        "(80 %: 1.36 to 1.65; 10 posts). Tuesday brings 1.30 times the usual impressions "
        "(80 %: 1.18 to 1.43; 10 posts)."
    )


def test_of_equals_the_next_one_is_proposed():
    assert times(count=2) == ["2026-11-13 08:00", "2026-11-14 07:00"]


def test_nothing_is_proposed_in_quiet_hours_on_holidays_or_too_close_to_another_post():
    good = known(hours={23: lift(3.0), 18: lift(2.0), 17: lift(1.5), 15: lift(1.2)})
    rules = ContentRules(holidays=(date(2026, 11, 13),), spacing_minutes=120)
    taken = [moment("2026-11-14 17:30", BERLIN)]
    assert times(good, rules, taken, days=2, count=5) == ["2026-11-14 15:00", "2026-11-15 07:00"]


def test_a_brand_that_is_never_quiet_may_post_at_night():
    rules = ContentRules(quiet_hours=(time(0), time(0)))
    assert times(known(hours={23: lift(3.0)}), rules, count=1) == ["2026-11-13 23:00"]


def test_spacing_of_days_holds_between_the_proposals_themselves():
    rules = ContentRules(spacing_minutes=3 * 24 * 60)
    found = [slot.at for slot in slots(rules=rules, days=14, count=9)]
    assert len(found) >= 4
    assert min(np.diff(found)) >= timedelta(days=3)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_hours_that_the_clock_leaves_out_or_shows_twice_are_not_proposed(day):
    rules = ContentRules(quiet_hours=(time(0), time(0)), spacing_minutes=0)
    after = moment(f"{day - timedelta(days=1)} 22:00", BERLIN)
    found = free_hours(rules, BERLIN, [], after, moment(f"{day} 05:00", BERLIN))
    there = [f"{at.astimezone(BERLIN):%H}" for at in found]
    assert there == ["23", "00", "01", "03", "04", "05"]
    assert [moment(f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}", BERLIN) for at in found] == found


def test_another_hour_of_the_best_day_is_tried_out():
    good = known(hours={18: lift(1.5)} | {hour: Lift(1.0, 0.6, 1.7, 0) for hour in (11, 12)})
    found = slots(good, count=1, share=1.0)[0]
    assert found.trial
    assert found.publish_at in ("2026-11-13 11:00", "2026-11-13 12:00")
    assert "no post so far, it may bring 0.60 to 1.70 times" in found.reason


def test_a_fifth_of_the_times_is_tried_out_and_the_same_seed_tries_the_same():
    good = known(hours={18: lift(1.05)})
    trials = [slots(good, count=1, days=1, seed=n, share=0.2)[0].trial for n in range(200)]
    assert 0.12 < share(trials) < 0.28
    again = slots(good, count=3, seed=8, share=0.5)
    assert again == slots(good, count=3, seed=8, share=0.5)


def test_where_nothing_is_free_nothing_is_proposed():
    rules = ContentRules(holidays=tuple(date(2026, 11, day) for day in range(13, 22)))
    assert slots(rules=rules) == ()
    assert slots(count=0) == ()


def test_an_hour_without_posts_says_that_nothing_speaks_for_or_against_it():
    found = slots(replace(known(), hours=dict.fromkeys(range(24), Lift(1.0, 0.8, 1.3, 0))), count=1)
    assert found[0].reason.endswith("no post so far, nothing speaks for or against it.")


@settings(max_examples=25, deadline=None)
@given(
    st.datetimes(*YEAR),
    st.lists(st.integers(0, 14 * 24 * 60), max_size=6),
    st.integers(0, 600),
    st.integers(0, 2**32),
)
def test_whatever_is_proposed_could_be_published(start, others, spacing, seed):
    after = start.replace(tzinfo=UTC)
    rules = ContentRules(spacing_minutes=spacing, holidays=(after.date() + timedelta(days=2),))
    taken = [after + timedelta(minutes=minutes) for minutes in others]
    found = slots(rules=rules, taken=taken, after=after, days=14, count=5, seed=seed, share=0.5)
    for slot in found:
        local = slot.at.astimezone(BERLIN)
        assert after < slot.at <= after + timedelta(days=14)
        assert time(7) <= local.time() < time(21)
        assert local.date() not in rules.holidays
        assert moment(slot.publish_at, BERLIN) == slot.at
        rest = [*taken, *(other.at for other in found if other is not slot)]
        assert all(abs(slot.at - at) >= timedelta(minutes=spacing) for at in rest)
