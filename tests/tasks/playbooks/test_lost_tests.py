"""A loser of a test of one rate stays while it may bring the most conversions per impression."""

from dataclasses import replace

import numpy as np
import pytest

from tasks.playbooks.ad_tests import Decision
from tasks.playbooks.ad_tests import Test as AdTest
from tasks.playbooks.lost_tests import Lost, hardly_best
from tasks.playbooks.most_conversions import MostConversions, Standing
from tasks.playbooks.proposing import entities_of
from tasks.statistics.best import Counts
from tests.tasks.playbooks.brand_scene import AS_OF, done
from tests.tasks.playbooks.test_losing_ads import ads, asked, paused, playbook

CLICKS = (0.05, 0.04)  # the second one loses the test of clicks


def converting(shares, rates=CLICKS, **given):
    """Ads of which such a share of clicks converts, one per ad."""
    scene = ads(rates, **given)
    cube = scene.levels["ad"][1]
    cube.values["conversions"][:] = cube.values["clicks"] * np.array(shares)[:, None]
    return scene


def advised(found):
    return [change.subject.entity_id for change in found if change.subject.field == "advice"]


def test_fewer_clicks_that_bring_less_are_paused_with_what_they_bring():
    found = asked(converting([0.4, 0.4]))
    assert paused(found) == ["7~2"]
    assert found[0].numbers["chance_to_be_best"] < found[0].numbers["chance_limit"] == 0.02
    assert any(
        "conversions of" in said and "impressions, chance 0." in said for said in found[0].evidence
    )


def test_fewer_clicks_that_convert_far_better_stay():
    found = asked(converting([0.05, 0.1]))
    assert (paused(found), advised(found)) == ([], ["7~2"])
    assert found[0].sentence.startswith("ad 2 lost its test but may bring the most conversions")
    assert found[0].after.startswith("Leave it on")
    assert found[0].numbers["chance_to_be_best"] > 0.9
    assert found[0].expected is None


def test_too_few_conversions_to_tell_let_it_stay():
    assert paused(asked(converting([0.002, 0.002]))) == []


def test_more_conversions_per_click_of_fewer_clicks_do_not_win():
    """The other way round: the second one loses the test of conversions per click."""
    wish = playbook(rate="cvr", least_difference=0.3)
    scene = converting([0.3, 0.2], rates=(0.1, 0.2), shown=1_000)
    assert (paused(asked(scene, wish)), advised(asked(scene, wish))) == ([], ["7~2"])
    alike = converting([0.3, 0.2], rates=(0.1, 0.1), shown=1_000)
    assert paused(asked(alike, wish)) == ["7~2"]


def test_what_stays_is_told_of_in_the_pause_of_another():
    found = asked(converting([0.05, 0.1, 0.05], rates=(0.05, 0.04, 0.03)))
    assert (paused(found), advised(found)) == (["7~3"], [])
    assert found[0].evidence[-1].startswith("ad 2 lost its test but may bring")


@pytest.mark.parametrize("state", ["proposed", "expired", "rejected", "refused"])
def test_it_is_told_once(state):
    scene = converting([0.05, 0.1])
    told = done(asked(scene)[0], state, 1)
    assert asked(scene, actions=[told]) == []


@pytest.mark.parametrize("state", ["proposed", "expired"])
def test_what_was_told_does_not_hold_up_the_pause(state):
    scene = converting([0.05, 0.1])
    told = done(asked(scene)[0], state, 1)
    scene.levels["ad"][1].values["conversions"][1] *= 0.3
    assert paused(asked(scene, actions=[told])) == ["7~2"]


def test_the_longest_time_ends_the_test_and_the_next_one_begins():
    scene, wish = converting([0.05, 0.1]), playbook(longest_days=45)
    scene.lag = 5  # the test's last day is 54 days after what is seen begins, 45 after it began
    found = asked(scene, wish)
    assert [(change.subject.level, change.subject.field) for change in found] == [
        ("ad_group", "advice")
    ]
    assert "undecided after 45 days: ad 2 lost its test but may bring" in found[0].sentence
    assert asked(scene, wish, actions=[done(found[0], "proposed", 1)]) == []
    scene.lag = 0
    scene.levels["ad"][1].values["conversions"][1] *= 0.3
    assert paused(asked(scene, wish)) == ["7~2"]
    assert asked(scene, wish, actions=[done(found[0], "expired", 1)]) == [], "5 days are no test"


