"""Which parts of a text are links, hashtags and mentions? Facets over its bytes.

Bluesky shows a text as it is; what is to be clicked on is said beside it, as ranges of its UTF-8
bytes. Source: the lexicon app.bsky.richtext.facet. Hashtags are those that all networks read: as
many letters, digits and _ as follow a #, not digits alone; 64 graphemes at most.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import regex

LONGEST_TAG = 64
LINK = re.compile(r"(?<![\w@])https?://[^\s<>\"“”]+", re.IGNORECASE)
ENDS = ".,;:!?'’]}"
"""Signs that end a sentence and no address."""
HASHTAG = re.compile(r"(?<![\w&/#])#(?=\w*[^\W\d])(\w+)")
MENTION = re.compile(r"(?<![\w@/.])@((?:[a-zA-Z0-9][a-zA-Z0-9-]*\.)+[a-zA-Z][a-zA-Z0-9-]*)")
_GRAPHEME = regex.compile(r"\X")

Facet = dict[str, Any]
Span = tuple[int, int]
Resolve = Callable[[str], str]


def graphemes(text: str) -> int:
    """Return how many signs people see (extended grapheme clusters, Unicode annex 29)."""
    return sum(1 for _ in _GRAPHEME.finditer(text))


def facets(text: str, resolve: Resolve) -> list[Facet]:
    """Return the facets of a text, in order; none overlaps another.

    `resolve` returns the DID of a handle, '' if nobody has it: then it is no mention.
    """
    found: list[tuple[Span, Facet]] = []
    for span, feature in [*_links(text), *_tags(text), *_mentions(text, resolve)]:
        if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in found):
            found.append((span, feature))
    return [_facet(text, span, feature) for span, feature in sorted(found, key=lambda one: one[0])]


def _links(text: str) -> Iterator[tuple[Span, Facet]]:
    for match in LINK.finditer(text):
        if len(url := _without_ends(match[0])) > len("https://"):
            span = (match.start(), match.start() + len(url))
            yield span, {"$type": "app.bsky.richtext.facet#link", "uri": url}


def _without_ends(url: str) -> str:
    """Cut off what belongs to the sentence: its signs, and a bracket that was opened before."""
    while url and (url[-1] in ENDS or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


def _tags(text: str) -> Iterator[tuple[Span, Facet]]:
    for match in HASHTAG.finditer(text):
        if graphemes(match[1]) <= LONGEST_TAG:
            yield match.span(), {"$type": "app.bsky.richtext.facet#tag", "tag": match[1]}


def _mentions(text: str, resolve: Resolve) -> Iterator[tuple[Span, Facet]]:
    for match in MENTION.finditer(text):
        if did := resolve(match[1].lower()):
            yield match.span(), {"$type": "app.bsky.richtext.facet#mention", "did": did}


def _facet(text: str, span: Span, feature: Facet) -> Facet:
    start, end = (len(text[:place].encode()) for place in span)
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}
