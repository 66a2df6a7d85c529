"""What would a typed cell be as text? Workbooks and databases give values, exports give texts."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa


def cell_text(value: object, decimal: str) -> str:
    """Write a cell as text: a whole number without `.0`, a date as YYYY-MM-DD."""
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            return repr(value).replace(".", decimal)
        case Decimal():
            return f"{value:f}".replace(".", decimal)
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case _:
            return str(value)


def column_of(values: Sequence[object], decimal: str, *, figure: bool) -> pa.Array:
    """Return a column: float64 for figures that are numbers, text for all else."""
    if figure and all(v is None or isinstance(v, (int, float, Decimal)) for v in values):
        return pa.array([None if v is None else float(v) for v in values], pa.float64())  # type: ignore[arg-type]
    return pa.array([None if v is None else cell_text(v, decimal) for v in values], pa.string())
