"""Our posts on social networks, the snapshots of their figures, who follows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import event

from connectors.base import Account, TransientError
from connectors.social import Engagement, PublishedPost, text_digest

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIGURES = ["impressions", "reactions", "comments", "shares", "clicks"]


@pytest.fixture
def post(now) -> Callable[..., PublishedPost]:
    """Make a post that came out two days ago: `post("p1", 100)` was shown 100 times."""

    def make(post_id: str, impressions: int | None = 0, **changes) -> PublishedPost:
        engagement = Engagement(impressions=impressions, reactions=2)
        whole = PublishedPost(
            post_id, now - 2 * DAY, f"Text of {post_id}", f"https://x.test/{post_id}", engagement,
            "en",
        )  # fmt: skip
        return replace(whole, **changes)

    return make


@pytest.fixture
def save(warehouse, account_key, now) -> Callable[..., int]:
    def run(*posts: PublishedPost, at: datetime = now, since: datetime = now - 90 * DAY) -> int:
        return warehouse.save_posts(account_key, posts, at, since=since)

    return run


@pytest.fixture
def stored(warehouse, account_key, now) -> Callable[[], pd.DataFrame]:
    """Read all posts, by their id."""
    return lambda: warehouse.social_posts([account_key], now - 900 * DAY).set_index("post_id")


@pytest.fixture
def taken(warehouse, account_key, now) -> Callable[[], pd.DataFrame]:
    """Read all snapshots."""
    return lambda: warehouse.engagement([account_key], now - 900 * DAY)


def test_a_post_comes_out_as_it_went_in(warehouse, account_key, save, post, now):
    assert save(post("p1", engagement=Engagement(900, 20, 3, 0, None))) == 1
    (row,) = warehouse.social_posts([account_key], now - 2 * DAY).to_dict("records")
    assert pd.isna(row.pop("clicks"))
    assert row.pop("gone_at") is pd.NaT
    assert row == {
        "account_key": account_key, "post_id": "p1", "published_at": now - 2 * DAY,
        "text": "Text of p1", "url": "https://x.test/p1", "language": "en",
        "digest": text_digest("Text of p1"), "first_seen_at": now, "last_seen_at": now,
        "taken_at": now, "impressions": 900.0, "reactions": 20.0, "comments": 3.0, "shares": 0.0,
    }  # fmt: skip


def test_without_posts_the_frames_are_empty_and_typed(stored, taken, save):
    assert save() == 0
    for frame in (stored(), taken()):
        assert frame.empty
        assert {*frame[FIGURES].dtypes.astype(str)} == {"float64"}
    assert str(taken()["age_hours"].dtype) == "float64"


def test_posts_of_the_accounts_and_the_time_asked_for(warehouse, account_key, save, post, now):
    other = Account("mastodon", "@acme@m.test", "Acme", "EUR", "Europe/Berlin")
    other_key = warehouse.save_account("acme", "second", other, now)
    save(post("old", published_at=now - 3 * DAY), post("new"))
    warehouse.save_posts(other_key, [post("new", 7)], now, since=now - DAY)
    found = warehouse.social_posts([account_key, other_key], now - 2 * DAY)
    assert [*zip(found["account_key"], found["impressions"], strict=True)] == [
        (account_key, 0), (other_key, 7)
    ]  # fmt: skip
    assert [*warehouse.social_posts([other_key], now - 9 * DAY)["post_id"]] == ["new"]
    assert [*warehouse.engagement([account_key], now - 2 * DAY)["post_id"]] == ["new"]


def test_what_a_post_says_now_counts_and_since_when_we_know_it_stays(save, post, stored, now):
    save(post("p1", 5))
    save(post("p1", 9, text="Edited\0", url="u", language="de"), at=now + HOUR)
    row = stored().loc["p1"]
    assert (row["text"], row["digest"]) == ("Edited\ufffd", text_digest("Edited\ufffd"))
    assert (row["first_seen_at"], row["last_seen_at"]) == (now, now + HOUR)
    assert (row["impressions"], row["taken_at"]) == (9, now + HOUR)
    assert (row["url"], row["language"]) == ("u", "de")


def test_ages_are_hours_since_publication_and_never_less_than_none(save, post, taken, now):
    early = post("p1", 1, published_at=now + MINUTE)
    save(early)
    save(replace(early, engagement=Engagement(3)), at=now + MINUTE + 90 * MINUTE)
    assert [*taken()["age_hours"]] == [0.0, 1.5]
    assert [*taken()["impressions"]] == [1, 3]


def test_same_figures_are_kept_again_once_an_hour(save, post, taken, now):
    for minutes in (0, 30, 59, 60, 80, 140):
        save(post("p1", 5), at=now + minutes * MINUTE)
    kept = (taken()["taken_at"] - now) / MINUTE
    assert [*kept] == [0, 60, 140]


def test_other_figures_are_kept_whenever_they_come(save, post, taken, now):
    for minute, impressions in enumerate((5, 6, None, None, 6)):
        save(post("p1", impressions), at=now + minute * MINUTE)
    kept = taken()
    assert [None if pd.isna(it) else it for it in kept["impressions"]] == [5, 6, None, 6]
    assert [*((kept["taken_at"] - now) / MINUTE)] == [0, 1, 2, 4]


def test_a_reading_that_is_stored_twice_is_one(save, post, taken, stored):
    save(post("p1", 5))
    save(post("p1", 6))
    assert [*taken()["impressions"]] == [5]
    assert [*stored()["impressions"]] == [5]


def test_a_post_that_came_twice_counts_as_it_came_last(save, post, taken):
    assert save(post("p1", 5), post("p1", 6)) == 1
    assert [*taken()["impressions"]] == [6]


def test_what_a_complete_listing_lacks_is_gone_until_it_comes_again(save, post, stored, now):
    older = post("older", published_at=now - 9 * DAY)
    save(older, post("p1"), post("p2"))
    save(post("p1"), at=now + HOUR, since=now - 2 * DAY)
    save(post("p1"), at=now + 2 * HOUR, since=now - 2 * DAY)
    gone = stored()["gone_at"]
    assert gone.dropna().to_dict() == {"p2": now + HOUR}
    save(post("p1"), post("p2"), at=now + 3 * HOUR, since=now - 2 * DAY)
    assert stored()["gone_at"].isna().all()


def test_another_accounts_posts_are_not_gone(warehouse, account_key, save, post, stored, now):
    save(post("p1"))
    other = Account("bluesky", "did:plc:1", "Acme", "EUR", "Europe/Berlin")
    other_key = warehouse.save_account("acme", "second", other, now)
    warehouse.save_posts(other_key, [], now + HOUR, since=now - 90 * DAY)
    assert stored()["gone_at"].isna().all()


def test_a_listing_that_fails_midway_changes_nothing(
    warehouse, account_key, save, post, stored, taken, now
):
    save(post("p1", 5), post("p2", 5))

    def listing() -> Iterator[PublishedPost]:
        yield post("p1", 99)
        yield post("p3")
        raise TransientError("the network went away")

    before = stored(), taken()
    with pytest.raises(TransientError, match="went away"):
        warehouse.save_posts(account_key, listing(), now + HOUR, since=now - 90 * DAY)
    for was, is_now in zip(before, (stored(), taken()), strict=True):
        pd.testing.assert_frame_equal(was, is_now)


def test_the_last_count_of_followers_of_the_accounts_day_stays(warehouse, account_key, now):
    late = datetime(2026, 11, 21, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    for followers, at in ((100, now), (105, late), (103, late + MINUTE)):
        warehouse.save_followers(account_key, followers, at)
    counted = warehouse.followers([account_key], date(2026, 11, 1))
    assert counted.to_dict("records") == [
        {"account_key": account_key, "date_day": date(2026, 11, 21), "followers": 105.0},
        {"account_key": account_key, "date_day": date(2026, 11, 22), "followers": 103.0},
    ]
    assert [*warehouse.followers([account_key], date(2026, 11, 22))["followers"]] == [103]
    assert warehouse.followers([account_key + 1], date(2026, 11, 1)).empty


def test_the_view_has_each_posts_newest_figures(save, post, rows, now):
    save(post("p1", 5), post("gone", 8))
    save(post("p1", None), at=now + 90 * MINUTE)
    found = rows(
        "SELECT brand, platform, account_id, post_id, text, age_hours, impressions, reactions,"
        " CASE WHEN gone_at IS NULL THEN 0 ELSE 1 END AS gone FROM social_post_performance"
        " ORDER BY post_id DESC"
    )
    for row, hours in zip(found, (49.5, 48), strict=True):
        assert row.pop("age_hours") == pytest.approx(hours, abs=1e-6)
    account = ("acme", "google_ads", "4445556666")
    assert [tuple(row.values()) for row in found] == [
        (*account, "p1", "Text of p1", None, 2, 0),
        (*account, "gone", "Text of gone", 8, 2, 1),
    ]


@pytest.mark.parametrize("count", [1, 300])
def test_a_listing_takes_as_many_statements_however_long_it_is(warehouse, save, post, now, count):
    posts = [post(f"p{n}", n) for n in range(count)]
    statements = []
    event.listen(warehouse.engine, "before_cursor_execute", lambda *it: statements.append(it[2]))
    save(*posts)
    save(*posts, at=now + HOUR)
    assert len([it for it in statements if "social_" in it]) == 6
