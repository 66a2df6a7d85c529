"""A decision of several actions: all of them are moved, or none; each keeps who and why."""

from decimal import Decimal

import pytest

from connectors.base import RejectedError
from connectors.changes import Subject
from connectors.warehouse import ChangedMeanwhileError

WORDS = {"who": "Kim", "why": "agreed with sales"}


@pytest.fixture
def parts(record):
    return [
        record("proposed", subject=Subject("campaign", f"{n}", "daily_budget")) for n in range(3)
    ]


def states(warehouse, parts):
    return [warehouse.action(one.action_id).state for one in parts]


def test_an_approval_is_noted_on_every_part(warehouse, parts, now):
    moved = warehouse.approve_all(parts, now=now, needed=1, **WORDS)
    assert [(one.action_id, one.state, one.version) for one in moved] == [
        (one.action_id, "approved", 2) for one in parts
    ]
    for one in moved:
        assert one.approvals == ("Kim",)
        event = warehouse.events(one.action_id)[-1]
        assert (event.actor, event.explanation) == ("Kim", "agreed with sales")
        assert event.details["together"] == 3


def test_with_two_people_the_second_one_approves_all(warehouse, parts, now):
    first = warehouse.approve_all(parts, now=now, needed=2, **WORDS)
    assert {one.state for one in first} == {"proposed"}
    with pytest.raises(RejectedError, match="needs another person"):
        warehouse.approve_all(first, who="kim ", why="again", now=now, needed=2)
    second = warehouse.approve_all(first, who="Lee", why="yes", now=now, needed=2)
    assert {(one.state, one.approvals) for one in second} == {("approved", ("Kim", "Lee"))}


def test_if_one_part_has_moved_nothing_is_approved_or_rejected(warehouse, parts, walk, now):
    walk(parts[-1], "rejected")
    with pytest.raises(ChangedMeanwhileError, match="is rejected by now"):
        warehouse.approve_all(parts, now=now, needed=1, **WORDS)
    with pytest.raises(ChangedMeanwhileError, match="is rejected by now"):
        warehouse.reject_all(parts, now=now, **WORDS)
    assert states(warehouse, parts) == ["proposed", "proposed", "rejected"]


def test_a_rejection_is_noted_on_every_part(warehouse, parts, walk, now):
    approved = walk(parts[0], "approved")
    warehouse.reject_all([approved, *parts[1:]], now=now, **WORDS)
    assert states(warehouse, parts) == ["rejected"] * 3
    event = warehouse.events(parts[2].action_id)[-1]
    assert (event.actor, event.reason, event.explanation) == (
        "Kim", "rejected", "agreed with sales",
    )  # fmt: skip


def test_an_edited_part_needs_both_again_and_the_others_wait_for_it(warehouse, parts, now):
    first, *others = warehouse.approve_all(parts, now=now, needed=2, **WORDS)
    edited = warehouse.edit(
        first.action_id, version=first.version, after=Decimal(47), now=now, **WORDS
    )
    second = warehouse.approve_all([edited, *others], who="Lee", why="yes", now=now, needed=2)
    assert {one.state for one in second} == {"proposed"}
    assert [one.approvals for one in second] == [("Lee",), ("Kim", "Lee"), ("Kim", "Lee")]
    third = warehouse.approve_all(second, now=now, needed=2, **WORDS)
    assert {one.state for one in third} == {"approved"}
