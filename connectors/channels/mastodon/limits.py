"""What does a server take? Its own limits, which the one who runs it has set.

Source: `GET /api/v2/instance`, `configuration` (Mastodon 4.0 and newer), and `GET
/api/v1/instance/languages` (4.2). What a server does not name is as Mastodon has it by default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.networks import LIMITS

_USUAL = LIMITS["mastodon"]


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """How much fits into one post on one server."""

    longest_text: int
    address_length: int  # what any address counts for
    most_images: int
    image_bytes: int  # per image
    image_types: tuple[str, ...]
    longest_alt: int  # characters of an image's alternative text
    languages: frozenset[str] = frozenset()  # empty: the server does not say


def limits_of(instance: Mapping[str, Any], languages: frozenset[str]) -> ServerLimits:
    """Return the limits that an instance names."""
    configuration = instance["configuration"]
    statuses = configuration.get("statuses") or {}
    media = configuration.get("media_attachments") or {}
    types = media.get("supported_mime_types") or _USUAL.image_types
    return ServerLimits(
        longest_text=int(statuses.get("max_characters") or _USUAL.longest_text),
        address_length=int(statuses.get("characters_reserved_per_url") or _USUAL.link_length or 0),
        most_images=int(statuses.get("max_media_attachments") or _USUAL.most_images),
        image_bytes=int(media.get("image_size_limit") or _USUAL.image_bytes),
        image_types=tuple(kind for kind in _USUAL.image_types if kind in types),
        longest_alt=int(media.get("description_limit") or _USUAL.longest_alt),
        languages=languages,
    )
