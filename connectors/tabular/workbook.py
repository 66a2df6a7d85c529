"""How is an XLSX workbook read, and what if it is something else under that name?

A sheet has at most 1,048,576 rows and is unpacked as a whole; batches bound what comes after.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from connectors.base import RejectedError
from connectors.tabular.cells import cell_text
from connectors.tabular.header import SEARCHED, find_header, matches
from connectors.tabular.mapping import Mapping
from connectors.tabular.text import open_bytes

BATCH = 50_000  # rows


class Workbook:
    """One sheet of a workbook as a source of rows."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        _refuse_others(path)
        self._mapping = mapping
        self._decimal = mapping.numbers.decimal if mapping.numbers else "."
        try:
            book = CalamineWorkbook.from_path(str(path))
        except (CalamineError, OSError) as error:
            raise RejectedError(
                f"{path}: cannot be opened as a workbook ({error}); save it without a password"
            ) from error
        self._sheet = self._choose(book, path)
        self.name = f"{path}, sheet {self._sheet.name!r}"
        self._first = (self._sheet.start or (0, 0))[0]
        self._header = find_header(self.name, self._top(self._sheet), mapping)
        self.columns = tuple(self._header.positions)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of text columns, numbers written as the mapping says numbers are.

        Raises:
            RejectedError: no rows below the header.
        """
        rows = islice(self._sheet.iter_rows(), self._header.row + 1, None)
        positions = {"": 0, **self._header.positions}
        count = 0
        while batch := list(islice(rows, BATCH)):
            count += len(batch)
            columns = {
                name: pa.array([cell_text(row[at], self._decimal) for row in batch], pa.string())
                for name, at in positions.items()
            }
            yield pa.RecordBatch.from_pydict(columns)
        if not count:
            raise RejectedError(f"{self.name}: has a header but no rows; export it with figures")

    def locate(self, rows: Collection[int]) -> dict[int, str]:
        """Say the sheet's row numbers."""
        return {row: f"row {self._first + self._header.row + row + 2}" for row in rows}

    def _choose(self, book: CalamineWorkbook, path: Path) -> CalamineSheet:
        """Choose the named sheet, else the first of those that name most mapped columns."""
        names = book.sheet_names
        if self._mapping.sheet:
            if self._mapping.sheet not in names:
                raise RejectedError(
                    f"{path}: no sheet {self._mapping.sheet!r}; it has: {', '.join(names)}"
                )
            return book.get_sheet_by_name(self._mapping.sheet)
        sheets = [book.get_sheet_by_name(name) for name in names]
        filled = [sheet for sheet in sheets if sheet.height]
        if not filled:
            raise RejectedError(f"{path}: is empty; export it again")
        return max(filled, key=lambda s: max(matches(row, self._mapping) for row in self._top(s)))

    def _top(self, sheet: CalamineSheet) -> list[list[str]]:
        rows = islice(sheet.iter_rows(), SEARCHED)
        return [[cell_text(cell, self._decimal) for cell in row] for row in rows]


def _refuse_others(path: Path) -> None:
    """Refuse what only is called a workbook.

    Raises:
        RejectedError: with what it really is.
    """
    with open_bytes(path) as file:
        head = file.read(512)
    if not head:
        raise RejectedError(f"{path}: is empty; export it again")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return
    if b"<" in head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]:
        raise RejectedError(
            f"{path}: is an HTML page, not a workbook; open it in a spreadsheet program "
            "and save it as .xlsx"
        )
    raise RejectedError(f"{path}: is text, not a workbook; if it is CSV, rename it to .csv")
