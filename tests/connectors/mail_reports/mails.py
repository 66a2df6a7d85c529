"""Mails as they come back from real servers, cut to what matters; all about one message of ours."""

OURS = "<1a2b3c@acme.example>"
JANE = "jane@example.com"
TICKET = "acme.17-461." + "0123456789abcdef" * 2

ORIGINAL = f"""\
Received: from mail.acme.example by mx.example.com; Sun, 22 Nov 2026 08:00:00 +0000
From: Acme Shop <news@acme.example>
To: {JANE}
Subject: Hello
Message-ID: {OURS}
List-Unsubscribe: <https://mail.acme.example/u/{TICKET.replace(".", "/")}>,
 <mailto:leave@acme.example?subject=unsubscribe%20{TICKET}>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Content-Type: text/plain

Hello
"""


def report(kind: str, words: str, fields: str, *, sent: str = ORIGINAL, head: str = "") -> bytes:
    """Return a `multipart/report` with its three parts."""
    kinds = {
        "delivery-status": ("message/delivery-status", "message/rfc822"),
        "feedback-report": ("message/feedback-report", "text/rfc822-headers"),
        "disposition-notification": ("message/disposition-notification", "text/rfc822-headers"),
    }
    machine, returned = kinds[kind]
    text = f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: news@acme.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
 boundary="A98B/mx.example.com"

This is a MIME-encapsulated message.

--A98B/mx.example.com
Content-Type: text/plain; charset=us-ascii

{words}
--A98B/mx.example.com
Content-Type: {machine}

{fields}
--A98B/mx.example.com
Content-Type: {returned}

{sent}
--A98B/mx.example.com--
"""
    return text.replace("\n", "\r\n").encode()


def dsn(status: str, said: str, action: str = "failed", **more: str) -> bytes:
    """Return a bounce as Postfix writes it."""
    fields = f"""\
Reporting-MTA: dns; mx.example.com
X-Postfix-Queue-ID: A98B
X-Postfix-Sender: rfc822; news@acme.example
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; {JANE}
Original-Recipient: rfc822;{JANE}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; {said}
"""
    return report("delivery-status", f"<{JANE}>: {said}", fields, **more)


def plain(sender: str, subject: str, body: str, head: str = "") -> bytes:
    """Return a mail of one text part."""
    return f"From: {sender}\nTo: news@acme.example\nSubject: {subject}\n{head}\n{body}".encode()


GMAIL = report(
    "delivery-status",
    f"** Address not found **\n\nYour message wasn't delivered to {JANE}",
    f"""\
Reporting-MTA: dns; googlemail.com
Arrival-Date: Sun, 22 Nov 2026 00:00:00 -0800 (PST)
X-Original-Message-ID: {OURS}

