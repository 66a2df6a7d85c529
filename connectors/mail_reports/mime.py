"""What parts has a message that anybody may have sent, with bounds on all that it may cost?

The standard library's parser recurses as deep as a message wants and knows codecs that take hours;
this one reads what reports need and nothing more. Nothing in it raises: what cannot be read is
empty or shows U+FFFD. What is beyond the bounds is not there.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

LARGEST = 1_000_000
"""Bytes of a message that are looked at."""
DEEPEST = 8
MOST_PARTS = 60
LARGEST_HEAD = 64_000
LARGEST_TEXT = 64_000
NEW_LINE = 10

_END_OF_HEAD = re.compile(rb"(?:^|\n)\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_PARAMETER = re.compile(
    r';\s{0,80}([\w-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]{0,200})"|([^";\s]{1,200}))'
)
_CHARSET = re.compile(
    r"utf-?8|utf-?16|(us-)?ascii|iso-?8859-\d+|windows-\d+|cp\d+|koi8-[ru]|gb\w+|big5|shift_jis|"
    r"euc-\w+|iso-2022-\w+",
    re.IGNORECASE | re.ASCII,
)
"""Charsets of mail; Python knows slow ones (punycode), and some that are none, beside them."""
_ENCODED_WORD = re.compile(r"=\?([\w-]{1,40})\?([bq])\?([^? ]{0,200})\?=", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(\?=)\s{1,80}(?==\?)")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")

HEADS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
WHOLE = ("message/rfc822", "message/global")


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a part of one. Names of headers are in lower case."""

    kind: str  # text/plain
    parameters: Mapping[str, str]
    headers: Mapping[str, list[str]] = field(repr=False)
    body: bytes = field(repr=False)  # as it stands, still encoded
    parts: tuple["Part", ...] = ()

    def header(self, name: str) -> str:
        """Return the first header of a name on one line; '' if there is none."""
        return self.headers.get(name, [""])[0]

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def text(self) -> str:
        """Return the part's text, HTML without its tags."""
        text = self.written()
        return _TAG.sub(" ", text) if self.kind == "text/html" else text

    def written(self) -> str:
        """Return the part's text as it was written, with tags and links."""
        how = self.header("content-transfer-encoding").strip().lower()
        charset = self.parameters.get("charset", "")
        return decoded(transferred(self.body[: 2 * LARGEST_TEXT], how), charset)[:LARGEST_TEXT]


def parse(raw: bytes) -> Part:
    """Return the parts of a message's first megabyte."""
    return _parsed(raw[:LARGEST], 0, [MOST_PARTS])


def fields(text: str) -> dict[str, list[str]]:
    """Return `Name: value` lines by name in lower case, folded lines joined."""
    found: dict[str, list[str]] = {}
    for line in _FOLD.sub(" ", text[:LARGEST_HEAD]).splitlines():
        name, colon, value = line.partition(":")
        if colon and name and len(name) < 80 and not set(" \t") & set(name.rstrip()):
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def unencoded(value: str) -> str:
    """Return a header's value with its encoded words (RFC 2047) read."""

    def read(word: re.Match[str]) -> str:
        charset, how, text = word.groups()
        if how in "bB":
            return decoded(transferred(text.encode(), "base64"), charset)
        return decoded(binascii.a2b_qp(text.replace("_", " ").encode()), charset)

    return _ENCODED_WORD.sub(read, _BETWEEN_WORDS.sub(r"\1", value[:4000]))


def transferred(body: bytes, how: str) -> bytes:
    """Return octets as they were before they were made fit for mail."""
    if how == "quoted-printable":
        return binascii.a2b_qp(body)
    if how == "base64":
        signs = _NOT_BASE64.sub(b"", body)
        whole = len(signs) - len(signs) % 4
        rest = signs[whole:]
        return binascii.a2b_base64(signs[:whole] + (rest.ljust(4, b"=") if len(rest) > 1 else b""))
    return body


def decoded(octets: bytes, charset: str) -> str:
    """Return text; in UTF-8 where the charset is none that mail has."""
    name = charset if _CHARSET.fullmatch(charset) else "utf-8"
    try:
        return octets.decode(name, "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")


def _parsed(raw: bytes, depth: int, left: list[int]) -> Part:
    end = _END_OF_HEAD.search(raw, 0, LARGEST_HEAD)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    headers = fields(head.decode("utf-8", "replace"))
    given = headers.get("content-type", ["text/plain"])[0]
    kind = given.partition(";")[0].strip().lower()
    parameters = {
        name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(given[:2000])
    }
    how = headers.get("content-transfer-encoding", [""])[0].strip().lower()
    inner = _inner(kind, parameters, body, how) if depth < DEEPEST else iter(())
    parts = []
    for piece in inner:
        if left[0] <= 0:
            break
        left[0] -= 1
        parts.append(_parsed(piece, depth + 1, left))
    return Part(kind, parameters, headers, body, tuple(parts))


def _inner(kind: str, parameters: Mapping[str, str], body: bytes, how: str) -> Iterator[bytes]:
    if kind.startswith("multipart/") and (boundary := parameters.get("boundary")):
        yield from _between(body, boundary.encode("utf-8", "replace"))
    elif kind in WHOLE:
        yield transferred(body, how).lstrip(b"\r\n")
    elif kind in HEADS:
        yield transferred(body, how).lstrip(b"\r\n") + b"\r\n\r\n"


def _between(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Yield what stands between lines of a boundary; the last may lack its end."""
    begin: int | None = None
    for at, end, last in _lines(body, b"--" + boundary):
        if begin is not None:
            yield body[begin:at].removesuffix(b"\n").removesuffix(b"\r")
        if last:
            return
        begin = end
    if begin is not None:
        yield body[begin:]


def _lines(body: bytes, wanted: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each line of a boundary begins, where the next line does, whether it closes."""
    at = body.find(wanted)
    while at >= 0:
        end = body.find(b"\n", at) + 1 or len(body)
        rest = body[at + len(wanted) : end].strip()
        if (at == 0 or body[at - 1] == NEW_LINE) and rest in (b"", b"--"):
            yield at, end, rest == b"--"
        at = body.find(wanted, end)
