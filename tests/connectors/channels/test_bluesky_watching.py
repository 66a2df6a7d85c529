"""Posts of others with a word are counted day by day, on Bluesky."""

import logging
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.base import ReconnectError, RejectedError
from connectors.channels.bluesky import Connector, Options, watching
from connectors.channels.bluesky.watching import METHOD, MOST_IN_ALL, MOST_PAGES
from connectors.sandbox.social import Topic
from connectors.social import Spoken, WatchingChannel
from connectors.throttle import LocalThrottle

from ..conftest import Answer, FakeTime, told
from .bluesky_shop import KEY, NOON, PASSWORD, SHOP
from .bluesky_shop import shop as opened

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
DAY = timedelta(days=1)
YESTERDAY = NOON.date() - DAY
TOPICS = (
    Topic("#Trail", {"bluesky": 6.0}, {("bluesky", YESTERDAY): 40.0}),
    Topic("Acme Shop", {"bluesky": 2.0}),
)
NAMED = ("Planted Nameson", "planted words", "nameson.example")


@pytest.fixture
def shop(tmp_path):
    with opened(tmp_path) as running:
        running.world.topics = TOPICS
        yield running


@pytest.mark.parametrize(("term", "written"), [("#trail", "#Trail"), ("acme shop", "Acme Shop")])
def test_the_counts_are_those_of_the_simulated_world(shop, term, written):
    shop.world.publish(KEY, "ours", f"Ours: {written}", at=NOON - DAY)
    shop.world.speak("bluesky", f"besides: {written}s", NOON - DAY)
    said = [it.at for it in shop.world.spoken("bluesky") if f"{written}s" not in it.text]
    of_it = [it for it in shop.world.spoken("bluesky") if written in it.text and it.at in said]
    truth = Counter(it.at.astimezone(BERLIN).date() for it in of_it)
    counts = shop.channel.spoken_of(term, YESTERDAY - 5 * DAY, YESTERDAY, BERLIN).counts
    assert counts == {YESTERDAY - ago * DAY: truth[YESTERDAY - ago * DAY] for ago in range(6)}
    assert sum(counts.values()) > 6


def test_it_is_a_watching_channel(shop):
    assert isinstance(shop.channel, WatchingChannel)


