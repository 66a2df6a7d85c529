"""How long is a text, as each network counts?

- Bluesky: graphemes, and bytes of UTF-8 (lexicon app.bsky.feed.post).
- LinkedIn: UTF-16 units. Its pages say "3,000 characters" and not of what kind; this is the
  strictest reading, so a text that fits here fits there. [assumed]
- Mastodon: graphemes; an address counts 23 and a mention without its server (StatusLengthValidator
  of the server's source). What is an address is told a little more simply here than there.

A sign that people see as one (👩‍👩‍👧) is one grapheme, eight UTF-16 units, 18 bytes.
"""

import re

import regex

from config.networks import LIMITS, Network

ADDRESS = re.compile(r"(?<![\w@])https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’]", re.IGNORECASE)
"""An address in a text; signs that end a sentence are not its own."""

_MENTION = re.compile(r"(?<![=/\w])@(\w+(?:[.-]+\w+)*)@\w+(?:[.-]+\w+)*")
_GRAPHEME = regex.compile(r"\X")


def length(network: Network, text: str) -> int:
    """Return what a text counts for in the unit of `NetworkLimits.longest_text`."""
    if network == "linkedin":
        return utf16_units(text)
    if network == "mastodon":
        text = _MENTION.sub(r"@\1", ADDRESS.sub("x" * (LIMITS[network].link_length or 0), text))
    return graphemes(text)


def graphemes(text: str) -> int:
    """Return how many signs people see (extended grapheme clusters, Unicode annex 29)."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def utf16_units(text: str) -> int:
    """Return the length in UTF-16, in which signs beyond the first 65,536 count twice."""
    return len(text.encode("utf-16-le")) // 2


def utf8_bytes(text: str) -> int:
    """Return the length in UTF-8."""
    return len(text.encode())
