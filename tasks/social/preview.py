"""How will a post look on each of its networks? One HTML page, side by side, asking for nothing.

The looks are near enough to judge a text by: where it wraps, what is a link, what stands on a card.
They are not the networks' own, and where a network cuts a long text is its own affair.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal
from urllib.parse import urlsplit

from config.networks import LIMITS, Network
from tasks.report.numbers import plural
from tasks.social.checking import ContentProblem
from tasks.social.composed import Composed
from tasks.social.composing import HASHTAG
from tasks.social.lengths import ADDRESS, length, utf8_bytes
from tasks.social.pages import environment

TITLES: Mapping[Network, str] = {
    "linkedin": "LinkedIn",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
}

SHOWN_ADDRESS = 30
"""Bluesky and Mastodon show about so much of an address, without its scheme."""

_MENTION = re.compile(r"(?<![=/\w@])@\w+(?:[.-]\w+)*(?:@\w+(?:[.-]\w+)*)?")
_PARTS = re.compile(
    f"(?P<address>{ADDRESS.pattern})|(?P<hashtag>{HASHTAG.pattern})|(?P<mention>{_MENTION.pattern})",
    re.IGNORECASE,
)

Kind = Literal["text", "address", "hashtag", "mention"]


@dataclass(frozen=True, slots=True)
class Preview:
    """A post and all that is known about it, ready to be shown."""

    brand: str  # as people write it
    name: str
    facts: Sequence[tuple[str, str]]  # heading and value: state, objective, owner ...
    posts: Sequence[Composed]  # one per network and tested wording
    handles: Mapping[Network, str]  # the account on each network, where there is one
    problems: Sequence[ContentProblem]
    of_file: Sequence[str]  # what is wrong with the file itself, as sentences
    pictures: Mapping[str, str]  # file to a data URI, of those that could be read


def render_preview(preview: Preview) -> str:
    """Return the page as one self-contained HTML document."""
    template = environment.get_template("preview.html")
    return template.render(
        preview=preview, titles=TITLES, parts=parts, counts=counts, host=host, initials=initials
    )


def parts(network: Network, text: str) -> Iterator[tuple[Kind, str, str]]:
    """Yield what a text is made of: its kind, what is shown, and all of it."""
    end = 0
    for match in _PARTS.finditer(text):
        if match.start() > end:
            yield "text", text[end : match.start()], ""
        kind: Kind = "address" if match["address"] else "hashtag" if match["hashtag"] else "mention"
        whole = match[0]
        yield kind, _address(network, whole) if kind == "address" else whole, whole
        end = match.end()
    if end < len(text):
        yield "text", text[end:], ""


def counts(post: Composed) -> list[tuple[str, int]]:
    """Return what is taken, as words, and how full that is in percent (over 100: too long)."""
    limits = LIMITS[post.network]
    taken = length(post.network, post.text)
    share = 100 * taken / limits.longest_text
    found = [(f"{taken:,} of {limits.longest_text:,} characters", share)]
    size = utf8_bytes(post.text)
    if limits.most_bytes and 100 * size / limits.most_bytes > share:  # with many emoji
        found.append((f"{size:,} of {limits.most_bytes:,} bytes", 100 * size / limits.most_bytes))
    if post.images:
        number, most = len(post.images), limits.most_images
        found.append((f"{number} of {plural(most, 'picture')}", 100 * number / most))
    return [(words, ceil(full)) for words, full in found]


def host(url: str) -> str:
    """Return what a card shows of an address."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def initials(name: str) -> str:
    """Return up to two letters that stand for a picture of somebody."""
    return "".join(word[0] for word in name.split()[:2]).upper() or "?"


def _address(network: Network, url: str) -> str:
    if network == "linkedin":
        return url
    bare = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE)
    return bare if len(bare) <= SHOWN_ADDRESS else bare[: SHOWN_ADDRESS - 1] + "…"
