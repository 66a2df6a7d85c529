"""Stages of a customer's life: the table of rules, line by line and at its edges."""

import numpy as np
import pytest

from config.mail import Lifecycle
from tasks.customers.stages import NONE, STAGES, stages

RULES = Lifecycle(new_days=30, at_risk_days=90, lapsed_days=180)
NEVER = np.nan


def stage(first, last, back=NEVER, *, subscribed=True):
    values = [np.array([value], float) for value in (first, last, back)]
    code = stages(*values, np.array([subscribed]), RULES)[0]
    return None if code == NONE else STAGES[code]


@pytest.mark.parametrize(
    ("first", "last", "back", "expected"),
    [
        (NEVER, NEVER, NEVER, "subscriber"),
        (0, 0, NEVER, "new"),
        (30, 30, NEVER, "new"),
        (30, 2, NEVER, "new"),
        (31, 31, NEVER, "active"),
        (900, 90, NEVER, "active"),
        (900, 91, NEVER, "at_risk"),
        (900, 180, NEVER, "at_risk"),
        (900, 181, NEVER, "lapsed"),
        (900, 30, 30, "won_back"),
        (900, 1, 30, "won_back"),
        (900, 31, 31, "active"),
        (900, 200, 300, "lapsed"),
    ],
)
def test_the_table(first, last, back, expected):
    assert stage(first, last, back) == expected


def test_whoever_has_not_agreed_and_never_ordered_is_in_no_stage():
    assert stage(NEVER, NEVER, subscribed=False) is None


def test_a_customer_is_what_his_orders_say_whatever_he_agreed_to():
    assert stage(900, 5, subscribed=False) == "active"


def test_a_new_customer_may_be_back_already_where_the_days_are_so():
    rules = Lifecycle(new_days=365, at_risk_days=40, lapsed_days=60)
    found = stages(*(np.array([value], float) for value in (200, 5, 5)), np.array([True]), rules)
    assert STAGES[found[0]] == "won_back"


def test_everybody_who_ordered_is_in_a_stage():
    draw = np.random.default_rng(1)
    last = draw.integers(0, 400, 10_000).astype(float)
    first = last + draw.integers(0, 400, 10_000)
    back = np.where(draw.random(10_000) < 0.5, draw.uniform(last, first), np.nan)
    found = stages(first, last, back, np.zeros(10_000, bool), RULES)
    assert set(np.unique(found)) == {STAGES.index(it) for it in STAGES if it != "subscriber"}
