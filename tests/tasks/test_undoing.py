"""An action is taken back to exactly what was before, once, and only where that is possible."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.actions import DONE, STATES
from connectors.changes import Edit, Setting, Subject
from tasks.gate.asking import is_restoration
from tasks.gate.delivery import CONVERSIONS, SPEND
from tasks.reviewing import review
from tasks.undoing import CannotUndoError, undo, why_not
from tests.tasks.gate.town import (
    NOW,
    TODAY,
    action,
    audience,
    budget_of,
    pause,
    proposal,
    status_of,
)


def done(subject, before, after, state="applied"):
    made = action(7, proposal(subject, before, after))
    return replace(made, state=state, applied_at=NOW)


def test_values_are_swapped_and_the_gate_sees_a_restoration():
    cut = done(budget_of(), Decimal(100), Decimal(80))
    back = undo(cut, TODAY, NOW, why="It was a mistake.")
    assert (back.before, back.after, back.takes_back) == (Decimal(80), Decimal(100), cut.action_id)
    assert is_restoration(back, cut)
    assert "It was a mistake." in back.sentence
    assert back.restore_on is None
    assert back.group == ""


def test_a_share_of_delivery_is_not_taken_once_more():
    numbers = {"cpa": 60.0, SPEND: 15.0, CONVERSIONS: 12.0}
    paused = replace(action(7, pause("c2", numbers=numbers)), state="verified")
    assert undo(paused, TODAY, NOW, why="").numbers == {"cpa": 60.0}


@pytest.mark.parametrize(
    ("field", "after", "back"),
    [("negative_keyword", "present", "absent"), ("ad", "paused", "removed")],
)
def test_what_was_made_is_taken_away(field, after, back):
    made = done(Subject("ad_group", "g1", field, "exact:free"), "absent", after)
    assert undo(made, TODAY, NOW, why="Not wanted.").after == back


def test_who_came_into_a_list_goes_again_and_who_went_comes_back():
    pushed = replace(audience(1000, added=40, removed=12), undo="the same people")
    back = undo(replace(action(7, pushed), state="applied"), TODAY, NOW, why="A mistake.")
    assert back.content == {"added": "12", "removed": "40", "segment": "lapsed"}
    assert (back.before, back.after, back.undo) == (pushed.after, pushed.before, "")
    assert back.sentence == (
        "Take back action 7: 1,028 people (bbbbbbbb) becomes 1,000 people (aaaaaaaa) again. "
        "A mistake."
    )


@pytest.mark.parametrize("state", STATES)
def test_only_what_was_changed_and_still_stands_can_be_taken_back(state):
    possible = state in DONE and state not in ("undoing", "undone")
    assert (why_not(done(status_of(), "enabled", "paused", state)) == "") is possible


@pytest.mark.parametrize(
    "cannot",
    [
        done(Subject("campaign", "c1", "advice"), "", "Look at the landing page."),
        done(status_of(), "paused", "removed"),
        replace(action(7, audience(added=3)), state="applied"),
        done(status_of(), "enabled", "paused", "undone"),
    ],
)
def test_what_cannot_be_taken_back_says_why(cannot):
    with pytest.raises(CannotUndoError, match=f"action {cannot.action_id} "):
        undo(cannot, TODAY, NOW, why="")


def at(minutes, who="ana@example.com"):
    when = NOW + timedelta(minutes=minutes)
    return Edit(str(minutes), when, budget_of(), None, Decimal(70), who, "WEB")


def test_a_change_that_holds_is_verified_once():
    cut = done(budget_of(), Decimal(100), Decimal(80))
    assert review(cut, Setting(budget_of(), Decimal(80)), []).state == "verified"
    for settled in ("verified", "judged"):
        assert review(replace(cut, state=settled), Setting(budget_of(), Decimal(80)), []) is None


def test_a_change_that_drifted_names_who_was_last():
    cut = done(budget_of(), Decimal(100), Decimal(80))
    follows = review(cut, Setting(budget_of(), Decimal(70)), [at(-5), at(5), at(9, "a script")])
    assert (follows.state, follows.explanation) == ("drifted", "it is 70 now, by a script")


def test_an_edit_from_before_explains_nothing():
    cut = done(budget_of(), Decimal(100), Decimal(80))
    assert review(cut, Setting(budget_of(), Decimal(70)), [at(-5)]).explanation == "it is 70 now"


def test_the_same_drift_is_told_once():
    cut = done(budget_of(), Decimal(100), Decimal(80), "drifted")
    again = replace(cut, explanation="it is 70 now")
    assert review(again, Setting(budget_of(), Decimal(70)), []) is None
    assert review(again, Setting(budget_of(), Decimal(60)), []).state == "drifted"
    assert review(again, Setting(budget_of(), Decimal(80)), []).state == "verified"
    assert review(cut, None, []).explanation == "it is not there any more"
