"""How is a list of records, one per row, read from files or a query?

For lists of people and of what they bought: what a cell says is never shown in an error, only
where it stands.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, BeforeValidator, Field, SecretStr, model_validator

from connectors.base import RejectedError
from connectors.tabular.account import TimeZone
from connectors.tabular.database import Database
from connectors.tabular.files import matching, open_source
from connectors.tabular.mapping import Encoding, Mapping, Model, NumberFormat
from connectors.tabular.problems import Problem, Problems, Source
from connectors.tabular.readings import as_text

ADDRESS = re.compile(r"[^\s,;<>\"']*@[^\s,;<>\"']*")


class Column(Model):
    """A column of the list, and how its dates are written."""

    column: str
    format: str = ""
    """As of `strptime`: `%d/%m/%Y %H:%M`. Empty: ISO 8601, if it holds dates."""


def _column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Columns = dict[str, Annotated[Column, BeforeValidator(_column)]]
"""Our names to the list's columns."""


class ListOptions(BaseModel, extra="forbid"):
    """Options of connectors that read a list: from files, or from a database."""

    account_id: str
    name: str = ""
    """Empty: the id."""
    path: str = ""
    """A file or a glob: CSV, TSV, XLSX, Parquet, also `.gz`."""
    url: SecretStr | None = None
    """SQLAlchemy URL of a database. Stands under `secrets`."""
    query: str = ""
    """What returns the whole list from the database."""
    columns: Columns
    time_zone: TimeZone
    """Of dates and clock times that do not name their own."""
    encoding: Encoding = ""
    """Of text files; empty: UTF-8, or UTF-16 where the file says or shows so."""
    delimiter: Annotated[str, Field(max_length=1)] = ""
    skip_rows: Annotated[int, Field(ge=0)] | None = None
    """Rows above the header. None: the header is looked for in the first 40 rows."""
    sheet: str = ""
    numbers: NumberFormat = NumberFormat()
    """How the list writes numbers."""
    timeout_seconds: Annotated[int, Field(ge=1)] = 600
    """Of the query, where the dialect has a limit."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if bool(self.path) == bool(self.url):
            raise ValueError("name either `path`, or `url` (under secrets) and `query`")
        if bool(self.url) != bool(self.query):
            raise ValueError("`url` and `query` go together")
        return self

    def mapping(self, *, figures: frozenset[str] = frozenset()) -> Mapping:
        """Return how the list's columns are found; of `figures`, as numbers."""
        names = {ours: it.column for ours, it in self.columns.items()}
        return Mapping(
            breakdowns={ours: it for ours, it in names.items() if ours not in figures},
            metrics={ours: it for ours, it in names.items() if ours in figures},
            encoding=self.encoding,
            delimiter=self.delimiter,
            skip_rows=self.skip_rows,
            sheet=self.sheet,
            numbers=self.numbers,
        )


def needs(*required: str) -> Callable[[Columns], Columns]:
    """Return a check that columns name what every row must have."""

    def check(columns: Columns) -> Columns:
        if missing := [name for name in required if name not in columns]:
            raise ValueError(f"name the column of {', '.join(missing)}")
        return columns

    return check


class PrivateProblems(Problems):
    """Problems of a list about people: where they are, not what the cells say."""

    def add(self, row: int, column: str, value: object, what: str) -> None:
        """Note one problem without its value."""
        del value
        if not self.full:
            self.found.append(Problem(row, column, "the value", what))


class Part(NamedTuple):
    """Some rows of a list."""

    first: int  # place of the first row, from 0, in its source
    batch: pa.RecordBatch
    problems: PrivateProblems  # of its source; whoever notes one is not asked to go on

    def texts(self, column: str) -> list[str]:
        """Return a column's cells without spaces around them, '' where there is nothing."""
        texts: list[str] = pc.utf8_trim_whitespace(as_text(self.batch, column)).to_pylist()
        return texts


def parts(options: ListOptions, mapping: Mapping) -> Iterator[Part]:
    """Yield the rows of a list, source by source, in parts.

    Once a problem is noted, the rest of the source is still yielded, up to 20 problems, so that a
    person sees them together; what came with a problem is not to be used.

    Raises:
        RejectedError: naming the source and its problems, each with its place.
        TransientError, ReconnectError: of the database.
    """
    with _without_addresses():
        for source in _sources(options, mapping):
            problems = PrivateProblems(source)
            row = 0
            for batch in source.batches():
                yield Part(row, batch, problems)
                row += batch.num_rows
                if problems.full:
                    break
            problems.raise_found()


def _sources(options: ListOptions, mapping: Mapping) -> Iterator[Source]:
    if options.url is None:
        yield from (open_source(path, mapping) for path in matching(options.path))
        return
    database = Database(options.url, options.timeout_seconds)
    with database.rows(options.query, {}, mapping) as rows:
        yield rows


@contextmanager
def _without_addresses() -> Iterator[None]:
    """Take e-mail addresses out of errors: a list without a header shows its first row in one."""
    try:
        yield
    except RejectedError as error:
        told = str(error)
        if (clean := ADDRESS.sub("(address)", told)) == told:
            raise
        raise RejectedError(clean) from None
