"""The social processes on the demo's shop: posts go out and are judged, people are answered."""

import json
import logging
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import HERE, settings
from connectors.base import RejectedError
from connectors.changes import PRESENT
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.social import Topic
from connectors.social import due_of
from flows.social import look_after_network
from tasks.gate.rules_posting import MISSED
from tasks.run import RunFailedError
from tasks.steps import replying
from tasks.steps.publishing import due_next, publish_due
from tasks.steps.switch import turn
from tests.market import demo_market, warehouse
from tests.plain import plain_steps

MORNING = datetime(DEMO_TODAY.year, DEMO_TODAY.month, DEMO_TODAY.day, 6, tzinfo=UTC)
HOUR, YESTERDAY = timedelta(hours=1), DEMO_TODAY - timedelta(days=1)
NETWORKS = ("linkedin", "bluesky", "mastodon")
DUE = datetime(2026, 11, 9, 8, 30, tzinfo=UTC)  # new_warehouse.md, half past nine in Berlin
KEY = {"linkedin": ("linkedin", "2414183"), "bluesky": ("bluesky", "acme-shop.example"),
       "mastodon": ("mastodon", "@acme@social.example")}  # fmt: skip


def at(moment):
    """Return a clock that stands still."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    return Clock


@pytest.fixture
def shop(tmp_path):
    """The demo's market, and its shop with one post that has a time."""
    brands = tmp_path / "brands"
    shutil.copytree(HERE / "demo", brands)
    for file in (brands / "shop/content").glob("*.md"):
        if file.stem != "new_warehouse":
            file.unlink()
    with demo_market(tmp_path) as sandbox, plain_steps(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARKETLOOP_BRANDS_DIR", str(brands))
        settings.cache_clear()
        patch.setattr(import_module("flows.social"), "datetime", at(MORNING))
        patch.setattr(replying, "datetime", at(MORNING))
        sandbox.set_moment(MORNING)
        yield sandbox


def go(sandbox, moment):
    """Let it be a moment on the networks, and that day for those who call them."""
    sandbox.set_moment(moment)
    os.environ["MARKETLOOP_TODAY"] = f"{moment.date()}"  # demo_market puts back what was there
    settings.cache_clear()


def world(sandbox):
    return sandbox.social


def look(network="linkedin"):
    return look_after_network(f"{network}_post", "shop", None, None)


def said(sandbox, network):
    return [one for one in world(sandbox).log if one.network == network and one.what == "post"]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_is_looked_after_and_a_question_becomes_work(shop, network):
    posts = world(shop).posts(KEY[network])
    world(shop).say(posts[0].post_id, "Do you ship to Norway?", author="Somebody Planted")
    outcome = look(network)
    assert outcome.open_alerts >= 1
    with warehouse() as store:
        (account,) = store.accounts("shop", network)["account_key"].tolist()
        assert len(store.social_posts([account], MORNING - timedelta(days=90))) >= 25
        items = store.work_items("shop", f"{network}_post")
    asked = [it for it in items if it.check == "unanswered_question" and it.state == "open"]
    assert asked
    words = json.dumps([[it.name, it.title, it.evidence, it.remedy] for it in asked])
    assert "Norway" not in words
    assert "Planted" not in words


def test_a_post_goes_out_at_its_minute_on_every_network_once(shop):
    assert due_next("shop", DUE - timedelta(minutes=5), DUE) == DUE
    go(shop, DUE - timedelta(minutes=1))
    assert publish_due.fn("shop", DUE - timedelta(minutes=1)) == []
    go(shop, DUE)
    done = publish_due.fn("shop", DUE)
    assert {one.state for one in done} == {"applied"}
    assert {due_of(one.proposal.subject.item) for one in done} == {DUE}
    for later in (0, 5, 70):
        publish_due.fn("shop", DUE + timedelta(minutes=later))
    for network in NETWORKS:
        (entry,) = said(shop, network)
        assert entry.at == DUE
        assert entry.text.startswith("From today your parcel leaves from the foot of the hills")


def test_an_evergreen_post_that_rests_for_a_day_goes_out_every_day(shop):
    brands = settings().brands_dir
    file, post = brands / "shop.yaml", brands / "shop/content/new_warehouse.md"
    file.write_text(file.read_text().replace("content:\n", "content:\n  cool_down_days: 1\n", 1))
    post.write_text(post.read_text().replace("---\n", "---\nevergreen: true\n", 1))
    for days in range(3):
        due = DUE + timedelta(days=days)
        go(shop, due)
        with suppress(RunFailedError):  # LinkedIn takes no text twice within some days
            publish_due.fn("shop", due)
    for network in ("bluesky", "mastodon"):
        assert [it.at for it in said(shop, network)] == [DUE + timedelta(days=n) for n in range(3)]


def test_a_post_that_missed_its_time_is_asked_about_and_goes_out_when_a_person_says_so(shop):
    from tasks.steps.decide import decide_action

    late = DUE + timedelta(hours=3)
    go(shop, late)
    asked = publish_due.fn("shop", late)
    assert {(one.state, one.proposal.check) for one in asked} == {("proposed", MISSED)}
    assert world(shop).log == []
    assert publish_due.fn("shop", late + timedelta(minutes=5)) == []
    module = import_module("tasks.steps.decide")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "datetime", at(late + timedelta(minutes=10)))
        (sent,) = decide_action.fn(
            asked[0].action_id, "approve", "the owner", "still true", "", asked[0].version
        )
    assert sent.state == "applied"
    assert len(world(shop).log) == 1