def test_an_account_without_conversions_is_advised_not_changed():
    scene = converting([0, 0])
    found = asked(scene)
    assert (paused(found), advised(found)) == ([], ["7~2"])
    assert found[0].after.startswith("Pause it if clicks are what you pay for. No conversions")
    assert "chance_to_be_best" not in found[0].numbers
    assert asked(scene, actions=[done(found[0], "expired", 1)]) == []


def test_conversions_that_were_never_pulled_are_none_that_are_known():
    scene = converting([0.1, 0.1])
    del scene.levels["ad"][1].values["conversions"]
    assert advised(asked(scene)) == ["7~2"]


def test_it_is_decided_once_the_conversions_of_its_days_have_arrived():
    scene = converting([0.4, 0.4])
    days = (AS_OF - asked(scene)[0].window_end).days

    def late(lag):
        return {1: {"impressions": 0, "clicks": 0, "conversions": lag}}

    assert [change.subject.entity_id for change in asked(scene, lags=late(days - 1))] == ["7~2"]
    assert asked(scene, lags=late(days)) == []


def test_without_conversions_there_is_nothing_to_wait_for():
    never = {1: {"impressions": 0, "clicks": 0, "conversions": 90}}
    assert advised(asked(converting([0, 0]), lags=never)) == ["7~2"]


def test_days_that_one_of_them_was_not_shown_say_nothing():
    scene = converting([0.4, 0.4], starts=[0, 20], shown=1_000)
    cube = scene.levels["ad"][1]
    cube.values["conversions"][0, :20] = 0  # a bad season that the second one did not have
    assert paused(asked(scene)) == ["7~2"]


def standing(scene, last=AS_OF):
    """How the first two ads stand."""
    situation = scene.situation()
    return MostConversions(situation).among(entities_of(situation.entities["ad"], "ad")[:2], last)


def test_figures_are_those_of_the_days_that_all_were_shown():
    scene = converting([0.1, 0.1], starts=[0, 20], unknown=[30])
    found, values = standing(scene), scene.levels["ad"][1].values
    days = [day for day in range(20, 60) if day != 30]
    assert found.days == len(days)
    assert found.counts.clicks == pytest.approx(values["clicks"][:, days].sum(axis=1))
    assert found.counts.conversions == pytest.approx(values["conversions"][:, days].sum(axis=1))


def test_ads_that_were_never_shown_together_have_the_same_chance():
    scene = converting([0.1, 0.1], starts=[0, 20])
    for name in ("impressions", "clicks", "conversions"):
        scene.levels["ad"][1].values[name][0, 20:] = 0
    assert standing(scene).chance == pytest.approx([0.5, 0.5], abs=0.03)


def test_other_groups_tell_how_far_ads_lie_apart():
    """A few conversions are believed where ads have been seen to differ."""
    own, others = [0.05, 0.065], 20
    near, far = [0.05] * 2 * others, [0.03, 0.1] * others
    chances = []
    for shares in (near, far):
        rows = [{"parent_id": str(7 + place // 2)} for place in range(2 + 2 * others)]
        scene = converting([*own, *shares], rates=[0.05] * len(rows), shown=40, rows=rows)
        chances.append(standing(scene).chance[1])
    assert chances[0] + 0.02 < chances[1]


@pytest.mark.parametrize(
    ("chance", "limit", "go"),
    [
        ([0.98, 0.012, 0.008], 0.02, [2]),  # together they would be as good as 2 %
        ([0.985, 0.009, 0.006], 0.02, [2, 1]),
        ([0.5, 0.3, 0.2], 0.02, []),
    ],
)
def test_losers_that_go_together_hardly_hold_the_best(chance, limit, go):
    test = AdTest((None,) * 3, "7", AS_OF, AS_OF, *np.ones((2, 3, 1)), 1, 0.5)
    decision = Decision(test, AS_OF, *np.ones((2, 3)), 0, np.zeros(3), 0.01, (1, 2))
    found = Standing(Counts(*np.ones((3, 3))), 9, np.array(chance))
    assert hardly_best(Lost(decision, (1, 2), (0, 1, 2), found), limit) == go
    unknown = Lost(decision, (1, 2), (0, 1, 2), None)
    assert hardly_best(unknown, limit) == []


def test_another_accounts_conversions_measure_nothing_here():
    scene = converting([0.1, 0.1])
    assert MostConversions(scene.situation()).measured(1)
    assert not MostConversions(scene.situation()).measured(2)
    assert not MostConversions(replace(scene.situation(), cubes={})).measured(1)
