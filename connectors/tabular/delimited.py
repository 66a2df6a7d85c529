"""How is CSV or TSV read, fast, in batches, and with line numbers when something is wrong?

`pyarrow`'s streaming reader: 10,000,000 rows of nine columns took 5 s where pandas in chunks took
42 s. It tells no line numbers, so a problem's line is looked up with the standard library, once.
"""

import csv
import io
from collections import deque
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from connectors.base import RejectedError
from connectors.tabular.header import SEARCHED, Header, find_header, matches
from connectors.tabular.mapping import Mapping
from connectors.tabular.problems import LIMIT
from connectors.tabular.text import Utf8Stream

DELIMITERS = (",", "\t", ";", "|")
BLOCK = 4 << 20  # bytes parsed at once; 16 MB took as long and twice the memory
HEAD = 1 << 16  # bytes in which title lines and header must fit


class Delimited:
    """A delimited text file as a source of rows."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.name = str(path)
        self._path = path
        self._mapping = mapping
        self._ragged = 0
        text = self._head()
        self._delimiter = mapping.delimiter or _delimiter(self.name, text, mapping)
        rows = list(_rows(self.name, text, self._delimiter))[:SEARCHED]
        self._header: Header = find_header(self.name, [cells for _, cells in rows], mapping)
        self._header_line = rows[self._header.row][0]
        self.columns = tuple(self._header.positions)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of text columns.

        Raises:
            RejectedError: no rows below the header, rows of another length, a broken archive.
        """
        self._ragged = 0
        count = 0
        try:
            with self._body() as body, self._reader(body) as reader:
                for batch in reader:
                    count += batch.num_rows
                    yield self._renamed(batch)
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                deque(self._records(whole=True), maxlen=0)  # names the line of an open quote
                raise RejectedError(f"{self.name}: cannot be read as a table: {error}") from error
        if self._ragged:
            raise self._ragged_rows()
        if not count:
            raise RejectedError(f"{self.name}: has a header but no rows; export it with figures")

    def locate(self, rows: Collection[int]) -> dict[int, str]:
        """Find the lines of rows by reading the file again."""
        places: dict[int, str] = {}
        last = max(rows, default=-1)
        for index, (line, _) in enumerate(self._records(whole=True)):
            if index in rows:
                places[index] = f"line {line}"
            if index >= last:
                break
        return places

    def _head(self) -> str:
        with Utf8Stream(self._path, self._mapping.encoding) as stream:
            head = stream.read(HEAD)
        if head.startswith(b"PK\x03\x04"):
            raise RejectedError(
                f"{self.name}: is a workbook or archive; rename it to .xlsx or unpack it"
            )
        if not head.strip():
            raise RejectedError(f"{self.name}: is empty; export it again")
        text = head.decode(errors="ignore")
        return text[: text.rfind("\n") + 1] if len(head) == HEAD and "\n" in text else text

    def _body(self) -> Utf8Stream:
        """Open the file behind its header."""
        stream = Utf8Stream(self._path, self._mapping.encoding)
        text = io.StringIO(self._head(), newline="")
        for _ in range(self._header_line):
            text.readline()
        stream.read(len(text.getvalue()[: text.tell()].encode()))
        return stream

    def _reader(self, body: Utf8Stream) -> arrow_csv.CSVStreamingReader:
        names = [str(position) for position in range(self._header.width)]
        wanted = [str(position) for position in self._wanted()]
        return arrow_csv.open_csv(
            pa.PythonFile(body, mode="r"),
            read_options=arrow_csv.ReadOptions(block_size=BLOCK, column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._delimiter,
                newlines_in_values=True,
                invalid_row_handler=self._other_length,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, pa.string()),
                strings_can_be_null=False,
            ),
        )

    def _wanted(self) -> list[int]:
        """Return positions to read: the mapped columns, and the first for the totals' mark."""
        return sorted({0, *self._header.positions.values()})

    def _renamed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = {c: batch.column(str(at)) for c, at in self._header.positions.items()}
        return pa.RecordBatch.from_pydict({"": batch.column("0"), **columns})

    def _other_length(self, row: arrow_csv.InvalidRow) -> str:
        if not self._is_total(row.text):
            self._ragged += 1
        return "skip"

    def _is_total(self, first: str) -> bool:
        mark = self._mapping.totals.first_cell
        return bool(mark) and first.lstrip('"').startswith(mark)

    def _records(self, *, whole: bool) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and cells of the rows below the header: whole ones, or the others."""
        with Utf8Stream(self._path, self._mapping.encoding) as stream:
            text = io.TextIOWrapper(_Buffered(stream), encoding="utf-8", newline="")
            for line, cells in _rows(self.name, text, self._delimiter):
                if line > self._header_line and (len(cells) == self._header.width) is whole:
                    yield line, cells

    def _ragged_rows(self) -> RejectedError:
        ragged = (
            f"  line {line}: {len(cells)} cells"
            for line, cells in self._records(whole=False)
            if not self._is_total(cells[0])
        )
        lines = "\n".join(islice(ragged, LIMIT))
        return RejectedError(
            f"{self.name}: {self._ragged} rows of another length than the header's "
            f"{self._header.width} cells; a quote or a delimiter is missing or too much, or the "
            f"file is cut off:\n{lines}"
        )


class _Buffered(io.BufferedReader):
    """A buffer that a text wrapper can read from; the stream below has `read` only."""

    def __init__(self, stream: Utf8Stream) -> None:
        super().__init__(_Readable(stream), BLOCK)


class _Readable(io.RawIOBase):
    def __init__(self, stream: Utf8Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _rows(name: str, text: str | io.TextIOBase, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's first line, counted from 1, and its cells; empty lines are no rows."""
    source = io.StringIO(text, newline="") if isinstance(text, str) else text
    reader = csv.reader(source, delimiter=delimiter)
    before = 0
    try:
        for cells in reader:
            if cells:
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise RejectedError(
            f"{name}: line {before + 1}: {error}; a quote there is not closed"
        ) from error


def _delimiter(name: str, text: str, mapping: Mapping) -> str:
    """Choose the delimiter that makes a row name most mapped columns."""
    return max(
        DELIMITERS,
        key=lambda sign: max(
            (matches(row, mapping) for _, row in list(_rows(name, text, sign))[:SEARCHED]),
            default=0,
        ),
    )
