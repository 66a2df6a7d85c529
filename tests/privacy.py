"""Does anything that was written say who somebody is? A search through all bytes below a folder."""

import base64
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote


def find_everywhere(root: Path, needles: Iterable[str]) -> list[str]:
    """Return `file: spelling of 'needle'` for each needle in each file below a folder.

    Capitals do not matter. Databases, their logs and whatever else is read as bytes; `.gz` is
    unpacked. A needle is looked for as UTF-8 and UTF-16, escaped as in JSON and in URLs, and in
    base64 as message bodies have it. Needles should be longer than four signs.
    """
    wanted = [(needle, [*_spellings(needle)]) for needle in needles]
    found = []
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        data = _contents(file)
        low = data.lower()
        for needle, spellings in wanted:
            found += [
                f"{file.relative_to(root)}: {name} of {needle!r}"
                for name, spelling, exact in spellings
                if spelling in (data if exact else low)
            ]
    return found


def _contents(file: Path) -> bytes:
    data = file.read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return data + gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return data


def _spellings(needle: str) -> Iterator[tuple[str, bytes, bool]]:
    """Yield ways of writing a text, and whether capitals matter in them."""
    low = needle.lower()
    yield "UTF-8", low.encode(), False
    yield "UTF-16", low.encode("utf-16-le"), False
    for name, text in (("JSON", json.dumps(low)[1:-1]), ("URL", quote(low, safe=""))):
        if text.lower() != low:
            yield name, text.lower().encode(), False
    plain = needle.encode()
    for start in range(3):  # where in a group of three bytes the needle begins
        whole = base64.b64encode(b"\0" * start + plain)
        inside = whole[4 if start else 0 : len(whole) - (4 if (start + len(plain)) % 3 else 0)]
        yield "base64", inside, True
