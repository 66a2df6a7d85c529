"""Who may be put into a mail service's list and taken out of it, and when?"""

from dataclasses import replace
from datetime import time

import pytest

from config.guardrails import Guardrails, Protected
from connectors.actions import Stop
from connectors.changes import Setting
from tasks.gate.passing import decide, refusals
from tasks.undoing import undo
from tests.tasks.gate.town import NOW, TODAY, account, action, audience, state

MOVE = audience(added=10, removed=5)


def reasons(asked, brand):
    return [refusal.reason for refusal in refusals(asked, brand)]


def explanation(asked, **changes):
    return decide([asked], state(asked, **changes))[0].explanation


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (audience(removed=20), []),
        (audience(removed=21), ["list_removal"]),
        (audience(1000, removed=201), ["list_removal"]),
        (audience(0, added=1000), []),
        (audience(3, removed=1), ["list_removal"]),
        (audience(100, added=90, removed=100), ["list_removal"]),  # others instead of all
        (audience(100, removed=100), ["list_removal", "list_emptied"]),
    ],
)
def test_a_fifth_of_a_list_may_go_at_once_and_never_all(asked, reason):
    assert reasons(asked, state(asked)) == reason


def test_a_refusal_tells_the_numbers_and_not_the_digests():
    assert explanation(audience(1200, removed=300)) == (
        "it would take 300 of 1,200 people out of the list, 25 % of at most 20 %"
    )
    whole = Guardrails(list_removal_percent=100)
    assert explanation(audience(7, removed=7), guardrails=whole) == (
        "nobody would be left of 7 people in the list"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"content": {"added": "10", "removed": "4", "segment": "lapsed"}},
        {"content": {"added": "-10", "removed": "5", "segment": "lapsed"}},
        {"content": {"segment": "lapsed"}},
        {"after": "absent"},
        {"before": "absent"},
        {"after": f"105:{'B' * 32}"},
        {"after": "many"},
    ],
)
def test_counts_and_values_that_do_not_fit_are_refused(changes):
    asked = replace(MOVE, **changes)
    assert reasons(asked, state(asked)) == ["invalid"]


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("stopped", {"stops": [Stop("shop", "mail", NOW, "ops", "a leak")]}),
        ("stopped", {"stops": [Stop("", "", NOW, "ops", "a leak")]}),
        ("mode", {"modes": {"push_lists": "observe"}}),
        ("hours", {"guardrails": Guardrails(hours=(time(12), time(20)))}),
        ("weekday", {"guardrails": Guardrails(weekdays=("MON",))}),
        ("actions_per_run", {"guardrails": Guardrails(actions_per_run=0)}),
        ("blocked_field", {"guardrails": Guardrails(blocked=("audience",))}),
        ("protected", {"guardrails": Guardrails(protected=(Protected(level="account"),))}),
        ("hold_off", {"accounts": {1: account(edits=None)}}),
        ("account_state", {"accounts": {1: account(status="paused")}}),
        ("stale", {"settings": {}}),
    ],
)
def test_the_usual_limits_hold(reason, changes):
    assert reasons(MOVE, state(MOVE, **changes)) == [reason]


def test_a_stop_of_all_posts_holds_no_list_back():
    assert reasons(MOVE, state(MOVE, stops=[Stop("shop", "posts", NOW, "ops", "bad news")])) == []


def test_a_list_that_moved_meanwhile_is_told_in_people():
    there = {(1, MOVE.subject): Setting(MOVE.subject, f"99:{'c' * 32}")}
    [refusal] = refusals(MOVE, state(MOVE, settings=there))
    assert refusal.reason == "moved"
    assert refusal.sentence == (
        "it is 99 people (cccccccc) now; the proposal was for 100 people (aaaaaaaa)"
    )


def test_lists_are_counted_one_by_one_and_change_once_a_day():
    other = audience(added=1, item="b1/49383")
    decided = decide([MOVE, other], state(MOVE, other))
    assert [one.reason for one in decided] == [None, None]
    done = action(7, audience(added=3), 0.01, judged=None, state="applied")
    assert reasons(MOVE, state(MOVE, actions=[done])) == ["changes_per_day"]
    assert reasons(other, state(other, actions=[done])) == []


def test_a_list_neither_cools_down_nor_waits_to_be_judged():
    """Whoever withdrew his consent yesterday leaves today."""
    done = action(7, audience(added=3), 1, judged=None, state="verified")
    assert reasons(MOVE, state(MOVE, actions=[done])) == []


@pytest.mark.parametrize("state_", ["proposed", "approved", "applying"])
def test_one_change_of_a_list_is_open_at_a_time(state_):
    waits = action(7, audience(added=3), 1, judged=None, state=state_, applied_at=None)
    assert "pending_action" in reasons(MOVE, state(MOVE, actions=[waits]))


def test_what_is_taken_back_may_go_as_far_as_it_came():
    """A list that was filled by mistake is emptied again."""
    filled = replace(audience(0, added=40), undo="taken out again")
    done = replace(action(7, filled, 0.1, judged=None), state="applied")
    back = undo(done, TODAY, NOW, why="the wrong list")
    assert reasons(back, state(back, actions=[done])) == []
    assert reasons(replace(back, takes_back=None), state(back)) == ["list_removal", "list_emptied"]
