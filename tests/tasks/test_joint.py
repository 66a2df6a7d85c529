"""What is one decision: its parts, its version, whether it is whole, what it comes to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.joint import Joint, joint_of, joints, outcome, summary
from tests.tasks.gate.town import action, money, pause


def part(number, proposal, state="proposed", version=1, **changes):
    made = replace(proposal, group="shop:split:2026-11-12")
    return replace(action(number, made), state=state, version=version, applied_at=None, **changes)


CUT = part(1, money("60", "50", "c1", unit="money"))
RAISE = part(2, money("40", "50", "c2", unit="money"))
OTHER = replace(action(3, pause("c3")), state="proposed", version=4)


def test_parts_of_one_group_are_one_decision_in_the_order_of_carrying_out():
    assert [[one.action_id for one in whole.parts] for whole in joints([OTHER, RAISE, CUT])] == [
        [1, 2],
        [3],
    ]
    assert joint_of(RAISE, [OTHER, CUT]).parts == (CUT, RAISE)
    assert joint_of(OTHER, [CUT]).parts == (OTHER,)


def test_the_same_group_of_another_brand_is_another_decision():
    foreign = replace(RAISE, proposal=replace(RAISE.proposal, brand="clinic"))
    assert [whole.parts for whole in joints([CUT, foreign])] == [(CUT,), (foreign,)]


def test_the_version_of_one_action_is_its_own_and_of_several_changes_with_any():
    assert joint_of(OTHER, []).version == 4
    seen = Joint((CUT, RAISE)).version
    assert seen == Joint((CUT, RAISE)).version
    others = [(replace(CUT, version=2), RAISE), (CUT, replace(RAISE, version=2)), (CUT,)]
    assert seen not in {Joint(parts).version for parts in others}
    # What one part gains another one does not make up for.
    assert Joint((replace(CUT, version=2), RAISE)).version != (
        Joint((CUT, replace(RAISE, version=2))).version
    )


def test_what_was_decided_already_does_not_change_the_version_of_what_waits():
    applied = replace(CUT, state="applied", version=5)
    later = replace(CUT, state="verified", version=6)
    third = part(4, money("10", "20", "c4"))
    assert Joint((applied, RAISE, third)).version == Joint((later, RAISE, third)).version


@pytest.mark.parametrize("state", ["approved", "applying", "applied", "verified", "judged"])
def test_a_decision_whose_other_part_is_under_way_is_whole(state):
    assert Joint((replace(CUT, state=state), RAISE)).broken == ""


@pytest.mark.parametrize("state", ["refused", "rejected", "expired", "failed", "undone"])
def test_half_of_a_decision_is_not_carried_out(state):
    ended = replace(CUT, state=state, explanation="it moved")
    assert f"action 1, which is {state} (it moved): half of a decision" in (
        Joint((ended, RAISE)).broken
    )


def test_a_part_that_was_proposed_anew_takes_the_place_of_the_one_that_ended():
    ended = replace(CUT, state="expired", version=2)
    again = replace(CUT, action_id=7, created_at=CUT.created_at + timedelta(hours=1))
    whole = joint_of(RAISE, [ended, again])
    assert (whole.parts, whole.broken) == ((RAISE, again), "")
    assert joint_of(ended, [RAISE, again]).parts == (ended,)


def test_what_was_refused_before_the_rest_was_proposed_anew_is_no_part():
    earlier = replace(CUT, state="refused")
    later = replace(RAISE, created_at=CUT.created_at + timedelta(hours=1))
    assert joint_of(later, [earlier]).parts == (later,)
    at_once = replace(CUT, state="refused")
    assert joint_of(RAISE, [at_once]).broken


def test_it_says_how_many_changes_it_makes_and_what_they_add_up_to():
    assert summary(Joint((CUT, RAISE))) == (
        "one decision of 2 changes; their daily budgets together: €100.00 → €100.00"
    )
    stop = part(4, pause("c4"))
    assert summary(Joint((CUT, stop))) == "one decision of 2 changes"


def test_it_says_how_it_ended():
    assert outcome([CUT]) == "proposed"
    ended = [replace(CUT, state="applied"), replace(RAISE, state="applied"), OTHER]
    assert outcome(ended) == "3 changes: 2 applied, 1 proposed"
