"""What goes into the ledger of actions, what comes out of it, and what is due."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.actions import GIVEN_UP, STATES, WAITING, Action, Effect
from connectors.changes import Subject
from connectors.warehouse import Decided

CPC = Subject("ad_group", "31", "cpc_bid")
NEGATIVE = Subject("campaign", "801", "negative_keyword", "exact:free shoes")


def test_an_action_comes_out_as_it_went_in(warehouse, record, propose, now):
    every = propose(
        subject=NEGATIVE,
        before="absent",
        after="present",
        unit="",
        numbers={"spend": 915.0, "share": 0.125},
        restore_on=date(2026, 11, 22),
        group="split",
        content={"cpc_bid": "0.50"},
        evidence=("20 clicks", "no conversion"),
        expected=None,
    )
    (action,) = warehouse.record(
        [Decided(every, "refused", "cool_down", "changed 2 days ago", {"days": 2})],
        run_id="r1", actor="run r1", now=now,
    )  # fmt: skip
    assert action == Action(
        action.action_id, every, "refused", 1, now, now, "cool_down", "changed 2 days ago"
    )
    assert warehouse.action(action.action_id) == action
    (event,) = warehouse.events(action.action_id)
    assert (event.at, event.state, event.actor) == (now, "refused", "run r1")
    assert (event.reason, event.explanation) == ("cool_down", "changed 2 days ago")
    assert event.details == {"days": 2}


def test_money_stays_exact_and_has_a_number_for_analysts(record, warehouse, rows):
    action = record(before=Decimal("0.10"), after=Decimal("1234567890123.05"))
    assert warehouse.action(action.action_id).proposal.after == Decimal("1234567890123.05")
    assert rows("SELECT value_before, number_before, value_after FROM actions") == [
        {"value_before": "0.1", "number_before": 0.1, "value_after": "1234567890123.05"}
    ]


def test_words_have_no_number(record, rows):
    record(subject=NEGATIVE, before="absent", after="present")
    assert rows("SELECT number_before, number_after FROM actions") == [
        {"number_before": None, "number_after": None}
    ]


def test_an_unknown_number_stays_unknown(record, warehouse):
    nan = float("nan")
    action = record(
        numbers={"cpa": nan, "spend": 1.0},
        expected=Effect("spend", "money", -7.0, nan, nan, 7),
    )
    stored = warehouse.action(action.action_id).proposal
    assert str(stored.numbers["cpa"]) == "nan"
    assert stored.numbers["spend"] == 1.0
    assert (stored.expected.value, str(stored.expected.low)) == (-7.0, "nan")


def test_details_keep_money_exact(warehouse, propose, now):
    decided = Decided(propose(), "approved", details={"limit": Decimal("10.50"), "on": now.date()})
    (action,) = warehouse.record([decided], run_id="r1", actor="run r1", now=now)
    (event,) = warehouse.events(action.action_id)
    assert event.details == {"limit": "10.5", "on": "2026-11-21"}


def test_a_naive_moment_is_refused(warehouse, propose, now):
    for changes, moment in (
        ({}, now.replace(tzinfo=None)),
        ({"expires_at": now.replace(tzinfo=None)}, now),
    ):
        with pytest.raises(ValueError, match="has no time zone"):
            warehouse.record(
                [Decided(propose(**changes), "proposed")], run_id="r", actor="r", now=moment
            )
    assert warehouse.actions() == []


def test_a_second_run_of_the_day_gets_the_action_as_it_now_is(record, walk, warehouse, now):
    first = record()
    approved = walk(first, "approved", now=now + timedelta(hours=1))
    assert record("approved", run_id="r2", sentence="in other words") == approved
    assert len(warehouse.actions()) == len(warehouse.events(first.action_id)) - 1 == 1


def test_another_proposal_for_the_subject_must_wait(record, warehouse):
    first = record()
    for other in (
        {"as_of": date(2026, 11, 22)},
        {"playbook": "cut_more"},
        {"process": "facebook_ads"},
        {"check": "spend_high"},
        {"after": Decimal(41)},
    ):
        second = record(run_id="r2", **other)
        assert second.action_id != first.action_id
        assert (second.state, second.reason) == ("refused", "pending_action")
        assert f"action {first.action_id} " in second.explanation
        assert warehouse.events(second.action_id)[0].reason == "pending_action"


def test_what_no_longer_waits_keeps_nobody_waiting(record, path_to, walk):
    for state in STATES:
        subject = Subject("campaign", state, "daily_budget")
        first = record("refused" if state == "refused" else "proposed", subject=subject)
        walk(first, *([] if state == "refused" else path_to(state)))
        second = record(run_id="r2", as_of=date(2026, 11, 22), subject=subject)
        assert second.state == ("refused" if state in WAITING else "proposed")


def test_of_two_in_one_run_one_waits(warehouse, propose, now):
    both = [Decided(propose(), "proposed"), Decided(propose(check="spend_high"), "approved")]
    first, second = warehouse.record(both, run_id="r1", actor="run r1", now=now)
    assert (first.state, second.state, second.reason) == ("proposed", "refused", "pending_action")


def test_the_same_proposal_twice_in_one_run_is_one_action(warehouse, propose, now):
    twice = [Decided(propose(), "proposed")] * 2
    first, second = warehouse.record(twice, run_id="r1", actor="run r1", now=now)
    assert first == second
    assert len(warehouse.actions()) == 1


def test_other_subjects_and_accounts_do_not_wait(warehouse, record, now):
    record()
    assert record(subject=CPC).state == "proposed"
    assert record(subject=Subject("campaign", "801", "status"), after="paused").state == "proposed"
    assert record(subject=Subject("campaign", "802", "daily_budget")).state == "proposed"


def test_what_was_refused_is_recorded_anew_when_it_passes(record, warehouse):
    refused = record("refused")
    assert record("refused", run_id="r2") == refused
    proposed = record(run_id="r3")
    assert (proposed.state, len(warehouse.actions())) == ("proposed", 2)
    assert record(run_id="r4") == proposed


def test_a_refusal_for_another_reason_is_another_action(warehouse, propose, now):
    def refuse(reason: str) -> Action:
        decided = Decided(propose(), "refused", reason)
        return warehouse.record([decided], run_id="r", actor="run r", now=now)[0]

    first, second = refuse("hours"), refuse("cool_down")
    assert [action.reason for action in warehouse.actions()] == ["cool_down", "hours"]
    assert refuse("cool_down") == second != first


def test_what_waits_in_vain_is_refused_once(record, warehouse):
    record()
    again = [record(run_id=f"r{i}", check="spend_high").action_id for i in range(3)]
    assert len({*again}) == 1


@pytest.mark.parametrize(("state", "anew"), [("expired", True), ("rejected", False)])
def test_what_expired_may_be_proposed_again_what_was_rejected_not(record, walk, state, anew):
    ended = walk(record(), state)
    assert (record(run_id="r2").action_id != ended.action_id) is anew


def test_a_failed_change_is_tried_no_more_that_day_but_a_failed_undo_is(record, walk):
    applied = walk(record(), "approved", "applying", "applied")
    undo = {"takes_back": applied.action_id, "before": Decimal(40), "after": Decimal(50)}
    failed = walk(record(**undo), "approved", "applying", "failed")
    assert record(run_id="r2", **undo).state == "proposed"
    other = walk(record(subject=CPC), "approved", "applying", "failed")
    assert record(subject=CPC, run_id="r2") == other
    assert failed.state == "failed"


def test_an_action_is_taken_back_once(record, walk):
    applied = walk(record(), "approved", "applying", "applied")
    undo = {"takes_back": applied.action_id, "before": Decimal(40), "after": Decimal(50)}
    taking = walk(record(**undo), "approved", "applying", "applied")
    again = record(run_id="r2", as_of=date(2026, 11, 22), **undo)
    assert (again.state, again.reason) == ("refused", "pending_action")
    assert again.explanation == (
        f"action {taking.action_id} takes action {applied.action_id} back already"
    )


def test_nothing_decided_is_nothing_recorded(warehouse, now):
    assert warehouse.record([], run_id="r", actor="run r", now=now) == []


def test_more_than_one_query_takes_are_recorded_in_order_and_answered_again(
    warehouse, propose, now, monkeypatch
):
    monkeypatch.setattr("connectors.warehouse.actions.VALUES_PER_QUERY", 100)
    decided = [
        Decided(propose(subject=Subject("keyword", f"31~{i}", "cpc_bid")), "proposed")
        for i in range(250)
    ]
    first = warehouse.record(decided, run_id="r1", actor="run r1", now=now)
    assert [action.proposal for action in first] == [each.proposal for each in decided]
    ids = [action.action_id for action in first]
    assert ids == sorted({*ids})
    assert warehouse.record(decided, run_id="r2", actor="run r2", now=now) == first
    assert warehouse.actions(limit=1) == [first[-1]]


def test_an_unknown_action_says_what_there_is(warehouse, record):
    with pytest.raises(LookupError, match="no action 7; it has none yet"):
        warehouse.action(7)
    last = record().action_id
    for ask in (warehouse.action, warehouse.events):
        with pytest.raises(LookupError, match=f"no action 7000; the last one is {last}"):
            ask(7000)


def test_actions_are_found_by_what_they_are(warehouse, propose, account_key, walk, now):
    def one(name: str, at: datetime, **changes) -> int:
        proposal = propose(subject=Subject("campaign", name, "daily_budget"), **changes)
        decided = [Decided(proposal, "proposed")]
        return warehouse.record(decided, run_id=name, actor="run", now=at)[0].action_id

    later = now + timedelta(hours=1)
    first, second = one("1", now), one("2", later, process="facebook_ads", playbook="raise")
    third = one("3", later, brand="umbrella")
    walk(warehouse.action(third), "rejected")

    def found(**wanted) -> list[int]:
        return [action.action_id for action in warehouse.actions(**wanted)]

    assert found() == [third, second, first]
    assert found(limit=2) == [third, second]
    assert found(brand="acme") == [second, first]
    assert found(brand="acme", process="google_ads") == [first]
    assert found(playbook="raise") == [second]
    assert found(states=["rejected", "judged"]) == [third]
    assert found(states=[]) == []
    assert found(since=later) == [third, second]
    assert found(account_key=account_key + 1) == []
    assert found(run_id="1") == [first]


def test_a_runs_changes_are_those_that_it_made_and_not_those_that_it_proposed(
    warehouse, record, walk, now
):
    """`walk` lets run r1 find out what became of an attempt."""

    def claim(action: Action, run_id: str) -> Action:
        return warehouse.claim_action(action.action_id, run_id=run_id, now=now)

    made = walk(claim(record("approved", run_id="a"), "b"), "applied")
    retried = walk(claim(record("approved", run_id="a", subject=CPC), "a"), "approved")
    retried = walk(claim(retried, "b"), "applied", "verified")
    for i, ends in enumerate([("failed",), ("approved",), ()]):
        subject = Subject("campaign", f"not {i}", "daily_budget")
        walk(claim(record("approved", run_id="a", subject=subject), "b"), *ends)
    assert warehouse.changed_by("b") == [retried, made]
    assert [warehouse.changed_by(run_id) for run_id in ("a", "r1")] == [[], []]


def test_a_change_stays_its_runs_when_another_run_has_taken_it_back(warehouse, record, walk, now):
    made = record("approved")
    claimed = warehouse.claim_action(made.action_id, run_id="b", now=now)
    walk(claimed, "applied")
    back = record("approved", takes_back=made.action_id, before=Decimal(40), after=Decimal(50))
    taking = walk(warehouse.claim_action(back.action_id, run_id="d", now=now), "applied")
    assert [one.state for one in warehouse.changed_by("b")] == ["undone"]
    assert warehouse.changed_by("d") == [taking]


def test_a_silent_workers_actions_are_found(warehouse, record, walk, now):
    action = walk(record(), "approved", "applying")
    walk(record(subject=CPC), "approved")
    assert warehouse.interrupted("acme", older_than=now) == []
    assert warehouse.interrupted("acme", older_than=now + timedelta(seconds=1)) == [action]
    assert warehouse.interrupted("umbrella", older_than=now + timedelta(days=1)) == []


def test_limits_count_what_was_done_whatever_became_of_it(
    warehouse, record, path_to, walk, account_key, now
):
    done = {}
    for i, state in enumerate(STATES):
        day = date(2026, 11, 1) + timedelta(i)
        if state != "refused":
            subject = Subject("campaign", str(i), "daily_budget")
            done[state] = walk(record(subject=subject, as_of=day), *path_to(state))
    found = {action.state for action in warehouse.done_since([account_key], now)}
    assert found == {"applied", "verified", "drifted", "judged", "undoing", "undone"}
    assert warehouse.done_since([account_key], now + timedelta(seconds=1)) == []
    assert warehouse.done_since([account_key + 1], now) == []
    assert warehouse.done_since([], now) == []


def test_a_change_counts_from_when_it_was_applied(warehouse, record, walk, account_key, now):
    earlier = now - timedelta(days=3)
    action = walk(walk(record(), "approved", "applying"), "applied", applied_at=earlier)
    assert action.applied_at == earlier
    assert warehouse.done_since([account_key], earlier) == [action]
    assert warehouse.done_since([account_key], earlier + timedelta(seconds=1)) == []


def test_restorations_are_due_on_their_day_until_one_waits(warehouse, record, walk, now):
    def due(days: int) -> list[int]:
        found = warehouse.due_restorations("acme", now.date() + timedelta(days))
        return [action.action_id for action in found]

    applied = walk(record(restore_on=now.date() + timedelta(1)), "approved", "applying", "applied")
    record(subject=CPC, restore_on=now.date())
    assert (due(0), due(1), due(9)) == ([], [applied.action_id], [applied.action_id])
    assert warehouse.due_restorations("umbrella", now.date() + timedelta(1)) == []
    back = {"takes_back": applied.action_id, "before": Decimal(40), "after": Decimal(50)}
    waits = record("approved", **back)
    assert due(1) == []
    walk(waits, "expired")
    assert due(1) == [applied.action_id]
    walk(record("approved", run_id="r2", **back), "applying", "applied")
    assert due(1) == []


def test_a_rejected_restoration_is_not_asked_for_again(warehouse, record, walk, now):
    applied = walk(record(restore_on=now.date()), "approved", "applying", "applied")
    assert warehouse.due_restorations("acme", now.date()) == [applied]
    walk(record(takes_back=applied.action_id), "rejected")
    assert warehouse.due_restorations("acme", now.date()) == []


@pytest.mark.parametrize("reason", GIVEN_UP)
def test_a_restoration_that_was_given_up_is_not_asked_for_again(
    warehouse, record, walk, now, reason
):
    day = now.date()
    applied = walk(record(restore_on=day), "approved", "applying", "applied")
    facts = {"takes_back": applied.action_id, "before": Decimal(40), "after": Decimal(50)}

    def due_after(why: str, as_of: date) -> list[Action]:
        walk(record(as_of=as_of, **facts), "refused", reason=why)
        return warehouse.due_restorations("acme", day + timedelta(99))

    assert due_after("month_spend", day) == [applied]
    assert due_after(reason, day - timedelta(1)) == [applied]  # a person's attempt before its day
    assert due_after(reason, day + timedelta(1)) == []


@pytest.mark.parametrize("state", ["applied", "verified", "drifted"])
def test_judgements_are_due_after_the_playbooks_days(warehouse, record, path_to, walk, now, state):
    action = walk(record(), *path_to(state))
    assert warehouse.due_judgements("acme", now.date() + timedelta(6)) == []
    assert warehouse.due_judgements("acme", now.date() + timedelta(7)) == [action]
    judged = walk(action, "judged")
    assert judged.judged == "improved"
    drifted = walk(judged, "drifted")
    assert drifted.judged == "improved"
    assert warehouse.due_judgements("acme", now.date() + timedelta(99)) == []


def test_what_takes_another_action_back_is_never_due_for_judgement(warehouse, record, walk, now):
    first = walk(record(), "approved", "applying", "applied")
    back = {"takes_back": first.action_id, "before": Decimal(40), "after": Decimal(50)}
    done = walk(record("approved", run_id="r2", **back), "applying", "applied")
    assert warehouse.action(done.action_id).state == "applied"
    assert warehouse.due_judgements("acme", now.date() + timedelta(99)) == []


def test_an_outcome_is_kept(warehouse, record, path_to, walk):
    outcome = Effect("cpa", "money", -4.0, -9.0, float("nan"), 7)
    action = walk(record(), *path_to("verified"))
    judged = walk(action, "judged", outcome=outcome)
    assert str(judged.outcome.high) == "nan"
    assert replace(judged.outcome, high=0.0) == replace(outcome, high=0.0)


def test_at_hand_is_what_is_recent_and_of_older_ones_what_is_not_over(warehouse, record, walk, now):
    def at_hand(since):
        return [one.action_id for one in warehouse.actions_at_hand("acme", since)]

    soon = now + timedelta(hours=1)
    old = walk(record(), "approved", "applying", "applied", "verified")
    paused = record(subject=CPC, restore_on=now.date() + timedelta(days=120))
    assert at_hand(now) == [paused.action_id, old.action_id]
    assert at_hand(soon) == []
    walk(paused, "approved", "applying", "applied")
    assert at_hand(soon) == [paused.action_id]
    assert warehouse.actions_at_hand("umbrella", now) == []
