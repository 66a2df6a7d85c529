"""Exports and other tables as files: CSV, TSV, XLSX, Parquet, also `.gz`, one or many by a glob.

What a file says is taken as it stands: several rows with one key (a campaign split by device) are
summed, rows of totals are left out, an empty ad group or placement is an entity called `(none)`.
Levels above the finest are computed by grouping up.

A file knows the days from its first to its last and no others: `covered` says which. A gap between
two files of a glob is a gap, a day without rows inside a file is zero. Two files that both hold a
day are refused unless the options say which counts (`overlap`).

Files are read when something is first asked, once, in batches: memory grows with entities and days,
not with rows. Every value that cannot be used is refused with its place; nothing is skipped.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from glob import glob
from pathlib import Path

import pandas as pd
import requests

from config.models import Level
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.tabular.account import TableOptions
from connectors.tabular.delimited import Delimited
from connectors.tabular.mapping import Mapping
from connectors.tabular.parquet import Parquet
from connectors.tabular.problems import Source
from connectors.tabular.readings import Overlap, read_all
from connectors.tabular.table import Table
from connectors.tabular.workbook import Workbook

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}


class Options(TableOptions):
    """What a brand file says under `options` of an account with `connector: file`."""

    path: str
    """A file or a glob (`exports/**/*.csv`), absolute or relative to the working directory."""
    overlap: Overlap = "refuse"
    """When two files hold one day: `latest` (by file name) replaces, `add` sums, `refuse` stops."""


class Connector:
    """An account whose figures stand in files."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        self._options = options
        self._account = options.account()
        self.account_id = self._account.account_id
        self.restatement_days = options.restatement_days

    def account(self) -> Account:
        """Return the account as the brand file describes it."""
        return self._account

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of the entities that the files speak of, as their latest rows do."""
        yield from self._table.entities(levels)

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return the parts of a window that the files know."""
        return self._table.covered(level, window, breakdown)

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield daily figures; refuse days outside of `covered`."""
        yield from self._table.performance(level, window, breakdown)

    @cached_property
    def _table(self) -> Table:
        options, mapping = self._options, self._options.mapping()
        paths = matching(options.path)
        sources = (open_source(path, mapping) for path in paths)
        name = options.path
        return Table(
            name, read_all(sources, mapping, options.currency, options.overlap), self._account
        )


def matching(pattern: str) -> list[Path]:
    """Return the files that a path or glob means, in the order of their names.

    Raises:
        RejectedError: there are none.
    """
    literal = Path(pattern).expanduser()
    if literal.is_file():
        return [literal]
    found = sorted(
        Path(path) for path in glob(str(literal), recursive=True) if Path(path).is_file()
    )
    if not found:
        raise RejectedError(
            f"{pattern}: no file matches (looked from {Path.cwd()}); mend `path` in the brand file "
            "or put the export there"
        )
    return found


def open_source(path: Path, mapping: Mapping) -> Source:
    """Open a file as what its name says it is; whatever is no workbook or Parquet is text."""
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        return Workbook(path, mapping)
    if kind in {".parquet", ".pq"}:
        return Parquet(path, mapping)
    return Delimited(path, mapping)