def test_one_switch_stops_all_publishing_and_nothing_is_sent_late_afterwards(shop):
    go(shop, DUE)
    turn.fn(True, "the owner", "a bad day in the news", "shop", "")
    waiting = publish_due.fn("shop", DUE)
    assert {one.state for one in waiting} == {"approved"}
    assert world(shop).log == []
    turn.fn(False, "the owner", "it is over", "shop", "")
    later = DUE + timedelta(hours=2)
    go(shop, later)
    asked = [one for one in publish_due.fn("shop", later) if one.state == "proposed"]
    assert len(asked) == 3
    assert world(shop).log == []


def test_a_post_that_a_network_takes_and_does_not_show_failed_and_is_not_sent_again(
    shop, monkeypatch
):
    from tasks.steps import apply

    monkeypatch.setattr(apply, "sleep", lambda _: None)
    go(shop, DUE)
    hide = world(shop).publish

    def lost(key, post_id, text, details=None, at=None):
        post = hide(key, post_id, text, details, at)
        if key[0] == "linkedin":
            world(shop).delete(key, post_id)
        return post

    monkeypatch.setattr(world(shop), "publish", lost)
    with pytest.raises(RunFailedError, match="not to be read there"):
        publish_due.fn("shop", DUE)
    publish_due.fn("shop", DUE + timedelta(minutes=20))
    assert len(said(shop, "linkedin")) == 1


@pytest.mark.parametrize("network", ["bluesky", "mastodon"])
def test_words_of_the_brand_file_are_counted_and_a_burst_is_told(shop, network, caplog):
    world(shop).topics = (Topic("#TrailRunning", {network: 8.0}, {(network, YESTERDAY): 7.0}),)
    world(shop).speak(network, "#trailrunning, planted words", MORNING - HOUR * 12, "Planted Name")
    with caplog.at_level(logging.DEBUG):
        outcome = look(network)
    with warehouse() as store:
        (account,) = store.accounts("shop", network)["account_key"].tolist()
        days = store.watched_days([account], YESTERDAY - timedelta(days=60))
        items = store.work_items("shop", f"{network}_post")
        alerts = [it.check for it in store.open_alerts("shop", f"{network}_post")]
    berlin = ZoneInfo("Europe/Berlin")
    said = [it.at.astimezone(berlin).date() for it in world(shop).spoken(network)]
    assert {*days["term"]} == {"#trailrunning", "acme shop"}
    counted = days[days["term"] == "#trailrunning"].set_index("date_day")["posts"]
    assert counted.to_dict() == {day: said.count(day) for day in counted.index}
    assert [len(counted), counted.index.max()] == [29, YESTERDAY]
    (item,) = [it for it in items if it.check == "watched_volume"]
    assert "“#TrailRunning”" in item.title
    assert f"{said.count(YESTERDAY)} posts" in item.evidence
    assert "watched_volume" in alerts
    report = Path(outcome.report).read_text()
    assert "<h2>Watched words</h2>" in report
    assert "far more than usual" in report[report.index("<h2>Watched words</h2>") :]
    everything = report + caplog.text + days.to_string() + json.dumps([it.evidence for it in items])
    assert "planted" not in everything.lower()


def test_linkedin_s_report_says_that_it_tells_of_no_word(shop):
    report = Path(look("linkedin").report).read_text()
    assert report.count("LinkedIn tells nobody how often a word is used.") == 1
    assert not [it for it in shop.requests if "search" in it.path.lower()]


@pytest.mark.parametrize("network", NETWORKS)
def test_an_answer_is_published_once_and_what_was_asked_is_closed(shop, network):
    post = world(shop).posts(KEY[network])[0]
    world(shop).say(post.post_id, "Are you open on Sundays?")
    look(network)
    with warehouse() as store:
        (account,) = store.accounts("shop", network)["account_key"].tolist()
        waiting = [one for _, one, _ in store.open_comments([account]) if "Sundays" in one.text]
    (question,) = waiting
    sent = replying.reply.fn("shop", network, question.comment_id, "No, on weekdays.", "the owner")
    assert sent.state == "applied"
    assert (sent.proposal.after, sent.proposal.subject.field) == (PRESENT, "reply")
    assert [one.what for one in world(shop).log] == ["reply"]
    with pytest.raises(RejectedError, match="answered, closed or forgotten"):
        replying.reply.fn("shop", network, question.comment_id, "No, on weekdays.", "the owner")
    assert len(world(shop).log) == 1


def test_in_mode_observe_nothing_is_published(shop):
    file = settings().brands_dir / "shop.yaml"
    file.write_text(file.read_text().replace("mode: propose", "mode: observe", 1))
    done = publish_due.fn("shop", DUE)
    assert {(one.state, one.reason) for one in done} == {("refused", "mode")}
    assert world(shop).log == []
