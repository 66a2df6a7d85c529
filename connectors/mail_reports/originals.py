"""Which message of ours is a report about?

A report counts for a message only by its Message-ID, or by what its List-Unsubscribe carried: both
only we can make. Whoever forges a report must know them.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from connectors.mail_reports.mime import HEADS, WHOLE, Part

_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_INLINE = re.compile(r"^[ \t>]{0,20}message-id:\s{0,80}(<[^<>\s@]{1,200}@[^<>\s@]{1,200}>)",
                     re.IGNORECASE | re.MULTILINE)  # fmt: skip
_TICKET = re.compile(r"\b([a-z0-9_]{1,63})[./](\d{1,19}-\d{1,19})[./]([0-9a-f]{32})\b")
"""As `connectors/mail_links.py` writes it, in a link (`/`) or a subject (`.`)."""
_LEAVING = re.compile(r"/u/([a-z0-9_]{1,63})/(\d{1,19}-\d{1,19})/([0-9a-f]{32})\b")


def original(root: Part) -> Part | None:
    """Return the message that a report brings along, whole or its headers; None if it has none."""
    for part in root.walk():
        if part.kind in (*WHOLE, *HEADS) and part.parts:
            return part.parts[0]
    return None


def message_id(root: Part) -> str:
    """Return the Message-ID of the message that something is about; '' if it does not say.

    Of what it brings along; else of what says so itself; else of what it answers; else of what its
    text quotes.
    """
    return next(_candidates(root), "")


def _candidates(root: Part) -> Iterator[str]:
    if sent := original(root):
        yield from _ids(sent, "message-id", "x-microsoft-original-message-id")
    for part in root.walk():
        yield from _ids(part, "original-message-id", "x-original-message-id")
    yield from _ids(root, "in-reply-to")
    yield from reversed(list(_ids(root, "references")))
    for part in root.walk():
        if part.kind.startswith("text/"):
            yield from _INLINE.findall(part.text())


def _ids(part: Part, *names: str) -> Iterator[str]:
    for name in names:
        for value in part.headers.get(name, ()):
            yield from _ID.findall(value[:8000])


def ticket(text: str) -> str:
    """Return what a link or a subject of ours carries, `acme.17-461.<token>`; '' if it has none."""
    found = _TICKET.search(unquote(text[:8000]).lower())
    return ".".join(found.groups()) if found else ""


def ticket_of_original(root: Part) -> str:
    """Return what the message that a report brings along carried: in its List-Unsubscribe, else in
    the link by which its reader leaves; '' if it has none, or a click's alone."""
    sent = original(root)
    if sent is None:
        return ""
    return ticket(sent.header("list-unsubscribe")) or next(_leaving(sent), "")


def _leaving(sent: Part) -> Iterator[str]:
    for part in sent.walk():
        if part.kind.startswith("text/"):
            for found in _LEAVING.finditer(unquote(part.written()).lower()):
                yield ".".join(found.groups())
