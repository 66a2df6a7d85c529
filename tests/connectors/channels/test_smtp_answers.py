"""What a server says to a message, and what is known of it when the connection ends."""

import pytest

from connectors.mail import Handed

from .smtp_letters import RECIPIENT, connect, mail, send
from .smtp_server import (
    CUT,
    GO_AHEAD,
    GREETING,
    HELLO,
    OK,
    STALL,
    Handler,
    Scripted,
    cut,
    serving,
)


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def connector(handler):
    """An account at a plain server on this machine."""
    with serving(handler) as port:
        made = connect(port)
        yield made
        made.close()


# --- refusals ------------------------------------------------------------------------------------


REPLIES = {
    "gone@example.com": "550 5.1.1 <gone@example.com>: no user gone here",
    "full@example.com": "452 4.2.2 mailbox of full@example.com is full",
    "busy@example.com": "450 4.7.1 try again later",
    "spam@example.com": "554 5.7.1 policy",
}


@pytest.mark.parametrize(
    ("recipient", "handed"),
    [
        (
            "gone@example.com",
            Handed("refused", 550, "5.1.1", "<(address)>: no user (address) here"),
        ),
        ("full@example.com", Handed("deferred", 452, "4.2.2", "mailbox of (address) is (address)")),
        ("busy@example.com", Handed("deferred", 450, "4.7.1", "try again later")),
        ("spam@example.com", Handed("refused", 554, "5.7.1", "policy")),
    ],
)
def test_one_recipient_is_refused_and_the_next_gets_his_mail(connector, handler, recipient, handed):
    handler.rcpt = lambda _, address: REPLIES.get(address)
    assert send(connector, mail(recipient=recipient)) == handed
    assert send(connector).state == "accepted"
    assert [took.recipient for took in handler.took] == [RECIPIENT]
    assert (handler.sessions, handler.resets) == (1, 1)


@pytest.mark.parametrize(
    ("reply", "handed"),
    [
        ("550 5.7.1 spam", Handed("refused", 550, "5.7.1", "spam")),
        ("451 4.3.0 later", Handed("deferred", 451, "4.3.0", "later")),
        ("552 5.3.4 too big", Handed("refused", 552, "5.3.4", "too big")),
        ("421 4.3.2 shutting down", Handed("deferred", 421, "4.3.2", "shutting down", True)),
    ],
)
def test_a_refusal_of_the_whole_message_is_an_answer(connector, handler, reply, handed):
    handler.data = lambda _: reply
    assert send(connector) == handed


@pytest.mark.parametrize(
    ("reply", "handed"),
    [
        ("550 5.7.1 not you", Handed("refused", 550, "5.7.1", "not you", True)),
        ("451 4.7.1 slow down", Handed("deferred", 451, "4.7.1", "slow down", True)),
        ("552 5.3.4 too big", Handed("refused", 552, "5.3.4", "too big", False)),
    ],
)
def test_a_refused_sender_is_not_the_recipients_fault(connector, handler, reply, handed):
    handler.mail = lambda _: reply
    assert send(connector) == handed


def test_421_for_a_recipient_ends_the_session_and_the_next_message_opens_another(
    connector, handler
):
    handler.rcpt = lambda _, address: "421 4.7.0 too much today"
    assert send(connector) == Handed("deferred", 421, "4.7.0", "too much today", True)
    handler.rcpt = lambda _, address: None
    assert send(connector).state == "accepted"
    assert handler.sessions == 2


def test_454_for_a_recipient_concerns_the_whole_session(connector, handler):
    handler.rcpt = lambda _, address: "454 4.7.0 login expired"
    handed = send(connector)
    assert (handed.state, handed.whole_session) == ("deferred", True)


# --- connections that end ------------------------------------------------------------------------


def test_a_connection_that_the_server_ended_meanwhile_is_opened_again(connector, handler):
    gone = []
    handler.data = lambda server: gone.append(server)
    assert send(connector).state == "accepted"
    server = gone[0]
    server.loop.call_soon_threadsafe(server.transport.abort)
    assert send(connector).state == "accepted"
    assert (len(handler.took), handler.sessions) == (2, 2)


def test_a_server_that_says_421_when_it_was_idle_is_asked_on_a_new_connection():
    whole = [GREETING, HELLO, OK, OK, GO_AHEAD, OK]
    idle = [*whole, b"421 4.4.2 idle too long\r\n"]
    with Scripted(idle, whole) as server:
        connector = connect(server.port)
        assert send(connector).state == send(connector).state == "accepted"


def test_421_at_once_is_not_asked_again():
    with Scripted([GREETING, HELLO, b"421 4.3.2 no\r\n"], [GREETING]) as server:
        assert send(connect(server.port)) == Handed("deferred", 421, "4.3.2", "no", True)
    assert len(server.heard) == 2


CONVERSATION = [GREETING, HELLO, OK, OK, GO_AHEAD, OK]


@pytest.mark.parametrize("said", [CUT, STALL, b"what?\r\n", b"\xff\xfe\r\n", b"9" * 9000 + b"\r\n"])
@pytest.mark.parametrize("step", range(1, 5))
def test_before_the_message_has_left_it_surely_did_not_go(step, said):
    with Scripted([*CONVERSATION[:step], said]) as server:
        handed = send(connect(server.port, timeout_seconds=0.1))
    assert (handed.state, handed.whole_session) == ("not_sent", True)


@pytest.mark.parametrize("said", [STALL, b"what?\r\n", b"\xff\xfe\r\n", b"9" * 9000 + b"\r\n"])
def test_after_the_message_has_left_nothing_is_known_without_an_answer(said):
    with Scripted([*CONVERSATION[:5], said]) as server:
        handed = send(connect(server.port, delivery_timeout_seconds=0.1))
    assert (handed.state, handed.code, handed.whole_session) == ("unknown", None, True)
    assert b"Message-ID: <1a2b@acme.example>" in server.heard[-1]


def test_an_answer_that_is_cut_off_is_not_known(connector, handler):
    handler.data = cut
    assert send(connector).state == "unknown"
    assert len(handler.took) == 1
    handler.data = lambda _: None
    assert send(connector).state == "accepted"


def test_a_message_cut_in_its_middle_did_not_go():
    big = mail(text="x " * 2_000_000, html="")
    with Scripted([GREETING, b"250 mail\r\n", OK, OK, GO_AHEAD, CUT]) as server:
        handed = send(connect(server.port))
    assert handed.state in ("unknown", "not_sent")  # a short message may have left as a whole
    with Scripted([GREETING, b"250 mail\r\n", OK, OK, GO_AHEAD, CUT]) as server:
        assert send(connect(server.port), big).state == "not_sent"


def test_a_server_that_is_not_there_gets_nothing():
    with Scripted() as server:
        port = server.port
    handed = send(connect(port))
    assert (handed.state, handed.whole_session) == ("not_sent", True)
    assert "refused" in handed.sentence.lower()


def test_a_greeting_that_refuses_everybody_is_told():
    with Scripted([b"554 5.7.1 your address is blocked\r\n"]) as server:
        handed = send(connect(server.port))
    assert handed == Handed("not_sent", 554, "5.7.1", "your address is blocked", True)
