"""Posts of others with a word are counted day by day, on Mastodon."""

import logging
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.base import TransientError
from connectors.channels.mastodon import Connector, Options, watching
from connectors.channels.mastodon.watching import MOST_PAGES, NO_SCOPE, NO_SEARCH
from connectors.sandbox import Sandbox, small
from connectors.sandbox.social import SocialAccount, SocialWorld, Topic
from connectors.social import Spoken, WatchingChannel
from connectors.throttle import LocalThrottle

from ..conftest import Answer, FakeTime, told
from .mastodon_replies import ACCOUNT, ME, READER, connector, page, status

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
LAST = date(2026, 11, 19)  # the day before the scripted server's now, noon of the 20th
DAY = timedelta(days=1)
NAMED = ("Some Reader", "reader@people.example", "planted words")


def theirs(number: int, hours: float, text: str = "up the #trail", **more) -> dict:
    return status(str(number), text, hours=hours, by=READER, **more)


def found(*rows: dict) -> Answer:
    return Answer({"accounts": [], "statuses": list(rows), "hashtags": []})


def spoken(server, term="#trail", first=LAST, last=LAST, zone=UTC_ZONE) -> Spoken:
    return connector(server).spoken_of(term, first, last, zone)


def test_it_is_a_watching_channel(server):
    assert isinstance(connector(server), WatchingChannel)


def test_posts_with_a_hashtag_are_counted_by_day_of_the_zone(server):
    rows = [theirs(9, 1), theirs(8, 12.5), theirs(7, 20), theirs(6, 35), theirs(5, 36.5)]
    server.script(ME, page(*rows, next_id="5"), page(theirs(4, 90)))
    assert spoken(server, first=LAST - DAY) == Spoken({LAST: 3, LAST - DAY: 1})
    assert server.seen[1].path == "/api/v1/timelines/tag/trail"
    assert [it.query for it in server.seen[1:]] == [
        {"limit": "40"}, {"limit": "40", "max_id": "5"}
    ]  # fmt: skip
    server.script(ME, page(*rows), page())
    counts = spoken(server, first=LAST - DAY, zone=ZoneInfo("Asia/Tokyo")).counts
    assert counts == {LAST: 2, LAST - DAY: 0}  # three of the five are today's there


def test_our_own_posts_and_a_post_that_comes_twice_are_not_counted(server):
    ours = status("8", "our #trail", hours=14)
    server.script(ME, page(ours, theirs(7, 20), next_id="7"), page(theirs(7, 20), theirs(6, 21)))
    assert spoken(server).counts == {LAST: 2}


def test_a_day_is_known_only_if_it_was_read_to_its_beginning(server):
    endless = [
        page(theirs(100 - number, 13 + number), next_id=str(100 - number))
        for number in range(MOST_PAGES)
    ]  # 13 to 37 hours ago, the day began 36 hours ago
    server.script(ME, *endless)
    known = spoken(server, first=LAST - 2 * DAY)
    assert known.counts == {LAST: 24, LAST - DAY: None, LAST - 2 * DAY: None}
    assert known.why == ""
    assert len(server.seen) == MOST_PAGES + 1


def test_the_end_of_the_list_is_the_end_of_all_days(server):
    server.script(ME, page(theirs(9, 20)))
    assert spoken(server, first=LAST - 3 * DAY).counts == {
        LAST: 1, LAST - DAY: 0, LAST - 2 * DAY: 0, LAST - 3 * DAY: 0
    }  # fmt: skip


def test_words_are_searched_for_and_what_is_found_besides_the_very_word_is_not_counted(server):
    rows = (
        theirs(9, 13, "I like <b>acme shop</b>"),
        theirs(8, 14, "acme shops everywhere"),
        theirs(7, 15, "nothing", spoiler_text="Acme Shop"),
        status("6", "our acme shop", hours=16),
    )
    server.script(ME, found(*rows), found())
    assert spoken(server, "Acme Shop").counts == {LAST: 2}
    assert [it.query for it in server.seen[1:]] == [
        {"q": '"Acme Shop"', "type": "statuses", "limit": "40", "offset": offset}
        for offset in ("0", "40")
    ]


def test_nothing_found_is_believed_only_of_a_server_that_finds_our_own_posts(server):
    server.script(ME, found(), found(status("6", "ours")))
    assert spoken(server, "acme") == Spoken({LAST: 0})
    assert server.seen[-1].query["q"] == "from:me"
    server.script(ME, found(), found())
    assert spoken(server, "acme", LAST - DAY) == Spoken({}, NO_SEARCH)


@pytest.mark.parametrize("term", ["acme", "#acme"])
def test_without_the_scope_nothing_is_known(server, term):
    server.script(ME, Answer({"error": "outside the authorized scopes"}, status=403))
    assert spoken(server, term) == Spoken({}, NO_SCOPE)


