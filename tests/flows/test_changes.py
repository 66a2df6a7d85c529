"""A change from proposal to undo, on the demo's market: real HTTP, a real ledger."""

import pytest

from connectors.actions import Action
from connectors.changes import ENABLED, PAUSED
from connectors.sandbox.demo import DEMO_TODAY
from flows.google_ads import google_ads
from tasks.steps.decide import decide_action
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
