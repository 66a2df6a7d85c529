"""What did each reading of a list of customers find? Counts by day, nobody in particular."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa

from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import customer_list_readings as table

KEY = ("account_key", "date_day")


@dataclass(frozen=True, slots=True)
class ListReading:
    """A complete reading of a list."""

    account_key: int
    date_day: date
    seen: int  # different people
    missing: int | None  # whom we know and the list does not have; None: the brand has other lists
    still_unsubscribed: int  # whom the list calls subscribed, and who told us otherwise
    unusable: int  # people of whom something could not be used


class CustomerListStore(Database):
    """Readings of lists."""

    def save_list_reading(self, reading: ListReading) -> None:
        """Keep a reading in place of an earlier one of the day."""
        row = asdict(reading)
        insert = self.upsert(table).values(**row)
        rest = {name: value for name, value in row.items() if name not in KEY}
        with self.writing("customer lists", reading.account_key) as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=KEY, set_=rest))

    def list_readings(self, account_keys: Sequence[int], since: date) -> list[ListReading]:
        """Return the readings of some lists from a day on, the oldest first."""
        query = sa.select(*(table.c[name] for name in ListReading.__dataclass_fields__)).where(
            table.c.account_key.in_(account_keys), table.c.date_day >= since
        )
        with self.reading() as connection:
            rows = connection.execute(query.order_by(table.c.date_day)).mappings()
            return [ListReading(**row) for row in rows]
