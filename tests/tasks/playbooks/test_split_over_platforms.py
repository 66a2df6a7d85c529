"""The split of one month over several platforms."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from config.guardrails import Guardrails
from connectors.changes import Setting
from tasks.gate.passing import decide
from tasks.gate.state import AccountState, Delivery, GateState, MonthlyBudget, Thing
from tasks.playbooks import split_budget
from tasks.playbooks.situation import Month
from tests.tasks.playbooks.brand_scene import AS_OF, NOW, Scene, euros
from tests.tasks.playbooks.test_split_budget import BUDGET, market, moves, playbook

GOOGLE, META = 1, 2
PLATFORMS = {GOOGLE: "google_ads", META: "meta_ads"}
YESTERDAY = AS_OF - timedelta(days=1)
LEFT = 19  # days of the month, with today
BOTH = playbook(platforms=("google_ads", "meta_ads"))


def two_platforms(google, meta, **given):
    """Return campaigns of both platforms, that bring so many conversions a day at 50 each."""
    rows = [{"daily_budget": BUDGET, "account_key": GOOGLE} for _ in google]
    rows += [{"daily_budget": BUDGET, "account_key": META} for _ in meta]
    scene = Scene(accounts=dict.fromkeys(PLATFORMS, "EUR"))
    return market([*google, *meta], rows=rows, scene=scene, **given)


def month(monthly, *accounts):
    keys = accounts or (*PLATFORMS,)
    return Month(frozenset(PLATFORMS[key] for key in keys), frozenset(keys), float(monthly))


def accounts_frame(*keys):
    return pd.DataFrame(
        [
            {"account_key": key, "entry": PLATFORMS[key], "account_id": f"10{key}",
             "platform": PLATFORMS[key], "name": f"Shop on {PLATFORMS[key]}", "currency": "EUR"}
            for key in keys
        ]
    )  # fmt: skip


def asked(scene, months, *, wish=BOTH, keys=(*PLATFORMS,), spent=None, through=None, **given):
    """Ask for a split; `spent` so far by account, up to and with the day `through`."""
    known = {
        "accounts": accounts_frame(*keys),
        "platforms": (*PLATFORMS.values(),),
        "months": months,
        "month_spend": dict.fromkeys(PLATFORMS, 100.0) if spent is None else spent,
        "spent_through": dict.fromkeys(PLATFORMS, YESTERDAY) | (through or {}),
        "unseen": {key: f"Shop on {PLATFORMS[key]}" for key in PLATFORMS if key not in keys},
    }  # fmt: skip
    read = given.pop("read", lambda subject: euros("50.00"))
    return scene.answered(split_budget, wish, read, **(known | given))


def by_account(found):
    """Return by how much each account's budgets change together."""
    changes = {}
    for one in found:
        changes[one.account_key] = changes.get(one.account_key, 0) + one.after - one.before
    return changes


def test_money_moves_from_the_platform_with_the_dearer_next_conversion_to_the_other():
    found = asked(two_platforms([5, 5], [20, 20]), [month(9_000)])
    assert by_account(found) == {GOOGLE: -20, META: 20}
    assert {one.group for one in found} == {"shop:split:2026-11-12"}
    assert [one.after < one.before for one in found] == [True, True, False, False]
    back = asked(two_platforms([20, 20], [5, 5]), [month(9_000)])
    assert by_account(back) == {GOOGLE: 20, META: -20}


def test_the_total_stays_within_the_month_to_the_cent():
    draw = np.random.default_rng(3)
    scene = two_platforms(draw.uniform(3, 30, 9), draw.uniform(3, 30, 9))
    found = asked(scene, [month(90_000)], read=lambda subject: euros("33.37"))
    assert len({one.account_key for one in found}) == 2
    assert sum(by_account(found).values()) == 0
    assert all(one.after % Decimal("0.01") == 0 for one in found)


def test_it_says_what_the_amount_is_what_moves_and_who_counts():
    (*_, platforms, counting) = asked(two_platforms([5], [20]), [month(9_000)])[0].evidence
    assert platforms == (
        "One amount of €9,000 a month over google_ads and meta_ads; budgets a day of what may "
        "be moved: google_ads €50.00 → €40.00, meta_ads €50.00 → €60.00"
    )
    assert counting.startswith("Each platform counts its own conversions")


