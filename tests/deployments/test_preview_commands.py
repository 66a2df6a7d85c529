"""What `marketloop preview` and `marketloop replay` print, and how they end."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner, Result

from config.inheritance import SwitchedOff
from connectors.actions import Stop
from deployments import preview_commands, previewing
from deployments.cli import main
from tasks.preview import PlaybookPreview, Preview, Pulled, Skipped
from tasks.replay import Day, Replay, Said, tallies
from tests.market import demo_market
from tests.tasks.gate.town import NOW, TODAY, budget_of, proposal, status_of
from tests.tasks.playbooks.scene import playbook

CUT = proposal(
    budget_of(), Decimal(100), Decimal(80), name="Shoes \x1b[31m| Search", playbook="a_pause"
)
PAUSE = proposal(status_of("c2"), "enabled", "paused", playbook="a_pause")
WAITS, DONE = (
    Said(CUT, "waits", "", "the mode is propose"),
    Said(PAUSE, "done", "hours", "it is 03:10"),
)
REFUSED = Said(CUT, "refused", "cool_down", "it was changed on 2026-11-10; 3 days must pass")


@pytest.fixture(autouse=True)
def _wide(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(preview_commands, "now", lambda: NOW)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


def words_of(answer: Result) -> str:
    return " ".join(answer.output.replace("│", " ").split())


@pytest.fixture
def previewed(monkeypatch) -> list[tuple[object, ...]]:
    skip = Skipped("a_check", "ad_group", "Boots", 1, "dead_band", "cpa is €20, near enough")
    quiet = PlaybookPreview("quiet", "Never fires", "observe", 7, 2, 0, (), ())
    loud = PlaybookPreview("cut", "Cut it", "act", 9, 0, 4, (skip,), (WAITS, DONE, REFUSED))
    found = Preview(
        "shop",
        "google_ads",
        NOW,
        TODAY,
        (Pulled("main", date(2026, 11, 11), NOW, "503 later"),),
        (Stop("shop", "", NOW, "Ann", "a sale"),),
        (quiet, loud),
        (SwitchedOff("weekdays", "not here"),),
        {"other": "no token"},
    )
    calls = []

    def preview(*given):
        calls.append(given)
        return found

    monkeypatch.setattr(previewing, "preview", preview)
    return calls


def test_a_preview_shows_what_would_become_of_everything(previewed):
    answer = call("preview", "google_ads", "--brand", "shop", "--account", "main")
    assert answer.exit_code == 0
    assert previewed == [("shop", "google_ads", NOW, ["main"])]
    said = words_of(answer)
    for part in (
        "as of 2026-11-12. Nothing is written.",
        "main: figures up to 2026-11-11, read 2026-11-12 10:00 UTC; since then: 503 later",
        "Stopped by Ann: a sale",
        "cut (act): 9 evaluated, 4 matched, 1 skipped, 3 proposed",
        "would wait for a person",
        "would be done alone, later: hours",
        "it is 03:10",
        "refused: cool_down",
        "3 days must pass",
        "skipped: dead_band",
        "a_check: ad group Boots",
        "cpa is €20, near enough",
        "quiet (observe): 7 evaluated, 2 not to be judged, 0 matched",
        "weekdays: switched off: not here",
        "1 would wait for a person, 1 would be done alone, 1 refused; 1 finding skipped",
        "other: no token",
    ):
        assert part in said
    assert "\x1b" not in answer.output


def test_a_preview_for_programs_has_all_of_it(previewed):
    answer = call("preview", "google_ads", "--brand", "shop", "--json")
    facts = json.loads(answer.stdout)
    assert previewed[0][3] is None
    assert facts["as_of"] == "2026-11-12"
    assert facts["playbooks"][1]["said"][0]["proposal"]["after"] == "80"
    assert facts["playbooks"][1]["skipped"][0]["why"] == "dead_band"
    assert facts["errors"] == {"other": "no token"}


@pytest.fixture
def replayed(monkeypatch) -> list[dict[str, object]]:
    first, last = date(2026, 11, 9), date(2026, 11, 12)
    days = (
        Day(first, False, {}, ()),
        Day(date(2026, 11, 10), True, {"a_pause": 2}, (WAITS, DONE)),
        Day(date(2026, 11, 11), True, {"a_pause": 1}, (REFUSED,)),
        Day(last, True, {}, ()),
    )
    played = [playbook("pause"), playbook("pause", name="other")]
    sums = tallies(days, played, {"a_pause": "observe", "other": "propose"})
    found = Replay("shop", "google_ads", first, last, False, days, sums, ("Nobody knows.",))
    calls = []

    def replay(brand, process, now, **given):
        calls.append({"brand": brand, "process": process, "now": now} | given)
        return found

    monkeypatch.setattr(previewing, "replay", replay)
    return calls


def test_a_replay_shows_totals_and_days(replayed):
    answer = call(
        "replay",
        "google_ads",
        "--brand",
        "shop",
        "--from",
        "2026-11-09",
        "--playbook",
        "a_pause",
    )
    assert answer.exit_code == 0
    assert replayed == [
        {
            "brand": "shop", "process": "google_ads", "now": NOW, "first": date(2026, 11, 9),
            "last": None, "playbooks": ("a_pause",), "accounts": None, "as_if_known": False,
        }
    ]  # fmt: skip
    said = words_of(answer)
    for part in (
        "2026-11-09 to 2026-11-12. Runs on 4 days; something was known on 3.",
        "a_pause on 2 days 1 1 cool_down 1 Shoes | Search 2",
        "observe 3 findings on 2 days",
        "2026-11-10 1 1 0 a_pause 2",
        "2026-11-11 0 0 1",
        "other (propose): never fired, 0 findings on 0 days",
        "Nobody knows.",
        "On record: these rules, as they are now, no longer count as new or changed",
    ):
        assert part in said


def test_a_replay_that_shows_too_little_says_so(monkeypatch):
    day, short = date(2026, 11, 9), "it is about some of the accounts"
    found = Replay("shop", "google_ads", day, day, False, (), (), (), short)
    monkeypatch.setattr(previewing, "replay", lambda *_, **__: found)
    said = words_of(call("replay", "google_ads", "--brand", "shop"))
    assert "not on record for a new or changed rule: it is about some of the accounts" in said


def test_a_replay_for_programs_has_every_day(replayed):
    words = ("--brand", "shop", "--as-if-known", "--json")
    facts = json.loads(call("replay", "google_ads", *words).stdout)
    assert replayed[0]["as_if_known"] is True
    assert (facts["first"], facts["known_days"]) == ("2026-11-09", 3)
    assert facts["days"][2]["said"][0] == {
        "playbook": "a_pause", "account_key": 1, "level": "campaign", "entity_id": "c1",
        "field": "daily_budget", "item": "", "name": CUT.name, "before": "100", "after": "80",
        "sentence": CUT.sentence, "fate": "refused", "reason": "cool_down",
        "explanation": REFUSED.explanation,
    }  # fmt: skip
    assert facts["tallies"][0]["proposals"] == 3
    assert facts["tallies"][0]["refused"] == {"cool_down": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["preview", "google_adz", "--brand", "shop"], "google_ads"),
        (["preview", "google_ads", "--brand", "shoe"], "shop"),
        (["replay", "google_ads", "--brand", "shop", "--account", "meta"], "google"),
        (["replay", "google_ads", "--brand", "shop", "--playbook", "cut"], "google_cut_budget"),
        (["replay", "google_ads", "--brand", "shop"], "nothing was pulled yet"),
        (["preview", "google_ads", "--brand", "shop"], "nothing was pulled yet"),
    ],
)
def test_wrong_use_is_told_with_what_there_is(tmp_path, words, said):
    with demo_market(tmp_path):
        answer = call(*words)
    assert answer.exit_code == 2
    assert said in answer.output


def test_the_moment_is_aware(monkeypatch):
    monkeypatch.undo()
    assert preview_commands.now().tzinfo is UTC
    assert isinstance(preview_commands.now(), datetime)
