"""Mail over SMTP, against a real server: what arrives, encryption, login, what is not sent."""

import base64
from email import message_from_bytes, policy

import pytest
from pydantic import ValidationError

from connectors.base import PartialChannel, ReconnectError, RejectedError, Window
from connectors.mail import Handed, MailClaim, MailSender

from ..conftest import told
from .smtp_letters import NOW, RECIPIENT, UNSUBSCRIBE, connect, mail, send
from .smtp_server import (
    CUT,
    GO_AHEAD,
    GREETING,
    OK,
    PASSWORD,
    USER,
    Handler,
    Logins,
    Scripted,
    certificate,
    server_tls,
    serving,
)


@pytest.fixture(scope="session")
def pem(tmp_path_factory):
    """A key and certificate for 127.0.0.1."""
    return certificate(tmp_path_factory.mktemp("smtp"))


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


# --- what it is ----------------------------------------------------------------------------------


def test_it_sends_and_knows_no_figures():
    channel = connect(25)
    assert isinstance(channel, MailSender)
    assert isinstance(channel, PartialChannel)
    days = Window(NOW.date(), NOW.date())
    assert channel.covered("message", days) == []
    assert list(channel.performance("message", days)) == list(channel.entities(["message"])) == []


def test_the_account_is_as_the_brand_file_says():
    account = connect(25, currency="EUR", time_zone="Europe/Berlin", name="Acme").account()
    assert (account.platform, account.account_id) == ("smtp", "acme.example")
    assert (account.name, account.currency, account.time_zone) == ("Acme", "EUR", "Europe/Berlin")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host": "smtp.example.com"}, "for servers on this machine"),
        ({"user": "news"}, "a login needs user"),
        ({"password": "x"}, "a login needs user"),
        ({"user": "u", "password": "x", "access_token": "y"}, "not both"),
        ({"user": "u\r\nRSET", "password": "x"}, "control signs"),
        ({"hello": "acme\r\nMAIL"}, "control signs"),
        ({"host": "smtp example"}, "no host"),
        ({"time_zone": "Mars"}, "no time zone"),
        ({"currency": "euro"}, "ISO 4217"),
    ],
)
def test_options_refuse_what_cannot_be_meant(changes, said):
    with pytest.raises(ValidationError, match=said):
        connect(25, **changes)


# --- a message that goes -------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_written(connector, handler):
    assert send(connector) == Handed("accepted", 250, "2.0.0", "queued")
    (took,) = handler.took
    assert (took.sender, took.recipient) == ("news@acme.example", RECIPIENT)
    read = message_from_bytes(took.content, policy=policy.default)
    assert (read["From"], read["To"]) == ("Acme Shop <news@acme.example>", RECIPIENT)
    assert (read["Subject"], read["Message-ID"]) == ("Schöne Grüße", "<1a2b@acme.example>")
    assert read["Date"].datetime == NOW
    assert {name: read[name] for name in UNSUBSCRIBE} == UNSUBSCRIBE
    assert read.get_body(("plain",)).get_content() == "Hallo\r\n.\r\n..zwei Punkte\r\n"
    assert read.get_body(("html",)).get_content().strip() == "<p>Hallo</p>"


def test_many_messages_share_one_connection(connector, handler):
    assert {send(connector).state for _ in range(5)} == {"accepted"}
    assert (len(handler.took), handler.sessions) == (5, 1)


def test_after_closing_the_next_message_opens_a_connection(connector, handler):
    send(connector)
    connector.close()
    connector.close()
    assert send(connector).state == "accepted"
    assert handler.sessions == 2


def test_reports_come_back_to_the_bounce_address(handler):
    with serving(handler) as port:
        connector = connect(port, bounce_address="bounces@acme.example")
        send(connector)
        connector.close()
    assert handler.took[0].sender == "bounces@acme.example"


def test_a_message_of_another_claim_is_not_sent(connector, handler):
    with pytest.raises(RejectedError, match="not the one that was claimed"):
        connector.send(MailClaim(1, 2, "<other@acme.example>", NOW), mail())
    assert handler.took == []


# --- encryption and login ------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server does not see that it has TLS
def test_encrypted_and_logged_in_a_message_goes(pem, handler, security):
    logins, tls = Logins(), server_tls(pem)
    how = {"ssl_context": tls, "auth_require_tls": False}
    if security == "starttls":
        how = {"tls_context": tls, "require_starttls": True}
    with serving(handler, authenticator=logins, auth_required=True, **how) as port:
        connector = connect(port, security=security, ca_file=pem, user=USER, password=PASSWORD)
        assert send(connector).state == "accepted"
        connector.close()
    assert logins.shown == ["PLAIN"]


