"""How do we talk to the database? One engine, reads and writes, errors without a password."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Self
from weakref import WeakSet

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from connectors.base import RejectedError, TransientError

BUSY_SECONDS = 60
"""How long a SQLite write waits for another process's write before it gives up."""

POSTGRESQL_NAMES = ("postgres", "postgresql", "postgresql+psycopg")

# Figures are moved with the drivers themselves, whose errors SQLAlchemy does not see.
DRIVER_MAY_PASS = (sqlite3.OperationalError, psycopg.OperationalError)
DRIVER_REFUSED = (sqlite3.Error, psycopg.Error)


class Database:
    """An open warehouse database. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.place = parsed.render_as_string(hide_password=True)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite:
            Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        self._shared = _shared_engine(parsed)
        self.engine = self._shared.engine
        self._shared.join(self)

    def close(self) -> None:
        """Close every connection that nobody else uses; the object is of no use afterwards."""
        self._shared.leave(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def upsert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that knows `on_conflict_do_update`, in the database's own words."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one consistent view of the data."""
        with self._errors(), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *locks: object) -> Iterator[Connection]:
        """Open one transaction that commits at the end or leaves nothing.

        SQLite lets one writer in at a time. On PostgreSQL writers that name the same `locks`
        take turns, so that what they read before they write stays true.
        """
        with self._errors(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                if locks and not self.sqlite:
                    name = "/".join(map(str, ("marketloop", *locks)))
                    connection.execute(
                        sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
                        {"name": name},
                    )
                yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, *DRIVER_MAY_PASS) as error:
            raise TransientError(f"warehouse {self.place}: {_first_line(error)}") from error
        except (DBAPIError, *DRIVER_REFUSED) as error:
            raise RejectedError(f"warehouse {self.place}: {_first_line(error)}") from error


class _SharedEngine:
    """The engine of all that open one database in this process.

    An engine remembers how each statement reads in SQL, and working that out takes longer than
    most statements do. Connections are closed once the last user leaves.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._users: WeakSet[Database] = WeakSet()
        self._lock = Lock()

    def join(self, user: Database) -> None:
        with self._lock:
            self._users.add(user)

    def leave(self, user: Database) -> None:
        with self._lock:
            self._users.discard(user)
            if not self._users:
                self.engine.dispose()


@lru_cache(maxsize=8)
def _shared_engine(url: URL) -> _SharedEngine:
    sqlite = url.get_backend_name() == "sqlite"
    engine = sa.create_engine(
        url, hide_parameters=True, pool_pre_ping=not sqlite, json_deserializer=orjson.loads
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return _SharedEngine(engine)


# A forked process must not talk over its parent's connections: it opens its own.
os.register_at_fork(after_in_child=_shared_engine.cache_clear)


def _parse(url: str) -> URL:
    """Return the URL with the driver we use. Raise `RejectedError` without repeating the URL."""
    try:
        parsed = make_url(url)
        if parsed.drivername in POSTGRESQL_NAMES:
            parsed = parsed.set(drivername="postgresql+psycopg")
        dialect = parsed.get_dialect().name
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise RejectedError(
            "warehouse URL is not understood; write sqlite:///folder/warehouse.db or "
            "postgresql+psycopg://user:password@host/database"
        ) from None
    if dialect not in {"sqlite", "postgresql"}:
        raise RejectedError(f"warehouse cannot be {dialect}; use sqlite or postgresql")
    if dialect == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise RejectedError("warehouse needs a file that outlives a run: sqlite:///folder/name.db")
    return parsed


def _first_line(error: Exception) -> str:
    """Say what the database said, without the statement and its values."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).strip().split("\n", 1)[0]


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver's own BEGIN comes late and only before writes: a read and the write that depends
    # on it would be two transactions. We say BEGIN ourselves.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        "cache_size=-16384",
    ):
        connection.execute(f"PRAGMA {pragma}")
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise RejectedError(
            f"warehouse: SQLite answers journal mode {mode}, the file system cannot share a "
            "database between processes; use a local disk or PostgreSQL"
        )


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer was
    # faster; one that starts as a writer waits for its turn.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
