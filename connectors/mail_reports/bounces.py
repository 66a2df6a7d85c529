"""To whom could a message not be delivered, and why? Delivery status notifications (RFC 3464).

Packed as `multipart/report` (RFC 6522, before it RFC 3462), also with internationalised addresses
(RFC 6533). Recipients to whom it was delivered, relayed or expanded are no news.
"""

import re
from datetime import datetime

from connectors.mail import MailReport, ReportKind
from connectors.mail_reports.addresses import address_in
from connectors.mail_reports.mime import Part, fields, transferred
from connectors.mail_reports.originals import message_id
from connectors.mail_reports.statuses import bounce, status_of

KINDS = ("message/delivery-status", "message/global-delivery-status")
MOST = 100
"""Recipients of one report that are read; ours have one each."""

_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")


def bounces(root: Part, at: datetime, source: str) -> list[MailReport] | None:
    """Return what a delivery status notification reports, None for what is none."""
    found = next((part for part in root.walk() if part.kind in KINDS), None)
    if found is None:
        return None
    how = found.header("content-transfer-encoding").strip().lower()
    text = transferred(found.body[:200_000], how).decode("utf-8", "replace").strip()
    about = message_id(root)
    reports = []
    for group in _BLANK_LINE.split(text)[: MOST + 1]:
        rows = fields(group)
        if {"final-recipient", "original-recipient", "action"} & rows.keys():
            reports += _of_recipient(rows, about, at, source)
    return reports[:MOST]


def _of_recipient(
    rows: dict[str, list[str]], about: str, at: datetime, source: str
) -> list[MailReport]:
    said = " ".join(rows.get("diagnostic-code", []))
    status = status_of(" ".join(rows.get("status", [])), said)
    action = " ".join(rows.get("action", [])).partition(" ")[0].strip(";,").lower()
    if action not in ("failed", "delayed", "delivered", "relayed", "expanded"):
        action = {"5": "failed", "4": "delayed"}.get(status[:1], "")
    kind: ReportKind
    if action == "failed":
        kind = bounce(status)
    elif action == "delayed":
        kind = "delayed"
    else:
        return []
    names = (*rows.get("original-recipient", []), *rows.get("final-recipient", []))
    address = next(filter(None, map(address_in, names)), "")
    return [MailReport(kind, at, about, address, status, source)]
