"""Runs, results, alerts and the outbox."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.base import RejectedError
from connectors.records import (
    AlertPlan,
    AlertResolution,
    AlertUpdate,
    Message,
    NewAlert,
    Result,
)

DAY = date(2026, 11, 21)
RESULT = Result(
    check="cpa_high",
    level="campaign",
    entity_key=None,
    account_key=None,
    name="Brand <US>",
    verdict="critical",
    kpi="cpa",
    unit="money",
    value=91.5,
    target=50.0,
    previous=None,
    window_start=date(2026, 11, 14),
    window_end=date(2026, 11, 20),
    sentence="CPA 91.50 against 50.00",
    reason="",
    numbers={"spend": 915.0, "conversions": 10.0},
    owner="performance",
)
NEW = NewAlert(
    "acme/cpa_high/1", "acme", "google_ads", "cpa_high", None, None, "Brand", "warning",
    "CPA 70", 70.0, 50.0, "performance", DAY,
)  # fmt: skip
AGAIN = AlertUpdate(
    NEW.fingerprint, "Brand", "critical", "CPA 91", 91.0, 50.0, "boss", DAY + timedelta(1),
    worst="critical",
)  # fmt: skip
OVER = AlertResolution(NEW.fingerprint, "CPA is 40 again", DAY + timedelta(2))


@pytest.fixture
def message(now) -> Message:
    return Message(
        "m1", "acme", "performance", "google_ads", "1 critical", "text", "<p>", "critical", now,
        destination="env:OPS",
    )  # fmt: skip


def test_a_rerun_replaces_the_results_of_its_day(warehouse, rows):
    other = replace(RESULT, check="ctr_low", verdict="unknown", value=float("nan"), reason="stale")
    warehouse.save_results("acme", "google_ads", DAY, "r1", [RESULT, other])
    warehouse.save_results("acme", "google_ads", DAY - timedelta(1), "r1", [RESULT])
    warehouse.save_results("acme", "google_ads", DAY, "r2", [other])
    kept = rows("SELECT as_of, check_name, value, run_id FROM check_results ORDER BY as_of")
    assert [tuple(row.values())[1:] for row in kept] == [
        ("cpa_high", 91.5, "r1"),
        ("ctr_low", None, "r2"),
    ]
    assert warehouse.results("acme", "google_ads", DAY) == [replace(other, value=None)]


def test_the_latest_results_are_of_each_processs_newest_day(warehouse, rows):
    warehouse.save_results("acme", "google_ads", DAY - timedelta(1), "r1", [RESULT, RESULT])
    warehouse.save_results("acme", "google_ads", DAY, "r2", [RESULT])
    warehouse.save_results("acme", "facebook_ads", DAY - timedelta(1), "r3", [RESULT])
    latest = rows("SELECT run_id, entity_name FROM latest_check_results ORDER BY run_id")
    assert [tuple(row.values()) for row in latest] == [("r2", RESULT.name), ("r3", RESULT.name)]


def test_a_run_has_a_beginning_and_an_end(warehouse, rows, now):
    warehouse.start_run("r1", "acme", "google_ads", DAY, None, now)
    warehouse.start_run("r1", "acme", "google_ads", DAY, "prefect-1", now)
    warehouse.finish_run("r1", "failed", "meta: token expired", now)
    (run,) = rows("SELECT state, error, prefect_run_id FROM runs")
    assert run == {"state": "failed", "error": "meta: token expired", "prefect_run_id": "prefect-1"}


def test_an_alert_opens_lasts_and_resolves(warehouse, now):
    later = now + timedelta(days=1)
    warehouse.apply_alerts(AlertPlan(opened=(NEW,)), now)
    warehouse.apply_alerts(AlertPlan(updated=(AGAIN,)), later)
    (alert,) = warehouse.open_alerts("acme", "google_ads")
    assert (alert.verdict, alert.worst, alert.value, alert.owner, alert.times_seen) == (
        "critical", "critical", 91.0, "boss", 2,
    )  # fmt: skip
    assert (alert.opened_at, alert.last_seen_at) == (now, later)
    assert (alert.opened_as_of, alert.last_as_of) == (DAY, DAY + timedelta(1))
    warehouse.apply_alerts(AlertPlan(resolved=(OVER,)), later)
    assert warehouse.open_alerts("acme") == []
    warehouse.apply_alerts(AlertPlan(opened=(replace(NEW, as_of=DAY + timedelta(9)),)), later)
    (reopened,) = warehouse.open_alerts("acme")
    assert (reopened.times_seen, reopened.alert_id != alert.alert_id) == (1, True)


@pytest.mark.parametrize(
    "plan",
    [AlertPlan(opened=(NEW,)), AlertPlan(updated=(AGAIN,)), AlertPlan(resolved=(OVER,))],
    ids=["opened", "updated", "resolved"],
)
def test_a_plan_applied_twice_changes_no_more(warehouse, rows, now, message, plan):
    plan = replace(plan, messages=(message,))
    warehouse.apply_alerts(AlertPlan(opened=(NEW,)), now)
    warehouse.apply_alerts(plan, now)
    once = rows("SELECT * FROM alerts"), rows("SELECT * FROM outbox")
    warehouse.apply_alerts(plan, now)
    assert (rows("SELECT * FROM alerts"), rows("SELECT * FROM outbox")) == once


def test_a_plan_is_applied_whole_or_not_at_all(warehouse, rows, now, message):
    broken = replace(message, message_id="m2", subject=None)
    with pytest.raises(RejectedError, match=r"(?i)null"):
        warehouse.apply_alerts(AlertPlan(opened=(NEW,), messages=(message, broken)), now)
    assert warehouse.open_alerts("acme") == []
    assert rows("SELECT * FROM outbox") == []


def test_a_message_is_claimed_once_and_delivered(warehouse, now, message):
    warehouse.apply_alerts(AlertPlan(messages=(message,)), now)
    assert warehouse.pending_messages("acme", now) == [message]
    assert warehouse.pending_messages("other", now) == []
    assert [warehouse.claim("m1", now) for _ in range(2)] == [True, False]
    warehouse.delivered("m1", now)
    much_later = now + timedelta(days=1)
    assert warehouse.pending_messages("acme", much_later) == []
    assert not warehouse.claim("m1", much_later)


def test_a_failed_message_waits_for_its_time(warehouse, rows, now, message):
    warehouse.apply_alerts(AlertPlan(messages=(message,)), now)
    warehouse.claim("m1", now)
    retry_at = now + timedelta(minutes=5)
    warehouse.failed("m1", "503", retry_at, now)
    assert warehouse.pending_messages("acme", now) == []
    assert warehouse.pending_messages("acme", retry_at) == [replace(message, attempts=1)]
    assert warehouse.claim("m1", retry_at)
    warehouse.failed("m1", "404", None, retry_at)
    assert warehouse.pending_messages("acme", now + timedelta(days=9)) == []
    assert rows("SELECT state, error, attempts FROM outbox") == [
        {"state": "given_up", "error": "404", "attempts": 2}
    ]


def test_a_claim_nobody_reported_lapses_and_is_in_doubt(warehouse, now, message):
    warehouse.apply_alerts(AlertPlan(messages=(message,)), now)
    warehouse.claim("m1", now)
    assert warehouse.pending_messages("acme", now + timedelta(minutes=9)) == []
    lapsed = now + timedelta(minutes=10)
    in_doubt = replace(message, attempts=1, in_doubt=True)
    assert warehouse.pending_messages("acme", lapsed) == [in_doubt]
    assert warehouse.claim("m1", lapsed)


def test_a_dead_senders_claims_can_be_released(warehouse, now, message):
    warehouse.apply_alerts(AlertPlan(messages=(message,)), now)
    warehouse.claim("m1", now)
    assert warehouse.release_claims("acme", now) == 0
    assert warehouse.release_claims("acme", now + timedelta(seconds=1)) == 1
    assert warehouse.pending_messages("acme", now) == [replace(message, attempts=1, in_doubt=True)]
