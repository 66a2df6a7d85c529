"""What holds of the facts about social networks: who is told what, and what is never told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import yaml

import config
from config.content_rules import ContentRules
from config.fact_words import FACTS, limits_of
from config.models import CheckLibrary, Owner
from connectors.social import Comment
from tasks.alerts import Scope
from tasks.evidence import Evidence
from tasks.facts import establish
from tasks.remedies import due
from tasks.run import Run
from tasks.social.calendar import Hole
from tasks.social.conversation import remark_of
from tasks.social.evidence import FOLLOWERS, POSTS, Presence, Trouble, Waiting, first_words
from tasks.social.facts import NAMES
from tasks.social.judging import FIGURES, judge
from tasks.social.volume import volume
from tasks.social.watched import Watched
from tasks.work import plan_work

AS_OF = date(2026, 11, 12)  # a Thursday
NOW = datetime(2026, 11, 12, 6, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = ContentRules()
SECRET = "Does Jonas Q. deliver to my flat in Elm Street?"
OWNERS = {"ann": Owner(name="Ann"), "bob": Owner(name="Bob")}
URL = "https://social.example/post/"


@cache
def shipped():
    file = Path(config.__file__).parent / "checks" / "social.yaml"
    library = CheckLibrary.model_validate(yaml.safe_load(file.read_text()))
    return {fact.name: fact for fact in library.facts}


def posts(*rows):
    """Rows: post_id, days ago, gone."""
    made = [
        (100 + number, post_id, f"Post {post_id}", URL + post_id, NOW - ago * DAY, gone)
        for number, (post_id, ago, gone) in enumerate(rows)
    ]
    frame = pd.DataFrame(made, columns=[*POSTS])
    return frame.assign(gone=pd.Series([row[5] for row in made], dtype=object))


def history(last, ago=3, age=48.0, usual=100.0, figure="impressions", count=12, seed=1):
    """Posts of the weeks before with about the usual, and the last one with its own."""
    draw = np.random.default_rng(seed)
    values = [*(usual * np.exp(draw.normal(0, 0.2, count))), last]
    days = [*(ago + 4 * number for number in range(count, 0, -1)), ago]
    rows = [
        {"account_key": 1, "post_id": f"p{n}", "published_at": NOW - day * DAY, "age_hours": age,
         "taken_at": NOW, **dict.fromkeys(FIGURES, np.nan), figure: value}
        for n, (day, value) in enumerate(zip(days, values, strict=True))
    ]  # fmt: skip
    snapshots = pd.DataFrame(rows)
    known = [(f"p{n}", day, False) for n, day in enumerate(days)]
    return presence(posts=posts(*known), judgements=judge(snapshots, [48.0], [figure]))


def presence(key=1, **given):
    given = {"posts": posts()} | given
    return Presence(key, f"Acme {key}", "mastodon", NOW, BERLIN, **given)


def waiting(text=SECRET, hours=30.0, post_id="a", url="https://social.example/@jonasq/1", **given):
    comment = Comment("c", "comment", post_id, NOW - hours * HOUR, text, "Jonas Q.", False, **given)
    return Waiting(post_id, comment.at, url, remark_of(comment, 1000, RULES))


def results(name, *presences, also=(), limits=None):
    fact = shipped()[name]
    fact = fact.model_copy(update={"limits": fact.limits | (limits or {}), "owner": "ann"})
    nothing = pd.DataFrame({"account_key": [], "platform": [], "name": []})
    evidence = Evidence(AS_OF, nothing, {}, {}, presences=presences)
    return establish([fact], evidence, [(name, *key) for key in also])


def sentences(name, *presences, **given):
    return [it.sentence for it in results(name, *presences, **given)]


def verdict(name, one, entity=None, **given):
    said = results(name, one, also=[(one.account_key, entity)], **given)
    (mine,) = [it for it in said if it.entity_key == entity]
    return "minor" if mine.reason == "minor" else mine.verdict


def text_of(*found):
    return " ".join(f"{it!r}" for it in found)


# --- of all --------------------------------------------------------------------------------------


def test_every_fact_of_social_networks_is_shipped_once():
    shown = [fact.fact for fact in shipped().values()]
    assert {*shown} - {"pull_failed"} == NAMES
    assert len(shown) == len({*shown})


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_healthy_account_has_no_finding(name):
    one = replace(history(100), followers=followers([1000] * 36))
    assert results(name, one, presence(2)) == []
    assert results(name) == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_finding_opens_a_work_item_unless_it_is_good_news(name):
    assert (shipped()[name].remedy is None) == (name == "post_above_usual")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_could_not_be_read_is_unknown_and_not_ok(name):
    blind = presence(
        posts=posts(("a", 3, None)), waiting=None, holes=None, watched=[heard("acme", None)]
    )
    entity = 100 if FACTS[name].level == "post" else None
    said = verdict(name, blind, entity)
    assert said == ("ok" if name.startswith("publication") else "unknown")


# --- posts against the usual ---------------------------------------------------------------------


def test_a_post_far_below_the_usual_is_told_with_its_sample():
    (found,) = results("post_below_usual", history(20))
    assert found.sentence == (
        "The post “Post p12” of 9 Nov 2026 had 20 impressions after 48 hours, 0.19 times the usual "
        "107 of Acme 1: rank 13 of 13 of the 90 days before (12 posts)."
    )
    assert (found.level, found.entity_key, found.account_key) == ("post", 112, 1)
    assert found.numbers["sample"] == 12
    assert results("post_above_usual", history(20)) == []


def test_a_post_far_above_the_usual_is_listed_and_wakes_nobody():
    (found,) = results("post_above_usual", history(500))
    assert (found.verdict, found.reason, found.todo) == ("ok", "minor", None)
    assert "500 impressions" in found.sentence
    assert results("post_below_usual", history(500)) == []


def test_where_no_impressions_are_told_reactions_are_looked_at():
    assert (
        "reactions after 48 hours"
        in sentences("post_below_usual", history(2, figure="reactions"))[0]
    )


@pytest.mark.parametrize("value", [60, 100, 160])
def test_a_post_that_is_not_far_away_is_usual(value):
    assert verdict("post_below_usual", history(value), 112) == "ok"
    assert verdict("post_above_usual", history(value), 112) == "ok"


def test_a_post_is_not_judged_before_its_age_nor_told_of_for_ever():
    assert verdict("post_below_usual", history(20, age=24.0), 112) == "unknown"
    assert verdict("post_below_usual", history(20, count=7), 107) == "unknown"
    assert results("post_below_usual", history(20, ago=15)) == []


def test_of_luck_alone_hardly_a_post_is_told():
    told = sum(
        len(results("post_below_usual", history(100 * np.exp(luck), count=25, seed=seed)))
        for seed, luck in enumerate(np.random.default_rng(0).normal(0, 0.2, 25))
    )
    assert told <= 2


# --- followers -----------------------------------------------------------------------------------


def followers(values, last=AS_OF - DAY):
    days = [last - timedelta(days=ago) for ago in range(len(values) - 1, -1, -1)]
    return pd.DataFrame({"day": days, "followers": values}, columns=[*FOLLOWERS])


def falling(values):
    return verdict("followers_falling", presence(followers=followers(values)))


STEADY = [1000 + 2 * n + n % 3 for n in range(29)]


def test_a_week_that_loses_followers_against_the_own_past_is_told():
    lost = [*STEADY, *(STEADY[-1] - 6 * n for n in range(1, 8))]
    (said,) = sentences("followers_falling", presence(followers=followers(lost)))
    assert said == (
        "Acme 1 lost 42 followers in the 7 days to 11 Nov 2026 (4.0% of them) and has 1,015; the "
        "four weeks before would have made it +14."
    )


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ([STEADY[-1] + 3 * n for n in range(1, 8)], "ok"),
        ([STEADY[-1] - n for n in range(1, 8)], "ok"),
        ([np.nan] * 7, "unknown"),
        ([STEADY[-1] - 9 * n for n in range(1, 7)] + [np.nan], "unknown"),
    ],
)
def test_growth_small_losses_and_unknown_days_are_no_finding(week, said):
    assert falling([*STEADY, *week]) == said


def test_an_account_that_always_loses_some_is_not_told_each_week():
    assert falling([2000 - 8 * n - n % 2 for n in range(36)]) == "ok"


def test_too_short_a_past_says_nothing():
    assert falling([1000] * 12) == "unknown"
    assert verdict("followers_falling", presence()) == "unknown"


# --- watched words -------------------------------------------------------------------------------

YESTERDAY = AS_OF - DAY
BEFORE = [3, 5, 4, 6, 2, 4, 4] * 4


def heard(term, count, before=BEFORE):
    if count is None:
        return Watched(term, YESTERDAY, None, None, "too many")
    return Watched(term, YESTERDAY, float(count), volume(before, count), "")


def test_words_far_above_their_usual_are_told_together_the_least_likely_first():
    words = [heard("acme", 15), heard("#trail", 60), heard("shop", 5), heard("x", None)]
    (found,) = results("watched_volume", presence(watched=words))
    assert found.sentence == (
        "Used far more than usual on mastodon on 11 Nov 2026: “#trail” in 60 posts (usual 4, 15.00 "
        "times), “acme” in 15 posts (usual 4, 3.75 times)."
    )
    assert (found.verdict, found.level, found.entity_key) == ("warning", "account", None)
    assert (found.numbers["posts"], found.numbers["usual"]) == (60.0, 4.0)
    assert found.numbers["chance"] < 1e-9
    assert found.todo.title == "Look at why so many on mastodon speak of “#trail”"


def test_a_word_of_which_nobody_spoke_has_no_times():
    (said,) = sentences("watched_volume", presence(watched=[heard("acme", 7, [0] * 28)]))
    assert said.endswith("“acme” in 7 posts (usual 0).")


def test_a_usual_day_is_ok_even_where_another_word_is_unknown():
    usual = presence(watched=[heard("acme", 6), heard("x", None)])
    assert verdict("watched_volume", usual) == "ok"


@pytest.mark.parametrize("watched", [(), None])
def test_where_no_word_is_watched_or_the_network_tells_of_none_there_is_no_answer(watched):
    assert results("watched_volume", presence(watched=watched), also=[(1, None)]) == []


# --- answers -------------------------------------------------------------------------------------


def asked(*comments, **given):
    given = {"posts": posts(("a", 3, False), ("b", 2, False))} | given
    return presence(waiting=comments, **given)


def test_a_question_that_waits_too_long_is_told_without_a_word_of_it():
    (found,) = results("unanswered_question", asked(waiting()))
    assert found.sentence == (
        "Unanswered on mastodon: a question under “Post a”, since 2026-11-11 01:00, to be answered "
        "by 2026-11-12 01:00: https://social.example/post/a"
    )
    assert found.todo.title == (
        "Answer a question under “Post a” on mastodon: https://social.example/post/a"
    )
    assert due(found.todo, AS_OF) == AS_OF + DAY
    assert (found.level, found.entity_key) == ("post", 100)


@pytest.mark.parametrize("name", ["unanswered_question", "unanswered_complaint"])
def test_nothing_of_what_others_wrote_or_are_called_is_anywhere(name):
    texts = [SECRET, "Jonas Q. of Elm Street is very disappointed. My flat is cold!!"]
    both = asked(*(waiting(text) for text in texts))
    found = results(name, both)
    run = Run("run-1", "acme", "social", AS_OF, NOW, ("acme_1",))
    scope = Scope(frozenset(NAMES), frozenset({1}), frozenset({1}), None)
    process = SimpleNamespace(workflow=())
    plan = plan_work(run, process, found, [], OWNERS, scope)
    assert len(plan.opened) == 1
    told = text_of(*found, plan).lower()
    assert not [word for word in ("jonas", "elm", "flat", "deliver", "cold") if word in told]


@pytest.mark.parametrize(("hours", "count"), [(23, 0), (25, 1)])
def test_a_question_waits_for_as_many_hours_as_the_brand_says(hours, count):
    one = asked(waiting(hours=hours))
    assert len(results("unanswered_question", one, limits={"part": 1})) == count


@pytest.mark.parametrize(("hours", "count"), [(11, 0), (13, 1)])
def test_a_complaint_waits_for_half_of_them(hours, count):
    one = asked(waiting("Very disappointed", hours))
    assert len(results("unanswered_complaint", one, limits={"part": 1})) == count
    assert results("unanswered_question", one) == []


def test_as_shipped_a_question_is_told_at_once_and_says_by_when_it_is_to_be_answered():
    (found,) = results("unanswered_question", asked(waiting(hours=1)))
    assert "to be answered by" in found.sentence


def test_thanks_and_remarks_wait_for_nothing():
    quiet = asked(waiting("Thank you", 900), waiting("Monday again", 900))
    assert results("unanswered_question", quiet) == results("unanswered_complaint", quiet) == []


def test_several_under_one_post_are_one_and_posts_are_told_apart():
    found = results(
        "unanswered_question", asked(waiting(), waiting(hours=50), waiting(post_id="b"))
    )
    assert [it.entity_key for it in found] == [100, 101]
    assert "2 questions under “Post a”, since 2026-11-10 05:00" in found[0].sentence


def test_a_mention_elsewhere_is_the_accounts_and_leads_to_where_it_is():
    (found,) = results("unanswered_question", asked(waiting(post_id="", url="https://x.example/1")))
    assert (found.entity_key, found.account_key, found.name) == (None, 1, "Acme 1")
    assert "a question in a mention of Acme 1" in found.sentence
    assert found.sentence.endswith(": https://x.example/1")


def test_a_comment_under_a_post_that_is_no_longer_read_is_told_too():
    (found,) = results(
        "unanswered_question", asked(waiting(post_id="old", url="https://x.example/2"))
    )
    assert "a question under an older post of Acme 1" in found.sentence
    assert found.sentence.endswith(": https://x.example/2")


def test_the_most_urgent_gives_the_item_its_priority():
    loud = asked(waiting("Very disappointed"), waiting("This is a scam", followers=1))
    (found,) = results("unanswered_complaint", loud)
    assert found.todo.priority == "high"
    assert results("unanswered_question", asked(waiting()))[0].todo.priority == "medium"


def test_what_is_answered_is_ok_again():
    assert verdict("unanswered_question", asked(), 100) == "ok"


# --- posts, publications and contents ------------------------------------------------------------


def test_a_post_that_is_gone_is_told_while_it_is_new():
    one = presence(posts=posts(("a", 3, True), ("b", 40, True), ("c", 3, None), ("d", 3, False)))
    assert sentences("post_gone", one) == [
        "The post “Post a” of 2026-11-09 07:00 is not on mastodon any more, and we did not take it "
        "away."
    ]
    assert verdict("post_gone", one, 102) == "unknown"
    assert verdict("post_gone", one, 103) == "ok"


def trouble(kind, name, hours=3, **given):
    return Trouble(kind, name, NOW - hours * HOUR, "the network answered 503", **given)


def test_publications_that_failed_or_wait_are_told_the_first_one_first():
    one = presence(
        troubles=[
            trouble("failed", "late"), trouble("failed", "early", 9, link="https://m.example/7"),
            trouble("missed", "asked"),
        ]
    )  # fmt: skip
    (failed,) = results("publication_failed", one)
    assert failed.sentence == (
        "Not published on Acme 1: early, due 2026-11-11 22:00: the network answered 503 "
        "(https://m.example/7); late, due 2026-11-12 04:00: the network answered 503."
    )
    assert failed.todo.title == "Get early published on Acme 1, or let it go"
    assert due(failed.todo, AS_OF) == AS_OF
    (missed,) = results("publication_missed", one)
    assert "asked, due" in missed.sentence
    assert "late, due" not in missed.sentence


def hole(kind, about="", ahead=1, owner="bob", sentence="Nothing is planned."):
    return Hole(kind, about, sentence, owner, AS_OF + ahead * DAY, AS_OF + ahead * DAY)


def test_holes_of_the_calendar_are_their_owners():
    one = presence(
        holes=[
            hole("objective", "trust", 13, sentence="No post for trust."),
            hole("days"),
            hole("not_ready", "launch", 2, "ann", "launch is a draft."),
        ]
    )
    (found,) = results("content_hole", one)
    assert (found.sentence, found.owner) == ("Nothing is planned; No post for trust.", "bob")
    assert found.todo.title == "Fill the hole in the calendar of Acme 1 from 13 Nov 2026 on"
    (unready,) = results("content_not_ready", one)
    assert (unready.sentence, unready.owner) == ("launch is a draft.", "ann")
    assert unready.todo.title == "Finish launch and have it approved by 14 Nov 2026"


def test_of_many_holes_a_few_are_named():
    one = presence(holes=[hole("not_ready", f"post_{n}", sentence=f"P{n}.") for n in range(5)])
    assert sentences("content_not_ready", one) == ["P0; P1; P2; and 2 more."]


# --- by what a post is known ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Short", "Short"),
        ("Two\n lines ", "Two lines"),
        ("", ""),
        ("word " * 20, "word word word word word word word word word…"),
        ("x" * 90, "x" * 48 + "…"),
    ],
)
def test_a_post_is_known_by_its_first_words(text, known):
    assert first_words(text) == known


def test_limits_are_those_of_the_words():
    assert limits_of(shipped()["post_below_usual"])["hours"] == 48
