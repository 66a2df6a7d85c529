"""What does a Mastodon server make of a text? Entities, HTML, length.

Found are addresses with a scheme, hashtags and mentions; what overlaps an earlier one is none.
Sources: Mastodon's `text_formatter.rb`, `extractor.rb`, `tag/naming.rb` and
`status_length_validator.rb`, and Rails' `simple_format`. Simpler than there: every ending of
letters is a top-level domain.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

import regex

from connectors.sandbox.social.mastodon_people import Person

PER_ADDRESS = 23
SHOWN = 30
"""Characters of an address that are shown."""
STRIPPED = "\0\t\n\v\f\r "
"""What Ruby's `strip` takes off both ends."""

_SCHEME = re.compile(r"(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:xn--[a-z0-9]+|[^\W\d_]{2,})(?![\w@])(?::\d+)?", re.IGNORECASE
)
_QUERY = re.compile(r"\?[\w!?*'();:&=+$/%#\[\]\-.,~|@^]*[\w&=#/\-]")
_BEFORE = re.compile(r"[A-Za-z0-9@＠$#＃]")
_HASHTAG = re.compile(r"(?<!\S)[#＃](?=[\w·・\u200c]*[^\W\d_])(\w[\w·・\u200c]*\w|\w)")
_MENTION = re.compile(
    r"(?<![=/\w])@((?:[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(?:@\w+(?:[.-]+\w+)*)?)"
)
_HIDDEN = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)

Find = Callable[[str], Person | None]
"""From `name` or `name@server` to an account that the server knows."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text: words, or an entity."""

    kind: Literal["words", "address", "hashtag", "mention"]
    text: str


Stretch = tuple[int, int, Literal["address", "hashtag", "mention"]]
"""Where an entity begins and ends, and of what kind it is."""


def kept(text: str, find: Find) -> str:
    """Return a text as the server keeps and shows it: mentions in its own spelling, new lines as
    paragraphs and lines, no white space at the ends, # for ＃."""
    lines = re.sub(r"\r\n?", "\n", text.strip(STRIPPED))
    return "".join(_kept(part, find) for part in parts(re.sub("\n{3,}", "\n\n", lines)))


def html(text: str, find: Find) -> str:
    """Return a text as HTML, without a single new line in it."""
    if not text.strip():
        return ""
    marked = "".join(_marked(part, find) for part in parts(text))
    paragraphs = re.split(r"\n\n+", re.sub(r"\r\n?", "\n", marked))
    return "".join(f"<p>{one}</p>" for one in paragraphs).replace("\n", "<br />")


def mentioned(text: str, find: Find) -> list[Person]:
    """Return the accounts that a text mentions, each once."""
    found = (find(part.text[1:]) for part in parts(text) if part.kind == "mention")
    return list(dict.fromkeys(person for person in found if person is not None))


def hashtags(text: str) -> list[str]:
    """Return the hashtags of a text, without #."""
    return [part.text[1:] for part in parts(text) if part.kind == "hashtag"]


def counted(text: str) -> int:
    """Return what a text counts for against the limit. Hashtags are not looked for here."""
    cut = _cut(text, [*_addresses(text), *_mentions(text)])
    return len(regex.findall(r"\X", "".join(map(_counted, cut))))


def parts(text: str) -> list[Part]:
    """Return a text in stretches."""
    return _cut(text, [*_addresses(text), *_hashtags(text), *_mentions(text)])


def _cut(text: str, found: list[Stretch]) -> list[Part]:
    last, cut = 0, []
    for start, end, kind in sorted(found):
        if start >= last:
            cut += [Part("words", text[last:start]), Part(kind, text[start:end])]
            last = end
    return [part for part in (*cut, Part("words", text[last:])) if part.text]


def _addresses(text: str) -> Iterator[Stretch]:
    for scheme in _SCHEME.finditer(text):
        before = text[: scheme.start()][-1:]
        host = _HOST.match(text, scheme.end())
        if host is None or _BEFORE.match(before):
            continue
        end = host.end()
        if text[end : end + 1] == "/":
            end = _path_end(text, end)
        if query := _QUERY.match(text, end):
            end = query.end()
        yield scheme.start(), end, "address"


def _path_end(text: str, start: int) -> int:
    """Return where a path ends: not in a sign that ends sentences, nor in an open parenthesis."""
    place = end = start + 1
    while place < len(text) and not re.match(r"[\s<>?)]", text[place]):
        if text[place] == "(":
            closing = _closing(text, place)
            if not closing:
                break
            place = end = closing
            continue
        place += 1
        if text[place - 1] not in "!*\"'「」:;=,.$%[]~&|@":
            end = place
    return end


def _closing(text: str, start: int) -> int:
    """Return the place after the parenthesis that closes one, 0 if none does."""
    depth = 0
    for place, sign in enumerate(text[start:], start):
        if re.match(r"[\s<>?]", sign):
            return 0
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return place + 1 if place > start + 1 else 0
        if depth > 2:
            return 0
    return 0


def _hashtags(text: str) -> Iterator[Stretch]:
    for match in _HASHTAG.finditer(text):
        end = match.end()
        if text.startswith("://", end):  # `#taghttps://`: the scheme is no part of the tag
            end = match.start() + len(re.sub("https?$", "", match.group()))
        yield match.start(), end, "hashtag"


def _mentions(text: str) -> Iterator[Stretch]:
    for match in _MENTION.finditer(text):
        if not re.match(r"[@＠À-ÖØ-öø-ɏ]|://", text[match.end() :]):
            yield match.start(), match.end(), "mention"


def _counted(part: Part) -> str:
    """Return what stands for a part when a text is counted."""
    if part.kind == "address":
        return "x" * PER_ADDRESS
    return f"@{part.text[1:].partition('@')[0]}" if part.kind == "mention" else part.text


def _kept(part: Part, find: Find) -> str:
    if part.kind == "hashtag":
        return f"#{part.text[1:]}"
    person = find(part.text[1:]) if part.kind == "mention" else None
    return part.text if person is None else f"@{person.acct}"


def _marked(part: Part, find: Find) -> str:
    if part.kind == "address":
        return _link(part.text)
    if part.kind == "hashtag":
        tag = escape(part.text[1:])
        link = f'<a href="https://server.example/tags/{tag}" class="mention hashtag" rel="tag">'
        return f"{link}#<span>{tag}</span></a>"
    person = find(part.text[1:]) if part.kind == "mention" else None
    if person is None:
        return escape(part.text).replace("&#x27;", "&#39;")
    link = f'<a href="{escape(person.url)}" class="u-url mention">@'
    return f'<span class="h-card" translate="no">{link}<span>{person.username}</span></a></span>'


def _link(address: str) -> str:
    hidden = match.group() if (match := _HIDDEN.match(address)) else ""
    rest = address[len(hidden) :]
    spans = (
        ("invisible", hidden),
        ("ellipsis" if len(rest) > SHOWN else "", rest[:SHOWN]),
        ("invisible", rest[SHOWN:]),
    )
    inside = "".join(f'<span class="{name}">{escape(text)}</span>' for name, text in spans)
    rel = "nofollow noopener noreferrer"
    return f'<a href="{escape(address)}" target="_blank" rel="{rel}">{inside}</a>'
