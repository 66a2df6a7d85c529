"""Where exactly does each limit lie? What just reaches it passes, a hair more does not."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import nan

import pytest

from config.guardrails import Guardrails, ValueLimits
from connectors.changes import Subject
from tasks.gate.passing import decide, refusals
from tasks.gate.state import Delivery, MonthlyBudget
from tests.tasks.gate.town import (
    TODAY,
    account,
    action,
    below,
    budget_of,
    campaign,
    day,
    edit,
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


def reason(asked, **changes):
    return decide([asked], state(asked, **changes))[0].reason


def values(**limits):
    return Guardrails(values={"daily_budget": ValueLimits(**limits)})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("100", "120", None),
        ("100", "120.01", "step_percent"),
        ("100", "80", None),
        ("100", "79.99", "step_percent"),
        ("0.3", "0.36", None),  # 20 % exactly, which binary fractions are not
        ("33.33", "39.99", None),
        ("33.33", "40.00", "step_percent"),
    ],
)
def test_a_step(before, after, expected):
    assert reason(money(before, after)) == expected


@pytest.mark.parametrize(
    ("field", "after", "expected"),
    [
        ("target_cpa", "110", None),
        ("target_cpa", "110.01", "step_percent"),
        ("target_roas", "90", None),
        ("target_roas", "89.999", "step_percent"),
        ("cpc_bid", "120", None),
        ("cpc_bid", "120.01", "step_percent"),
    ],
)
def test_each_field_has_its_own_step(field, after, expected):
    asked = proposal(Subject("campaign", "c1", field), Decimal(100), Decimal(after))
    assert reason(asked) == expected


@pytest.mark.parametrize(
    ("days_ago", "after", "expected"),
    [
        (6, "117", None),  # 130 % of 90
        (6, "117.01", "percent_7_days"),
        (7, "117.01", None),
    ],
)
def test_raises_of_7_days(days_ago, after, expected):
    before = [action(7, money("90", "100"), days_ago)]
    assert reason(money("100", after), actions=before) == expected


@pytest.mark.parametrize(
    ("days_ago", "after", "expected"),
    [(6, "84", None), (6, "83.99", "percent_7_days"), (7, "83.99", None)],
)
def test_cuts_of_7_days(days_ago, after, expected):
    before = [action(7, money("120", "100"), days_ago)]
    assert reason(money("100", after), actions=before) == expected


@pytest.mark.parametrize(
    ("days_ago", "after", "expected"),
    [(29, "120", None), (29, "120.01", "percent_30_days"), (30, "120.01", None)],
)
def test_raises_of_30_days(days_ago, after, expected):
    before = [action(7, money("80", "110"), days_ago)]
    assert reason(money("110", after), actions=before) == expected


def test_three_steps_of_20_percent_are_73_and_do_not_pass():
    before = [action(8, money("120", "144"), 4), action(7, money("100", "120"), 8)]
    assert reason(money("144", "172.8"), actions=before) == "percent_7_days"
    later = [action(8, money("120", "144"), 10), action(7, money("100", "120"), 20)]
    assert reason(money("144", "172.8"), actions=later) == "percent_30_days"


def test_repeated_cuts_do_not_reach_zero():
    value, done = Decimal(100), []
    for week in range(4):
        asked = money(str(value), str(round(value * Decimal("0.8"), 2)))
        old = [replace(one, applied_at=one.applied_at - timedelta(days=7)) for one in done]
        if reason(asked, actions=old) is None:
            value, done = asked.after, [*old, action(week, asked, 0)]
        else:
            done = old
    assert value == Decimal("51.2")


@pytest.mark.parametrize(
    ("before", "after", "history", "expected"),
    [
        ("100", "80", ("160", "100"), None),
        ("100", "79.99", ("160", "100"), "below_minimum"),
        ("100", "120", ("60", "100"), None),
        ("100", "120.01", ("60", "100"), "above_maximum"),
    ],
)
def test_half_and_twice_of_30_days_ago(before, after, history, expected):
    wide = values(step_percent=100.0, percent_7_days=100.0, percent_30_days=100.0)
    assert (
        reason(money(before, after), guardrails=wide, actions=[action(7, money(*history), 29)])
        == expected
    )


@pytest.mark.parametrize(
    ("before", "after", "limits", "expected"),
    [
        ("100", "90", {"minimum": Decimal(90)}, None),
        ("100", "89.99", {"minimum": Decimal(90)}, "below_minimum"),
        ("100", "110", {"maximum": Decimal(110)}, None),
        ("100", "110.01", {"maximum": Decimal(110)}, "above_maximum"),
        ("100", "90", {"maximum": Decimal(80)}, None),  # towards the limit
        ("100", "110", {"minimum": Decimal(120)}, None),
    ],
)
def test_configured_limits_and_never_against_a_move_towards_them(before, after, limits, expected):
    assert reason(money(before, after), guardrails=values(**limits)) == expected


def test_a_configured_limit_replaces_the_usual_one():
    wide = values(
        step_percent=100.0,
        percent_7_days=100.0,
        percent_30_days=100.0,
        minimum=Decimal(5),
        maximum=Decimal(900),
    )
    cheap, dear = [action(7, money(start, "100"), 9) for start in ("40", "300")]
    assert reason(money("100", "81"), guardrails=wide, actions=[cheap]) is None
    assert reason(money("100", "81"), guardrails=wide, actions=[dear]) is None


@pytest.mark.parametrize(("after", "expected"), [("90", None), ("89.99", "below_minimum")])
def test_the_platforms_own_minimum(after, expected):
    asked = money("100", after)
    read = {(1, asked.subject): setting(asked, minimum=Decimal(90))}
    assert reason(asked, settings=read) == expected


@pytest.mark.parametrize(("unit", "expected"), [("1", "invalid"), ("0.5", None)])
def test_money_is_a_multiple_of_the_smallest_unit(unit, expected):
    asked = money("100", "90.5")
    assert reason(asked, settings={(1, asked.subject): setting(asked, unit=Decimal(unit))}) == (
        expected
    )


def test_a_ratio_has_no_smallest_unit():
    asked = proposal(Subject("campaign", "c1", "target_roas"), Decimal("3.5"), Decimal("3.333"))
    assert reason(asked) is None


@pytest.mark.parametrize(("days_ago", "expected"), [(2, "cool_down"), (3, None)])
def test_cool_down(days_ago, expected):
    assert reason(money("100", "90"), actions=[action(7, money("95", "100"), days_ago)]) == expected


def test_another_field_does_not_cool_down():
    assert reason(money("100", "90"), actions=[action(7, enable("c1"), 1)]) is None


@pytest.mark.parametrize(("days_ago", "expected"), [(6, "hold_off"), (7, None)])
def test_hold_off(days_ago, expected):
    edits = [edit(status_of("c1"), "paused", "enabled", days_ago)]
    assert reason(money("100", "90"), accounts={1: account(edits=edits)}) == expected


def test_without_a_hold_off_the_history_is_not_needed():
    guardrails = Guardrails(hold_off_days=0)
    accounts = {1: account(edits=None)}
    assert reason(money("100", "90"), guardrails=guardrails, accounts=accounts) is None


def test_others_edits_count_for_what_a_value_was():
    edits = [edit(budget_of("c1"), Decimal(80), Decimal(100), 4)]
    brand = {"guardrails": Guardrails(hold_off_days=0), "accounts": {1: account(edits=edits)}}
    assert reason(money("100", "104"), **brand) is None
    assert reason(money("100", "104.01"), **brand) == "percent_7_days"
    assert reason(money("100", "80"), **brand) is None


def test_an_edit_of_unknown_old_value_begins_with_what_was_left_before_it():
    edits = [edit(budget_of("c1"), None, Decimal(100), 4)]
    brand = {"guardrails": Guardrails(hold_off_days=0), "accounts": {1: account(edits=edits)}}
    before = [action(7, money("70", "80"), 9)]
    assert reason(money("100", "104.01"), **brand, actions=before) == "percent_7_days"
    assert reason(money("100", "104.01"), **brand) is None


@pytest.mark.parametrize(("made", "expected"), [(1, None), (2, "changes_per_day")])
def test_changes_per_day(made, expected):
    guardrails = Guardrails(changes_per_entity_per_day=2, cool_down_days=0)
    actions = [action(7 + i, pause("c1"), 0.1) for i in range(made)]
    assert reason(money("100", "90"), guardrails=guardrails, actions=actions) == expected


def test_yesterday_ends_at_the_accounts_midnight():
    """11:00 in Berlin: 10.9 hours ago is today, 11.1 hours ago was yesterday."""
    guardrails = Guardrails(cool_down_days=0)
    for hours, expected in ((10.9, "changes_per_day"), (11.1, None)):
        actions = [action(7, pause("c1"), hours / 24)]
        assert reason(money("100", "90"), guardrails=guardrails, actions=actions) == expected


@pytest.mark.parametrize(
    ("window_end", "expected"), [(TODAY - timedelta(7), None), (TODAY - timedelta(6), "immature")]
)
def test_maturity_by_the_slowest_metric(window_end, expected):
    assert reason(money("100", "90", window_end=window_end)) == expected


def test_maturity_is_that_of_the_day_the_figures_were_read():
    asked = money("100", "90", window_end=TODAY - timedelta(8), as_of=TODAY - timedelta(2))
    assert reason(asked) == "immature"


def test_a_change_that_rests_on_no_figures_needs_none():
    asked = money("100", "90", metrics=(), window_end=TODAY)
    assert reason(asked, accounts={1: account(last_day=None, lags={})}) is None


@pytest.mark.parametrize(("ceiling", "expected"), [("1010", None), ("1009.99", "account_ceiling")])
def test_account_ceiling(ceiling, expected):
    guardrails = Guardrails(daily_budget_ceiling=Decimal(ceiling))
    assert reason(money("100", "110"), guardrails=guardrails) == expected


@pytest.mark.parametrize(("monthly", "expected"), [("30704", None), ("30703", "account_ceiling")])
def test_the_usual_ceiling_is_the_months_budget_by_30_4(monthly, expected):
    budgets = [MonthlyBudget("google_ads", frozenset({1}), Decimal(monthly))]
    accounts = {1: account(month_spend=Decimal(0))}
    assert reason(money("100", "110"), budgets=budgets, accounts=accounts) == expected


@pytest.mark.parametrize(("ceiling", "expected"), [("2010", None), ("2009.99", "brand_ceiling")])
def test_brand_ceiling(ceiling, expected):
    guardrails = Guardrails(brand_daily_budget_ceiling=Decimal(ceiling))
    accounts = {1: account(), 2: account(account_key=2), 3: account(account_key=3, currency="USD")}
    assert reason(money("100", "110"), guardrails=guardrails, accounts=accounts) == expected


@pytest.mark.parametrize(("monthly", "expected"), [("61104", False), ("61103", True)])
def test_the_usual_brand_ceiling_is_the_sum_of_its_budgets(monthly, expected):
    """The account's own ceiling is wide; the brand's is that of its monthly budgets."""
    budgets = [
        MonthlyBudget("google_ads", frozenset({1, 2}), Decimal(monthly)),
        MonthlyBudget("shop", frozenset({1}), Decimal(1)),  # within the first
        MonthlyBudget("again", frozenset({1, 2}), Decimal(monthly) * 9),
    ]
    asked = money("100", "110")
    brand = state(
        asked,
        budgets=budgets,
        guardrails=Guardrails(daily_budget_ceiling=Decimal(9999)),
        accounts={key: account(account_key=key, month_spend=Decimal(0)) for key in (1, 2)},
    )
    found = [one.reason for one in refusals(asked, brand)]
    assert ("brand_ceiling" in found) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (money("100", "90"), None),
        (pause(), None),
        (money("100", "101"), "account_ceiling"),
        (enable("c1"), "account_ceiling"),
    ],
)
def test_above_the_ceiling_only_cuts_pass(asked, expected):
    assert reason(asked, guardrails=Guardrails(daily_budget_ceiling=Decimal(500))) == expected


@pytest.mark.parametrize(("spent", "expected"), [("41610", None), ("41610.01", "month_spend")])
def test_the_plan_of_the_month(spent, expected):
    """19 days from the 12th to the 30th at 1,010."""
    accounts = {1: account(month_spend=Decimal(spent))}
    assert reason(money("100", "110"), accounts=accounts) == expected


def test_a_share_of_the_month():
    accounts = {1: account(month_spend=Decimal(11000))}
    budgets = [MonthlyBudget("google_ads", frozenset({1}), Decimal(60380))]
    for share, expected in ((50.0, None), (49.99, "month_spend")):
        guardrails = Guardrails(month_percent=share, daily_budget_ceiling=Decimal(2000))
        assert expected == reason(
            money("100", "110"), accounts=accounts, guardrails=guardrails, budgets=budgets
        )


@pytest.mark.parametrize(
    ("through", "spent", "expected"),
    [
        ("2026-10-31", "99999", None),  # another month's spend: 30 days at 1,010 remain
        ("2026-11-01", "31510", None),
        ("2026-11-01", "31510.01", "month_spend"),
        ("2026-11-10", "40600", None),
        ("2026-11-10", "40600.01", "month_spend"),
        ("2026-11-12", "42620", None),
        ("2026-11-12", "42620.01", "month_spend"),
    ],
)
def test_days_whose_spend_is_not_known_yet_are_planned(through, spent, expected):
    accounts = {1: account(month_spend=Decimal(spent), spend_through=day(through))}
    assert reason(money("100", "110"), accounts=accounts) == expected


def test_enabling_adds_the_budgets_that_begin_to_run():
    inside = things(
        campaign(1, status="paused", daily_budget=None),
        below("ad_group", "g1", "c1", daily_budget=Decimal(30)),
        below("ad_group", "g2", "c1", daily_budget=Decimal(20), status="paused"),
    )
    for asked, ceiling in ((enable("c1"), 930), (enable("g2", "ad_group"), 900)):
        for amount, expected in ((ceiling, None), (ceiling - 1, "account_ceiling")):
            guardrails = Guardrails(daily_budget_ceiling=Decimal(amount))
            accounts = {1: account(things=inside)}
            assert reason(asked, guardrails=guardrails, accounts=accounts) == expected


def test_a_shared_budget_is_counted_once_and_while_any_of_its_campaigns_runs():
    shared = ("c1", "c2")
    inside = things(campaign(1, shared_by=shared, status="paused"), campaign(2, shared_by=shared))
    asked = money("100", "110", "c3")
    for ceiling, expected in (("910", None), ("909", "account_ceiling")):
        guardrails = Guardrails(daily_budget_ceiling=Decimal(ceiling))
        accounts = {1: account(things=inside)}
        assert reason(asked, guardrails=guardrails, accounts=accounts) == expected


def test_a_shared_budget_has_one_history_whichever_campaign_is_named():
    asked = money("100", "90", "c2", evidence=("It is the budget of Campaign 1 too.",))
    read = {(1, asked.subject): setting(asked, shared_by=("c1", "c2"))}
    actions = [action(7, money("105", "100", "c1"), 1)]
    assert reason(asked, settings=read, actions=actions) == "cool_down"


def test_what_comes_back_by_itself_keeps_its_place_below_the_ceiling():
    paused = things(campaign(2, status="paused"))
    asked = money("100", "110")
    brand = {
        "guardrails": Guardrails(daily_budget_ceiling=Decimal(1000)),
        "accounts": {1: account(things=paused)},
    }
    assert reason(asked, **brand) is None
    returning = [action(7, pause("c2", restore_on=TODAY, numbers=NONE), 0.1)]
    assert reason(asked, **brand, actions=returning) == "account_ceiling"
    overdue = [action(7, pause("c2", restore_on=TODAY - timedelta(32), numbers=NONE), 33)]
    assert reason(asked, **brand, actions=overdue) is None


def test_a_budget_that_comes_back_keeps_its_place_below_the_ceiling():
    lower = things(campaign(2, daily_budget=Decimal(90)))
    brand = {
        "guardrails": Guardrails(daily_budget_ceiling=Decimal(1000)),
        "accounts": {1: account(things=lower)},
    }
    cut = money("100", "90", "c2")
    assert reason(money("100", "110"), **brand, actions=[action(7, cut, 4)]) is None
    returning = [action(7, replace(cut, restore_on=TODAY), 4)]
    assert reason(money("100", "110"), **brand, actions=returning) == "account_ceiling"


NONE = {"share_of_spend": 0.0, "share_of_conversions": 0.0}


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        (Delivery(200.0, 0.0), None),
        (Delivery(200.1, 0.0), "delivery_share"),
        (Delivery(0.0, 20.0), None),
        (Delivery(0.0, 20.1), "delivery_share"),
    ],
)
def test_the_delivery_of_a_day_by_spend_or_conversions(delivery, expected):
    accounts = {1: account(things=things(campaign(1, delivery=delivery)))}
    assert reason(pause(), accounts=accounts) == expected


@pytest.mark.parametrize(
    ("days_ago", "share", "expected"),
    [
        (0.1, 15.0, None),
        (0.1, 15.1, "delivery_share"),
        (1, 35.0, None),
        (1, 35.1, "delivery_share_7_days"),
        (6, 35.1, "delivery_share_7_days"),
        (7, 35.1, None),
    ],
)
def test_the_delivery_of_days(days_ago, share, expected):
    taken = {"share_of_spend": 0.0, "share_of_conversions": share}
    actions = [action(7, pause("c2", numbers=taken), days_ago)]
    assert reason(pause("c1"), actions=actions) == expected


def test_what_does_not_run_takes_nothing_away():
    inside = things(campaign(1, status="paused"), below("ad_group", "g1", "c1", delivery=None))
    assert reason(pause("g1", "ad_group"), accounts={1: account(things=inside)}) is None


@pytest.mark.parametrize(
    ("item", "spend", "expected"),
    [
        ("exact:cheap shoes", 201.0, "delivery_share"),
        ("exact:shoes cheap", 201.0, None),
        ("phrase:cheap shoes", 201.0, "delivery_share"),
        ("phrase:shoes", 201.0, "delivery_share"),
        ("phrase:shoes cheap", 201.0, None),
        ("broad:shoes cheap", 201.0, "delivery_share"),
        ("broad:shoes red", 201.0, None),
        ("exact:cheap shoes", 200.0, None),
    ],
)
def test_an_exclusion_takes_what_its_search_terms_brought(item, spend, expected):
    term = below("search_term", "g1~cheap shoes", "g1", delivery=Delivery(spend, 0.0))
    accounts = {1: account(things=things(term))}
    assert reason(negative(item), accounts=accounts) == expected
    assert reason(negative(item, "c1", "campaign"), accounts=accounts) == expected
    assert reason(negative(item, "g2"), accounts=accounts) is None


def test_a_budget_cut_to_the_least_takes_its_part():
    guardrails = Guardrails(
        values={"daily_budget": ValueLimits(minimum=Decimal(80))}, delivery_share=1.0
    )
    for minimum, expected in (("80", None), ("70", None)):
        asked = money("100", minimum if minimum == "80" else "81")
        assert reason(asked, guardrails=guardrails) == expected
    tight = guardrails.model_copy(update={"delivery_share": 0.99})
    assert reason(money("100", "80"), guardrails=tight) == "delivery_share"
    assert reason(money("100", "81"), guardrails=tight) is None


@pytest.mark.parametrize(
    ("asked", "changed", "expected"),
    [
        (pause("a1", "ad"), (), None),
        (pause("a1", "ad"), (below("ad", "a2", "g1", status="paused"),), "last_of_its_kind"),
        (
            pause("a1", "ad"),
            (below("ad", "a2", "g1", approval="disapproved"),),
            "last_of_its_kind",
        ),
        (
            pause("a1", "ad"),
            (
                below("ad", "a1", "g1", approval="disapproved"),
                below("ad", "a2", "g1", status="paused"),
            ),
            None,
        ),
        (
            pause("g1", "ad_group"),
            (below("ad_group", "g2", "c1", status="paused"),),
            "last_of_its_kind",
        ),
        (
            pause("k1", "keyword"),
            (below("keyword", "k2", "g1", status="removed"),),
            "last_of_its_kind",
        ),
        (
            proposal(Subject("ad_group", "g1", "keyword", "exact:red shoes"), "enabled", "paused"),
            (below("keyword", "k2", "g1", status="paused"),),
            "last_of_its_kind",
        ),
    ],
)
def test_the_last_of_its_kind_goes_on(asked, changed, expected):
    assert reason(asked, accounts={1: account(things=things(*changed))}) == expected


@pytest.mark.parametrize(("most", "expected"), [(1, None), (0, "actions_per_run")])
def test_changes_of_a_run(most, expected):
    guardrails = Guardrails(actions_per_run=most)
    assert reason(money("100", "90"), guardrails=guardrails) == expected


@pytest.mark.parametrize(
    ("failed", "fine", "expected"),
    [(1, 4, "errors"), (1, 5, None), (1, 3, None), (4, 0, None), (5, 0, "errors")],
)
def test_errors_from_a_fifth_of_five_on(failed, fine, expected):
    other = money("100", "90", "c9", playbook="another")
    actions = [
        action(20 + i, other, 0.1, state="failed" if i < failed else "judged")
        for i in range(failed + fine)
    ]
    assert reason(money("100", "90"), actions=actions) == expected


def test_yesterdays_errors_are_over():
    other = money("100", "90", "c9", playbook="another")
    actions = [action(20 + i, other, 1, state="failed") for i in range(9)]
    assert reason(money("100", "90"), actions=actions) is None


@pytest.mark.parametrize(
    ("worse", "whole", "days_ago", "expected"),
    [
        (2, 5, 27, "worse"),
        (2, 5, 28, None),
        (2, 4, 1, None),
        (2, 6, 27, None),
        (5, 12, 27, "worse"),
    ],
)
def test_a_playbook_that_makes_things_worse_stops(worse, whole, days_ago, expected):
    actions = [
        action(
            20 + i,
            money("100", "90", f"x{i}"),
            days_ago,
            judged="worse" if i < worse else "inconclusive",
        )
        for i in range(whole)
    ]
    assert reason(money("100", "90"), actions=actions) == expected
    assert reason(money("100", "90", playbook="another"), actions=actions) is None


@pytest.mark.parametrize(
    ("refused", "whole", "days_ago", "expected"),
    [(4, 5, 6, "refusals"), (4, 5, 7, None), (4, 6, 6, None), (4, 4, 6, None)],
)
def test_a_playbook_that_the_platform_refuses_stops(refused, whole, days_ago, expected):
    actions = [
        action(
            20 + i,
            money("100", "90", f"x{i}"),
            days_ago,
            **({"state": "refused", "reason": "invalid"} if i < refused else {}),
        )
        for i in range(whole)
    ]
    assert reason(money("100", "90"), actions=actions) == expected
    own_limits = [replace(one, reason=one.reason and "step_percent") for one in actions]
    assert reason(money("100", "90"), actions=own_limits) is None


def test_what_is_known_of_one_metric_only_is_unknown():
    for delivery in (Delivery(1.0, nan), Delivery(nan, 1.0)):
        accounts = {1: account(things=things(campaign(1, delivery=delivery)))}
        assert reason(pause(), accounts=accounts) == "stale"
    accounts = {1: account(delivery=Delivery(1000.0, nan))}
    assert reason(pause(), accounts=accounts) == "stale"


def test_an_account_that_delivered_nothing_loses_nothing():
    nothing = Delivery(0.0, 0.0)
    inside = things(campaign(1, delivery=nothing))
    assert reason(pause(), accounts={1: account(delivery=nothing, things=inside)}) is None
    some = things(campaign(1, delivery=Delivery(1.0, 0.0)))
    assert reason(pause(), accounts={1: account(delivery=nothing, things=some)}) == "stale"


def test_labels_and_removals_of_what_is_paused_take_nothing_away():
    label = proposal(Subject("campaign", "c1", "label", "x"), "absent", "present")
    removal = proposal(status_of("c1"), "paused", "removed")
    inside = things(campaign(1, status="paused", delivery=None))
    for asked in (label, removal):
        [decision] = decide([asked], state(asked, accounts={1: account(things=inside)}))
        assert decision.passed
        assert decision.proposal.numbers == {"cpa": 60.0}
        before = [action(7, replace(asked, subject=replace(asked.subject, entity_id="c2")), 2)]
        assert reason(pause("c3"), actions=before) is None


def test_a_keyword_takes_what_it_brought_and_a_new_one_nothing():
    red = Subject("ad_group", "g1", "keyword", "exact:red shoes")
    new = Subject("ad_group", "g1", "keyword", "exact:new shoes")
    tight = Guardrails(delivery_share=0.9)
    assert reason(proposal(red, "enabled", "paused"), guardrails=tight) == "delivery_share"
    assert reason(proposal(new, "enabled", "removed"), guardrails=tight) is None
    unknown = {1: account(levels=frozenset({"campaign", "ad_group", "search_term"}))}
    assert reason(proposal(new, "enabled", "removed"), accounts=unknown) == "stale"
    assert reason(proposal(red, "paused", "enabled"), accounts=unknown) is None
    assert reason(pause("k1", "keyword"), accounts=unknown) == "stale"


def test_an_ad_that_a_person_enabled_is_not_removed_unseen():
    asked = proposal(Subject("ad_group", "g1", "ad", "digest"), "enabled", "removed")
    assert reason(asked) == "stale"
    draft = proposal(Subject("ad_group", "g1", "ad", "digest"), "paused", "removed")
    assert reason(draft) is None


def test_a_cut_of_a_shared_budget_takes_from_all_that_share_it():
    asked = money("100", "80", evidence=("It is the budget of Campaign 2 too.",))
    read = {(1, asked.subject): setting(asked, shared_by=("c1", "c2"), minimum=Decimal(80))}
    for share, expected in ((2.0, None), (1.99, "delivery_share")):
        guardrails = Guardrails(delivery_share=share)
        assert reason(asked, settings=read, guardrails=guardrails) == expected
    [decision] = decide([asked], state(asked, settings=read))
    assert decision.proposal.numbers["share_of_spend"] == pytest.approx(2.0)
    taken = [action(7, replace(decision.proposal, subject=budget_of("c9")), 1)]
    week = Guardrails(delivery_share_7_days=6.99)
    assert reason(pause("c3"), actions=taken, guardrails=week) == "delivery_share_7_days"


def test_a_pause_of_what_brought_nothing_is_written_down_as_nothing():
    inside = things(campaign(1, delivery=Delivery(0.0, 0.0)))
    [decision] = decide([pause()], state(pause(), accounts={1: account(things=inside)}))
    assert decision.proposal.numbers == {"cpa": 60.0, **NONE}
