"""How wide and high is a picture? Read from the first bytes of PNG, GIF, JPEG and WebP.

Sources: PNG (ISO 15948) IHDR, GIF89a, JPEG (ITU T.81) frame headers, Exif 2.32 (how a camera was
held), WebP container (RFC 9649).
"""

import struct
from collections.abc import Callable, Mapping
from struct import unpack_from

Size = tuple[int, int]

NO_FRAME = frozenset({0xC4, 0xC8, 0xCC})
"""JPEG markers among those of frames that begin none."""
APP1, ORIENTATION = 0xE1, 0x112
ON_ITS_SIDE = 5
"""From this orientation on, a picture is shown turned by 90 degrees."""


def size_of(content: bytes, media_type: str) -> Size | None:
    """Return width and height in pixels, None if they cannot be read."""
    try:
        width, height = READERS[media_type](content)
    except (KeyError, IndexError, struct.error):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _png(content: bytes) -> Size:
    width, height = unpack_from(">II", content, 16)
    return width, height


def _gif(content: bytes) -> Size:
    width, height = unpack_from("<HH", content, 6)
    return width, height


def _jpeg(content: bytes) -> Size:
    """Go from marker to marker until one begins a frame."""
    place, turned = 2, False
    while True:
        while content[place + 1] == 0xFF:  # any number of them may fill
            place += 1
        marker, length = content[place + 1], unpack_from(">H", content, place + 2)[0]
        if marker == APP1:
            turned = turned or _is_turned(content[place + 4 : place + 2 + length])
        if 0xC0 <= marker <= 0xCF and marker not in NO_FRAME:
            height, width = unpack_from(">HH", content, place + 5)
            return (height, width) if turned else (width, height)
        place += 2 + length


def _is_turned(segment: bytes) -> bool:
    """Tell whether Exif data say that the camera was held upright."""
    if not segment.startswith(b"Exif\0\0"):
        return False
    tiff = segment[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    directory = unpack_from(f"{order}I", tiff, 4)[0]
    for number in range(unpack_from(f"{order}H", tiff, directory)[0]):
        entry = directory + 2 + 12 * number
        if unpack_from(f"{order}H", tiff, entry)[0] == ORIENTATION:
            return bool(unpack_from(f"{order}H", tiff, entry + 8)[0] >= ON_ITS_SIDE)
    return False


def _webp(content: bytes) -> Size:
    kind = content[12:16]
    if kind == b"VP8X":
        low, high = (int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
        return (low + 1, high + 1) if len(content) >= 30 else (0, 0)
    if kind == b"VP8L":
        bits = unpack_from("<I", content, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF


READERS: Mapping[str, Callable[[bytes], Size]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
