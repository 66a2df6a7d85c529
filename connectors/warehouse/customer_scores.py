"""How good is each customer, as of the last scoring? Written and read whole."""

from datetime import date
from typing import Any, get_args

import numpy as np
import pandas as pd
import sqlalchemy as sa

from config.mail import Stage
from connectors.base import RejectedError
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import customer_scores as table
from connectors.warehouse.streaming import read_rows

STAGES: tuple[Stage, ...] = get_args(Stage)

DAYS = ("first_order", "last_order")
WHOLE = ("r", "f", "m")
REAL = ("p_alive", "expected_orders", "expected_value")
COLUMNS = ("person_key", "stage", "orders", "value", *DAYS, *WHOLE, *REAL)
ROW = np.dtype(
    [
        (name, np.int64 if name in ("person_key", "stage", "orders", "as_of") else np.float64)
        for name in (*COLUMNS, "as_of")
    ]
)

DAY = {"sqlite": "julianday({}) - 1721424.5", "postgresql": "({} - DATE '0001-01-01' + 1)::float8"}
"""A day's `date.toordinal()`."""
INFINITY = {"sqlite": "9e999", "postgresql": "'Infinity'::float8"}
"""Never stored, so it can stand for NULL, which no array of numbers has."""

AT_ONCE = 100_000  # rows that are Python objects at a time


class ScoreStore(Database):
    """Reads and writes of customers' scores."""

    def write_scores(self, brand: str, scores: pd.DataFrame, as_of: date) -> None:
        """Replace a brand's scores, all in one transaction.

        `scores` has `COLUMNS`: `stage` as text, days as ordinals (`date.toordinal`) in float64;
        NaN is unknown, and never allowed in the first four. Raises `RejectedError` for a frame
        that lacks a column or has a person twice; then the old scores stay.
        """
        if missing := [name for name in COLUMNS if name not in scores.columns]:
            raise RejectedError(f"scores lack {', '.join(missing)}; they have {[*scores]}")
        if scores["person_key"].duplicated().any():
            raise RejectedError("scores have a person twice")
        ordered = scores.sort_values("person_key")
        with self.writing("scores", brand) as connection:
            connection.execute(sa.delete(table).where(table.c.brand == brand))
            for start in range(0, len(ordered), AT_ONCE):
                part = ordered.iloc[start : start + AT_ONCE]
                size = len(part)
                cells = [_cells(name, part[name]) for name in COLUMNS]
                rows = [*zip([brand] * size, [as_of] * size, *cells, strict=True)]
                insert_rows(connection, table, ("brand", "as_of", *COLUMNS), rows)

    def read_scores(self, brand: str) -> pd.DataFrame:
        """Return a brand's scores in the shape that `write_scores` takes, by person, and `as_of`
        (date); empty before the first scoring."""
        with self.reading() as connection:
            query = _query(connection.dialect.name)
            rows = read_rows(connection, query, [brand], ROW)
        frame = pd.DataFrame({name: rows[name] for name in (*COLUMNS, "as_of")}, copy=False)
        frame["stage"] = np.array(STAGES, dtype=object)[rows["stage"]]
        days, codes = np.unique(rows["as_of"], return_inverse=True)
        made = [date.fromordinal(int(day)) for day in days]
        frame["as_of"] = np.array(made, dtype=object)[codes] if made else []
        real = [name for name in COLUMNS if ROW[name] == np.float64]
        return frame.assign(**frame[real].replace(np.inf, np.nan))


def _query(database: str) -> str:
    """Return what reads scores as numbers: stages as places in `STAGES`, days as ordinals."""
    stage = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(STAGES))
    day = DAY[database]
    wanted = {"stage": f"CASE stage {stage} END", "as_of": day.format("as_of")}
    for name in (*DAYS, *WHOLE, *REAL):
        value = day.format(name) if name in DAYS else name
        wanted[name] = f"coalesce({value}, {INFINITY[database]})"
    columns = ", ".join(wanted.get(name, name) for name in ROW.names or ())
    return f"SELECT {columns} FROM customer_scores WHERE brand = ? ORDER BY person_key"  # noqa: S608, ours


def _cells(name: str, column: "pd.Series[Any]") -> list[Any]:
    """Return a column as the database's values, None for NaN."""
    if name not in (*DAYS, *WHOLE, *REAL):
        cells: list[Any] = column.tolist()
        return cells
    values = column.to_numpy(np.float64, na_value=np.nan)
    if name in REAL:
        return [None if value != value else value for value in values.tolist()]
    different, codes = np.unique(values, return_inverse=True)
    made = [_whole(name, value) for value in different.tolist()]
    taken: list[Any] = np.array([*made, None], dtype=object)[codes].tolist()
    return taken


def _whole(name: str, value: float) -> int | date | None:
    if value != value:
        return None
    return date.fromordinal(int(value)) if name in DAYS else int(value)
