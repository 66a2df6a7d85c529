"""What was taken back counts for what it took from delivery itself: once, and never as unknown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.guardrails import Guardrails
from connectors.actions import Action
from connectors.changes import Subject
from tasks.gate.delivery import CONVERSIONS, SPEND, recorded
from tasks.gate.passing import Decision, decide
from tasks.undoing import undo
from tests.tasks.gate.town import (
    NOW,
    TODAY,
    account,
    action,
    below,
    campaign,
    enable,
    negative,
    pause,
    proposal,
    state,
    things,
)

YESTERDAY = TODAY - timedelta(days=1)
NEW = Subject("ad_group", "g1", "keyword", "exact:new")
ADDED = proposal(NEW, "absent", "enabled")
ASKED = pause("c3")  # it takes 5 % away


def taken_back(done: Action, days_ago: float = 1) -> Action:
    """Return the action that took this one back, as it was written before anybody read a share."""
    back = undo(replace(done, state="verified"), YESTERDAY, NOW, why="")
    return action(6, back, days_ago, state="verified", judged=None)


def decided(done: Action, back: Action, *, most: float = 40.0, **accounts) -> Decision:
    guardrails = Guardrails(delivery_share_7_days=most)
    given = {"accounts": {1: account(**accounts)}} if accounts else {}
    actions = [replace(done, state="undone"), back]
    [decision] = decide([ASKED], state(ASKED, actions=actions, guardrails=guardrails, **given))
    return decision


@pytest.mark.parametrize("asked", [ASKED, negative("exact:cheap shoes")])
def test_a_keyword_that_was_added_and_taken_away_again_blocks_nothing(asked):
    done = action(5, ADDED, 3)
    actions = [replace(done, state="undone"), taken_back(done)]
    [decision] = decide([asked], state(asked, actions=actions))
    assert (decision.reason, decision.explanation) == (None, "")


def test_what_an_undo_paused_counts_with_what_the_figures_show_of_it():
    done = action(5, enable("c2"), 3)
    stopped = things(campaign(2, status="paused"))
    assert decided(done, taken_back(done), things=stopped, most=10).passed
    refused = decided(done, taken_back(done), things=stopped, most=9.9)
    assert refused.reason == "delivery_share_7_days"
    assert refused.explanation.startswith("with it 10 % of the account's spend")


def test_a_keyword_counts_as_long_as_it_was_pulled():
    done = action(5, ADDED, 3)
    pulled = things(below("keyword", "k9", "g1", item="exact:new", status="removed"))
    assert decided(done, taken_back(done), things=pulled, most=6).passed
    assert decided(done, taken_back(done), things=pulled, most=5.9).reason is not None


def test_what_was_kept_goes_before_what_the_figures_show():
    done = action(5, enable("c2"), 3)
    back = taken_back(done)
    kept = {SPEND: 30.0, CONVERSIONS: 8.0}
    back = replace(back, proposal=replace(back.proposal, numbers=kept))
    assert decided(done, back, most=35).passed
    assert decided(done, back, most=34).reason == "delivery_share_7_days"


def test_the_end_of_a_pause_takes_nothing():
    done = action(5, pause("c2", numbers={SPEND: 15.0, CONVERSIONS: 15.0}), 3)
    assert decided(done, taken_back(done), most=20).passed
    assert decided(done, taken_back(done), most=19).explanation.startswith("with it 20 % of")


def test_unknown_stays_unknown():
    """Where the figures are not there, and where nothing was taken back: never zero."""
    done = action(5, ADDED, 3)
    levels = account().levels - {"keyword"}
    for refused in (
        decided(done, taken_back(done), levels=levels),
        decided(done, action(6, pause("c2"), 1)),
    ):
        assert refused.reason == "delivery_share_7_days"
        assert refused.explanation.endswith("7 days is unknown")


def test_an_undo_that_passes_has_its_share_in_its_numbers():
    done = action(5, enable("c2"), 3, state="undoing")
    back = taken_back(done)
    asked = replace(back, state="approved", applied_at=None)
    [decision] = decide([asked], state(back.proposal, actions=[done, asked]))
    assert (decision.reason, recorded(decision.proposal).most) == (None, 5.0)
