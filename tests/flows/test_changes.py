"""A change from proposal to undo, on the demo's market: real HTTP, a real ledger."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from connectors.actions import Action
from connectors.changes import ENABLED, PAUSED
from connectors.sandbox.demo import DEMO_TODAY
from connectors.warehouse.action_tables import actions as table
from flows.google_ads import google_ads
from tasks.run import Run
from tasks.steps.decide import decide_action
from tasks.steps.opening import brand_library
from tasks.steps.review import Review
from tests.market import proposed_market, warehouse


@pytest.fixture
def sandbox(tmp_path):
    with proposed_market(tmp_path) as market:
        yield market


def actions(**wanted) -> list[Action]:
    with warehouse() as store:
        return store.actions(brand="shop", **wanted)


def an_ad_to_pause() -> Action:
    return next(
        action
        for action in actions(states=("proposed",))
        if action.proposal.subject.level == "ad" and action.proposal.after == PAUSED
    )


def decided(action: Action, decision: str, value: str = "", who: str = "ana") -> Action:
    (one,) = decide_action.fn(action.action_id, decision, who, "tried", value, None)
    return one


def state_of(action: Action) -> str:
    with warehouse() as store:
        return store.action(action.action_id).state


def test_an_approved_change_is_made_verified_and_taken_back_once(sandbox):
    action = an_ad_to_pause()
    assert action.proposal.before == ENABLED
    assert decided(action, "approve").state == "applied"
    google_ads.fn("shop", DEMO_TODAY)
    assert state_of(action) == "verified"
    back = decided(action, "undo")
    assert (back.state, back.proposal.after, state_of(action)) == ("applied", ENABLED, "undone")
    with pytest.raises(Exception, match="undone already"):
        decided(action, "undo")


def looked_after(now: datetime) -> dict[int, tuple[str, str]]:
    """Look after all changes at a moment; return state and explanation of those that moved."""
    run = Run("later", "shop", "google_ads", DEMO_TODAY, now, ())
    with warehouse() as store:
        review = Review(store, brand_library("shop"), run, now)
        review.look()
    assert review.platforms.failed == {}
    return {key: (one.state, one.explanation) for key, one in review.moved.items()}


def test_a_pause_of_months_ago_comes_back_on_its_day(sandbox):
    action = decided(an_ad_to_pause(), "approve")
    long_ago = action.applied_at - timedelta(days=100)
    facts = {"applied_at": long_ago, "created_at": long_ago, "restore_on": DEMO_TODAY}
    with warehouse() as store, store.writing() as connection:
        its = table.c.action_id == action.action_id
        connection.execute(sa.update(table).where(its).values(facts))
    google_ads.fn("shop", DEMO_TODAY)
    assert state_of(action) == "undone"
    assert sandbox.writes[-1].new["status"] == ENABLED


def test_a_draft_is_for_a_person_to_enable_and_who_pauses_a_keyword_of_ours_is_named(sandbox):
    waiting = {one.proposal.subject.field: one for one in actions(states=("proposed",))}
    draft = decided(waiting["ad"], "approve")
    keyword = decided(waiting["keyword"], "approve")
    made = {edit.kind: edit.key for edit in sandbox.writes if edit.outcome == "accepted"}
    sandbox.set_moment(keyword.applied_at + timedelta(minutes=30))
    sandbox.edit_by_hand("4445556666", "ad", made["ad"], "status", ENABLED)
    sandbox.edit_by_hand("4445556666", "keyword", made["keyword"], "status", PAUSED)
    assert looked_after(keyword.applied_at + timedelta(hours=2)) == {
        draft.action_id: ("verified", "it is enabled now, by person@example.com"),
        keyword.action_id: ("drifted", "it is paused now, by person@example.com"),
    }
