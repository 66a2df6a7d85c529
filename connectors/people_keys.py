"""By what is a person known everywhere but in the table of addresses? By a keyed hash.

HMAC-SHA256 (RFC 2104) under a key that only this installation has, cut to 63 bits so that it is a
database's integer. Without the key nobody can try addresses out; among a million people two share a
hash with a chance of 1 in 20 million, and the table that holds the people notices.
"""

import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from connectors.base import RejectedError

LEAST = 32
"""Bytes of a key."""


def normal_address(address: str) -> str:
    """Return an address as it is compared: the domain in lower case and in ASCII (IDNA), the local
    part in lower case too, as every large provider reads it."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local.lower()}@{_ascii_domain(domain)}"


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return domain.lower()


@dataclass(frozen=True, slots=True)
class PeopleKeys:
    """From people and addresses to their keyed hashes."""

    secret: bytes = field(repr=False)

    def person(self, brand: str, customer_id: str) -> int:
        """Return the key of a brand's customer."""
        return self._hash("person", brand, customer_id.strip())

    def address(self, address: str) -> int:
        """Return the key of an e-mail address, however it is written."""
        return self._hash("address", normal_address(address))

    def token(self, purpose: str, *parts: str) -> str:
        """Return 32 hexadecimal signs that only we can make, for links in messages."""
        return hmac.new(self.secret, _joined("token", purpose, *parts), sha256).hexdigest()[:32]

    def _hash(self, *parts: str) -> int:
        digest = hmac.digest(self.secret, _joined(*parts), "sha256")
        return int.from_bytes(digest[:8]) >> 1


def people_keys(file: Path) -> PeopleKeys:
    """Return the installation's keys; the first time, make the file, readable by its owner only.

    Raises `RejectedError` for a file that holds no such key: with another key everybody would look
    new, and who unsubscribed would be forgotten.
    """
    if not file.exists():
        _make(file)
    text = file.read_text().strip()
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) < LEAST:
        raise RejectedError(
            f"{file} holds no key of {LEAST} bytes in hexadecimal; restore it from a backup: with "
            "another key nobody who unsubscribed would be known"
        )
    return PeopleKeys(secret)


def _make(file: Path) -> None:
    """Write a new key, whole or not at all; of two that make one at once the first one counts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "w") as made:
            made.write(secrets.token_hex(LEAST))
        with suppress(FileExistsError):
            os.link(name, file)
    finally:
        os.unlink(name)


def _joined(*parts: str) -> bytes:
    return b"\0".join(part.encode() for part in parts)
