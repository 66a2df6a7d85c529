"""Whether a post or a reply is there is known by its text and its moment."""

from datetime import timedelta

import pytest

from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, Subject

from ..conftest import Answer
from .mastodon_replies import ACCOUNT, ME, NOW, OUR_ID, READER, connector, page, post, reply, status

HOUR = timedelta(hours=1)
FOR_READER = [{"id": READER["id"], "username": "reader", "url": "https://people.example/@reader",
               "acct": READER["acct"]}]  # fmt: skip
TO_READER = (
    '<a href="https://people.example/@reader" class="u-url mention">@<span>reader</span></a>'
)


def value(channel, change) -> str:
    return channel.settings([change.subject])[change.subject].value


def our_answer(text: str, **more) -> Answer:
    given = {"in_reply_to_id": "7", "in_reply_to_account_id": READER["id"],
             "mentions": FOR_READER, **more}  # fmt: skip
    return Answer({"ancestors": [], "descendants": [status("12", text, **given)]})


def test_a_post_with_the_text_is_there_however_its_lines_are_broken(server):
    server.script(ME, page(status("9", "Big sale<br />now")))
    change = post("Big  sale\n\n\nnow ")
    setting = connector(server).settings([change.subject])[change.subject]
    assert (setting.value, setting.changed_at) == (
        PRESENT,
        NOW - HOUR + timedelta(milliseconds=596),
    )


def test_a_post_counts_from_half_a_day_before_it_was_due(server):
    server.script(ME, page(status("9", "Sale", hours=11)))
    assert value(connector(server), post("Sale")) == PRESENT
    server.script(ME, page(status("9", "Sale", hours=13)))
    assert value(connector(server), post("Sale")) == ABSENT
    server.script(ME, page(status("9", "Sale", hours=13)))
    assert value(connector(server), post("Sale", NOW - 8 * HOUR)) == PRESENT


@pytest.mark.parametrize("hours", [23, 24, 25])
def test_the_evergreen_post_of_the_day_before_is_not_the_one_of_today(server, hours):
    server.script(ME, page(status("9", "Sale", hours=hours)))  # 23: the clock was put forward
    assert value(connector(server), post("Sale")) == ABSENT


def test_many_posts_are_looked_for_at_once_and_each_time_anew(server):
    server.script(ME, page(status("9", "One"), next_id="9"), page(status("8", "Two")))
    one, two, three = (post(text) for text in ("One", "Two", "Three"))
    channel = connector(server)
    subjects = [change.subject for change in (one, two, three)]
    found = channel.settings(subjects)
    assert [found[subject].value for subject in subjects] == [PRESENT, PRESENT, ABSENT]
    assert len(server.seen) == 3
    assert value(channel, two) == PRESENT
    assert len(server.seen) == 4


def test_a_post_of_another_account_is_not_in_the_answer(server):
    item = post("Sale").subject.item
    others = Subject("account", "@other@social.example", "post", item)
    ours = Subject("account", ACCOUNT.removeprefix("@"), "post", item)
    server.script(ME, page())
    assert list(connector(server).settings([others, ours])) == [ours]


@pytest.mark.parametrize("text", [f"{TO_READER} Thanks", "Thanks"])
def test_a_reply_is_known_without_the_mention_of_whom_it_answers(server, text):
    server.script(ME, our_answer(text))
    assert value(connector(server), reply("7", "Thanks")) == PRESENT
    assert server.seen[-1].path == "/api/v1/statuses/7/context"


def test_a_reply_may_have_the_mention_in_its_own_text(server):
    server.script(ME, our_answer(f"{TO_READER} Thanks"))
    assert value(connector(server), reply("7", "@reader@people.example Thanks")) == PRESENT


@pytest.mark.parametrize(
    "more",
    [
        {"by": READER},
        {"in_reply_to_id": "8"},  # an answer to another comment
    ],
)
def test_what_is_not_our_answer_to_it_is_no_reply(server, more):
    server.script(ME, our_answer("Thanks", **more))
    assert value(connector(server), reply("7", "Thanks")) == ABSENT


def test_a_comment_that_is_gone_cannot_be_answered(server):
    server.script(ME, Answer({"error": "Record not found"}, 404))
    change = reply("7", "Thanks")
    setting = connector(server).settings([change.subject])[change.subject]
    assert (setting.value, setting.fixed) == (ABSENT, "the comment that it answers is gone")


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        (Subject("account", ACCOUNT, "status"), "cannot change status"),
        (Subject("account", ACCOUNT, "post", "soon:0123456789abcdef"), "names no post"),
        (Subject("post", "1", "reply", "../x:0123456789abcdef"), "names no reply"),
    ],
)
def test_what_cannot_be_written_is_refused(server, subject, sentence):
    with pytest.raises(RejectedError, match=sentence):
        connector(server).settings([subject])
    assert server.seen == []


def test_our_own_id_is_asked_for_once(server):
    server.script(ME, page(), page())
    channel = connector(server)
    value(channel, post("a")), value(channel, post("b"))
    assert [seen.path for seen in server.seen].count(f"/api/v1/accounts/{OUR_ID}/statuses") == 2
    assert len(server.seen) == 3
