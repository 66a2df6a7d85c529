"""A post is sent once, and what is known of it afterwards is said as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import ReconnectError, RejectedError
from connectors.changes import ABSENT, PRESENT, REMOVED, Written

from ..conftest import Answer
from .mastodon_replies import (
    INSTANCE,
    LANGUAGES,
    ME,
    NOW,
    READER,
    connector,
    page,
    permit,
    post,
    reply,
    status,
)

KNOWN = [Answer(INSTANCE), Answer(LANGUAGES)]
NOBODY = Answer({"error": "Record not found"}, 404)


def written(server, change, **options) -> Written:
    [answer] = connector(server, **options).write([permit(change)])
    return answer


def sent(server) -> list[str]:
    return [seen.path for seen in server.seen if seen.method != "GET"]


def test_a_post_is_sent_once_under_its_key(server):
    server.script(*KNOWN, Answer(status("99", "Sale"), headers={"X-Request-Id": "r-1"}))
    change = post("Sale #now", language="de-AT")
    assert written(server, change) == Written("accepted", "", "r-1", "99")
    seen = server.seen[-1]
    assert (seen.method, seen.path) == ("POST", "/api/v1/statuses")
    assert seen.headers["Idempotency-Key"] == change.subject.item
    assert seen.json() == {"status": "Sale #now", "visibility": "public", "language": "de-AT"}


def test_a_post_may_be_unlisted(server):
    server.script(*KNOWN, status("99", "Sale"))
    written(server, post("Sale"), visibility="unlisted")
    assert server.seen[-1].json()["visibility"] == "unlisted"


@pytest.mark.parametrize(
    ("visibility", "ours", "sent_as"),
    [
        ("public", "public", "public"),
        ("direct", "public", "direct"),
        ("private", "unlisted", "private"),
        ("public", "unlisted", "unlisted"),
    ],
)
def test_an_answer_is_never_more_open_than_what_it_answers(server, visibility, ours, sent_as):
    comment = status("7", "When?", by=READER, visibility=visibility)
    server.script(comment, ME, *KNOWN, READER, status("99", "x"))
    answer = written(server, reply("7", "At nine"), visibility=ours)
    assert answer.state == "accepted"
    assert server.seen[-1].json() == {
        "status": "@reader@people.example At nine",
        "visibility": sent_as,
        "in_reply_to_id": "7",
    }


def test_a_mention_that_is_in_the_text_is_not_written_twice(server):
    comment = status("7", "When?", by=READER)
    server.script(comment, ME, *KNOWN, READER, status("99", "x"))
    written(server, reply("7", "@reader@people.example At nine"))
    assert server.seen[-1].json()["status"] == "@reader@people.example At nine"


def test_nobody_mentions_themselves(server):
    server.script(status("7", "More:"), ME, *KNOWN, status("99", "x"))
    written(server, reply("7", "At nine"))
    assert server.seen[-1].json()["status"] == "At nine"


@pytest.mark.parametrize(
    ("answer", "state", "sentence"),
    [
        (Answer({"error": "検証に失敗しました: 500文字"}, 422), "refused", "422"),
        (Answer({"error": "x"}, 403), "refused", "lacks a scope"),
        (Answer({"error": "x"}, 404), "refused", "deleted less than an hour ago"),
        (Answer({"error": "x"}, 500), "unknown", "500"),
        (Answer(b"<html>", 503), "unknown", "503"),
        (Answer(hang_up=True), "unknown", "may pass"),
        (Answer(status("99", "Sale"), cut=True), "unknown", "may pass"),
        (Answer(b"<html>", 200), "unknown", "no whole JSON"),
        (Answer({}), "unknown", "no status came back"),
        (Answer([]), "unknown", "no status came back"),
    ],
    ids=repr,
)
def test_what_became_of_it(server, answer, state, sentence):
    server.script(*KNOWN, answer)
    got = written(server, post("Sale"))
    assert got.state == state
    assert sentence in got.error
    assert got.error.isascii()
    assert sent(server) == ["/api/v1/statuses"]


def test_after_a_limit_nothing_more_is_sent(server):
    limited = Answer({"error": "x"}, 429, {"Retry-After": "7000"})
    server.script(*KNOWN, status("98", "One"), limited)
    answers = connector(server).write([permit(post(text)) for text in ("One", "Two", "Three")])
    assert [answer.state for answer in answers] == ["accepted", "refused", "refused"]
    assert [answer.retry_after for answer in answers] == [None, 7000, 7000]
    assert answers[2].error.startswith("not sent: ")
    assert len(sent(server)) == 2


def test_after_what_is_unknown_nothing_more_is_sent(server):
    server.script(*KNOWN, Answer(hang_up=True))
    answers = connector(server).write([permit(post(text)) for text in ("One", "Two")])
    assert [answer.state for answer in answers] == ["unknown", "refused"]
    assert len(sent(server)) == 1


def test_a_dead_token_is_raised_while_nothing_was_written(server):
    server.script(*KNOWN, Answer(status=401))
    with pytest.raises(ReconnectError):
        written(server, post("Sale"))
    server.script(*KNOWN, status("98", "One"), Answer(status=401))
    answers = connector(server).write([permit(post(text)) for text in ("One", "Two")])
    assert [answer.state for answer in answers] == ["accepted", "refused"]


def test_what_cannot_be_prepared_is_not_sent(server):
    server.script(Answer(status=503))
    answer = written(server, post("Sale"))
    assert (answer.state, sent(server)) == ("refused", [])
    assert "not sent" in answer.error


@pytest.mark.parametrize("after", [ABSENT, REMOVED])
def test_the_newest_post_with_the_text_is_deleted(server, after):
    server.script(ME, page(status("9", "Sale"), status("8", "Sale")), status("9", "Sale"))
    assert written(server, post("Sale", after=after)) == Written("accepted")
    assert (server.seen[-1].method, server.seen[-1].path) == ("DELETE", "/api/v1/statuses/9")
    assert "Idempotency-Key" not in server.seen[-1].headers


def test_what_is_not_there_needs_no_deletion(server):
    server.script(ME, page())
    assert written(server, post("Sale", after=ABSENT)) == Written("accepted")
    assert sent(server) == []


def test_several_are_not_taken_all_or_nothing(server):
    channel = connector(server)
    changes = [post("One"), post("Two")]
    assert [channel.writes_together(changes[:n]) for n in (0, 1, 2)] == [True, True, False]
    with pytest.raises(RejectedError, match="all or nothing"):
        channel.write([permit(change) for change in changes], together=True)
    assert server.seen == []


OTHER = replace(post("Sale").subject, entity_id="@other@social.example")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (post("Sale", after="paused"), "not paused"),
        (replace(post("Sale"), content={"text": "Another"}), "not the one that the item names"),
        (replace(post("Sale"), subject=OTHER), "another account"),
        (post(" \n"), "no text"),
        (post("a\0b"), "no server keeps"),
        (post("see ＃Sale"), "write # instead"),
        (post("x" * 501), "501 characters, but the server takes 500"),
        (post("Sale", link_url="https://shop.example/"), "must stand in the text"),
        (post("Sale", language="tlh"), "knows no language 'tlh'"),
    ],
)
def test_what_would_be_refused_is_said_before_and_not_sent(server, change, sentence):
    server.script(*KNOWN)
    channel = connector(server)
    [objection] = channel.check([change])
    assert sentence in objection
    [answer] = channel.write([permit(change)])
    assert (answer.state, answer.error) == ("refused", f"not sent: {objection}")
    assert sent(server) == []


def test_a_text_that_just_fits(server):
    server.script(*KNOWN)
    text = f"{'x' * 476} https://shop.example/{'long/' * 40}"
    assert connector(server).check([post(text, language="en-GB")]) == [""]


def test_a_server_names_its_own_limits_or_has_the_usual_ones(server):
    statuses = {"max_characters": 5000, "characters_reserved_per_url": 30}
    server.script({"configuration": {"statuses": statuses}}, NOBODY)
    channel = connector(server)
    texts = ["x" * 5000, "x" * 5001, "x" * 4970 + " https://shop.example"]
    said = channel.check([post(text, language="tlh") for text in texts])
    assert [bool(sentence) for sentence in said] == [False, True, True]


@pytest.mark.parametrize(
    ("mention", "acct", "objection"),
    [
        ("@reader@people.example", "reader@people.example", ""),
        ("@Reader@people.example", "reader@people.example", "write @reader@people.example"),
        ("@brand@social.example", "brand", "write @brand instead of @brand@social.example"),
    ],
)
def test_mentions_are_spelled_as_the_server_will(server, mention, acct, objection):
    server.script(*KNOWN, {**READER, "acct": acct})
    [said] = connector(server).check([post(f"Ask {mention}!")])
    assert said.startswith(objection)
    assert bool(said) == bool(objection)
    assert server.seen[-1].query == {"acct": mention[1:]}


def test_a_mention_of_nobody_stays_as_it_is(server):
    server.script(*KNOWN, NOBODY)
    assert connector(server).check([post("Ask @nobody")]) == [""]


def test_a_comment_that_is_gone_is_not_answered(server):
    server.script(NOBODY)
    assert "is gone" in connector(server).check([reply("7", "Thanks")])[0]
    assert written(server, reply("7", "Thanks")).state == "refused"
    assert sent(server) == []


def test_deleting_needs_no_check(server):
    assert connector(server).check([post("Sale", NOW - timedelta(days=9), ABSENT)]) == [""]
    assert post("Sale").after == PRESENT
