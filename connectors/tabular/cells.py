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
    try:
        return plain(pa.array(values), decimal, figure=figure)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # numbers and words in one column
        return pa.array([cell_text(value, decimal) for value in values], pa.string())


def plain(array: pa.Array, decimal: str, *, figure: bool) -> pa.Array:
    """Bring a typed column to text, or to float64 if it holds figures as numbers.

    Ids stay exact: 17 digits and more do not fit a float.
    """
    kind = array.type
    if pa.types.is_dictionary(kind):
        return plain(array.dictionary_decode(), decimal, figure=figure)
    fractions = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if figure and (fractions or pa.types.is_integer(kind) or pa.types.is_null(kind)):
        return array.cast(pa.float64(), safe=False)
    if fractions:  # also an id that became a float because one is missing: 24116162130.0
        return pa.array([cell_text(value, decimal) for value in array.to_pylist()], pa.string())
    return array.cast(pa.string())
