"""How are many changes decided together? In order, each against what those before it made so."""

import cProfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from config.guardrails import Guardrails, Protected
from tasks.gate.passing import decide
from tasks.gate.state import Delivery, MonthlyBudget
from tests.tasks.gate.town import (
    TODAY,
    account,
    action,
    below,
    campaign,
    enable,
    money,
    negative,
    pause,
    proposal,
    setting,
    state,
    status_of,
    things,
)


def reasons(asked, **changes):
    return [one.reason for one in decide(asked, state(*asked, **changes))]


def test_nothing_asked_is_nothing_decided():
    assert decide([], state()) == []


def test_a_ceiling_holds_over_all_changes_together():
    asked = [money("100", "110", f"c{i}") for i in range(1, 5)]
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1025))
    assert reasons(asked, guardrails=guardrails) == [None, None, *["account_ceiling"] * 2]


@pytest.mark.parametrize("first", [money("100", "90", "c1"), pause("c1")])
def test_a_cut_makes_room_only_for_raises_of_its_own_group(first):
    """The platform may refuse it, and take the raise; a group is carried out as a whole."""
    asked = [first, money("100", "110", "c2")]
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1000))
    assert reasons(asked, guardrails=guardrails) == [None, "account_ceiling"]
    assert reasons(asked[::-1], guardrails=guardrails) == ["account_ceiling", None]
    together = [replace(one, group="split") for one in asked]
    assert reasons(together, guardrails=guardrails) == [None, None]


def test_what_is_taken_back_makes_room_for_what_is_taken_back_with_it():
    done = [action(7, money("100", "120", "c1"), 1), action(8, money("100", "80", "c2"), 1)]
    back = [money("120", "100", "c1", takes_back=7), money("80", "100", "c2", takes_back=8)]
    inside = things(campaign(1, daily_budget=Decimal(120)), campaign(2, daily_budget=Decimal(80)))
    brand = {"accounts": {1: account(things=inside)}, "actions": done}
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1000))
    assert reasons(back, guardrails=guardrails, **brand) == [None, None]


def test_the_month_holds_over_all_changes_together():
    asked = [money("100", "110", f"c{i}") for i in (1, 2)]
    accounts = {1: account(month_spend=Decimal(41610))}
    assert reasons(asked, accounts=accounts) == [None, "month_spend"]


def test_counts_hold_over_all_changes_together():
    asked = [money("100", "90", f"c{i}") for i in range(1, 6)]
    for limit in ("actions_per_run", "actions_per_day", "brand_actions_per_day"):
        found = reasons(asked, guardrails=Guardrails(**{limit: 3}))
        assert found == [None, None, None, limit, limit]


def test_one_thing_is_changed_once_a_day_whatever_the_field():
    assert reasons([money("100", "90"), pause("c1")]) == [None, "changes_per_day"]


def test_a_shared_budget_is_a_change_of_all_that_share_it():
    asked = [money("100", "90", evidence=("Also of Campaign 2.",)), pause("c2"), pause("c3")]
    read = {(1, one.subject): setting(one) for one in (*asked, pause("c1"))}
    read[1, asked[0].subject] = setting(asked[0], shared_by=("c1", "c2"))
    assert reasons(asked, settings=read) == [None, "changes_per_day", None]
    assert reasons([asked[1], pause("c1")], settings=read) == [None, None]


def test_what_comes_back_keeps_its_place_within_a_batch():
    soon = TODAY + timedelta(days=1)
    cut = money("100", "90", "c1", restore_on=soon)
    rest = pause("c2", restore_on=soon)
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1000))
    for first in (cut, rest):
        asked = [first, money("100", "110", "c3")]
        assert reasons(asked, guardrails=guardrails) == [None, "account_ceiling"]
        asked = [replace(one, group="split") for one in asked]
        assert reasons(asked, guardrails=guardrails) == ["group", "account_ceiling"]
        for_good = [replace(asked[0], restore_on=None), asked[1]]
        assert reasons(for_good, guardrails=guardrails) == [None, None]


