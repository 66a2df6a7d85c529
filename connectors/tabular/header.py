"""Where does the table begin, and which of its columns are the mapped ones?"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from connectors.base import RejectedError
from connectors.tabular.mapping import Mapping

SEARCHED = 40  # rows at the top in which the header is looked for


@dataclass(frozen=True, slots=True)
class Header:
    """The header's row (counted from 0) and, by mapped column, the position it was found at."""

    row: int
    width: int
    positions: dict[str, int]


def find_header(name: str, rows: Sequence[Sequence[str]], mapping: Mapping) -> Header:
    """Find the header among the first rows: the first of those that name most mapped columns.

    Reports have their title and period above it. `skip_rows` fixes the row instead.

    Raises:
        RejectedError: a column that is not optional is missing, or stands there twice.
    """
    if mapping.skip_rows is None:
        row = max(range(len(rows)), key=lambda index: (matches(rows[index], mapping), -index))
    else:
        row = mapping.skip_rows
    if row >= len(rows):
        raise RejectedError(f"{name}: is empty; export it again")
    cells = [normal(cell) for cell in rows[row]]
    positions = {
        column: at
        for column in mapping.columns
        if (at := _find(cells, column, mapping)) is not None
    }
    _refuse_missing(name, row, rows[row], positions, mapping)
    _refuse_doubles(name, row, cells, positions)
    return Header(row, len(cells), positions)


def matches(cells: Sequence[str], mapping: Mapping) -> int:
    """Count the mapped columns that a row names."""
    present = {normal(cell) for cell in cells}
    return sum(any(normal(n) in present for n in mapping.names_of(c)) for c in mapping.columns)


def normal(cell: str) -> str:
    """Return a column name without what people do not see: case, spaces around, line breaks."""
    return " ".join(cell.split()).casefold()


def _find(cells: list[str], column: str, mapping: Mapping) -> int | None:
    for name in mapping.names_of(column):
        if normal(name) in cells:
            return cells.index(normal(name))
    return None


def _refuse_missing(
    name: str, row: int, cells: Sequence[str], found: dict[str, int], mapping: Mapping
) -> None:
    missing = [c for c in mapping.columns if c not in found and c not in mapping.optional]
    ways = [way.columns for way in mapping.date]
    if any(all(column in found for column in way) for way in ways):
        missing = [c for c in missing if not any(c in way for way in ways)]
    elif ways:  # none of the ways of telling the day is complete: ask for the first
        missing = [*(c for c in ways[0] if c not in found and c not in missing), *missing]
        missing = [c for c in missing if c in ways[0] or not any(c in way for way in ways)]
    if not missing:
        return
    present = [cell.strip() for cell in cells if cell.strip()]
    wanted = ", ".join(_with_nearest(column, present) for column in missing)
    advice = f". {mapping.advice}" if mapping.advice else "; mend the mapping or export it again"
    raise RejectedError(
        f"{name}: no column {wanted}. Row {row + 1} has: {', '.join(present) or 'nothing'}{advice}"
    )


def _with_nearest(column: str, present: list[str]) -> str:
    by_normal = {normal(cell): cell for cell in present}
    near = get_close_matches(normal(column), by_normal, n=1, cutoff=0.6)
    return f"{column!r} (nearest: {by_normal[near[0]]!r})" if near else repr(column)


def _refuse_doubles(name: str, row: int, cells: list[str], found: dict[str, int]) -> None:
    doubles = [column for column, at in found.items() if cells.count(cells[at]) > 1]
    if doubles:
        raise RejectedError(
            f"{name}: row {row + 1} names {', '.join(map(repr, doubles))} more than once; "
            "which one counts cannot be told: remove or rename the other"
        )
