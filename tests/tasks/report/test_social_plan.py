"""What a report says of the posts to come."""

from datetime import date

import pytest

from tasks.report import social_words as words
from tasks.report.social_model import Days
from tasks.report.social_plan import (
    DAYS_AHEAD,
    MOST_MISSING,
    MOST_POSTS_OF_DAY,
    MOST_UNTIMED,
    plan_ahead,
)
from tests.tasks.report.networks import OWNERS, RULES, content, full, networks, planned, presence


def ahead(*posts, **rules):
    made = networks(calendar=planned(*posts, rules=RULES.model_copy(update=rules)))
    return plan_ahead(made, OWNERS)


def days(plan):
    return [(words.days(it), words.nothing(it)) for it in plan.days]


def test_days_with_nothing_stand_together_and_holes_are_marked():
    plan = plan_ahead(full(), OWNERS)
    assert days(plan) == [
        ("Tue 10 Nov", ""),
        ("Wed 11 Nov", "nothing is planned"),
        ("Thu 12 Nov", ""),
        ("Fri 13 Nov", "holiday"),
        ("Sat 14 to Mon 23 Nov", "a hole: nothing is planned"),
    ]
    assert words.plan_caption(plan) == (
        "All posts of the brand until 23 Nov 2026, times in Europe/Berlin"
    )


def test_a_post_has_its_time_networks_state_and_owner():
    (snow,) = plan_ahead(full(), OWNERS).days[0].posts
    assert (snow.time, snow.name, snow.ready) == ("09:00", "first_snow", True)
    assert (words.coming(snow), snow.owner) == ("Bluesky, Mastodon · scheduled · ", "Bob")
    (care,) = plan_ahead(full(), OWNERS).days[2].posts
    assert (care.ready, care.owner) == (False, "Ann")


@pytest.mark.parametrize(
    ("state", "ready"),
    [("idea", False), ("draft", False), ("review", False), ("approved", True), ("scheduled", True)],
)
def test_what_is_not_approved_is_not_ready(state, ready):
    (post,) = ahead(content("sale", "2026-11-11 09:00", state)).days[1].posts
    assert post.ready is ready


def test_an_idea_is_shown_and_its_day_is_a_hole_all_the_same():
    plan = ahead(content("sale", "2026-11-11 09:00", "idea"))
    spell = next(it for it in plan.days if it.posts)
    assert spell.first == spell.last == date(2026, 11, 11)
    assert words.nothing(spell) == "a hole: nothing that fills it"


def test_two_weeks_are_shown_however_far_holes_are_looked_for():
    plan = ahead(horizon_days=60)
    (spell,) = plan.days
    assert (spell.last - spell.first).days + 1 == DAYS_AHEAD
    assert words.days(spell) == "Tue 10 to Mon 23 Nov"


def test_days_over_the_end_of_a_month_name_both():
    plan = ahead(content("sale", "2026-11-27 09:00"), horizon_days=30)
    assert words.days(plan.days[0]) == "Tue 10 to Mon 23 Nov"
    two = Days(date(2026, 11, 28), date(2026, 12, 2), False, False)
    assert words.days(two) == "Sat 28 Nov to Wed 2 Dec"


def test_what_is_missing_is_told_with_its_owner():
    missing = plan_ahead(full(), OWNERS).missing
    assert [it.owner for it in missing] == ["Ann", "Ann", "Ann"]
    assert missing[-1].sentence == "No post for trust is planned until 23 Nov 2026."


def test_lists_are_bounded_and_the_rest_is_counted():
    late = [content(f"late{n}", "2026-11-11 09:00", "draft") for n in range(20)]
    some = [content(f"some{n:02}", "", "approved") for n in range(20)]
    plan = ahead(*late, *some)
    assert len(plan.days[1].posts) == MOST_POSTS_OF_DAY
    assert plan.days[1].left == 20 - MOST_POSTS_OF_DAY
    assert len(plan.missing) == MOST_MISSING
    # the drafts, the days without a post after them, and the objective that nobody serves
    assert words.missing_left(plan) == f"{22 - MOST_MISSING} more missing."
    assert words.untimed(plan).endswith(f"some07 and {20 - MOST_UNTIMED} more.")


def test_a_whole_plan_lacks_nothing():
    posts = [content(f"p{day}", f"2026-11-{day} 09:00") for day in range(10, 24)]
    posts.append(content("trust", "2026-11-12 12:00", objective="trust"))
    plan = ahead(*posts)
    assert (plan.missing, words.missing_left(plan), words.untimed(plan)) == ((), "", "")
    assert not any(it.hole for it in plan.days)


def test_it_is_told_once_and_not_where_no_account_is_on_a_network():
    two = networks(presence(), presence(account_key=2))
    assert plan_ahead(two, OWNERS) == plan_ahead(networks(), OWNERS)
    assert plan_ahead(None, OWNERS) is None


def test_an_owner_whom_the_brand_no_longer_has_is_named_as_in_the_file():
    plan = ahead(content("sale", "2026-11-10 09:00", owner="eve"))
    assert plan.days[0].posts[0].owner == "eve"
