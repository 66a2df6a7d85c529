"""How actions move: only along the steps, only as seen, and never without a trace."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.actions import DONE, STATES, STEPS, WAITING, Effect
from connectors.base import RejectedError
from connectors.changes import Subject
from connectors.warehouse import ChangedMeanwhileError, Decided


def judged(to: str) -> str | None:
    return "improved" if to == "judged" else None


@pytest.mark.parametrize("state", STATES)
def test_from_each_state_only_its_steps_can_be_taken(
    warehouse, record, path_to, walk, propose, now, state
):
    for i, to in enumerate(STATES):
        subject = Subject("campaign", f"{i}", "daily_budget")
        action = record("refused" if state == "refused" else "proposed", subject=subject)
        action = walk(action, *path_to(state)) if state != "refused" else action
        before = warehouse.events(action.action_id)
        step = {"version": action.version, "actor": "ops", "now": now, "judged": judged(to)}
        if to in STEPS[state]:
            moved = warehouse.move(action.action_id, to, **step)
            assert (moved.state, moved.version) == (to, action.version + 1)
            assert [event.state for event in warehouse.events(action.action_id)] == [
                *(event.state for event in before), to,
            ]  # fmt: skip
        else:
            with pytest.raises(ChangedMeanwhileError, match=f"is {state} and cannot become {to}"):
                warehouse.move(action.action_id, to, **step)
            assert warehouse.events(action.action_id) == before


def test_a_decision_on_an_older_version_is_refused(warehouse, record, now):
    action = record()
    decide = {"version": action.version, "now": now}
    moved = warehouse.move(action.action_id, "rejected", actor="Kim", **decide)
    attempts = [
        lambda: warehouse.move(action.action_id, "approved", actor="Lee", **decide),
        lambda: warehouse.approve(action.action_id, who="Lee", why="", needed=1, **decide),
        lambda: warehouse.edit(action.action_id, after=Decimal(45), who="Lee", why="", **decide),
    ]
    for attempt in attempts:
        with pytest.raises(ChangedMeanwhileError, match=r"is rejected by now \(version 2") as said:
            attempt()
        assert said.value.action == moved
    assert len(warehouse.events(action.action_id)) == 2


def test_a_step_keeps_its_words_and_facts(warehouse, record, walk, now):
    action = walk(record(), "approved", "applying")
    later = now + timedelta(minutes=5)
    moved = warehouse.move(
        action.action_id, "applied", version=action.version, actor="run r9", now=later,
        reason="already", explanation="it was 40 already", details={"request_id": "q1"},
        attempts=3, before=Decimal("49.50"),
    )  # fmt: skip
    assert (moved.reason, moved.explanation) == ("already", "it was 40 already")
    assert (moved.attempts, moved.proposal.before) == (3, Decimal("49.5"))
    assert (moved.updated_at, moved.applied_at, moved.created_at) == (later, later, now)
    event = warehouse.events(action.action_id)[-1]
    assert (event.actor, event.at, event.details) == ("run r9", later, {"request_id": "q1"})


def test_being_judged_needs_a_judgement(warehouse, record, path_to, walk, now):
    action = walk(record(), *path_to("verified"))
    with pytest.raises(ValueError, match="cannot be judged without a judgement"):
        warehouse.move(action.action_id, "judged", version=action.version, actor="run r", now=now)


def test_moving_what_does_not_exist_says_so(warehouse, now):
    with pytest.raises(LookupError, match="no action 5"):
        warehouse.move(5, "rejected", version=1, actor="Kim", now=now)
    with pytest.raises(LookupError, match="no action 5"):
        warehouse.claim_action(5, run_id="r", now=now)


def test_as_many_people_approve_as_are_needed(warehouse, record, now):
    action = record()
    half = warehouse.approve(
        action.action_id, version=1, who="Kim", why="looks right", now=now, needed=2
    )
    assert (half.state, half.version, half.approvals) == ("proposed", 2, ("Kim",))
    full = warehouse.approve(
        action.action_id, version=2, who="Lee", why="agreed", now=now, needed=2
    )
    assert (full.state, full.approvals) == ("approved", ("Kim", "Lee"))
    first, second = warehouse.events(action.action_id)[1:]
    assert (first.state, first.actor, first.explanation) == ("proposed", "Kim", "looks right")
    assert (second.state, second.details) == (
        "approved",
        {"approvals": ["Kim", "Lee"], "needed": 2},
    )


@pytest.mark.parametrize("again", ["Kim", " kim", "KIM "])
def test_nobody_approves_twice(warehouse, record, now, again):
    action = record()
    decide = {"why": "", "now": now, "needed": 2}
    warehouse.approve(action.action_id, version=1, who="Kim", **decide)
    with pytest.raises(RejectedError, match=r"has approved action .* needs another person"):
        warehouse.approve(action.action_id, version=2, who=again, **decide)
    assert warehouse.action(action.action_id).approvals == ("Kim",)


def test_whoever_decides_has_a_name(warehouse, record, now):
    with pytest.raises(RejectedError, match="say who decides"):
        warehouse.approve(record().action_id, version=1, who=" ", why="", now=now, needed=1)


def test_an_edit_voids_the_approvals_so_far(warehouse, record, now):
    action = record()
    warehouse.approve(action.action_id, version=1, who="Kim", why="", now=now, needed=2)
    edited = warehouse.edit(
        action.action_id, version=2, after=Decimal("45.50"), who="Lee", why="gently", now=now
    )
    assert (edited.state, edited.approvals) == ("proposed", ())
    assert edited.proposal.after == Decimal("45.5")
    event = warehouse.events(action.action_id)[-1]
    assert (event.actor, event.explanation) == ("Lee", "gently")
    assert (event.details["old"], event.details["new"]) == ("40", "45.5")
    assert event.details["void"] == ["Kim"]
    again = warehouse.approve(action.action_id, version=3, who="Kim", why="", now=now, needed=1)
    assert again.state == "approved"


def test_what_was_expected_of_the_old_value_is_not_expected_of_an_edited_one(
    warehouse, record, rows, now
):
    action = record()
    expected = action.proposal.expected
    edited = warehouse.edit(
        action.action_id, version=1, after=Decimal(45), who="Kim", why="", now=now
    )
    assert edited.proposal.expected is None
    assert rows("SELECT action_id FROM actions WHERE expected IS NULL")
    assert Effect(**warehouse.events(action.action_id)[-1].details["expected"]) == expected


def test_an_edited_proposal_is_found_again_by_the_next_run(warehouse, record, now):
    action = record()
    edited = warehouse.edit(
        action.action_id, version=1, after=Decimal(45), who="Kim", why="", now=now
    )
    assert record(run_id="r2") == edited


def test_an_edit_has_a_number_for_analysts(warehouse, record, rows, now):
    warehouse.edit(
        record().action_id, version=1, after=Decimal("45.50"), who="Kim", why="", now=now
    )
    assert rows("SELECT value_after, number_after FROM actions") == [
        {"value_after": "45.5", "number_after": 45.5}
    ]


@pytest.mark.parametrize(
    ("after", "message"),
    [("paused", "'paused' is no value of daily_budget"), (Decimal("40.000"), "wants 40 already")],
)
def test_an_edit_that_makes_no_sense_is_refused(warehouse, record, now, after, message):
    with pytest.raises(RejectedError, match=message):
        warehouse.edit(record().action_id, version=1, after=after, who="Kim", why="", now=now)


def test_what_is_decided_is_not_edited_or_approved(warehouse, record, now):
    action = record("approved")
    decide = {"version": action.version, "who": "Kim", "why": "", "now": now}
    for attempt in (
        lambda: warehouse.approve(action.action_id, needed=1, **decide),
        lambda: warehouse.edit(action.action_id, after=Decimal(45), **decide),
    ):
        with pytest.raises(ChangedMeanwhileError, match="only what is proposed can be decided on"):
            attempt()


def test_a_proposal_past_its_time_is_not_decided_on(warehouse, record, now):
    action = record()
    late = action.proposal.expires_at
    with pytest.raises(RejectedError, match=r"until 2026-11-24 06:00 UTC; wait for it"):
        warehouse.approve(action.action_id, version=1, who="Kim", why="", now=late, needed=1)
    assert (
        warehouse.claim_action(record("approved", subject=BID).action_id, run_id="r", now=late)
        is None
    )


BID = Subject("ad_group", "31", "cpc_bid")


def test_a_claim_says_what_is_intended(warehouse, record, now):
    action = record("approved")
    claimed = warehouse.claim_action(action.action_id, run_id="r7", now=now)
    assert (claimed.state, claimed.attempts, claimed.version) == ("applying", 1, 2)
    event = warehouse.events(action.action_id)[-1]
    assert (event.actor, event.details) == ("run r7", {"before": "50", "intended": "40"})
    assert warehouse.claim_action(action.action_id, run_id="r8", now=now) is None
    assert warehouse.action(action.action_id) == claimed


def test_each_claim_counts_an_attempt(warehouse, record, walk, now):
    action = record("approved")
    walk(warehouse.claim_action(action.action_id, run_id="r7", now=now), "approved")
    assert warehouse.claim_action(action.action_id, run_id="r8", now=now).attempts == 2


def test_nothing_is_claimed_while_a_stop_is_on(warehouse, record, walk, now):
    action = record("approved")
    for brand, process, stopped in (
        ("", "", True),
        ("acme", "", True),
        ("", "google_ads", True),
        ("acme", "google_ads", True),
        ("umbrella", "", False),
        ("acme", "facebook_ads", False),
    ):
        switch = {"brand": brand, "process": process, "who": "Kim", "why": "sale", "now": now}
        warehouse.stop(**switch)
        claimed = warehouse.claim_action(action.action_id, run_id="r", now=now)
        assert (claimed is None) is stopped, (brand, process)
        warehouse.release(**switch)
        if stopped:
            claimed = warehouse.claim_action(action.action_id, run_id="r", now=now)
        walk(claimed, "approved")


def test_what_nobody_decided_on_or_carried_out_expires(warehouse, record, walk, now):
    proposed, approved = record(), record("approved", subject=BID)
    applying = walk(
        record(subject=Subject("campaign", "9", "daily_budget")), "approved", "applying"
    )
    late = proposed.proposal.expires_at
    assert warehouse.expire("acme", late - timedelta(seconds=1)) == []
    assert warehouse.expire("umbrella", late) == []
    first, second = warehouse.expire("acme", late)
    assert [first.action_id, second.action_id] == [proposed.action_id, approved.action_id]
    assert first.explanation == "it was not decided on until 2026-11-24 06:00 UTC"
    assert second.explanation == "it was not carried out until 2026-11-24 06:00 UTC"
    assert warehouse.expire("acme", late) == []
    assert warehouse.action(applying.action_id) == applying


def take_back(action) -> dict[str, object]:
    proposal = action.proposal
    return {
        "takes_back": action.action_id,
        "before": proposal.after,
        "after": proposal.before,
        "subject": proposal.subject,
    }


def test_an_undo_moves_what_it_takes_back(warehouse, record, walk, now):
    applied = walk(record(), "approved", "applying", "applied")
    undo = record("approved", **take_back(applied))
    assert warehouse.action(applied.action_id).state == "applied"
    undo = warehouse.claim_action(undo.action_id, run_id="r2", now=now)
    assert warehouse.action(applied.action_id).state == "undoing"
    walk(undo, "applied")
    assert warehouse.action(applied.action_id).state == "undone"
    event = warehouse.events(applied.action_id)[-1]
    assert (event.state, event.details) == ("undone", {"by": undo.action_id})


@pytest.mark.parametrize("began", ["applied", "verified", "drifted", "judged"])
def test_an_undo_that_fails_leads_back_to_where_it_began(
    warehouse, record, path_to, walk, now, began
):
    words = {"reason": "drifted", "explanation": "it is 45 now"} if began == "drifted" else {}
    *way, last = path_to(began)
    for end in ("failed", "refused", "expired", "approved"):
        done = record(subject=Subject("campaign", end, "daily_budget"))
        done = walk(walk(done, *way), last, **words)
        undo = record("approved", **take_back(done))
        walk(warehouse.claim_action(undo.action_id, run_id="r2", now=now), end)
        after = warehouse.action(done.action_id)
        assert (after.state, after.reason, after.explanation, after.judged) == (
            done.state, done.reason, done.explanation, done.judged,
        )  # fmt: skip


def test_an_undo_of_what_cannot_be_undone_is_refused_when_it_is_claimed(
    warehouse, record, walk, now
):
    failed = walk(record(), "approved", "applying", "failed")
    undo = record("approved", **take_back(failed))
    assert warehouse.claim_action(undo.action_id, run_id="r2", now=now) is None
    refused = warehouse.action(undo.action_id)
    assert (refused.state, refused.reason, refused.attempts) == ("refused", "no_change", 0)
    assert refused.explanation == f"action {failed.action_id} is failed: nothing to take back"
    assert warehouse.action(failed.action_id) == failed


def test_an_undo_can_be_undone(warehouse, record, walk):
    first = walk(record(), "approved", "applying", "applied")
    second = walk(record(**take_back(first)), "approved", "applying", "applied")
    third = walk(record(**take_back(second)), "approved", "applying", "applied")
    states = [warehouse.action(a.action_id).state for a in (first, second, third)]
    assert states == ["undone", "undone", "applied"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE action_events SET actor = 'somebody else'",
        "DELETE FROM action_events",
        "DELETE FROM action_events WHERE version = 1",
    ],
)
def test_the_database_refuses_to_change_history(warehouse, record, rows, statement):
    record()
    before = rows("SELECT * FROM action_events")
    with pytest.raises(RejectedError, match="only ever added"), warehouse.writing() as connection:
        connection.execute(sa.text(statement))
    assert rows("SELECT * FROM action_events") == before


def test_the_database_refuses_to_replace_or_cut_off_history(warehouse, record, rows):
    record()
    before = rows("SELECT * FROM action_events")
    columns = "event_id, action_id, version, at, state, actor, reason, explanation, details"
    statements = [
        f"INSERT OR REPLACE INTO action_events ({columns}) "  # noqa: S608, our own
        f"SELECT {shifted} FROM action_events"
        for shifted in (columns.replace("event_id", "event_id + 1", 1), columns)
    ]
    for statement in statements if warehouse.sqlite else ["TRUNCATE action_events"]:
        with pytest.raises(RejectedError, match="only ever added"), warehouse.writing() as writing:
            writing.execute(sa.text(statement))
    assert rows("SELECT * FROM action_events") == before


def test_the_database_refuses_a_second_one_that_waits(warehouse, record, walk):
    ended = walk(record(), "rejected")
    record(run_id="r2", check="spend_high")
    with pytest.raises(RejectedError, match=r"uq_actions_waiting|UNIQUE"):  # noqa: SIM117
        with warehouse.writing() as connection:
            connection.execute(
                sa.text("UPDATE actions SET state = 'proposed' WHERE action_id = :key"),
                {"key": ended.action_id},
            )


acts = st.lists(
    st.tuples(
        st.sampled_from(["record", "undo", "approve", "edit", "claim", "expire", *STATES]),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=acts)
def test_whatever_is_tried_the_ledger_keeps_its_laws(warehouse, propose, now, acts):
    known = {event for action in warehouse.actions() for event in history(warehouse, action)}
    first = max((action.action_id for action in warehouse.actions()), default=0) + 1
    for number, (act, which) in enumerate(acts):
        mine = [action for action in warehouse.actions() if action.action_id >= first]
        action = mine[which % len(mine)] if mine else None
        with suppress(RejectedError):
            attempt(
                warehouse, propose, act, f"{first}-{which}", action, now + timedelta(hours=number)
            )
        events = {event for action in warehouse.actions() for event in history(warehouse, action)}
        assert known <= events
        known = events
    keep_laws([action for action in warehouse.actions() if action.action_id >= first])
    for action in warehouse.actions():
        states = [event.state for event in warehouse.events(action.action_id)]
        assert all(b in STEPS[a] or a == b == "proposed" for a, b in pairwise(states))
        assert (states[-1], len(states)) == (action.state, action.version)
    warehouse.expire("acme", now + timedelta(days=400))


def history(warehouse, action) -> list[tuple[object, ...]]:
    return [
        (event.event_id, event.at, event.state, event.actor)
        for event in warehouse.events(action.action_id)
    ]


def attempt(warehouse, propose, act, which, action, now) -> None:
    subject = Subject("campaign", which, "daily_budget")
    made = {"as_of": now.date(), "expires_at": now + timedelta(hours=9), "subject": subject}
    if act == "record":
        proposal = propose(after=Decimal(now.hour + 1), **made)
        warehouse.record([Decided(proposal, "proposed")], run_id="r", actor="run r", now=now)
    elif act == "expire":
        warehouse.expire("acme", now)
    elif action is None:
        return
    elif act == "undo":
        proposal = propose(**made | take_back(action))
        warehouse.record([Decided(proposal, "approved")], run_id="r", actor="run r", now=now)
    elif act == "approve":
        warehouse.approve(
            action.action_id, version=action.version, who=which, why="", now=now, needed=2
        )
    elif act == "edit":
        after = Decimal(60 + now.hour)
        warehouse.edit(
            action.action_id, version=action.version, after=after, who="Kim", why="", now=now
        )
    elif act == "claim":
        warehouse.claim_action(action.action_id, run_id="r", now=now)
    else:
        warehouse.move(
            action.action_id, act, version=action.version, actor="ops", now=now, judged=judged(act)
        )


def keep_laws(actions) -> None:
    waiting = [a.proposal.subject for a in actions if a.state in WAITING]
    assert len(waiting) == len({*waiting})
    taking = [a for a in actions if a.proposal.takes_back and a.state in (*WAITING, *DONE)]
    assert len(taking) == len({a.proposal.takes_back for a in taking})
    assert all((a.applied_at is not None) == (a.state in DONE) for a in actions)
