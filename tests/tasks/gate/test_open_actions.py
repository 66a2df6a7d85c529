"""Which earlier actions keep a setting from being changed again?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from config.guardrails import Guardrails
from connectors.actions import GIVEN_UP, STATES
from connectors.changes import Subject
from tasks.gate.passing import decide
from tests.tasks.gate.town import (
    NOW,
    TODAY,
    account,
    action,
    budget_of,
    campaign,
    edit,
    enable,
    money,
    pause,
    proposal,
    setting,
    state,
    things,
)

ASKED = money("100", "90")
NONE = {"share_of_spend": 0.0, "share_of_conversions": 0.0}
OPEN = {"proposed", "approved", "applying", "applied", "verified", "drifted", "undoing"}


def reason(*actions, asked=ASKED):
    return decide([asked], state(asked, actions=actions))[0].reason


@pytest.mark.parametrize("name", [name for name in STATES if name != "judged"])
def test_an_action_is_open_until_it_is_judged_or_over(name):
    earlier = action(7, money("95", "100"), 20, state=name, judged=None)
    assert reason(earlier) == ("pending_action" if name in OPEN else None)


@pytest.mark.parametrize("name", ["applied", "verified", "drifted", "judged"])
def test_once_judged_it_is_not(name):
    assert reason(action(7, money("95", "100"), 20, state=name, judged="worse")) is None


@pytest.mark.parametrize(
    ("late", "expected"), [(-1, "pending_action"), (31, "pending_action"), (32, None)]
)
def test_a_change_that_will_be_taken_back_is_open(late, expected):
    done = money("95", "100", restore_on=TODAY - timedelta(days=late))
    assert reason(action(7, done, 20)) == expected


def test_a_change_whose_end_a_person_has_rejected_stands():
    done = action(7, money("95", "100", restore_on=TODAY), 20)
    back = action(8, money("100", "95", takes_back=7), 0, state="rejected", applied_at=None)
    assert reason(done, replace(back, judged=None)) is None


@pytest.mark.parametrize("why", GIVEN_UP)
@pytest.mark.parametrize(("days_before", "expected"), [(0, None), (1, "pending_action")])
def test_a_change_whose_end_was_given_up_on_its_day_stands(why, days_before, expected):
    done = action(7, money("95", "100", restore_on=TODAY - timedelta(days=3)), 20)
    on = TODAY - timedelta(days=3 + days_before)
    back = action(8, money("100", "95", takes_back=7, as_of=on), state="refused", reason=why)
    assert reason(done, replace(back, judged=None, applied_at=None, attempts=0)) == expected


TARGET = proposal(Subject("campaign", "c1", "target_cpa"), Decimal(20), Decimal(18))
LABEL = proposal(Subject("campaign", "c1", "label", "spring"), "absent", "present")


@pytest.mark.parametrize("name", ["proposed", "approved", "applied"])
@pytest.mark.parametrize(
    ("earlier", "asked", "expected"),
    [
        (TARGET, ASKED, "pending_action"),
        (pause("c1"), ASKED, "pending_action"),
        (ASKED, TARGET, "pending_action"),
        (money("95", "100"), pause("c1"), None),  # never too late to stop something
        (TARGET, pause("c1"), None),
        (LABEL, ASKED, None),
        (ASKED, LABEL, None),
        (replace(TARGET, subject=Subject("campaign", "c2", "target_cpa")), ASKED, None),
    ],
)
def test_of_two_levers_moved_at_once_nobody_could_tell_which_did_it(name, earlier, asked, expected):
    assert reason(action(7, earlier, 20, state=name, judged=None), asked=asked) == expected


def test_a_lever_of_another_campaign_on_the_same_budget_is_one_of_this_too():
    earlier = action(7, replace(TARGET, subject=Subject("campaign", "c2", "target_cpa")), 20)
    earlier = replace(earlier, state="applied", judged=None)
    asked = replace(ASKED, evidence=("Also the budget of c2",))
    read = {(1, asked.subject): setting(asked, shared_by=("c1", "c2"))}
    assert decide([asked], state(asked, settings=read))[0].passed
    brand = state(asked, actions=[earlier], settings=read)
    assert decide([asked], brand)[0].reason == "pending_action"


def test_what_takes_something_back_is_not_judged():
    """So a campaign that ran away, was paused for a day and came back can be paused once more."""
    back = action(8, enable("c1", takes_back=7), 15, state="verified", judged=None)
    done = action(7, pause("c1", restore_on=TODAY - timedelta(days=15)), 16, state="undone")
    assert reason(back, replace(done, judged=None), asked=pause("c1")) is None


def test_another_account_is_free():
    earlier = action(7, money("95", "100", account_key=2), 20, state="applied", judged=None)
    assert reason(earlier) is None


def test_an_action_does_not_stand_in_its_own_way():
    """Neither as one that waits, nor as today's change, nor by what it takes away."""
    one = action(7, pause("c1"), 0, state="applying", judged=None, applied_at=None)
    numbers = {"share_of_spend": 19.0, "share_of_conversions": 0.0}
    one = replace(one, proposal=replace(one.proposal, numbers=numbers))
    brand = state(one.proposal, actions=[one])

    assert decide([one], brand)[0].passed
    assert decide([one.proposal], brand)[0].reason == "pending_action"


