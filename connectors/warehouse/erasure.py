"""What do we hold of one person, and how is it gone for good?

Every table with a `person_key` belongs to a person, whoever made it: it is found in the schema.
What knows addresses or messages only is followed from there.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.base import TransientError
from connectors.people_keys import PeopleKeys
from connectors.warehouse.database import Database
from connectors.warehouse.mail_consent import suppress_address
from connectors.warehouse.mail_tables import (
    erasures,
    lifted_suppressions,
    mail_events,
    mail_messages,
    mail_settlements,
    mail_skips,
    people,
    segment_members,
    suppressions,
)
from connectors.warehouse.schema import metadata

IN_HAND = ("claimed", "sending")
"""States of messages that a worker has."""

SCRUBBED = ("people", "consents", "orders")
"""Tables of PostgreSQL that are vacuumed, so that what was erased is not left in their files."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by his keys: one customer id, or all those with one address."""

    person_keys: tuple[int, ...]
    address_keys: tuple[int, ...]  # of now and of earlier messages
    shared: frozenset[int]  # addresses that somebody else has too


class ErasureStore(Database):
    """What answers, erases and forgets."""

    def find_person(self, brand: str, who: str, keys: PeopleKeys) -> tuple[int, ...]:
        """Return the keys of the people in the list with a customer id or an address."""
        with self.reading() as connection:
            return _listed(connection, brand, who, keys)

    def export_person(self, brand: str, who: str, keys: PeopleKeys) -> dict[str, list[Any]]:
        """Return everything that is held of a person, given by customer id or address: rows by
        table, as JSON can hold them. Tables without a row are left out."""
        with self.reading() as connection:
            person = _person(connection, brand, who, keys)
            found = {
                str(table.name): [
                    {str(name): _json(value) for name, value in row.items()}
                    for row in connection.execute(sa.select(table).where(its)).mappings()
                ]
                for table, its in _holdings(connection, brand, person)
            }
        return {name: rows for name, rows in found.items() if rows}

    def erase_person(
        self, brand: str, who: str, keys: PeopleKeys, *, now: datetime
    ) -> dict[str, int]:
        """Erase a person, given by customer id or address: every row but suppressions.

        His addresses are suppressed as `erased`, unless somebody else has them too, and he does not
        come back with the next list. Returns how many rows went, by table; erasing twice is
        harmless. On SQLite nothing of it is left in the file or its log. On PostgreSQL its own log
        and backups are the server's.

        Raises:
            TransientError: the person is erased, but somebody has read an old state for a minute,
                and the bytes are still in the log; erase again.
        """
        gone: dict[str, int] = {}
        with self.writing("people", brand) as connection:
            person = _person(connection, brand, who, keys)
            _keep_away(connection, brand, person, now)
            for table, its in _holdings(connection, brand, person, kept=False):
                gone[str(table.name)] = connection.execute(sa.delete(table).where(its)).rowcount
        self._scrub()
        return {name: count for name, count in gone.items() if count}

    def forget_mail(self, brand: str, before: datetime) -> dict[str, int]:
        """Forget the messages, events and ended stays in segments from before a moment; return how
        many rows went, by table. Suppressions and consents stay."""
        it = mail_messages.c
        old = (
            (it.brand == brand)
            & (sa.func.coalesce(it.handed_at, it.claimed_at) < before)
            & it.state.not_in(IN_HAND)
        )
        keys = sa.select(it.message_key).where(old)
        skip, stay = mail_skips.c, segment_members.c
        stale = (mail_events.c.brand == brand) & (
            mail_events.c.message_key.in_(keys) | (mail_events.c.at < before)
        )
        deletes = (
            (mail_settlements, mail_settlements.c.message_key.in_(keys)),
            (mail_events, stale),
            (mail_messages, old),
            (mail_skips, (skip.brand == brand) & (skip.skipped_at < before)),
            (segment_members, (stay.brand == brand) & (stay.left_on < before.date())),
        )
        with self.writing() as connection:
            gone = {
                str(table.name): connection.execute(sa.delete(table).where(its)).rowcount
                for table, its in deletes
            }
        return {name: count for name, count in gone.items() if count}

    def _scrub(self) -> None:
        """Overwrite what deleted rows have left behind.

        SQLite's `secure_delete` is not enough: rows move from page to page, and where they were
        their bytes stay. VACUUM writes all pages anew, and the log has the old ones until it is
        emptied. https://sqlite.org/lang_vacuum.html
        """
        if not self.sqlite:
            with self._errors(), self.engine.connect() as connection:
                alone = connection.execution_options(isolation_level="AUTOCOMMIT")
                for name in SCRUBBED:
                    alone.execute(sa.text(f"VACUUM {name}"))
            return
        with self._errors(), closing(self.engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
            (busy, *_) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise TransientError(
                f"warehouse {self.place}: the person is erased, but somebody still reads an old "
                "state, which is in the log beside the file; erase again when that is over"
            )


def _listed(connection: Connection, brand: str, who: str, keys: PeopleKeys) -> tuple[int, ...]:
    its = people.c.person_key == keys.person(brand, who)
    if "@" in who:
        its |= people.c.address_key == keys.address(who)
    query = sa.select(people.c.person_key).where(people.c.brand == brand, its)
    return tuple(connection.scalars(query.order_by(people.c.person_key)))


def _person(connection: Connection, brand: str, who: str, keys: PeopleKeys) -> Person:
    """Find all keys of somebody who need not be in the list: orders and messages may know him."""
    person_keys = {keys.person(brand, who), *_listed(connection, brand, who, keys)}
    address_keys = {keys.address(who)} if "@" in who else set()
    for table in (people, mail_messages, erasures):
        query = sa.select(table.c.address_key).where(
            table.c.person_key.in_(person_keys), table.c.address_key.is_not(None)
        )
        address_keys.update(connection.scalars(query))
    others = sa.select(people.c.address_key).where(
        people.c.brand == brand,
        people.c.address_key.in_(address_keys),
        people.c.person_key.not_in(person_keys),
    )
    shared = frozenset(connection.scalars(others))
    return Person(tuple(sorted(person_keys)), tuple(sorted(address_keys)), shared)


def _holdings(
    connection: Connection, brand: str, person: Person, *, kept: bool = True
) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Yield each table that holds something of a person, and which rows; with `kept`, those too
    that outlive an erasure. What hangs on messages comes before them."""
    query = sa.select(mail_messages.c.message_key).where(
        mail_messages.c.person_key.in_(person.person_keys)
    )
    messages = connection.scalars(query).all()
    alone = [key for key in person.address_keys if key not in person.shared]
    yield mail_settlements, mail_settlements.c.message_key.in_(messages)
    event = mail_events.c
    its = event.message_key.in_(messages)
    yield mail_events, its | ((event.brand == brand) & event.address_key.in_(alone))
    for table in metadata.sorted_tables:
        if "person_key" in table.c and (kept or table is not erasures):
            yield table, table.c.person_key.in_(person.person_keys)
    if kept:
        for table in (suppressions, lifted_suppressions):
            its = table.c.address_key.in_(person.address_keys)
            yield table, (table.c.brand == brand) & its


def _keep_away(connection: Connection, brand: str, person: Person, now: datetime) -> None:
    """See to it that neither mail reaches somebody again nor a list brings him back."""
    for address_key in person.address_keys:
        if address_key not in person.shared:
            suppress_address(connection, brand, address_key, "erased", "erased on request", now)
    held = sa.select(people.c.person_key, people.c.address_key).where(
        people.c.person_key.in_(person.person_keys)
    )
    now_at = {row.person_key: row.address_key for row in connection.execute(held)}
    known = sa.select(erasures.c.person_key).where(erasures.c.person_key.in_(person.person_keys))
    anyway = person.address_keys[0] if len(person.address_keys) == 1 else None
    for key in {*person.person_keys} - {*connection.scalars(known)}:
        row = {"person_key": key, "brand": brand, "address_key": now_at.get(key, anyway), "at": now}
        connection.execute(sa.insert(erasures).values(**row))


def _json(value: Any) -> Any:
    match value:
        case date():  # moments too
            return value.isoformat()
        case _:
            return value
