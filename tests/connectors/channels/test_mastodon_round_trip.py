"""What is posted through the connector is what the sandbox's readers see, and comes back so."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.changes import ABSENT, PRESENT
from connectors.channels.mastodon import Connector, Options
from connectors.channels.mastodon.length import length
from connectors.sandbox import Sandbox, small
from connectors.sandbox.social import Audience, SocialAccount, SocialWorld, mastodon_text
from connectors.social import due_of, text_digest
from connectors.throttle import LocalThrottle

from ..conftest import FakeTime
from .mastodon_replies import ACCOUNT, permit, post, reply

TOKEN = "sandbox-social-token"
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PNG, GIF = b"\x89PNG\r\n\x1a\n" + bytes(99), b"GIF89a" + bytes(99)


def world() -> SocialWorld:
    audience = Audience(followers=4000, comments=0.004, shares=0.02)
    return SocialWorld([SocialAccount("mastodon", ACCOUNT, "Brand", audience)])


@pytest.fixture
def social() -> SocialWorld:
    return world()


@pytest.fixture
def sandbox(social):
    with Sandbox(small(), today=START.date(), social=social) as running:
        yield running


def connected(sandbox: Sandbox, time_: FakeTime | None = None, **options) -> Connector:
    time_ = time_ or FakeTime()
    given = {"account_id": ACCOUNT, "access_token": TOKEN, "base_url": f"{sandbox.url}/mastodon"}
    return Connector(
        Options(**{**given, **options}),
        throttle=LocalThrottle(time_.clock, time_.sleep),
        clock=sandbox.world.moment,
    )


@pytest.fixture
def channel(sandbox) -> Connector:
    return connected(sandbox)


def send(channel: Connector, change):
    [answer] = channel.write([permit(change)])
    return answer


def value(channel: Connector, change) -> str:
    return channel.settings([change.subject])[change.subject].value


def every(pages) -> list:
    return [one for page in pages for one in page]


def test_a_post_from_nothing_to_nothing(sandbox, social, channel):
    text = "Big sale & <more>!\n\nhttps://www.shop.example/a/very/long/path?utm_source=m&x=1 #Sale"
    change = post(text, START, language="de-AT")
    assert value(channel, change) == ABSENT
    assert channel.check([change]) == [""]
    answer = send(channel, change)
    assert (answer.state, value(channel, change)) == ("accepted", PRESENT)
    [entry] = social.log
    assert (entry.what, entry.id, entry.text) == ("post", answer.made, text)
    sandbox.advance()
    [found] = every(channel.posts(START - DAY))
    assert (found.post_id, found.text, found.published_at) == (answer.made, text, START)
    assert (found.language, found.url) == ("de", f"https://social.example/@brand/{answer.made}")
    assert send(channel, post(text, START, ABSENT)).state == "accepted"
    assert value(channel, change) == ABSENT
    assert [entry.what for entry in social.log] == ["post", "deletion"]


def test_what_a_post_earned_is_what_the_world_says(sandbox, social, channel):
    send(channel, post("Sale", START))
    sandbox.advance(3)
    [found] = every(channel.posts(START))
    earned = social.engagement(social.posts(("mastodon", ACCOUNT))[0])
    assert found.engagement.reactions == earned.reactions > 0
    assert found.engagement.shares == earned.shares > 0
    assert found.engagement.comments == earned.comments > 0
    assert found.engagement.impressions is None
    assert found.engagement.clicks is None
    assert channel.followers() == social.followers(("mastodon", ACCOUNT))


def test_a_reply_from_nothing_to_nothing(sandbox, social, channel):
    made = send(channel, post("Sale", START)).made
    sandbox.advance(3)
    said = every(channel.comments([made], START))
    stored = social.comments(social.posts(("mastodon", ACCOUNT))[0])
    assert [(one.comment_id, one.text, one.author) for one in said] == [
        (one.comment_id, one.text, one.author) for one in stored
    ]
    assert {one.kind for one in said} == {"comment"}
    change = reply(said[0].comment_id, "Yes, it does!", made)
    assert value(channel, change) == ABSENT
    answer = send(channel, change)
    assert (answer.state, value(channel, change)) == ("accepted", PRESENT)
    acct = f"{said[0].author.lower().replace(' ', '')}@people.example"
    assert social.log[-1].text == f"@{acct} Yes, it does!"
    [ours] = [one for one in every(channel.comments([made], START)) if one.by_us]
    assert (ours.text, ours.parent_id) == ("Yes, it does!", said[0].comment_id)
    assert every(channel.posts(START))[0].engagement.comments == len(said)
    assert send(channel, reply(said[0].comment_id, "Yes, it does!", made, ABSENT)).state
    assert value(channel, change) == ABSENT
    assert [entry.what for entry in social.log] == ["post", "reply", "deletion"]


def test_an_answer_to_an_answer(sandbox, social, channel):
    made = send(channel, post("Sale", START)).made
    sandbox.set_moment(START + HOUR)
    first = social.say(made, "When?", "Ann Reader")
    answer = send(channel, reply(first.comment_id, "At nine", made))
    social.say(made, "Thanks", "Ann Reader", parent_id=answer.made)
    texts = [one.text for one in every(channel.comments([made], START))]
    assert texts == ["When?", "At nine", "Thanks"]
    assert social.log[-1].text == "@annreader@people.example At nine"


def test_a_mention_elsewhere_is_found_and_answered(sandbox, social, channel):
    asked = social.say(ACCOUNT, "do you ship abroad?", "Bo Reader")
    [mention] = every(channel.comments([], START))
    assert (mention.kind, mention.post_id, mention.text) == (
        "mention",
        "",
        "@brand do you ship abroad?",
    )
    change = reply(asked.comment_id, "We do", "")
    assert send(channel, change).state == "accepted"
    assert value(channel, change) == PRESENT
    assert len(every(channel.comments([], START))) == 1


def test_what_a_person_posted_by_hand_counts(sandbox, social, channel):
    social.publish(("mastodon", ACCOUNT), "117000000000000001", "Sale\n\n#now")
    assert value(channel, post("Sale #now", START + HOUR)) == PRESENT


def test_many_posts_come_in_pages_each_once(sandbox, social, channel):
    for number in range(95):
        at = START - number * HOUR
        social.publish(("mastodon", ACCOUNT), f"{10**17 + 1000 - number}", f"No {number}", at=at)
    sandbox.faults.add("page_twice", platform="mastodon", first=2, path="/statuses")
    pages = list(channel.posts(START - 200 * HOUR))
    assert [one.text for one in every(pages)] == [f"No {number}" for number in range(95)]
    assert len(pages) == 3
    assert len(every(channel.posts(START - 50 * HOUR))) == 51
    assert len(every(channel.entities(["post"]))) == 95


def test_pictures_are_uploaded_and_waited_for(sandbox, social, tmp_path):
    content = {}
    for number, (name, data) in enumerate([("a.png", PNG), ("b.gif", GIF)], 1):
        (tmp_path / name).write_bytes(data)
        content |= {f"image_{number}_file": name, f"image_{number}_alt": f"Grün {number}"}
        content[f"image_{number}_sha256"] = sha256(data).hexdigest()
    time_ = FakeTime()
    channel = connected(sandbox, time_, content_folder=tmp_path)
    assert send(channel, post("Sale", START, **content)).state == "accepted"
    [stored] = social.posts(("mastodon", ACCOUNT))
    kept = [social.media[media_id] for media_id in stored.details["media_ids"]]
    assert [(one["bytes"], one["description"]) for one in kept] == [
        (PNG, "Grün 1"),
        (GIF, "Grün 2"),
    ]
    assert time_.slept == [1, 2]


@pytest.mark.parametrize("kind", ["cut_after", "status_after", "cut_body", "half_page"])
def test_a_lost_answer_is_unknown_and_the_post_is_found(sandbox, social, channel, kind):
    change = post("Sale", START)
    sandbox.faults.add(kind, platform="mastodon", method="POST", path="/statuses")
    assert send(channel, change).state == "unknown"
    assert value(channel, change) == PRESENT
    assert [entry.what for entry in social.log] == ["post"]


def test_a_post_that_never_arrived_is_not_found(sandbox, social, channel):
    change = post("Sale", START)
    sandbox.faults.add("cut_before", platform="mastodon", method="POST")
    assert send(channel, change).state == "unknown"
    assert value(channel, change) == ABSENT
    assert send(channel, change).state == "accepted"
    assert len(social.log) == 1


def test_the_same_key_twice_is_one_post(sandbox, social, channel):
    change = post("Sale", START)
    made = [send(channel, change).made, send(channel, change).made]
    assert made[0] == made[1]
    assert len(social.log) == 1
    sandbox.set_moment(START + HOUR)
    assert send(channel, change).made != made[0]
    assert len(social.log) == 2


def test_what_was_deleted_is_not_posted_again_within_an_hour(sandbox, social, channel):
    send(channel, post("Sale", START))
    send(channel, post("Sale", START, ABSENT))
    again = send(channel, post("Sale", START))
    assert (again.state, "deleted less than an hour ago" in again.error) == ("refused", True)


@pytest.mark.parametrize(
    ("kind", "error"),
    [("token_expired", ReconnectError), ("token_revoked", ReconnectError),
     ("permission_denied", RejectedError), ("account_suspended", RejectedError)],
)  # fmt: skip
def test_a_dead_account_says_so(sandbox, channel, kind, error):
    sandbox.faults.add(kind, platform="mastodon")
    with pytest.raises(error):
        channel.account()


@pytest.mark.parametrize("kind", ["status", "html", "cut_before", "cut_body", "half_page"])
def test_reads_are_tried_again(sandbox, channel, kind):
    sandbox.faults.add(kind, platform="mastodon", status=503)
    assert channel.account().name == "Brand"


def test_a_limit_is_waited_for_by_the_server_s_clock(sandbox):
    time_ = FakeTime()
    sandbox.faults.add("throttle", platform="mastodon", seconds=90)
    assert connected(sandbox, time_).account().name == "Brand"
    assert time_.slept == [90]


def test_a_limit_on_posting_is_refused_with_its_wait(sandbox, social, channel):
    sandbox.faults.add("throttle", platform="mastodon", method="POST", seconds=7000)
    answer = send(channel, post("Sale", START))
    assert (answer.state, answer.retry_after, social.log) == ("refused", 7000, [])
    with pytest.raises(TransientError, match="no calls for"):
        channel.account()


PIECES = (
    "Grüße", "👩‍👩‍👧", "עברית", "\u202bشكرا\u202c", "#Sale", "#日本語", "#1",
    "[a](b)", "\\n", "\\*", "<b>", "&amp;", "'\"", "@brand",
    "@reader5@people.example", "@nobody", "a@b.example", "\x07", "\u200b",
    "https://www.shop.example/a/very/long/path/that/is/cut?x=1&y=2#z",
    "(https://a.example/b_(c))", "http://bücher.example/straße",
    "https://a.example/'\"<x>", "://", "\u00a0", "\u2028", "\r\n", "\n",
    "\n\n", "\n\n\n", "\t", " ", "{}", "𝕏", "e\u0301", "::", "*_~`",
    "xmpp:a@b.example",
)  # fmt: skip
texts = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0@＃"), max_size=9),
    ),
    min_size=1,
    max_size=12,
).map("".join)


def shown(text: str) -> str:
    """Return a text as it comes back: without white space around it, and with at most one blank
    line in a row."""
    lines = re.sub(r"\r\n?", "\n", text.strip("\t\n\v\f\r "))
    return re.sub("\n{3,}", "\n\n", lines)


@pytest.fixture(scope="module")
def fuzzed():
    social = world()
    with Sandbox(small(), today=START.date(), social=social) as running:
        yield running, social, connected(running)


@given(text=texts)
def test_a_text_counts_for_us_as_it_counts_for_the_server(text):
    assert length(text, mastodon_text.PER_ADDRESS) == mastodon_text.counted(text)


@settings(max_examples=150)
@given(text=texts)
@example("a\r\n\r\n \n\nb  c\n")
@example("<p>&lt;</p>")
@example("https://a.example/" + "x" * 400)
def test_any_text_comes_back_as_it_was(fuzzed, text):
    sandbox, social, channel = fuzzed
    change = post(text, START)
    [objection] = channel.check([change])
    if objection:  # what the sandbox would not take or not give back, and nothing else
        assert not text.strip() or "characters, but" in objection or "write @" in objection
        return
    del social.log[:]
    answer = send(channel, change)
    assert answer.state == "accepted", answer.error
    assert value(channel, change) == PRESENT
    found = next(one for one in every(channel.posts(START)) if one.post_id == answer.made)
    assert found.text == shown(text)
    assert [entry.text for entry in social.log] == [shown(text)]
    assert text_digest(found.text) == text_digest(text)
    assert send(channel, post(text, START, ABSENT)).state == "accepted"
    sandbox.set_moment(sandbox.world.moment() + HOUR)  # the key is forgotten, limits begin anew
    assert due_of(change.subject.item) == START
