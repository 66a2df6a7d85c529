"""What happened since a moment, to alerts and to actions."""

from datetime import date, timedelta

import pytest

from connectors.changes import Subject
from connectors.records import AlertPlan, AlertResolution, NewAlert

DAY = date(2026, 11, 21)


def alert(fingerprint):
    return NewAlert(
        fingerprint, "acme", "google_ads", "cpa_high", None, None, "Brand", "warning", "CPA 70",
        70.0, 50.0, "performance", DAY,
    )  # fmt: skip


@pytest.fixture
def later(now):
    return now + timedelta(hours=1)


def test_alerts_that_were_opened_and_resolved(warehouse, now, later):
    warehouse.apply_alerts(AlertPlan(opened=(alert("a"), alert("b"))), now)
    warehouse.apply_alerts(AlertPlan(resolved=(AlertResolution("a", "fine", DAY),)), later)
    found = warehouse.alert_turns("acme", "google_ads", now)
    assert [(turn.fingerprint, turn.turned, turn.at, turn.why) for turn in found] == [
        ("a", "opened", now, ""),
        ("b", "opened", now, ""),
        ("a", "resolved", later, "fine"),
    ]
    assert (found[0].check, found[0].value, found[0].target) == ("cpa_high", 70.0, 50.0)
    assert [turn.turned for turn in warehouse.alert_turns("acme", "google_ads", later)] == [
        "resolved"
    ]
    assert warehouse.alert_turns("acme", "facebook_ads", now) == []
    assert warehouse.alert_turns("other", "google_ads", now) == []


def test_entries_of_actions_with_the_action_as_it_is_now(warehouse, record, now, later):
    first = record("proposed", subject=Subject("campaign", "1", "daily_budget"))
    record("proposed", subject=Subject("campaign", "2", "daily_budget"))
    brand, process = first.proposal.brand, first.proposal.process
    warehouse.move(first.action_id, "rejected", version=1, actor="Kim", now=later)
    found = warehouse.action_turns(brand, process, now)
    few = warehouse.action_turns(brand, process, now, states=("rejected", "proposed"), most=2)
    assert [event.state for _, event in few] == ["rejected", "proposed"]
    assert [(event.state, action.state) for action, event in found] == [
        ("proposed", "rejected"),
        ("proposed", "proposed"),
        ("rejected", "rejected"),
    ]
    ((_, event),) = warehouse.action_turns(brand, process, later)
    assert (event.action_id, event.state, event.actor) == (first.action_id, "rejected", "Kim")
    assert warehouse.action_turns(brand, "another", now) == []


def test_the_last_run_that_ended(warehouse, now, later):
    def begin(run_id, at, ends=True, process="google_ads"):
        warehouse.start_run(run_id, "acme", process, DAY, None, at)
        if ends:
            warehouse.finish_run(run_id, "failed", None, at)

    assert warehouse.last_finished("acme", "google_ads", but="mine") is None
    begin("first", now)
    begin("broken", later, ends=False)
    begin("foreign", later, process="facebook_ads")
    begin("mine", later)
    assert warehouse.last_finished("acme", "google_ads", but="mine") == now
