"""What did customers buy? Their orders come in, arrays for scoring come out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.mail import Order
from connectors.people_keys import PeopleKeys
from connectors.warehouse.bulk import upsert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import erasures, orders
from connectors.warehouse.site_rows import plain
from connectors.warehouse.streaming import read_rows

COLUMNS = ("brand", "order_id", "person_key", "ordered_at", "value")
AT_ONCE = 50_000  # orders in one transaction

ROW = np.dtype([("person_key", np.int64), ("at", np.float64), ("value", np.float64)])
SECONDS = {
    "sqlite": "round((julianday(substr(ordered_at, 1, 19)) - 2440587.5) * 86400)",
    "postgresql": "floor(extract(epoch FROM ordered_at))::float8",
}
"""A moment as whole seconds since 1970, rounded down. SQLite would round 59.9996 seconds up."""

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class SavedOrders:
    """What a list of orders brought."""

    seen: int  # different orders of customers who are known by an id
    new: int
    changed: int
    without_customer: int  # rows that were passed over: nobody knows whose they are
    incomplete: int  # rows that were passed over: their worth or their moment is unknown
    erased: int  # rows of people who were erased
    repeated: int  # rows whose order came again later: one row per order is what is expected


class OrderStore(Database):
    """Reads and writes of orders."""

    def save_orders(
        self, brand: str, batches: Iterable[Sequence[Order]], keys: PeopleKeys
    ) -> SavedOrders:
        """Take over orders, those of people who are in no list of customers too. An order that is
        known is brought up to date; one that is not in the list any more stays.

        Each part is a transaction of its own: a list that breaks off leaves what came before.
        """
        people: dict[str, int] = {}
        ids: list[np.ndarray[Any, np.dtype[np.int64]]] = [np.empty(0, np.int64)]
        before = self._count_orders(brand)
        rows = written = without = incomplete = erased = 0
        for batch in batches:
            for start in range(0, len(batch), AT_ONCE):
                came = batch[start : start + AT_ONCE]
                whose = [it for it in came if it.customer_id.strip()]
                part = [it for it in whose if it.ordered_at and not isnan(it.value)]
                without += len(came) - len(whose)
                incomplete += len(whose) - len(part)
                found = {plain(it.order_id.strip()): _row(brand, it, keys, people) for it in part}
                ids.append(np.fromiter(map(hash, found), np.int64, len(found)))
                rows += len(part)
                with self.writing("people", brand) as connection:
                    gone = _erased(connection, brand)
                    kept = [row for row in found.values() if row[2] not in gone]
                    written += upsert_rows(connection, orders, COLUMNS, kept)
                erased += len(found) - len(kept)
        seen = len(np.unique(np.concatenate(ids)))
        new = self._count_orders(brand) - before
        return SavedOrders(seen, new, written - new, without, incomplete, erased, rows - seen)

    def read_orders(self, brand: str, zone: str = "UTC") -> pd.DataFrame:
        """Return all orders in no particular order: `person_key` (int64), `day` (int32, ordinal
        as of `date.toordinal`, in an IANA time zone), `value` (float64, a refund is negative)."""
        with self.reading() as connection:
            seconds = SECONDS[connection.dialect.name]
            query = f"SELECT person_key, {seconds}, value FROM orders WHERE brand = ?"  # noqa: S608, ours
            rows = read_rows(connection, query, [brand], ROW)
        day = _days(rows["at"].astype(np.int64), zone)
        return pd.DataFrame(
            {"person_key": rows["person_key"], "day": day, "value": rows["value"]}, copy=False
        )

    def _count_orders(self, brand: str) -> int:
        query = sa.select(sa.func.count()).select_from(orders).where(orders.c.brand == brand)
        with self.reading() as connection:
            return connection.scalar(query) or 0


def _row(brand: str, order: Order, keys: PeopleKeys, people: dict[str, int]) -> tuple[Any, ...]:
    customer = order.customer_id
    key = people.get(customer)
    if key is None:
        key = people[customer] = keys.person(brand, customer)
    return brand, plain(order.order_id.strip()), key, order.ordered_at, order.value


def _erased(connection: Connection, brand: str) -> set[int]:
    query = sa.select(erasures.c.person_key).where(erasures.c.brand == brand)
    return {*connection.scalars(query)}


def _days(seconds: np.ndarray[Any, np.dtype[np.int64]], zone: str) -> Any:
    """Return the ordinals of the days, in a time zone, on which moments lie."""
    if zone != "UTC":
        moments = pd.DatetimeIndex(seconds.astype("datetime64[s]")).tz_localize("UTC")
        local = moments.tz_convert(zone).tz_localize(None)
        seconds = local.to_numpy().astype("datetime64[s]").astype(np.int64)
    return (seconds // DAY + EPOCH).astype(np.int32)