def test_a_burst_is_counted_over_several_pages_as_somebody_who_is_signed_in(shop):
    (count,) = shop.channel.spoken_of("#trail", YESTERDAY, YESTERDAY, UTC_ZONE).counts.values()
    assert count > 100
    pages = -(-count // 100)
    assert shop.calls(METHOD) == [200] * pages
    asked = [it for it in shop.sandbox.requests if METHOD in it.path]
    assert len(asked) == pages


def test_a_day_that_has_more_pages_than_are_read_is_unknown_and_no_lower_bound(shop, monkeypatch):
    monkeypatch.setattr(watching, "MOST_PAGES", 1)
    counts = shop.channel.spoken_of("#trail", YESTERDAY - DAY, YESTERDAY, UTC_ZONE).counts
    assert counts[YESTERDAY] is None
    assert counts[YESTERDAY - DAY] < 30


def test_of_many_days_the_newest_are_read_and_the_others_unknown(shop, monkeypatch):
    monkeypatch.setattr(watching, "MOST_IN_ALL", 3)
    monkeypatch.setattr(watching, "PAGE", "100")
    counts = shop.channel.spoken_of("acme shop", YESTERDAY - 5 * DAY, YESTERDAY, UTC_ZONE).counts
    assert [count is None for count in counts.values()] == [False] * 3 + [True] * 3
    assert len(shop.calls(METHOD)) == 3


def test_limits_are_waited_for(shop):
    once = shop.channel.spoken_of("#trail", YESTERDAY, YESTERDAY, BERLIN)
    shop.sandbox.faults.add("throttle", path=METHOD, seconds=45, count=2)
    assert shop.channel.spoken_of("#trail", YESTERDAY, YESTERDAY, BERLIN) == once
    assert sum(shop.waits.slept) >= 45


def test_a_dead_password_is_told_as_that(shop):
    wrong = shop.connect(app_password="wrong")
    with pytest.raises(ReconnectError):
        wrong.spoken_of("#trail", YESTERDAY, YESTERDAY, BERLIN)


# --- scripted ------------------------------------------------------------------------------------


def view(number: int, text: str, hours: float, *, did: str = "did:plc:other", **record) -> dict:
    """Return a post view, so many hours old."""
    made = (NOON - timedelta(hours=hours)).isoformat()
    return {
        "uri": f"at://{did}/app.bsky.feed.post/{number}", "cid": "bafy",
        "author": {"did": did, "handle": NAMED[2], "displayName": NAMED[0]},
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": made, **record},
        "indexedAt": made,
    }  # fmt: skip


SESSION = {"accessJwt": "a", "refreshJwt": "r", "did": "did:plc:us", "handle": SHOP}


def scripted(server, *answers) -> Spoken:
    server.script(SESSION, *answers)
    return connected(server).spoken_of("#trail", YESTERDAY, YESTERDAY, UTC_ZONE)


def connected(server) -> Connector:
    options = Options(account_id="did:plc:us", app_password=PASSWORD, base_url=server.url)
    time_ = FakeTime()
    return Connector(options, throttle=LocalThrottle(time_.clock, time_.sleep))


def test_hits_total_is_no_count_and_what_lies_outside_of_the_day_is_none(server):
    facet = {"index": {"byteStart": 0, "byteEnd": 2},
             "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Trail"}]}  # fmt: skip
    posts = [
        view(1, "#trail", 13),
        view(2, "look", 14, facets=[facet]),
        view(3, "look", 15, tags=["TRAIL"]),
        view(4, "look #trails", 15),
        view(5, "#trail of ours", 15, did="did:plc:us"),
        view(6, "#trail of today", 11),
        view(7, "#trail of the day before", 37),
        view(8, "#trail", 20) | {"indexedAt": (NOON - timedelta(hours=40)).isoformat()},
    ]
    found = scripted(server, {"posts": posts, "hitsTotal": 900})
    assert found == Spoken({YESTERDAY: 3})
    assert server.seen[-1].query == {
        "q": "#trail", "sort": "latest", "limit": "100",
        "since": "2026-11-01T00:00:00.000Z", "until": "2026-11-02T00:00:00.000Z",
    }  # fmt: skip
    assert server.seen[-1].headers["Authorization"] == "Bearer a"


def test_an_empty_page_is_not_the_end_as_long_as_there_is_a_cursor(server):
    pages = [{"posts": [], "cursor": "100"}, {"posts": [view(1, "#trail", 13)]}]
    assert scripted(server, *pages) == Spoken({YESTERDAY: 1})


def test_pages_without_end_are_unknown(server):
    pages = [{"posts": [view(n, "#trail", 13)], "cursor": f"{n}"} for n in range(MOST_PAGES)]
    assert scripted(server, *pages) == Spoken({YESTERDAY: None})
    assert len(server.seen) == MOST_PAGES + 1
    assert MOST_PAGES < MOST_IN_ALL


def test_a_search_that_is_refused_is_an_error_and_no_zero(server):
    with pytest.raises(RejectedError, match="403"):
        scripted(server, Answer({"error": "Forbidden", "message": "no"}, status=403))


def test_nothing_of_others_is_in_a_log_or_an_error(server, caplog):
    posts = [view(1, NAMED[1], 13), view(2, NAMED[1], 13) | {"indexedAt": NAMED[1]}]
    with caplog.at_level(logging.DEBUG), pytest.raises(RejectedError) as caught:
        scripted(server, {"posts": posts})
    assert not [it for it in NAMED if it in caplog.text + told(caught.value)]
