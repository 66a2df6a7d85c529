"""How is a query read without loading all of it, and what do a database's errors mean to us?"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import SecretStr
from sqlalchemy import URL, Connection, CursorResult, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from connectors.base import ConnectorError, ReconnectError, RejectedError, TransientError
from connectors.tabular.cells import column_of
from connectors.tabular.header import find_header
from connectors.tabular.mapping import Mapping

BATCH = 50_000  # rows

LIMITS = {
    "postgresql": ("SET statement_timeout = {milliseconds}",),
    "mysql": (
        "SET SESSION TRANSACTION READ ONLY",
        "SET SESSION max_execution_time = {milliseconds}",
    ),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time = {seconds}"),
    "sqlite": ("PRAGMA query_only = ON",),
}
"""By dialect: what makes a connection read-only and ends a statement that runs too long."""

# SQLSTATE classes: 08 connection, 40 rollback (deadlock), 53 resources, 55 locks, 57 intervention
PASSING = ("08", "40", "53", "55", "57")
LOGIN = "28"
LOGIN_WORDS = ("authentication failed", "no password supplied", "access denied", "login failed")
ABSENT_WORDS = ("does not exist", "unknown database")
"""What drivers say without a SQLSTATE when they connect."""

LOCKED = ("database is locked", "database table is locked")


class Database:
    """A database by its URL. Messages name host and database, never user, password or options."""

    def __init__(self, url: SecretStr, timeout_seconds: int) -> None:
        self._secret = url
        self._timeout = timeout_seconds
        try:
            self._url = make_url(url.get_secret_value())
        except (ArgumentError, ValueError):
            raise RejectedError(
                "sql: the `url` is no SQLAlchemy URL; write it as dialect+driver://user:password@host/name"
            ) from None
        self.name = _name(self._url)
        self._engine = self._create()

    @contextmanager
    def rows(
        self, query: str, parameters: dict[str, Any], mapping: Mapping
    ) -> Iterator["QueryRows"]:
        """Run a query and give its rows as a source, streamed while the context is open.

        Raises:
            TransientError: no connection, a lock, a statement that ran too long.
            ReconnectError: the login was refused.
            RejectedError: the query is wrong or not permitted.
        """
        with closing(self._connect()) as connection:
            result = self._execute(connection, query, parameters)
            yield QueryRows(self, result, mapping)

    def records(self, query: str) -> list[dict[str, Any]]:
        """Run a query and return its rows as they are. Raises as `rows` does."""
        with closing(self._connect()) as connection:
            result = self._execute(connection, query, {})
            try:
                return [dict(row) for row in result.mappings()]
            except SQLAlchemyError as error:
                raise self.typed(error, "read") from None

    def typed(self, error: SQLAlchemyError, doing: str) -> ConnectorError:
        """Say what a database's error means: wait, log in anew, or mend."""
        original = getattr(error, "orig", None)
        said = self._without_secrets(
            str(original or type(error).__name__).strip().partition("\n")[0]
        )
        where = f"{self.name}: {doing}: {said}"
        state = str(getattr(original, "sqlstate", None) or "")
        if state.startswith(LOGIN) or any(words in said.casefold() for words in LOGIN_WORDS):
            return ReconnectError(f"{where}; renew the secret behind `url`")
        cut = isinstance(error, DBAPIError) and error.connection_invalidated
        if cut or state.startswith(PASSING) or any(words in said for words in LOCKED):
            return TransientError(f"{where}; tried again later")
        absent = any(words in said.casefold() for words in ABSENT_WORDS)
        if doing == "connect" and not state and not absent:
            return TransientError(f"{where}; check host, port and network if it stays")
        return RejectedError(f"{where}; mend the query, the `url` or what its user may read")

    def _create(self) -> Engine:
        if self._url.get_backend_name() == "sqlite":
            database = self._url.database or ""
            if (
                database
                and database != ":memory:"
                and not database.startswith("file:")
                and not Path(database).exists()
            ):
                raise RejectedError(f"{self.name}: there is no such file; mend `url`")
        try:
            return create_engine(self._url, poolclass=NullPool, hide_parameters=True)
        except (NoSuchModuleError, ModuleNotFoundError):
            raise RejectedError(
                f"{self.name}: no driver for {self._url.drivername!r} is installed; install it "
                "beside marketloop, or name another in `url`"
            ) from None

    def _connect(self) -> Connection:
        dialect = self._url.get_backend_name()
        try:
            connection = self._engine.connect()
            if dialect == "postgresql":
                connection = connection.execution_options(postgresql_readonly=True)
            for statement in LIMITS.get(dialect, ()):
                milliseconds = 1000 * self._timeout
                connection.execute(
                    text(statement.format(milliseconds=milliseconds, seconds=self._timeout))
                )
        except SQLAlchemyError as error:
            raise self.typed(error, "connect") from None
        return connection

    def _execute(
        self, connection: Connection, query: str, parameters: dict[str, Any]
    ) -> CursorResult[Any]:
        options = {"stream_results": True, "yield_per": BATCH}
        try:
            return connection.execute(text(query), parameters, execution_options=options)
        except SQLAlchemyError as error:
            raise self.typed(error, "query") from None

    def _without_secrets(self, said: str) -> str:
        secrets = [self._url.password, *self._url.query.values(), self._secret.get_secret_value()]
        for secret in secrets:
            for part in [secret] if isinstance(secret, str) else secret or ():
                said = said.replace(part, "***") if part else said
        return said[:300]


class QueryRows:
    """The rows of a query as a source."""

    def __init__(self, database: Database, result: CursorResult[Any], mapping: Mapping) -> None:
        self.name = database.name
        self._database = database
        self._result = result
        self._decimal = mapping.numbers.decimal if mapping.numbers else "."
        self._figures = mapping.figures
        names: Sequence[str] = list(result.keys())
        self._positions = find_header(f"{self.name}: the query", [names], mapping).positions
        self.columns = tuple(self._positions)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of text and figure columns; raise as `Database.rows` does."""
        try:
            for rows in self._result.partitions(BATCH):
                yield pa.RecordBatch.from_pydict(
                    {
                        column: column_of(
                            [row[at] for row in rows], self._decimal, figure=column in self._figures
                        )
                        for column, at in self._positions.items()
                    }
                )
        except SQLAlchemyError as error:
            raise self._database.typed(error, "read") from None

    def locate(self, rows: Collection[int]) -> dict[int, str]:
        """Say the rows' numbers in the result, counted from 1."""
        return {row: f"row {row + 1} of the query" for row in rows}


def _name(url: URL) -> str:
    """Name a database for people: dialect, host and database only."""
    return f"{url.get_backend_name()}://{url.host or ''}/{url.database or ''}"
