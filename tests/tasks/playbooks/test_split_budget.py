"""The split of a month over campaigns."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from config.guardrails import Guardrails, Protected
from config.playbooks import SplitPlaybook
from connectors.changes import Setting, Subject
from tasks.gate.passing import decide
from tasks.gate.state import AccountState, Delivery, GateState, MonthlyBudget, Thing
from tasks.playbooks import split_budget
from tests.tasks.playbooks.brand_scene import AS_OF, NOW, Scene, done, euros

DAYS = 120
BUDGET = 50.0


def playbook(**given):
    settings = {"name": "split", "title": "Split", "does": "split_budget", "goal": "conversions"}
    return SplitPlaybook.model_validate(settings | given)


def market(rates, *, spend=BUDGET, seed=1, elasticity=0.6, moves=0.25, scene=None, rows=None):
    """Campaigns that bring `rates` conversions a day at a budget of 50 and were moved at times."""
    draw = np.random.default_rng(seed)
    rates, spend = np.asarray(rates, float), np.broadcast_to(spend, len(rates))
    moved = np.exp(moves * draw.normal(0, 1, (len(rates), 9))).repeat(14, axis=1)[:, :DAYS]
    moved[:, -14:] = 1.0
    cost = spend[:, None] * moved
    brought = draw.poisson(rates[:, None] * moved**elasticity)
    rows = rows or [{"daily_budget": BUDGET} for _ in rates]
    figures = {"spend": cost, "conversions": brought, "conversions_value": 30.0 * brought}
    return (scene or Scene()).add("campaign", rows, figures)


def asked(scene, wish=None, read=lambda subject: euros("50.00"), **given):
    return scene.answered(split_budget, wish or playbook(), read, **given)


def moves(found):
    return {change.subject.entity_id: (change.before, change.after) for change in found}


def test_money_moves_to_where_the_next_conversion_is_cheaper():
    found = moves(asked(market([20, 5])))
    assert found == {"1": (Decimal("50.00"), 60), "2": (Decimal("50.00"), 40)}


def test_the_total_stays_the_same_to_the_cent():
    draw = np.random.default_rng(3)
    found = asked(market(draw.uniform(3, 30, 25)), read=lambda subject: euros("33.37"))
    assert len(found) == 16  # the largest moves
    cuts = [change.after < change.before for change in found]
    assert cuts == sorted(cuts, reverse=True)
    assert sum(change.after for change in found) == sum(change.before for change in found)
    assert all(abs(change.after / change.before - 1) <= Decimal("0.2") for change in found)
    assert all(change.after % Decimal("0.01") == 0 for change in found)


def test_all_parts_are_one_group_and_tell_the_whole():
    found = asked(market([20, 5, 8]))
    assert {change.group for change in found} == {"shop:split:2026-11-12"}
    first = found[0]
    assert "Expected of all together in 7 days" in first.evidence[1]
    assert first.numbers["gain_low"] > 0
    assert first.expected.low < first.expected.value < first.expected.high
    assert sum(change.expected.value for change in found) == pytest.approx(
        7 * first.numbers["gain"]
    )
    assert first.sentence.startswith("The next conversion costs €")
    assert first.window_end == AS_OF - timedelta(days=1)


def test_a_value_goal_speaks_of_money():
    found = asked(market([20, 5]), playbook(goal="conversions_value"))
    assert found[0].sentence.startswith("The next €1.00 brings €")
    assert found[0].metrics == ("conversions_value", "spend")


def test_equals_are_left_alone():
    assert asked(market([10, 10, 10])) == []


def test_too_small_a_gain_is_no_reason():
    assert asked(market([20, 5]), playbook(least_gain=0.5)) == []


def test_a_small_sample_is_no_reason():
    assert asked(market([0.05, 0.03])) == []


def test_without_any_conversions_nothing_can_be_said():
    assert asked(market([0, 0])) == []


def test_one_campaign_cannot_be_split():
    assert asked(market([20])) == []


@pytest.mark.parametrize(
    "setting",
    [
        {"fixed": "The budget lives on the ad sets."},
        {"shared_by": ("2", "9")},
        {"learning": True},
        {"parent_paused": True},
        {"changed_at": NOW - timedelta(days=2)},
    ],
)
def test_a_budget_that_cannot_be_moved_stays_and_is_named(setting):
    def read(subject):
        return euros("50.00", **(setting if subject.entity_id == "2" else {}))

    found = asked(market([20, 30, 5]), read=read)
    assert set(moves(found)) == {"1", "3"}
    assert any(line.startswith("Left as it is: campaign 2: ") for line in found[0].evidence)


def test_a_budget_that_could_not_be_read_stays():
    def read(subject):
        return euros("50.00") if subject.entity_id != "2" else None

    assert set(moves(asked(market([20, 30, 5]), read=read))) == {"1", "3"}


def test_the_platforms_minimum_holds():
    found = asked(market([20, 5]), read=lambda subject: euros("50.00", minimum=Decimal(47)))
    assert moves(found)["2"][1] == Decimal("47.00")
    assert moves(found)["1"][1] == Decimal("53.00")


def test_a_budget_that_is_not_spent_takes_no_more():
    found = moves(asked(market([40, 10, 9], spend=[25.0, 50.0, 50.0], elasticity=0.6)))
    assert "1" not in found


def test_of_a_budget_that_is_not_spent_only_the_spent_part_is_moved():
    found = moves(asked(market([2, 40, 15], spend=[42.0, 50.0, 50.0])))
    budget = found["1"][1]
    assert Decimal(40) <= budget < Decimal(42)
    gained = sum(after - before for key, (before, after) in found.items() if key != "1")
    assert gained <= Decimal("42.1") - budget


def test_what_the_month_has_left_is_the_most():
    given = {"monthly_budgets": {"google_ads": 3_000.0}, "month_spend": {1: 3_000 - 19 * 90.0}}
    found = asked(market([20, 5]), **given)
    assert moves(found) == {"2": (50, 40)}  # 50 and 40 are the 90 that a day may cost
    assert "the month has no more left" in found[0].evidence[0]


def test_a_month_with_more_left_raises_nothing():
    given = {"monthly_budgets": {"google_ads": 30_000.0}, "month_spend": {1: 10.0}}
    found = asked(market([20, 5]), **given)
    assert sum(change.after for change in found) == 100


def gate_says(found, budgets, monthly, spent):
    """Return the gate's reasons, of an account with these campaigns."""
    things = {
        ("campaign", key): Thing(
            "campaign", key, f"the {key}", status, campaign_id=key, daily_budget=Decimal(budget)
        )
        for key, (budget, status) in budgets.items()
    }  # fmt: skip
    yesterday = AS_OF - timedelta(days=1)
    account = AccountState(
        1, "101", "EUR", "Europe/Berlin", "enabled", things, frozenset({"campaign"}),
        Delivery(700.0, 100.0), yesterday, {"spend": 0, "conversions": 0},
        Decimal(str(spent)), yesterday, (),
    )  # fmt: skip
    settings = {(1, one.subject): Setting(one.subject, one.before) for one in found}
    monthly_budget = MonthlyBudget("google_ads", frozenset({1}), Decimal(str(monthly)))
    state = GateState(
        "shop", "EUR", NOW, Guardrails(), {1: account}, settings, budgets=[monthly_budget]
    )  # fmt: skip
    return [decision.reason for decision in decide(found, state)]


