"""What does a mail that came back tell of a message of ours?

Bounces (RFC 3464, and those without a standard), complaints (RFC 5965), unsubscriptions by mail,
answers. Anybody may have written it: nothing here raises, takes long or believes. A report names
the Message-ID of what it is about; whoever records it looks whether that is a message of ours.
"""

from datetime import datetime

from connectors.mail import MailReport
from connectors.mail_reports.answers import answers, unsubscriptions
from connectors.mail_reports.bounces import bounces
from connectors.mail_reports.complaints import complaints
from connectors.mail_reports.mime import parse
from connectors.mail_reports.plain_bounces import is_from_a_mail_system, plain_bounces

READERS = (complaints, bounces, plain_bounces, unsubscriptions, answers)
"""The first that knows what it is says all of it. Complaints come first, as their messages may hold
anything; a bounce comes before an answer, as it also answers."""


def read_reports(raw: bytes, at: datetime, source: str) -> list[MailReport]:
    """Return what a mail reports, in the order it says it; nothing for any other mail.

    `raw` is the mail or its beginning; of more than a megabyte the rest is not looked at. `at` is
    when it came, by the mailbox's own clock; `source` is where it was found.
    """
    root = parse(raw)
    for read in READERS:
        if (found := read(root, at, source)) is not None:
            return found
    return []


def needs_all(beginning: bytes) -> bool:
    """Tell whether a mail's beginning promises a report, of which the end must be read too."""
    root = parse(beginning)
    return (
        root.kind == "multipart/report"
        or "x-failed-recipients" in root.headers
        or is_from_a_mail_system(root)
    )
