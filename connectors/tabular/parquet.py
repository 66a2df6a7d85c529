"""How is a Parquet file read? In batches of the mapped columns only."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as arrow_parquet

from connectors.base import RejectedError
from connectors.tabular.cells import plain
from connectors.tabular.header import find_header
from connectors.tabular.mapping import Mapping

BATCH = 100_000  # rows


class Parquet:
    """A Parquet file as a source of rows; its numbers and dates keep their types."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.name = str(path)
        try:
            self._file = arrow_parquet.ParquetFile(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise RejectedError(f"{path}: cannot be read as Parquet: {error}") from error
        names = self._file.schema_arrow.names
        header = find_header(self.name, [names], mapping)
        self._names = {column: names[at] for column, at in header.positions.items()}
        self._figures = mapping.figures
        self._decimal = mapping.numbers.decimal if mapping.numbers else "."
        self.columns = tuple(self._names)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield batches of typed columns.

        Raises:
            RejectedError: no rows, or damaged pages.
        """
        if not self._file.metadata.num_rows:
            raise RejectedError(f"{self.name}: has columns but no rows; export it with figures")
        figures = self._figures
        try:
            for batch in self._file.iter_batches(BATCH, columns=sorted(set(self._names.values()))):
                yield pa.RecordBatch.from_pydict(
                    {
                        column: plain(batch.column(name), self._decimal, figure=column in figures)
                        for column, name in self._names.items()
                    }
                )
        except (OSError, pa.ArrowInvalid) as error:
            raise RejectedError(f"{self.name}: damaged: {error}; export it again") from error

    def locate(self, rows: Collection[int]) -> dict[int, str]:
        """Say the rows' numbers, counted from 1."""
        return {row: f"row {row + 1}" for row in rows}
