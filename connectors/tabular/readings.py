"""What did the sources say? Every row as codes and floats, read once, kept compactly.

Rows wait in a temporary file, in memory until 64 MB, so that memory grows with the distinct things
and days and not with the rows.
"""

import weakref
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import RejectedError, Window
from connectors.tabular.dates import BadDay, read_days
from connectors.tabular.entries import Codes, Entries
from connectors.tabular.mapping import DateColumn, DateParts, Mapping
from connectors.tabular.numbers import Floats, NumberReader
from connectors.tabular.problems import Problems, Source

IN_MEMORY = 64 << 20  # bytes of rows before they go to disk

Overlap = Literal["refuse", "add", "latest"]
"""Two sources hold the same day: an error, parts of one whole, or the later one replaces it."""


class Rows(NamedTuple):
    """A batch of rows: what each is of, its day as date ordinal, and its figures."""

    things: Codes
    days: npt.NDArray[np.int32]
    figures: list[Floats]  # in the order of the mapping's metrics


class Readings:
    """The rows of one or more sources of the same kind."""

    def __init__(self, mapping: Mapping, currency: str, overlap: Overlap = "refuse") -> None:
        self.mapping = mapping
        self.things = Entries(mapping.blanks)
        self.present: set[str] = set()
        """Mapped columns that at least one source has."""
        self.spans: list[Window] = []
        """First to last day of each source."""
        self._currency = currency
        self._overlap = overlap
        self._owners: dict[int, str] = {}
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the object
        weakref.finalize(self, self._file.close)
        self._sources: list[_SourceDays] = []

    def add(self, source: Source) -> None:
        """Read a source to its end.

        Raises:
            RejectedError: naming the source and up to 20 of its problems, each with its place.
        """
        problems = Problems(source)
        reader = _SourceReader(self.mapping, source, self.things, problems, self._currency)
        start = self._file.seek(0, 2)
        with pa.ipc.new_stream(self._file, reader.schema) as spool:
            for batch in source.batches():
                spool.write_batch(reader.read(batch))
                if problems.full:
                    break
        days = reader.days()
        problems.raise_found()
        if not len(days):
            return
        self._own(source.name, days)
        self.present.update(source.columns)
        self.spans.append(
            Window(date.fromordinal(int(days.min())), date.fromordinal(int(days.max())))
        )
        self._sources.append(_SourceDays(source.name, start, days))

    def _own(self, name: str, days: npt.NDArray[np.int32]) -> None:
        """Note which source holds a day; the later one, if sources may replace each other."""
        shared = sorted(int(day) for day in days if int(day) in self._owners)
        if shared and self._overlap == "refuse":
            day, other = date.fromordinal(shared[0]), self._owners[shared[0]]
            raise RejectedError(
                f"{other} and {name} both hold {day}, which would count it twice; set `overlap: "
                "latest` if newer exports (in the order of their names) replace older ones, "
                "`overlap: add` if they are parts of one"
            )
        self._owners.update(dict.fromkeys(map(int, days), name))

    def rows(self) -> Iterator[Rows]:
        """Yield every row in batches, any number of times."""
        for source in self._sources:
            kept = np.array(
                [
                    self._overlap != "latest" or self._owners[int(d)] == source.name
                    for d in source.days
                ]
            )
            self._file.seek(source.start)
            with pa.ipc.open_stream(self._file) as spool:
                for batch in spool:
                    things, codes, *figures = (
                        c.to_numpy(zero_copy_only=False) for c in batch.columns
                    )
                    days = source.days[codes]
                    if kept.all():
                        yield Rows(things, days, figures)
                    else:
                        own = kept[codes]
                        yield Rows(things[own], days[own], [figure[own] for figure in figures])


class _SourceDays(NamedTuple):
    name: str
    start: int  # where its rows begin in the file
    days: npt.NDArray[np.int32]  # date ordinal of each day code