def test_without_one_amount_over_both_nothing_goes_from_one_to_the_other():
    scene = two_platforms([5], [20])
    own = [month(9_000, GOOGLE), month(9_000, META)]
    for months in ([], own):
        assert asked(scene, months, monthly_budgets={"google_ads": 9_000.0}) == []
    assert split_budget.places(BOTH, scene.situation(platforms=(*PLATFORMS.values(),))) == []


def test_a_split_of_one_platform_among_several_looks_at_that_one_alone():
    scene = two_platforms([5, 20], [40, 1])
    found = asked(scene, [], wish=playbook(platforms=("meta_ads",)))
    assert {one.account_key for one in found} == {META}
    assert not any("platforms" in line for line in found[0].evidence)


@pytest.mark.parametrize("own", [3_040, 3_200, 3_344, 6_000])
def test_a_platform_with_an_amount_of_its_own_gets_no_more_than_that(own):
    """100 a day of 30.4 days are 3,040; 3,344 are 110."""
    found = asked(two_platforms([5, 5], [20, 20]), [month(9_000), month(own, META)])
    gets = by_account(found).get(META, Decimal(0))
    most = min(Decimal(own) / Decimal("30.4") - 100, 20)
    assert most - Decimal("0.1") <= gets <= most
    assert sum(by_account(found).values()) <= 0


@pytest.mark.parametrize("ceiling", [100, 104, 110, 200])
def test_an_account_is_not_raised_above_what_one_may_spend_per_day(ceiling):
    limits = Guardrails.model_validate({"daily_budget_ceiling": ceiling})
    found = asked(two_platforms([5, 5], [20, 20]), [month(9_000)], guardrails=limits)
    most = min(ceiling - 100, 20)
    assert most - Decimal("0.1") <= by_account(found).get(META, 0) <= most


@pytest.mark.parametrize(("own", "ceiling"), [(3_200, 110), (3_344, 104), (3_344, 110)])
def test_of_two_limits_the_narrower_one_holds(own, ceiling):
    limits = Guardrails.model_validate({"daily_budget_ceiling": ceiling})
    months = [month(9_000), month(own, META)]
    gets = by_account(asked(two_platforms([5, 5], [20, 20]), months, guardrails=limits))[META]
    assert gets <= ceiling - 100
    assert gets >= min(Decimal(own) / Decimal("30.4") - 100, ceiling - 100) - Decimal("0.1")


def test_a_platform_above_its_own_amount_gets_nothing():
    found = asked(two_platforms([5, 5], [20, 8]), [month(9_000), month(3_000, META)])
    assert all(one.after < one.before for one in found if one.account_key == META)
    unknown = asked(
        two_platforms([5, 5], [20, 20]), [month(9_000), month(9_000, META)], spent={GOOGLE: 1.0}
    )
    assert unknown == []


def test_what_the_month_has_left_is_the_most():
    short = {GOOGLE: 1_000.0, META: 3_000 - 1_000 - LEFT * 90.0}
    found = asked(two_platforms([5], [20]), [month(3_000)], spent=short)
    assert moves(found) == {"1": (50, 40)}
    assert "the month has no more left" in found[0].evidence[0]


def test_a_day_that_is_not_known_yet_costs_what_is_planned():
    """Both are planned at 100 a day; of one of them two days are missing."""
    late = {META: YESTERDAY - timedelta(days=2)}
    scene = two_platforms([5], [20])
    enough = {GOOGLE: 0.0, META: 9_000 - LEFT * 100 - 2 * 50.0}
    assert asked(scene, [month(9_000)], spent=enough, through=late)
    short = enough | {META: enough[META] + LEFT * 10}
    found = asked(scene, [month(9_000)], spent=short, through=late)
    assert "the month has no more left" in found[0].evidence[0]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"through": {META: YESTERDAY - timedelta(days=3)}}, "its figures end on 2026-11-08"),
        ({"keys": (GOOGLE,)}, "its figures could not be pulled in this run"),
        (
            {"lags": {GOOGLE: {"spend": 0, "conversions": 0}}},
            "how many days its figures take to arrive is not known",
        ),
    ],
)
def test_an_account_whose_figures_are_not_there_is_left_out_and_named(given, why):
    scene = two_platforms([20, 5], [80, 1])
    found = asked(scene, [month(9_000)], **given)
    assert moves(found) == {"1": (50, 60), "2": (50, 40)}
    assert f"Left out: Shop on meta_ads: {why}" in found[0].evidence


