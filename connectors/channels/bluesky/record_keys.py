"""Under which key is a post kept, so that the same post can never be made twice?

Keys of posts are TIDs: 53 bits of microseconds since 1970 and 10 bits that tell clocks apart, in 13
signs of an alphabet that sorts like the number. Ours are made of the post's item alone: the moment
it was due, in its microseconds and clock bits 30 bits of a digest. So the same item has the same
key whoever writes it and however often, and keys sort by time. Source: atproto.com/specs/tid.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(rf"[{ALPHABET[:16]}][{ALPHABET}]{{12}}")
CLOCK_BITS, DIGEST_BITS = 10, 20
"""Of the digest, 20 bits go into the microseconds: up to 1.05 seconds after the moment."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def key_of(moment: datetime, item: str) -> str:
    """Return the key of what an item names, which belongs to a moment."""
    bits = int.from_bytes(sha256(item.encode()).digest()[:4], "big") >> 2
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1) + (bits >> CLOCK_BITS)
    return written(microseconds << CLOCK_BITS | bits & (2**CLOCK_BITS - 1))


def moment_of(key: str) -> datetime | None:
    """Return when a key was made, as it says itself; None if it is no TID."""
    if not SHAPE.fullmatch(key):
        return None
    number = 0
    for sign in key:
        number = number << 5 | ALPHABET.index(sign)
    return _EPOCH + timedelta(microseconds=number >> CLOCK_BITS)


def written(number: int) -> str:
    """Return 64 bits as the 13 signs of a TID."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(13)))
