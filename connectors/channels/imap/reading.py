"""Which mail has come since, and what does it report?

A place in a mailbox is `INBOX;UIDVALIDITY=1;UID=7`: all up to UID 7 has been read. UIDs only grow,
until the server rebuilds the folder and changes UIDVALIDITY (RFC 3501, 2.3.1.1); then it is read
from its beginning. What was read before is known again by `source`, which is a digest of the mail's
own headers: the same wherever the mail lies.
"""

import imaplib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from connectors.base import RejectedError
from connectors.channels.imap.options import Options
from connectors.channels.imap.session import ask, examine
from connectors.mail import MailReport
from connectors.mail_reports import needs_all, read_reports
from connectors.mail_reports.mime import parse

BATCH = 100
"""Mails that are fetched at once."""
BEGINNING = 64_000
"""Bytes that are read of every mail: its headers, and of a report what it says."""
STRIDE = 50_000
"""UIDs that are searched at once: the answer is one line, and lines have an end."""

_PLACE = re.compile(r"(?P<folder>.*);UIDVALIDITY=(?P<validity>\d+);UID=(?P<uid>\d+)", re.DOTALL)
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]{20,30})"')
_OWN = ("message-id", "date", "from", "subject")
"""Headers that stay the same however often a mail is moved."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The beginning of a mail."""

    uid: int
    size: int
    at: datetime
    beginning: bytes = field(repr=False)


def reports_after(
    imap: imaplib.IMAP4, options: Options, after: str
) -> Iterator[tuple[list[MailReport], str]]:
    """Yield what came after a place, in batches, each with the place to go on from."""
    validity, following = examine(imap, options, options.folder)
    place = f"{options.folder};UIDVALIDITY={validity};UID="
    for uids in _batches(imap, options, _read_to(after, options.folder, validity), following):
        reports: list[MailReport] = []
        for mail in _fetched(imap, options, uids, BEGINNING):
            raw = _whole(imap, options, mail)
            source = f"imap {options.folder} {digest(raw)}"
            reports += read_reports(raw, mail.at, source)
        yield reports, f"{place}{uids[-1]}"


def digest(raw: bytes) -> str:
    """Return 16 hexadecimal signs by which a mail is known, whatever folder or number it has."""
    headers = parse(raw[:BEGINNING]).headers
    own = [headers.get(name, []) for name in _OWN]
    return sha256(repr(own if headers.get("message-id") else (own, raw)).encode()).hexdigest()[:16]


def _read_to(after: str, folder: str, validity: int) -> int:
    """Return the last UID that has been read; 0 where nothing says so, or it is no longer true."""
    found = _PLACE.fullmatch(after)
    if not after or (found and (found["folder"], int(found["validity"])) != (folder, validity)):
        return 0
    if not found:
        raise RejectedError(f"{after!r} is no place in a mailbox; '' is its beginning")
    return int(found["uid"])


def _batches(
    imap: imaplib.IMAP4, options: Options, read_to: int, following: int
) -> Iterator[list[int]]:
    """Yield the UIDs from after `read_to` to before `following`, ascending."""
    for start in range(read_to + 1, following, STRIDE):
        end = min(start + STRIDE, following) - 1
        rows = ask(imap, options, "SEARCH", "UID", f"{start}:{end}")
        said = b" ".join(row for row in rows if isinstance(row, bytes)).split()
        uids = sorted({int(uid) for uid in said if uid.isdigit() and start <= int(uid) <= end})
        for at in range(0, len(uids), BATCH):
            yield uids[at : at + BATCH]


def _whole(imap: imaplib.IMAP4, options: Options, mail: Fetched) -> bytes:
    """Return a report whole, of any other mail its beginning."""
    if mail.size <= len(mail.beginning) or not needs_all(mail.beginning):
        return mail.beginning
    again = list(_fetched(imap, options, [mail.uid], options.largest_bytes))
    return again[0].beginning if again else mail.beginning


def _fetched(
    imap: imaplib.IMAP4, options: Options, uids: Sequence[int], most: int
) -> Iterator[Fetched]:
    """Yield the first bytes of mails; one that was deleted meanwhile is not there."""
    wanted = f"(UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{most}>)"
    rows = ask(imap, options, "FETCH", ",".join(map(str, uids)), wanted)
    for about, content in _with_content(rows):
        uid, size, date = _UID.search(about), _SIZE.search(about), _DATE.search(about)
        if uid and date and int(uid[1]) in uids:
            yield Fetched(int(uid[1]), int(size[1]) if size else 0, _moment(date[1]), content)


def _moment(written: bytes) -> datetime:
    """Return when a mail came, from `22-Nov-2026 09:00:00 +0000`."""
    text = written.decode("ascii", "replace").strip()
    try:
        return datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        raise RejectedError(
            f"{text!r} is no moment of a mail; the server breaks RFC 3501"
        ) from None


def _with_content(rows: Sequence[object]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what is said of each mail, and its content. imaplib gives a pair for the text before a
    literal and the literal, then a line for what follows it."""
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        if isinstance(row, tuple):
            rest = following if isinstance(following, bytes) else b""
            yield row[0] + b" " + rest, row[1]
