"""What are things called on simulated Bluesky? DIDs, handles, keys (TIDs), content ids (CIDs).

All follow from what they name, so that the same world has the same ids however it is asked.
"""

import re
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

POST = "app.bsky.feed.post"
SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
TID = re.compile(rf"[{SIGNS[:16]}][{SIGNS}]{{12}}")
RAW, CBOR = 0x55, 0x71
"""What a CID says of its content: any bytes, or a record."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=2**16)
def did_of(name: str) -> str:
    """Return the DID of an account, or of a person by a name."""
    return name if name.startswith("did:") else f"did:plc:{_base32(_digest(name.encode()))[:24]}"


def handle_of(name: str) -> str:
    """Return the handle of an account, which may be named by its DID, or of a person."""
    if name.startswith("did:"):
        return f"{name.rpartition(':')[2][:18]}.bsky.social"
    if "." in name:
        return name
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-') or 'somebody'}.bsky.social"


@lru_cache(maxsize=2**16)
def tid(at: datetime, name: str) -> str:
    """Return the key of what was made at a moment; the name tells two of the same moment apart."""
    bits = int.from_bytes(_digest(name.encode())[:3], "big")
    number = ((at - _EPOCH) // timedelta(microseconds=1) + (bits >> 10)) << 10 | bits & 1023
    return "".join(SIGNS[number >> 5 * place & 31] for place in reversed(range(13)))


def uri_of(did: str, key: str) -> str:
    """Return the address of a post."""
    return f"at://{did}/{POST}/{key}"


def parts_of(uri: str) -> tuple[str, str]:
    """Return whose post an address names, and its key."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    return did, rest.rpartition("/")[2]


def record_cid(record: Any) -> str:
    """Return the CID of a record: the same content has the same one."""
    return _cid(CBOR, orjson.dumps(record, option=orjson.OPT_SORT_KEYS))


def blob_cid(content: bytes) -> str:
    """Return the CID of a blob, the one that the real server gives these bytes."""
    return _cid(RAW, content)


def written(at: datetime) -> str:
    """Return a moment as it stands in records: `2026-12-01T09:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cid(kind: int, content: bytes) -> str:
    """CID version 1, SHA-256 (multihash 0x12, 32 bytes), base 32."""
    return "b" + _base32(bytes((1, kind, 0x12, 32)) + _digest(content))


def _digest(content: bytes) -> bytes:
    return sha256(content).digest()


def _base32(content: bytes) -> str:
    return b32encode(content).decode().lower().rstrip("=")
