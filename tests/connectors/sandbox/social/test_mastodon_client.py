"""The sandbox is a Mastodon to Mastodon.py, the client that recorded real servers."""

from datetime import UTC, datetime, timedelta

import pytest
from mastodon import (
    Mastodon,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonUnauthorizedError,
)

from connectors.sandbox import Sandbox, small
from connectors.sandbox.social import SocialAccount, SocialWorld

ACCOUNT = "@brand@social.example"
TOKEN = "sandbox-social-token"
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PNG, GIF = b"\x89PNG\r\n\x1a\n" + bytes(99), b"GIF89a" + bytes(99)


@pytest.fixture
def social() -> SocialWorld:
    return SocialWorld([SocialAccount("mastodon", ACCOUNT, "Brand")])


@pytest.fixture
def sandbox(social):
    with Sandbox(small(), today=START.date(), social=social) as running:
        yield running


def client(sandbox: Sandbox, token: str = TOKEN) -> Mastodon:
    return Mastodon(
        access_token=token,
        api_base_url=f"{sandbox.url}/mastodon",
        ratelimit_method="throw",
    )


def test_the_account_and_the_server(sandbox):
    ours = client(sandbox)
    assert ours.me().acct == "brand"
    assert ours.retrieve_mastodon_version() == "4.5.2"
    assert ours.account_lookup("ann@people.example").acct == "ann@people.example"
    configuration = ours.instance_v2().configuration
    assert configuration.statuses.max_characters == 500
    assert configuration.statuses.characters_reserved_per_url == 23
    assert configuration.media_attachments.description_limit == 1500
    assert "de" in {one.code for one in ours.instance_languages()}


def test_a_status_with_pictures_and_a_key(sandbox, social):
    ours = client(sandbox)
    still = ours.media_post(PNG, mime_type="image/png", description="A shoe")
    moving = ours.media_post(GIF, mime_type="image/gif", description="It turns")
    assert (bool(still.url), moving.url) == (True, None)
    while not moving.url:
        moving = ours.media(moving)
    made = [
        ours.status_post("Sale #now", media_ids=[still, moving], language="de",
                         visibility="unlisted", idempotency_key="k")
        for _ in range(2)
    ]  # fmt: skip
    assert made[0].id == made[1].id
    assert [one.description for one in made[0].media_attachments] == ["A shoe", "It turns"]
    assert (made[0].language, made[0].visibility, made[0].created_at) == ("de", "unlisted", START)
    assert [entry.text for entry in social.log] == ["Sale #now"]
    assert ours.status_delete(made[0]).text == "Sale #now"
    with pytest.raises(MastodonNotFoundError):
        ours.status(made[0])


def test_pages_of_our_statuses(sandbox):
    ours = client(sandbox)
    made = [ours.status_post(f"No {n}").id for n in range(5)]
    first = ours.account_statuses(ours.me(), limit=2, exclude_replies=True)
    every = ours.fetch_remaining(first)
    assert [one.id for one in every] == made[::-1]


def test_a_conversation(sandbox, social):
    ours = client(sandbox)
    post = ours.status_post("Sale")
    said = social.say(str(post.id), "When?", "Ann")
    comment = ours.status_context(post).descendants[0]
    assert (str(comment.id), comment.account.acct) == (said.comment_id, "ann@people.example")
    answer = ours.status_reply(comment, "At nine")
    assert social.log[-1].text == "@ann@people.example At nine"
    context = ours.status_context(answer)
    assert [one.id for one in context.ancestors] == [post.id, comment.id]
    social.say(ACCOUNT, "hello", "Bo")
    notes = ours.fetch_remaining(ours.notifications(types=["mention"], limit=1))
    assert {(one.type, one.status.account.acct) for one in notes} == {
        ("mention", "ann@people.example"),
        ("mention", "bo@people.example"),
    }


def test_what_others_say_by_hashtag_and_by_search(sandbox, social):
    ours = client(sandbox)
    ours.status_post("Our #Trail")
    for number in range(3):
        social.speak("mastodon", f"Up the #trail {number}", START - number * HOUR, "Ann")
    social.speak("mastodon", "trailing behind", START - 5 * HOUR)
    first = ours.timeline_hashtag("Trail", limit=2)
    every = ours.fetch_remaining(first)
    assert [one.created_at for one in every] == [START, START, START - HOUR, START - 2 * HOUR]
    assert {one.account.acct for one in every} == {"brand", "ann@people.example"}
    assert every[1].tags[0].name == "trail"
    found = ours.search_v2("trail", result_type="statuses", resolve=False)
    assert (len(found.statuses), found.accounts, found.hashtags) == (5, [], [])
    assert len(ours.search_v2("trail", result_type="statuses", offset=3).statuses) == 2
    assert len(ours.search_v2("from:me", result_type="statuses").statuses) == 1
    social.full_text = False
    assert ours.search_v2("trail", result_type="statuses").statuses == []


def test_unlisted_posts_are_not_public(sandbox):
    ours = client(sandbox)
    ours.status_post("Our #Trail", visibility="unlisted")
    assert ours.timeline_hashtag("trail") == []


def test_errors(sandbox):
    with pytest.raises(MastodonUnauthorizedError):
        client(sandbox, "wrong").me()
    sandbox.faults.add("throttle", platform="mastodon", seconds=90)
    with pytest.raises(MastodonRatelimitError):
        client(sandbox).me()
