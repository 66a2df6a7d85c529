"""Which pictures does a post have, and are they still those that were approved?"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from config.content_pictures import media_type
from config.networks import LIMITS
from connectors.base import RejectedError
from connectors.channels.bluesky.picture_sizes import Size, size_of

LIMIT = LIMITS["bluesky"]


@dataclass(frozen=True, slots=True)
class Named:
    """A picture as a change names it."""

    file: str  # relative to the content folder
    sha256: str  # of the bytes that were approved, hexadecimal
    alt: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be uploaded."""

    content: bytes
    media_type: str
    alt: str
    size: Size | None  # width and height in pixels; None: not told by its first bytes


def named(content: Mapping[str, str]) -> list[Named]:
    """Return the pictures of a change's content, in order."""
    pictures = []
    for number in count(1):
        if not (file := content.get(f"image_{number}_file", "")):
            break
        digest, alt = (content.get(f"image_{number}_{key}", "") for key in ("sha256", "alt"))
        pictures.append(Named(file, digest, alt))
    return pictures


def read(folder: Path | None, picture: Named) -> Picture:
    """Return a picture; raise `RejectedError` for one that Bluesky would not take, or that is
    another one than what was approved."""
    content = _content(folder, picture.file)
    kind = media_type(content[:12])
    if sha256(content).hexdigest() != picture.sha256:
        raise RejectedError(f"{picture.file}: changed since it was approved; approve it again")
    if kind not in LIMIT.image_types:
        raise RejectedError(f"{picture.file}: neither PNG, JPEG, GIF nor WebP")
    if len(content) > LIMIT.image_bytes:
        size = f"{len(content):,} bytes, Bluesky takes {LIMIT.image_bytes:,}"
        raise RejectedError(f"{picture.file}: {size}; make it smaller")
    if len(picture.alt) > LIMIT.longest_alt:
        length = f"{len(picture.alt):,} characters, Bluesky shows {LIMIT.longest_alt:,}"
        raise RejectedError(f"{picture.file}: alternative text of {length}")
    return Picture(content, kind, picture.alt, size_of(content, kind))


def _content(folder: Path | None, file: str) -> bytes:
    if folder is None:
        raise RejectedError(f"{file}: this account has no content_folder")
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):  # links that lead out too
        raise RejectedError(f"{file}: outside of the content folder")
    try:
        return path.read_bytes()
    except OSError as error:
        raise RejectedError(f"{file}: cannot be read ({error.strerror})") from None
