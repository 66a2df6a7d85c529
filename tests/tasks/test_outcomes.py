"""What an action did: judged against the days before and against what nobody touched."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from connectors.actions import Action, Effect, Proposal
from connectors.changes import Subject
from tasks.cube import by_account
from tasks.outcomes import (
    Figures,
    Touch,
    is_ripe,
    judge,
    judged_level,
    measure_of,
    win_rate,
    windows,
)
from tests.tasks.playbooks.brand_scene import AS_OF, NOW, Scene

APPLIED = AS_OF - timedelta(days=12)
DAYS = 60
METRICS = ("conversions", "spend")


def action(what="daily_budget", before="50", after="40", *, level="campaign", **given):
    """Return an applied change of campaign 1, proposed on the figures of the day before."""
    values = [
        Decimal(v) if what in ("daily_budget", "target_roas", "cpc_bid") else v
        for v in (before, after)
    ]
    settings = {
        "brand": "shop", "process": "google_ads", "playbook": "cut", "check": "", "as_of": APPLIED,
        "account_key": 1, "entity_key": 1, "subject": Subject(level, "1", what), "name": "One",
        "campaign_id": "1", "before": values[0], "after": values[1], "unit": "money",
        "currency": "EUR", "verdict": "critical", "sentence": "", "numbers": {},
        "window_end": APPLIED - timedelta(days=1), "metrics": METRICS, "expected": None, "risk": "",
        "undo": "", "priority": 50, "owner": "", "mode": "propose", "expires_at": NOW,
        "judge_after_days": 7,
    }  # fmt: skip
    return Action(1, Proposal(**(settings | given)), "verified", 3, NOW, NOW, applied_at=NOW)


def market(effect=1.0, spend_effect=1.0, *, seed=1, others=15, conversions=20.0, spread=0.1):
    """Campaigns of which the first changes on the day after the action: its return per money."""
    draw = np.random.default_rng(seed)
    size = draw.lognormal(0, 0.4, (others + 1, 1))
    size[0] = 1.0
    season = 1 + 0.3 * np.sin(np.arange(DAYS) / 9)
    day = DAYS - (AS_OF - APPLIED).days
    wander = np.exp(draw.normal(0, spread, (others + 1, 9))).repeat(7, axis=1)[:, :DAYS]
    spend = 100 * size * season * np.exp(draw.normal(0, 0.1, (others + 1, DAYS)))
    rate = conversions / 100 * wander
    spend[0, day + 1 :] *= spend_effect
    rate[0, day + 1 :] *= effect
    brought = draw.poisson(spend * rate).astype(float)
    clicks = draw.poisson(spend * 2.0)
    values = brought * draw.gamma(8.0, 5.0, brought.shape)
    figures = {
        "spend": spend, "conversions": brought, "conversions_value": values,
        "impressions": np.full_like(spend, 4_000.0), "clicks": clicks,
    }  # fmt: skip
    scene = laid_out(others)
    frame, cube = scene.levels["campaign"]
    values = {name: np.asarray(figures[name], dtype=float) for name in figures}
    return Scene({"campaign": (frame, replace(cube, values=values))})


@cache
def laid_out(others):
    """The same campaigns for every market: laying them out takes longer than judging."""
    return Scene().add("campaign", [{}] * (others + 1), {"spend": np.ones((others + 1, DAYS))})


def figures(scene=None, **given):
    cube = (scene or market()).levels["campaign"][1]
    settings = {
        "cube": cube, "entity_key": 1, "applied_on": APPLIED, "currency": "EUR",
        "mature_until": AS_OF - timedelta(days=1), "goal": "conversions", "target": 6.0,
    }  # fmt: skip
    return Figures(**(settings | given))


def test_cheaper_conversions_are_an_improvement():
    found = judge(action(), figures(market(1.8)))
    assert found.judged == "improved"
    assert found.effect.metric == "cpa"
    assert found.effect.low < found.effect.value < found.effect.high < 0
    assert found.effect.value == pytest.approx(5 / 1.8 - 5, abs=0.8)
    assert found.sentence.startswith("CPA €")
    assert found.notes[0].startswith("Compared with 15 other entities")


def test_dearer_conversions_are_worse():
    found = judge(action(), figures(market(0.5)))
    assert found.judged == "worse"
    assert found.effect.low > 0


def test_a_change_that_all_have_is_nobodys():
    scene = market()
    cube = scene.levels["campaign"][1]
    cube.values["conversions"][:, -11:] *= 2
    assert judge(action(), figures(scene)).judged == "inconclusive"


def test_a_return_is_judged_in_its_own_unit():
    found = judge(action(), figures(market(1.8), goal="conversions_value"))
    assert (found.judged, found.effect.metric, found.effect.unit) == ("improved", "roas", "ratio")
    assert found.effect.value == pytest.approx(8 * (1.8 - 1), abs=2.5)


def test_more_money_is_judged_by_what_it_won_at_its_target():
    scene = market(1.0, 1.4)  # a conversion costs 5 as before
    good = judge(action(after="70"), figures(scene, target=40.0))
    bad = judge(action(after="70"), figures(scene, target=0.5))
    assert (good.judged, bad.judged) == ("improved", "worse")
    assert good.effect == bad.effect
    assert good.effect.metric == "conversions"
    assert good.effect.value == pytest.approx(7 * 20 * 0.4 * 1.1, abs=40)
    assert "worth −€" in bad.sentence


def test_more_money_without_a_target_is_not_judged():
    found = judge(action(after="70"), figures(target=None))
    assert (found.judged, found.effect) == ("inconclusive", None)


def test_a_paused_ad_is_judged_by_the_rate_it_lost_by():
    scene = market()
    cube = scene.levels["campaign"][1]
    cube.values["clicks"][0, -11:] *= 1.6
    paused = action("status", "enabled", "paused", level="ad", metrics=("clicks", "impressions"))
    found = judge(paused, figures(scene))
    assert (found.judged, found.effect.metric) == ("improved", "ctr")


def test_what_was_expected_is_said():
    expected = Effect("spend", "money", -70.0, -80.0, -60.0, 7)
    assert "Expected: spend −€70" in judge(action(expected=expected), figures()).sentence


@pytest.mark.parametrize("what", ["advice", "label", "ad"])
def test_what_changes_nothing_that_runs_is_not_judged(what):
    found = judge(action(what, "", "text"), figures())
    assert (found.judged, found.effect) == ("inconclusive", None)


def test_too_few_conversions_tell_nothing():
    found = judge(action(), figures(market(conversions=0.1)))
    assert (found.judged, found.effect) == ("inconclusive", None)


def test_no_conversion_after_many_is_worse():
    scene = market()
    scene.levels["campaign"][1].values["conversions"][0, -11:] = 0.0
    found = judge(action(), figures(scene))
    assert found.judged == "worse"
    assert np.isfinite([found.effect.value, found.effect.low, found.effect.high]).all()


def test_an_unknown_day_leaves_it_open():
    scene = market(1.8)
    scene.levels["campaign"][1].values["spend"][:, -8] = np.nan
    found = judge(action(), figures(scene))
    assert (found.judged, found.effect) == ("inconclusive", None)


def test_days_before_the_first_one_leave_it_open():
    old = action(judge_after_days=40)
    given = figures(applied_on=AS_OF - timedelta(days=42))
    assert judge(old, given).sentence == "Days of the windows are not known"


def test_others_whose_days_are_not_known_are_not_compared_with():
    scene = market(1.8)
    scene.levels["campaign"][1].values["spend"][3:, -8] = np.nan
    assert judge(action(), figures(scene)).notes[0].startswith("Compared with 2 other entities")


def test_touched_ones_are_not_compared_with_and_own_touches_are_noted():
    touch = Touch(APPLIED + timedelta(days=2), "target CPA 10 to 12 by a person")
    late = Touch(AS_OF, "too late to matter")
    given = figures(market(1.8), touches={1: [touch], 2: [touch], 3: [late]})
    found = judge(action(), given)
    assert found.notes[0].startswith("Compared with 14 other entities")
    assert found.notes[1] == "Also on 2 Nov 2026: target CPA 10 to 12 by a person"
    assert len(found.notes) == 2


def test_of_many_touches_the_first_are_named_and_the_rest_is_counted():
    many = [Touch(APPLIED + timedelta(days=1 + n % 7), f"change {n}") for n in range(20)]
    notes = judge(action(), figures(touches={1: many})).notes[1:]
    assert notes[0] == "Also on 1 Nov 2026: change 0"
    assert (len(notes), notes[-1]) == (7, "And 14 more changes of it in these days")


def test_incidents_are_noted():
    broken = Touch(APPLIED + timedelta(days=1), "no conversions were recorded")
    found = judge(action(), figures(incidents=[broken]))
    assert found.notes[-1] == "In the account, 1 Nov 2026: no conversions were recorded"


def test_with_nothing_to_compare_the_range_is_wider_and_it_is_said():
    few, many = (judge(action(), figures(market(1.8, others=n))) for n in (0, 15))
    assert few.notes[0].startswith("Nothing untouched to compare with")
    assert few.effect.high - few.effect.low > many.effect.high - many.effect.low


def test_whole_accounts_are_compared_with_each_other():
    scene = market(1.8)
    cube = by_account(scene.levels["campaign"][1], scene.situation().accounts)
    paused = action("status", "enabled", "paused")
    assert judge(paused, figures(cube=cube)).notes[0].startswith("Nothing untouched")


def test_the_windows_have_the_same_weekdays_and_are_clear_of_the_finding():
    for days in (1, 7, 14, 21):
        before, after = windows(action(judge_after_days=days), APPLIED)
        assert before.days == after.days == days
        assert after.start == APPLIED + timedelta(days=1)
        assert (after.start - before.start).days % 7 == 0
        assert before.end <= APPLIED - timedelta(days=8)
        assert before.end > APPLIED - timedelta(days=15 + 1)


def test_it_is_ripe_only_when_the_figures_have_arrived():
    last = APPLIED + timedelta(days=7)
    assert is_ripe(action(), figures(mature_until=last))
    for until in (last - timedelta(days=1), None):
        early = figures(mature_until=until)
        assert not is_ripe(action(), early)
        with pytest.raises(ValueError, match="cannot be judged before"):
            judge(action(), early)


@pytest.mark.parametrize(
    ("what", "level", "before", "after", "measure", "seen_at"),
    [
        ("daily_budget", "campaign", "50", "40", "cost", "campaign"),
        ("daily_budget", "campaign", "50", "60", "volume", "campaign"),
        ("daily_budget", "ad_group", "50", "60", "volume", "ad_group"),
        ("target_roas", "campaign", "3", "4", "cost", "campaign"),
        ("target_roas", "campaign", "4", "3", "volume", "campaign"),
        ("status", "campaign", "enabled", "paused", "cost", "account"),
        ("status", "ad_group", "paused", "enabled", "volume", "campaign"),
        ("status", "keyword", "enabled", "paused", "cost", "campaign"),
        ("cpc_bid", "keyword", "2", "1", "cost", "campaign"),
        ("negative_keyword", "campaign", "absent", "present", "cost", "campaign"),
        ("keyword", "ad_group", "absent", "enabled", "volume", "campaign"),
    ],
)
def test_every_kind_of_action_has_a_measure_and_a_place_where_it_shows(
    what, level, before, after, measure, seen_at
):
    proposal = action(what, before, after, level=level).proposal
    assert (measure_of(proposal), judged_level(proposal)) == (measure, seen_at)


@cache
def verdicts(effect, after, runs=300, **given):
    """Judge many seeds and return the share of each verdict."""
    found = [
        judge(action(after=after), figures(market(effect, seed=seed, **given))).judged
        for seed in range(runs)
    ]
    return {word: found.count(word) / runs for word in ("improved", "worse", "inconclusive")}


@pytest.mark.parametrize(("after", "spread"), [("40", 0.0), ("40", 0.2), ("60", 0.1)])
def test_where_nothing_changed_a_verdict_is_rare(after, spread):
    shares = verdicts(1.0, after, spread=spread)
    assert shares["improved"] < 0.10 + 2 * np.sqrt(0.1 * 0.9 / 300)
    assert shares["worse"] < 0.10 + 2 * np.sqrt(0.1 * 0.9 / 300)


def test_real_effects_are_found():
    assert verdicts(1.5, "40", runs=150)["improved"] > 0.75
    assert verdicts(0.6, "40", runs=150)["worse"] > 0.75


def test_the_range_holds_the_truth_as_often_as_it_says():
    inside = 0
    for seed in range(200):
        effect = judge(action(), figures(market(1.3, seed=seed, spread=0.0))).effect
        inside += effect.low <= 5 / 1.3 - 5 <= effect.high
    assert inside / 200 > 0.76


def test_win_rates_come_with_their_range():
    won = replace(action(), judged="improved")
    lost, open_ = replace(won, judged="worse"), replace(won, judged="inconclusive")
    other = replace(won, proposal=replace(won.proposal, playbook="raise"))
    found = win_rate([won, won, won, lost, open_, other, action()])
    assert found.keys() == {"cut", "raise"}
    cut = found["cut"]
    assert (cut.improved, cut.worse, cut.inconclusive, cut.rate) == (3, 1, 1, 0.6)
    assert 0.3 < cut.low < 0.6 < cut.high < 0.85


def test_taking_a_change_back_is_no_win_of_its_playbook():
    bad = replace(action(), judged="worse")
    back = replace(action(takes_back=1), judged="improved")
    found = win_rate([bad, back])["cut"]
    assert (found.improved, found.worse) == (0, 1)
    assert win_rate([back]) == {}


def test_nothing_judged_has_no_win_rate():
    assert win_rate([action()]) == {}
