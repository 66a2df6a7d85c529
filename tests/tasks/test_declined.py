"""A person's no holds for a while; what ended by itself is no no."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.declined import REMEMBERED, not_declined
from tests.tasks.gate.town import NOW, TODAY, action, enable, money, pause


def ended(state, days_ago=1.0, **changes):
    return replace(action(7, pause(**changes), days_ago), state=state)


@pytest.mark.parametrize("state", ["rejected", "undone"])
def test_what_a_person_declined_is_left_out_with_the_action_that_says_so(state):
    no = ended(state)
    kept, left_out = not_declined([pause(), money("100", "80")], [no], NOW)
    assert kept == [money("100", "80")]
    assert left_out == [(pause(), no)]


@pytest.mark.parametrize(
    "ended_otherwise",
    [
        ended("expired"),
        ended("judged"),
        ended("rejected", REMEMBERED / timedelta(days=1)),
        ended("rejected", playbook="another"),
        ended("rejected", entity_id="c2"),
        ended("rejected", takes_back=3),
    ],
)
def test_anything_else_stands_in_nobodys_way(ended_otherwise):
    assert not_declined([pause()], [ended_otherwise], NOW) == ([pause()], [])


@pytest.mark.parametrize(("taken_back_on", "declined"), [(0, False), (1, False), (-1, True)])
def test_what_came_back_on_its_day_nobody_took_back(taken_back_on, declined):
    for_a_day = ended("undone", restore_on=TODAY)
    day = TODAY + timedelta(days=taken_back_on)
    back = replace(action(8, enable(takes_back=7, as_of=day), 0.5), state="verified")
    tried = replace(action(9, enable(takes_back=7, as_of=TODAY - timedelta(3)), 3), state="refused")
    _, left_out = not_declined([pause()], [back, for_a_day, tried], NOW)
    assert bool(left_out) is declined


def test_a_no_to_a_pause_for_a_day_holds_like_any_other():
    no = ended("rejected", restore_on=TODAY + timedelta(days=1))
    assert not_declined([pause()], [no], NOW) == ([], [(pause(), no)])
