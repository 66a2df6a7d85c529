"""How fast were pages, measured by machines and by visitors?"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from connectors.sites import PageSpeed
from connectors.warehouse.database import Database
from connectors.warehouse.site_rows import plain
from connectors.warehouse.site_tables import page_speed
from connectors.warehouse.url_keys import url_key

NAMES = tuple(field.name for field in fields(PageSpeed))


class SpeedStore(Database):
    """The measurements of pages."""

    def save_speed(self, account_key: int, measured: Iterable[PageSpeed]) -> None:
        """Store measurements; all are read before anything is written.

        One of the same page, source, device and moment is there already and stays.
        """
        rows = [_row(account_key, speed) for speed in measured]
        if rows:
            with self.writing() as connection:
                connection.execute(self.upsert(page_speed).on_conflict_do_nothing(), rows)

    def speed(self, account_keys: Sequence[int], since: datetime) -> list[tuple[int, PageSpeed]]:
        """Return what was measured from a moment on with the account's key, oldest first."""
        query = (
            sa.select(page_speed)
            .where(page_speed.c.account_key.in_([*account_keys]), page_speed.c.measured_at >= since)
            .order_by(
                page_speed.c.measured_at,
                page_speed.c.account_key,
                page_speed.c.url,
                page_speed.c.source,
                page_speed.c.form_factor,
            )
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings()
            return [(row["account_key"], _speed(row)) for row in rows]


def _row(account_key: int, speed: PageSpeed) -> dict[str, Any]:
    row = {name: getattr(speed, name) for name in NAMES}
    texts = {name: plain(row[name]) for name in ("url", "version", "reason")}
    return row | texts | {"account_key": account_key, "url_key": url_key(speed.url)}


def _speed(row: sa.RowMapping) -> PageSpeed:
    return PageSpeed(**{name: row[name] for name in NAMES})
