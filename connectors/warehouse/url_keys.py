"""How does an address of any length get into an index? As a number, which is also short.

PostgreSQL refuses index entries over 2,704 bytes, and other people's sites have longer addresses.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

KEYS_PER_QUERY = 5_000
"""SQLite takes 32,766 values in one statement, PostgreSQL 65,535."""


def url_key(*urls: str) -> int:
    """Return the number of an address, or of several together: 64 bits of their BLAKE2.

    Of 10,000,000 addresses two share a number with a chance of 1 to 370,000.
    """
    text = "\n".join(urls).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


def keys_in(
    connection: Connection, column: sa.Column[int], keys: Sequence[int], **same: object
) -> set[int]:
    """Return which of these keys a table has, in rows whose columns are the `same`."""
    where = [column.table.c[name] == value for name, value in same.items()]
    found: set[int] = set()
    for part in parts(keys):
        query = sa.select(column).where(*where, column.in_(part))
        found |= {*connection.scalars(query)}
    return found


def parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield as many keys at a time as a statement takes."""
    for start in range(0, len(keys), KEYS_PER_QUERY):
        yield keys[start : start + KEYS_PER_QUERY]


def without_known(
    connection: Connection, column: sa.Column[int], rows: Mapping[int, Any], **same: object
) -> dict[int, Any]:
    """Return the rows, by key, that a table does not have yet."""
    known = keys_in(connection, column, [*rows], **same)
    return {key: row for key, row in rows.items() if key not in known}
