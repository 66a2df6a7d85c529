"""How does Bluesky keep a post? From a change's content to a record of app.bsky.feed.post."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.channels.bluesky.checking import has_card
from connectors.channels.bluesky.own_records import POST
from connectors.channels.bluesky.pictures import Picture
from connectors.channels.bluesky.richtext import Facet

Record = dict[str, Any]


def record_of(
    content: Mapping[str, str],
    facets: Sequence[Facet],
    now: datetime,
    images: Sequence[tuple[Picture, Any]] = (),
    reply: Mapping[str, Any] | None = None,
) -> Record:
    """Return the record. `images`: pictures with the blob that each became."""
    record: Record = {"$type": POST, "text": content.get("text", ""), "createdAt": moment(now)}
    if language := content.get("language"):
        record["langs"] = [language]
    if facets:
        record["facets"] = list(facets)
    if reply:
        record["reply"] = dict(reply)
    if images:
        record["embed"] = {
            "$type": "app.bsky.embed.images",
            "images": [_image(picture, blob) for picture, blob in images],
        }
    elif has_card(content):
        record["embed"] = {"$type": "app.bsky.embed.external", "external": _card(content)}
    return record


def moment(at: datetime) -> str:
    """Return a moment as Bluesky writes it: `2026-12-01T09:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _image(picture: Picture, blob: Any) -> Record:
    image: Record = {"alt": picture.alt, "image": blob}
    if picture.size:
        width, height = picture.size
        image["aspectRatio"] = {"width": width, "height": height}
    return image


def _card(content: Mapping[str, str]) -> Record:
    """Return the card; all three texts are required, though they may be empty."""
    return {
        "uri": content["link_url"],
        "title": content["link_title"],
        "description": content.get("link_description", ""),
    }
