"""What does the gate plan with where money is not known for sure? With whatever may cost more."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import nan

import pytest

from config.guardrails import Guardrails
from connectors.changes import Setting
from tasks.gate.passing import decide, refusals
from tasks.gate.state import Delivery, MonthlyBudget
from tests.tasks.gate.town import (
    account,
    action,
    below,
    budget_of,
    campaign,
    enable,
    money,
    pause,
    setting,
    state,
    things,
)

RAISE = money("100", "120", "c2")


def says(asked, ceiling, *changed, **changes):
    """Return the reason, under a ceiling, in an account with these things changed."""
    fields = {
        "guardrails": Guardrails(daily_budget_ceiling=Decimal(ceiling)),
        "accounts": {1: account(things=things(*changed))},
    }
    return decide([asked], state(asked, **{**fields, **changes}))[0].reason


@pytest.mark.parametrize(
    ("sent", "most"),
    [
        (money("100", "80", "c1"), 1020),  # may still be 100
        (money("100", "110", "c1"), 1030),  # may be 110 already
        (pause("c1"), 1020),
        (enable("c1"), 1020),
    ],
)
def test_of_a_change_whose_fate_is_open_the_dearer_value_counts(sent, most):
    unsure = [action(1, sent, state="applying", judged=None, applied_at=None)]
    assert says(RAISE, most, actions=unsure) is None
    assert says(RAISE, most - 1, actions=unsure) == "account_ceiling"


def test_what_the_platform_says_meanwhile_does_not_settle_it():
    """Another worker may be writing it at this moment."""
    sent = money("100", "110", "c1")
    unsure = [action(1, sent, state="applying", judged=None, applied_at=None)]
    read = {(1, one.subject): setting(one) for one in (sent, RAISE)}
    assert says(RAISE, 1029, actions=unsure, settings=read) == "account_ceiling"


def test_the_last_ad_goes_on_while_the_pause_of_the_other_is_open():
    nothing = {"share_of_spend": 0.0, "share_of_conversions": 0.0}
    sent = pause("a1", "ad", numbers=nothing)
    unsure = [action(1, sent, state="applying", judged=None, applied_at=None)]
    assert says(pause("a2", "ad"), 1000, actions=unsure) == "last_of_its_kind"


def test_what_is_done_makes_room():
    lower = [action(1, money("100", "80", "c1"), state="applied", judged=None)]
    assert says(RAISE, 1000, actions=lower) is None


UNLIMITED = Delivery(350.0, 5.0)
"""What spends 50 on a usual day."""


@pytest.mark.parametrize(
    ("changed", "most"),
    [
        ([campaign(1, daily_budget=None, delivery=UNLIMITED)], 970),
        ([campaign(1, daily_budget=None, delivery=Delivery(0.0, 0.0))], 920),
        ([campaign(1, daily_budget=None, delivery=UNLIMITED, status="paused")], 920),
        ([campaign(1, daily_budget=None, delivery=UNLIMITED, status="ended")], 920),
        (
            [
                campaign(1, daily_budget=None, delivery=UNLIMITED),
                below("ad_group", "g1", "c1", daily_budget=Decimal(30)),
                below("ad_group", "g2", "c1", delivery=Delivery(70.0, 1.0)),
            ],
            960,
        ),
        (
            [
                campaign(1, daily_budget=None, delivery=UNLIMITED, shared_by=("c1", "c3")),
                campaign(3, daily_budget=None, delivery=UNLIMITED, shared_by=("c1", "c3")),
            ],
            920,
        ),
    ],
    ids=["usual", "nothing", "paused", "ended", "ad set", "shared"],
)
def test_a_budget_that_nobody_knows_counts_with_what_it_usually_spends(changed, most):
    assert says(RAISE, most, *changed) is None
    assert says(RAISE, most - 1, *changed) == "account_ceiling"


NO_FIGURES = campaign(1, daily_budget=None, delivery=None)


@pytest.mark.parametrize("delivery", [None, Delivery(nan, 1.0)])
def test_where_that_is_unknown_too_nothing_is_raised(delivery):
    unknown = campaign(1, daily_budget=None, delivery=delivery)
    asked = state(RAISE, accounts={1: account(things=things(unknown))})
    sentence = "the daily budget of Campaign 1 is unknown, and so is what it usually spends"
    found = [(one.reason, one.sentence) for one in refusals(RAISE, asked)]
    reasons = ("account_ceiling", "brand_ceiling", "month_spend")
    assert found == [(reason, sentence) for reason in reasons]


@pytest.mark.parametrize(
    "changed",
    [
        [replace(NO_FIGURES, status="paused")],
        [
            NO_FIGURES,
            below("ad_group", "g1", "c1", daily_budget=Decimal(50)),
            below("ad_group", "g2", "c1", daily_budget=Decimal(50)),
        ],
        [below("ad_group", "g1", "c1", delivery=None), below("ad", "a1", "g1", delivery=None)],
    ],
    ids=["does not run", "its ad sets have them", "it is the campaign's"],
)
def test_what_needs_no_budget_of_its_own_stands_in_no_way(changed):
    assert says(RAISE, 1020, *changed) is None


def test_a_cut_passes_though_budgets_are_unknown():
    assert says(money("100", "90", "c2"), 1, NO_FIGURES) is None


def test_a_mailing_buys_nothing():
    """It has no ad groups, and no spend at all."""
    mailing = campaign(1, daily_budget=None, delivery=Delivery(nan, nan))
    letters = account(account_key=3, things={("campaign", "c1"): mailing}, month_spend=None)
    guardrails = Guardrails(brand_daily_budget_ceiling=Decimal(1020))
    brand = state(RAISE, guardrails=guardrails, accounts={1: account(), 3: letters})
    assert decide([RAISE], brand)[0].passed


def test_a_campaign_with_an_ad_set_of_unknown_budget_is_not_enabled():
    inside = [
        campaign(1, daily_budget=None, status="paused"),
        below("ad_group", "g1", "c1", daily_budget=Decimal(10)),
    ]
    assert says(enable("c1"), 5000, *inside) == "account_ceiling"
    for other in ({"daily_budget": Decimal(20)}, {"status": "removed"}):
        assert says(enable("c1"), 5000, *inside, below("ad_group", "g2", "c1", **other)) is None


def test_a_budget_kept_elsewhere_is_no_budget_of_nothing():
    """510 a day begin to run: not unasked, and not by one person's word."""
    inside = things(
        campaign(1, daily_budget=None, status="paused"),
        below("ad_group", "g1", "c1", daily_budget=Decimal(10)),
        below("ad_group", "g2", "c1", daily_budget=Decimal(500)),
    )
    asked = enable("c1")
    kept = Setting(budget_of("c1"), Decimal(0), fixed="its budget lives on its ad sets")
    read = {(1, asked.subject): setting(asked), (1, kept.subject): kept}
    limits = Guardrails(daily_budget_ceiling=Decimal(1410), second_approval_above=Decimal(509))
    brand = state(asked, settings=read, guardrails=limits, accounts={1: account(things=inside)})
    decision = decide([asked], brand)[0]
    assert (decision.reason, decision.begins, decision.two_people) == (None, 510, True)


