"""What of a mail server's sentence may be kept? All but addresses and what looks like one.

Servers repeat whom they were asked for: `550 5.1.1 <jane@example.com>: user jane unknown`. The
sentence says why and is kept; who it was about is known by a key alone.
"""

import re

LONGEST = 200
"""Signs of a sentence that are kept."""

GONE = "(address)"

_ADDRESS = re.compile(
    r"""[^\s<>()\[\]"',;:]*  # a local part, also as routes and forwarders write it (SRS, VERP)
        (?:@|%40|=40|\bat\b(?=\s*[\w-]+\.[a-z]{2,}\b))
        [^\s<>()"',;]*""",
    re.VERBOSE | re.IGNORECASE,
)
_QUOTED = re.compile(r'"[^"]*"\s*@\S+')
_STATUS = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?=\s|$)[ \t]*", re.MULTILINE)


def without_addresses(sentence: str, address: str = "") -> str:
    """Return a sentence on one line without any address, at most 200 signs.

    Of the `address` that it is about the part before the @ goes too, where it stands alone.
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in sentence[:4000]).split())
    text = _ADDRESS.sub(GONE, _QUOTED.sub(GONE, text))
    local = address.rpartition("@")[0]
    seen = text.casefold()
    for name in {address, local, local.partition("+")[0]} - {""}:
        if name.casefold() not in seen:
            continue  # compiling a pattern for each recipient costs more than the rest
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", GONE, text, flags=re.IGNORECASE)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def status_and_sentence(reply: bytes, address: str = "") -> tuple[str, str]:
    """Return the enhanced status (RFC 3463; '' if there is none) of a reply, and its sentence."""
    text = reply.decode(errors="replace")
    found = _STATUS.match(text)
    return (found.group(1) if found else ""), without_addresses(_STATUS.sub("", text), address)