@pytest.mark.parametrize("others", [0, 30, 200])
@pytest.mark.parametrize("left", [60.0, 85.0, 97.0, 100.0, 130.0, 400.0])
@pytest.mark.parametrize("monthly", [3_000.0, 3_040.0, 3_100.0, 9_000.0])
def test_nothing_is_proposed_that_the_gate_refuses_for_the_month(monthly, left, others):
    """`left` may be spent on each of the 19 days; `others` is a budget that nothing is spent of."""
    rows = [{"daily_budget": BUDGET}, {"daily_budget": BUDGET}]
    rates, spend = [20, 5], [BUDGET, BUDGET]
    if others:
        rows.append({"daily_budget": others})
        rates, spend = [20, 5, 0], [BUDGET, BUDGET, 0.0]
    spent = monthly - 19 * left
    found = asked(
        market(rates, spend=spend, rows=rows),
        read=lambda subject: euros(str(others) if subject.entity_id == "3" else "50.00"),
        monthly_budgets={"google_ads": monthly},
        month_spend={1: spent},
    )
    budgets = {"1": (50, "enabled"), "2": (50, "enabled")} | (
        {"3": (others, "enabled")} if others else {}
    )
    assert set(gate_says(found, budgets, monthly, spent)) <= {None}
    room = min(left, monthly / 30.4) - others
    # Both may be cut to 40: with less room than that there is nothing to choose.
    split = room >= 100 or (left < 100 and room > 80)
    wanted = split or spent + 19 * 100 > 1.01 * monthly
    assert bool(found) is wanted, "it is too careful, or too bold"


SHORT = {"monthly_budgets": {"google_ads": 3_000.0}, "month_spend": {1: 3_000 - 19 * 94.0}}
"""94 a day are left where 100 are spent: the month would cost 3,114, a hundredth above is 3,030."""
EARLIER = replace(
    asked(market([20, 5]))[0], subject=Subject("campaign", "9", "daily_budget"), as_of=AS_OF
)
"""A split of today, of another campaign."""


