"""Bluesky read: the account, its posts and what they earn, who answers, who mentions it."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from connectors.base import Account, Entity, RejectedError, Window
from connectors.channels.bluesky import Connector, Options
from connectors.sandbox.social import Audience
from connectors.social import Engagement, SocialChannel

from .bluesky_shop import KEY, NOON, PASSWORD, SHOP, post, reply
from .bluesky_shop import shop as opened

LONG_AGO = NOON - timedelta(days=80)


@pytest.fixture
def shop(tmp_path):
    with opened(tmp_path) as running:
        yield running


@pytest.fixture
def busy(tmp_path):
    with opened(tmp_path, audience=Audience(followers=20_000)) as running:
        yield running


def past(shop, count: int, hours: float = 24) -> None:
    """Let the shop have posted so often, once in so many hours, until so long ago."""
    for number in range(1, count + 1):
        at = NOON - timedelta(hours=hours * number)
        shop.world.publish(KEY, f"past-{number}", f"Offer {number}", at=at)


def everything(pages) -> list:
    return [one for page in pages for one in page]


def test_it_is_a_social_channel(shop):
    assert isinstance(shop.channel, SocialChannel)
    assert shop.channel.network == "bluesky"


def test_the_account_is_known_by_its_handle_and_costs_one_sign_in(shop):
    expected = Account("bluesky", SHOP, SHOP, "XXX", "UTC")
    assert [shop.channel.account(), shop.channel.account()] == [expected] * 2
    assert len(shop.calls("com.atproto.server.createSession")) == 1


def test_an_account_may_be_named_by_its_did(shop):
    written = shop.write(post("Hello"))
    did = written.made.removeprefix("at://").partition("/")[0]
    by_did = shop.connect(account_id=did)
    (found,) = everything(by_did.posts(LONG_AGO))
    assert (found.post_id, found.text) == (written.made, "Hello")
    assert found.url.startswith(f"https://bsky.app/profile/{did}/post/")
    assert by_did.account().name == SHOP


@pytest.mark.parametrize("given", ["@Shop.Example", "shop.example"])
def test_a_handle_is_written_in_one_way(given):
    assert Options(account_id=given, app_password="x").account_id == SHOP


@pytest.mark.parametrize("given", ["", "shop", "shop example.com", "https://shop.example", "did:"])
def test_what_names_no_account_is_refused(given):
    with pytest.raises(ValidationError, match="account_id"):
        Options(account_id=given, app_password="x")


def test_posts_come_newest_first_over_all_pages_from_a_moment_on(shop):
    past(shop, 150, hours=2)
    since = NOON - timedelta(hours=240)
    found = everything(shop.channel.posts(since))
    assert [one.text for one in found] == [f"Offer {number}" for number in range(1, 121)]
    assert found[-1].published_at == since
    assert len(shop.calls("com.atproto.repo.listRecords")) == 3  # what is older matters for a week


def test_a_post_has_what_it_earned_and_no_more_than_the_network_tells(busy):
    past(busy, 3)
    stored = {post.text: busy.world.engagement(post) for post in busy.posts}
    for found in everything(busy.channel.posts(LONG_AGO)):
        truth = stored[found.text]
        assert found.engagement == Engagement(
            None, truth.reactions, truth.comments, truth.shares, None
        )
        assert (found.language, found.url.rpartition("/")[0]) == (
            "en",
            f"https://bsky.app/profile/{SHOP}/post",
        )


def test_counts_are_asked_for_25_at_a_time(shop):
    past(shop, 60)
    assert all(one.engagement.reactions for one in everything(shop.channel.posts(LONG_AGO)))
    assert len(shop.calls("app.bsky.feed.getPosts")) == 3


def test_replies_and_deleted_posts_are_no_posts(shop):
    kept, gone = shop.write(post("Kept")), shop.write(post("Gone"))
    shop.world.delete(KEY, gone.made)
    said = shop.world.say(kept.made, "Nice")
    (comment,) = everything(shop.channel.comments([kept.made], LONG_AGO))
    shop.write(reply(kept.made, comment.comment_id, "Thanks"))
    assert [one.text for one in everything(shop.channel.posts(LONG_AGO))] == ["Kept"]
    assert said.text == comment.text


def test_entities_are_the_account_and_the_posts_of_90_days(shop):
    past(shop, 100)
    text = "x" * 100
    shop.write(post(text))
    account, *posts = everything(shop.channel.entities(["account", "post"]))
    assert account == Entity("account", SHOP, SHOP, "enabled")
    assert (len(posts), posts[0].name, posts[0].status) == (91, "x" * 80, "enabled")
    assert posts[0].url.startswith(f"https://bsky.app/profile/{SHOP}/post/")
    with pytest.raises(RejectedError, match="no level campaign; it has account, post"):
        everything(shop.channel.entities(["campaign"]))


def test_there_are_no_daily_figures(shop):
    with pytest.raises(RejectedError, match="no daily figures"):
        shop.channel.performance("post", Window(NOON.date(), NOON.date()))


def test_followers_are_counted(shop):
    assert shop.channel.followers() == shop.world.followers(KEY)


def test_nothing_posted_is_nothing(shop):
    assert everything(shop.channel.posts(LONG_AGO)) == []
    assert everything(shop.channel.comments([], LONG_AGO)) == []


def test_comments_come_with_answers_to_them_and_how_many_follow_their_authors(shop):
    made = shop.write(post("Hello")).made
    shop.pass_(minutes=1)
    first = shop.world.say(made, "When do you open?", "Reader 1", followers=120)
    shop.pass_(minutes=1)
    shop.world.say(made, "At nine, I think", "Reader 2", parent_id=first.comment_id, followers=7)
    one, two = everything(shop.channel.comments([made], LONG_AGO))
    assert (one.text, one.author, one.followers, one.parent_id) == (
        "When do you open?", "Reader 1", 120, "",
    )  # fmt: skip
    assert (two.parent_id, two.followers) == (one.comment_id, 7)
    assert {one.post_id, two.post_id} == {made}
    assert not one.by_us
    assert (one.kind, one.at) == ("comment", NOON + timedelta(minutes=1))
    assert one.url == f"https://bsky.app/profile/reader-1.bsky.social/post/{one.url[-13:]}"


def test_our_answer_is_ours(shop):
    made = shop.write(post("Hello")).made
    shop.world.say(made, "When do you open?")
    (question,) = everything(shop.channel.comments([made], LONG_AGO))
    shop.write(reply(made, question.comment_id, "At nine"))
    _, ours = everything(shop.channel.comments([made], LONG_AGO))
    assert (ours.text, ours.by_us, ours.parent_id) == ("At nine", True, question.comment_id)


def test_only_new_comments_come(shop):
    made = shop.write(post("Hello")).made
    shop.world.say(made, "Early")
    shop.pass_(hours=1)
    shop.world.say(made, "Late")
    found = everything(shop.channel.comments([made], NOON + timedelta(minutes=30)))
    assert [one.text for one in found] == ["Late"]


def test_a_post_that_is_gone_has_no_comments(shop):
    made = shop.write(post("Hello")).made
    shop.world.say(made, "Early")
    shop.world.delete(KEY, made)
    assert everything(shop.channel.comments([made], LONG_AGO)) == []


def test_what_is_said_to_us_elsewhere_is_a_mention(shop):
    made = shop.write(post("Hello")).made
    shop.world.say(made, "Under the post")
    shop.world.say("", "@shop.example where are you?", "Somebody", followers=3)
    (mention,) = everything(shop.channel.comments([], LONG_AGO))
    assert (mention.kind, mention.post_id, mention.text, mention.followers) == (
        "mention", "", "@shop.example where are you?", 3,
    )  # fmt: skip


def test_mentions_come_over_all_pages_that_are_new(shop):
    for number in range(120):
        shop.world.say("", f"Old {number}")
    shop.pass_(hours=2)
    for number in range(130):
        shop.world.say("", f"New {number}", f"Reader {number}")
    found = everything(shop.channel.comments([], NOON + timedelta(hours=1)))
    assert sorted(one.text for one in found) == sorted(f"New {number}" for number in range(130))
    assert len(shop.calls("app.bsky.notification.listNotifications")) == 2


def test_a_session_that_ran_out_is_renewed_not_opened_again(shop):
    shop.channel.account()
    for _ in range(3):
        shop.pass_(hours=3)
        shop.channel.account()
    assert shop.calls("com.atproto.server.refreshSession") == [200] * 3
    assert shop.calls("com.atproto.server.createSession") == [200]


def test_a_session_that_cannot_be_renewed_is_opened_again(shop):
    shop.channel.account()
    shop.pass_(days=91)
    shop.channel.account()
    assert shop.calls("com.atproto.server.refreshSession") == [400]
    assert shop.calls("com.atproto.server.createSession") == [200] * 2


def test_reading_what_is_public_signs_in_nowhere(shop):
    past(shop, 3)
    everything(shop.channel.posts(LONG_AGO))
    shop.channel.settings([post("Hello").subject])
    shop.channel.followers()
    assert shop.calls("com.atproto.server.createSession") == []


def test_the_password_shows_nowhere(shop):
    channel = shop.channel
    channel.account()
    assert isinstance(channel, Connector)
    assert PASSWORD not in repr(channel) + repr(vars(channel))
