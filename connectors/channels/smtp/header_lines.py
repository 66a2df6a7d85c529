"""How does a header line go out: ASCII only, lines short enough, nothing smuggled in?

Written here, not with `email.message`: its generator takes 15 ms for a usual message (this, 0.1),
and it turns long addresses in `List-Unsubscribe` into encoded words, which no client follows.
"""

import binascii
import re
from email.utils import parseaddr
from functools import lru_cache

from connectors.base import RejectedError

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NAME = re.compile(r"[!-9;-~]{1,70}")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]*", re.ASCII)
_ADDRESS = re.compile(r'([^\s<>@(),:;\\"\[\]]{1,64})@([^\s<>@(),:;\\"\[\]]{1,253})')
_CHUNK = 45
"""Bytes of text in an encoded word: 60 signs of base64 and 12 around them, of 75 allowed (RFC 2047,
section 2)."""

WIDTH = 76
LONGEST_LINE = 998
"""Octets of a line without its end (RFC 5322, 2.1.1)."""


def header_line(name: str, value: str) -> str:
    """Return `Name: value`, encoded where it must be (RFC 2047), folded, with its line end.

    Raises `RejectedError` for a line break or another control sign in it: it could add headers, or
    a second message.
    """
    refuse_control(name, value)
    if not _NAME.fullmatch(name):
        raise RejectedError("a header has a name with signs that none may have; nothing was sent")
    if not value.isascii() or "=?" in value:
        return f"{name}: {_encoded_words(value)}\r\n"
    return _folded(f"{name}: {value}") + "\r\n"


@lru_cache(maxsize=64)  # a sender writes thousands of messages
def mailbox_line(name: str, value: str, *, utf8: bool = False) -> str:
    """Return a header of one mailbox such as `Acme <news@acme.example>`."""
    refuse_control(name, value)
    shown, address = parseaddr(value)
    local, domain = split_address(name, address)
    if not local.isascii() and not utf8:
        raise RejectedError(f"{name} has a part before the @ beyond ASCII; take another address")
    if not shown:
        return f"{name}: {local}@{domain}\r\n"
    if not shown.isascii() or "=?" in shown:
        return f"{name}: {_encoded_words(shown)}\r\n <{local}@{domain}>\r\n"
    if not _ATOMS.fullmatch(shown):
        shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    return _folded(f"{name}: {shown} <{local}@{domain}>") + "\r\n"


@lru_cache(maxsize=64)
def address_of(mailbox: str) -> str:
    """Return the address of a sender such as `Acme <news@acme.example>`; '' if there is none."""
    return parseaddr(mailbox)[1]


def split_address(what: str, address: str) -> tuple[str, str]:
    """Return an address's part before the @, and its domain in ASCII (IDNA).

    Raises `RejectedError` for what no server would take; it does not show the address.
    """
    refuse_control(what, address)
    if not (found := _ADDRESS.fullmatch(address)):
        raise RejectedError(f"{what} is no address such as name@example.com; nothing was sent")
    local, domain = found.groups()
    if domain.isascii():
        return local, domain
    try:
        return local, domain.encode("idna").decode()
    except UnicodeError:
        raise RejectedError(f"{what} has a domain that cannot be one; nothing was sent") from None


def refuse_control(what: str, value: str) -> None:
    """Raise `RejectedError` for a line break or another control sign."""
    if found := _CONTROL.search(what) or _CONTROL.search(value):
        sign = f"U+{ord(found.group()):04X}"
        raise RejectedError(
            f"{_CONTROL.sub('?', what)} holds a control sign ({sign}), such as a line break; "
            "nothing was sent"
        )


def _encoded_words(text: str) -> str:
    """Return text as encoded words, one a line, none of which splits a sign."""
    words, chunk = [], b""
    for sign in text:
        octets = sign.encode()
        if len(chunk) + len(octets) > _CHUNK:
            words.append(chunk)
            chunk = b""
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(
        f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words
    )


def _folded(line: str) -> str:
    """Break a long line before blanks. No word is cut; one that no line can hold is refused."""
    if len(line) <= WIDTH:
        return line
    first, *words = re.split(r"(?<=[^ ])(?= )", line)  # each with the blanks before it
    lines, current = [], first + "".join(words[:1])  # nothing stands alone beside its name
    for word in words[1:]:
        if len(current) + len(word) > WIDTH and word.strip():
            lines.append(current)
            current = word
        else:
            current += word
    lines.append(current)
    if max(map(len, lines)) > LONGEST_LINE:
        raise RejectedError(
            f"{line.partition(':')[0]} has a word of more than {LONGEST_LINE} signs; shorten it"
        )
    return "\r\n".join(lines)