def test_an_ad_that_is_enabled_counts_unless_it_is_disapproved():
    asked = [enable("a2", "ad"), pause("a1", "ad")]
    for approval, expected in (("approved", None), ("disapproved", "last_of_its_kind")):
        other = below("ad", "a2", "g1", status="paused", approval=approval)
        assert reasons(asked, accounts={1: account(things=things(other))}) == [None, expected]


def test_keywords_are_things_of_their_own():
    asked = [negative(f"exact:term {i}") for i in range(9)]
    assert reasons(asked) == [None] * 9


def test_shares_of_delivery_add_up():
    asked = [pause(f"c{i}") for i in range(1, 6)]
    assert reasons(asked) == [None] * 4 + ["delivery_share"]


def test_two_ads_of_a_group_are_not_both_paused():
    assert reasons([pause("a1", "ad"), pause("a2", "ad")]) == [None, "last_of_its_kind"]


def test_of_two_changes_of_one_setting_the_first_is_kept():
    assert reasons([money("100", "90"), money("100", "95")]) == [None, "conflict"]
    assert reasons([money("100", "90"), money("100", "95", priority=60)]) == ["conflict", None]


def test_the_same_action_twice_passes_once():
    one = action(7, money("100", "90"), 0, state="approved", judged=None, applied_at=None)
    found = decide([one, one], state(one.proposal, actions=[one]))
    assert [decision.reason for decision in found] == [None, "conflict"]


def test_the_higher_priority_goes_first():
    asked = [money("100", "110", "c1", priority=10), money("100", "110", "c2", priority=90)]
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1010))
    assert reasons(asked, guardrails=guardrails) == ["account_ceiling", None]


def test_a_restoration_goes_before_all():
    back = enable("c1", takes_back=7, priority=0)
    done = action(7, pause("c1"), 9)
    asked = [money("100", "90", "c2", priority=100), back]
    limit = Guardrails(actions_per_run=1)
    accounts = {1: account(things=things(campaign(1, status="paused")))}
    found = reasons(asked, guardrails=limit, actions=[done], accounts=accounts)
    assert found == ["actions_per_run", None]


def test_a_group_passes_as_a_whole():
    asked = [
        money("100", "110", "c1", group="split"),
        money("100", "110", "c2", group="split"),
        money("100", "80", "c3", group="split"),
    ]
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1000))
    assert reasons(asked, guardrails=guardrails) == [None, None, None]


def test_within_a_group_a_pause_makes_room_too():
    asked = [money("100", "110", "c1", group="split"), pause("c3", group="split")]
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1000))
    assert reasons(asked, guardrails=guardrails) == [None, None]


def test_a_group_is_refused_as_a_whole_and_uses_nothing_up():
    asked = [
        money("100", "90", "c1", group="split", priority=90),
        money("100", "130", "c2", group="split", priority=90),
        pause("c4", group="split", priority=90),
        money("100", "90", "c3"),
        money("100", "90", "c1"),
    ]
    limit = Guardrails(actions_per_run=2, actions_per_day=2, brand_actions_per_day=2)
    found = decide(asked, state(*asked, guardrails=limit))
    assert [one.reason for one in found] == ["group", "step_percent", "group", None, None]
    assert "the campaign c2" in found[0].explanation
    assert found[0].proposal == asked[0]


def test_a_refused_group_leaves_ceilings_and_shares_as_they_were():
    asked = [
        money("100", "110", "c1", group="split", priority=90),
        pause("c5", group="split", priority=90),
        pause("a1", "ad", group="split", priority=90),
        money("100", "130", "c2", group="split", priority=90),
        money("100", "110", "c3"),
        pause("c4"),
        pause("a2", "ad"),
    ]
    guardrails = Guardrails(daily_budget_ceiling=Decimal(1010), delivery_share=7.0)
    assert reasons(asked, guardrails=guardrails)[4:] == [None, None, None]


def test_what_passes_carries_the_share_that_it_takes_away():
    [decision] = decide([pause()], state(pause()))
    assert decision.proposal.numbers == {
        "cpa": 60.0,
        "share_of_spend": 5.0,
        "share_of_conversions": 5.0,
    }
    [decision] = decide(
        [money("100", "90", numbers={"share_of_spend": 9.0})], state(money("100", "90"))
    )
    assert decision.proposal.numbers == {}