def test_a_refused_login_needs_a_person_and_shows_no_secret(pem, handler):
    with serving(handler, authenticator=Logins(), tls_context=server_tls(pem)) as port:
        connector = connect(port, security="starttls", ca_file=pem, user=USER, password="wrong-one")
        with pytest.raises(ReconnectError, match=r"refuses the login: 535 5\.7\.8") as caught:
            send(connector)
        connector.close()
    everything = told(caught.value) + repr(connector) + str(vars(connector))
    assert "wrong-one" not in everything
    assert base64.b64encode(f"\0{USER}\0wrong-one".encode()).decode() not in everything
    assert handler.took == []


def test_a_login_that_is_refused_for_now_is_no_reason_to_reconnect(pem, handler):
    logins = Logins(reply="454 4.7.0 Temporary authentication failure")
    with serving(handler, authenticator=logins, tls_context=server_tls(pem)) as port:
        connector = connect(port, security="starttls", ca_file=pem, user=USER, password=PASSWORD)
        handed = send(connector)
    assert handed == Handed("not_sent", 454, "4.7.0", "Temporary authentication failure", True)


def test_a_certificate_that_nobody_signed_is_not_trusted(pem, handler):
    with (
        serving(handler, tls_context=server_tls(pem)) as port,
        pytest.raises(ReconnectError, match=r"certificate is not trusted.*ca_file"),
    ):
        send(connect(port, security="starttls"))
    assert handler.took == []


def test_a_certificate_of_another_host_is_not_trusted(tmp_path, handler):
    other = certificate(tmp_path, "127.0.0.2")
    with (
        serving(handler, tls_context=server_tls(other)) as port,
        pytest.raises(ReconnectError, match="certificate is not trusted"),
    ):
        send(connect(port, security="starttls", ca_file=other))


def test_where_starttls_is_stripped_nothing_is_said(pem, handler):
    logins = Logins()
    with serving(handler, authenticator=logins, auth_require_tls=False) as port:
        connector = connect(port, security="starttls", ca_file=pem, user=USER, password=PASSWORD)
        with pytest.raises(ReconnectError, match="offers no STARTTLS"):
            send(connector)
    assert (logins.shown, handler.took) == ([], [])


@pytest.mark.parametrize(
    ("reply", "state"), [(b"454 4.3.0 TLS not available\r\n", "not_sent"), (b"502 what\r\n", None)]
)
def test_a_server_that_will_not_encrypt_gets_nothing(pem, reply, state):
    with Scripted([GREETING, b"250-mail\r\n250 STARTTLS\r\n", reply, CUT]) as server:
        connector = connect(server.port, security="starttls", ca_file=pem)
        if state:
            assert send(connector).state == state
        else:
            with pytest.raises(ReconnectError, match="refuses STARTTLS: 502 what"):
                send(connector)
    assert [line[:8] for line in server.heard] == [b"ehlo acm", b"STARTTLS", b""]


def test_tls_on_a_port_that_starts_plain_says_what_to_change(pem, handler):
    with serving(handler) as port, pytest.raises(ReconnectError, match="say security: starttls"):
        send(connect(port, security="tls", ca_file=pem))


def test_an_access_token_is_shown_as_google_and_microsoft_want_it():
    hello = b"250-mail\r\n250 AUTH PLAIN XOAUTH2\r\n"
    replies = [GREETING, hello, b"235 2.7.0 welcome\r\n", OK, OK, GO_AHEAD, OK]
    with Scripted(replies) as server:
        connector = connect(server.port, user=USER, access_token="planted-token")
        assert send(connector).state == "accepted"
    shown = base64.b64decode(server.heard[1].removeprefix(b"AUTH XOAUTH2 "))
    assert shown == b"user=news@acme.example\x01auth=Bearer planted-token\x01\x01"


