"""Which of our messages stand in the sent folder?"""

import imaplib
import re
from collections.abc import Sequence

from connectors.base import RejectedError
from connectors.channels.imap.options import Options
from connectors.channels.imap.session import ask, examine

AT_ONCE = 20
"""Messages of one search."""

_SENT = re.compile(
    rb'\([^)]*\\Sent\b[^)]*\) (?:"[^"]*"|NIL) (?:"((?:[^"\\]|\\.)*)"|(\S+))', re.IGNORECASE
)
_ID = re.compile(r'<[^<>\s"\\@]{1,250}@[^<>\s"\\@]{1,250}>', re.ASCII)
_FOUND = re.compile(rb"^message-id:\s*(<[^<>]{1,600}>)", re.IGNORECASE | re.MULTILINE)


def sent_among(imap: imaplib.IMAP4, options: Options, message_ids: Sequence[str]) -> frozenset[str]:
    """Return which messages the sent folder holds.

    A server's search finds parts of a header, so each Message-ID that it finds is read
    and compared.
    Raises `RejectedError` if there is no such folder, or for what is no Message-ID.
    """
    wanted = sorted(set(message_ids))
    if wrong := [one for one in wanted if not _ID.fullmatch(one)]:
        raise RejectedError(f"{len(wrong)} of {len(wanted)} are no Message-IDs such as <1@acme>")
    open_sent_folder(imap, options)
    found: set[str] = set()
    for at in range(0, len(wanted), AT_ONCE):
        found |= _found(imap, options, wanted[at : at + AT_ONCE])
    return frozenset(found) & frozenset(message_ids)


def open_sent_folder(imap: imaplib.IMAP4, options: Options) -> None:
    """Open the sent folder for reading: the one of the options, else the one the server names."""
    if options.sent_folder:
        examine(imap, options, options.sent_folder)
        return
    kind, rows = imap.list()
    named = [_SENT.search(row) for row in rows if isinstance(row, bytes)] if kind == "OK" else []
    name = next((found[1] or found[2] for found in named if found), None)
    if name is None:
        raise RejectedError(
            f"{options.place} names no folder of sent mail; name it as sent_folder, if the server "
            "keeps what is sent"
        )
    quoted = name.decode("ascii", "replace")
    if imap.select(f'"{quoted}"', readonly=True)[0] != "OK":
        raise RejectedError(f"{options.place}: folder {quoted!r} of sent mail cannot be read")


def _found(imap: imaplib.IMAP4, options: Options, message_ids: Sequence[str]) -> set[str]:
    keys = [f'HEADER Message-ID "{one}"' for one in message_ids]
    search = " ".join(["OR"] * (len(keys) - 1) + keys)
    rows = ask(imap, options, "SEARCH", search)
    uids = [uid.decode() for row in rows if isinstance(row, bytes) for uid in row.split()]
    if not uids:
        return set()
    wanted = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
    heads = ask(imap, options, "FETCH", ",".join(uids), wanted)
    texts = (row[1] for row in heads if isinstance(row, tuple))
    return {found.decode("ascii", "replace") for text in texts for found in _FOUND.findall(text)}
