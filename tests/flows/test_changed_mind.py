"""What a brand file says at the moment of writing counts, whatever it said when it was proposed."""

import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.settings import HERE, settings
from connectors.actions import Action
from connectors.changes import PAUSED
from connectors.warehouse.action_tables import actions as table
from tasks.run import RunFailedError
from tasks.steps import decide
from tasks.steps.apply import Round
from tests.market import proposed_market, warehouse

ENVELOPE = "envelope: {fields: [%s], step_percent: 10}"


@pytest.fixture
def say(tmp_path, monkeypatch):
    """Run the demo's shop on a market, after a run; return how its file is changed."""
    brands = shutil.copytree(HERE / "demo", tmp_path / "brands")
    written = (HERE / "demo" / "shop.yaml").read_text(encoding="utf-8")
    start, end = written.index("\nenvelope:"), written.index("\n\n", written.index("\nenvelope:"))

    def change(mode: str, envelope: str) -> None:
        text = written[:start] + "\n" + envelope + written[end:]
        acting = text.replace("\nplaybooks:", "\nplaybooks:\n  google_losing_ads: {mode: act}")
        changed = acting.replace("\nmode: propose", f"\nmode: {mode}")
        (brands / "shop.yaml").write_text(changed, encoding="utf-8")

    with proposed_market(tmp_path) as market:
        monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(brands))
        settings.cache_clear()
        change.market = market
        yield change


@pytest.fixture
def pause(say) -> Action:
    """The pause of an ad, which waits."""
    with warehouse() as store:
        waiting = store.actions(brand="shop", process="google_ads", states=("proposed",))
    return next(
        one
        for one in waiting
        if one.proposal.subject.level == "ad" and one.proposal.after == PAUSED
    )


def written(market) -> list[str]:
    return [edit.new["status"] for edit in market.writes if edit.outcome == "accepted"]


def carried_out_alone(pause: Action) -> Action:
    """Carry it out as one that the envelope has let pass, and that waited since."""
    with warehouse() as store:
        with store.writing() as connection:
            alone = sa.update(table).where(table.c.action_id == pause.action_id)
            connection.execute(alone.values(state="approved"))
        now = pause.created_at + timedelta(minutes=5)
        Round(store, decide.brand_library("shop"), "shop", "later", now).carry_out()
        return store.action(pause.action_id)


@pytest.mark.parametrize(
    ("mode", "fields", "explanation"),
    [
        ("propose", "status", "the mode of google_losing_ads is propose"),
        ("act", "daily_budget", "the envelope has daily_budget, not status"),
        ("observe", "status", "may only observe"),
    ],
)
def test_what_the_envelope_passed_is_asked_again_once_it_would_not(
    say, pause, mode, fields, explanation
):
    say(mode, ENVELOPE % fields)
    made = carried_out_alone(pause)
    assert (made.state, made.reason) == ("refused", "mode")
    assert explanation in made.explanation
    assert written(say.market) == []


def test_inside_the_envelope_it_goes_on(say, pause):
    say("act", ENVELOPE % "status")
    assert carried_out_alone(pause).state == "applied"


def test_a_persons_approval_needs_no_envelope_but_no_brand_that_only_observes(say, pause):
    say("observe", ENVELOPE % "status")
    with pytest.raises(RunFailedError, match="google_losing_ads may only observe"):
        decide.decide_action.fn(pause.action_id, "approve", "ana", "right", "", None)
    assert written(say.market) == []


def test_what_was_done_is_taken_back_although_the_brand_only_observes(say, pause):
    decide.decide_action.fn(pause.action_id, "approve", "ana", "right", "", None)
    say("observe", ENVELOPE % "status")
    [back] = decide.decide_action.fn(pause.action_id, "undo", "ana", "wrong", "", None)
    assert back.state == "applied"
    assert written(say.market) == ["paused", "enabled"]


def test_what_is_ninety_days_old_is_taken_back_like_what_is_new(say, pause):
    decide.decide_action.fn(pause.action_id, "approve", "ana", "right", "", None)
    with warehouse() as store, store.writing() as connection:
        days = timedelta(days=95)
        long_ago = {"created_at": pause.created_at - days, "applied_at": pause.created_at - days}
        connection.execute(sa.update(table).values(**long_ago))
    [back] = decide.decide_action.fn(pause.action_id, "undo", "ana", "wrong", "", None)
    assert back.state == "applied", back.explanation
