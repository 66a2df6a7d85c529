"""Bluesky's answers of odd shapes: limits, dead sessions, missing fields, hidden people."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.changes import Subject
from connectors.channels.bluesky import Connector, Options
from connectors.channels.bluesky.errors import named_wait
from connectors.social import Engagement, item_of
from connectors.throttle import LocalThrottle

from ..conftest import Answer, told

PASSWORD = "planted-app-password"
DID, OTHER = "did:plc:b5mumpdanrnq4xj5vaptny7x", "did:plc:kstectx2vxdaeuhby6hrotmt"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SESSION = {"accessJwt": "planted-access", "refreshJwt": "planted-refresh", "did": DID}
SUBJECT = Subject("account", DID, "post", item_of(NOW, "Hello"))
WHO = {"did": DID, "handle": "shop.example"}


@pytest.fixture
def channel(server, time_):
    options = Options(
        account_id=DID, app_password=PASSWORD, base_url=server.url, public_url=server.url
    )
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return Connector(options, throttle=throttle, clock=lambda: NOW)


def refused(name: str, status: int = 400, message: str = "No") -> Answer:
    return Answer({"error": name, "message": message}, status)


def record(text: str = "Hello", key: str = "3mzcxjip3dfo6", **more) -> dict:
    value = {"text": text, "createdAt": "2026-11-02T09:00:00.000Z", **more}
    return {"uri": f"at://{DID}/app.bsky.feed.post/{key}", "cid": "bafy", "value": value}


def view(did: str = OTHER, key: str = "3mzcxjip3dfo6", **more) -> dict:
    return {
        "uri": f"at://{did}/app.bsky.feed.post/{key}",
        "author": {"did": did, "handle": "somebody.example"},
        "record": {"text": "Hi", "createdAt": "2026-11-02T10:00:00Z"},
        "indexedAt": "2026-11-02T10:00:05.000Z",
        **more,
    }


def methods(server) -> list[str]:
    return [seen.path.rpartition(".")[2] for seen in server.seen]


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidToken"])
def test_a_dead_token_is_told_with_400_and_refreshed_once(channel, server, code):
    fresh = {**SESSION, "accessJwt": "fresh", "refreshJwt": "next"}
    server.script(SESSION, refused(code), fresh, WHO)
    channel.account()
    assert methods(server) == ["createSession", "getSession", "refreshSession", "getSession"]
    assert [seen.headers.get("Authorization") for seen in server.seen] == [
        None, "Bearer planted-access", "Bearer planted-refresh", "Bearer fresh",
    ]  # fmt: skip


def test_a_token_that_is_dead_again_needs_a_person(channel, server):
    server.script(SESSION, refused("ExpiredToken"), SESSION, refused("ExpiredToken"))
    with pytest.raises(ReconnectError, match="ExpiredToken; reconnect the account"):
        channel.account()
    assert len(server.seen) == 4


@pytest.mark.parametrize("status", [400, 401])
def test_a_dead_session_is_opened_again(channel, server, status):
    server.script(SESSION, refused("ExpiredToken"), refused("ExpiredToken", status), SESSION, WHO)
    channel.account()
    assert methods(server)[2:] == ["refreshSession", "createSession", "getSession"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("AuthenticationRequired", "check account_id and app_password"),
        ("AuthFactorTokenRequired", "an app password, not its own"),
        ("AccountTakedown", "a person must act"),
        ("AccountDeactivated", "a person must activate it"),
        ("SomethingNew", "reconnect the account"),
    ],
)
def test_who_cannot_sign_in_is_told_why(channel, server, name, advice):
    server.script(refused(name, 401))
    with pytest.raises(ReconnectError, match=advice) as caught:
        channel.account()
    assert f"Bluesky {DID}: POST 127.0.0.1" in str(caught.value)
    assert len(server.seen) == 1


@pytest.mark.parametrize("answer", [{}, {"accessJwt": "a"}, [], "x", None, 7])
def test_a_session_without_tokens_is_none(channel, server, answer):
    server.script(Answer(answer))
    with pytest.raises((RejectedError, TransientError)):
        channel.account()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"RateLimit-Reset": "1793620870", "Date": "Mon, 02 Nov 2026 12:00:00 GMT"}, 70),
        ({"Retry-After": "5", "RateLimit-Reset": "1793620870"}, 5),
        ({"RateLimit-Reset": "1793620800", "Date": "Mon, 02 Nov 2026 13:00:00 GMT"}, 0),
        ({"RateLimit-Reset": "soon", "Date": "Mon, 02 Nov 2026 12:00:00 GMT"}, None),
        ({"RateLimit-Reset": "1793620870"}, None),
        ({}, None),
    ],
)
def test_how_long_a_limit_lasts(headers, seconds):
    """`RateLimit-Reset` counts by the server's clock, which its `Date` tells."""
    assert named_wait(headers) == seconds


def test_a_post_that_the_appview_does_not_show_has_unknown_counts(channel, server):
    server.script({"records": [record()]}, {"posts": []})
    (page,) = channel.posts(NOW - timedelta(days=1))
    assert page[0].engagement == Engagement()


