"""What a preview says and leaves behind: nothing; what a replay of a day says: what the day said.

The shop's Google account over three mornings, each pulled on the day, the first with its history.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from config.settings import settings
from connectors.base import Window
from connectors.sandbox.demo import DEMO_TODAY, SHOP_GOOGLE, demo
from connectors.sandbox.server import Sandbox
from connectors.warehouse import Warehouse
from connectors.warehouse.past import Moment, PastWarehouse
from deployments.demo import environment
from tasks.run import Run, WrongUseError
from tasks.steps.judge import judge
from tasks.steps.looking import open_to_look
from tasks.steps.previewing import preview
from tasks.steps.propose import propose
from tasks.steps.pull import pull_account
from tasks.steps.replaying import replay
from tests.market import warehouse

MORNINGS = 3
FIRST = DEMO_TODAY - timedelta(days=MORNINGS - 1)
PLAYBOOKS = ("google_losing_ads", "google_new_keywords", "google_cut_budget")
LEVELS = ("campaign", "search_term")


def morning(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)


@dataclass(frozen=True)
class Market:
    sandbox: Sandbox
    folder: Path
    said: dict[date, list[tuple[object, ...]]]
    """What was deliberated on each morning, before anything else had happened."""


@pytest.fixture(scope="module")
def mornings(tmp_path_factory) -> Iterator[Market]:
    folder = tmp_path_factory.mktemp("mornings")
    said = {}
    with Sandbox(demo(), today=FIRST) as sandbox, pytest.MonkeyPatch.context() as patch:
        use(patch, sandbox, folder)
        Warehouse.create(settings().warehouse_url.get_secret_value()).close()
        for number in range(MORNINGS):
            day = FIRST + timedelta(days=number)
            sandbox.set_clock(day)
            said[day] = run_of(day)
            if number == 1:
                sandbox.edit_by_hand(SHOP_GOOGLE, "ad", "80400~8042", "status", "paused")
        yield Market(sandbox, folder, said)
    settings.cache_clear()


@pytest.fixture
def market(mornings, monkeypatch) -> Market:
    use(monkeypatch, mornings.sandbox, mornings.folder)
    return mornings


def use(patch: pytest.MonkeyPatch, sandbox: Sandbox, folder: Path) -> None:
    for name, value in environment(folder, sandbox.url).items():
        patch.setenv(name, value)
    settings.cache_clear()


def run_of(day: date) -> list[tuple[object, ...]]:
    """Pull, and say what would be proposed with nothing in the ledger."""
    run = Run(f"run of {day}", "shop", "google_ads", day, morning(day), ("google",))
    with warehouse() as opened:
        opened.start_run(run.run_id, run.brand, run.process, day, None, run.started_at)
    pull_account.fn(run, "google")
    found = preview("shop", "google_ads", morning(day))
    assert found.as_of == day
    return [what_of(one) for playbook in found.playbooks for one in playbook.said]


def what_of(said) -> tuple[object, ...]:
    proposal = said.proposal
    return proposal.playbook, proposal.subject, proposal.before, proposal.after, said.fate


def dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        return [*connection.iterdump()]


def test_a_preview_leaves_nothing_anywhere(market):
    before = dump(market.folder)
    written = len(market.sandbox.writes)
    found = preview("shop", "google_ads", morning(DEMO_TODAY))
    assert sum(len(playbook.said) for playbook in found.playbooks) > 10
    assert dump(market.folder) == before
    assert len(market.sandbox.writes) == written
    assert list(market.folder.glob("reports/*")) == []


def test_a_preview_says_of_when_the_figures_are_and_who_failed(market):
    market.sandbox.faults.add("permission_denied", platform="google", count=None)
    found = preview("shop", "google_ads", morning(DEMO_TODAY + timedelta(days=2)))
    market.sandbox.faults.clear()
    (account,) = found.accounts
    assert (found.as_of, account.last_day) == (DEMO_TODAY, DEMO_TODAY - timedelta(days=1))
    assert account.pulled_at == morning(DEMO_TODAY)
    assert "USER_PERMISSION_DENIED" in found.errors["google"]


def test_a_preview_sees_what_somebody_has_just_changed(market):
    found = preview("shop", "google_ads", morning(DEMO_TODAY))
    losing = next(one for one in found.playbooks if one.playbook == "google_losing_ads")
    ids = {said.proposal.subject.entity_id: said for said in losing.said}
    assert "80400~8042" not in ids, "it is paused now"
    with warehouse() as opened:
        assert opened.edits([1], morning(FIRST) - timedelta(days=60)) == []


def test_what_is_only_looked_at_cannot_be_written(market):
    with open_to_look() as looking, pytest.raises(PermissionError, match="nothing is written"):
        looking.start_run("r", "shop", "google_ads", DEMO_TODAY, None, morning(DEMO_TODAY))
    assert market.folder.exists()


def test_a_replayed_day_says_what_the_day_itself_said(market):
    """Later figures, corrections and changes of settings are known by now, and not seen."""
    now = morning(DEMO_TODAY) + timedelta(hours=1)
    for day, said in market.said.items():
        again = replay("shop", "google_ads", now, first=day, last=day)
        (replayed,) = again.days
        expected = [one for one in said if one[0] != "google_keyword_research"]
        shown = [what_of(one) for one in replayed.said]
        assert [one for one in shown if one[0] != "google_keyword_research"] == expected
    assert any(one[1].entity_id == "80400~8042" for one in market.said[FIRST])


def test_a_slice_of_what_was_read_once_is_what_reading_says(market):
    window = Window(FIRST - timedelta(days=40), DEMO_TODAY)
    metrics = ["spend", "conversions", "search_impression_share"]
    url = settings().warehouse_url.get_secret_value()
    with warehouse() as plain, PastWarehouse(url, DEMO_TODAY) as past:
        for number in (0, 2):
            day = FIRST + timedelta(days=number)
            past.moment = Moment(day, morning(day))
            for level in LEVELS:
                read = plain.performance([1], level, window, metrics, known_at=morning(day))
                pd.testing.assert_frame_equal(
                    table(past.performance([1], level, window, metrics)), table(read)
                )
                covered = plain.coverage([1], level, window, known_at=morning(day))
                pd.testing.assert_frame_equal(past.coverage([1], level, window), covered)
        ours = past.arrivals([1], "campaign", ["conversions"], window.start)["conversions"]
        theirs = plain.arrivals([1], "campaign", ["conversions"], window.start)["conversions"]
    for name in ("day", "age", "old", "new", "known_day", "first_age", "first", "last_age"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    assert len(ours.day) > 0


def table(figures) -> pd.DataFrame:
    frame = pd.DataFrame({"entity": figures.entity_key, "day": figures.day, **figures.values})
    return frame.sort_values(["entity", "day"], ignore_index=True)


def test_a_replay_rehearses_and_writes_nothing(market):
    before = dump(market.folder)
    written = len(market.sandbox.writes)
    found = replay("shop", "google_ads", morning(DEMO_TODAY), first=FIRST, playbooks=PLAYBOOKS)
    tallies = {tally.playbook: tally for tally in found.tallies}
    assert {*tallies} == {*PLAYBOOKS}
    losing = tallies["google_losing_ads"]
    protected = losing.refused["protected"]
    assert losing.days_fired == len(found.days) == MORNINGS
    assert losing.waits > 0
    assert losing.waits + protected == losing.proposals, "what was rehearsed is not asked again"
    assert tallies["google_cut_budget"].proposals == 0
    assert (dump(market.folder), len(market.sandbox.writes)) == (before, written)


def test_days_of_which_nothing_was_known_are_told(market):
    now, first = morning(DEMO_TODAY), FIRST - timedelta(days=2)
    found = replay("shop", "google_ads", now, first=first, last=FIRST, playbooks=PLAYBOOKS[:1])
    assert [day.known for day in found.days] == [False, False, True]
    assert any("--as-if-known" in note for note in found.notes)
    known = replay(
        "shop", "google_ads", now, first=first, last=FIRST, playbooks=PLAYBOOKS[:1],
        as_if_known=True,
    )  # fmt: skip
    assert known.known_days == 3
    assert known.days[0].said


def test_without_the_platform_a_replay_takes_what_was_pulled(market):
    market.sandbox.faults.add("permission_denied", platform="google", count=None)
    found = replay(
        "shop", "google_ads", morning(DEMO_TODAY), first=FIRST, last=FIRST,
        playbooks=PLAYBOOKS[:1],
    )  # fmt: skip
    market.sandbox.faults.clear()
    statuses = [one for one in market.said[FIRST] if one[0] == PLAYBOOKS[0]]
    assert {what_of(one)[1] for one in found.days[0].said} == {one[1] for one in statuses}
    assert any("google could not be read now" in note for note in found.notes)


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ({"last": DEMO_TODAY + timedelta(days=1)}, "is after 2026-11-02, the last day"),
        ({"first": DEMO_TODAY, "last": FIRST}, "the first day comes before the last"),
    ],
)
def test_days_that_make_no_sense_are_told(market, span, message):
    with pytest.raises(WrongUseError, match=message):
        replay("shop", "google_ads", morning(market and DEMO_TODAY), **span)


def test_without_figures_there_is_nothing_to_look_at(market):
    with pytest.raises(WrongUseError, match="nothing was pulled yet"):
        preview("clinic", "google_ads", morning(market and DEMO_TODAY))


LOSING, NEW = PLAYBOOKS[:2]
SHOP_ACTS = {
    "mode: propose #": "mode: act #",
    'google_ads: {cron: "0 7 * * *"}': 'google_ads: {cron: "0 7 3-6 * *"}',
    "  fields: [status, daily_budget, negative_keyword]": "  fields: [status, keyword]",
    "playbooks:\n": f"playbooks:\n  {LOSING}: {{mode: act}}\n  {NEW}: {{mode: act}}\n",
}


@pytest.fixture
def acting(market, tmp_path, monkeypatch) -> Market:
    """The same mornings of a shop that lets two playbooks act, on a few days of each month."""
    shutil.copytree(settings().brands_dir, tmp_path / "brands")
    file = tmp_path / "brands" / "shop.yaml"
    text = file.read_text(encoding="utf-8")
    for before, after in SHOP_ACTS.items():
        assert text.count(before) == 1
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")
    shutil.copy(market.folder / "warehouse.db", tmp_path)
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(tmp_path / "brands"))
    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    settings.cache_clear()
    return market


def asked(playbook: str) -> set[str]:
    """Return why the changes of a playbook that no limit refuses would wait now; '' for done."""
    found = preview("shop", "google_ads", morning(DEMO_TODAY))
    (one,) = (it for it in found.playbooks if it.playbook == playbook)
    changes = [said for said in one.said if said.proposal.subject.field != "advice"]
    allowed = [said for said in changes if said.fate != "refused"]
    assert allowed
    return {"" if said.fate == "done" else said.explanation for said in allowed}


def test_a_new_rule_asks_until_its_replay_was_shown(acting):
    (why,) = asked(LOSING)
    assert why.startswith("the rule is new: read what it would have done: marketloop replay")
    now = morning(DEMO_TODAY)
    short = replay("shop", "google_ads", now, playbooks=[LOSING])
    assert "--as-if-known" in short.shortcoming
    assert asked(LOSING) == {why}, "hardly anything was shown"
    found = replay("shop", "google_ads", now, playbooks=[LOSING], as_if_known=True)
    assert found.shortcoming == ""
    assert found.tallies[0].done > 0, "it is shown as it will act"
    with warehouse() as opened:
        (shown,) = opened.rule_replays("shop", "google_ads")
    assert (shown.playbook, shown.at, shown.done) == (LOSING, now, found.tallies[0].done)
    assert asked(LOSING) == {""}
    assert asked(NEW) == {why}, "only one of the two was shown"


def test_a_run_records_what_a_new_rule_asks_and_what_a_known_one_may(acting):
    now = morning(DEMO_TODAY)
    replay("shop", "google_ads", now, playbooks=[LOSING], as_if_known=True)
    run = Run("now", "shop", "google_ads", DEMO_TODAY, now, ("google",))
    actions = propose.fn(run, judge.fn(run, [], {}), {})
    changes = [it for it in actions if it.proposal.subject.field != "advice"]
    states = {
        name: {it.state for it in changes if it.proposal.playbook == name} - {"refused"}
        for name in (LOSING, NEW)
    }
    assert states == {LOSING: {"approved"}, NEW: {"proposed"}}
    asking = [it for it in changes if (it.proposal.playbook, it.state) == (NEW, "proposed")]
    (why,) = {it.explanation for it in asking}
    assert why.startswith("the rule is new")
