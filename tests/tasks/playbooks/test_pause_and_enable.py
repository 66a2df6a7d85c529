from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from connectors.changes import Subject
from tests.tasks.playbooks.scene import AS_OF, NOW, Scene, acted, playbook

STATUS = Subject("campaign", "c1", "status")


def paused(*, campaign=None, status="enabled", finding=None, setting=None, **settings):
    scene = Scene()
    key = scene.add("campaign", "c1", campaign or {"spend": 10.0, "conversions": 1.0})
    scene.add("campaign", "c2", {"spend": 30.0, "conversions": 9.0})
    scene.find("campaign", key, **(finding or {}))
    scene.set(STATUS, status, **(setting or {}))
    return scene.propose(playbook("pause", **settings))


def test_what_a_check_found_is_paused():
    (found,) = paused()
    assert (found.before, found.after, found.subject) == ("enabled", "paused", STATUS)
    assert (found.check, found.verdict, found.owner) == ("a_check", "critical", "ann")
    assert (found.brand, found.process, found.currency, found.unit) == (
        "shop",
        "google_ads",
        "EUR",
        "",
    )
    assert found.name == "campaign c1"
    assert found.sentence == "It costs too much"
    assert found.restore_on is None
    assert found.undo
    assert found.risk
    assert found.expires_at == NOW + timedelta(days=3)


def test_the_playbook_s_own_owner_risk_and_times_count():
    (found,) = paused(
        owner="bob", risk="It is the brand", expires_after_days=5, judge_after_days=14
    )
    assert (found.owner, found.risk, found.judge_after_days) == (
        "bob",
        "It is the brand",
        14,
    )
    assert found.expires_at == NOW + timedelta(days=5)
    assert found.expected.days == 14


def test_a_pause_until_a_date_ends_on_it_and_none_begins_from_then_on():
    (found,) = paused(until=AS_OF + timedelta(days=3))
    assert (found.restore_on, found.expected.days) == (AS_OF + timedelta(days=3), 3)
    assert paused(until=AS_OF) == []
    with pytest.raises(ValidationError, match="days or until, not both"):
        paused(days=1, until=AS_OF)


def test_a_pause_for_days_says_when_it_ends_and_counts_those_days_only():
    (found,) = paused(days=1)
    assert found.restore_on == AS_OF + timedelta(days=1)
    assert found.expected.days == 1
    assert found.expected.value == pytest.approx(-10.0)


@pytest.mark.parametrize("status", ["paused", "removed"])
def test_what_does_not_run_is_not_paused(status):
    assert paused(status=status) == []


def test_what_lies_below_something_paused_is_not_paused():
    assert paused(setting={"parent_paused": True}) == []


def test_a_setting_that_was_not_read_is_left_alone():
    scene = Scene()
    scene.find("campaign", scene.add("campaign", "c1"))
    assert scene.propose(playbook("pause")) == []
    assert scene.places(playbook("pause")) == [(1, STATUS)]


def test_what_cannot_be_written_becomes_advice():
    (found,) = paused(setting={"fixed": "An experiment holds it."})
    assert found.subject == Subject("campaign", "c1", "advice", "a_pause")
    assert found.before == ""
    assert "An experiment holds it." in found.after
    assert found.expected is None
    assert found.undo == ""


@pytest.mark.parametrize(
    "finding",
    [
        {"check": "another_check"},
        {"verdict": "warning"},
        {"verdict": "unknown"},
        {"entity_key": 999},
        {"entity_key": None},
        {"account_key": None},
        {"account_key": 2},
    ],
)
def test_findings_that_are_not_meant_are_left_alone(finding):
    assert paused(finding=finding, verdicts=("critical",)) == []


def test_an_entity_that_is_gone_is_left_alone():
    scene = Scene()
    scene.find("campaign", scene.add("campaign", "c1", status="removed"))
    assert scene.places(playbook("pause")) == []


def test_the_numbers_say_which_figures_the_finding_rests_on():
    numbers = {"cpa": 80.0, "previous(conversions)": 2.0, "target(roas)": 3.0, "days": 7.0}
    (found,) = paused(finding={"numbers": numbers})
    assert found.metrics == ("conversions", "spend")
    assert found.numbers == numbers


def test_several_findings_on_one_entity_make_one_proposal_with_the_gravest():
    scene = Scene()
    key = scene.add("campaign", "c1")
    scene.find("campaign", key, verdict="warning", sentence="It is slow")
    scene.find("campaign", key, check="b_check", sentence="It burns money")
    scene.set(STATUS, "enabled")
    (found,) = scene.propose(playbook("pause", on=("a_check", "b_check")))
    assert (found.check, found.sentence) == ("b_check", "It burns money")
    assert "Also found: It is slow" in found.evidence


def test_the_larger_share_of_the_account_is_what_is_expected():
    (dear,) = paused(campaign={"spend": 30.0, "conversions": 1.0})
    assert dear.expected.metric == "spend"
    assert any("conversions −7" in line for line in dear.evidence)
    (good,) = paused(campaign={"spend": 10.0, "conversions": 9.0})
    assert good.expected.metric == "conversions"
    assert good.expected.value == pytest.approx(-63.0)
    assert any("spend −€70" in line for line in good.evidence)


