"""How do thousands of rows get into a table fast? With the bare driver, as figures do.

Values are text, numbers, None, days and aware moments; JSON comes as text.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.warehouse.schema import Moment

Row = Sequence[Any]


def insert_rows(
    connection: Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows of the columns with these names; the others get their default."""
    if not rows:
        return
    driver = cast(Any, connection.connection.driver_connection)
    columns = ", ".join(names)
    sqlite = connection.dialect.name == "sqlite"
    cells = _cells(table, names, rows, texts=sqlite)
    if sqlite:
        places = ", ".join("?" * len(names))
        driver.executemany(
            f"INSERT INTO {table.name} ({columns}) VALUES ({places})",  # noqa: S608, our names
            cells,
        )
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as to:
        for row in cells:
            to.write_row(row)


def upsert_rows(
    connection: Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Row]
) -> int:
    """Insert rows, or bring those with the same primary key up to date; return how many were new
    or differed. No two of them may have the same key."""
    if not rows:
        return 0
    driver = cast(Any, connection.connection.driver_connection)
    columns = ", ".join(names)
    sqlite = connection.dialect.name == "sqlite"
    cells = _cells(table, names, rows, texts=sqlite)
    key = [column.name for column in table.primary_key]
    others = [name for name in names if name not in key]
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    tail = (
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in others)
        + " WHERE "
        + " OR ".join(f"{table.name}.{name} {differs} excluded.{name}" for name in others)
    )
    if sqlite:
        places = ", ".join("?" * len(names))
        insert = f"INSERT INTO {table.name} ({columns}) VALUES ({places}) {tail}"  # noqa: S608, ours
        return int(driver.executemany(insert, cells).rowcount)
    with driver.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE staged (LIKE {table.name}) ON COMMIT DROP")
        with cursor.copy(f"COPY staged ({columns}) FROM STDIN") as to:
            for row in cells:
                to.write_row(row)
        cursor.execute(
            f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM staged {tail}"  # noqa: S608, ours
        )
        written = int(cursor.rowcount)
        cursor.execute("DROP TABLE staged")
    return written


def new_keys(connection: Connection, column: sa.Column[int], count: int) -> list[int]:
    """Reserve so many keys of a table, ascending, for the transaction that inserts the rows.

    SQLite has one writer at a time, so what follows the greatest key is free until it is done.
    """
    if connection.dialect.name == "sqlite":
        last = connection.scalar(sa.select(sa.func.max(column))) or 0
        return [*range(last + 1, last + 1 + count)]
    sequence = sa.func.pg_get_serial_sequence(column.table.name, column.name)
    query = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
    return sorted(connection.scalars(query))


def _cells(
    table: sa.Table, names: Sequence[str], rows: Sequence[Row], *, texts: bool
) -> Iterator[Row]:
    """Turn moments to UTC; as `texts`, write days and moments as SQLAlchemy does for SQLite.

    Column by column: most need nothing, and few differ within one.
    """
    columns: list[Iterator[Any]] = [map(itemgetter(n), rows) for n in range(len(names))]
    for place, name in enumerate(names):
        kind = table.c[name].type
        if isinstance(kind, Moment):
            columns[place] = map(_moment_text if texts else _moment, columns[place])
        elif texts and isinstance(kind, sa.Date):
            columns[place] = map(_day_text, columns[place])
    return zip(*columns, strict=True)


@lru_cache(maxsize=256)
def _moment(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"moment {moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


@lru_cache(maxsize=256)
def _moment_text(moment: datetime | None) -> str | None:
    utc = _moment(moment)
    return None if utc is None else utc.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=4096)
def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
