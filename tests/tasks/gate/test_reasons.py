"""Each reason has a case that it alone refuses; without its cause the same change passes."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from config.content_rules import ContentRules
from config.guardrails import Guardrails, Protected, ValueLimits
from connectors.actions import REASONS, Stop
from connectors.changes import Subject
from connectors.social import text_digest
from tasks.gate.passing import decide, refusals
from tasks.gate.state import Delivery, MonthlyBudget, Posting, SaidBefore
from tests.tasks.gate.town import (
    NOW,
    TODAY,
    account,
    action,
    audience,
    below,
    budget_of,
    campaign,
    edit,
    enable,
    money,
    negative,
    pause,
    post,
    proposal,
    setting,
    state,
    status_of,
    things,
)

CUT = money("100", "90")
RAISE = money("100", "110")
PAUSE = pause("c1")
WIDE = {"step_percent": 90.0, "percent_7_days": 90.0, "percent_30_days": 90.0}


def guarded(asked, **limits):
    return state(asked, guardrails=Guardrails(**limits))


def of_account(asked, **changes):
    return state(asked, accounts={1: account(**changes)})


def with_setting(asked, **changes):
    return state(asked, settings={(1, asked.subject): setting(asked, **changes)})


def values(**limits):
    return {"values": {"daily_budget": ValueLimits(**limits)}}


def failed(number, **changes):
    """Actions of another campaign and playbook that went wrong today."""
    other = money("100", "90", "c9", playbook="another")
    return [
        action(100 + i, other, 0.01, judged=None, **changes, applied_at=None) for i in range(number)
    ]


def judged(worse, whole):
    outcomes = ["worse"] * worse + ["improved"] * (whole - worse)
    return [
        action(100 + i, money("100", "90", f"x{i}"), 10, judged=outcome)
        for i, outcome in enumerate(outcomes)
    ]


def posting(asked, **rules):
    return state(asked, posting=Posting(ContentRules(**rules), "Europe/Berlin"))


def said(asked, ago, digest):
    before = {2: [SaidBefore(NOW - ago, digest)]}
    return state(asked, posting=Posting(ContentRules(), "Europe/Berlin", before))


POST = post()
SOON = post(due=NOW + timedelta(minutes=1))
OLD = post(due=NOW - timedelta(minutes=61))
BACK = enable("c1")
LIST = audience(added=500, removed=20)
GROWN = money("100", "110")


ORPHAN = below("ad_group", "g9", "c99", campaign_id="c99")

CASES = {
    "stopped": (CUT, state(CUT, stops=[Stop("shop", "", NOW, "one", "a look first")])),
    "mode": (CUT, state(CUT, modes={"mend": "observe"})),
    "not_writable": (CUT, with_setting(CUT, fixed="the budget lives on the ad sets")),
    "blocked_field": (CUT, guarded(CUT, blocked=("daily_budget",))),
    "protected": (CUT, guarded(CUT, protected=(Protected(name="campaign 1"),))),
    "account_state": (CUT, of_account(CUT, status="paused")),
    "immature": (
        replace(CUT, window_end=TODAY - timedelta(days=6)),
        state(CUT),
    ),
    "stale": (replace(CUT, verdict="unknown"), state(CUT)),
    "learning": (CUT, with_setting(CUT, learning=True)),
    "pending_action": (
        CUT,
        state(CUT, actions=[action(7, money("90", "100"), 20, judged=None, state="applied")]),
    ),
    "hold_off": (CUT, of_account(CUT, edits=[edit(status_of("c1"), "paused", "enabled", 3)])),
    "cool_down": (CUT, state(CUT, actions=[action(7, money("102", "100"), 2)])),
    "changes_per_day": (CUT, state(CUT, actions=[action(7, pause("c1"), 0.1)])),
    "below_minimum": (CUT, guarded(CUT, **values(minimum=Decimal(95)))),
    "above_maximum": (RAISE, guarded(RAISE, **values(maximum=Decimal(105)))),
    "step_percent": (
        money("100", "79"),
        state(money("100", "79"), actions=[action(7, money("95", "100"), 5)]),
    ),
    "percent_7_days": (
        money("100", "118"),
        state(money("100", "118"), actions=[action(7, money("90", "100"), 4)]),
    ),
    "percent_30_days": (
        money("130", "150"),
        state(money("130", "150"), actions=[action(7, money("98", "118"), 20)]),
    ),
    "shared_budget": (CUT, with_setting(CUT, shared_by=("c1", "c2"))),
    "account_ceiling": (RAISE, guarded(RAISE, daily_budget_ceiling=Decimal(1009))),
    "brand_ceiling": (RAISE, guarded(RAISE, brand_daily_budget_ceiling=Decimal(1009))),
    "no_ceiling": (RAISE, state(RAISE, budgets=[])),
    "month_spend": (RAISE, of_account(RAISE, month_spend=Decimal(50000))),
    "delivery_share": (
        PAUSE,
        of_account(PAUSE, things=things(campaign(1, delivery=Delivery(201.0, 0.0)))),
    ),
    "delivery_share_7_days": (
        PAUSE,
        state(
            PAUSE,
            actions=[
                action(
                    7,
                    pause("c2", numbers={"share_of_spend": 36.0, "share_of_conversions": 0.0}),
                    3,
                )
            ],
        ),
    ),
    "last_of_its_kind": (
        pause("a1", "ad"),
        of_account(pause("a1", "ad"), things=things(below("ad", "a2", "g1", status="paused"))),
    ),
    "actions_per_run": (CUT, state(CUT, guardrails=Guardrails(actions_per_run=0))),
    "actions_per_day": (
        CUT,
        state(
            CUT,
            guardrails=Guardrails(actions_per_day=2),
            actions=[action(i, money("100", "90", f"x{i}"), 0.1) for i in (7, 8)],
        ),
    ),
    "brand_actions_per_day": (
        CUT,
        state(
            CUT,
            guardrails=Guardrails(brand_actions_per_day=2),
            accounts={1: account(), 2: account(account_key=2)},
            actions=[action(i, money("100", "90", account_key=2), 0.1) for i in (7, 8)],
        ),
    ),
    "weekday": (CUT, guarded(CUT, weekdays=("MON", "FRI"))),
    "hours": (CUT, guarded(CUT, hours=(time(12), time(20)))),
    "errors": (
        CUT,
        state(
            CUT,
            actions=[
                *failed(1, state="failed"),
                *(action(i, money("100", "90", f"x{i}"), 0.1) for i in range(7, 11)),
            ],
        ),
    ),
    "worse": (CUT, state(CUT, actions=judged(2, 5))),
    "refusals": (
        CUT,
        state(
            CUT,
            actions=[
                action(i, money("100", "90", f"x{i}"), 2, state="refused", reason="invalid")
                for i in range(7, 12)
            ],
        ),
    ),
    "invalid": (money("100", "90.005"), state(money("100", "90.005"))),
    "no_change": (CUT, with_setting(CUT, value=Decimal(90))),
    "moved": (CUT, with_setting(CUT, value=Decimal(99))),
    "early": (SOON, state(SOON)),
    "late": (OLD, state(OLD)),
    "quiet_hours": (POST, posting(POST, quiet_hours=(time(11), time(12)))),
    "holiday": (POST, posting(POST, holidays=(TODAY,))),
    "spacing": (POST, said(POST, timedelta(minutes=119), "0" * 16)),
    "list_removal": (audience(removed=21), state(audience(removed=21))),
    "list_emptied": (
        audience(removed=100),
        guarded(audience(removed=100), list_removal_percent=100),
    ),
    "repeated": (POST, said(POST, timedelta(days=89), text_digest("Our new  shop is open"))),
}

OF_BATCHES = {"conflict", "group"}
"""Tested with several changes in `test_batches.py`."""


@pytest.mark.parametrize("reason", CASES)
def test_each_limit_alone_refuses(reason):
    asked, brand = CASES[reason]

    assert [refusal.reason for refusal in refusals(asked, brand)] == [reason]
    assert [decision.reason for decision in decide([asked], brand)] == [reason]


@pytest.mark.parametrize("reason", CASES)
def test_a_refusal_has_a_sentence(reason):
    asked, brand = CASES[reason]

    [decision] = decide([asked], brand)

    assert len(decision.explanation) > 10
    assert not decision.passed


@pytest.mark.parametrize("asked", [CUT, RAISE, PAUSE, negative("exact:cheap shoes"), POST, LIST])
def test_what_breaks_no_limit_passes(asked):
    assert refusals(asked, state(asked)) == []
    assert decide([asked], state(asked))[0].passed


def test_every_reason_has_a_case():
    assert set(CASES) | OF_BATCHES == set(REASONS)


@pytest.mark.parametrize(
    ("asked", "brand", "reason"),
    [
        pytest.param(
            CUT, state(CUT, accounts={}), "account_state", id="an account that is not known"
        ),
        pytest.param(
            CUT, of_account(CUT, currency="USD"), "account_state", id="amounts of another currency"
        ),
        pytest.param(
            BACK, of_account(BACK, currency="USD"), "account_state", id="spend in another currency"
        ),
        pytest.param(CUT, of_account(CUT, last_day=None), "stale", id="never pulled"),
        pytest.param(
            CUT,
            of_account(CUT, last_day=CUT.window_end - timedelta(days=1)),
            "stale",
            id="a day is missing",
        ),
        pytest.param(CUT, state(), "stale", id="a setting that could not be read"),
        pytest.param(
            money("100", "90", "c77"), state(money("100", "90", "c77")), "stale", id="not pulled"
        ),
        pytest.param(PAUSE, of_account(PAUSE, delivery=None), "stale", id="the account's delivery"),
        pytest.param(
            PAUSE,
            of_account(PAUSE, things=things(campaign(1, delivery=None))),
            "stale",
            id="the campaign's delivery",
        ),
        pytest.param(
            negative("exact:cheap"),
            of_account(negative("exact:cheap"), levels=frozenset({"campaign"})),
            "stale",
            id="search terms that were not pulled",
        ),
        pytest.param(
            replace(CUT, metrics=("leads",)), state(CUT), "immature", id="a lag that is unknown"
        ),
        pytest.param(
            PAUSE,
            of_account(PAUSE, levels=frozenset({"ad_group", "ad", "keyword"})),
            "stale",
            id="campaigns that were not pulled completely",
        ),
        pytest.param(
            enable("g2", "ad_group"),
            of_account(enable("g2", "ad_group"), things=things(campaign(1, daily_budget=None))),
            "account_ceiling",
            id="the budget of an ad group",
        ),
        pytest.param(CUT, of_account(CUT, edits=None), "hold_off", id="no change history"),
        pytest.param(
            RAISE, of_account(RAISE, month_spend=None), "month_spend", id="the month's spend"
        ),
        pytest.param(
            RAISE,
            state(
                RAISE,
                budgets=[MonthlyBudget("google_ads", frozenset({1, 2}), Decimal(60800))],
            ),
            "account_ceiling",
            id="an account of the budget",
        ),
        pytest.param(
            RAISE,
            state(
                RAISE,
                accounts={1: account(), 2: account(account_key=2, currency="USD")},
                budgets=[MonthlyBudget("google_ads", frozenset({1, 2}), Decimal(99999))],
            ),
            "account_ceiling",
            id="an account of the budget in another currency",
        ),
        pytest.param(
            RAISE,
            state(
                RAISE,
                accounts={1: account(), 2: account(account_key=2, currency="USD")},
                budgets=[MonthlyBudget("google_ads", frozenset({1, 2}), Decimal(99999))],
                guardrails=Guardrails(
                    daily_budget_ceiling=Decimal(2000), brand_daily_budget_ceiling=Decimal(2000)
                ),
            ),
            "month_spend",
            id="the month of an account in another currency",
        ),
        pytest.param(
            BACK,
            of_account(BACK, things=things(campaign(1, status="paused", daily_budget=None))),
            "account_ceiling",
            id="the budget of what is enabled",
        ),
        pytest.param(
            PAUSE,
            state(PAUSE, actions=[action(7, pause("c2", numbers={}), 3)]),
            "delivery_share_7_days",
            id="what an earlier pause took away",
        ),
    ],
)
def test_what_is_unknown_is_refused(asked, brand, reason):
    assert decide([asked], brand)[0].reason == reason


def test_an_account_in_another_currency_may_still_save_money():
    assert decide([PAUSE], of_account(PAUSE, currency="USD"))[0].passed


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (Stop("", "", NOW, "one", "why"), "stopped"),
        (Stop("shop", "google_ads", NOW, "one", "why"), "stopped"),
        (Stop("", "google_ads", NOW, "one", "why"), "stopped"),
        (Stop("other", "", NOW, "one", "why"), None),
        (Stop("shop", "facebook_ads", NOW, "one", "why"), None),
    ],
)
def test_a_stop_switch_holds_in_its_scope(stop, reason):
    assert decide([CUT], state(CUT, stops=[stop]))[0].reason == reason


@pytest.mark.parametrize(
    "protected",
    [
        Protected(entity_id="c1"),
        Protected(level="campaign", name="CAMPAIGN*"),
        Protected(label="keep"),
        Protected(level="account"),
        Protected(level="account", entity_id="111"),
        Protected(level="ad_group", entity_id="g1"),
        Protected(level="ad", entity_id="a1"),
    ],
)
def test_what_lies_below_a_protected_entity_is_protected(protected):
    asked = pause("a1", "ad")
    brand = state(
        asked,
        accounts={1: account(things=things(campaign(1, labels=("keep",))))},
        guardrails=Guardrails(protected=(protected,)),
    )

    assert decide([asked], brand)[0].reason == "protected"


@pytest.mark.parametrize(
    "protected",
    [
        Protected(level="ad_group", entity_id="c1"),
        Protected(name="campaign 1", label="keep"),
        Protected(entity_id="c2"),
        Protected(level="account", entity_id="222"),
        Protected(name="campaign"),
    ],
)
def test_every_condition_of_a_protection_must_hold(protected):
    assert decide([CUT], guarded(CUT, protected=(protected,)))[0].passed


def test_what_was_not_pulled_is_protected_by_what_the_proposal_says():
    asked = money("100", "90", "c77", name="Brand words")
    assert decide([asked], guarded(asked, protected=(Protected(name="brand*"),)))[0].reason == (
        "protected"
    )
    shop = Protected(level="account", name="shop")
    assert decide([CUT], guarded(CUT, protected=(shop,)))[0].reason == "protected"
    named = Protected(level="account", name="the campaign*")
    assert decide([CUT], guarded(CUT, protected=(named,)))[0].passed


def test_only_changes_of_the_budget_show_who_shares_it():
    shared = things(*(campaign(n, shared_by=("c1", "c2")) for n in (1, 2)))
    assert decide([PAUSE], of_account(PAUSE, things=shared))[0].passed
    assert decide([CUT], with_setting(CUT, shared_by=("c1", "c2")))[0].reason == "shared_budget"


def test_who_shares_a_budget_is_what_the_platform_says_now():
    shared = things(*(campaign(n, shared_by=("c1", "c2")) for n in (1, 2)))
    assert decide([CUT], of_account(CUT, things=shared))[0].passed


def test_a_label_protects_by_default():
    labels = ("marketloop:protected",)
    brand = of_account(CUT, things=things(campaign(1, labels=labels)))

    assert decide([CUT], brand)[0].reason == "protected"


def test_a_budget_is_protected_by_any_campaign_that_shares_it():
    asked = replace(CUT, evidence=("It is the budget of Campaign 2 too.",))
    brand = replace(
        guarded(asked, protected=(Protected(entity_id="c2"),)),
        settings={(1, asked.subject): setting(asked, shared_by=("c1", "c2"))},
    )

    assert decide([asked], brand)[0].reason == "protected"


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (("It is the budget of Campaign 2 and c3 too.",), None),
        (("It is the budget of Campaign 2.", "And of c33."), "shared_budget"),
        (("It is the budget of Campaign 22 and c3.",), "shared_budget"),
    ],
)
def test_a_shared_budget_passes_when_all_its_campaigns_are_shown(evidence, reason):
    asked = replace(CUT, evidence=evidence)

    [decision] = decide([asked], with_setting(asked, shared_by=("c1", "c2", "c3")))

    assert decision.reason == reason


@pytest.mark.parametrize(
    ("moment", "hours", "reason"),
    [
        ("2026-11-12 04:59", (time(6), time(20)), "hours"),
        ("2026-11-12 05:00", (time(6), time(20)), None),  # Berlin is an hour ahead
        ("2026-11-12 18:59", (time(6), time(20)), None),
        ("2026-11-12 19:00", (time(6), time(20)), "hours"),
        ("2026-11-12 21:00", (time(22), time(4)), None),
        ("2026-11-13 02:59", (time(22), time(4)), None),
        ("2026-11-13 03:00", (time(22), time(4)), "hours"),
        ("2026-11-12 20:59", (time(22), time(4)), "hours"),
        ("2026-11-12 03:00", (time(0), time(0)), None),
        ("2026-10-23 04:00", (time(6), time(20)), None),  # in summer two hours
        ("2026-10-26 04:59", (time(6), time(20)), "hours"),  # after the clocks went back
        ("2026-03-27 04:59", (time(6), time(20)), "hours"),
        ("2026-03-30 04:00", (time(6), time(20)), None),
    ],
)
def test_hours_are_those_of_the_account(moment, hours, reason):
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert decide([CUT], replace(guarded(CUT, hours=hours), now=now))[0].reason == reason


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-11-13 22:59", None),  # Friday in Berlin
        ("2026-11-13 23:00", "weekday"),
        ("2026-11-15 22:59", "weekday"),
        ("2026-11-15 23:00", None),
    ],
)
def test_weekdays_are_those_of_the_account(moment, reason):
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    brand = replace(guarded(CUT, hours=(time(0), time(0))), now=now)
    assert decide([CUT], brand)[0].reason == reason


@pytest.mark.parametrize(
    ("asked", "content", "limits", "reason"),
    [
        ("0.80", {}, {"maximum": Decimal("0.80")}, None),
        ("0.81", {}, {"maximum": Decimal("0.80")}, "above_maximum"),
        ("1.00", {"bid": "0.50"}, {}, None),
        ("1.01", {"bid": "0.50"}, {}, "above_maximum"),
        ("0.10", {}, {}, "above_maximum"),
        ("-1", {}, {"maximum": Decimal(9)}, "invalid"),
        ("cheap", {}, {"maximum": Decimal(9)}, "invalid"),
        ("NaN", {}, {"maximum": Decimal(9)}, "invalid"),
    ],
)
def test_a_new_keyword_brings_no_unbounded_bid(asked, content, limits, reason):
    one = proposal(
        Subject("ad_group", "g1", "keyword", "exact:green shoes"),
        "absent",
        "enabled",
        content={"cpc_bid": asked},
    )
    brand = state(one, guardrails=Guardrails(values={"cpc_bid": ValueLimits(**limits)}))
    if "bid" in content:
        group = Subject("ad_group", "g1", "cpc_bid")
        read = setting(proposal(group, Decimal(content["bid"]), Decimal(1)))
        brand = replace(brand, settings={**brand.settings, (1, group): read})

    assert decide([one], brand)[0].reason == reason


@pytest.mark.parametrize(
    "asked",
    [
        proposal(budget_of(), Decimal(100), "paused"),
        proposal(budget_of(), Decimal(100), Decimal(0)),
        proposal(budget_of(), Decimal(100), Decimal(-5)),
        proposal(budget_of(), Decimal(100), Decimal("NaN")),
        proposal(budget_of(), Decimal(100), Decimal("Infinity")),
        proposal(status_of(), "enabled", "off"),
        proposal(status_of(), "enabled", Decimal(1)),
        proposal(Subject("ad_group", "g1", "ad", "digest"), "absent", "enabled"),
        proposal(Subject("ad_group", "g1", "label", "x"), "absent", "enabled"),
    ],
)
def test_a_value_that_the_field_cannot_have_is_invalid(asked):
    assert decide([asked], state(asked))[0].reason == "invalid"


def test_every_refusal_is_told_except_what_follows_from_no_number():
    brand = state(PAUSE, guardrails=Guardrails(weekdays=(), actions_per_run=0))
    assert [one.reason for one in refusals(PAUSE, brand)] == ["actions_per_run", "weekday"]
    wrong = replace(CUT, verdict="unknown", after=Decimal("NaN"))
    assert [one.reason for one in refusals(wrong, state(wrong))] == ["stale", "invalid"]


def test_figures_that_end_with_the_last_known_day_are_fresh():
    assert decide([CUT], of_account(CUT, last_day=CUT.window_end))[0].passed


def test_from_nothing_no_percentage_can_be_taken():
    asked = money("0", "10")
    assert decide([asked], state(asked))[0].reason == "above_maximum"