def test_the_expected_range_comes_from_the_days_and_never_passes_zero():
    scene = Scene()
    key = scene.add("campaign", "c1", {"spend": 40.0}, ago=range(1, 91, 3))
    scene.find("campaign", key)
    scene.set(STATUS, "enabled")
    (found,) = scene.propose(playbook("pause"))
    effect = found.expected
    assert effect.low < effect.value < effect.high <= 0
    steady = paused()[0].expected
    assert steady.low == pytest.approx(steady.value) == pytest.approx(steady.high)


@pytest.mark.parametrize(
    "scene",
    [
        Scene(not_pulled=range(1, 85)),
        Scene(lags={1: {"spend": 0}}),
        Scene(lags={}),
        Scene(not_pulled=range(1, 91)),
    ],
)
def test_without_mature_days_nothing_is_estimated(scene):
    scene.find("campaign", scene.add("campaign", "c1", {"spend": 10.0}))
    scene.set(STATUS, "enabled")
    (found,) = scene.propose(playbook("pause"))
    assert found.expected is None
    assert any("No estimate" in line for line in found.evidence)


def test_immature_days_are_not_looked_at():
    scene = Scene()
    key = scene.add("campaign", "c1", {"spend": 10.0}, ago=range(6, 91))
    scene.days += [(key, ago, {"spend": 500.0}) for ago in range(1, 6)]
    scene.find("campaign", key)
    scene.set(STATUS, "enabled")
    (found,) = scene.propose(playbook("pause"))
    assert found.expected.value == pytest.approx(-70.0)


@pytest.mark.parametrize("level", ["ad_group", "ad", "keyword"])
def test_every_level_that_has_a_status_can_be_paused(level):
    scene = Scene()
    scene.find(level, scene.add(level, "g1~7"))
    subject = scene.set(Subject(level, "g1~7", "status"), "enabled")
    (found,) = scene.propose(playbook("pause"))
    assert (found.subject, found.campaign_id) == (subject, "c1")


@pytest.mark.parametrize("level", ["account", "search_term"])
def test_a_level_without_a_status_is_left_alone(level):
    scene = Scene()
    scene.find(level, scene.add(level, "x") if level != "account" else None)
    assert scene.places(playbook("pause")) == []


# --- enable ------------------------------------------------------------------------------------


def enabled(*actions, status="paused", **setting):
    scene = Scene(actions=actions)
    before = {"spend": 10.0, "conversions": 1.0}
    key = scene.add("campaign", "c1", before, ago=range(21, 91))
    scene.find("campaign", key)
    scene.set(STATUS, status, **setting)
    return scene.propose(playbook("enable"))


def our_pause(state="applied", **given):
    pause = replace(paused()[0], as_of=AS_OF - timedelta(days=20), **given)
    return acted(pause, state)


@pytest.mark.parametrize("state", ["applied", "verified", "judged"])
def test_what_we_paused_is_enabled(state):
    (found,) = enabled(our_pause(state))
    assert (found.before, found.after, found.subject) == ("paused", "enabled", STATUS)
    assert "Action 1 paused it on 2026-10-23" in found.evidence[0]
    assert found.expected.metric == "spend"
    assert found.expected.value == pytest.approx(70.0)  # of the days before the pause


@pytest.mark.parametrize(
    "actions",
    [
        (),
        (our_pause("drifted"),),
        (our_pause("undone"),),
        (our_pause("refused"),),
        (our_pause(before="paused", after="enabled"), our_pause()),
        (our_pause(account_key=2),),
        (our_pause(subject=Subject("campaign", "c2", "status")),),
    ],
)
def test_a_pause_of_somebody_else_is_only_spoken_of(actions):
    (found,) = enabled(*actions)
    assert found.subject == Subject("campaign", "c1", "advice", "a_enable")
    assert "somebody else paused it" in found.after


def test_a_pause_that_ends_by_itself_is_left_alone():
    assert enabled(our_pause(restore_on=AS_OF + timedelta(days=1))) == []
    assert len(enabled(our_pause(restore_on=AS_OF))) == 1


@pytest.mark.parametrize(
    ("status", "setting"),
    [("enabled", {}), ("removed", {}), ("paused", {"parent_paused": True})],
)
def test_nothing_is_enabled_that_runs_or_could_not_run(status, setting):
    assert enabled(our_pause(), status=status, **setting) == []


def test_our_pause_that_cannot_be_lifted_here_becomes_advice():
    (found,) = enabled(our_pause(), fixed="The campaign has ended.")
    assert found.after == "Enable it by hand: The campaign has ended."


def test_our_pause_that_was_judged_in_this_very_run_waits_for_the_next():
    """It may have drifted: a judgement takes the place of that, until it is looked after again."""
    judged = our_pause("judged")
    assert enabled(replace(judged, updated_at=NOW)) == []
    assert len(enabled(replace(judged, updated_at=NOW - timedelta(days=1)))) == 1
