"""Permits are made in one place, of what the gate has just let through."""

import ast
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import tasks
from connectors.changes import Change, Permit, Subject
from tasks.applying import PATIENCE
from tasks.gate.passing import decide
from tasks.gate.permits import LONGEST, permit
from tests.tasks.gate.town import NOW, action, money, proposal, state

ASKED = money("100", "90", content={"why": "x"})
ACTION = action(7, ASKED, 0, state="approved", judged=None, applied_at=None)
[PASSED] = decide([ACTION], state(ASKED, actions=[ACTION]))
ROOT = Path(tasks.__file__).parents[1]


def test_a_permit_names_the_change_and_its_action():
    change = Change(ASKED.subject, Decimal(100), Decimal(90), {"why": "x"})
    assert permit(ACTION, PASSED, NOW) == Permit(change, 7, NOW)
    applying = replace(ACTION, state="applying", version=9)
    assert permit(applying, PASSED, NOW + LONGEST).action_id == 7


@pytest.mark.parametrize(
    ("one", "decision", "later", "message"),
    [
        (ACTION, replace(PASSED, reason="hours", explanation="late"), 0, "refused: hours, late"),
        (replace(ACTION, action_id=8), PASSED, 0, "something else"),
        (replace(ACTION, proposal=money("100", "80")), PASSED, 0, "something else"),
        (ACTION, replace(PASSED, asked=ASKED), 0, "something else"),
        (ACTION, PASSED, LONGEST.total_seconds() + 1, "ask the gate again"),
        (ACTION, PASSED, -1, "ask the gate again"),
        (replace(ACTION, state="proposed"), PASSED, 0, "is proposed"),
        (replace(ACTION, state="applied"), PASSED, 0, "is applied"),
        (ACTION, replace(PASSED, two_people=True), 0, "two people"),
        (
            replace(ACTION, approvals=("one", "one")),
            replace(PASSED, two_people=True),
            0,
            "two people",
        ),
    ],
)
def test_nothing_else_gets_one(one, decision, later, message):
    with pytest.raises(ValueError, match=message):
        permit(one, decision, NOW + timedelta(seconds=later))


def test_what_is_in_time_for_the_round_is_in_time_for_a_permit():
    """A round sends what it has claimed within its patience, and decides after it has claimed."""
    assert permit(ACTION, PASSED, NOW + PATIENCE).passed_at == NOW + PATIENCE


def test_two_people_are_enough():
    both = replace(ACTION, approvals=("one", "two"))
    assert permit(both, replace(PASSED, two_people=True), NOW).action_id == 7


def test_advice_gets_none():
    subject = Subject("campaign", "c1", "advice", "a")
    one = replace(ACTION, proposal=proposal(subject, "", "Look."))
    [decision] = decide([one], state(actions=[one]))
    assert decision.passed
    with pytest.raises(ValueError, match="advice"):
        permit(one, decision, NOW)


def test_no_other_place_makes_permits():
    makers = set()
    for folder in ("config", "connectors", "tasks", "flows", "deployments"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if "Permit" in text and any(map(_makes_permit, ast.walk(ast.parse(text)))):
                makers.add(file.relative_to(ROOT).as_posix())
    assert makers == {"tasks/gate/permits.py"}


def _makes_permit(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "id", getattr(called, "attr", "")) == "Permit"
