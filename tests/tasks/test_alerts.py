"""One alert per brand, check and entity: opened once, told once, resolved when it is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.models import Owner
from connectors.base import Account
from connectors.records import AlertPlan, NewAlert, OpenAlert, Result
from connectors.warehouse import Warehouse
from tasks.alerts import (
    ACCOUNT_GONE,
    CHECK_GONE,
    ENTITY_GONE,
    OK_AGAIN,
    Scope,
    fingerprint,
    plan_alerts,
)
from tasks.run import Run

MONDAY = date(2026, 11, 2)
TUESDAY = MONDAY + timedelta(days=1)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OWNERS = {
    "ana": Owner(name="Ana", notify=("env:ANA_CHAT",)),
    "ops": Owner(name="Operations", notify=("env:OPS_CHAT", "env:OPS_MAIL")),
    "nobody": Owner(name="Nowhere"),
}
SCOPE = Scope(
    checks=frozenset({"cpa_high", "no_data", "spend_high"}),
    accounts=frozenset({1, 2}),
    judged=frozenset({1, 2}),
    latest_as_of=None,
    currencies={1: "EUR"},
)


def run(as_of: date = MONDAY) -> Run:
    return Run("run-1", "acme", "google_ads", as_of, NOON, ("main",), "http://ui.example/runs/1")


def result(verdict: str = "critical", **changes: object) -> Result:
    base = Result(
        check="cpa_high",
        level="campaign",
        entity_key=7,
        account_key=1,
        name="Brand Search",
        verdict="critical",
        kpi="cpa",
        unit="money",
        value=42.0,
        target=30.0,
        previous=31.5,
        window_start=MONDAY - timedelta(days=7),
        window_end=MONDAY - timedelta(days=1),
        sentence="CPA is 42",
        reason="",
        numbers={"spend": 840.0, "conversions": 20.0},
        owner="",
    )
    return replace(base, verdict=verdict, **changes)


def opened(alert: NewAlert, number: int = 1) -> OpenAlert:
    """Store a new alert as the warehouse does."""
    shared = {name: getattr(alert, name) for name in alert.__slots__ if name != "as_of"}
    return OpenAlert(
        alert_id=number,
        state="open",
        opened_at=NOON,
        last_seen_at=NOON,
        times_seen=1,
        opened_as_of=alert.as_of,
        last_as_of=alert.as_of,
        worst=alert.verdict,
        **shared,
    )


def stored(verdict: str = "critical", as_of: date = MONDAY, **changes: object) -> OpenAlert:
    plan = plan_alerts(run(as_of), [], [result(verdict)], OWNERS, SCOPE)
    return replace(opened(plan.opened[0]), **changes)


def apply(alerts: list[OpenAlert], plan: AlertPlan) -> list[OpenAlert]:
    """Apply a plan to alerts in memory by the rules of the warehouse."""
    state = {alert.fingerprint: alert for alert in alerts}
    for new in plan.opened:
        state.setdefault(new.fingerprint, opened(new, len(state) + 1))
    for update in plan.updated:
        alert = state[update.fingerprint]
        state[update.fingerprint] = replace(
            alert,
            verdict=update.verdict,
            worst=update.worst,
            last_as_of=update.as_of,
            times_seen=alert.times_seen + (update.as_of > alert.last_as_of),
        )
    for over in plan.resolved:
        state.pop(over.fingerprint)
    return list(state.values())


# --- opening and updating --------------------------------------------------------------------


def test_a_firing_check_opens_one_alert_and_tells_the_first_owner():
    plan = plan_alerts(run(), [], [result()], OWNERS, SCOPE)
    assert [alert.fingerprint for alert in plan.opened] == ["acme/cpa_high/campaign/1/7"]
    assert [(m.owner, m.destination, m.verdict) for m in plan.messages] == [
        ("ana", "env:ANA_CHAT", "critical")
    ]


@pytest.mark.parametrize("verdict", ["ok", "unknown"])
def test_what_does_not_fire_opens_nothing(verdict):
    assert plan_alerts(run(), [], [result(verdict)], OWNERS, SCOPE) == AlertPlan()


def test_an_alert_that_lasts_is_updated_and_not_told_again():
    plan = plan_alerts(run(TUESDAY), [stored()], [result(value=50.0)], OWNERS, SCOPE)
    assert [(u.value, u.as_of, u.worst) for u in plan.updated] == [(50.0, TUESDAY, "critical")]
    assert plan.opened == plan.resolved == plan.messages == ()


def test_rising_to_critical_is_told_again():
    plan = plan_alerts(run(TUESDAY), [stored("warning")], [result("critical")], OWNERS, SCOPE)
    assert [update.worst for update in plan.updated] == ["critical"]
    assert "NOW CRITICAL: Brand Search" in plan.messages[0].body_text
    assert "open since 2 Nov 2026" in plan.messages[0].body_text


def test_falling_to_warning_and_rising_back_is_not_told():
    fallen = plan_alerts(run(TUESDAY), [stored("critical")], [result("warning")], OWNERS, SCOPE)
    assert [(u.verdict, u.worst) for u in fallen.updated] == [("warning", "critical")]
    after = apply([stored("critical")], fallen)
    again = plan_alerts(run(TUESDAY), after, [result("critical")], OWNERS, SCOPE)
    assert fallen.messages == again.messages == ()


@pytest.mark.parametrize("state", ["acknowledged", "snoozed"])
def test_a_handled_alert_is_kept_up_to_date_but_not_sent_again(state):
    alert = stored("warning", state=state)
    plan = plan_alerts(run(TUESDAY), [alert], [result("critical")], OWNERS, SCOPE)
    assert len(plan.updated) == 1
    assert plan.messages == ()


# --- ending ----------------------------------------------------------------------------------


def test_ok_resolves_and_tells():
    plan = plan_alerts(run(TUESDAY), [stored()], [result("ok", value=25.0)], OWNERS, SCOPE)
    assert [(over.reason, over.as_of) for over in plan.resolved] == [(OK_AGAIN, TUESDAY)]
    assert "Resolved: Brand Search (cpa_high), open since 2 Nov 2026: ok again; €25.00" in (
        plan.messages[0].body_text
    )
    assert plan.messages[0].verdict == "ok"


def test_unknown_leaves_the_alert_as_it_was_last_judged():
    assert plan_alerts(run(TUESDAY), [stored()], [result("unknown")], OWNERS, SCOPE) == AlertPlan()


@pytest.mark.parametrize("results", [[], [result("ok")]])
def test_alerts_of_an_account_that_failed_are_left_alone(results):
    scope = replace(SCOPE, judged=frozenset({2}))
    assert plan_alerts(run(TUESDAY), [stored()], results, OWNERS, scope) == AlertPlan()


def test_a_failed_account_can_still_open_an_alert_about_its_failure():
    scope = replace(SCOPE, judged=frozenset({2}))
    failure = result("critical", check="no_data", level="account", entity_key=None)
    plan = plan_alerts(run(), [], [failure], OWNERS, scope)
    assert [alert.fingerprint for alert in plan.opened] == ["acme/no_data/account/1/"]


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        (SCOPE, ENTITY_GONE),
        (replace(SCOPE, checks=frozenset({"no_data"})), CHECK_GONE),
        (replace(SCOPE, accounts=frozenset({2}), judged=frozenset({2})), ACCOUNT_GONE),
    ],
)
def test_an_alert_that_can_never_be_judged_again_is_resolved_with_the_reason(scope, reason):
    plan = plan_alerts(run(TUESDAY), [stored()], [], OWNERS, scope)
    assert [over.reason for over in plan.resolved] == [reason]


def test_an_alert_of_another_process_is_not_over_because_this_one_does_not_check_it():
    alert = stored(process="facebook_ads")
    scope = replace(SCOPE, checks=frozenset())
    assert plan_alerts(run(TUESDAY), [alert], [], OWNERS, scope) == AlertPlan()


# --- time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("results", [[result()], [result("ok")], []])
def test_a_run_of_a_past_day_changes_nothing(results):
    scope = replace(SCOPE, latest_as_of=TUESDAY)
    assert plan_alerts(run(MONDAY), [], results, OWNERS, scope) == AlertPlan()
    assert plan_alerts(run(MONDAY), [stored(as_of=MONDAY)], results, OWNERS, scope) == AlertPlan()


def test_an_alert_seen_on_a_later_day_is_left_alone():
    alert = stored(as_of=TUESDAY)
    for results in ([result("ok")], [result("critical")], []):
        assert plan_alerts(run(MONDAY), [alert], results, OWNERS, SCOPE) == AlertPlan()


def test_two_runs_that_decide_the_same_make_the_same_message():
    first, second = (plan_alerts(run(), [], [result()], OWNERS, SCOPE) for _ in range(2))
    later = replace(run(), run_id="run-2", started_at=NOON + timedelta(minutes=1))
    third = plan_alerts(later, [], [result(value=43.0)], OWNERS, SCOPE)
    assert first == second
    assert first.messages[0].message_id == third.messages[0].message_id


def test_an_alert_that_opens_again_on_the_same_day_is_told_again():
    first = plan_alerts(run(), [], [result()], OWNERS, SCOPE)
    again = plan_alerts(run(), [], [result()], OWNERS, replace(SCOPE, alerts_so_far=1))
    assert first.messages[0].message_id != again.messages[0].message_id


# --- whom to tell ----------------------------------------------------------------------------


def test_each_owner_gets_one_message_per_way_to_be_reached():
    results = [
        result(),
        result(entity_key=8, owner="ops"),
        result(entity_key=9, owner="ops"),
        result(entity_key=10, owner="left_the_company"),
    ]
    plan = plan_alerts(run(), [], results, OWNERS, SCOPE)
    assert [(m.owner, m.destination) for m in plan.messages] == [
        ("ana", "env:ANA_CHAT"),
        ("ops", "env:OPS_CHAT"),
        ("ops", "env:OPS_MAIL"),
    ]
    assert len({m.message_id for m in plan.messages}) == 3
    assert "2 critical" in plan.messages[0].subject


def test_an_owner_who_cannot_be_reached_still_gets_a_message_into_the_outbox():
    plan = plan_alerts(run(), [], [result(owner="nobody")], OWNERS, SCOPE)
    assert [(m.owner, m.destination) for m in plan.messages] == [("nobody", "")]


def test_an_entity_judged_twice_by_one_check_has_one_alert_with_the_worse_verdict():
    twice = [result("warning"), result("critical"), result("ok")]
    plan = plan_alerts(run(), [], twice, OWNERS, SCOPE)
    assert [alert.verdict for alert in plan.opened] == ["critical"]


# --- with the warehouse that keeps them ------------------------------------------------------


@pytest.fixture
def warehouse(sqlite_url) -> Iterator[Warehouse]:
    with Warehouse(sqlite_url) as warehouse:
        yield warehouse


def judge(warehouse: Warehouse, verdict: str, day: int) -> list[OpenAlert]:
    """Run as the flow does: read, plan, apply; return what is open then."""
    account = Account("google_ads", "444", "Main", "EUR", "Europe/Berlin")
    key = warehouse.save_account("acme", "main", account, NOON)
    one = run(MONDAY + timedelta(days=day))
    scope = replace(
        SCOPE,
        accounts=frozenset({key}),
        judged=frozenset({key}),
        latest_as_of=warehouse.latest_as_of("acme", "google_ads"),
        alerts_so_far=warehouse.alerts_so_far("acme"),
    )
    found = result(verdict, level="account", entity_key=None, account_key=key)
    run_id = f"run-{day}"
    warehouse.start_run(run_id, "acme", "google_ads", one.as_of, None, NOON)
    plan = plan_alerts(one, warehouse.open_alerts("acme"), [found], OWNERS, scope)
    warehouse.apply_alerts(plan, NOON)
    warehouse.apply_alerts(plan, NOON)
    warehouse.finish_run(run_id, "ok", None, NOON)
    return warehouse.open_alerts("acme")


def waiting(warehouse: Warehouse) -> int:
    return len(warehouse.pending_messages("acme", NOON))


def test_an_alert_lives_in_the_warehouse_from_day_to_day(warehouse):
    story = [
        ("warning", 0, 1),
        ("warning", 0, 1),
        ("unknown", 1, 1),
        ("critical", 2, 2),
        ("warning", 3, 2),
        ("critical", 4, 2),
    ]
    for verdict, day, told in story:
        [alert] = judge(warehouse, verdict, day)
        assert waiting(warehouse) == told, f"{verdict} on day {day}"
    assert (alert.times_seen, alert.worst, alert.opened_as_of) == (4, "critical", MONDAY)
    assert judge(warehouse, "ok", 1) == [alert], "the past resolves nothing"
    assert judge(warehouse, "ok", 5) == []
    assert judge(warehouse, "critical", 2) == [], "the past opens nothing"
    assert waiting(warehouse) == 3


def test_an_alert_that_comes_back_on_the_same_day_is_told_each_time(warehouse):
    for told, verdict in enumerate(["critical", "ok", "critical", "ok"], start=1):
        judge(warehouse, verdict, 0)
        assert waiting(warehouse) == told


# --- laws ------------------------------------------------------------------------------------

VERDICTS = st.sampled_from(["ok", "warning", "critical", "unknown"])
RESULTS = st.lists(
    st.builds(
        result,
        VERDICTS,
        check=st.sampled_from(sorted(SCOPE.checks)),
        entity_key=st.sampled_from([None, 1, 2, 3]),
        account_key=st.sampled_from([1, 2]),
        name=st.text(max_size=200),
        owner=st.sampled_from(["", *OWNERS, "gone"]),
        value=st.none() | st.floats(allow_nan=True),
    ),
    max_size=12,
)
DAYS = st.lists(st.tuples(st.integers(0, 5), RESULTS), min_size=1, max_size=5)


def history(days: list[tuple[int, list[Result]]]) -> tuple[list[OpenAlert], list[AlertPlan]]:
    alerts: list[OpenAlert] = []
    plans = []
    for offset, results in days:
        plans.append(
            plan_alerts(run(MONDAY + timedelta(days=offset)), alerts, results, OWNERS, SCOPE)
        )
        alerts = apply(alerts, plans[-1])
    return alerts, plans


@settings(max_examples=25)
@given(DAYS)
def test_running_a_day_again_changes_and_tells_nothing(days):
    alerts, _ = history(days)
    offset, results = days[-1]
    again = plan_alerts(run(MONDAY + timedelta(days=offset)), alerts, results, OWNERS, SCOPE)
    assert (again.opened, again.resolved, again.messages) == ((), (), ())
    assert apply(alerts, again) == alerts


@settings(max_examples=25)
@given(RESULTS, st.randoms())
def test_the_order_of_results_does_not_matter(results, random):
    shuffled = random.sample(results, len(results))
    plan = plan_alerts(run(), [], results, OWNERS, SCOPE)
    assert repr(plan_alerts(run(), [], shuffled, OWNERS, SCOPE)) == repr(plan)  # NaN != NaN


@settings(max_examples=25)
@given(DAYS)
def test_every_firing_check_and_entity_has_exactly_one_open_alert(days):
    ordered = sorted(days, key=lambda pair: pair[0])
    alerts, _ = history(ordered)
    open_ones = [alert.fingerprint for alert in alerts]
    firing = {
        fingerprint("acme", one) for one in ordered[-1][1] if one.verdict in {"warning", "critical"}
    }
    assert len(open_ones) == len(set(open_ones))
    assert firing <= set(open_ones)


@settings(max_examples=25)
@given(DAYS)
def test_nothing_is_opened_or_resolved_without_being_told(days):
    _, plans = history(days)
    for plan in plans:
        assert bool(plan.opened or plan.resolved) <= bool(plan.messages)


@settings(max_examples=25)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=30, unique=True))
def test_messages_are_bounded(names):
    results = [
        result(entity_key=key, name=name * 9, sentence=name * 9) for key, name in enumerate(names)
    ]
    plan = plan_alerts(run(), [], results, OWNERS, SCOPE)
    over = plan_alerts(run(TUESDAY), [opened(new) for new in plan.opened], [], OWNERS, SCOPE)
    for message in (*plan.messages, *over.messages):
        assert len(message.subject) <= 120
        assert len(message.body_text) <= 3000
        assert len(message.body_html) <= 12000
        assert not set("\r\n\t\0") & set(message.subject)
