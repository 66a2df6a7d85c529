"""How long is a text to Mastodon? And whom does it mention?

Counted are grapheme clusters, what people see as one sign, of the text in which each address stands
for a number of characters that the server names (23) and each mention for its name without the
server. Sources: Mastodon's `status_length_validator.rb`, `extractor.rb`, `twitter_regex.rb`.

[unverified] An address counts as one only under a top-level domain of the server's own list; here
every ending of letters is one. A text that is therefore too long is refused by the server.
"""

import re
from collections.abc import Iterator

import regex

_SCHEMES = "https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_SIGN = r"[^\s<>()?]"
_PATH = rf"/(?:{_SIGN}|\((?:{_SIGN}|\({_SIGN}+\))+\))*"
_QUERY = r"[\w!?*'();:&=+$/%#\[\]\-.,~|@^]*[\w&=#/\-]"
_LINK = re.compile(
    rf"(?<![A-Za-z0-9@＠$#＃])(?:{_SCHEMES})://"
    rf"(?P<host>{_LABEL}(?:\.{_LABEL})+)(?P<port>:\d+)?(?P<path>{_PATH})?",
    re.IGNORECASE,
)
_TOP = re.compile(r".*\.([^\W\d_]{2,}|xn--[a-z0-9]+)", re.IGNORECASE)
_NOT_LAST = "!*\"'「」<>;:=,.$%[]~&|@"  # what a path does not end in
_MENTION = re.compile(
    r"(?<![=/\w])@((?:[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)(?:@\w+(?:[.-]+\w+)*)?)", re.IGNORECASE
)
_NO_MENTION = re.compile(
    "[@＠À-ÖØ-öø-ɏ]|://"
)  # what comes after something that only begins like one


def graphemes(text: str) -> int:
    """Return how many signs people see (Unicode's extended grapheme clusters)."""
    return len(regex.findall(r"\X", text))


def length(text: str, per_address: int) -> int:
    """Return what a text counts for."""
    counted, last = [], 0
    for start, end, name in _parts(text):
        counted += [text[last:start], f"@{name.partition('@')[0]}" if name else "x" * per_address]
        last = end
    return graphemes("".join([*counted, text[last:]]))


def mentions(text: str) -> list[str]:
    """Return whom a text mentions, as written: `name` or `name@server`."""
    return [name for _, _, name in _parts(text) if name]


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where addresses and mentions begin and end, with the mention's name; none overlap."""
    found = [(start, end, "") for start, end in _addresses(text)]
    found += [
        (match.start(), match.end(), match.group(1))
        for match in _MENTION.finditer(text)
        if not _NO_MENTION.match(text, match.end())
    ]
    last = 0
    for start, end, name in sorted(found):
        if start >= last:
            yield start, end, name
            last = end


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINK.finditer(text):
        if not _TOP.fullmatch(match["host"]):
            continue
        whole = match.group()
        kept = whole.rstrip(_NOT_LAST) if match["path"] else whole
        end = match.start() + len(kept)
        if kept == whole and (query := re.compile(rf"\?{_QUERY}").match(text, end)):
            end = query.end()
        yield match.start(), end
