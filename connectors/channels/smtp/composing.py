"""What goes over the wire for a message: its envelope, its headers, its parts?

All in 7 bits, so that every server can pass it on as it is and signatures (DKIM) hold. Text is
quoted-printable, or base64 where that is shorter. The boundary begins with `=_`, which neither can
contain (RFC 2045, 6.7), and is the same whenever the message is made.
"""

import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from connectors.base import RejectedError
from connectors.channels.smtp.header_lines import (
    address_of,
    header_line,
    mailbox_line,
    split_address,
)
from connectors.mail import Mail

OURS = {
    "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "message-id", "date",
    "mime-version", "return-path",
}  # fmt: skip
"""Headers that `Mail.headers` must not name; nor any that begins with `content-`."""

_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x20\x7f]{1,200}@[^\s<>@\x00-\x20\x7f]{1,200}>", re.ASCII)
_BASE64_LINE = 57
"""Octets that become a line of 76 signs."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a server gets it."""

    sender: str = field(repr=False)  # of the envelope
    recipient: str = field(repr=False)
    utf8: bool  # an address needs SMTPUTF8 (RFC 6531)
    content: bytes = field(repr=False)


def compose(mail: Mail, bounce_address: str, now: datetime) -> Letter:
    """Return a message made up for the wire; the same mail at the same time gives the same bytes.

    Raises `RejectedError` for what cannot be sent as it is: a line break in a header, a header that
    is ours to set, an address that is none, a message without content. It shows no address.
    """
    local, domain = split_address("the recipient", mail.recipient.strip())
    sender = "@".join(split_address("the sender", bounce_address or address_of(mail.sender)))
    utf8 = not (local + sender).isascii()
    lines = [*_headers(mail, f"{local}@{domain}", now, utf8=utf8), *_parts(mail)]
    try:
        content = "".join(lines).encode("utf-8" if utf8 else "ascii")
    except UnicodeEncodeError:
        raise RejectedError(f"message {mail.message_id} cannot be written down as text") from None
    return Letter(sender, f"{local}@{domain}", utf8, content)


def _headers(mail: Mail, recipient: str, now: datetime, *, utf8: bool) -> list[str]:
    if not _MESSAGE_ID.fullmatch(mail.message_id) or not mail.message_id.isascii():
        raise RejectedError("a message has a Message-ID unlike <...@domain>; nothing was sent")
    if wrong := [name for name in mail.headers if _is_ours(name)]:
        raise RejectedError(
            f"headers must not name {', '.join(wrong)}; they are set for every mail"
        )
    return [
        mailbox_line("From", mail.sender, utf8=utf8),
        f"To: {recipient}\r\n",
        *([mailbox_line("Reply-To", mail.reply_to, utf8=utf8)] if mail.reply_to else []),
        header_line("Subject", mail.subject),
        f"Message-ID: {mail.message_id}\r\n",
        f"Date: {format_datetime(now)}\r\n",
        *(header_line(name, value) for name, value in mail.headers.items()),
        "MIME-Version: 1.0\r\n",
    ]


def _is_ours(name: str) -> bool:
    return name.lower() in OURS or name.lower().startswith("content-")


def _parts(mail: Mail) -> list[str]:
    written = [(kind, text) for kind, text in (("plain", mail.text), ("html", mail.html)) if text]
    if not written:
        raise RejectedError(
            f"message {mail.message_id} has neither text nor HTML; nothing was sent"
        )
    parts = [_part(kind, text, mail.message_id) for kind, text in written]
    if len(parts) == 1:
        return parts
    boundary = "=_" + sha256(mail.message_id.encode()).hexdigest()[:32]
    head = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    return [head, *(f"--{boundary}\r\n{part}" for part in parts), f"--{boundary}--\r\n"]


def _part(kind: str, text: str, message_id: str) -> str:
    """Return a part with its headers and a line end behind it."""
    try:
        octets = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    except UnicodeEncodeError:
        raise RejectedError(f"message {message_id} has half a sign (a lone surrogate)") from None
    if len(octets) - len(text) > len(text) // 4:  # about each sixth sign is beyond ASCII
        how, body = "base64", _base64(octets.replace(b"\n", b"\r\n"))
    else:
        how, body = "quoted-printable", binascii.b2a_qp(octets).decode().replace("\n", "\r\n")
    return (
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {how}\r\n\r\n{body}\r\n"
    )


def _base64(octets: bytes) -> str:
    lines = range(0, len(octets), _BASE64_LINE)
    return "\r\n".join(
        binascii.b2a_base64(octets[at : at + _BASE64_LINE], newline=False).decode() for at in lines
    )
