"""The mailbox of reports, against a real IMAP server: reading on, rebuilding, login, cuts."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from connectors.base import PartialChannel, ReconnectError, RejectedError, TransientError, Window
from connectors.channels.imap import Connector, Options
from connectors.channels.imap.folder_names import encoded
from connectors.channels.imap.reading import BATCH
from connectors.mail import MailboxReader

from ..conftest import told
from ..mail_reports import mails
from .imap_server import AT, CUT, PASSWORD, STALL, USER, Scripted, serving
from .smtp_server import certificate

ID = "<1a2b3c@acme.example>"
WRONG = "planted-wrong-one"
NEWS = mails.plain("Shop <x@example.com>", "Our offers", "Buy!" * 10)


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("imap"))


@pytest.fixture
def mailbox(pem):
    """A running server with an empty mailbox."""
    with serving(pem) as running:
        yield running


def connect(port: int, ca_file=None, **changes) -> Connector:
    given = {
        "account_id": "acme.example", "host": "127.0.0.1", "port": port, "ca_file": ca_file,
        "security": "starttls" if ca_file else "none", "user": USER, "password": PASSWORD,
        "timeout_seconds": 5,
    }  # fmt: skip
    return Connector(Options(**given | changes))


def read(connector: Connector, after: str = "") -> tuple[list, str]:
    """Return all reports after a place, and the last place."""
    reports, place = [], after
    for batch, place in connector.reports(after):  # noqa: B007  the last place is wanted
        reports += batch
    return reports, place


# --- what it is ----------------------------------------------------------------------------------


def test_it_reads_and_knows_no_figures():
    channel = connect(143)
    assert isinstance(channel, MailboxReader)
    assert isinstance(channel, PartialChannel)
    days = Window(AT.date(), AT.date())
    assert channel.covered("account", days) == []
    assert list(channel.performance("account", days)) == list(channel.entities(["account"])) == []
    assert channel.account().platform == "imap"


def test_the_usual_way_is_encrypted():
    options = Options(account_id="acme.example", host="imap.example.com")
    assert (options.security, options.address) == ("tls", ("imap.example.com", 993))


@pytest.mark.parametrize("folder", ['a"b', "a\r\nb", "", "a\\b"])
def test_a_folder_is_a_name(folder):
    with pytest.raises(ValidationError, match="folder"):
        connect(143, folder=folder)


def test_folders_names_beyond_ascii_are_written_as_imap_wants_it():
    assert encoded("Gesendete Entwürfe & mehr") == '"Gesendete Entw&APw-rfe &- mehr"'
    assert encoded("台北") == '"&U,BTFw-"'


# --- reading -------------------------------------------------------------------------------------


def test_reports_are_found_among_other_mail_and_nothing_is_marked(mailbox, pem):
    mailbox.put(NEWS, mails.QMAIL, NEWS, mails.ARF, mails.HOLIDAY, mails.EXCHANGE)
    reports, _ = read(connect(mailbox.port, pem))
    assert [report.kind for report in reports] == [
        "hard_bounce", "complaint", "auto_reply", "hard_bounce",
    ]  # fmt: skip
    assert {(report.message_id, report.at) for report in reports} == {(mails.OURS, AT)}
    assert len({report.source for report in reports}) == 4
    assert mailbox.flags() == set()


def test_reading_goes_on_from_its_place(mailbox, pem):
    connector = connect(mailbox.port, pem)
    assert read(connector) == ([], "")
    mailbox.put(mails.QMAIL)
    first, place = read(connector)
    assert len(first) == 1
    assert read(connector, place) == ([], place)
    mailbox.put(NEWS, mails.ARF)
    second, further = read(connector, place)
    assert [report.kind for report in second] == ["complaint"]
    assert further != place
    assert read(connector, further) == ([], further)


def test_a_deleted_mail_disturbs_nothing(mailbox, pem):
    connector = connect(mailbox.port, pem)
    mailbox.put(mails.QMAIL, mails.ARF)
    _, place = read(connector)
    mailbox.forget(mailbox.uids()[-1])
    assert read(connector, place) == ([], place)
    mailbox.put(mails.EXIM)
    assert [report.kind for report in read(connector, place)[0]] == ["hard_bounce"]


def test_a_rebuilt_mailbox_is_read_again_and_tells_the_same(mailbox, pem):
    connector = connect(mailbox.port, pem)
    mailbox.put(NEWS, mails.QMAIL, mails.ARF)
    before, place = read(connector)
    mailbox.rebuild()
    again, other = read(connector, place)
    assert again == before
    assert other != place
    assert read(connector, other) == ([], other)


def test_many_mails_come_in_batches_each_with_its_place(mailbox, pem):
    mailbox.put(*(NEWS for _ in range(BATCH)), mails.QMAIL)
    batches = list(connect(mailbox.port, pem).reports(""))
    assert [len(reports) for reports, _ in batches] == [0, 1]
    assert len({place for _, place in batches}) == 2


def test_of_a_big_mail_the_beginning_is_read_and_of_a_big_report_all(mailbox, pem):
    words = "Long story.\r\n" * 10_000
    big = mails.dsn("5.1.1", "gone").replace(
        b"This is a MIME-encapsulated message.", words.encode()
    )
    mailbox.put(big, mails.plain("Shop <x@y.example>", "Hello", words * 3))
    reports, _ = read(connect(mailbox.port, pem))
    assert [(report.kind, report.message_id) for report in reports] == [("hard_bounce", mails.OURS)]
    cut, _ = read(connect(mailbox.port, pem, largest_bytes=100_000))
    assert cut == []


def test_another_folder_is_another_place(mailbox, pem):
    mailbox.make("Bounces")
    mailbox.put(mails.QMAIL, folder="Bounces")
    mailbox.put(NEWS, NEWS, NEWS)
    _, place = read(connect(mailbox.port, pem))
    reports, other = read(connect(mailbox.port, pem, folder="Bounces"), place)
    assert len(reports) == 1
    assert other.startswith("Bounces;")


def test_a_place_that_is_none_is_refused(mailbox, pem):
    with pytest.raises(RejectedError, match="no place in a mailbox"):
        read(connect(mailbox.port, pem), "7")


def test_a_folder_that_is_not_there_is_named(mailbox, pem):
    with pytest.raises(RejectedError, match="'Nowhere' cannot be read"):
        read(connect(mailbox.port, pem, folder="Nowhere"))


# --- what was sent -------------------------------------------------------------------------------


def test_what_stands_in_the_sent_folder_is_found(mailbox, pem):
    mailbox.make("Sent")
    stored = [f"<{number}@acme.example>" for number in range(45)]
    mailbox.put(*(f"Message-ID: {one}\r\nTo: x\r\n\r\nx".encode() for one in stored), folder="Sent")
    connector = connect(mailbox.port, pem, sent_folder="Sent")
    assert connector.sent([*stored, "<99@acme.example>"]) == frozenset(stored)
    assert connector.sent(["<9@acme.exampl>"]) == frozenset()
    assert connector.sent([]) == frozenset()


@pytest.mark.parametrize("wrong", ['<1@a"b>', "<1@a>\r\nx LOGOUT", "1@a"])
def test_what_is_no_message_id_is_not_asked_for(mailbox, pem, wrong):
    with pytest.raises(RejectedError, match="no Message-IDs"):
        connect(mailbox.port, pem, sent_folder="Sent").sent([wrong])


def test_without_a_sent_folder_nothing_is_known(mailbox, pem):
    with pytest.raises(RejectedError, match="sent_folder"):
        connect(mailbox.port, pem).sent([ID])
    with pytest.raises(RejectedError, match="'Sent' cannot be read"):
        connect(mailbox.port, pem, sent_folder="Sent").sent([ID])


HELLO = ("* OK [CAPABILITY IMAP4rev1] hello", "* CAPABILITY IMAP4rev1\r\n{tag} OK")
IN = (*HELLO, "{tag} OK in")


def test_the_folder_that_the_server_calls_sent_is_taken():
    head = "Message-ID: " + ID
    folders = (
        '* LIST (\\HasNoChildren) "/" INBOX\r\n'
        '* LIST (\\HasNoChildren \\Sent) "/" "Gesendete Entw&APw-rfe"\r\n{tag} OK'
    )
    found = f"* 1 FETCH (UID 3 BODY[HEADER] {{{len(head)}}}\r\n{head})\r\n{{tag}} OK"
    replies = (folders, "* 1 EXISTS\r\n{tag} OK [READ-ONLY]", "* SEARCH 3\r\n{tag} OK", found)
    with Scripted(*IN, *replies, "* BYE\r\n{tag} OK") as server:
        assert connect(server.port).sent([ID]) == frozenset([ID])
    assert server.heard[3] == 'EXAMINE "Gesendete Entw&APw-rfe"'


# --- login and connections -----------------------------------------------------------------------


def test_a_wrong_password_needs_a_person_and_is_not_shown(mailbox, pem):
    connector = connect(mailbox.port, pem, password=WRONG)
    with pytest.raises(ReconnectError, match="refuses the login") as caught:
        read(connector)
    assert WRONG not in told(caught.value) + str(vars(connector))
    assert USER not in str(caught.value)


def test_an_untrusted_certificate_needs_a_person(mailbox):
    with pytest.raises(ReconnectError, match="certificate is not trusted"):
        read(connect(mailbox.port, security="starttls"))


def test_tls_from_the_start_on_a_plain_port_says_what_to_change(mailbox, pem):
    with pytest.raises(ReconnectError, match="say security: starttls"):
        read(connect(mailbox.port, pem, security="tls"))


def test_where_starttls_is_stripped_nothing_is_said(pem):
    with (
        Scripted(*HELLO, "* BYE\r\n{tag} OK") as server,
        pytest.raises(ReconnectError, match="offers no STARTTLS"),
    ):
        read(connect(server.port, pem))
    assert server.heard == ["CAPABILITY", "LOGOUT"]


def test_an_access_token_is_shown_as_google_and_microsoft_want_it():
    hello = ("* OK hello", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK")
    refused = "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
    with Scripted(*hello, "+ ", "+ eyJzdGF0dXMiOiI0MDAifQ==", refused, "{tag} OK") as server:
        connector = connect(server.port, password=None, access_token="planted-token")
        with pytest.raises(ReconnectError, match="Invalid credentials") as caught:
            read(connector)
    assert server.heard[1] == "AUTHENTICATE XOAUTH2"
    assert "planted-token" not in told(caught.value)


@pytest.mark.parametrize("said", ["[UNAVAILABLE] user store down", "Temporary failure"])
def test_a_login_that_fails_for_now_may_pass(said):
    with (
        Scripted(*HELLO, "{tag} NO " + said, "{tag} OK") as server,
        pytest.raises(TransientError, match="lets nobody in now"),
    ):
        read(connect(server.port))


def test_a_greeting_that_sends_us_away_may_pass():
    with (
        Scripted("* BYE too many connections") as server,
        pytest.raises(TransientError, match="lets nobody in"),
    ):
        read(connect(server.port))


def test_a_server_that_is_not_there_may_come_back():
    with Scripted("") as server:
        port = server.port
        with pytest.raises(TransientError):
            read(connect(port, timeout_seconds=0.2))
    with pytest.raises(TransientError, match="cannot be reached"):
        read(connect(port))


OPEN = "* 2 EXISTS\r\n* OK [UIDVALIDITY 5] .\r\n* OK [UIDNEXT 9] .\r\n{tag} OK [READ-ONLY] open"


@pytest.mark.parametrize("said", [CUT, STALL])
@pytest.mark.parametrize("step", range(1, 6))
def test_a_connection_that_is_cut_may_be_tried_again(step, said):
    talk = (*IN, OPEN, "* SEARCH 7\r\n{tag} OK")
    with Scripted(*talk[:step], said) as server, pytest.raises(TransientError):
        read(connect(server.port, timeout_seconds=0.1))


def test_what_was_read_before_a_cut_keeps_its_place():
    raw = mails.QMAIL.decode()
    row = (
        f'* 1 FETCH (UID 7 INTERNALDATE "22-Nov-2026 10:00:00 +0100" RFC822.SIZE {len(raw)} '
        f"BODY[]<0> {{{len(raw)}}}\r\n{raw})\r\n{{tag}} OK"
    )
    following = OPEN.replace("UIDNEXT 9", "UIDNEXT 60000")
    with Scripted(*IN, following, "* SEARCH 7\r\n{tag} OK", row, CUT) as server:
        batch = connect(server.port).reports("")
        reports, place = next(batch)
        assert (reports[0].kind, reports[0].at) == (
            "hard_bounce",
            datetime(2026, 11, 22, 9, tzinfo=UTC),
        )
        assert place == "INBOX;UIDVALIDITY=5;UID=7"
        with pytest.raises(TransientError):
            next(batch)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("{tag} NO [ALERT] for bob@example.com", r"refuses SEARCH: \[ALERT\] for \(address\)"),
        ("{tag} BAD what", "BAD"),
    ],
)
def test_a_refused_command_is_named_without_an_address(reply, said):
    with Scripted(*IN, OPEN, reply, "{tag} OK") as server, pytest.raises(RejectedError, match=said):
        read(connect(server.port))


def test_a_server_without_uidnext_is_asked_for_it():
    opened = "* OK [UIDVALIDITY 5] .\r\n{tag} OK [READ-ONLY] open"
    status = "* STATUS INBOX (UIDNEXT 1)\r\n{tag} OK"
    with Scripted(*IN, opened, status, "{tag} OK") as server:
        assert read(connect(server.port)) == ([], "")
