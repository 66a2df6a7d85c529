"""Declared tests of ads: judged once, with the errors that were declared."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from config.playbooks import AdTestPlaybook
from tasks.playbooks import losing_ads
from tasks.playbooks.ad_tests import Test as AdTest
from tasks.playbooks.ad_tests import decide, pairs_of
from tasks.statistics.proportions import sample_size
from tests.tasks.playbooks.brand_scene import AS_OF, NOW, Scene, done

DAYS = 60


def playbook(**given):
    settings = {"name": "ads", "title": "Ads", "does": "losing_ads", "judge_after_days": 14}
    return AdTestPlaybook.model_validate(settings | given)


def ads(rates, *, shown=400, starts=None, seed=1, days=DAYS, rows=None, unknown=()):
    """Ads of ad group 7 with click rates, shown so often a day, each from its start (a day)."""
    draw = np.random.default_rng(seed)
    rates, starts = np.asarray(rates, float), starts or [10] * len(rates)
    impressions = np.full((len(rates), days), shown)
    for row, start in enumerate(starts):
        impressions[row, :start] = 0
    clicks = draw.binomial(impressions, rates[:, None])
    rows = rows or [{} for _ in rates]
    rows = [{"parent_id": "7", "entity_id": f"7~{i}"} | row for i, row in enumerate(rows, 1)]
    figures = {"impressions": impressions, "clicks": clicks, "conversions": clicks * 0.1}
    scene = Scene().add("ad", rows, figures, unknown)
    group = np.ones((1, days))
    return scene.add("ad_group", [{"entity_id": "7", "name": "Group"}], {"impressions": group})


def asked(scene, wish=None, read=lambda subject: {"value": "enabled"}, **given):
    return scene.answered(losing_ads, wish or playbook(), read, **given)


def paused(found):
    return [change.subject.entity_id for change in found if change.after == "paused"]


def test_the_loser_is_paused():
    found = asked(ads([0.05, 0.03]))
    assert paused(found) == ["7~2"]
    change = found[0]
    assert (change.subject.level, change.subject.field, change.before) == (
        "ad",
        "status",
        "enabled",
    )
    assert change.expected.metric == "clicks"
    assert 0 < change.expected.low < change.expected.value < change.expected.high
    assert change.numbers["p"] < change.numbers["p_limit"] == pytest.approx(0.05 / 2)
    assert change.evidence[0].startswith("Declared beforehand: ")


def test_all_losers_go_and_the_best_stays():
    assert paused(asked(ads([0.03, 0.06, 0.03, 0.02]))) == ["7~1", "7~3", "7~4"]


def test_nothing_is_said_before_every_ad_has_its_sample():
    assert asked(ads([0.05, 0.01], starts=[10, 50])) == []


def test_later_days_do_not_change_what_the_test_says():
    scene = ads([0.05, 0.03])
    first = asked(scene)
    cube = scene.levels["ad"][1]
    ended = first[0].window_end.toordinal()
    for name in ("clicks", "conversions"):
        cube.values[name][0, cube.days > ended] *= 0.9
    again = asked(scene)
    assert [_of_the_test(change) for change in again] == [_of_the_test(first[0])]
    assert first[0].window_end < AS_OF - timedelta(days=5)


def _of_the_test(change):
    numbers = {name: change.numbers[name] for name in ("ctr", "best(ctr)", "p", "p_limit", "base")}
    return change.subject, change.after, change.sentence, change.window_end, numbers


def test_days_before_the_last_ad_began_do_not_count():
    scene = ads([0.05, 0.05], starts=[0, 30])
    cube = scene.levels["ad"][1]
    cube.values["clicks"][0, :30] = 0.0
    cube.values["clicks"][0, 2:30] = 10.0  # a base rate of its own
    assert asked(scene) == []


def test_the_figures_after_a_decision_are_a_new_test():
    scene = ads([0.05, 0.03])
    found = asked(scene)[0]
    assert asked(scene, actions=[done(found, "undone", 3)]) == []
    assert asked(scene, actions=[done(found, "rejected", 3)]) == []
    again = asked(scene, actions=[done(found, "undone", 40)])
    assert paused(again) == ["7~2"]
    assert again[0].window_end != found.window_end


def test_what_waits_is_not_proposed_twice():
    scene = ads([0.05, 0.03])
    assert asked(scene, actions=[done(asked(scene)[0], "proposed", 40)]) == []


@pytest.mark.parametrize("state", ["refused", "expired", "failed"])
def test_what_came_to_nothing_is_proposed_again(state):
    scene = ads([0.05, 0.03])
    found = asked(scene)
    assert asked(scene, actions=[done(found[0], state, 3)]) == found


def test_another_playbooks_pause_in_the_group_begins_a_new_test():
    scene = ads([0.05, 0.03, 0.05], rows=[{}, {}, {"status": "paused"}])
    found = asked(scene)[0]
    other = replace(found, playbook="pause", subject=replace(found.subject, entity_id="7~3"))
    assert asked(scene, actions=[done(other, "verified", 3)]) == []


def test_the_last_ad_that_runs_is_never_paused():
    def read(subject):
        return {"value": "paused" if subject.entity_id == "7~1" else "enabled"}

    assert asked(ads([0.05, 0.03]), read=read) == []


@pytest.mark.parametrize(
    "setting", [None, {"value": "paused"}, {"value": "enabled", "parent_paused": True}]
)
def test_only_what_is_known_to_run_is_paused(setting):
    def read(subject):
        return setting if subject.entity_id == "7~2" else {"value": "enabled"}

    assert asked(ads([0.05, 0.03]), read=read) == []


@pytest.mark.parametrize("row", [{"status": "paused"}, {"status": "removed"}, {"parent_id": "8"}])
def test_one_ad_has_nothing_to_be_compared_with(row):
    assert losing_ads.places(playbook(), ads([0.05, 0.03], rows=[{}, row]).situation()) == []


def test_an_ad_that_is_never_shown_does_not_hold_up_the_test():
    assert paused(asked(ads([0.05, 0.03, 0.05], starts=[10, 10, DAYS]))) == ["7~2"]


def test_an_unknown_day_in_the_test_lets_nothing_be_said():
    assert asked(ads([0.05, 0.03], unknown=[12])) == []


def test_immature_days_do_not_count():
    scene = ads([0.05, 0.03])
    days = (asked(scene)[0].window_end - (AS_OF - timedelta(days=DAYS))).days
    scene.lag = DAYS - days - 1
    assert asked(scene)
    scene.lag += 1
    assert asked(scene) == []


@pytest.mark.parametrize(
    ("shown", "why"),
    [(200, "not every ad reached"), (90, "its first days brought too little to plan it")],
)
def test_what_is_undecided_after_the_longest_time_is_noted(shown, why):
    found = asked(ads([0.05, 0.049], shown=shown, starts=[31, 31]), playbook(longest_days=29))
    assert [change.subject.field for change in found] == ["advice"]
    assert found[0].subject.level == "ad_group"
    assert f"undecided after 29 days: {why}" in found[0].sentence
    assert found[0].name == "Group"


def test_a_test_that_began_before_what_is_seen_is_counted_from_a_fixed_day():
    scene = ads([0.05, 0.03], shown=2_000, starts=[0, 0], days=90)
    wish = playbook(longest_days=30)
    found = asked(scene, wish)
    frame, cube = scene.levels["ad"]
    begins = AS_OF.toordinal() - 1 - (AS_OF.toordinal() - 1) % 30
    assert any(f"figures from {_day(begins)}" in said for said in found[0].evidence)
    values = {name: value[:, 5:] for name, value in cube.values.items()}
    shorter = replace(cube, days=cube.days[5:], covered=cube.covered[:, 5:], values=values)
    scene.levels["ad"] = (frame, shorter)
    assert [_of_the_test(change) for change in asked(scene, wish)] == [_of_the_test(found[0])]


def _day(ordinal):
    day = AS_OF.fromordinal(ordinal)
    return f"{day.day} {day:%b %Y}"


def test_conversions_per_click_can_be_what_is_compared():
    scene = ads([0.2, 0.2], shown=3_000)
    cube, draw = scene.levels["ad"][1], np.random.default_rng(4)
    clicks = cube.values["clicks"].astype(int)
    cube.values["conversions"][:] = draw.binomial(clicks, np.array([[0.1], [0.06]]))
    found = asked(scene, playbook(rate="cvr"))
    assert paused(found) == ["7~2"]
    assert found[0].metrics == ("conversions", "clicks")


def test_nothing_was_ever_pulled():
    assert asked(Scene()) == []


@cache
def decisions(rates, runs=3_000, seed=11):
    """Decide many tests of ads with these rates, each judged when the last has its sample."""
    wish, base = playbook(least_difference=0.3), max(rates)
    draw = np.random.default_rng(seed)
    sample = sample_size(base, base * 0.7, wish.alpha / pairs_of(len(rates)), wish.power)
    trials = np.full((len(rates), 1), float(sample))
    result = []
    for _ in range(runs):
        won = draw.binomial(sample, rates)[:, None].astype(float)
        test = AdTest((None,) * len(rates), "7", AS_OF, AS_OF, won, trials, sample, base)
        result.append(decide(wish, test).losers)
    return result


@pytest.mark.parametrize("ads_in_test", [2, 3, 5])
def test_no_more_than_alpha_of_the_tests_of_equals_pause_an_ad(ads_in_test):
    wrong = np.mean([bool(losers) for losers in decisions((0.03,) * ads_in_test)])
    assert 0.02 < wrong < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 3_000)


def test_the_best_of_several_is_hardly_ever_paused_while_others_are_worse():
    wrong = np.mean([0 in losers or 1 in losers for losers in decisions((0.03, 0.03, 0.021))])
    assert wrong < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 3_000)


def test_a_difference_of_the_declared_size_is_found_with_the_declared_power():
    found = np.mean([losers == (1,) for losers in decisions((0.03, 0.021))])
    assert found == pytest.approx(0.8, abs=0.03)


def test_looking_every_day_and_judging_once_keeps_the_error():
    """Every run of a test's life is made: what is wrongly paused on any day counts."""
    wish, wrong, runs = playbook(least_difference=0.3), 0, 60
    for seed in range(runs):
        scene = ads([0.03, 0.03], shown=500, starts=[30, 30], seed=seed, days=66)
        situation = scene.situation(now=NOW)
        pauses = [
            losing_ads.places(wish, replace(situation, as_of=AS_OF - timedelta(days=back)))
            for back in range(0, 36, 7)
        ]
        wrong += any(pauses)
    assert wrong / runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)
