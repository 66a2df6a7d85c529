"""What are the picture files of a post? Their size, what they really are, and their digest."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""The first bytes of a file, and its media type; WebP is in a RIFF container."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture as it lies there."""

    size: int  # bytes
    kind: str  # media type by the file's first bytes; '' for none that we know
    sha256: str  # hexadecimal


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Why a picture cannot be had."""

    message: str
    remedy: str


def read_pictures(folder: Path, files: Iterable[str]) -> dict[str, PictureFile | NoPicture]:
    """Return what the files are, each named relative to the content folder."""
    return {file: _read(folder, file) for file in files}


def media_type(first: bytes) -> str:
    """Return the media type that a file's first 12 bytes tell, '' for one that we do not know."""
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNATURES if first.startswith(sign)), "")


def _read(folder: Path, file: str) -> PictureFile | NoPicture:
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):  # links that lead out too
        return NoPicture("is outside the content folder", "put the picture into the folder")
    if not path.is_file():
        remedy = "put the picture into the content folder, or correct the name"
        return NoPicture("is no file of the content folder", remedy)
    try:
        with path.open("rb") as opened:
            first = opened.read(12)
            opened.seek(0)
            digest = file_digest(opened, "sha256").hexdigest()
            return PictureFile(opened.tell(), media_type(first), digest)
    except OSError as error:
        return NoPicture(f"cannot be read: {error.strerror}", "mend the file or its permissions")