def test_a_month_that_runs_over_is_cut_at_once_where_least_is_lost():
    """Equals are no reason to split, and a split was made today; nothing is raised."""
    found = asked(market([10, 10.5, 2]), actions=[done(EARLIER, "judged", judged="improved")], **(
        SHORT | {"month_spend": {1: 3_000 - 19 * 141.0}}
    ))  # fmt: skip
    assert {name: after for name, (_, after) in moves(found).items()} == {"3": 41}
    assert found[0].group == ""
    assert "instead of €150.00: the month has no more left" in found[0].evidence[0]


def test_as_much_is_cut_as_the_month_is_short_of():
    found = asked(market([10, 10]), **SHORT)
    assert sum(change.before - change.after for change in found) == 6
    assert all(change.after < change.before for change in found)


@pytest.mark.parametrize(("spent", "cut"), [(3_029, False), (3_031, True)])
def test_a_hundredth_above_its_plan_is_expected_of_many_a_month(spent, cut):
    given = SHORT | {"month_spend": {1: spent - 19 * 100.0}}
    assert bool(asked(market([10, 10]), **given)) is cut


def test_a_day_that_ran_away_is_no_usual_day():
    scene = market([10, 10])
    away = scene.levels["campaign"][1].values["spend"]
    away[0, -2] = 2_000.0
    given = SHORT | {"month_spend": {1: 3_020 - 19 * 100.0}}
    assert asked(scene, **given) == []


def test_without_a_plan_of_the_month_nothing_runs_over():
    assert asked(market([10, 10]), month_spend={1: 9e9}) == []


def test_a_campaign_that_comes_back_has_its_place_in_the_month():
    rows = [{"daily_budget": BUDGET}, {"daily_budget": BUDGET},
            {"daily_budget": 40.0, "status": "paused"}]  # fmt: skip
    scene = market([20, 5, 0], rows=rows)
    given = {"monthly_budgets": {"google_ads": 9_000.0}, "month_spend": {1: 9_000 - 19 * 130.0}}
    split = asked(scene, **given)
    assert split
    pause = replace(
        split[0], playbook="pause", subject=Subject("campaign", "3", "status"), entity_key=3,
        before="enabled", after="paused", group="", restore_on=AS_OF + timedelta(days=1),
    )  # fmt: skip
    assert asked(scene, actions=[done(pause)], **given) == []
    assert asked(scene, actions=[done(pause, "undone")], **given) == split
    back = replace(pause, takes_back=done(pause).action_id, restore_on=None)
    stays = [replace(done(back, "rejected"), action_id=8), done(pause)]
    assert asked(scene, actions=stays, **given) == split
    long_ago = replace(pause, restore_on=AS_OF - timedelta(days=32))
    assert asked(scene, actions=[done(long_ago)], **given) == split


def test_what_the_month_has_cost_must_be_known():
    given = {"monthly_budgets": {"google_ads": 30_000.0}}
    assert asked(market([20, 5]), month_spend={1: 10.0}, **given)
    assert asked(market([20, 5]), month_spend={}, **given) == []


def test_a_shared_budget_counts_once():
    def read(subject):
        shared = subject.entity_id in ("3", "4")
        return euros("50.00", shared_by=("3", "4") if shared else ())

    given = {"monthly_budgets": {"google_ads": 9_000.0}, "month_spend": {1: 9_000 - 19 * 150.0}}
    assert asked(market([20, 5, 0, 0], spend=[50, 50, 0, 0]), read=read, **given)
    given["month_spend"] = {1: 9_000 - 19 * 149.0}
    assert asked(market([20, 5, 0, 0], spend=[50, 50, 0, 0]), read=read, **given) == []


@pytest.mark.parametrize(
    ("protected", "held"),
    [
        ({"entity_id": "2"}, {"2"}),
        ({"name": "* 2", "level": "campaign"}, {"2"}),
        ({"level": "account"}, {"1", "2", "3"}),
        ({"level": "ad", "entity_id": "2"}, set()),
    ],
)
def test_what_is_protected_stays_and_keeps_nothing_else_from_moving(protected, held):
    scene = market([20, 30, 5])
    assert moves(asked(scene)).keys() == {"2", "3"}
    limits = Guardrails(protected=(Protected(**protected),))
    found = moves(asked(scene, guardrails=limits))
    assert found.keys() & held == set()
    assert bool(found) is (held != {"1", "2", "3"})  # between 1 and 3, if not with 2


def test_another_platforms_playbook_does_nothing():
    wish = playbook(platforms=("meta_ads",))
    assert split_budget.places(wish, market([20, 5]).situation()) == []
    assert asked(market([20, 5]), wish) == []


