"""What brings back what was there passes where a new change would not, and only then."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from config.guardrails import Guardrails, Protected, ValueLimits
from connectors.actions import Stop
from connectors.changes import Subject
from tasks.gate.passing import decide
from tasks.gate.state import MonthlyBudget
from tests.tasks.gate.town import (
    NOW,
    TODAY,
    account,
    action,
    campaign,
    edit,
    enable,
    money,
    pause,
    proposal,
    setting,
    state,
    status_of,
    things,
)

CUT = action(7, money("100", "80"), 0.1, state="undoing", judged=None)
BACK = money("80", "100", takes_back=7, verdict="unknown", window_end=TODAY)


def reason(asked, *actions, **changes):
    return decide([asked], state(asked, actions=actions, **changes))[0].reason


def test_an_undo_passes_at_once_and_whole():
    """Same day, a step of 25 %, on no figures, in the learning phase, without any ceiling."""
    read = {(1, BACK.subject): setting(BACK, learning=True)}
    assert reason(BACK, CUT, settings=read, budgets=[]) is None
    assert reason(replace(BACK, takes_back=None), CUT, settings=read, budgets=[]) is not None


def test_an_undo_long_after_exceeds_what_30_days_allow():
    done = replace(CUT, proposal=money("300", "80"), applied_at=NOW - timedelta(days=40))
    assert reason(money("80", "300", takes_back=7), done) is None


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (replace(BACK, after=Decimal(101)), CUT),
        (replace(BACK, before=Decimal(81)), CUT),
        (replace(BACK, subject=replace(BACK.subject, entity_id="c2")), CUT),
        (replace(BACK, account_key=2), CUT),
        (replace(BACK, takes_back=8), CUT),
        (BACK, replace(CUT, state="undone")),
        (BACK, replace(CUT, state="failed")),
        (BACK, replace(CUT, state="approved", applied_at=None)),
        (enable("c1", takes_back=7, verdict="unknown"), CUT),
    ],
)
def test_what_only_says_that_it_restores_is_held_to_every_limit(asked, done):
    accounts = {1: account(), 2: account(account_key=2)}
    assert reason(asked, done, accounts=accounts) == "stale"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"stops": [Stop("", "", NOW, "one", "why")]}, "stopped"),
        ({"accounts": {1: account(status="paused")}}, "account_state"),
        ({"accounts": {1: account(currency="USD")}}, "account_state"),
        ({"guardrails": Guardrails(blocked=("daily_budget",))}, "blocked_field"),
        ({"guardrails": Guardrails(protected=(Protected(entity_id="c1"),))}, "protected"),
        ({"settings": {}}, "stale"),
        ({"settings": {(1, BACK.subject): setting(BACK, fixed="no")}}, "not_writable"),
        ({"settings": {(1, BACK.subject): setting(BACK, value=Decimal(100))}}, "no_change"),
        ({"settings": {(1, BACK.subject): setting(BACK, value=Decimal(85))}}, "moved"),
        ({"settings": {(1, BACK.subject): setting(BACK, unit=Decimal(3))}}, "invalid"),
        (
            {"settings": {(1, BACK.subject): setting(BACK, minimum=Decimal(101))}},
            "below_minimum",
        ),
        (
            {"accounts": {1: account(edits=[edit(status_of("c1"), "paused", "enabled", 1)])}},
            "hold_off",
        ),
        (
            {"guardrails": Guardrails(values={"daily_budget": ValueLimits(maximum=Decimal(99))})},
            "above_maximum",
        ),
        ({"guardrails": Guardrails(daily_budget_ceiling=Decimal(999))}, "account_ceiling"),
        ({"guardrails": Guardrails(brand_daily_budget_ceiling=Decimal(999))}, "brand_ceiling"),
        ({"accounts": {1: account(month_spend=Decimal(60000))}}, "month_spend"),
        ({"guardrails": Guardrails(actions_per_run=0)}, "actions_per_run"),
        ({"guardrails": Guardrails(actions_per_day=1)}, "actions_per_day"),
        ({"guardrails": Guardrails(brand_actions_per_day=1)}, "brand_actions_per_day"),
    ],
)
def test_these_limits_hold_for_an_undo_too(changes, expected):
    assert reason(BACK, CUT, **changes) == expected


def test_what_a_playbook_did_is_taken_back_though_it_may_only_observe_by_now():
    observing = {"mend": "observe"}
    assert reason(BACK, CUT, modes=observing) is None
    assert reason(replace(BACK, mode="observe"), CUT) is None
    assert reason(money("80", "100"), modes=observing) == "mode"


def test_failing_writes_stop_undos_too():
    other = money("100", "90", "c9", playbook="another")
    failed = [action(20 + i, other, 0.1, state="failed") for i in range(5)]
    assert reason(BACK, CUT, *failed) == "errors"


def test_bad_outcomes_do_not_keep_a_playbook_from_being_undone():
    worse = [action(20 + i, money("100", "90", f"x{i}"), 5, judged="worse") for i in range(9)]
    refused = [
        replace(worse[0], action_id=40 + i, state="refused", reason="invalid", judged=None)
        for i in range(90)
    ]
    assert reason(BACK, CUT, *worse, *refused) is None


def test_a_shared_budget_has_been_shown_with_what_is_taken_back():
    read = {(1, BACK.subject): setting(BACK, shared_by=("c1", "c2"))}
    assert reason(BACK, CUT, settings=read) is None


def test_another_action_that_waits_comes_first():
    waiting = action(8, money("80", "90"), 0, state="proposed", judged=None, applied_at=None)
    assert reason(BACK, CUT, replace(waiting, attempts=0)) == "pending_action"
    earlier = action(6, money("110", "100"), 2, state="verified", judged=None)
    assert reason(BACK, CUT, earlier) is None


def test_the_delivery_that_an_undo_takes_away_counts():
    done = action(7, enable("c1"), 1)
    accounts = {1: account()}
    asked = pause("c1", takes_back=7)
    assert reason(asked, done, accounts=accounts) is None
    tight = Guardrails(delivery_share=4.9)
    assert reason(asked, done, accounts=accounts, guardrails=tight) == "delivery_share"
    week = Guardrails(delivery_share_7_days=4.9)
    assert reason(asked, done, accounts=accounts, guardrails=week) == "delivery_share_7_days"


def test_the_last_ad_is_not_paused_by_an_undo():
    done = action(7, enable("a1", "ad"), 1)
    inside = things(replace(things()[("ad", "a2")], status="paused"))
    asked = pause("a1", "ad", takes_back=7)
    assert reason(asked, done, accounts={1: account(things=inside)}) == "last_of_its_kind"


def test_a_pause_of_a_day_comes_back_below_the_very_ceiling():
    """Its budget was planned with all the while."""
    done = action(7, pause("c1", restore_on=TODAY), 1)
    inside = things(campaign(1, status="paused", daily_budget=None))
    for status_budget in (inside, things(campaign(1, status="paused"))):
        guardrails = Guardrails(daily_budget_ceiling=Decimal(1000))
        accounts = {1: account(things=status_budget)}
        asked = enable("c1", takes_back=7)
        assert reason(asked, done, guardrails=guardrails, accounts=accounts) is None


RAISED = {"c2": Decimal(500)}
"""By a person, while c1 rested: all together 1,400 per day."""


@pytest.mark.parametrize("ceiling", ["daily_budget_ceiling", "brand_daily_budget_ceiling"])
@pytest.mark.parametrize("late", [0, 31])
def test_it_comes_back_though_a_person_has_raised_others_above_the_ceiling(ceiling, late):
    done = action(7, pause("c1", restore_on=TODAY - timedelta(days=late)), late + 1)
    inside = things(campaign(1, status="paused"), campaign(2, daily_budget=RAISED["c2"]))
    changes = {"guardrails": Guardrails(**{ceiling: Decimal(1000)})}
    changes["accounts"] = {1: account(things=inside)}
    assert reason(enable("c1", takes_back=7), done, **changes) is None
    assert reason(enable("c1"), done, **changes) == "pending_action"
    assert reason(money("500", "510", "c2"), done, **changes) == ceiling.replace(
        "daily_budget_ceiling", "account_ceiling"
    ).replace("brand_account_ceiling", "brand_ceiling")


def test_what_was_not_to_come_back_by_itself_is_held_to_the_ceiling():
    inside = things(campaign(1, status="paused"), campaign(2, daily_budget=RAISED["c2"]))
    changes = {"guardrails": Guardrails(daily_budget_ceiling=Decimal(1000))}
    changes["accounts"] = {1: account(things=inside)}
    for restore_on in (None, TODAY - timedelta(days=32)):
        done = action(7, pause("c1", restore_on=restore_on), 33)
        assert reason(enable("c1", takes_back=7), done, **changes) == "account_ceiling"


@pytest.mark.parametrize(("spent", "expected"), [(28099, None), (28101, "month_spend")])
def test_it_comes_back_while_the_month_has_money_for_it(spent, expected):
    """All budgets together would exceed the month since long; 19 days at 100 are left of 30,000."""
    done = action(7, pause("c1", restore_on=TODAY), 1)
    inside = things(campaign(1, status="paused"))
    changes = {"accounts": {1: account(things=inside, month_spend=Decimal(spent))}}
    changes["budgets"] = [MonthlyBudget("google_ads", frozenset({1}), Decimal(30000))]
    assert reason(enable("c1", takes_back=7), done, **changes) == expected
    stays = replace(done, proposal=replace(done.proposal, restore_on=None))
    assert reason(enable("c1", takes_back=7), stays, **changes) == "account_ceiling"


@pytest.mark.parametrize(
    ("field", "made", "gone"),
    [
        ("keyword", "enabled", "removed"),
        ("keyword", "enabled", "absent"),
        ("ad", "paused", "removed"),
    ],
)
def test_what_was_made_is_taken_back_by_removing_it(field, made, gone):
    subject = Subject("ad_group", "g1", field, "exact:green shoes")
    done = action(7, proposal(subject, "absent", made), 1)
    assert reason(proposal(subject, made, gone, takes_back=7, verdict="unknown"), done) is None


def test_a_removal_is_no_restoration_of_what_was_there():
    subject = status_of("a1", "ad")
    done = action(7, proposal(subject, "enabled", "paused"), 1)
    asked = proposal(subject, "paused", "removed", takes_back=7, verdict="unknown")
    assert reason(asked, done) == "stale"


def test_what_an_undo_changes_counts_for_what_follows():
    undone = replace(CUT, state="undone")
    undo = action(8, replace(BACK, numbers={}), 0.05)
    assert reason(money("100", "90"), undone, undo) == "cool_down"


@pytest.mark.parametrize(
    "limits", [{"weekdays": ("FRI",)}, {"hours": (time(12), time(13))}], ids=["weekdays", "hours"]
)
def test_what_ends_on_a_free_day_or_by_night_ends_all_the_same(limits):
    assert reason(BACK, CUT, guardrails=Guardrails(**limits)) is None


def test_the_parts_of_an_undo_make_room_for_each_other():
    """A split at the ceiling: what it raised comes down first, whichever stands first."""
    cut, raised = money("100", "80", "c1"), money("100", "120", "c2")
    done = [action(1, cut, 2, judged=None), action(2, raised, 2, judged=None)]
    inside = things(campaign(1, daily_budget=Decimal(80)), campaign(2, daily_budget=Decimal(120)))
    backs = [
        money("80", "100", "c1", takes_back=1, group="undo"),
        money("120", "100", "c2", takes_back=2, group="undo"),
    ]
    limit = Guardrails(daily_budget_ceiling=Decimal(1000))
    brand = state(*backs, actions=done, accounts={1: account(things=inside)}, guardrails=limit)
    assert [one.reason for one in decide(backs, brand)] == [None, None]
    alone = [replace(back, group="") for back in backs]
    assert [one.reason for one in decide(alone, brand)] == ["account_ceiling", None]
