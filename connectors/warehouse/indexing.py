"""What do search engines say of single pages and of the sitemaps that were handed in?

An answer that is as before only moves the moment up to which it is known, so the answers grow with
what changes and not with how often we ask.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.sites import Inspection, SubmittedSitemap
from connectors.warehouse.database import Database
from connectors.warehouse.site_rows import plain, plain_or_none
from connectors.warehouse.site_tables import inspections, submitted_sitemaps
from connectors.warehouse.url_keys import parts, url_key

SAME = (
    "verdict", "coverage", "robots_txt", "indexing", "fetch_state", "google_canonical",
    "user_canonical",
)  # fmt: skip
"""What makes two answers about a page the same one."""

RENAMED = {"fetch": "fetch_state"}
COLUMNS = {
    field.name: RENAMED.get(field.name, field.name)
    for field in fields(Inspection)
    if field.name != "inspected_at"
}
"""The column of each field."""

SITEMAP_NAMES = tuple(field.name for field in fields(SubmittedSitemap))


class IndexingStore(Database):
    """What search engines know of sites, and knew."""

    def save_inspections(self, account_key: int, inspected: Iterable[Inspection]) -> int:
        """Store answers and return how many differ from the one before; all are read first.

        An answer older than the newest one that is stored is passed over.
        """
        rows = [_row(account_key, answer) for answer in inspected]
        rows.sort(key=lambda row: row["said_first"])
        with self.writing("inspections", account_key) as connection:
            newest = _newest(connection, account_key, [row["url_key"] for row in rows])
            count = 0
            for row in rows:
                before = newest.get(row["url_key"])
                if before and before["said_last"] > row["said_last"]:
                    continue
                if before and all(before[name] == row[name] for name in SAME):
                    row |= {"said_first": before["said_first"]}
                    connection.execute(_same_again(row))
                else:
                    connection.execute(sa.insert(inspections), row)
                    count += 1
                newest[row["url_key"]] = row
            return count

    def inspections(
        self, account_keys: Sequence[int], known_at: datetime | None = None
    ) -> list[tuple[int, Inspection]]:
        """Return the newest answer about every page with the account's key, by address.

        `known_at`: as it was known at that moment. What was not asked by then is not among them.
        """
        mine = inspections.c.account_key.in_([*account_keys])
        known = sa.true() if known_at is None else inspections.c.said_first <= known_at
        order = sa.func.row_number().over(
            partition_by=(inspections.c.account_key, inspections.c.url_key),
            order_by=inspections.c.said_first.desc(),
        )
        numbered = sa.select(inspections, order.label("place")).where(mine, known).subquery()
        query = sa.select(numbered).where(numbered.c.place == 1)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(numbered.c.account_key, numbered.c.url))
            return [(row["account_key"], _inspection(row, known_at)) for row in rows.mappings()]

    def save_submitted_sitemaps(
        self, account_key: int, sitemaps: Iterable[SubmittedSitemap], now: datetime
    ) -> None:
        """Store how the sitemaps that were handed in are at this moment."""
        rows = [
            {name: getattr(one, name) for name in SITEMAP_NAMES}
            | {"account_key": account_key, "url_key": url_key(one.url), "seen_at": now}
            for one in sitemaps
        ]
        if rows:
            with self.writing() as connection:
                connection.execute(self.upsert(submitted_sitemaps).on_conflict_do_nothing(), rows)

    def submitted_sitemaps(
        self, account_keys: Sequence[int], since: datetime
    ) -> list[tuple[int, datetime, SubmittedSitemap]]:
        """Return how they were from a moment on: account's key, moment, sitemap; oldest first."""
        table = submitted_sitemaps
        query = (
            sa.select(table)
            .where(table.c.account_key.in_([*account_keys]), table.c.seen_at >= since)
            .order_by(table.c.seen_at, table.c.account_key, table.c.url)
        )
        with self.reading() as connection:
            return [
                (
                    row["account_key"],
                    row["seen_at"],
                    SubmittedSitemap(**{name: row[name] for name in SITEMAP_NAMES}),
                )
                for row in connection.execute(query).mappings()
            ]


def _row(account_key: int, answer: Inspection) -> dict[str, Any]:
    row: dict[str, Any] = {column: getattr(answer, name) for name, column in COLUMNS.items()}
    for name in ("url", "coverage", "robots_txt", "indexing", "fetch_state", "link"):
        row[name] = plain(row[name])
    for name in ("google_canonical", "user_canonical"):
        row[name] = plain_or_none(row[name])
    return row | {
        "account_key": account_key,
        "url_key": url_key(answer.url),
        "said_first": answer.inspected_at,
        "said_last": answer.inspected_at,
        "sitemaps": [plain(url) for url in answer.sitemaps],
    }


def _same_again(row: dict[str, Any]) -> sa.Update:
    keys = ("account_key", "url_key", "said_first")
    again = ("said_last", "last_crawl", "sitemaps", "link")
    return (
        sa.update(inspections)
        .where(*(inspections.c[name] == row[name] for name in keys))
        .values({name: row[name] for name in again})
    )


def _newest(
    connection: Connection, account_key: int, keys: Sequence[int]
) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for part in parts(keys):
        query = sa.select(inspections).where(
            inspections.c.account_key == account_key, inspections.c.url_key.in_(part)
        )
        rows = connection.execute(query.order_by(inspections.c.said_first)).mappings()
        found |= {row["url_key"]: dict(row) for row in rows}
    return found


def _inspection(row: sa.RowMapping, known_at: datetime | None) -> Inspection:
    said = row["said_last"]
    values = {name: row[column] for name, column in COLUMNS.items()}
    values["sitemaps"] = tuple(row["sitemaps"])
    return Inspection(inspected_at=said if known_at is None else min(said, known_at), **values)