@pytest.mark.parametrize(("days", "state", "again"), [
    (3, "judged", False), (9, "judged", True), (3, "rejected", False), (3, "refused", True),
])  # fmt: skip
def test_it_is_asked_again_only_after_a_while(days, state, again):
    scene = market([20, 5])
    first = asked(scene)[0]
    earlier = done(
        replace(first, as_of=AS_OF - timedelta(days=days)), state, days, judged="improved"
    )
    assert bool(asked(scene, actions=[earlier])) is again


@pytest.mark.parametrize(
    ("state", "free"), [("verified", False), ("proposed", False), ("judged", True)]
)
def test_a_budget_whose_last_change_is_not_judged_stays(state, free):
    scene = market([20, 30, 5])
    first = {change.subject.entity_id: change for change in asked(scene)}["2"]
    other = replace(first, playbook="cut_budget", as_of=AS_OF - timedelta(days=4))
    judged = "improved" if state == "judged" else None
    found = moves(asked(scene, actions=[done(other, state, 4, judged=judged)]))
    assert ("2" in found) is free


@pytest.mark.parametrize(("days_ago", "stood", "limit"), [
    (5, "42.00", "54.60"),  # 30 % in 7 days
    (20, "38.00", "57.00"),  # 50 % in 30 days
    (40, "25.00", "60.00"),  # long ago: 20 % at a time
])  # fmt: skip
def test_limits_over_several_days_count_from_where_the_budget_stood(days_ago, stood, limit):
    scene = market([20, 5])
    raised = {change.subject.entity_id: change for change in asked(scene)}["1"]
    before = replace(raised, playbook="raise", before=Decimal(stood), after=Decimal("50.00"))
    earlier = done(before, "judged", days_ago, judged="improved")
    assert moves(asked(scene, actions=[earlier]))["1"][1] == Decimal(limit)


def test_our_own_judged_change_is_nobody_elses():
    scene = market([20, 5])
    other = replace(asked(scene)[0], playbook="cut_budget", as_of=AS_OF - timedelta(days=4))

    def read(subject):
        ours = subject == other.subject
        return euros("50.00", changed_at=NOW - timedelta(days=4) if ours else None)

    assert asked(scene, read=read) == []
    assert asked(scene, read=read, actions=[done(other, "judged", 4, judged="worse")])


def test_where_spend_hardly_varied_the_evidence_says_so():
    found = asked(market([20, 5], moves=0.0))
    assert any("assumed, not measured" in line for line in found[0].evidence)
    assert found[0].numbers["own_data"] == 0


def test_days_whose_conversions_have_not_arrived_do_not_count():
    scene = market([20, 5])
    scene.lag = 10
    before = asked(scene)
    assert before[0].window_end == AS_OF - timedelta(days=11)
    scene.levels["campaign"][1].values["conversions"][:, -10:] = 0.0
    assert asked(scene) == before


def test_a_lag_that_is_not_known_means_nothing_is_known():
    assert asked(market([20, 5]), lags={1: {"spend": 0}}) == []


def test_accounts_of_another_currency_are_left_out():
    rows = [{"daily_budget": BUDGET, "account_key": key} for key in (1, 1, 2)]
    scene = market([20, 5, 90], rows=rows, scene=Scene(accounts={1: "EUR", 2: "USD"}))
    assert set(moves(asked(scene))) == {"1", "2"}


def test_paused_campaigns_are_not_asked_for():
    rows = [{"daily_budget": BUDGET}, {"daily_budget": BUDGET, "status": "paused"}, {}]
    found = split_budget.places(playbook(), market([20, 5, 9], rows=rows).situation())
    assert [subject.entity_id for _, subject in found] == ["1"]


def test_ad_sets_with_budgets_of_their_own_are_split_too():
    scene = market([20], rows=[{}])
    sets = market([20, 5], rows=[{"daily_budget": BUDGET, "campaign_id": "1"}] * 2)
    scene.levels["ad_group"] = sets.levels["campaign"]
    found = asked(scene)
    assert {change.subject.level for change in found} == {"ad_group"}
    assert moves(found)["1"][1] == 60


def test_nothing_was_ever_pulled():
    assert asked(Scene()) == []


def test_the_same_day_gives_the_same_split():
    scene = market(np.random.default_rng(5).uniform(3, 30, 12))
    assert asked(scene) == asked(scene)


def test_of_many_campaigns_those_that_gain_most_are_moved():
    rates = np.append(np.full(60, 10.0), [40.0, 40.0, 1.0, 1.0])
    found = moves(asked(market(rates)))
    assert len(found) <= 16
    assert {"61", "62", "63", "64"} <= found.keys()