Final-Recipient: rfc822; {JANE}
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.com. (142.250.0.27, the server for the domain gmail.com.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please
 550-5.1.1 try double-checking the recipient's email address for typos. 550 5.1.1 gsmtp
Last-Attempt-Date: Sun, 22 Nov 2026 00:00:01 -0800 (PST)
""",
    head=f"X-Failed-Recipients: {JANE}\nReferences: {OURS}\nIn-Reply-To: {OURS}\n",
    sent="",
)

EXCHANGE = report(
    "delivery-status",
    "Your message to jane couldn't be delivered.",
    f"""\
Reporting-MTA: dns;DB9PR01MB1234.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;AM0PR01MB0001.eurprd01.prod.exchangelabs.com
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0000

Final-Recipient: rfc822;{JANE}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {JANE} not found by SMTP
 address lookup
""",
)

EXIM = plain(
    "Mail Delivery System <Mailer-Daemon@mx.example.com>",
    "Mail delivery failed: returning message to sender",
    f"""\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {JANE}
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{JANE}>:
    550 5.1.1 <{JANE}>: Recipient address rejected: User unknown

------ This is a copy of the message, including all the headers. ------

{ORIGINAL}""",
    f"X-Failed-Recipients: {JANE}\nAuto-Submitted: auto-replied\n",
)

EXIM_LATE = plain(
    "Mail Delivery System <Mailer-Daemon@mx.example.com>",
    "Warning: message 1abc-2 delayed 24 hours",
    f"""\
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.com.

The address to which the message has not yet been delivered is:

  {JANE}

No action is required on your part.
Message-ID: {OURS}
""",
    "Auto-Submitted: auto-replied\n",
)

QMAIL = plain(
    "MAILER-DAEMON@mx.example.com",
    "failure notice",
    f"""\
Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{JANE}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <news@acme.example>
{ORIGINAL}""",
    "Return-Path: <>\n",
)

YAHOO = plain(
    "MAILER-DAEMON@yahoo.com",
    "Failure Notice",
    f"""\
Sorry, we were unable to deliver your message to the following address.

<{JANE}>:
554: delivery error: dd This user doesn't have a yahoo.com account ({JANE}) [-5]

--- Below this line is a copy of the message.

{ORIGINAL}""",
)

OLD_EXCHANGE = plain(
    "System Administrator <postmaster@example.com>",
    "Undeliverable: Hello",
    f"""\
Your message did not reach some or all of the intended recipients.

      Subject:  Hello

The following recipient(s) could not be reached:

      {JANE} on 22.11.2026 09:00
            The recipient's mailbox is full. <mx.example.com #4.2.2>
""",
    f"In-Reply-To: {OURS}\n",
)

ARF = report(
    "feedback-report",
    "This is an email abuse report for an email message received on Sun, 22 Nov 2026.",
    f"""\
Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <news@acme.example>
Original-Rcpt-To: <{JANE}>
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0000
Source-IP: 192.0.2.1
""",
)

YAHOO_ARF = report(
    "feedback-report",
    "This is an email abuse report.",
    """\
Feedback-Type: abuse
User-Agent: Yahoo!-Mail-Feedback/2.0
Version: 0.1
Original-Mail-From: <news@acme.example>
Original-Rcpt-To: redacted@yahoo.com
Received-Date: Sun, 22 Nov 2026 08:00:00 +0000
Reported-Domain: acme.example
""",
    sent=ORIGINAL.replace(f"To: {JANE}", "To: xxxxxx@yahoo.com"),
)

REDACTED_ARF = report(
    "feedback-report",
    "This is an email abuse report.",
    "Feedback-Type: abuse\nUser-Agent: Redactor/1.0\nVersion: 1\n",
    sent=f"""\
From: news@acme.example
To: redacted
Subject: Hello
Content-Type: text/html

<p>Hello, <a href="https://mail.acme.example/c/acme/17-461/{"a" * 32}?n=1">look</a></p>
<p><a href="https://mail.acme.example/u/{TICKET.replace(".", "/")}?l=en">Leave</a></p>
""",
).replace(b"text/rfc822-headers", b"message/rfc822")

JMRP = (
    b"From: <staff@hotmail.com>\nTo: abuse@acme.example\n"
    b"Subject: complaint about message from 192.0.2.1\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="b1"\n\n--b1\nContent-Type: message/rfc822\n'
    b"Content-Disposition: inline\n\nX-HmXmrOriginalRecipient: jane@example.com\n"
    + ORIGINAL.encode()
    + b"\n--b1--\n"
)

HOLIDAY = plain(
    f"Jane <{JANE}>",
    "=?utf-8?B?QXV0b21hdGlzY2hlIEFudHdvcnQ6IEhlbGxv?=",
    "I am away until Monday. Write to bob@example.com. Your message was not delivered to others.",
    f"In-Reply-To: {OURS}\nX-Auto-Response-Suppress: All\n",
)

REPLY = plain(
    f"Jane <{JANE}>", "Re: Hello", "Do you have it in blue?", f"References: <x@y> {OURS}\n"
)

RECEIPT = report(
    "disposition-notification",
    "The message was displayed.",
    f"Final-Recipient: rfc822;{JANE}\nOriginal-Message-ID: {OURS}\nDisposition: manual-action/"
    "MDN-sent-manually; displayed\n",
).replace(b"MAILER-DAEMON", b"jane")
