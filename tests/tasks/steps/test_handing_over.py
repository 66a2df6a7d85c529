"""A worker sends what it may, and stops when it must."""

from collections import Counter
from datetime import timedelta

import pytest

from config.mail import Breaker, MailRules
from connectors.base import ReconnectError, RejectedError
from connectors.mail import Handed, Mail, MailReport
from connectors.warehouse import Warehouse
from tasks.steps.handing_over import HandingOver
from tests.mail_people import KEYS, NOON, add_people, due, save_sender, states, terms


class Postman:
    """Takes messages; says what is scripted for a person."""

    account_id = "shop.example"

    def __init__(self, **answers):
        self.answers, self.took = answers, Counter()

    def send(self, claim, mail):
        assert claim.message_id == mail.message_id
        self.took[claim.person_key] += 1
        said = self.answers.get(f"p{claim.person_key}", Handed("accepted", 250))
        if isinstance(said, Exception):
            raise said
        return said

    def close(self):
        pass


@pytest.fixture
def warehouse(sqlite_template, tmp_path):
    import shutil

    with Warehouse(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'w.db')}") as opened:
        save_sender(opened)
        add_people(opened, range(30))
        yield opened


@pytest.fixture
def send(warehouse):
    def run(postman, *persons, now=NOON, breaker=None, write=None, **changes):
        rules = MailRules(breaker=breaker or Breaker())
        worker = HandingOver(
            warehouse, postman, write or written, account_key=1, brand="acme", rules=rules,
            terms=terms(), clock=lambda: now,
        )  # fmt: skip
        return worker.send([due(person, **changes) for person in persons])

    return run


def written(claim, one, person):
    return Mail("", "a@shop.example", "", person.address, "Spring", "Hello", "<p>Hello</p>")


def test_everybody_gets_it_once(warehouse, send):
    postman = Postman()
    assert send(postman, 1, 2, 3).counts == {"sent": 3}
    assert send(postman, 1, 2, 3).counts == {"claimed_before": 3}
    assert postman.took == {1: 1, 2: 1, 3: 1}


def test_what_cannot_be_written_or_sent_stops_no_other(warehouse, send):
    def write(claim, one, person):
        if one.person_key == 1:
            raise RejectedError("no subject")
        return written(claim, one, person)

    postman = Postman(p2=RejectedError("too large"))
    sent = send(postman, 1, 2, 3, write=write)
    assert sent.counts == {"refused": 1, "sent": 1}
    assert len(sent.problems) == 1
    assert states(warehouse) == {1: "released", 2: "refused", 3: "sent"}


def test_a_refused_login_leaves_everything_to_be_sent(warehouse, send):
    with pytest.raises(ReconnectError):
        send(Postman(p2=ReconnectError("535")), 1, 2, 3)
    assert states(warehouse) == {1: "sent", 2: "released", 3: "released"}


@pytest.mark.parametrize(("answer", "state"), [
    (Handed("deferred", 421, whole_session=True), "deferred"),
    (Handed("refused", 550, whole_session=True), "released"),
])  # fmt: skip
def test_a_server_that_has_had_enough_gets_an_hours_rest(warehouse, send, answer, state):
    sent = send(Postman(p1=answer), 1, 2)
    assert sent.rests
    assert states(warehouse) == {1: state, 2: "released"}
    postman = Postman()
    assert send(postman, 2, now=NOON + timedelta(minutes=59)).rests
    assert not postman.took
    assert send(postman, 2, now=NOON + timedelta(minutes=61)).counts == {"sent": 1}


def test_many_deferrals_in_a_row_are_the_servers(warehouse, send):
    answers = {f"p{n}": Handed("deferred", 451) for n in range(10)}
    sent = send(Postman(**answers), *range(10), breaker=Breaker(deferrals=4))
    assert sent.counts == {"deferred": 4}
    assert "4 messages in a row" in sent.rests


def test_three_answers_that_never_came_are_enough(warehouse, send):
    answers = {f"p{n}": Handed("unknown", whole_session=True) for n in range(10)}
    assert send(Postman(**answers), *range(10)).counts == {"doubtful": 3}
    assert len(warehouse.mail_doubts("acme")) == 3


def test_addresses_that_do_not_exist_stop_a_campaign_and_no_other(warehouse, send, caplog):
    answers = {f"p{n}": Handed("refused", 550, "5.1.1") for n in range(10)}
    sent = send(Postman(**answers), *range(10))
    assert sent.counts == {"refused": 5, "source_stopped": 5}
    ((source, trip),) = sent.trips
    assert (source, trip.count) == (("campaign", "spring"), 5)
    assert send(Postman(), 11, source="summer").counts == {"sent": 1}
    again = send(Postman(), 1, 12, source="summer").counts
    assert again == {"suppressed": 1, "sent": 1}


def test_the_stop_switch_counts_between_two_messages(warehouse, send):
    def write(claim, one, person):
        if one.person_key == 2:
            warehouse.stop(brand="acme", process="mail", who="ops", why="a leak", now=NOON)
        return written(claim, one, person)

    postman = Postman()
    assert send(postman, 1, 2, 3, write=write).counts == {"sent": 1, "stopped": 1}
    assert states(warehouse) == {1: "sent", 2: "released", 3: "released"}


def test_complaints_that_come_during_a_long_send_stop_it_in_the_middle(warehouse):
    """Another run reads them while this one sends, a message a second, in batches of 200."""
    add_people(warehouse, range(100, 700))
    moment, took = [NOON], []

    class Slow(Postman):
        def send(self, claim, mail):
            moment[0] += timedelta(seconds=1)
            took.append(claim.message_id)
            if len(took) == 305:
                found = [MailReport("complaint", NOON, it, "", "", f"fbl {it}") for it in took[:5]]
                warehouse.record_reports("acme", found, KEYS, NOON)
            return super().send(claim, mail)

    worker = HandingOver(
        warehouse, Slow(), written, account_key=1, brand="acme", rules=MailRules(), terms=terms(),
        clock=lambda: moment[0],
    )  # fmt: skip
    wanted = [due(n) for n in range(100, 700)]
    sent = worker.send(wanted)
    assert len(took) == 330
    assert sent.counts == {"sent": 330, "source_stopped": 270}
    ((source, trip),) = sent.trips
    assert (source, trip.what, trip.count, trip.of) == (
        ("campaign", "spring"), "complained", 5, 330,
    )  # fmt: skip
    assert sum(state == "released" for state in states(warehouse).values()) == 70
