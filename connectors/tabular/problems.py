"""What is wrong with a table, and where would a person look for it?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from connectors.base import RejectedError

LIMIT = 20
"""Problems told at once: more would not be read, and reading on would only delay the answer."""

SHOWN = 40  # characters of a value


class Source(Protocol):
    """A table as rows in order."""

    name: str
    """What a person calls it: a path, a query."""

    columns: tuple[str, ...]
    """The mapped columns it has, under the mapping's names."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield its rows: one column per mapped column, text or typed, or `RejectedError`."""
        ...

    def locate(self, rows: Collection[int]) -> Mapping[int, str]:
        """Say where rows (counted from 0 in the order of `batches`) stand: `line 7`."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that cannot be used."""

    row: int
    column: str
    value: str
    what: str


class Problems:
    """Collects the problems of one source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Problem] = []

    @property
    def full(self) -> bool:
        """Whether there are enough to stop reading."""
        return len(self.found) >= LIMIT

    def add(self, row: int, column: str, value: object, what: str) -> None:
        """Note one problem; `what` says what is wrong and what to do."""
        if not self.full:
            self.found.append(Problem(row, column, shown(value), what))

    def raise_found(self) -> None:
        """Raise one `RejectedError` that names every problem, if there are any."""
        if not self.found:
            return
        ordered = sorted(self.found, key=lambda problem: (problem.row, problem.column))
        places = self.source.locate({problem.row for problem in ordered})
        lines = [
            f"  {places[problem.row]}, column {problem.column!r}: {problem.value} {problem.what}"
            for problem in ordered
        ]
        count = f"{len(ordered)} problems, reading stopped there" if self.full else "not usable"
        raise RejectedError("\n".join([f"{self.source.name}: {count}", *lines]))


def shown(value: object) -> str:
    """Show a value in quotes, shortened."""
    text = str(value)
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…")