def test_each_accounts_limits_are_its_own():
    asked = [money("100", "110", "c1"), money("100", "110", "c2")]
    asked.append(money("100", "110", "c1", account_key=2))
    accounts = {1: account(), 2: account(account_key=2)}
    budgets = [MonthlyBudget(f"b{k}", frozenset({k}), Decimal(60800)) for k in (1, 2)]
    found = reasons(
        asked, accounts=accounts, budgets=budgets, guardrails=Guardrails(actions_per_run=1)
    )
    assert found == [None, "actions_per_run", None]


@pytest.mark.parametrize(
    ("asked", "two"),
    [
        (money("100", "110"), False),
        (money("100", "111"), True),
        (money("100", "89"), True),
        (pause("c1"), False),
        (enable("c1"), True),
        (enable("a1", "ad"), False),
        (enable("c2"), False),
    ],
)
def test_large_amounts_need_two_people(asked, two):
    guardrails = Guardrails(second_approval_above=Decimal(10))
    accounts = {1: account(things=things(campaign(2, daily_budget=Decimal(10))))}
    brand = state(asked, guardrails=guardrails, accounts=accounts)
    assert decide([asked], brand)[0].two_people == two
    assert not decide([asked], state(asked))[0].two_people


def advice(**changes):
    subject = replace(status_of("c1"), field="advice", item="a1")
    return proposal(subject, "", "Look at the landing page.", **changes)


def test_advice_is_held_to_no_limit_of_writing_and_uses_none_up():
    asked = [advice(), money("100", "90", "c2")]
    limit = Guardrails(actions_per_run=1, weekdays=("THU",))
    assert reasons(asked, guardrails=limit) == [None, None]
    closed = Guardrails(actions_per_run=0, weekdays=(), learning=False)
    assert reasons([advice(mode="observe")], guardrails=closed, settings={}) == [None]


def waiting_advice():
    return action(7, advice(), 1, state="proposed", judged=None, attempts=0, applied_at=None)


@pytest.mark.parametrize(
    ("asked", "changes", "expected"),
    [
        (advice(verdict="unknown"), {}, "stale"),
        (advice(window_end=TODAY), {}, "stale"),
        (advice(window_end=TODAY - timedelta(days=2)), {}, "immature"),
        (advice(), {"guardrails": Guardrails(blocked=("advice",))}, "blocked_field"),
        (
            advice(),
            {"guardrails": Guardrails(protected=(Protected(entity_id="c1"),))},
            "protected",
        ),
        (advice(), {"actions": [waiting_advice()]}, "pending_action"),
    ],
)
def test_advice_rests_on_figures_and_is_given_once(asked, changes, expected):
    assert reasons([asked], **changes) == [expected]


def test_the_same_advice_twice_is_one():
    assert reasons([advice(), advice()]) == [None, "conflict"]


def many(size):
    """Cuts of one half of the campaigns and pauses of the other, with a history."""
    inside = things(*(campaign(n, delivery=Delivery(0.001, 0.001)) for n in range(1, size + 1)))
    asked = [money("100", "90", f"c{n}") for n in range(1, size // 2 + 1)]
    asked += [pause(f"c{n}") for n in range(size // 2 + 1, size + 1)]
    limits = ("actions_per_run", "actions_per_day", "brand_actions_per_day")
    brand = state(
        *asked,
        guardrails=Guardrails(**dict.fromkeys(limits, size)),
        accounts={1: account(things=inside)},
        actions=[action(n, money("105", "100", f"c{n}"), 15) for n in range(1, size, 4)],
    )
    return asked, brand


def test_the_work_per_change_does_not_grow_with_their_number():
    """In calls, which no other load of the machine changes: 400 are about 60 microseconds."""
    calls = {}
    for size in (100, 1000):
        asked, brand = many(size)
        profile = cProfile.Profile()
        decided = profile.runcall(decide, asked, brand)
        calls[size] = sum(entry.callcount for entry in profile.getstats()) / size
        assert all(one.passed for one in decided)
    assert calls[1000] < 1.1 * calls[100]
    assert calls[1000] < 600
