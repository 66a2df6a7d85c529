"""What a report says of accounts on social networks, and what it leaves unsaid."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from tasks.report import social_words as words
from tasks.report.social import MOST_POSTS, MOST_TROUBLES, accounts_on, address
from tasks.report.social_brought import LEAST_KNOWN, MOST, brought
from tasks.report.social_model import Following, Gain
from tasks.social.conversation import RemarkKind
from tasks.social.evidence import Trouble
from tasks.social.judging import LEAST, judge
from tests.tasks.report.networks import (
    AS_OF,
    BERLIN,
    DAY,
    HOUR,
    KEY,
    NOW,
    followers,
    full,
    history,
    networks,
    of_facts,
    presence,
    snapshots,
    waiting,
)


def account(one=None, **changes):
    made = networks(*([one] if one else []), **changes)
    (found,) = accounts_on(made, {})
    return found


def of_posts(known, **changes):
    """Return an account with these posts, read at 24 and at 48 hours."""
    return account(presence(known, **changes), posts=known)


def following(counts) -> Following:
    return account(presence(followers=followers(counts))).following


# --- followers -----------------------------------------------------------------------------------


def test_followers_are_compared_with_those_28_days_before_the_newest_count():
    found = following({1: 1996.0, 29: 1884.0, 35: 10.0})
    assert (found.now, found.before, len(found.course)) == (1996, 1884, 29)
    assert words.followers(found) == "1,996 on 9 Nov 2026"
    assert words.growth(found) == "+112 (↑ +5.9%) in 28 days"


def test_where_nobody_counted_so_long_ago_the_first_day_is_named():
    found = following({1: 90.0, 8: 100.0})
    assert words.growth(found) == "−10 (↓ −10%) since 2 Nov"


@pytest.mark.parametrize(
    ("counts", "now", "growth"),
    [
        ({}, "unknown", ""),
        ({3: np.nan}, "unknown", ""),
        ({2: 7.0}, "7 on 8 Nov 2026", "change unknown: not counted before"),
        ({2: 7.0, 31: 5.0}, "7 on 8 Nov 2026", "change unknown: not counted before"),
        ({2: 7.0, 3: 0.0}, "7 on 8 Nov 2026", "+7 (new) since 7 Nov"),
        ({2: 0.0, 3: 4.0}, "0 on 8 Nov 2026", "−4 (↓ −100%) since 7 Nov"),
    ],
)
def test_an_unknown_count_is_never_zero(counts, now, growth):
    found = following(counts)
    assert (words.followers(found), words.growth(found)) == (now, growth)


def test_a_course_has_gaps_where_nobody_counted_and_one_count_is_no_course():
    found = following({1: 9.0, 3: 7.0})
    series = words.course(found)
    assert series.start == AS_OF - 29 * DAY
    assert series.values[-3:] == (7.0, None, 9.0)
    assert words.course(following({1: 9.0})) is None
    assert words.course(following({})) is None


# --- posts ---------------------------------------------------------------------------------------


def test_posts_are_those_of_the_last_30_days_newest_first():
    found = account()
    assert [post.name[:14] for post in found.posts[:2]] == ["Post number 39", "Post number 38"]
    assert len(found.posts) == 7, "every fourth day from the third on"
    assert found.left == 0


def test_of_many_posts_the_older_ones_are_counted():
    found = of_posts(history(60, every=1.0))
    assert len(found.posts) == MOST_POSTS
    assert words.posts_left(found) == f"Not listed: {27 - MOST_POSTS + 1} older posts."


def test_moments_are_those_of_the_brand_over_daylight_saving():
    written = [words.moment(post.at) for post in account().posts]
    assert written[:4] == ["7 Nov 09:00", "3 Nov 18:00", "30 Oct 09:00", "26 Oct 18:00"]
    assert written[4] == "22 Oct 10:00", "08:00 UTC in summer"


def test_what_a_network_tells_of_no_post_is_no_column_but_named_as_unknown():
    found = account()
    assert (found.figures, found.untold) == (("reactions", "comments"),
                                             ("impressions", "shares", "clicks"))  # fmt: skip
    assert "Unknown: impressions, shares, clicks." in words.posts_caption(found)


def test_what_is_unknown_of_one_post_is_unknown_and_zero_is_zero():
    known = history()
    known.loc[known["post_id"] == "p39", "reactions"] = np.nan
    newest = of_posts(known).posts[0]
    assert newest.figures == (None, 0.0)
    assert [words.amount(value) for value in newest.figures] == ["unknown", "0"]


def test_a_post_whose_figures_were_never_read_is_listed():
    known = history()
    made = networks(presence(known), posts=known[:-1])
    newest = accounts_on(made, {})[0].posts[0]
    assert newest.name.startswith("Post number 39")
    assert newest.figures == (None, None)


def test_figures_of_another_account_are_not_taken():
    known = history()
    other = known.assign(account_key=2, reactions=9.0)
    both = pd.concat([other, known], ignore_index=True)
    two = presence(known, account_key=2)
    first, second = accounts_on(networks(presence(known), two, posts=both), {KEY: "Acme (1)"})
    assert first.posts[0].figures[0] == pytest.approx(249.6)
    assert second.posts[0].figures[0] == 9.0
    assert [it.name for it in (first, second)] == ["Acme (1)", "@acme@social.example"]


def test_a_post_that_is_gone_says_so():
    found = account(presence(posts=of_facts(history(), gone="p38")))
    assert [post.gone for post in found.posts[:3]] == [False, True, False]
    unsure = of_facts(history()).assign(gone=None)
    assert not any(post.gone for post in account(presence(posts=unsure)).posts)


def test_without_posts_there_is_still_an_account():
    none = history()[:0]
    found = account(presence(none), posts=none)
    assert (found.posts, found.figures, found.brought.posts) == ((), (), 0)
    assert accounts_on(None, {}) == ()


# --- beside the usual ----------------------------------------------------------------------------


def test_a_post_is_told_as_times_the_usual_with_its_sample():
    compared = account().posts[0].compared
    assert (compared.figure, compared.sample) == ("reactions", 22)
    assert compared.times == pytest.approx(compared.value / compared.usual)
    assert words.times(compared) == "1.37 times"
    assert words.sample(compared) == "208 reactions, usual 152; 22 posts"


def test_it_is_by_impressions_where_the_network_tells_them():
    known = history()
    taken = snapshots(known).assign(impressions=1000.0)
    found = account(presence(known, judgements=judge(taken)))
    assert {post.compared.figure for post in found.posts} == {"impressions"}


def test_far_from_the_usual_is_better_or_worse():
    known = history()
    taken = snapshots(known)
    taken.loc[taken["post_id"] == "p39", "reactions"] = 2000.0
    taken.loc[taken["post_id"] == "p38", "reactions"] = 9.0
    found = account(presence(known, judgements=judge(taken)))
    assert [words.turn(post.compared) for post in found.posts[:3]] == ["better", "worse", ""]


def test_a_usual_of_nothing_has_no_times():
    known = history()
    taken = snapshots(known).assign(reactions=0.0)
    taken.loc[taken["post_id"] == "p39", "reactions"] = 4.0
    compared = account(presence(known, judgements=judge(taken))).posts[0].compared
    assert (compared.times, words.times(compared)) == (None, "4, usual 0")


def test_a_post_that_is_not_compared_says_why():
    young = of_posts(history(newest=1.0)).posts[0]
    assert words.not_compared(young) == "unknown: too young"
    known = history()
    unread = presence(known, judgements=judge(snapshots(known, [24.0])))
    assert words.not_compared(account(unread).posts[0]) == "unknown: not read at 48 hours"
    few = of_posts(history(3)).posts
    assert words.not_compared(few[0]) == f"unknown: 2 earlier posts known, {LEAST} needed"
    assert words.not_compared(few[1]) == f"unknown: 1 earlier post known, {LEAST} needed"


def test_the_usual_is_explained_only_where_something_is_compared_with_it():
    assert words.explained([account()]) == words.USUAL
    assert words.explained([of_posts(history(3))]) == ""


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["https://a.example/b?c=d&e=%20#f", "http://a.example", "https://a.example/urn:li:x:1"]
)
def test_an_address_of_a_website_is_linked_to(url):
    assert address(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", " https://a.example", "https://a.example/\n", "data:text/html,x",
     "//a.example", "https://a.example/\u202e", "https://a.example/\ud800", "HTTPS:x"],
)  # fmt: skip
def test_no_other_address_is(url):
    assert address(url) == ""


def test_a_post_with_such_an_address_is_listed_without_a_link():
    known = history()
    posts = of_facts(known).assign(url="javascript:alert(1)")
    assert {post.url for post in account(presence(known, posts=posts)).posts} == {""}


# --- who waits -----------------------------------------------------------------------------------


def test_complaints_come_first_and_thanks_are_among_those_that_ask_for_nothing():
    found = account(
        presence(
            waiting=[waiting(30), waiting(2), waiting(13, "It broke!!"), waiting(5, "Thank you!"),
                     waiting(50, "Hm.")]
        )
    )  # fmt: skip
    assert [words.waits(it) for it in found.waiting] == [
        "1 complaint, late, since 9 Nov 17:00",
        "2 questions, 1 of them late, the oldest since 9 Nov 00:00",
        "2 remarks that ask for nothing, the oldest since 8 Nov 04:00",
    ]


def test_none_late_and_all_late_are_told_apart():
    assert words.waits(account(presence(waiting=[waiting(1)])).waiting[0]).startswith(
        "1 question s"
    )
    (late,) = account(presence(waiting=[waiting(99), waiting(98)])).waiting
    assert words.waits(late) == "2 questions, all late, the oldest since 6 Nov 03:00"


def test_every_kind_of_remark_is_counted_somewhere():
    one = waiting(1)
    kinds = RemarkKind.__args__
    every = [replace(one, remark=replace(one.remark, kind=kind)) for kind in kinds]
    assert sum(it.count for it in account(presence(waiting=every)).waiting) == len(kinds)


def test_comments_that_could_not_be_read_are_unknown_and_not_none():
    assert account(presence(waiting=None)).waiting is None
    assert account(presence(waiting=[])).waiting == ()


# --- troubles ------------------------------------------------------------------------------------


def test_troubles_are_told_with_when_they_were_due_the_newest_first():
    trouble = Trouble("failed", "sale", NOW - 3 * DAY, "503", "https://ui.example/1")
    missed = replace(trouble, kind="missed", name="shop", due_at=NOW - HOUR, link="javascript:x")
    found = account(presence(troubles=[trouble, missed]))
    first, second = found.troubles
    assert (first.name, first.url, words.trouble_sign(first)) == ("shop", "", "warning")
    assert words.trouble(first) == "missed its time, due 10 Nov 05:00: 503"
    assert (second.url, words.trouble_sign(second)) == ("https://ui.example/1", "critical")
    assert words.trouble(second) == "failed, due 7 Nov 06:00: 503"


def test_of_many_troubles_the_rest_is_counted():
    many = [Trouble("failed", f"p{n}", NOW - n * HOUR, "503") for n in range(12)]
    found = account(presence(troubles=many))
    assert [it.name for it in found.troubles] == [f"p{n}" for n in range(MOST_TROUBLES)]
    assert found.troubles_left == 12 - MOST_TROUBLES


# --- hashtags and hours --------------------------------------------------------------------------


def test_what_helped_comes_first_as_it_is_written_with_range_and_number():
    found = brought(history(), snapshots(history()), BERLIN)
    assert (found.figure, found.posts) == ("reactions and comments", 40)
    outdoor, news = found.hashtags
    assert (outdoor.what, outdoor.posts, words.gain_turn(outdoor)) == ("#Outdoor", 20, "better")
    assert (news.what, words.gain_turn(news)) == ("#news", "")
    assert outdoor.low < outdoor.times < outdoor.high
    assert words.gain_range(Gain("", 1.2, 0.9, 1.61, 4)) == "0.90 to 1.61"


def test_hours_are_local_and_those_of_few_posts_are_left_out():
    found = brought(history(), snapshots(history()), BERLIN)
    assert {gain.what for gain in found.hours} == {"10:00", "19:00"}
    assert all(gain.posts >= 3 for gain in found.hours)


def test_at_most_five_that_differ_most_are_told_costs_among_them():
    known = history(60, every=1.5)
    known["text"] = [f"{text} #tag{n % 9}" for n, text in enumerate(known["text"])]
    taken = snapshots(known)
    taken.loc[taken["post_id"].isin([f"p{n}" for n in range(4, 60, 9)]), "reactions"] /= 20
    found = brought(known, taken, BERLIN)
    assert len(found.hashtags) == MOST
    assert [gain.times for gain in found.hashtags] == sorted(
        (gain.times for gain in found.hashtags), reverse=True
    )
    assert (found.hashtags[-1].what, words.gain_turn(found.hashtags[-1])) == ("#tag4", "worse")


@pytest.mark.parametrize("count", [0, 1, LEAST_KNOWN - 1])
def test_of_few_posts_nothing_is_told_and_the_reason_is(count):
    known = history(count)
    found = of_posts(known)
    assert words.gain_tables(found.brought) == []
    posts = "1 post" if count == 1 else f"{count} posts"
    assert words.brought_note(found) == (
        f"Nothing can be told yet: {posts} known at 48 hours, {LEAST_KNOWN} are needed."
    )


def test_a_post_counts_only_where_it_is_known_at_the_common_age():
    known = history(LEAST_KNOWN)
    assert words.gain_tables(of_posts(known).brought)
    taken = snapshots(known)
    less = taken[(taken["post_id"] != "p5") | (taken["age_hours"] < 48)]
    assert brought(known, less, BERLIN).posts == LEAST_KNOWN - 1


def test_enough_posts_without_anything_in_common_are_told_as_that():
    known = history(LEAST_KNOWN)
    known["published_at"] = [
        at.normalize() + timedelta(hours=n * 2) for n, at in enumerate(known["published_at"])
    ]
    known["text"] = "No hashtag"
    found = of_posts(known)
    assert words.gain_tables(found.brought) == []
    assert "no hashtag and no hour was used in 3 of them" in words.brought_note(found)


def test_nothing_of_what_others_wrote_is_in_an_account():
    told = repr(accounts_on(full(), {}))
    for secret in ("Jonas", "jonasq", "Elm Street", "Broken", "Hm."):
        assert secret not in told
