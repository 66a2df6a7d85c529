"""Did somebody unsubscribe by mail, answer, or only let a machine answer?

A mail to the address of List-Unsubscribe carries a ticket in its subject or after a + in the
address; one whose subject is only the word counts for whoever wrote it. What a machine sends by
itself (RFC 3834: Auto-Submitted; holidays, receipts of RFC 8098) is never a bounce and never
unsubscribes without a ticket.
"""

import re
from datetime import datetime

from connectors.mail import MailReport, ReportKind
from connectors.mail_reports.addresses import address_in
from connectors.mail_reports.mime import Part, unencoded
from connectors.mail_reports.originals import message_id, ticket

_LEAVES = re.compile(
    r"\s*(re:\s*)?(please\s+)?(unsubscribe( me)?|abmelden|abbestellen|"
    r"d[ée]sinscrire|se d[ée]sabonner|darse de baja|cancelar suscripci[óo]n|uitschrijven|"
    r"annulla iscrizione)"
    r"\s*[.!]?\s*",
    re.IGNORECASE,
)
_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(auto(matic|mated)?[ -]?(re(ply|sponse)|antwort)|out of (the )?office|"
    r"automatische antwort|abwesenheit|r[ée]ponse automatique|"
    r"respuesta autom[áa]tica|risposta automatica|"
    r"automatisch antwoord|absence|on (vacation|holiday))",
    re.IGNORECASE,
)
_MACHINES = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
_TO = ("to", "delivered-to", "x-original-to", "envelope-to")


def unsubscriptions(root: Part, at: datetime, source: str) -> list[MailReport] | None:
    """Return who unsubscribes by this mail, None if nobody does."""
    subject = unencoded(root.header("subject"))
    to = " ".join(value for name in _TO for value in root.headers.get(name, []))
    token = ticket(subject) or ticket(to.replace("+", " "))
    if not token and (not _LEAVES.fullmatch(subject) or is_automatic(root)):
        return None
    address = address_in(unencoded(root.header("from")))
    return [MailReport("unsubscribe", at, message_id(root), address, source=source, token=token)]


def answers(root: Part, at: datetime, source: str) -> list[MailReport] | None:
    """Return an answer of a person or a machine to a message; None for what answers none."""
    about = message_id(root)
    if not about or not (
        root.header("in-reply-to") or root.header("references") or is_receipt(root)
    ):
        return None
    address = address_in(unencoded(root.header("from")))
    kind: ReportKind = "auto_reply" if is_automatic(root) else "reply"
    return [MailReport(kind, at, about, address, source=source)]


def is_automatic(root: Part) -> bool:
    """Tell whether a machine sent this by itself (RFC 3834, 2 and 5)."""
    submitted = root.header("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if root.header("precedence").strip().lower() in ("auto_reply", "junk") or is_receipt(root):
        return True
    if any(name in root.headers for name in _MACHINES):
        return True
    return bool(_AUTOMATIC_SUBJECT.match(unencoded(root.header("subject"))))


def is_receipt(root: Part) -> bool:
    """Tell whether it says that a message was shown or deleted (RFC 8098)."""
    return root.parameters.get("report-type", "").lower() == "disposition-notification"
