"""What is a post or a reply made of, and what would LinkedIn refuse about it?

One content stands under the text: a picture, several, or the card of a link. The address of a card
is never looked at by LinkedIn, so the title comes from us.
Source: LinkedIn's "Posts API", "MultiImage API", "Article Ads and Sponsored Content" and "Comments
API". The lengths of titles, descriptions and comments are unverified.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.content_pictures import NoPicture, PictureFile, read_pictures
from config.networks import LIMITS

LIMIT = LIMITS["linkedin"]
LONGEST_REPLY = 1_250
LONGEST_TITLE = 400
LONGEST_DESCRIPTION = 4_086
NO_FOLDER = "the option content_folder is missing: the pictures of posts are there"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a post, as it was approved."""

    file: str  # relative to the content folder
    sha256: str
    alt: str


def pictures_of(content: Mapping[str, str]) -> list[Picture]:
    """Return the pictures of a post, in order."""
    numbers = range(1, LIMIT.most_images + 2)
    return [
        Picture(file, content.get(f"image_{n}_sha256", ""), content.get(f"image_{n}_alt", ""))
        for n in numbers
        if (file := content.get(f"image_{n}_file"))
    ]


def objection_to_post(content: Mapping[str, str], folder: Path | None) -> str:
    """Return why LinkedIn would refuse a post, or would not show all of it; '' if it would not."""
    return next(_objections(content, folder), "")


def objection_to_reply(content: Mapping[str, str]) -> str:
    """Return why LinkedIn would refuse a reply, '' if it would not."""
    text = content.get("text", "")
    if not text.strip():
        return "the reply has no text"
    return _too_long("the reply", text, LONGEST_REPLY)


def _objections(content: Mapping[str, str], folder: Path | None) -> Iterator[str]:
    text, pictures = content.get("text", ""), pictures_of(content)
    if not text.strip():
        yield "the post has no text"
    parts = (
        ("the text", text, LIMIT.longest_text),
        ("link_title", content.get("link_title", ""), LONGEST_TITLE),
        ("link_description", content.get("link_description", ""), LONGEST_DESCRIPTION),
    )
    yield from filter(None, (_too_long(*part) for part in parts))
    if (address := content.get("link_url", "")) and address not in text:
        if pictures:
            yield "LinkedIn shows pictures or the card of a link: put the address into the text"
        elif not content.get("link_title"):
            yield "link_title is missing: LinkedIn shows no card without one"
    if len(pictures) > LIMIT.most_images:
        yield f"more than {LIMIT.most_images} pictures"
    if pictures and folder is None:
        yield NO_FOLDER
    elif folder is not None:
        yield from _wrong_pictures(pictures, folder)


def _wrong_pictures(pictures: list[Picture], folder: Path) -> Iterator[str]:
    found = read_pictures(folder, {picture.file for picture in pictures})
    for picture in pictures:
        yield from (
            f"picture {picture.file} {wrong}" for wrong in _wrong(picture, found[picture.file])
        )


def _wrong(picture: Picture, found: PictureFile | NoPicture) -> Iterator[str]:
    if isinstance(found, NoPicture):
        yield found.message
        return
    if found.sha256 != picture.sha256:
        yield "is not the one that was approved: it has changed since"
    if found.kind not in LIMIT.image_types:
        yield f"is no {', '.join(kind.partition('/')[2].upper() for kind in LIMIT.image_types)}"
    if found.size > LIMIT.image_bytes:
        yield f"has {found.size:,} bytes, LinkedIn takes {LIMIT.image_bytes:,}"
    if wrong := _too_long("has an alternative text that", picture.alt, LIMIT.longest_alt):
        yield wrong


def _too_long(what: str, text: str, most: int) -> str:
    length = len(text)
    return f"{what} has {length:,} characters, LinkedIn takes {most:,}" if length > most else ""
