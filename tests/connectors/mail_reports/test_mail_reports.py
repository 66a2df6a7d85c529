"""What comes back for a message, in the shapes of real servers, and from people who mean harm."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mail import MailReport
from connectors.mail_reports import needs_all, read_reports
from connectors.mail_reports.mime import parse
from connectors.mail_reports.statuses import bounce, cause, status_of

from . import mails
from .mails import JANE, OURS, TICKET, dsn, plain, report

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def read(raw: bytes) -> list[MailReport]:
    return read_reports(raw, AT, "imap INBOX 7")


def one(raw: bytes) -> tuple:
    """Return kind, message, address and status of the only report of a mail."""
    (found,) = read(raw)
    assert (found.at, found.source) == (AT, "imap INBOX 7")
    return found.kind, found.message_id, found.address, found.status


# --- bounces -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (dsn("5.1.1", "550 5.1.1 User unknown"), "hard_bounce", "5.1.1"),
        (dsn("5.1.2", "Host or domain name not found"), "hard_bounce", "5.1.2"),
        (dsn("5.2.2", "552 5.2.2 Mailbox full"), "soft_bounce", "5.2.2"),
        (dsn("5.7.1", "550 5.7.1 Blocked: bad reputation"), "soft_bounce", "5.7.1"),
        (dsn("4.4.7", "delivery time expired"), "soft_bounce", "4.4.7"),
        (dsn("4.4.1", "timed out", action="delayed"), "delayed", "4.4.1"),
        (dsn("5.0.0", "550 5.1.1 No such user"), "hard_bounce", "5.1.1"),
        (dsn("5.0.0", "550 User unknown"), "hard_bounce", "5.1.1"),
        (dsn("5.0.0", "554 rejected"), "soft_bounce", "5.0.0"),
        (
            dsn("5.4.1", "550 5.4.1 Recipient address rejected: Access denied"),
            "hard_bounce",
            "5.1.1",
        ),
        (mails.GMAIL, "hard_bounce", "5.1.1"),
        (mails.EXCHANGE, "hard_bounce", "5.1.10"),
        (mails.EXIM, "hard_bounce", "5.1.1"),
        (mails.EXIM_LATE, "delayed", ""),
        (mails.QMAIL, "hard_bounce", "5.1.1"),
        (mails.YAHOO, "hard_bounce", "5.1.1"),
        (mails.OLD_EXCHANGE, "soft_bounce", "4.2.2"),
    ],
)
def test_bounces_of_real_servers_say_who_what_and_why(raw, kind, status):
    got = one(raw)
    assert got[1:3] == (OURS, JANE)
    assert got[3] == status or (status == "" and got[0] == "delayed")
    assert got[0] == kind
    assert needs_all(raw)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_what_was_delivered_is_no_bounce(action):
    assert read(dsn("2.0.0", "250 ok", action=action)) == []


def test_of_several_recipients_each_has_a_report():
    fields = "Reporting-MTA: dns; mx\n\n" + "\n\n".join(
        f"Final-Recipient: rfc822; {who}@example.com\nAction: {action}\nStatus: {status}"
        for who, action, status in (
            ("a", "failed", "5.1.1"),
            ("b", "delivered", "2.0.0"),
            ("c", "failed", "5.2.2"),
        )
    )
    found = read(report("delivery-status", "", fields))
    assert [(each.kind, each.address) for each in found] == [
        ("hard_bounce", "a@example.com"),
        ("soft_bounce", "c@example.com"),
    ]


def test_a_report_without_an_action_goes_by_its_status():
    fields = f"Final-Recipient: rfc822; {JANE}\nStatus: 5.1.1"
    assert one(report("delivery-status", "", fields))[0] == "hard_bounce"


def test_an_international_recipient_is_read():
    fields = "Final-Recipient: utf-8; jürgen@bücher.example\nAction: failed\nStatus: 5.1.1"
    assert one(report("delivery-status", "", fields))[2] == "jürgen@bücher.example"


def test_a_report_that_names_no_message_names_none():
    assert one(dsn("5.1.1", "gone", sent="Subject: other\n"))[1] == ""


def test_a_person_who_writes_about_a_bounce_has_not_bounced():
    body = f"I got this:\nUndelivered mail. <{JANE}>: 550 5.1.1 user unknown"
    raw = plain(f"Jane <{JANE}>", "Fwd: Undelivered Mail", body, f"In-Reply-To: {OURS}\n")
    assert one(raw)[0] == "reply"


@pytest.mark.parametrize(
    ("status", "kind", "whose"),
    [
        ("5.1.0", "hard_bounce", "address"),
        ("5.1.7", "soft_bounce", "server"),
        ("5.1.8", "soft_bounce", "server"),
        ("5.1.10", "hard_bounce", "address"),
        ("5.2.1", "hard_bounce", "address"),
        ("5.2.3", "soft_bounce", "message"),
        ("5.3.4", "soft_bounce", "server"),
        ("5.4.4", "hard_bounce", "address"),
        ("5.4.310", "hard_bounce", "address"),
        ("5.4.6", "soft_bounce", "server"),
        ("5.6.1", "soft_bounce", "message"),
        ("5.7.26", "soft_bounce", "policy"),
        ("4.1.1", "soft_bounce", "address"),
        ("", "soft_bounce", "unknown"),
        ("5.9.9", "soft_bounce", "unknown"),
        ("nonsense", "soft_bounce", "unknown"),
    ],
)
def test_a_status_says_whose_matter_it_is(status, kind, whose):
    assert (bounce(status), cause(status)) == (kind, whose)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("550 Requested action not taken: mailbox unavailable", ""),
        ("552 Mailbox is over quota", "5.2.2"),
        ("450 The mailbox is full", "4.2.2"),
        ("550 The account is disabled", "5.2.1"),
        ("554 Message refused: SPF check failed", "5.7.1"),
        ("550 no such domain", "5.1.2"),
        ("550-5.7.26 unauthenticated", "5.7.26"),
        ("host 192.0.2.1 said: 550 invalid recipient", "5.1.1"),
        ("delivered by version 5.1.10.4 of our server", ""),
    ],
)
def test_a_servers_words_are_understood(said, status):
    assert status_of("", said) == status


# --- complaints, unsubscriptions, answers --------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "address"), [(mails.ARF, JANE), (mails.YAHOO_ARF, ""), (mails.JMRP, JANE)]
)
def test_a_complaint_names_the_message_and_carries_its_ticket(raw, address):
    assert one(raw) == ("complaint", OURS, address, "")
    assert read(raw)[0].token == TICKET


def test_where_all_headers_are_redacted_the_link_to_leave_by_says_whose_it_is():
    """The link of a click stands before it, and is nothing to leave with."""
    (found,) = read(mails.REDACTED_ARF)
    assert (found.kind, found.message_id, found.address) == ("complaint", "", "")
    assert found.token == TICKET


def test_that_something_is_no_spam_is_no_complaint():
    assert read(mails.ARF.replace(b"Feedback-Type: abuse", b"Feedback-Type: not-spam")) == []


def test_an_opt_out_is_an_unsubscription():
    raw = mails.ARF.replace(b"Feedback-Type: abuse", b"Feedback-Type: opt-out")
    assert one(raw)[:2] == ("unsubscribe", OURS)


def test_a_mail_to_the_unsubscribe_address_carries_the_ticket():
    raw = plain(f"Jane <{JANE}>", f"unsubscribe {TICKET}", "", "Auto-Submitted: auto-generated\n")
    assert (read(raw)[0].kind, read(raw)[0].token) == ("unsubscribe", TICKET)


def test_the_ticket_may_stand_in_the_address():
    raw = plain(JANE, "", "", f"Delivered-To: leave+{TICKET}@acme.example\n")
    assert (read(raw)[0].kind, read(raw)[0].token) == ("unsubscribe", TICKET)


@pytest.mark.parametrize(
    "subject", ["unsubscribe", "Re: Unsubscribe me!", "Abmelden", "désinscrire"]
)
def test_the_word_alone_unsubscribes_who_wrote_it(subject):
    assert one(plain(f"Jane <{JANE}>", subject, "")) == ("unsubscribe", "", JANE, "")


def test_a_machine_does_not_unsubscribe_by_a_word():
    assert read(plain(JANE, "unsubscribe", "", "Auto-Submitted: auto-replied\n")) == []


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(mails.HOLIDAY, "auto_reply"), (mails.RECEIPT, "auto_reply"), (mails.REPLY, "reply")],
)
def test_answers_are_told_apart_and_are_no_bounces(raw, kind):
    found = one(raw)
    assert (found[0], found[1], found[3]) == (kind, OURS, "")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        plain("Shop <x@example.com>", "Our offers", "Buy! unsubscribe here"),
        plain(JANE, "Question", "Do you deliver?"),
        b"From: x\n" * 5,
    ],
)
def test_other_mail_is_passed_over(raw):
    assert read(raw) == []


# --- mail that means harm ------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    """Return multiparts in multiparts, with a bounce at the bottom."""
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return head + mails.dsn("5.1.1", "gone")


def messages_in_messages(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\n\n" * depth + b"Subject: x\n\n"


HOSTILE = {
    "deep": nested(20_000),
    "messages": messages_in_messages(30_000),
    "parts": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 100_000,
    "headers": b"X-A: 1\n" * 140_000,
    "one header": b"Subject: " + b"=?utf-8?b?" * 90_000,
    "long boundary": b"Content-Type: multipart/mixed; boundary=" + b"b" * 500_000,
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 150_000 + b"\n\nx",
    "quotes": b'Content-Type: text/plain; a="' + b'\\"' * 200_000 + b"\n\nx",
    "charset": b"From: postmaster@x\nSubject: failure notice\n"
    b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 400_000,
    "no charset": b"From: postmaster@x\nContent-Type: text/plain; charset=\x00zip\n\nx",
    "tags": b"From: postmaster@x\nSubject: failure notice\nContent-Type: text/html\n\n"
    + b"<" * 500_000,
    "ats": b"From: postmaster@x\nSubject: failure notice\n\n" + b"a@" * 300_000,
    "dots": b"From: postmaster@x\nSubject: failure notice\n\n<a@b.c> " + b"5.1." * 100_000,
    "groups": report(
        "delivery-status", "", "Action: failed\nFinal-Recipient: rfc822;a@b\n\n" * 9000
    ),
    "references": plain(JANE, "Re: x", "", "References: " + "<a@b> " * 100_000 + "\n"),
    "base64": b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    + b"A" * 900_001,
    "blanks": b"Subject:" + b" " * 900_000 + b"x\n\n",
    "folds": b"Subject: x" + b"\n " * 400_000 + b"\n\n",
    "ids": b"From: postmaster@x\nSubject: failure notice\n\n" + b"message-id: <a" * 70_000,
    "failed": plain("x@y", "z", "", "X-Failed-Recipients: " + "a@b.c, " * 100_000 + "\n"),
    "words": b"From: postmaster@x\nSubject: failure notice\n\n<a@b.c>: " + b"user " * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_costs_little_and_raises_nothing(name):
    begun = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - begun < 1
    assert len(found) <= 100
    needs_all(HOSTILE[name])


def test_a_report_hidden_too_deep_is_not_seen():
    assert read(nested(3)) != []
    assert read(nested(20)) == []


WHOLE = [value for value in vars(mails).values() if isinstance(value, bytes)]


@settings(max_examples=100)
@given(st.sampled_from(WHOLE), st.data())
def test_damaged_mail_raises_nothing(raw, data):
    begin = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(begin, len(raw)))
    junk = data.draw(st.binary(max_size=30))
    for damaged in (raw[:begin] + junk + raw[end:], raw[:end], raw[begin:]):
        for found in read(damaged):
            assert "@" in found.address or not found.address
            assert found.message_id == "" or found.message_id.startswith("<")


@settings(max_examples=100)
@given(st.binary(max_size=2000))
def test_anything_can_be_parsed(raw):
    assert sum(1 for _ in parse(raw).walk()) <= 61
    read(raw)


@given(st.sampled_from(WHOLE), st.integers(0, 4000))
def test_who_cannot_name_our_message_reports_nothing_of_it(raw, seed):
    forged = raw.replace(OURS.encode(), b"<forged-%d@evil.example>" % seed)
    forged = forged.replace(TICKET.encode(), b"x").replace(TICKET.replace(".", "/").encode(), b"x")
    assert OURS not in {found.message_id for found in read(forged)}
    assert {found.token for found in read(forged)} <= {""}
