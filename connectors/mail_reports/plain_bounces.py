"""To whom could a message not be delivered, where a server tells it in words of its own?

Header X-Failed-Recipients (Exim, Google); qmail's "Hi. This is the qmail-send program" (QSBMF);
Exim's, Postfix's, Yahoo's, older Exchange's and Outlook's texts. Only what comes from a mail system
is taken for a bounce: from MAILER-DAEMON or postmaster, or with an empty Return-Path and a subject
that says so. What a person writes about a bounce is none.
"""

import re
from datetime import datetime

from connectors.mail import MailReport, ReportKind
from connectors.mail_reports.addresses import ADDRESS, address_in, addresses_in
from connectors.mail_reports.answers import is_receipt
from connectors.mail_reports.mime import Part, unencoded
from connectors.mail_reports.originals import message_id
from connectors.mail_reports.statuses import bounce, status_of

_SYSTEM = re.compile(
    r"\b(mailer-?daemon|postmaster|mail delivery (sub)?system|microsoftexchange\w*)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|deliver(y|ed)\b.{0,40}(fail|status|problem|notif|delay|not)|"
    r"(fail|not|could ?n[o']t).{0,30}deliver|returned (mail|to sender)|failure notice|"
    r"mail (delivery )?(failed|error)|delayed|unzustellbar|nicht zugestellt|non remis|"
    r"no se (ha )?(pudo|podido) entregar|niet bezorgd|mancata consegna",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"warning message only|do not need to resend|will (continue|keep) (to )?try|will be retried|"
    r"has not (yet )?been delivered|\bdelayed\b",
    re.IGNORECASE,
)
_QUOTED_ORIGINAL = re.compile(
    r"^-{2,}.{0,40}(copy of|original message|below this line|headers?|returned).{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_REASON = 600
"""Signs after an address that speak of it."""


def plain_bounces(root: Part, at: datetime, source: str) -> list[MailReport] | None:
    """Return what a bounce without a standard form reports, None for what is none."""
    failed = addresses_in(" ".join(root.headers.get("x-failed-recipients", [])))
    if is_receipt(root) or (not failed and not is_from_a_mail_system(root)):
        return None
    text, about = _words(root), message_id(root)
    subject = unencoded(root.header("subject"))
    if not failed:
        if not _SUBJECT.search(subject) and "qmail-send program" not in text:
            return None
        failed = [address] if (address := _named(text)) else []
    if not failed and not about:
        return None
    late = bool(_DELAYED.search(subject) or _DELAYED.search(text))
    return [_report(text, address, about, at, source, late) for address in failed or [""]]


def is_from_a_mail_system(root: Part) -> bool:
    """Tell whether a mail system wrote this, by its sender or by where answers to it go."""
    if _SYSTEM.search(unencoded(root.header("from"))):
        return True
    return root.header("return-path").strip() == "<>" and bool(
        _SUBJECT.search(unencoded(root.header("subject")))
    )


def _words(root: Part) -> str:
    """Return the first text, without the message that it quotes."""
    text = next((part.text() for part in root.walk() if part.kind.startswith("text/")), "")
    return _QUOTED_ORIGINAL.split(text, maxsplit=1)[0]


def _named(text: str) -> str:
    """Return the address that the text says could not be reached: the first one."""
    named = (found for found in ADDRESS.findall(text[:8000]) if not _SYSTEM.match(found))
    return address_in(next(named, ""))


def _report(
    text: str, address: str, about: str, at: datetime, source: str, late: bool
) -> MailReport:
    place = text.lower().find(address.lower()) if address else 0
    reason = " ".join(text[max(place, 0) : max(place, 0) + _REASON].split())
    status = status_of("", reason.replace(address, "", 1) if address else reason)
    kind: ReportKind = "delayed" if late and not status.startswith("5") else bounce(status)
    return MailReport(kind, at, about, address, status, source)