def test_a_refused_access_token_needs_a_person():
    hello = b"250-mail\r\n250 AUTH XOAUTH2\r\n"
    refused = (
        b"535-5.7.8 news@acme.example: Username and Password not accepted\r\n535 5.7.8 gsmtp\r\n"
    )
    with Scripted([GREETING, hello, b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n", refused]) as server:
        connector = connect(server.port, user=USER, access_token="planted-token")
        with pytest.raises(ReconnectError, match=r"535 5\.7\.8") as caught:
            send(connector)
    assert server.heard[2] == b"\r\n"
    assert "planted-token" not in told(caught.value)
    assert USER not in str(caught.value)


def test_login_is_the_second_choice():
    hello = b"250-mail\r\n250 AUTH LOGIN CRAM-MD5\r\n"
    ask, name = b"334 UGFzc3dvcmQ6\r\n", b"334 VXNlcm5hbWU6\r\n"
    with Scripted([GREETING, hello, name, ask, b"235 ok\r\n", OK, OK, GO_AHEAD, OK]) as server:
        assert send(connect(server.port, user=USER, password=PASSWORD)).state == "accepted"
    assert [base64.b64decode(line).decode() for line in server.heard[2:4]] == [USER, PASSWORD]


def test_a_login_that_the_server_does_not_offer_is_named():
    with (
        Scripted([GREETING, b"250-mail\r\n250 AUTH CRAM-MD5\r\n", CUT]) as server,
        pytest.raises(ReconnectError, match=r"PLAIN or LOGIN \(it offers: CRAM-MD5\)"),
    ):
        send(connect(server.port, user=USER, password=PASSWORD))


def test_a_server_that_wants_a_login_first_needs_a_person(pem, handler):
    with serving(handler, tls_context=server_tls(pem), auth_required=True) as port:
        connector = connect(port, security="starttls", ca_file=pem)
        with pytest.raises(ReconnectError, match="wants a login"):
            send(connector)
        connector.close()


# --- size and signs ------------------------------------------------------------------------------


def test_the_servers_size_limit_is_kept(handler):
    with serving(handler, data_size_limit=20_000) as port:
        connector = connect(port)
        with pytest.raises(RejectedError, match="up to 20000 bytes, this one has"):
            send(connector, mail(text="x" * 30_000))
        assert send(connector).state == "accepted"
        connector.close()


def test_our_own_size_limit_is_kept(handler):
    with serving(handler) as port, pytest.raises(RejectedError, match="up to 1000 bytes"):
        send(connect(port, largest_bytes=1000), mail(text="x" * 3000))


def test_a_big_message_goes_whole(handler):
    text = "Größe 1,6 MB, .mit Punkten\n." * 60_000
    with serving(handler, data_size_limit=30_000_000) as port:
        connector = connect(port)
        assert send(connector, mail(text=text, html="")).state == "accepted"
        connector.close()
    read = message_from_bytes(handler.took[0].content, policy=policy.default)
    assert read.get_content().splitlines() == text.splitlines()


@pytest.mark.parametrize("utf8", [True, False])
def test_an_address_beyond_ascii_needs_a_server_that_takes_it(handler, utf8):
    with serving(handler, enable_SMTPUTF8=utf8) as port:
        connector = connect(port)
        handed = send(connector, mail(recipient="jürgen@bücher.example"))
        assert send(connector).state == "accepted"
        connector.close()
    if utf8:
        assert handed.state == "accepted"
        assert handler.took[0].recipient == "jürgen@xn--bcher-kva.example"
        assert "SMTPUTF8" in handler.took[0].options
    else:
        assert (handed.state, handed.status, handed.whole_session) == ("refused", "5.6.7", False)
        assert "jürgen" not in handed.sentence


def test_a_domain_beyond_ascii_goes_to_every_server(handler):
    with serving(handler, enable_SMTPUTF8=False) as port:
        connector = connect(port)
        assert send(connector, mail(recipient="jane@bücher.example")).state == "accepted"
        connector.close()
    assert handler.took[0].recipient == "jane@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\r\nBcc: all@example.com"},
        {"subject": "Hello\n.\r\nMAIL FROM:<x@example.com>"},
        {"sender": "Acme\r\nBcc: all@example.com <news@acme.example>"},
        {"sender": "nobody"},
        {"reply_to": "x@example.com\nBcc: all@example.com"},
        {"recipient": "jane.doe@example.com>\r\nRCPT TO:<all@example.com"},
        {"recipient": "jane.doe@example.com,all@example.com"},
        {"recipient": "jane doe"},
        {"recipient": "jane.doe@" + "ü" * 80 + ".example"},
        {"message_id": "<1@acme.example>\r\nBcc: all@example.com"},
        {"message_id": "none"},
        {"headers": {"List-Unsubscribe": "<https://x>\r\nBcc: all@example.com"}},
        {"headers": {"X-A\r\nBcc": "all@example.com"}},
        {"headers": {"X A": "1"}},
        {"headers": {"Bcc": "all@example.com"}},
        {"headers": {"content-type": "text/plain"}},
        {"subject": "half \ud800"},
        {"text": "half \ud800"},
        {"text": "", "html": ""},
        {"headers": {"X-Long": "x" * 1000}},
    ],
)
def test_what_could_smuggle_something_in_is_not_sent(connector, handler, changes):
    with pytest.raises(RejectedError) as caught:
        send(connector, mail(**changes))
    assert "jane.doe" not in told(caught.value)
    assert (handler.took, handler.sessions) == ([], 0)