def test_what_may_have_been_written_counts_as_written():
    """Another worker's action whose fate is open: its share of delivery is taken."""
    numbers = {"share_of_spend": 19.0, "share_of_conversions": 0.0}
    other = action(7, pause("c2", numbers=numbers), 0.1, state="applying", applied_at=None)
    assert reason(replace(other, judged=None), asked=pause("c1")) == "delivery_share"


def reasons_after(done, asked, **changes):
    """Decide with entities that were pulled before `done`, 2.4 hours ago, was carried out."""
    actions = [action(7, done, 0.1)]
    return decide([asked], state(asked, actions=actions, **changes))[0].reason


def test_what_was_changed_since_the_pull_counts_for_the_last_ad():
    assert reasons_after(pause("a1", "ad", numbers=NONE), pause("a2", "ad")) == "last_of_its_kind"


def test_what_was_changed_since_the_pull_counts_for_the_ceiling():
    limit = Guardrails(daily_budget_ceiling=Decimal(1010))
    raised = money("100", "110", "c2")
    assert reasons_after(raised, money("100", "110"), guardrails=limit) == "account_ceiling"
    for days_ago, expected in ((0.0, None), (0.1, None), (0.11, "account_ceiling")):
        accounts = {1: account(read_at=NOW - timedelta(days=days_ago))}
        found = reasons_after(raised, money("100", "110"), guardrails=limit, accounts=accounts)
        assert found == expected


def test_what_people_changed_since_the_pull_counts_too():
    limit = Guardrails(daily_budget_ceiling=Decimal(1010))
    edits = [edit(budget_of("c2"), Decimal(100), Decimal(110), 0.1)]
    brand = state(ASKED, guardrails=limit, accounts={1: account(edits=edits)})
    asked = money("100", "110")
    assert decide([asked], brand)[0].reason == "account_ceiling"
    assert decide([asked], replace(brand, accounts={1: account()}))[0].passed


def test_what_is_read_now_counts_most():
    limit = Guardrails(daily_budget_ceiling=Decimal(1010))
    other, asked = money("100", "90", "c2"), money("100", "110")
    brand = state(
        asked, other, guardrails=limit, actions=[action(7, money("100", "110", "c2"), 0.1)]
    )
    assert decide([asked], brand)[0].passed


def test_what_was_never_written_uses_nothing_up():
    limit = Guardrails(actions_per_day=1, brand_actions_per_day=1)
    for name in ("proposed", "approved", "refused", "rejected", "expired", "failed"):
        other = action(7, money("100", "90", "c2"), 0.1, state=name, judged=None, applied_at=None)
        brand = state(ASKED, actions=[other], guardrails=limit)
        assert decide([ASKED], brand)[0].passed


def test_what_is_read_now_says_what_runs():
    """The campaign was pulled as paused; by now it is enabled, so that a pause takes something."""
    inside = things(campaign(1, status="paused"))
    asked = pause("c1")
    [decision] = decide([asked], state(asked, accounts={1: account(things=inside)}))
    assert decision.proposal.numbers["share_of_spend"] == 5.0
