"""Who are a brand's customers? Their list comes in, whoever is to be written to comes out.

This is the one table with addresses and names; see `mail_tables.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.mail import Customer, Recipient
from connectors.people_keys import PeopleKeys
from connectors.warehouse.among import among
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import consents, erasures, people, suppressions
from connectors.warehouse.people_rows import (
    CONSENT_COLUMNS,
    PEOPLE_COLUMNS,
    FromList,
    Known,
    PeopleChanges,
    Withdrawal,
    by_key,
    people_changes,
)

AT_ONCE = 5000  # people in one transaction
WITHDRAWALS = ("unsubscribed", "complaint")
"""Reasons of a suppression by which somebody says that he wants no mail."""
TOLD = 20
"""Problems that are told in words."""

FACTS = ("person_key", "consent", "consent_at", "signed_up_at", "time_zone", "language", "country")


@dataclass(frozen=True, slots=True)
class SavedPeople:
    """What a complete list of customers brought."""

    seen: int  # different people
    new: int
    changed: int
    without_address: int
    missing: int  # people that we know and the list does not have; they stay as they are
    still_unsubscribed: int  # whom the list calls subscribed, and who told us otherwise
    erased: int  # who is not to come back, and did not
    repeated: int  # rows whose customer came again later
    unusable: int  # people of whom something could not be used
    problems: tuple[str, ...]  # the first of them, with their places


class PeopleStore(Database):
    """Reads and writes of people."""

    def save_customers(
        self, brand: str, batches: Iterable[Sequence[Customer]], keys: PeopleKeys, now: datetime
    ) -> SavedPeople:
        """Take over a complete list of customers; who is not in it any more stays.

        Each part is a transaction of its own: a list that breaks off leaves what came before.
        What is kept against the list's word says `people_rows.py`. Whoever was erased, and
        somebody new with the address of one who was, is passed over. Raises `RejectedError` if
        two customers have the same key.
        """
        count = _Count()
        for part in _parts(batches):
            came = by_key(brand, part, keys)
            count.see(part, came)
            self._save_people(brand, came, keys, now, count)
        with self.reading() as connection:
            all_ = connection.scalar(
                sa.select(sa.func.count()).select_from(people).where(people.c.brand == brand)
            )
        return count.saved(all_ or 0)

    def _save_people(
        self,
        brand: str,
        came: dict[int, Customer],
        keys: PeopleKeys,
        now: datetime,
        count: "_Count",
    ) -> None:
        addressed = {
            key: (customer, keys.address(customer.address) if customer.address else None)
            for key, customer in came.items()
        }
        with self.writing("people", brand) as connection:
            known = _known(connection, [*came])
            addresses = [key for _, key in addressed.values() if key is not None]
            withdrawn, gone = _suppressed(connection, brand, addresses)
            erased = _erased(connection, [*came])
            stays = {
                key: it
                for key, it in addressed.items()
                if key not in erased and (key in known or it[1] not in gone)
            }
            changes = people_changes(brand, stays, known, withdrawn, now)
            _write(connection, changes)
        count.erased += len(came) - len(stays)
        count.add(changes)

    def recipients(self, brand: str, person_keys: Sequence[int]) -> dict[int, Recipient]:
        """Return those of these people that are known, whether or not they may be written to."""
        columns = [people.c[name] for name in Recipient.__dataclass_fields__]
        with self.reading() as connection:
            its = among(connection, people.c.person_key, person_keys)
            query = sa.select(*columns).where(its, people.c.brand == brand)
            rows = connection.execute(query).mappings()
            return {row["person_key"]: Recipient(**row) for row in rows}

    def people_facts(self, brand: str) -> pd.DataFrame:
        """Return what is known of everybody, without what says who somebody is: `person_key`
        (int64), `consent`, `time_zone`, `language`, `country` (text, '' is unknown), `consent_at`
        and `signed_up_at` (UTC, NaT is unknown), `has_address` (bool)."""
        query = sa.select(
            *(people.c[name] for name in FACTS), people.c.address_key.is_not(None).label("has")
        ).where(people.c.brand == brand)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(people.c.person_key)).all()
        frame = pd.DataFrame.from_records(rows, columns=[*FACTS, "has_address"])
        for name in ("consent_at", "signed_up_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True)
        return frame.astype({"person_key": np.int64, "has_address": bool})


class _Count:
    """What the parts of a list add up to."""

    def __init__(self) -> None:
        self.rows = 0
        self.erased = 0
        self._keys: list[np.ndarray[Any, np.dtype[np.int64]]] = []
        self._new = 0
        self._changed = 0
        self._without = 0
        self._still = 0
        self._unusable = 0
        self._problems: list[str] = []

    def see(self, part: Sequence[Customer], came: dict[int, Customer]) -> None:
        self.rows += len(part)
        self._keys.append(np.fromiter(came, np.int64, len(came)))
        self._without += sum(not customer.address for customer in came.values())
        wrong = [customer.problem for customer in part if customer.problem]
        self._unusable += len(wrong)
        self._problems += wrong[: TOLD - len(self._problems)]

    def add(self, changes: PeopleChanges) -> None:
        self._new += len(changes.new)
        self._changed += len(changes.changed)
        self._still += changes.still_unsubscribed

    def saved(self, all_: int) -> SavedPeople:
        seen = len(np.unique(np.concatenate([np.empty(0, np.int64), *self._keys])))
        return SavedPeople(
            seen=seen,
            new=self._new,
            changed=self._changed,
            without_address=self._without,
            missing=all_ - (seen - self.erased),
            still_unsubscribed=self._still,
            erased=self.erased,
            repeated=self.rows - seen,
            unusable=self._unusable,
            problems=tuple(self._problems),
        )


def _parts(batches: Iterable[Sequence[Customer]]) -> Iterator[list[Customer]]:
    for batch in batches:
        for start in range(0, len(batch), AT_ONCE):
            yield [*batch[start : start + AT_ONCE]]


def _known(connection: Connection, person_keys: list[int]) -> dict[int, Known]:
    """Return who is stored, held against others' changes until the transaction ends."""
    said = [people.c[name] for name in FromList._fields]
    query = sa.select(people.c.person_key, people.c.brand, people.c.customer_id, *said).where(
        among(connection, people.c.person_key, person_keys)
    )
    rows = connection.execute(query.order_by(people.c.person_key).with_for_update())
    return {row[0]: Known(row[1], row[2], FromList(*row[3:])) for row in rows}


