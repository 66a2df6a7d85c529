"""How does a picture of the content folder get to a Mastodon server?

It is checked to be the one that was approved (its SHA-256), sent with its alternative text, and
waited for while the server prepares it: 202 to the upload, then 206 to every look until 200. That
publishes nothing, so it may be repeated; what no post uses the server deletes after a while.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from urllib3.filepost import encode_multipart_formdata

from connectors.base import RejectedError, Throttle, TransientError
from connectors.channels.mastodon.calling import Calls
from connectors.channels.mastodon.limits import ServerLimits

OK = 200
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before each look at a picture that is being prepared: two minutes in all."""

BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a change's content has it."""

    file: str
    sha256: str
    alt: str


def pictures_of(content: Mapping[str, str]) -> list[Picture]:
    """Return the pictures of a content, in order."""
    found: list[Picture] = []
    for number in count(1):
        if not (file := content.get(f"image_{number}_file", "")):
            return found
        digest, alt = (content.get(f"image_{number}_{part}", "") for part in ("sha256", "alt"))
        found.append(Picture(file, digest, alt))
    raise AssertionError("count does not end")


def objections(pictures: list[Picture], folder: Path | None, limits: ServerLimits) -> Iterator[str]:
    """Yield why a server would not take these pictures, or we would not send them."""
    if len(pictures) > limits.most_images:
        yield f"{len(pictures)} pictures, but the server takes {limits.most_images}"
    for picture in pictures:
        try:
            data = load(folder, picture)
        except RejectedError as error:
            yield str(error)
            continue
        if (kind := type_of(data)) not in limits.image_types:
            yield f"{picture.file} is of a type that the server does not take ({kind or 'unknown'})"
        if len(data) > limits.image_bytes:
            yield f"{picture.file} has {len(data):,} bytes of at most {limits.image_bytes:,}"
        if len(picture.alt) > limits.longest_alt:
            yield (
                f"the alternative text of {picture.file} has {len(picture.alt)} characters of at "
                f"most {limits.longest_alt}"
            )


def load(folder: Path | None, picture: Picture) -> bytes:
    """Return a picture's bytes. Raise `RejectedError` if it is not there or has changed."""
    if folder is None:
        raise RejectedError("the account has no content_folder to take pictures from")
    place = (folder / picture.file).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise RejectedError(f"{picture.file} is outside the content folder")
    try:
        data = place.read_bytes()
    except OSError as error:
        raise RejectedError(
            f"{picture.file} cannot be read from the content folder ({type(error).__name__})"
        ) from None
    if sha256(data).hexdigest() != picture.sha256:
        raise RejectedError(f"{picture.file} is not the picture that was approved: it has changed")
    return data


def type_of(data: bytes) -> str:
    """Return a picture's media type by how it begins, '' for what is no picture."""
    return next((kind for begin, kind in BEGINNINGS if data.startswith(begin)), "")


class Uploads:
    """Brings pictures to the server."""

    def __init__(self, calls: Calls, folder: Path | None, throttle: Throttle) -> None:
        self._calls = calls
        self._folder = folder
        self._throttle = throttle

    def ready(self, picture: Picture) -> str:
        """Return the id of a picture that the server has prepared.

        Raises `RejectedError` for one that it cannot use, `TransientError` if it takes too long.
        """
        data = load(self._folder, picture)
        kind = type_of(data)
        name = f"picture.{kind.partition('/')[2]}"
        body, content_type = encode_multipart_formdata(
            {"file": (name, data, kind), "description": picture.alt}
        )
        headers = {"Content-Type": content_type}
        path = "/api/v2/media"
        reply = self._calls.repeated("POST", path, form=body, headers=headers)
        with self._calls.shape(path):
            media_id = str(reply.body["id"])
        for pause in PAUSES:
            if reply.status == OK:
                return media_id
            self._throttle.pause(pause, "the server is preparing a picture")
            reply = self._calls.repeated("GET", f"/api/v1/media/{media_id}")
        if reply.status == OK:
            return media_id
        raise TransientError(f"{path}: a picture is not ready after {sum(PAUSES):.0f} s; try again")
