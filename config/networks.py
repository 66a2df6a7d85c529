"""What does each social network take? Its limits, as facts of the platform.

Lengths of texts are counted as the network counts them, see `tasks/social/lengths.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Network = Literal["linkedin", "bluesky", "mastodon"]
NETWORKS: tuple[Network, ...] = get_args(Network)


@dataclass(frozen=True, slots=True)
class NetworkLimits:
    """How much fits into one post."""

    longest_text: int  # LinkedIn: characters; Bluesky: graphemes; Mastodon: characters
    most_bytes: int | None  # of the text in UTF-8
    link_length: int | None  # what any address counts for; None: its own length
    most_images: int
    image_bytes: int  # per image
    longest_alt: int  # characters of an image's alternative text
    image_types: tuple[str, ...] = ("image/png", "image/jpeg", "image/gif", "image/webp")


LIMITS: Mapping[Network, NetworkLimits] = {
    # Posts API, "commentary" and multiImage; images up to 36 million pixels
    "linkedin": NetworkLimits(
        3000, None, None, 20, 10_000_000, 4086, ("image/png", "image/jpeg", "image/gif")
    ),
    # lexicons app.bsky.feed.post and app.bsky.embed.images
    "bluesky": NetworkLimits(300, 3000, None, 4, 2_000_000, 2000),
    # defaults of a server; its own are in GET /api/v2/instance
    "mastodon": NetworkLimits(500, None, 23, 4, 16_777_216, 1500),
}

UNTOLD: Mapping[Network, frozenset[str]] = {
    "linkedin": frozenset(),
    "bluesky": frozenset({"impressions", "clicks"}),
    "mastodon": frozenset({"impressions", "clicks"}),
}
"""The figures of a post that a network tells nobody."""

WATCHABLE: frozenset[Network] = frozenset({"bluesky", "mastodon"})
"""The networks that tell which posts of others have a word. LinkedIn's API has no such search."""
