"""Who called a message spam? Feedback of mailbox providers.

ARF (RFC 5965): `message/feedback-report` beside the message or its headers. Providers make the
recipient unreadable (Yahoo) or leave it out (RFC 6590), so the message's own Message-ID, or what
its List-Unsubscribe or the link to leave by carried, says whose it is. Microsoft's JMRP sends the
message as an attachment instead, with the recipient in X-HmXmrOriginalRecipient. Feedback of type
`not-spam` is the opposite of a complaint and `opt-out` an unsubscription (RFC 5965, 3.1 and 7.3;
RFC 6650).
"""

from datetime import datetime

from connectors.mail import MailReport, ReportKind
from connectors.mail_reports.addresses import address_in
from connectors.mail_reports.mime import Part, fields, transferred
from connectors.mail_reports.originals import message_id, original, ticket_of_original

KIND = "message/feedback-report"
MICROSOFT = "x-hmxmroriginalrecipient"
NO_COMPLAINT = ("not-spam", "auth-failure", "dmarc", "virus")
RECIPIENTS = ("original-rcpt-to", "removal-recipient", "redacted-address")


def complaints(root: Part, at: datetime, source: str) -> list[MailReport] | None:
    """Return what feedback reports, None for what is none."""
    feedback = next((part for part in root.walk() if part.kind == KIND), None)
    if feedback is None:
        return _of_microsoft(root, at, source)
    how = feedback.header("content-transfer-encoding").strip().lower()
    rows = fields(transferred(feedback.body, how).decode("utf-8", "replace").strip())
    kind = " ".join(rows.get("feedback-type", [])).strip().lower()
    if kind in NO_COMPLAINT:
        return []
    named = (address_in(row) for name in RECIPIENTS for row in rows.get(name, []))
    told: ReportKind = "unsubscribe" if kind.startswith("opt-out") else "complaint"
    return [_report(root, told, next(filter(None, named), ""), at, source)]


def _of_microsoft(root: Part, at: datetime, source: str) -> list[MailReport] | None:
    parts = [root, original(root)]
    named = [part.header(MICROSOFT) for part in parts if part and MICROSOFT in part.headers]
    return [_report(root, "complaint", address_in(named[0]), at, source)] if named else None


def _report(root: Part, kind: ReportKind, address: str, at: datetime, source: str) -> MailReport:
    sent = original(root)
    address = address or (address_in(sent.header("to")) if sent else "")
    about, token = message_id(root), ticket_of_original(root)
    return MailReport(kind, at, about, address, source=source, token=token)
