"""What does a refusal tell a tired person? The limit, and the numbers that exceed it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from config.guardrails import Guardrails, Protected, ValueLimits
from tasks.gate.passing import decide
from tests.tasks.gate.test_reasons import CASES
from tests.tasks.gate.town import account, action, budget_of, edit, money, setting, state

SENTENCES = {
    "stopped": "the stop switch is on since 2026-11-12 10:00 UTC, by one: a look first",
    "mode": "the playbook mend may only observe",
    "not_writable": "the budget lives on the ad sets",
    "blocked_field": "guardrails.blocked names daily_budget",
    "protected": "the campaign Campaign 1 is protected (name campaign 1)",
    "account_state": "the account Shop is paused",
    "immature": (
        "it rests on days up to 2026-11-06; conversions take 6 days to arrive, so that "
        "only days up to 2026-11-05 are complete"
    ),
    "stale": "the verdict of dear is unknown",
    "learning": "the campaign c1 is in the platform's learning phase",
    "pending_action": "action 7 of 2026-11-12, on its daily_budget, is applied and not judged yet",
    "hold_off": (
        "somebody@example.com changed its status on 2026-11-09 (WEB); it is left alone for 7 days"
    ),
    "cool_down": "its daily_budget was changed on 2026-11-10; 3 days must pass",
    "changes_per_day": "it has 1 change today, of at most 1",
    "below_minimum": "90 EUR is below 95 EUR, the minimum of guardrails.values",
    "above_maximum": "110 EUR is above 105 EUR, the maximum of guardrails.values",
    "step_percent": "it would be lowered by 21 % in one step, of at most 20 %",
    "percent_7_days": "it would be raised by 31.12 % in 7 days, from 90, of at most 30 %",
    "percent_30_days": "it would be raised by 53.07 % in 30 days, from 98, of at most 50 %",
    "shared_budget": (
        "the budget is that of 2 campaigns, and the proposal does not name Campaign 2"
    ),
    "account_ceiling": "the daily budgets of Shop would add up to 1010 EUR, of at most 1009 EUR",
    "brand_ceiling": "the daily budgets of shop would add up to 1010 EUR, of at most 1009 EUR",
    "no_ceiling": (
        "nothing is raised without a ceiling: give Shop a monthly budget, or "
        "guardrails.daily_budget_ceiling"
    ),
    "month_spend": (
        "google_ads would reach 69190 EUR this month, which is 113.8 % of 60800 EUR, of "
        "at most 100 %"
    ),
    "delivery_share": (
        "with it 20.1 % of the account's spend would be taken away today, of at most 20 "
        "%; it has 20.1 %"
    ),
    "delivery_share_7_days": (
        "with it 41 % of the account's spend would be taken away in 7 days, of at most "
        "40 %; it has 5 %"
    ),
    "last_of_its_kind": "no other ad of its ad group would run",
    "actions_per_run": "this run changes 0 things in the account already, of at most 0",
    "actions_per_day": "2 things are changed in the account today, of at most 2",
    "brand_actions_per_day": "2 things are changed in the brand's accounts today, of at most 2",
    "weekday": "it is THU for the account; changes are made on MON, FRI",
    "hours": "it is 11:00 for the account (Europe/Berlin); changes are made from 12:00 to 20:00",
    "errors": "today 1 of 5 writes of the account failed (from 20 % on nothing is written)",
    "worse": (
        "2 of 5 changes of mend judged in 28 days were worse (from 40 % on nothing is written)"
    ),
    "refusals": (
        "the platform refused 5 of 5 changes of mend in 7 days (from 80 % on nothing is written)"
    ),
    "invalid": "90.005 is no multiple of the smallest unit, 0.01",
    "no_change": "it is 90 EUR already",
    "moved": "it is 99 EUR now; the proposal was for 100 EUR",
    "early": "it is due at 2026-11-12 11:01",
    "late": "it was due 61 minutes ago, of at most 60 minutes",
    "quiet_hours": "it is 11:00 for the brand, quiet from 11:00 to 12:00",
    "holiday": "2026-11-12 is a holiday of the brand",
    "spacing": "the account's last post is 119 minutes old; 120 minutes must pass",
    "list_removal": "it would take 21 of 100 people out of the list, 21 % of at most 20 %",
    "list_emptied": "nobody would be left of 100 people in the list",
    "repeated": "it said the same on 2026-08-15; 90 days must pass",
}


def test_every_case_has_its_sentence():
    assert set(SENTENCES) == set(CASES)


@pytest.mark.parametrize("reason", SENTENCES)
def test_the_sentence_holds_the_numbers(reason):
    asked, brand = CASES[reason]
    assert decide([asked], brand)[0].explanation == SENTENCES[reason]


def sentence(asked, **changes):
    return decide([asked], state(asked, **changes))[0].explanation


def test_a_hair_too_much_does_not_read_as_the_limit_itself():
    assert "20.01 % in one step, of at most 20 %" in sentence(money("99999", "119998.81"))


def test_of_a_quotient_a_few_digits_are_written():
    before = [action(7, money("66.666666", "100"), 20)]
    found = sentence(money("100", "33.33"), guardrails=wide(), actions=before)
    assert found == "33.33 EUR is below 33.3333 EUR, half of 30 days ago"


def wide(**limits):
    percents = {"step_percent": 100, "percent_7_days": 100, "percent_30_days": 100}
    return Guardrails(values={"daily_budget": ValueLimits(**percents, **limits)})


def test_from_nothing():
    found = sentence(money("0", "10"), guardrails=wide(maximum=Decimal(50)))
    assert found == "from 0 no percentage can be taken; at most 100 %"


def test_many_hidden_campaigns_are_counted():
    asked = money("100", "90")
    read = {(1, asked.subject): setting(asked, shared_by=tuple(f"c{i}" for i in range(1, 10)))}
    found = sentence(asked, settings=read)
    assert found.endswith("Campaign 2, Campaign 3, Campaign 4, Campaign 5, Campaign 6 and 3 more")
    read = {(1, asked.subject): setting(asked, shared_by=tuple(f"c{i}" for i in range(1, 7)))}
    assert sentence(asked, settings=read).endswith("Campaign 5, Campaign 6")


def test_an_edit_by_an_unknown_hand():
    made = edit(budget_of("c1"), Decimal(90), Decimal(100), 1)
    unknown = type(made)(made.edit_id, made.at, made.subject, made.old, made.new, "", "")
    found = sentence(money("100", "90"), accounts={1: account(edits=[unknown])})
    assert found.startswith("somebody changed its daily_budget on 2026-11-11 (unknown tool)")


def test_nothing_is_protected_in_silence():
    found = sentence(money("100", "90"), guardrails=Guardrails(protected=(Protected(),)))
    assert found == "the campaign Campaign 1 is protected (everything is)"


def test_the_days_that_are_complete():
    asked = money("100", "90")
    last = asked.window_end - timedelta(days=1)
    found = sentence(asked, accounts={1: account(last_day=last)})
    assert found == "it rests on days up to 2026-11-05; they are complete up to 2026-11-04"
