"""A query on a warehouse that the team already has: any database that SQLAlchemy speaks.

The query returns rows per day and entity in the mapping's columns, for the days from `:start` to
`:end`, both bound as dates:

    SELECT day, campaign_id, campaign_name, cost, impressions, clicks
    FROM marts.ads_daily WHERE day BETWEEN :start AND :end

`queries` gives some levels a query of their own. Rows are streamed in batches on a connection that
may only read, where the dialect can say so; several rows with one key are summed. Days are known
from the first to the last that the query returns: a warehouse that is loaded late must not read as
zero. The database's driver must be installed (`psycopg` is).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated

import numpy as np
import pandas as pd
import requests
from pydantic import AfterValidator, Field, SecretStr, model_validator
from sqlalchemy import text

from config.models import Level
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.tabular.account import TableOptions
from connectors.tabular.database import Database
from connectors.tabular.entities import Describer
from connectors.tabular.readings import read_all, read_things
from connectors.tabular.table import Table, pages

EVER = Window(date(1970, 1, 1), date(2999, 12, 31))
"""The days of `entities`: all that the query has."""


def _bound(query: str) -> str:
    names = set(text(query).compile().params)
    if missing := sorted({"start", "end"} - names):
        raise ValueError(f"the query does not use :{' and :'.join(missing)}, the days wanted")
    if other := sorted(names - {"start", "end"}):
        raise ValueError(f"the query has parameters that nobody fills: :{', :'.join(other)}")
    return query


Query = Annotated[str, AfterValidator(_bound)]


class Options(TableOptions):
    """What a brand file says under `options` of an account with `connector: sql`."""

    url: SecretStr
    """SQLAlchemy URL: `postgresql+psycopg://reader:...@host/database`. Stands under `secrets`."""
    query: Query | None = None
    """For every level without one of its own."""
    queries: dict[Level, Query] = Field(default_factory=dict)
    entity_query: str = ""
    """Lists entities without figures and days, for `entities`. Empty: the other queries over all
    days, which reads a large table whole."""
    timeout_seconds: Annotated[int, Field(ge=1)] = 600
    """Of a statement, where the dialect has a limit (PostgreSQL, MySQL, MariaDB)."""

    @model_validator(mode="after")
    def _asks(self) -> "Options":
        if not self.query and not self.queries:
            raise ValueError("name a `query`, or `queries` by level")
        return self


class Connector:
    """An account whose figures stand in a database."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        self._options = options
        self._account = options.account()
        self.account_id = self._account.account_id
        self._mapping = options.mapping()
        self.restatement_days = options.restatement_days
        self._last: tuple[str, Window, Table] | None = None

    def account(self) -> Account:
        """Return the account as the brand file describes it."""
        return self._account

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of the entities that the query speaks of, as its latest rows do."""
        if query := self._options.entity_query:
            with self._database.rows(query, {}, self._mapping.without_figures()) as source:
                things = read_things(source, self._mapping)
            describer = Describer(self._mapping, things, set(source.columns), self._account)
            yield from pages(describer, levels, np.zeros(len(things.texts), np.int64))
            return
        for level in levels:
            if self._query(level):
                yield from self._table(level, EVER).entities([level])

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return the part of a window from the first to the last day that the query returns."""
        return (
            self._table(level, window).covered(level, window, breakdown)
            if self._query(level)
            else []
        )

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield daily figures; refuse days outside of `covered`."""
        if not self._query(level):
            known = ", ".join(self._options.queries)
            raise RejectedError(f"sql: no query for level {level!r}; there are: {known}")
        yield from self._table(level, window).performance(level, window, breakdown)

    @cached_property
    def _database(self) -> Database:
        return Database(self._options.url, self._options.timeout_seconds)

    def _query(self, level: Level) -> str | None:
        return self._options.queries.get(level, self._options.query)

    def _table(self, level: Level, window: Window) -> Table:
        """Run a level's query, once for what is asked of the same days or some of them in a row."""
        query = self._query(level) or ""
        if self._last and self._last[0] == query and within(window, self._last[1]):
            return self._last[2]
        days = {"start": window.start, "end": window.end}
        with self._database.rows(query, days, self._mapping) as source:
            readings = read_all([source], self._mapping, self._options.currency)
        table = Table(self._database.name, readings, self._account)
        self._last = (query, window, table)
        return table


def within(inner: Window, outer: Window) -> bool:
    """Tell whether all of a window's days are among another's."""
    return outer.start <= inner.start and inner.end <= outer.end
