"""How far a test of wordings is, from the ledger and what the network says its posts earned."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from config.content import Content
from connectors.changes import ABSENT, PRESENT
from connectors.social import item_of, text_digest
from tasks.social.arms import Turn
from tasks.social.judging import FIGURES
from tasks.social.testing import Declared, Said, declared, said_of, sentence, standing

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
TEXTS = {"plain": "We measured it.", "warm": "Cold feet?"}
TEST = Declared("feet", ("plain", "warm"), "reactions", 4, None)
NOW = START + timedelta(days=300)


def content(post="socks", networks=("linkedin", "mastodon"), texts=(), **test):
    front = {
        "objective": "trust",
        "networks": list(networks),
        "texts": dict(texts),
        "test": {"arms": TEXTS, "figure": "reactions"} | test,
    }
    return Content.model_validate({"name": post, "front": front, "text": ""})


def said(count, **changes):
    arms = [("plain", "warm", "warm", "plain")[n % 4] for n in range(count)]
    return [
        Said("feet", Turn("socks", arm, START + timedelta(days=30 * n)), text_digest(TEXTS[arm]))
        for n, arm in enumerate(arms)
    ]


def posts(told, late=timedelta(seconds=20)):
    return pd.DataFrame(
        {
            "account_key": 1,
            "post_id": [f"p{n}" for n in range(len(told))],
            "digest": [it.digest for it in told],
            "published_at": pd.to_datetime([it.turn.due_at + late for it in told], utc=True),
        }
    )


def snapshots(there, earned, ages=(24.0, 72.0)):
    """Return readings of posts, `earned` in the end, straight on the age."""
    parts = []
    for age in ages:
        figures = dict.fromkeys(FIGURES, float("nan")) | {"reactions": earned}
        taken_at = there["published_at"] + pd.Timedelta(hours=age)
        part = there[["account_key", "post_id", "published_at"]].assign(
            **figures, age_hours=age, taken_at=taken_at
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def stands(count, earned, now=NOW, test=TEST, **changes):
    told = said(count)
    there = posts(told)
    return standing(test, told, there, snapshots(there, earned, **changes), BERLIN, now)


def test_a_test_is_what_its_posts_declare_and_posts_of_one_name_are_one_test():
    pair = [content("one", name="hook"), content("two", name="hook"), content("socks")]
    found = declared(pair, "mastodon")
    assert [*found] == ["hook", "socks"]
    assert found["hook"] == Declared("hook", ("plain", "warm"), "reactions", 6, None)


def test_a_network_that_the_post_does_not_go_to_or_that_has_its_own_text_has_no_test():
    assert declared([content()], "bluesky") == {}
    assert declared([content(texts={"mastodon": "Own."})], "mastodon") == {}


def action(state="verified", arm="plain", after=PRESENT, due=START):
    told = {"text": TEXTS["plain"], "test": "feet", "arm": arm} if arm else {"text": "Hi."}
    subject = SimpleNamespace(item=item_of(due, told["text"]))
    proposal = SimpleNamespace(after=after, content=told, subject=subject, name="socks")
    return SimpleNamespace(proposal=proposal, state=state)


def test_the_ledger_says_what_was_published_of_which_arm():
    (one,) = said_of([action(), action(arm=""), action(after=ABSENT)])
    assert one == Said("feet", Turn("socks", "plain", START), text_digest(TEXTS["plain"]))


@pytest.mark.parametrize("state", ["refused", "rejected", "expired", "failed", "undone"])
def test_what_was_not_published_is_remembered_and_does_not_count(state):
    (one,) = said_of([action(state)])
    assert not one.counts
    told = [*said(8), one]
    there = posts(said(8))
    both = [
        standing(TEST, it, there, snapshots(there, [10.0] * 8), BERLIN, NOW)
        for it in (told, said(8))
    ]
    assert both[0] == both[1]


def test_a_clear_difference_is_decided_and_the_better_wording_goes_on():
    found = stands(8, [10.0, 40, 38, 12, 9, 41, 44, 11])
    assert found.known == (4, 4)
    assert found.goes_on == "warm"
    assert sentence(found) == (
        "feet is decided: warm is better (plain 10.5 against warm 40.8 reactions per publication; "
        "by chance in 0.2% of such tests); warm goes on."
    )


def test_no_difference_is_said_and_the_first_wording_goes_on():
    found = stands(8, [10.0, 12, 10, 12, 9, 11, 10, 11])
    assert found.goes_on == "plain"
    assert "feet is decided: no difference was shown" in sentence(found)


def test_a_test_under_way_says_what_it_needs():
    found = stands(5, [10.0] * 5)
    assert found.goes_on == ""
    assert sentence(found) == (
        "feet: plain against warm by reactions. Of 3 and 2 publications it is known what they "
        "earned in 48 hours; nothing is said before it is 4 of each."
    )


def test_a_test_that_is_over_by_its_last_day_says_so():
    test = Declared("feet", ("plain", "warm"), "reactions", 4, date(2026, 12, 31))
    assert "or 31 Dec 2026 is over" in sentence(
        stands(3, [10.0] * 3, START + timedelta(days=60), test)
    )
    over = stands(3, [10.0] * 3, test=test)
    assert sentence(over) == (
        "feet is over without a decision: 1 and 2 publications were known, not 4 of each; plain "
        "goes on."
    )


def test_the_answer_as_of_a_moment_stays_whatever_is_read_later():
    earned = [10.0, 40, 38, 12, 9, 41, 44, 11, 90, 90]
    then = START + timedelta(days=230)
    assert stands(8, earned[:8], then).decision == stands(10, earned, NOW).decision
    assert stands(10, earned, START + timedelta(days=212)).decision is None


def test_a_reading_long_after_the_common_age_decides_nothing():
    late = stands(8, [10.0] * 8, ages=(24.0, 900.0))
    assert late.known == (0, 0)


def test_each_publication_of_a_text_is_its_own_post():
    told = said(8)
    there = posts(told).sample(frac=1.0, random_state=1)
    earned = {f"p{n}": 10.0 + 30 * (told[n].turn.arm == "warm") for n in range(8)}
    seen = snapshots(there, [earned[it] for it in there["post_id"]])
    assert standing(TEST, told, there, seen, BERLIN, NOW).decision.rates == (10.0, 40.0)
