"""What is said on social networks: our posts, what they earned, what others answer?

Plain records and protocols, no I/O. Publishing is a change like any other (see `changes.py`):
the item of the field `post` is absent until it is made. No network has an idempotency key that
lasts, so a post is known by its text and by when it was due: `item_of`. So it can be looked for
before it is sent, and read back after.

    Subject("account", <account id>, "post", item_of(due_at, text))
    Subject("post", <our post's id>, "reply", reply_item(<comment's id>, text))

`Change.content` of a post: `text` (plain, as readers see it), `language` (BCP 47), `link_url`,
`link_title`, `link_description` of a card, and per picture `image_1_file` (relative to the content
folder), `image_1_sha256`, `image_1_alt`; `test` and `arm` where two wordings are tested, for the
ledger alone. Of a reply: `text`, `language`. What is empty is left out.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Literal, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from config.networks import Network
from connectors.changes import WritableChannel

EARLY = timedelta(hours=12)
"""A post with the same text counts as this one if it was made from so long before it was due.

Much less than a day (of 23 hours when the clock is put forward), after which an evergreen post may
come again: the one before it may have gone out some hours late.
"""

DIGITS = 16
"""Hexadecimal signs of a text's digest."""

_MOMENT = "%Y%m%dT%H%MZ"


def text_digest(text: str) -> str:
    """Return 16 hexadecimal signs that stand for a text, however a network wraps its lines: any
    white space is one blank, and composed and decomposed signs (Unicode NFC) are the same."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return sha256(plain.encode()).hexdigest()[:DIGITS]


def item_of(due_at: datetime, text: str) -> str:
    """Return by what a post is known: `20261201T0800Z:` and its text's digest."""
    return f"{due_at.astimezone(UTC):{_MOMENT}}:{text_digest(text)}"


def due_of(item: str) -> datetime:
    """Return when a post was due. Raise `ValueError` for what `item_of` did not write."""
    return datetime.strptime(item.partition(":")[0], _MOMENT).replace(tzinfo=UTC)


def digest_of_item(item: str) -> str:
    """Return the text's digest of an item of a post or a reply."""
    return item.rpartition(":")[2]


def reply_item(comment_id: str, text: str) -> str:
    """Return by what a reply is known: the comment that it answers, and its text's digest."""
    return f"{comment_id}:{text_digest(text)}"


def comment_of(item: str) -> str:
    """Return the id of the comment that a reply answers."""
    return item.rpartition(":")[0]


@dataclass(frozen=True, slots=True)
class Engagement:
    """What a post earned since it was published. None: the network does not tell; never zero."""

    impressions: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None  # with quotes
    clicks: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedPost:
    """One of our posts as its network has it. The text is plain, as readers see it."""

    post_id: str
    published_at: datetime  # aware, UTC
    text: str
    url: str  # where people read it; '' if the network does not say
    engagement: Engagement
    language: str = ""


CommentKind = Literal["comment", "mention"]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said to us, or we to them. Names and texts of others are kept for as long as
    they are needed to answer, and never logged."""

    comment_id: str
    kind: CommentKind
    post_id: str  # our post that it stands under; '' for a mention elsewhere
    at: datetime  # aware, UTC
    text: str
    author: str  # a name to be shown; '' if the network hides it
    by_us: bool
    parent_id: str = ""  # the comment that it answers; '' if it answers the post
    followers: int | None = None  # of the author; None: unknown
    url: str = ""


TOO_MANY = "more posts than are read at once"
"""Why a day is not known whose posts were not read to their end: how many were read is no count."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How many posts of others had a word, by day; nothing else of them is kept.

    Every day asked for has a number, or None: `TOO_MANY`. Or the network tells nothing, then there
    is no day, and `why` says why.
    """

    counts: Mapping[date, int | None]
    why: str = ""


@runtime_checkable
class SocialChannel(WritableChannel, Protocol):
    """An account on a social network. Reads are lazy, retried inside; a write is sent once."""

    network: Network

    def posts(self, since: datetime) -> Iterator[list[PublishedPost]]:
        """Yield pages of our own posts from a moment on, newest first, with what they earned."""
        ...

    def followers(self) -> int | None:
        """Return how many follow the account now; None if the network does not tell."""
        ...

    def comments(self, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
        """Yield comments under our posts, ours among them, and mentions of us elsewhere where
        the network tells of them."""
        ...


@runtime_checkable
class WatchingChannel(Protocol):
    """A network that tells how much a word is used."""

    def spoken_of(self, term: str, first: date, last: date, zone: ZoneInfo) -> Spoken:
        """Count the posts of others with a word, or a hashtag with its #, on whole past days of a
        time zone, both included. The newest days come first where not all can be read."""
        ...