def test_over_the_limit_it_is_asked_again_when_the_server_says_so(server):
    time_ = FakeTime()
    wait = Answer({"error": "Too many requests"}, 429, {"Retry-After": "90"})
    server.script(ME, wait, page(theirs(9, 20)))
    assert connector(server, time_).spoken_of("#trail", LAST, LAST, UTC_ZONE).counts == {LAST: 1}
    assert sum(time_.slept) >= 90


def test_a_limit_that_lasts_is_an_error_and_no_count(server):
    server.script(ME, Answer({"error": "x"}, 429, {"Retry-After": "86400"}))
    with pytest.raises(TransientError, match="429"):
        spoken(server)


def test_nothing_of_others_is_in_a_log_or_an_error(server, caplog):
    broken = theirs(8, 20, "planted words") | {"created_at": "planted words"}
    server.script(ME, page(theirs(9, 19, "planted words"), broken))
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="unknown shape") as caught:
        spoken(server)
    assert not [it for it in NAMED if it in caplog.text + told(caught.value)]


# --- against the sandbox -------------------------------------------------------------------------

TODAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
YESTERDAY = date(2026, 11, 1)
TOPICS = (
    Topic("#Trail", {"mastodon": 7.0}, {("mastodon", YESTERDAY): 5.0}),
    Topic("Acme Shop", {"mastodon": 2.0}),
)


@pytest.fixture
def social() -> SocialWorld:
    return SocialWorld([SocialAccount("mastodon", ACCOUNT, "Brand")], topics=TOPICS)


@pytest.fixture
def sandbox(social):
    with Sandbox(small(), today=TODAY.date(), social=social) as running:
        running.set_moment(TODAY)
        yield running


@pytest.fixture
def channel(sandbox) -> Connector:
    options = Options(
        account_id=ACCOUNT,
        access_token="sandbox-social-token",
        base_url=f"{sandbox.url}/mastodon",
    )
    time_ = FakeTime()
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return Connector(options, throttle=throttle, clock=sandbox.world.moment)


@pytest.mark.parametrize(("term", "written"), [("#trail", "#Trail"), ("acme shop", "Acme Shop")])
def test_the_counts_are_those_of_the_simulated_world(social, channel, term, written):
    social.publish(("mastodon", ACCOUNT), "42", f"Ours: {written}", at=TODAY - timedelta(hours=20))
    first = YESTERDAY - 20 * DAY
    said = [it for it in social.spoken("mastodon") if written in it.text]
    truth = Counter(it.at.astimezone(BERLIN).date() for it in said)
    counts = channel.spoken_of(term, first, YESTERDAY, BERLIN).counts
    assert counts == {day: truth[day] for day in counts}
    assert len(counts) == 21
    assert sum(counts.values()) >= 20


def test_a_server_that_searches_no_texts_is_told_from_one_where_nobody_says_it(social, channel):
    assert channel.spoken_of("elephant", YESTERDAY, YESTERDAY, BERLIN).why == NO_SEARCH  # no proof
    social.publish(("mastodon", ACCOUNT), "42", "Hello", at=TODAY - timedelta(days=40))
    assert channel.spoken_of("elephant", YESTERDAY, YESTERDAY, BERLIN) == Spoken({YESTERDAY: 0})
    social.full_text = False
    assert channel.spoken_of("acme shop", YESTERDAY, YESTERDAY, BERLIN) == Spoken({}, NO_SEARCH)
    assert channel.spoken_of("#trail", YESTERDAY, YESTERDAY, BERLIN).counts[YESTERDAY] > 9


def test_pages_that_come_twice_and_limits_change_no_count(sandbox, channel):
    once = channel.spoken_of("#trail", YESTERDAY - 9 * DAY, YESTERDAY, BERLIN)
    sandbox.faults.add("page_twice", platform="mastodon")
    sandbox.faults.add("throttle", platform="mastodon", seconds=30, count=2)
    assert channel.spoken_of("#trail", YESTERDAY - 9 * DAY, YESTERDAY, BERLIN) == once


def test_a_token_without_the_scope_is_told_apart_from_silence(sandbox, channel):
    channel.followers()
    sandbox.faults.add("permission_denied", platform="mastodon", path="/api/v2/search")
    assert channel.spoken_of("acme shop", YESTERDAY, YESTERDAY, BERLIN) == Spoken({}, NO_SCOPE)


def test_few_pages_are_read(sandbox, channel, monkeypatch):
    monkeypatch.setattr(watching, "MOST_PAGES", 2)
    counts = channel.spoken_of("#trail", YESTERDAY - 20 * DAY, YESTERDAY, BERLIN).counts
    known = [day for day, count in counts.items() if count is not None]
    assert known == [YESTERDAY - ago * DAY for ago in range(len(known))]
    assert 1 <= len(known) < 21
    assert len([it for it in sandbox.requests if "timelines" in it.path]) == 2
