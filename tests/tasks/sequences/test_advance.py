"""What a moment brings: caps and priorities, changed steps, arms, campaigns and their tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from config.mail import Cap, MailRules
from config.mail_sequences import Campaign, CampaignTest, SendHours, Sequence
from connectors.enrolments import MAY, NEVER, Entries, People, moment
from tasks.sequences.advance import advance
from tasks.sequences.arms import draw
from tasks.sequences.campaign_tests import Result, decide, least_sample
from tasks.sequences.campaigns import Audience, campaign_due
from tasks.sequences.crowd import Crowd
from tasks.sequences.hours import hours_of
from tasks.sequences.plans import plan_of, rules_of
from tasks.sequences.simulate import per_day, simulate, tick_of

NOW = datetime(2027, 1, 5, 10, tzinfo=UTC)
AT = int(NOW.timestamp())
RULES = MailRules(caps=(Cap(messages=1, days=1),))
TERMS = rules_of(RULES, "Europe/Berlin")
HELLO = {"id": "hello", "message": "t1"}
DAYS = {"id": "days", "wait": {"days": 3}}
MORE = {"id": "more", "message": "t2"}


def plan(*steps, name="welcome", earlier=None, **changes):
    body = {"title": "T", "objective": "O", "state": "running", "enters": {"event": "signup"}}
    written = Sequence.model_validate({**body, "steps": [*steps], **changes})
    return plan_of(name, written, RULES, earlier)


def crowd(*plans, people=3):
    keys = np.arange(1, people + 1)
    zone = np.zeros(people, np.int64)
    found = Crowd(
        "acme",
        keys,
        People(("UTC",), zone, np.full(people, MAY), np.full(people, NEVER)),
    )
    for it in plans:
        entry = tuple("signup" for _ in keys)
        rounds = np.ones(people, np.int64)
        found.enrol(Entries(it.name, it.version, it.steps[0].id, AT, keys, rounds, entry))
    return found


def tick(people, *plans, at=NOW):
    return tick_of({it.name: it for it in plans}, people, TERMS, at)


def test_of_two_messages_the_one_of_higher_priority_goes_and_the_other_waits_for_the_cap():
    low, high = plan(HELLO, name="low", priority=10), plan(HELLO, name="high", priority=90)
    people = crowd(low, high)
    assert {it.source for it in tick(people, low, high).messages} == {"high"}
    assert people.next_due() == AT + 86_400
    assert tick(people, low, high, at=NOW + timedelta(hours=23)).messages == ()
    later = tick(people, low, high, at=NOW + timedelta(days=1)).messages
    assert [(it.source, it.due_at) for it in later] == [("low", NOW)] * 3


def test_a_ramp_lets_the_first_ones_through_and_the_others_wait_for_the_next_day():
    own = plan(HELLO)
    people = crowd(own)
    _, came, beside = people.due(AT)
    moves = advance(came, {own.name: own}, beside, people.sent, NOW, TERMS, room=1)
    assert [it.person_key for it in moves.messages] == [1]
    morning = int(datetime(2027, 1, 6, 8, tzinfo=UTC).timestamp())
    assert moves.changes.due_at.tolist() == [morning] * 2
    assert moves.changes.planned_at.tolist() == [AT] * 2


def test_a_person_at_a_removed_message_goes_on_at_the_next_step_that_is_left():
    old = plan(HELLO, DAYS, {"id": "gone", "message": "t3"}, MORE)
    people = crowd(old)
    tick(people, old)  # hello goes out, and all wait for `gone`
    new = plan(HELLO, DAYS, MORE, earlier={old.version: ["hello", "days", "gone", "more"]})
    got = tick(people, new, at=NOW + timedelta(days=3)).messages
    assert {(it.step, it.template) for it in got} == {("more", "t2")}


@pytest.mark.parametrize(("changed", "state"), [("leave", "left"), ("restart", "active")])
def test_a_changed_sequence_does_what_it_says_to_people_inside(changed, state):
    old = plan(HELLO, DAYS, MORE)
    people = crowd(old)
    tick(people, old)
    new = plan(HELLO, MORE, changed=changed)
    moves = tick(people, new, at=NOW + timedelta(days=3))
    assert {*people.texts["state"]} == {state}
    assert [(it.step, it.round) for it in moves.messages] == (
        [("hello", 2)] * 3 if changed == "restart" else []
    )


def test_arms_are_drawn_by_their_shares_and_never_change():
    keys = np.random.default_rng(1).integers(1, 2**62, 20_000)
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    places = draw(keys, shares, "welcome", "half")
    assert np.allclose(np.bincount(places) / len(keys), [*shares.values()], atol=0.02)
    assert (draw(keys[::-1], shares, "welcome", "half")[::-1] == places).all()
    other = draw(keys, shares, "welcome", "second")
    assert abs(np.mean(places == other) - 0.38) < 0.02  # independent of each other


def test_who_is_let_go_by_a_condition_says_so():
    own = plan({"id": "rich", "when": "orders > 2", "otherwise": "leave"}, HELLO)
    people = crowd(own)
    figures = {"orders": np.array([5.0, 1.0, np.nan])}
    people.people = replace(people.people, figures=figures)
    assert [it.person_key for it in tick(people, own).messages] == [1]
    assert people.texts["state"].tolist() == ["finished", "left", "left"]


def test_a_simulation_sends_what_the_plan_says_and_counts_it():
    own = plan(HELLO, DAYS, MORE)
    found = simulate({own.name: own}, crowd(own), TERMS, NOW, 14)
    assert found["step"].tolist() == ["hello"] * 3 + ["more"] * 3
    assert {*found["at"]} == {NOW, NOW + timedelta(days=3)}
    assert per_day(found, "UTC")["messages"].tolist() == [3, 3]


CAMPAIGN = Campaign.model_validate(
    {
        "title": "Spring", "objective": "O", "state": "running", "segment": "all",
        "template": "spring", "send_at": "2027-01-05 09:00",
        "test": {
            "arms": {"a": {}, "b": {"subject": "Other"}}, "share": 0.4, "least": 100,
            "fallback": "a",
        },
    }
)  # fmt: skip


def audience(people=1000):
    zone = np.zeros(people, np.int64)
    return Audience(
        np.arange(1, people + 1),
        People(("America/New_York",), zone, np.full(people, MAY), np.full(people, NEVER)),
    )


def due(campaign, now, *winner):
    hours = hours_of(SendHours(), RULES)
    return campaign_due("acme", "spring", campaign, hours, audience(), now, TERMS, *winner)


def test_a_campaigns_test_goes_to_its_share_and_the_winner_to_the_others():
    at = datetime(2027, 1, 5, 14, tzinfo=UTC)  # 09:00 in New York; 09:00 in Berlin is quiet there
    first = due(CAMPAIGN, at).messages
    assert 300 < len(first) < 500
    assert abs(sum(it.arm == "a" for it in first) - len(first) / 2) < 60
    rest = due(CAMPAIGN, at, "b", at).messages
    others = {it.person_key for it in rest if it.person_key not in {x.person_key for x in first}}
    assert {it.arm for it in rest if it.person_key in others} == {"b"}
    assert len(rest) == 1000


def test_a_campaign_is_not_sent_early_nor_late():
    untested = CAMPAIGN.model_copy(update={"test": None, "local": True})
    nine = datetime(2027, 1, 5, 14, tzinfo=UTC)
    assert due(untested, nine - timedelta(seconds=1)).messages == ()
    assert len(due(untested, nine).messages) == 1000
    late = due(untested, nine + timedelta(days=3))
    assert (late.messages, len(late.skips)) == ((), 1000)


TEST = CampaignTest.model_validate({"arms": {"a": {}, "b": {"subject": "x"}}, "fallback": "a"})


@pytest.mark.parametrize(
    ("a", "b", "arm"),
    [((9000, 200), (9000, 300), "b"), ((9000, 300), (9000, 200), "a"),
     ((9000, 200), (9000, 201), "a"), ((50, 0), (50, 50), "a"), ((5000, 0), (5000, 0), "a")],
)  # fmt: skip
def test_a_test_ends_by_its_rule(a, b, arm):
    found = decide(TEST, {"a": Result(*a), "b": Result(*b)})
    assert found.arm == arm
    assert found.reason


def test_a_computed_sample_is_the_one_that_the_difference_takes():
    assert 2000 < least_sample(TEST) < 8000
    assert least_sample(TEST.model_copy(update={"least": 7})) == 7


def test_moments_are_whole_seconds():
    assert moment(AT) == NOW
