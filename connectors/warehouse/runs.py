"""Which runs were there, and what did their checks say?"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from connectors.base import Window
from connectors.records import Result
from connectors.warehouse.database import Database
from connectors.warehouse.schema import check_results, runs

ROWS_PER_STATEMENT = 10_000


class RunStore(Database):
    """Runs and their verdicts."""

    def start_run(
        self,
        run_id: str,
        brand: str,
        process: str,
        as_of: date,
        prefect_run_id: str | None,
        now: datetime,
    ) -> None:
        """Note that a run began. The same run beginning again replaces its first beginning."""
        row = {
            "run_id": run_id,
            "brand": brand,
            "process": process,
            "as_of": as_of,
            "prefect_run_id": prefect_run_id,
            "state": "running",
            "error": None,
            "started_at": now,
            "finished_at": None,
        }
        with self.writing() as connection:
            connection.execute(
                self.upsert(runs)
                .values(row)
                .on_conflict_do_update(index_elements=[runs.c.run_id], set_=row)
            )

    def finish_run(
        self, run_id: str, state: Literal["ok", "failed"], error: str | None, now: datetime
    ) -> None:
        """Note how a run ended."""
        with self.writing() as connection:
            connection.execute(
                sa.update(runs)
                .where(runs.c.run_id == run_id)
                .values(state=state, error=error, finished_at=now)
            )

    def latest_as_of(self, brand: str, process: str) -> date | None:
        """Return the newest day that a finished run of the process has judged for the brand."""
        query = sa.select(sa.func.max(runs.c.as_of)).where(
            runs.c.brand == brand, runs.c.process == process, runs.c.finished_at.is_not(None)
        )
        with self.reading() as connection:
            newest: date | None = connection.scalar(query)
        return newest

    def started(self, brand: str, process: str, days: Window) -> list[tuple[date, datetime]]:
        """Return the runs that judged one of these days: that day and when they began, the oldest
        first."""
        query = (
            sa.select(runs.c.as_of, runs.c.started_at)
            .where(
                runs.c.brand == brand,
                runs.c.process == process,
                runs.c.as_of.between(days.start, days.end),
            )
            .order_by(runs.c.started_at)
        )
        with self.reading() as connection:
            return [(row.as_of, row.started_at) for row in connection.execute(query)]

    def save_results(
        self, brand: str, process: str, as_of: date, run_id: str, results: Sequence[Result]
    ) -> None:
        """Store a run's verdicts in place of all earlier ones of this brand, process and day."""
        where = (
            check_results.c.brand == brand,
            check_results.c.process == process,
            check_results.c.as_of == as_of,
        )
        run = {"brand": brand, "process": process, "as_of": as_of, "run_id": run_id}
        with self.writing("results", brand, process) as connection:
            connection.execute(sa.delete(check_results).where(*where))
            for start in range(0, len(results), ROWS_PER_STATEMENT):
                part = results[start : start + ROWS_PER_STATEMENT]
                connection.execute(
                    sa.insert(check_results),
                    [run | {"position": start + i} | _row(result) for i, result in enumerate(part)],
                )

    def results(self, brand: str, process: str, as_of: date) -> list[Result]:
        """Return the verdicts of the newest run of that day, as they were stored."""
        names = [name for name in Result.__dataclass_fields__ if name not in ("check", "todo")]
        query = (
            sa.select(*(check_results.c[name] for name in names))
            .add_columns(check_results.c.check_name.label("check"))
            .where(
                check_results.c.brand == brand,
                check_results.c.process == process,
                check_results.c.as_of == as_of,
            )
            .order_by(check_results.c.position)
        )
        with self.reading() as connection:
            return [Result(**row) for row in connection.execute(query).mappings()]

    def recorded_ok(
        self, brand: str, process: str, as_of: date
    ) -> list[tuple[str, int | None, int | None]]:
        """Return check, account_key and entity_key of the `ok` verdicts of that day.

        They are of alerts that ended on it. A later run of the day finds those no longer open, and
        must record the same.
        """
        names = ("check_name", "account_key", "entity_key")
        query = sa.select(*(check_results.c[name] for name in names)).where(
            check_results.c.brand == brand,
            check_results.c.process == process,
            check_results.c.as_of == as_of,
            check_results.c.verdict == "ok",
        )
        with self.reading() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def as_of(self, run_id: str) -> date:
        """Return the day that a run judged. Raise `LookupError` for a run that never began."""
        with self.reading() as connection:
            day: date | None = connection.scalar(
                sa.select(runs.c.as_of).where(runs.c.run_id == run_id)
            )
        if day is None:
            raise LookupError(f"the warehouse has no run {run_id}")
        return day


def _row(result: Result) -> dict[str, Any]:
    return {
        "check_name": result.check,
        "level": result.level,
        "entity_key": result.entity_key,
        "account_key": result.account_key,
        "name": result.name,
        "verdict": result.verdict,
        "kpi": result.kpi,
        "unit": result.unit,
        "value": _known(result.value),
        "target": _known(result.target),
        "previous": _known(result.previous),
        "window_start": result.window_start,
        "window_end": result.window_end,
        "sentence": result.sentence,
        "reason": result.reason,
        "numbers": _numbers(result.numbers),
        "owner": result.owner,
    }


def _numbers(numbers: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _known(value) for name, value in numbers.items()}


def _known(value: float | None) -> float | None:
    """NaN and infinity are no figure: NULL, which JSON has too."""
    return value if value is not None and math.isfinite(value) else None