def test_what_is_left_out_counts_as_planned_and_never_as_nothing():
    """Google's 100 and Meta's 100 a day: with less than both left, nothing is raised or saved."""
    scene, stale = two_platforms([20, 5], [80, 1]), {META: YESTERDAY - timedelta(days=3)}
    missing = 3 * 100.0
    enough = {GOOGLE: 0.0, META: 9_000 - LEFT * 200 - missing}
    assert asked(scene, [month(9_000)], spent=enough, through=stale)
    short = enough | {META: enough[META] + LEFT * 1.0}
    assert asked(scene, [month(9_000)], spent=short, through=stale) == []


def test_figures_that_end_in_the_month_before_cost_what_is_planned_from_its_first_day():
    scene, stale = two_platforms([20, 5], [80, 1]), {META: date(2026, 10, 30)}
    enough = {GOOGLE: 9_000 - LEFT * 200 - 11 * 100.0, META: 0.0}
    assert asked(scene, [month(9_000)], spent=enough, through=stale)
    short = enough | {GOOGLE: enough[GOOGLE] + LEFT * 1.0}
    assert asked(scene, [month(9_000)], spent=short, through=stale) == []


def test_a_month_of_which_a_part_is_unknown_is_not_split():
    scene = two_platforms([20, 5], [80, 1])
    assert asked(scene, [month(9_000)], spent={GOOGLE: 100.0}) == []


# --- the gate --------------------------------------------------------------------------------


def brand(found, monthly, *, spent=100, stale=False, protected=()):
    """Return what the gate knows of the same brand."""
    accounts = {}
    for key, ids in ((GOOGLE, ("1", "2")), (META, ("3", "4"))):
        things = {
            ("campaign", one): Thing("campaign", one, f"the {one}", "enabled", campaign_id=one,
                                     daily_budget=Decimal(50))
            for one in ids
        }  # fmt: skip
        last = YESTERDAY - timedelta(days=3 if stale and key == META else 0)
        accounts[key] = AccountState(
            key, f"Shop on {PLATFORMS[key]}", "EUR", "Europe/Berlin", "enabled", things,
            frozenset({"campaign"}), Delivery(700.0, 100.0), last,
            {"spend": 0, "conversions": 0}, Decimal(spent), last, (),
        )  # fmt: skip
    settings = {(one.account_key, one.subject): Setting(one.subject, one.before) for one in found}
    guardrails = Guardrails.model_validate({"protected": list(protected)})
    whole = MonthlyBudget("google_ads and meta_ads", frozenset(accounts), Decimal(str(monthly)))
    return GateState("shop", "EUR", NOW, guardrails, accounts, settings, budgets=[whole])


def test_the_gate_passes_the_whole_and_holds_it_against_the_one_month():
    found = asked(two_platforms([5, 5], [20, 20]), [month(9_000)])
    assert {said.reason for said in decide(found, brand(found, 9_000))} == {None}
    alone = [one for one in found if one.account_key == META]
    said = decide(alone, brand(found, 6_080))  # 200 a day, all of it planned already
    assert {one.reason for one in said} <= {"account_ceiling", "group"}
    assert "google_ads and meta_ads would add up to" in said[0].explanation
    assert {one.reason for one in decide(found, brand(found, 6_080))} == {None}


def test_the_gate_refuses_the_whole_when_one_part_of_one_platform_is_refused():
    found = asked(two_platforms([5, 5], [20, 20]), [month(9_000)])
    state = brand(found, 9_000, protected=[{"level": "campaign", "entity_id": "4"}])
    said = {one.asked.subject.entity_id: one.reason for one in decide(found, state)}
    assert said == {"1": "group", "2": "group", "3": "group", "4": "protected"}


@pytest.mark.parametrize("left", [150.0, 199.0, 200.0, 201.0, 400.0])
@pytest.mark.parametrize("monthly", [6_000, 6_080, 6_100, 20_000])
@pytest.mark.parametrize("stale", [False, True])
def test_nothing_is_proposed_that_the_gate_refuses_for_the_month(monthly, left, stale):
    spent = (monthly - LEFT * left) / 2
    through = {META: YESTERDAY - timedelta(days=3)} if stale else {}
    rates = ([20, 5], [80, 1]) if stale else ([5, 5], [20, 20])
    found = asked(two_platforms(*rates), [month(monthly)], spent=dict.fromkeys(PLATFORMS, spent),
                  through=through)  # fmt: skip
    state = brand(found, monthly, spent=str(spent), stale=stale)
    assert {said.reason for said in decide(found, state)} <= {None}
    if monthly == 20_000 and left == 400.0:
        assert found
