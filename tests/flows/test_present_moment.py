"""A change is decided on at the moment at which it is written, however long the reading took."""

from datetime import datetime, timedelta
from time import monotonic

import pytest
import sqlalchemy as sa

from connectors.actions import Action
from connectors.changes import PAUSED
from connectors.warehouse.action_tables import actions as table
from tasks.gate.delivery import CONVERSIONS, SPEND
from tasks.gate.permits import LONGEST
from tasks.steps import apply, decide
from tests.market import proposed_market, warehouse

LONG = timedelta(minutes=11)


@pytest.fixture
def market(tmp_path):
    with proposed_market(tmp_path) as market:
        yield market


@pytest.fixture
def pause(market) -> Action:
    """The pause of an ad, which waits."""
    with warehouse() as store:
        waiting = store.actions(brand="shop", process="google_ads", states=("proposed",))
    return next(
        one
        for one in waiting
        if one.proposal.subject.level == "ad" and one.proposal.after == PAUSED
    )


@pytest.fixture
def permits(monkeypatch) -> list[tuple[datetime, datetime]]:
    """When what was written was decided on, and when it was written; reading takes long."""
    seen: list[tuple[datetime, datetime]] = []
    passed: list[timedelta] = []
    reads, permits = apply.lags_of_brand, apply.permit

    def read(*asked):
        passed.append(LONG)
        return reads(*asked)

    def permit(action, decision, now):
        seen.append((decision.at, now))
        return permits(action, decision, now)

    def clock() -> float:
        return monotonic() + sum(passed, timedelta()).total_seconds()

    monkeypatch.setattr(apply, "lags_of_brand", read)
    monkeypatch.setattr(apply, "permit", permit)
    monkeypatch.setattr(apply, "monotonic", clock)
    return seen


def test_what_is_written_was_decided_on_after_all_was_read(pause, permits):
    [done] = decide.decide_action.fn(pause.action_id, "approve", "ana", "right", "", None)
    [(decided, now)] = permits
    assert done.state == "applied"
    assert decided >= done.created_at + LONG
    assert timedelta(0) <= now - decided <= LONGEST
    assert done.applied_at >= decided


def test_what_was_written_keeps_the_share_that_it_took_then(pause):
    with warehouse() as store, store.writing() as connection:
        one = sa.update(table).where(table.c.action_id == pause.action_id)
        connection.execute(one.values(numbers={"spend": 1.0}))
    [done] = decide.decide_action.fn(pause.action_id, "approve", "ana", "right", "", None)
    assert done.state == "applied"
    assert done.proposal.numbers == {"spend": 1.0} | {
        name: pause.proposal.numbers[name] for name in (SPEND, CONVERSIONS)
    }


def test_what_takes_back_keeps_the_share_that_it_takes_itself(pause):
    [done] = decide.decide_action.fn(pause.action_id, "approve", "ana", "right", "", None)
    assert {SPEND, CONVERSIONS} <= done.proposal.numbers.keys()
    [back] = decide.decide_action.fn(pause.action_id, "undo", "ana", "wrong", "", None)
    assert back.state == "applied"
    assert not {SPEND, CONVERSIONS} & back.proposal.numbers.keys()
