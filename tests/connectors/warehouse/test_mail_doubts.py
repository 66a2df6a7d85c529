"""What silent workers leave is released or in doubt, and a doubt ends only by who knows."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from connectors.base import RejectedError
from connectors.mail import MailClaim, NotClaimed, Outcome
from connectors.this_machine import worker_name
from connectors.warehouse.mail_doubts import FOLDER_TAKES, LEASE, WITNESSES
from connectors.warehouse.mail_tables import mail_messages
from tests.mail_people import NOON, add_people, due, save_sender, states, terms

LATER = NOON + LEASE + timedelta(seconds=1)
WORKER = worker_name()


@pytest.fixture
def sender(warehouse) -> int:
    add_people(warehouse, range(30))
    return save_sender(warehouse)


@pytest.fixture
def claim(warehouse, sender):
    def run(*persons, worker=WORKER, now=NOON) -> list[MailClaim]:
        wanted = [due(person) for person in persons]
        return warehouse.claim_mail(sender, "acme", wanted, terms(), worker, now)

    return run


@pytest.fixture
def desk(warehouse):
    with warehouse.mail_desk("acme", WORKER, "marketing_automation") as opened:
        yield opened


@pytest.fixture
def sent(claim, desk):
    """Send to people; return their messages' ids."""

    def run(*persons, state="sent", now=NOON):
        claims = claim(*persons, now=now)
        for one in claims:
            assert desk.next(one, now) is None
            desk.record(one, Outcome(state), now)
        return [one.message_id for one in claims]

    return run


def test_a_dead_workers_claims_are_released_and_its_last_message_is_in_doubt(
    warehouse, claim, desk
):
    first, _ = claim(1, 2)
    desk.next(first, NOON)
    (doubt,) = warehouse.end_dead_claims("acme", LATER)
    assert (doubt.person_key, doubt.handed_at) == (1, NOON)
    assert states(warehouse) == {1: "doubtful", 2: "released"}
    again = claim(1, 2, worker="w/2", now=LATER)
    assert [type(one) for one in again] == [NotClaimed, MailClaim]


def test_a_worker_that_lives_keeps_its_claims(warehouse, claim, desk):
    claim(1, 2)
    desk.renew(NOON + LEASE / 2)
    assert warehouse.end_dead_claims("acme", LATER) == []
    assert states(warehouse) == {1: "claimed", 2: "claimed"}


def test_a_worker_that_wakes_too_late_hands_nothing_over(warehouse, claim, desk):
    (slow,) = claim(1)
    warehouse.end_dead_claims("acme", LATER)
    assert desk.next(slow, LATER) == "lost"
    (other,) = claim(1, worker="w/2", now=LATER)
    assert desk.next(slow, LATER) == "lost"
    assert desk.release_all("late") == 0
    assert isinstance(other, MailClaim)
    assert states(warehouse) == {1: "claimed"}


def test_an_answer_that_comes_late_ends_the_doubt(warehouse, claim, desk):
    (slow,) = claim(1)
    desk.next(slow, NOON)
    warehouse.end_dead_claims("acme", LATER)
    desk.record(slow, Outcome("sent"), LATER)
    assert states(warehouse) == {1: "sent"}
    assert desk.unrecorded == []


def test_an_answer_to_a_message_that_another_has_is_told_of(warehouse, claim, desk):
    (slow,) = claim(1)
    desk.next(slow, NOON)
    (doubt,) = warehouse.end_dead_claims("acme", LATER)
    warehouse.settle_by_hand(
        doubt.message_key, "released", who="support", why="asked the person", now=LATER
    )
    claim(1, worker="w/2", now=LATER)
    desk.record(slow, Outcome("sent"), LATER)
    assert desk.unrecorded == [slow]


def test_after_a_restart_of_the_machine_sqlite_doubts_every_claim(warehouse, claim):
    claim(1, worker="another-boot/1")
    doubts = warehouse.end_dead_claims("acme", LATER)
    assert len(doubts) == warehouse.sqlite
    assert states(warehouse) == {1: "doubtful" if warehouse.sqlite else "released"}


def test_the_result_and_the_next_mark_are_one_transaction(warehouse, claim, desk):
    first, second = claim(1, 2)
    desk.next(first, NOON)
    desk.next(second, NOON, (first, Outcome("sent", 250, "2.0.0", "queued")))
    assert states(warehouse) == {1: "sent", 2: "sending"}


def test_a_worker_lets_go_of_what_it_has_not_handed_over(warehouse, claim, desk):
    first, *_ = claim(1, 2, 3)
    desk.next(first, NOON)
    assert desk.release_all("it stopped") == 2
    assert states(warehouse) == {1: "sending", 2: "released", 3: "released"}


def test_what_the_sent_folder_has_was_sent(warehouse, sender, sent):
    (message,) = sent(1, state="doubtful")
    later = NOON + FOLDER_TAKES
    look = warehouse.doubts_to_look_up("acme", sender, later)
    settled = warehouse.settle_doubts("acme", look, {message}, later)
    assert [one.message_id for one in settled.sent] == [message]
    assert states(warehouse) == {1: "sent"}


@pytest.mark.parametrize(("known", "missing", "state"), [
    (WITNESSES, 0, "released"), (WITNESSES, 1, "doubtful"), (WITNESSES - 1, 0, "doubtful"),
])  # fmt: skip
def test_what_is_not_there_did_not_go_if_the_folder_has_all_others(
    warehouse, sender, sent, known, missing, state
):
    sent(1, state="doubtful")
    others = sent(*range(2, 2 + known), now=NOON + timedelta(minutes=1))
    later = NOON + FOLDER_TAKES + timedelta(minutes=2)
    look = warehouse.doubts_to_look_up("acme", sender, later)
    assert look.witnesses == {*others}
    settled = warehouse.settle_doubts("acme", look, {*others[missing:]}, later)
    assert len(settled.released) == (state == "released")
    assert states(warehouse)[1] == state


def test_a_copy_may_come_late(warehouse, sender, sent):
    sent(1, state="doubtful")
    early = NOON + FOLDER_TAKES - timedelta(seconds=1)
    assert warehouse.doubts_to_look_up("acme", sender, early).message_ids == []


def test_a_person_ends_a_doubt_and_it_is_kept_who_and_why(warehouse, claim, sent, rows):
    sent(1, state="doubtful")
    (doubt,) = warehouse.mail_doubts("acme")
    said = {"who": "support", "why": "the server's log has no such message", "now": LATER}
    with pytest.raises(RejectedError, match="say who"):
        warehouse.settle_by_hand(doubt.message_key, "released", who=" ", why="x", now=LATER)
    warehouse.settle_by_hand(doubt.message_key, "released", **said)
    with pytest.raises(RejectedError, match="released, not in doubt"):
        warehouse.settle_by_hand(doubt.message_key, "sent", **said)
    with pytest.raises(LookupError, match="no message 99"):
        warehouse.settle_by_hand(99, "sent", **said)
    (kept,) = rows("SELECT who, why, state FROM mail_settlements")
    assert kept == {"who": "support", "why": said["why"], "state": "released"}
    (again,) = claim(1, now=LATER)
    assert isinstance(again, MailClaim)


def test_the_database_keeps_moments_as_sqlalchemy_writes_them(warehouse, sent):
    sent(1, now=NOON)
    with warehouse.reading() as connection:
        found = connection.scalar(sa.select(mail_messages.c.handed_at))
    assert found == NOON