class _SourceReader:
    """Reads the batches of one source."""

    def __init__(
        self, mapping: Mapping, source: Source, things: Entries, problems: Problems, currency: str
    ) -> None:
        self._mapping = mapping
        self._source = source
        self._things = things
        self._problems = problems
        self._currency = currency
        self._way = _way(mapping, source)
        self._days = Entries()
        self._numbers = NumberReader(mapping.numbers, mapping.blanks, problems)
        self._row = 0
        fields = [("thing", pa.int32()), ("day", pa.int32())]
        self.schema = pa.schema([*fields, *((name, pa.float64()) for name in mapping.metrics)])

    def read(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch as codes and floats, totals rows left out."""
        rows = np.arange(self._row, self._row + batch.num_rows, dtype=np.int64)
        self._row += batch.num_rows
        totals = is_total(batch, self._mapping, self._way)
        if totals.any():
            rows = rows[~totals]
            batch = batch.filter(pa.array(~totals))
        self._check_currency(batch, rows)
        day_texts = [as_text(batch, column) for column in self._way.columns]
        described = [as_text(batch, column) for column in self._mapping.described]
        columns = [
            pa.array(self._things.encode(described, rows)),
            pa.array(self._days.encode(day_texts, rows)),
            *(
                pa.array(self._figures(name, metric.column, batch, rows))
                for name, metric in self._mapping.metrics.items()
            ),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def days(self) -> npt.NDArray[np.int32]:
        """Return the date ordinal of each day code; note what names no day."""
        self._numbers.finish()
        if self._row and not self._days.texts:
            raise RejectedError(
                f"{self._source.name}: has only totals rows; export it with figures"
            )
        ordinals = np.zeros(len(self._days.texts), np.int32)
        column = ", ".join(self._way.columns)
        for index, day in enumerate(read_days(self._days.texts, self._way)):
            if isinstance(day, BadDay):
                self._problems.add(self._days.rows[index], column, day.value, day.what)
            else:
                ordinals[index] = day.toordinal()
        return ordinals

    def _figures(
        self, name: str, column: str, batch: pa.RecordBatch, rows: npt.NDArray[np.int64]
    ) -> Floats:
        if column not in self._source.columns:
            return np.full(len(rows), np.nan)
        return self._numbers.read(name, column, batch.column(column), rows)

    def _check_currency(self, batch: pa.RecordBatch, rows: npt.NDArray[np.int64]) -> None:
        column = self._mapping.currency
        if column not in self._source.columns:
            return
        text = pc.utf8_trim_whitespace(as_text(batch, column))
        other = pc.not_equal(text, self._currency).to_numpy(zero_copy_only=False)
        if other.any():
            at = int(other.argmax())
            what = f"is not the account's currency {self._currency}; correct one of them"
            self._problems.add(int(rows[at]), column, text[at].as_py(), what)


def is_total(
    batch: pa.RecordBatch, mapping: Mapping, way: DateColumn | DateParts
) -> npt.NDArray[np.bool_]:
    """Tell which rows sum up others, and are not to be counted again."""
    total = np.zeros(batch.num_rows, np.bool_)
    mark = mapping.totals.first_cell
    if mark:
        day = pc.utf8_trim_whitespace(as_text(batch, way.columns[0]))
        blanks = pa.array([blank.strip() for blank in mapping.blanks])
        no_day = pc.or_(pc.is_in(day, value_set=blanks), pc.starts_with(day, mark))
        total |= pc.and_(no_day, pc.starts_with(as_text(batch, ""), mark)).to_numpy(
            zero_copy_only=False
        )
    present = [column for column in mapping.totals.empty if column in batch.schema.names]
    if present:
        empty = np.ones(batch.num_rows, np.bool_)
        for column in present:
            empty &= pc.equal(pc.utf8_trim_whitespace(as_text(batch, column)), "").to_numpy(
                zero_copy_only=False
            )
        total |= empty
    return total


def as_text(batch: pa.RecordBatch, column: str) -> pa.Array:
    """Return a column as text without nulls, empty where the source lacks the column."""
    if column not in batch.schema.names:
        return pa.array([""] * batch.num_rows, pa.string())
    return pc.fill_null(batch.column(column), "")


def _way(mapping: Mapping, source: Source) -> DateColumn | DateParts:
    """Return the first way of telling the day that the source has the columns for."""
    for way in mapping.date:
        if all(column in source.columns for column in way.columns):
            return way
    raise RejectedError(f"{source.name}: no column with the day")


def read_things(source: Source, mapping: Mapping) -> Entries:
    """Read only what the rows of a source speak of."""
    things = Entries(mapping.blanks)
    row = 0
    for batch in source.batches():
        rows = np.arange(row, row + batch.num_rows, dtype=np.int64)
        things.encode([as_text(batch, column) for column in mapping.described], rows)
        row += batch.num_rows
    return things


def read_all(
    sources: Iterable[Source], mapping: Mapping, currency: str, overlap: Overlap = "refuse"
) -> Readings:
    """Read sources of one kind one after the other."""
    readings = Readings(mapping, currency, overlap)
    for source in sources:
        readings.add(source)
    return readings
