"""What was pulled, for which days, and what did it change?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from config.models import Level
from connectors.base import CORE_METRICS, ConnectorError, Window
from connectors.warehouse import postgresql_figures, sqlite_figures
from connectors.warehouse.accounts import AccountStore, entity_keys
from connectors.warehouse.arrivals import Arrivals, arrivals_of
from connectors.warehouse.batch import METRIC, PullWriter, dimensions
from connectors.warehouse.figures import FIRST_PULL, Figures, Scope
from connectors.warehouse.known import as_known
from connectors.warehouse.merge import merge
from connectors.warehouse.pull_ledger import (
    COMPLETE,
    complete_pulls,
    coverage_of,
    days_of,
    ledger_of,
    normal,
)
from connectors.warehouse.pull_quality import quality_row
from connectors.warehouse.schema import entities, performance_daily, pulls

RUNNING, FAILED = "running", "failed"


class PullStore(AccountStore):
    """The pull ledger and the daily figures."""

    @contextmanager
    def pull(
        self,
        account_key: int,
        level: Level,
        window: Window,
        *,
        breakdown: str = "",
        run_id: str,
        now: datetime,
    ) -> Iterator[PullWriter]:
        """Open a pull; give its pages to the writer's `add`.

        At the end everything is written in one transaction: the rows, zero for rows that are no
        longer there, a revision for every value that changed, and the ledger's `complete`. A
        `ConnectorError` inside marks the pull `failed` and goes on; whatever else ends it leaves
        `running`, which counts as incomplete. Neither leaves a figure behind.
        """
        pull_id = self._record(account_key, level, window, breakdown, run_id, RUNNING, None, now)
        writer = PullWriter(window, breakdown)
        try:
            yield writer
        except ConnectorError as error:
            with self.writing() as connection:
                _close(connection, pull_id, state=FAILED, error=str(error))
            raise
        scope = Scope((account_key,), level, window, breakdown)
        with self.writing("figures", account_key) as connection:
            self._complete(connection, scope, writer, pull_id, now)

    def record_pull_failure(
        self,
        account_key: int,
        level: Level,
        window: Window,
        *,
        run_id: str,
        error: str,
        now: datetime,
    ) -> None:
        """Note a pull that failed before it could be opened."""
        self._record(account_key, level, window, "", run_id, FAILED, error, now)

    def last_complete_day(self, account_key: int, level: Level, breakdown: str = "") -> date | None:
        """Return the last day that a complete pull has covered, None if there was no such pull."""
        query = sa.select(sa.func.max(pulls.c.window_end)).where(
            *complete_pulls(Scope((account_key,), level, EVER, breakdown))
        )
        with self.reading() as connection:
            day: date | None = connection.scalar(query)
        return day

    def performance(
        self,
        account_keys: Sequence[int],
        level: Level,
        window: Window,
        metrics: Sequence[str],
        breakdown: str = "",
        *,
        known_at: datetime | None = None,
    ) -> Figures:
        """Return the daily figures of a level as arrays. NaN is unknown or does not apply.

        A metric that was never pulled is NaN everywhere. Rows come in no particular order.
        `known_at`: only what the pulls up to that moment had brought, as it was then. Read the
        `coverage` of the same moment: a row that it does not cover is unknown, not zero.
        """
        if wrong := [metric for metric in metrics if not METRIC.fullmatch(metric)]:
            raise ValueError(f"no metric can be called {wrong[0]!r}")
        scope = Scope(tuple(account_keys), level, window, breakdown)
        with self.reading() as connection:
            if known_at is None:
                return self._read(connection, scope, metrics)
            figures = self._read(connection, scope, [*metrics, FIRST_PULL])
            ledger = ledger_of(connection, scope, known_at)
            return as_known(connection, scope, figures, ledger, known_at)

    def coverage(
        self,
        account_keys: Sequence[int],
        level: Level,
        window: Window,
        breakdown: str = "",
        *,
        known_at: datetime | None = None,
    ) -> pd.DataFrame:
        """Return which days a complete pull has covered: account_key, date_day, pulled_at.

        `date_day` is an ordinal (int64), `pulled_at` the moment of the latest such pull. A day
        without a row is unknown; an entity without figures on a covered day had none: zero.
        `known_at`: only pulls up to that moment count.
        """
        scope = Scope(tuple(account_keys), level, window, breakdown)
        with self.reading() as connection:
            ledger = ledger_of(connection, scope, known_at)
        return coverage_of(ledger, window)

    def arrivals(
        self, account_keys: Sequence[int], level: Level, metrics: Sequence[str], since: date
    ) -> dict[str, Arrivals]:
        """Return by metric how its daily totals grew after they were first known, per account.

        Of all days from `since` on, summed over the entities of the level, without breakdowns.
        """
        scope = Scope(tuple(account_keys), level, Window(since, date.max))
        with self.reading() as connection:
            figures = self._read(connection, scope, metrics)
            return arrivals_of(connection, scope, figures, ledger_of(connection, scope))

    def pulls(self, run_id: str) -> pd.DataFrame:
        """Return the ledger of one run, in the order the pulls began."""
        return self._frame(sa.select(pulls).where(pulls.c.run_id == run_id).order_by("pull_id"))

    def last_pulls(self, account_keys: Sequence[int]) -> pd.DataFrame:
        """Return how fresh each account is, over all its levels.

        Columns: account_key; pulled_at and last_day of what was last pulled completely; error and
        error_at of the last failure, if nothing was pulled completely since. One row per account
        that was ever pulled.
        """
        query = (
            sa.select(
                pulls.c.account_key,
                sa.func.max(sa.case((pulls.c.state == COMPLETE, pulls.c.pull_id))).label("good"),
                sa.func.max(sa.case((pulls.c.state == FAILED, pulls.c.pull_id))).label("bad"),
                sa.func.max(sa.case((pulls.c.state == COMPLETE, pulls.c.window_end))).label("day"),
            )
            .where(pulls.c.account_key.in_([*account_keys]))
            .group_by(pulls.c.account_key)
            .subquery()
        )
        good, bad = pulls.alias("good"), pulls.alias("bad")
        since = (bad.c.pull_id == query.c.bad) & (
            query.c.good.is_(None) | (query.c.bad > query.c.good)
        )
        return self._frame(
            sa.select(
                query.c.account_key,
                good.c.pulled_at,
                query.c.day.label("last_day"),
                bad.c.error,
                bad.c.pulled_at.label("error_at"),
            )
            .join_from(query, good, good.c.pull_id == query.c.good, isouter=True)
            .join(bad, since, isouter=True)
            .order_by(query.c.account_key)
        )

    def _record(
        self,
        account_key: int,
        level: str,
        window: Window,
        breakdown: str,
        run_id: str,
        state: str,
        error: str | None,
        now: datetime,
    ) -> int:
        row = {
            "account_key": account_key,
            "level": level,
            "window_start": window.start,
            "window_end": window.end,
            "breakdown": normal(breakdown),
            "run_id": run_id,
            "state": state,
            "error": error,
            "rows_pulled": 0,
            "rows_changed": 0,
            "metrics": "",
            "pulled_at": now,
        }
        with self.writing() as connection:
            insert = sa.insert(pulls).values(row).returning(pulls.c.pull_id)
            return int(connection.scalars(insert).one())

    def _complete(
        self,
        connection: Connection,
        scope: Scope,
        writer: PullWriter,
        pull_id: int,
        now: datetime,
    ) -> None:
        """Write what the pull changes and close it, all in the caller's transaction."""
        metrics = ",".join(writer.metrics)
        keys = entity_keys(
            connection, scope.account_keys[0], scope.level, writer.entity_ids, writer.describe
        )
        ledger = ledger_of(connection, scope)
        brought = {name for row in ledger for name in row.metrics.split(",") if name}
        stored = self._read(connection, scope, [*CORE_METRICS, *sorted(brought - {*CORE_METRICS})])
        changes = merge(stored, writer.figures(keys), days_of(ledger))
        figures = self._figures
        if len(changes.rows):
            figures.write(connection, changes.rows, pull_id)
        if len(changes.revisions):
            moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            figures.write_revisions(connection, changes.revisions, pull_id, moment)
        _close(
            connection,
            pull_id,
            state=COMPLETE,
            rows_pulled=writer.rows,
            rows_changed=len(changes.rows),
            metrics=metrics,
            quality=quality_row(writer.quality),
        )

    def _read(self, connection: Connection, scope: Scope, metrics: Sequence[str]) -> Figures:
        found: Figures = self._figures.read(
            connection, scope, _breakdowns(connection, scope), metrics
        )
        return found

    @property
    def _figures(self) -> Any:
        return sqlite_figures if self.sqlite else postgresql_figures


EVER = Window(date.min, date.max)


def _breakdowns(connection: Connection, scope: Scope) -> list[str]:
    """Return the different breakdown texts of this kind that are stored in the scope."""
    if not scope.breakdown:
        return [""]
    query = (
        sa.select(performance_daily.c.breakdown)
        .distinct()
        .join(entities, entities.c.entity_key == performance_daily.c.entity_key)
        .where(
            entities.c.account_key.in_(scope.account_keys),
            entities.c.level == scope.level,
            performance_daily.c.breakdown != "",
            performance_daily.c.date_day.between(scope.window.start, scope.window.end),
        )
    )
    kind = tuple(normal(scope.breakdown).split(","))
    return sorted(text for text in connection.scalars(query) if dimensions(text) == kind)


def _close(connection: Connection, pull_id: int, **values: Any) -> None:
    connection.execute(sa.update(pulls).where(pulls.c.pull_id == pull_id).values(values))
