"""Our account, posts, comments and mentions are read as Mastodon tells them."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from connectors.base import (
    Account,
    ReconnectError,
    RejectedError,
    TransientError,
    Window,
)
from connectors.channels.mastodon import Connector, Options
from connectors.channels.mastodon.errors import until_reset
from connectors.social import Comment, Engagement, PublishedPost, SocialChannel

from ..conftest import Answer, told
from .mastodon_replies import ACCOUNT, ME, NOW, OUR_ID, READER, TOKEN, connector, page, status

DAY = timedelta(days=1)
MENTION = {"id": OUR_ID, "username": "brand", "url": "https://social.example/@brand",
           "acct": "brand"}  # fmt: skip
TO_US = '<a href="https://social.example/@brand" class="u-url mention">@<span>brand</span></a>'


def answer_to_us(status_id: str, text: str, **more) -> dict:
    given = {"by": READER, "mentions": [MENTION], "in_reply_to_id": "1",
             "in_reply_to_account_id": OUR_ID, **more}  # fmt: skip
    return status(status_id, f"{TO_US} {text}", **given)


def test_it_is_a_social_channel(server):
    assert isinstance(connector(server), SocialChannel)
    assert connector(server).network == "mastodon"


@pytest.mark.parametrize("written", ["brand@Social.Example", "@brand@social.example"])
def test_the_server_is_the_one_of_the_account(written):
    options = Options(account_id=written, access_token=TOKEN)
    assert (options.account_id, options.name) == (ACCOUNT, "brand")
    assert options.server_url == "https://social.example"


@pytest.mark.parametrize(
    "wrong",
    [{"account_id": "brand"}, {"account_id": "@a@b/c"}, {"visibility": "direct"}, {"color": 1}],
)
def test_wrong_options_are_refused(wrong):
    with pytest.raises(ValidationError):
        Options(**{"account_id": ACCOUNT, "access_token": TOKEN, **wrong})


def test_the_account(server):
    server.script(ME)
    assert connector(server).account() == Account("mastodon", ACCOUNT, "Brand", "XXX", "UTC")
    assert server.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert connector(server).followers() == 4321


def test_a_token_of_somebody_else_is_refused(server):
    server.script({**ME, "username": "private_person"})
    with pytest.raises(RejectedError, match="another account's, not brand's") as caught:
        connector(server).account()
    assert "private_person" not in told(caught.value)


def test_followers_that_are_not_told_are_unknown(server):
    server.script({**ME, "followers_count": None})
    assert connector(server).followers() is None


def test_a_post(server):
    server.script(ME, page(status("117020585924712638", "Sale &amp; more", language=None)))
    [[post]] = connector(server).posts(NOW - DAY)
    assert post == PublishedPost(
        post_id="117020585924712638",
        published_at=datetime(2026, 11, 20, 11, 0, 0, 596000, tzinfo=UTC),
        text="Sale & more",
        url="https://social.example/@brand/117020585924712638",
        engagement=Engagement(None, reactions=5, comments=2, shares=4, clicks=None),
    )
    asked = server.seen[-1]
    assert asked.path == f"/api/v1/accounts/{OUR_ID}/statuses"
    assert asked.query == {"exclude_replies": "true", "exclude_reblogs": "true", "limit": "40"}


@pytest.mark.parametrize("missing", ["absent", None])
def test_what_is_not_told_is_unknown_and_never_zero(server, missing):
    row = status("9", "Hello", url=None)
    for name in ("favourites_count", "replies_count", "reblogs_count"):
        row[name] = missing
        if missing == "absent":
            del row[name]
    del row["quotes_count"]
    server.script(ME, page(row))
    [[post]] = connector(server).posts(NOW - DAY)
    assert post.engagement == Engagement()
    assert post.url == "https://social.example/users/brand/statuses/9"


def test_pages_are_turned_until_a_post_is_too_old(server):
    server.script(
        ME,
        page(status("9", "nine"), status("8", "eight"), next_id="8", host="https://evil.example"),
        page(next_id="7"),  # empty, and not the last one
        page(status("8", "eight"), status("6", "six", hours=5), next_id="6"),
        page(status("5", "five", hours=6), status("4", "four", hours=30), next_id="4"),
    )
    pages = list(connector(server).posts(NOW - DAY))
    assert [[post.post_id for post in one] for one in pages] == [["9", "8"], ["6"], ["5"]]
    assert [seen.query.get("max_id") for seen in server.seen[1:]] == [None, "8", "7", "6"]


def test_a_page_that_leads_to_itself_ends_in_an_error(server):
    server.script(ME, page(status("9", "nine"), next_id="9"))
    with pytest.raises(TransientError, match="turns in a circle"):
        list(connector(server).posts(NOW - DAY))


def test_answers_boosts_and_direct_messages_are_no_posts(server):
    server.script(
        ME,
        page(
            status("9", "to myself", in_reply_to_id="8"),
            status("7", "", reblog=status("1", "theirs")),
            status("6", "psst", visibility="direct"),
        ),
    )
    assert list(connector(server).posts(NOW - DAY)) == []


def test_entities_are_the_account_and_its_posts(server):
    server.script(ME, page(status("9", "x" * 200), status("8", "old", hours=24 * 91)))
    channel = connector(server)
    [account] = next(pages := channel.entities(["account", "post"]))
    [[post]] = pages
    assert (account.entity_id, account.name) == (ACCOUNT, "Brand")
    assert (post.level, post.entity_id, post.name) == ("post", "9", "x" * 80)
    assert (post.status, post.url) == ("enabled", "https://social.example/@brand/9")
    with pytest.raises(RejectedError, match="no level ad"):
        list(connector(server).entities(["ad"]))


def test_there_are_no_figures_per_day_and_no_history(server):
    channel = connector(server)
    with pytest.raises(RejectedError, match="no figures per day"):
        channel.performance("post", Window(NOW.date(), NOW.date()))
    assert list(channel.edits(NOW - DAY, NOW)) == []
    assert server.seen == []


def test_what_stands_under_a_post(server):
    ours = status("12", "Thanks", in_reply_to_id="11", in_reply_to_account_id=READER["id"])
    nested = answer_to_us("13", "Bye", in_reply_to_id="12")
    server.script(ME, {"ancestors": [], "descendants": [answer_to_us("11", "Nice"), ours, nested]})
    server.script(ME, *server_pages([answer_to_us("11", "Nice"), ours, nested], []))
    [found] = connector(server).comments(["1"], NOW - DAY)
    assert found[0] == Comment(
        comment_id="11",
        kind="comment",
        post_id="1",
        at=datetime(2026, 11, 20, 11, 0, 0, 596000, tzinfo=UTC),
        text="Nice",
        author="Some Reader",
        by_us=False,
        followers=12,
        url="https://social.example/@brand/11",
    )
    assert [(one.comment_id, one.by_us, one.parent_id) for one in found[1:]] == [
        ("12", True, "11"),
        ("13", False, "12"),
    ]


def server_pages(descendants: list[dict], mentions: list[dict]) -> list[Answer]:
    """Return the answers about one post, then a page of notifications."""
    rows = [{"id": f"{n}", "type": "mention", "status": one} for n, one in enumerate(mentions)]
    return [Answer({"ancestors": [], "descendants": descendants}), page(*rows)]


def test_mentions_elsewhere_come_once_and_after_the_comments(server):
    below = answer_to_us("11", "Nice")
    elsewhere = status("14", f"Ask {TO_US}!", by=READER, mentions=[MENTION])
    old = status("15", f"{TO_US} before", by=READER, mentions=[MENTION], hours=50)
    late = answer_to_us("16", "an old post?", in_reply_to_id="2")
    server.script(ME, *server_pages([below], [below, elsewhere, late, old]))
    comments, mentions = connector(server).comments(["1"], NOW - DAY)
    assert [(one.comment_id, one.kind, one.post_id) for one in comments] == [("11", "comment", "1")]
    assert [(one.comment_id, one.kind, one.post_id) for one in mentions] == [
        ("14", "mention", ""),
        ("16", "mention", ""),
    ]
    assert [one.text for one in mentions] == ["Ask @brand!", "an old post?"]
    assert mentions[1].parent_id == "2"
    assert server.seen[-1].query == {"types[]": "mention", "limit": "40"}


def test_old_comments_are_left_out_and_do_not_come_as_mentions(server):
    old = answer_to_us("11", "Nice", hours=50)
    server.script(ME, *server_pages([old], [old]))
    assert list(connector(server).comments(["1"], NOW - DAY)) == []


def test_a_post_that_is_gone_has_no_comments(server):
    server.script(ME, Answer({"error": "Record not found"}, 404), page())
    assert list(connector(server).comments(["1"], NOW - DAY)) == []


def test_mentions_whose_status_is_gone_are_left_out(server):
    server.script(ME, page({"id": "1", "type": "mention", "status": None}))
    assert list(connector(server).comments([], NOW - DAY)) == []


def test_a_content_warning_is_part_of_what_was_said(server):
    row = answer_to_us("11", "Late again", spoiler_text="Anger")
    server.script(ME, *server_pages([row], []))
    [[said]] = connector(server).comments(["1"], NOW - DAY)
    assert said.text == "Anger\n\nLate again"


def test_who_hides_their_name_and_followers(server):
    hidden = {"id": "7", "acct": "reader@people.example", "display_name": ""}
    server.script(ME, *server_pages([answer_to_us("11", "Nice", by=hidden)], []))
    [[said]] = connector(server).comments(["1"], NOW - DAY)
    assert (said.author, said.followers) == ("reader@people.example", None)


def test_an_id_that_is_none_is_refused_before_anything_is_asked(server):
    with pytest.raises(RejectedError, match="no post"):
        list(connector(server).comments(["1/../../x"], NOW))
    assert server.seen == []


@pytest.mark.parametrize(
    ("reset", "date", "wait"),
    [
        ("2026-11-20T12:05:00.000000Z", "Fri, 20 Nov 2026 12:04:00 GMT", 60),
        ("2026-11-20T12:05:00Z", "Fri, 20 Nov 2026 11:04:59 GMT", 3601),  # our clock is wrong
        ("2026-11-20T12:01:30.123456Z", None, 90.123456),
        ("2026-11-20T12:01:00", None, 60),
        ("2026-11-20T12:01:00Z", "Fri, 20 Nov 2026 12:00:00 -0000", 60),
        ("2026-11-20T11:00:00Z", None, 1),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_a_limit_names_the_moment_of_its_end(reset, date, wait):
    headers = {"X-RateLimit-Reset": reset or "", "Date": date or ""}
    assert until_reset(headers, lambda: NOW) == wait


def test_calls_wait_until_a_limit_ends(server, time_):
    reset = datetime.now(UTC) + timedelta(seconds=100)  # the scripted server sends today's Date
    limited = Answer({"error": "x"}, 429, {"X-RateLimit-Reset": reset.isoformat()})
    server.script(limited, ME)
    assert connector(server, time_).account().name == "Brand"
    assert time_.slept == [pytest.approx(100, abs=3)]


@pytest.mark.parametrize(
    ("reply", "kind", "sentence"),
    [
        (Answer({"error": "アクセスが拒否されました"}, 401), ReconnectError, "401; .*reconnect"),
        (Answer({"error": f"要求 {TOKEN}"}, 403), RejectedError, "lacks a scope"),
        (Answer({"error": "検証に失敗しました"}, 422), RejectedError, "does not take these values"),
        (Answer({"error": "x"}, 410), RejectedError, "no such thing"),
        (Answer({"error": "x"}, 503), TransientError, "503; may pass"),
        (Answer([1, 2]), RejectedError, "unknown shape"),
        (Answer({"id": "1"}), RejectedError, "unknown shape"),
    ],
)
def test_errors_are_told_by_their_status_alone(server, reply, kind, sentence):
    server.script(reply)
    with pytest.raises(kind, match=sentence) as caught:
        connector(server).account()
    assert TOKEN not in told(caught.value)
    assert str(caught.value).isascii()


def test_a_list_of_another_shape_is_refused(server):
    server.script(ME, Answer({"error": "no list"}))
    with pytest.raises(RejectedError, match="unknown shape"):
        list(connector(server).posts(NOW - DAY))


def test_without_a_clock_of_its_own_it_asks_the_machine():
    channel = Connector(Options(account_id=ACCOUNT, access_token=TOKEN))
    assert channel.account_id == ACCOUNT