def test_counts_that_are_missing_are_unknown(channel, server):
    server.script({"records": [record()]}, {"posts": [{"uri": record()["uri"], "quoteCount": 2}]})
    (page,) = channel.posts(NOW - timedelta(days=1))
    assert page[0].engagement == Engagement(shares=2)


@pytest.mark.parametrize("created", [None, "", "yesterday", 5])
def test_a_post_without_a_moment_has_that_of_its_key(channel, server, created):
    server.script({"records": [record(createdAt=created)]}, {"posts": []})
    (page,) = channel.posts(NOW - timedelta(days=1))
    moment = page[0].published_at
    assert moment.replace(microsecond=0) == datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(("languages", "told_as"), [(None, ""), ([], ""), (["de", "en"], "de")])
def test_a_post_may_have_no_language(channel, server, languages, told_as):
    server.script({"records": [record(langs=languages)]}, {"posts": []})
    (page,) = channel.posts(NOW - timedelta(days=1))
    assert page[0].language == told_as


def test_pages_that_turn_in_a_circle_end(channel, server):
    server.script({"records": [record()], "cursor": "same"})
    with pytest.raises(TransientError, match="circle"):
        channel.settings([SUBJECT])


def test_an_empty_page_with_a_cursor_is_the_last(channel, server):
    server.script({"records": [], "cursor": "more"})
    assert channel.settings([SUBJECT])[SUBJECT].value == "absent"
    assert len(server.seen) == 1


@pytest.mark.parametrize("answer", [{}, {"records": [{}]}, {"records": 7}, []])
def test_records_of_an_unknown_shape_are_refused(channel, server, answer):
    server.script(Answer(answer))
    with pytest.raises(RejectedError, match="unknown shape"):
        list(channel.posts(NOW))


def test_hidden_and_blocked_parts_of_a_thread_are_left_out(channel, server):
    shown = "app.bsky.feed.defs#threadViewPost"
    ours = view(DID, "3mzcxjip3dfo2")
    named = {**view()["author"], "displayName": "Some Body", "handle": "handle.invalid"}
    thread = {
        "$type": shown,
        "post": ours,
        "replies": [
            {"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x", "blocked": True},
            {"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://y", "notFound": True},
            {"$type": shown, "post": view(author=named), "replies": None},
        ],
    }
    server.script({"thread": thread}, {"profiles": []}, SESSION, {"notifications": []})
    (page,) = channel.comments([ours["uri"]], NOW - timedelta(days=1))
    assert [(one.author, one.followers) for one in page] == [("Some Body", None)]
    assert page[0].url == f"https://bsky.app/profile/{OTHER}/post/3mzcxjip3dfo6"


@pytest.mark.parametrize(
    ("created", "at"),
    [("2026-11-02T10:00:00Z", 10), ("2036-01-01T00:00:00Z", 11), ("never", 11)],
)
def test_a_comment_from_the_future_is_from_when_it_was_seen(channel, server, created, at):
    mention = view(
        record={"text": "Hi", "createdAt": created},
        reason="mention",
        indexedAt="2026-11-02T11:00:00Z",
    )
    server.script(SESSION, {"notifications": [mention]}, {"profiles": []})
    (page,) = channel.comments([], NOW - timedelta(days=1))
    assert page[0].at.hour == at


def test_only_what_is_said_to_us_elsewhere_is_a_mention(channel, server):
    def answering(did: str) -> dict:
        ref = {"uri": f"at://{did}/app.bsky.feed.post/3mzcxjip3dfo2", "cid": "b"}
        return {"text": "Hi", "createdAt": "x", "reply": {"root": ref, "parent": ref}}

    rows = [
        view(key="like", reason="like", record={}),
        view(key="follow", reason="follow", record={}),
        view(key="ours", reason="reply", record=answering(DID)),
        view(key="named", reason="mention", record=answering(DID)),
        view(key="theirs", reason="reply", record=answering(OTHER)),
        view(key="quoted", reason="quote"),
    ]
    profile = {"did": OTHER, "followersCount": 12}
    server.script(SESSION, {"notifications": rows}, {"profiles": [profile]})
    (page,) = channel.comments([], NOW - timedelta(days=1))
    assert [one.comment_id.rpartition("/")[2] for one in page] == ["theirs", "quoted"]
    assert {(one.kind, one.post_id, one.followers) for one in page} == {("mention", "", 12)}


def test_followers_may_be_untold(channel, server):
    server.script({"did": DID, "handle": "shop.example"})
    assert channel.followers() is None


def test_a_deactivated_account_is_paused(channel, server):
    server.script(SESSION, {**WHO, "active": False, "status": "deactivated"})
    assert channel.account().status == "paused"


def test_tokens_and_texts_of_others_get_out_nowhere(channel, server, caplog):
    caplog.set_level(logging.DEBUG)
    leaky = refused("InvalidRequest", message=f"planted-access {PASSWORD} planted-refresh")
    server.script(SESSION, leaky)
    with pytest.raises(RejectedError) as caught:
        channel.account()
    everything = told(caught.value) + caplog.text
    for secret in ("planted-access", PASSWORD, "planted-refresh"):
        assert secret not in everything
