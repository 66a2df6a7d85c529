"""People look at changes, decide on them, take them back and stop them on the command line."""

import json

import pytest
from click.testing import CliRunner, Result

from deployments.cli import main
from tests.market import proposed_market


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.fixture
def market(tmp_path):
    with proposed_market(tmp_path) as sandbox:
        yield sandbox


def an_ad_to_pause() -> str:
    found = json.loads(call("actions", "list", "--state", "proposed", "--json").output)
    ads = [one for one in found if one["proposal"]["subject"]["level"] == "ad"]
    return str(ads[0]["action_id"])


def test_a_change_is_explained_approved_and_taken_back(market):
    number = an_ad_to_pause()
    assert "none refuses it" in call("actions", "explain", number).output
    made = call("actions", "approve", number, "--who", "ana", "--why", "looks right")
    assert (made.exit_code, f"{number} applied" in made.output) == (0, True)
    shown = call("actions", "show", number).output
    assert "approved  by ana: looks right" in shown
    undone = call("actions", "undo", number, "--who", "ana", "--why", "no", "--yes")
    assert "paused → enabled" in undone.output
    again = call("actions", "undo", number, "--why", "no", "--yes")
    assert (again.exit_code, "undone already" in again.output) == (2, True)
    accepted = [edit for edit in market.writes if edit.outcome == "accepted"]
    assert [edit.new for edit in accepted] == [{"status": "paused"}, {"status": "enabled"}]


def test_a_run_is_taken_back_by_the_run_that_made_the_change(market):
    number = an_ad_to_pause()
    call("actions", "approve", number, "--who", "ana", "--why", "looks right")
    facts = json.loads(call("actions", "show", number, "--json").output)
    actors = {event["state"]: event["actor"] for event in facts["events"]}
    proposing, making = (actors[state].removeprefix("run ") for state in ("proposed", "applying"))
    other = call("actions", "undo", "--run", proposing, "--why", "no", "--yes")
    assert (other.exit_code, f"run {proposing} changed nothing" in other.output) == (2, True)
    undone = call("actions", "undo", "--run", making, "--who", "ana", "--why", "no", "--yes")
    assert "paused → enabled" in undone.output
    accepted = [edit for edit in market.writes if edit.outcome == "accepted"]
    assert [edit.new for edit in accepted] == [{"status": "paused"}, {"status": "enabled"}]


def test_nothing_is_changed_while_the_switch_is_on(market):
    number = an_ad_to_pause()
    assert call("stop", "--why", "price error").exit_code == 0
    assert "Stopped: all brands, all processes" in call("actions", "list").output
    assert "stopped:" in call("actions", "explain", number).output
    waiting = call("actions", "approve", number, "--why", "looks right")
    assert (waiting.exit_code, f"{number} approved" in waiting.output) == (0, True)
    assert not [edit for edit in market.writes if edit.outcome == "accepted"]
    assert call("resume", "--why", "prices are right").exit_code == 0
    assert call("resume", "--why", "prices are right").exit_code == 2


def test_wrong_words_are_told_with_the_right_ones(market):
    number = an_ad_to_pause()
    assert "valid: applied" in call("actions", "list", "--state", "waiting").output
    assert "the last one is" in call("actions", "show", "9999").output
    late = call("actions", "approve", number, "--version", "7", "--why", "x")
    assert (late.exit_code, "version 1, not 7" in late.output) == (3, True)
    assert call("stop", "--brand", "shoop", "--why", "x").exit_code == 2
    assert call("actions", "undo", "--why", "x").exit_code == 2
