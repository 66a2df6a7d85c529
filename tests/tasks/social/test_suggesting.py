"""What is proposed for a post, from what its accounts' posts had earned."""

from datetime import UTC, datetime, timedelta

import pytest

from config.library import load
from config.settings import HERE
from connectors.base import Account
from connectors.social import Engagement, PublishedPost
from connectors.warehouse import Warehouse
from tasks.steps.suggesting import suggest

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The shop's LinkedIn page: what it says at eight of #TrailRunning is read twice as often."""
    with Warehouse.create(f"sqlite:///{tmp_path_factory.mktemp('said') / 'w.db'}") as store:
        page = Account("linkedin", "2414183", "Acme Shop", "XXX", "UTC")
        key = store.save_account("shop", "linkedin", page, NOW)
        for number in range(30):
            at = NOW - timedelta(days=3 * number + 3) + timedelta(hours=number % 3)
            trail = number % 2 == 0
            text = f"Number {number} #{'TrailRunning' if trail else 'Outdoor'}"
            for hours, part in ((24, 0.8), (72, 1.0)):
                seen = Engagement(impressions=int((2000 if trail else 1000) * part))
                post = PublishedPost(f"p{number}", at, text, "", seen)
                store.save_posts(key, [post], at + timedelta(hours=hours), since=at)
        yield store


def test_what_did_better_is_proposed_first_and_times_are_free_and_allowed(warehouse):
    library = load(HERE, HERE / "demo", "shop")
    (found,) = suggest(warehouse, library, "shop", "trail_shoes", NOW)
    assert (found.account, found.posts) == ("linkedin", 30)
    assert found.hashtags[0].hashtag == "TrailRunning"
    assert found.hashtags[0].lift.low > 1
    assert len(found.slots) == 3
    for slot in found.slots:
        assert NOW < slot.at <= NOW + timedelta(days=14)
        assert "07:30" <= slot.publish_at[-5:] < "20:00"
        assert slot.publish_at[:10] != "2026-11-13"  # stock-taking


def test_the_same_post_gets_the_same_answer(warehouse):
    library = load(HERE, HERE / "demo", "shop")
    answers = [suggest(warehouse, library, "shop", "size_chart", NOW) for _ in range(2)]
    assert answers[0] == answers[1]


def test_a_post_for_other_networks_gets_none(warehouse):
    library = load(HERE, HERE / "demo", "shop")
    assert suggest(warehouse, library, "shop", "first_snow", NOW) == []


def test_a_post_that_there_is_not_is_named(warehouse):
    library = load(HERE, HERE / "demo", "shop")
    with pytest.raises(LookupError, match="trail_shoe"):
        suggest(warehouse, library, "shop", "trail_shoe", NOW)
