"""How wide and high pictures are: of every kind, turned, cut off, and of no kind."""

from struct import pack

import pytest

from connectors.channels.bluesky.picture_sizes import size_of

from .bluesky_shop import PNG

FRAME = b"\xff\xc2\x00\x11\x08" + pack(">HH", 600, 800) + bytes(10)
TABLES = b"\xff\xdb\x00\x04ab\xff\xff\xc4\x00\x04cd"


def exif(order: str, orientation: int) -> bytes:
    """Return an Exif segment whose second entry is how the camera was held."""
    mark = b"II" if order == "<" else b"MM"
    entries = [(0x100, 3, 1, 5), (0x112, 3, 1, orientation)]
    directory = pack(f"{order}H", 2)
    directory += b"".join(
        pack(f"{order}HHI", *entry[:3]) + pack(f"{order}HH", entry[3], 0) for entry in entries
    )
    data = b"Exif\0\0" + mark + pack(f"{order}HI", 42, 8) + directory
    return b"\xff\xe1" + pack(">H", len(data) + 2) + data


JPEG = b"\xff\xd8" + TABLES + FRAME
RIFF = b"RIFF\x00\x00\x00\x00WEBP"


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (PNG, "image/png", (1, 1)),
        (b"GIF89a" + pack("<HH", 320, 200), "image/gif", (320, 200)),
        (JPEG, "image/jpeg", (800, 600)),
        (b"\xff\xd8" + exif("<", 1) + TABLES + FRAME, "image/jpeg", (800, 600)),
        (b"\xff\xd8" + exif("<", 6) + TABLES + FRAME, "image/jpeg", (600, 800)),
        (b"\xff\xd8" + exif(">", 8) + FRAME, "image/jpeg", (600, 800)),
        (b"\xff\xd8\xff\xe1\x00\x08http:/" + FRAME, "image/jpeg", (800, 600)),
        (RIFF + b"VP8X" + bytes(8) + b"\x1f\x03\x00\x57\x02\x00", "image/webp", (800, 600)),
        (RIFF + b"VP8 " + bytes(10) + pack("<HH", 800, 600), "image/webp", (800, 600)),
        (RIFF + b"VP8L" + bytes(4) + b"/" + pack("<I", 599 << 14 | 799), "image/webp", (800, 600)),
    ],
)
def test_a_picture_tells_its_size(content, kind, size):
    assert size_of(content, kind) == size


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG[:20], "image/png"),
        (PNG[:16] + bytes(8), "image/png"),
        (JPEG[:12], "image/jpeg"),
        (b"\xff\xd8", "image/jpeg"),
        (b"\xff\xd8" + exif("<", 6)[:30], "image/jpeg"),
        (RIFF + b"VP8X", "image/webp"),
        (RIFF, "image/webp"),
        (b"", "image/gif"),
        (PNG, "image/tiff"),
    ],
)
def test_what_is_cut_off_or_unknown_has_none(content, kind):
    assert size_of(content, kind) is None
