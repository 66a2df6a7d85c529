"""Changes that are one decision are approved, rejected and taken back as a whole."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from connectors.actions import Action
from connectors.base import RejectedError
from connectors.changes import PAUSED
from connectors.sandbox.demo import DEMO_TODAY
from connectors.warehouse import ChangedMeanwhileError
from connectors.warehouse.action_tables import actions as table
from deployments.cli import main
from flows.google_ads import google_ads
from tasks.steps import apply, decide
from tasks.steps.apply import Round
from tests.market import proposed_market, warehouse

GROUP = "shop:tried:2026-11-12"


@pytest.fixture
def sandbox(tmp_path):
    with proposed_market(tmp_path) as market:
        yield market


@pytest.fixture
def parts(sandbox) -> list[int]:
    """Three pauses of ads that wait, made one decision."""
    with warehouse() as store:
        ads = [
            one.action_id
            for one in store.actions(brand="shop", states=("proposed",))
            if one.proposal.subject.level == "ad" and one.proposal.after == PAUSED
        ]
        chosen = sorted(ads)[:3]
        group = sa.update(table).where(table.c.action_id.in_(chosen)).values(group_name=GROUP)
        with store.writing() as connection:
            connection.execute(group)
    return chosen


def decided(part: int, decision: str, who: str = "ana", version=None) -> list[Action]:
    return decide.decide_action.fn(part, decision, who, "looks right", "", version)


def states(parts) -> list[str]:
    with warehouse() as store:
        return [store.action(part).state for part in parts]


def written(market) -> list[str]:
    return [edit.new["status"] for edit in market.writes if edit.outcome == "accepted"]


def version_of(part: int) -> int:
    with warehouse() as store:
        return decide.whole_of(store, store.action(part)).version


def test_approving_any_part_carries_out_all_and_undoing_takes_all_back(sandbox, parts):
    made = decided(parts[1], "approve", version=version_of(parts[0]))
    assert [(one.action_id, one.state) for one in made] == [(part, "applied") for part in parts]
    with warehouse() as store:
        for part in parts:
            approval = store.events(part)[1]
            assert (approval.actor, approval.explanation) == ("ana", "looks right")
    backs = decided(parts[0], "undo")
    assert [one.proposal.takes_back for one in backs] == parts[::-1]
    assert states(parts) == ["undone"] * 3
    assert written(sandbox) == ["paused"] * 3 + ["enabled"] * 3


def test_what_the_person_saw_is_what_is_approved(sandbox, parts):
    seen = version_of(parts[0])
    with warehouse() as store:
        one = store.action(parts[2])
        store.approve(one.action_id, version=1, who="bo", why="x", now=one.created_at, needed=2)
    with pytest.raises(ChangedMeanwhileError, match="one of 3 changes of one decision"):
        decided(parts[0], "approve", version=seen)
    assert states(parts) == ["proposed"] * 3
    assert decided(parts[0], "approve")[0].state == "applied"


def test_half_of_a_decision_is_not_approved_and_can_be_rejected(sandbox, parts):
    with warehouse() as store:
        one = store.action(parts[0])
        store.move(parts[0], "expired", version=1, actor="a test", now=one.created_at)
    with pytest.raises(RejectedError, match="half of a decision is not carried out"):
        decided(parts[1], "approve")
    assert [one.action_id for one in decided(parts[1], "reject")] == parts[1:]
    assert states(parts) == ["expired", "rejected", "rejected"]
    assert written(sandbox) == []


def test_if_one_part_needs_two_people_all_do(sandbox, parts, monkeypatch):
    monkeypatch.setattr(decide, "needs_two_people", lambda one, _: one.action_id == parts[2])
    assert {one.state for one in decided(parts[0], "approve")} == {"proposed"}
    with pytest.raises(RejectedError, match="needs another person"):
        decided(parts[1], "approve")
    assert {one.state for one in decided(parts[1], "approve", who="bo")} == {"applied"}


def test_a_kill_after_the_approval_leaves_a_whole_that_the_next_run_carries_out(
    sandbox, parts, monkeypatch
):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Round, "carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            decided(parts[0], "approve")
    assert states(parts) == ["approved"] * 3
    google_ads.fn("shop", DEMO_TODAY)
    assert states(parts) == ["applied"] * 3
    assert written(sandbox) == ["paused"] * 3


def test_a_part_that_has_to_wait_holds_up_the_whole(sandbox, parts, monkeypatch):
    def late(asked, state):
        return [
            replace(said, reason="hours", explanation="not at this hour")
            if said.asked.action_id == parts[1]
            else said
            for said in decide_really(asked, state)
        ]

    decide_really = apply.decide
    with monkeypatch.context() as patch:
        patch.setattr(apply, "decide", late)
        decided(parts[0], "approve")
    assert states(parts) == ["approved"] * 3
    assert written(sandbox) == []
    google_ads.fn("shop", DEMO_TODAY)
    assert states(parts) == ["applied"] * 3


def test_a_part_that_somebody_else_changed_ends_the_whole(sandbox, parts, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Round, "carry_out", lambda *_: [])
        decided(parts[0], "approve")
    with warehouse() as store:
        subject = store.action(parts[1]).proposal.subject
    sandbox.edit_by_hand("4445556666", "ad", subject.entity_id, "status", "removed")
    google_ads.fn("shop", DEMO_TODAY)
    assert written(sandbox) == ["removed"]  # by hand
    assert "applied" not in states(parts)


def call(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, words, input=answer, catch_exceptions=False)


def test_the_command_line_shows_the_whole_and_asks(sandbox, parts):
    number = str(parts[1])
    explained = call("actions", "explain", number).output
    assert "one decision of 3 changes, version " in explained
    assert all(f"  {part} proposed: status of ad" in explained for part in parts)
    assert "Approving carries out 3 changes." in explained
    no = call("actions", "approve", number, "--why", "x", answer="n\n")
    assert (no.exit_code, "Carry out 3 changes? [y/N]" in no.output) == (1, True)
    assert states(parts) == ["proposed"] * 3
    yes = call("actions", "approve", number, "--why", "x", answer="y\n")
    assert [f"{part} applied" in yes.output for part in parts] == [True] * 3
    undone = call("actions", "undo", "--since", "2020-01-01", "--why", "no", "--yes")
    assert undone.exit_code == 0
    assert states(parts) == ["undone"] * 3


def test_the_command_line_rejects_the_whole(sandbox, parts):
    assert call("actions", "reject", str(parts[2]), "--why", "x", "--yes").exit_code == 0
    assert states(parts) == ["rejected"] * 3


def approved_by_hand(parts, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Round, "carry_out", lambda *_: [])
        decided(parts[0], "approve")


def carry_out(only=None) -> None:
    with warehouse() as store:
        now = max(one.updated_at for one in store.actions(brand="shop"))
        Round(store, decide.brand_library("shop"), "shop", "r9", now).carry_out(only)


def test_the_rest_waits_for_a_part_whose_fate_is_open(sandbox, parts, monkeypatch):
    approved_by_hand(parts, monkeypatch)
    with warehouse() as store:
        one = store.action(parts[0])
        store.claim_action(one.action_id, run_id="dead", now=one.updated_at)
    carry_out()
    assert states(parts) == ["applying", "approved", "approved"]
    assert written(sandbox) == []


@pytest.mark.parametrize("end", ["failed", "expired"])
def test_the_rest_ends_with_a_part_that_will_never_be(sandbox, parts, monkeypatch, end):
    approved_by_hand(parts, monkeypatch)
    with warehouse() as store:
        one = store.claim_action(parts[2], run_id="r1", now=store.action(parts[2]).updated_at)
        store.move(parts[2], end, version=one.version, actor="run r1", now=one.updated_at)
    carry_out()
    assert states(parts) == ["refused", "refused", end]
    assert written(sandbox) == []


def test_whichever_part_is_asked_for_the_whole_is_carried_out(sandbox, parts, monkeypatch):
    approved_by_hand(parts, monkeypatch)
    carry_out(only=parts[:1])
    assert states(parts) == ["applied"] * 3


def test_an_undo_is_one_decision_without_what_somebody_changed_since(sandbox, parts, monkeypatch):
    decided(parts[0], "approve")
    with warehouse() as store:
        one = store.action(parts[1])
        store.move(parts[1], "drifted", version=one.version, actor="r", now=one.updated_at)
    backs = decided(parts[0], "undo")
    assert [one.proposal.takes_back for one in backs] == [parts[2], parts[0]]
    [group] = {one.proposal.group for one in backs}
    assert group.startswith("undo:")
    assert states(parts) == ["undone", "drifted", "undone"]
    [last] = decided(parts[1], "undo")
    assert (last.proposal.group, states(parts)) == ("", ["undone"] * 3)