EVENING = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
"""In Berlin December has begun, in Los Angeles it is still November 30."""


@pytest.mark.parametrize(("asked_in", "expected"), [(2, "month_spend"), (1, None)])
def test_an_account_in_the_next_month_does_not_tell_what_this_one_has_cost(asked_in, expected):
    yesterday = date(2026, 11, 29)
    known = {"spend_through": yesterday, "last_day": yesterday}
    berlin = account(month_spend=Decimal(0), **known)
    angeles = account(
        account_key=2, name="West", time_zone="America/Los_Angeles",
        month_spend=Decimal(10000), **known,
    )  # fmt: skip
    today = date(2026, 12, 1) if asked_in == 1 else date(2026, 11, 30)
    asked = money(
        "100", "110", account_key=asked_in, as_of=today, expires_at=EVENING + timedelta(days=2)
    )
    budgets = [MonthlyBudget("google_ads", frozenset({1, 2}), Decimal(70000))]
    brand = state(
        asked,
        accounts={1: berlin, 2: angeles},
        budgets=budgets,
        now=EVENING,
        guardrails=Guardrails(hours=(time(0), time(23, 59))),
    )
    decision = decide([asked], brand)[0]
    assert decision.reason == expected
    if expected:
        assert decision.explanation == (
            "in Shop the next month has begun: what google_ads has spent in this one is unknown"
        )


def shared(*numbers):
    ids = tuple(f"c{number}" for number in (1, 2, 3))
    return [campaign(number, shared_by=ids[: len(numbers)]) for number in numbers]


@pytest.mark.parametrize(
    ("pulled", "says_now", "most"),
    [
        ((1, 2), (), 1010),  # c1 and c2 have 100 each
        ((1, 2, 3), (), 910),  # c2 and c3 share on
        ((1, 2, 3), ("c1", "c2"), 910),  # c3 has 100 of its own
        ((1, 2, 3), ("c1", "c2", "c3"), 810),
        ((1, 2), ("c1", "c3"), 910),  # c2 has 100 of its own
    ],
)
def test_whom_the_platform_names_no_more_has_left_a_shared_budget(pulled, says_now, most):
    asked = money("100", "110", "c1", evidence=("Campaign 1, Campaign 2, Campaign 3",))
    read = {(1, asked.subject): setting(asked, shared_by=says_now)}
    assert says(asked, most, *shared(*pulled), settings=read) is None
    assert says(asked, most - 1, *shared(*pulled), settings=read) == "account_ceiling"