def _suppressed(
    connection: Connection, brand: str, address_keys: list[int]
) -> tuple[dict[int, Withdrawal], set[int]]:
    """Return who wants no mail, and who was erased, by address."""
    query = sa.select(suppressions.c.address_key, suppressions.c.reason, suppressions.c.at).where(
        suppressions.c.brand == brand,
        among(connection, suppressions.c.address_key, address_keys),
        suppressions.c.reason.in_((*WITHDRAWALS, "erased")),
    )
    withdrawn: dict[int, Withdrawal] = {}
    gone: set[int] = set()
    for key, reason, at in connection.execute(query.order_by(suppressions.c.at)):
        if reason == "erased":
            gone.add(key)
        else:
            withdrawn[key] = Withdrawal(reason, at)
    return withdrawn, gone


def _erased(connection: Connection, person_keys: list[int]) -> set[int]:
    its = among(connection, erasures.c.person_key, person_keys)
    query = sa.select(erasures.c.person_key).where(its)
    return {*connection.scalars(query)}


def _write(connection: Connection, changes: PeopleChanges) -> None:
    insert_rows(connection, people, PEOPLE_COLUMNS, changes.new)
    if changes.changed:
        values: dict[str, Any] = {
            name: sa.bindparam(name) for name in (*FromList._fields, "updated_at")
        }
        update = sa.update(people).where(people.c.person_key == sa.bindparam("person"))
        connection.execute(update.values(**values), changes.changed)
    insert_rows(connection, consents, CONSENT_COLUMNS, changes.consents)
