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

import pandas as pd
import requests

from config.models import Level
from connectors.base import Account, Entity, Throttle, Window
from connectors.tabular.account import TableOptions
from connectors.tabular.files import matching, open_source
from connectors.tabular.readings import Overlap, read_all
from connectors.tabular.table import Table


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
