"""What is known of some people, where a look at all of a brand's would cost too much?"""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import sqlalchemy as sa

from connectors.warehouse.among import among
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import customer_scores, orders, people

PEOPLE = ("person_key", "consent", "country", "language", "consent_at", "signed_up_at")
SCORES = ("person_key", "r", "f", "m", "p_alive", "expected_orders", "expected_value")


class SomePeopleStore(Database):
    """Reads of a few people's rows, by their keys."""

    def some_people(self, brand: str, person_keys: Iterable[int]) -> pd.DataFrame:
        """Return `PEOPLE` of these people, by their keys; shaped as `people_facts` is."""
        frame = self._rows(people, PEOPLE, brand, person_keys)
        for name in ("consent_at", "signed_up_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True)
        return frame

    def some_orders(self, brand: str, zone: str, person_keys: Iterable[int]) -> pd.DataFrame:
        """Return the orders of these people, shaped as `read_orders` does."""
        frame = self._rows(orders, ("person_key", "ordered_at", "value"), brand, person_keys)
        place = ZoneInfo(zone)
        days = [at.astimezone(place).toordinal() for at in frame.pop("ordered_at")]
        return frame.assign(day=pd.Series(days, dtype="int32")).astype({"value": "float64"})

    def some_scores(self, brand: str, person_keys: Iterable[int]) -> pd.DataFrame:
        """Return `SCORES` of these people as of the last scoring; NaN is unknown."""
        frame = self._rows(customer_scores, SCORES, brand, person_keys)
        return frame.astype(dict.fromkeys(SCORES[1:], "float64"))

    def knows_orders(self, brand: str) -> bool:
        """Tell whether any order of a brand is known."""
        query = sa.select(sa.exists().where(orders.c.brand == brand))
        with self.reading() as connection:
            return bool(connection.scalar(query))

    def _rows(
        self, table: sa.Table, names: tuple[str, ...], brand: str, person_keys: Iterable[int]
    ) -> pd.DataFrame:
        columns = [table.c[name] for name in names]
        with self.reading() as connection:
            its = among(connection, table.c.person_key, person_keys)
            query = sa.select(*columns).where(table.c.brand == brand, its)
            rows: list[Any] = [*connection.execute(query.order_by(table.c.person_key))]
        return pd.DataFrame.from_records(rows, columns=[*names]).astype({"person_key": "int64"})
