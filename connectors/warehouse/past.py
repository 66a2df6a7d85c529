"""What would the warehouse have answered at moments of the past? Its figures are read once.

For whoever goes through many days: each day is a slice of what is in memory, and says exactly what
`performance`, `coverage` and `arrivals` of the warehouse say with `known_at`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import sqlalchemy as sa

from config.models import Level
from connectors.base import Window
from connectors.warehouse.arrivals import (
    Arrivals,
    Step,
    arrivals,
    steps_of,
    totals_of,
    zones_of,
)
from connectors.warehouse.figures import FIRST_PULL, Figures, Scope
from connectors.warehouse.known import Remembered, remember
from connectors.warehouse.looking import LookingWarehouse
from connectors.warehouse.pull_ledger import coverage_of, ledger_of, normal

Key = tuple[tuple[int, ...], Level, str]
"""Accounts, level and kind of breakdown."""

MetricKey = tuple[tuple[int, ...], Level, str]
"""Accounts, level and metric."""

Asked = tuple[datetime | None, date]
"""Known at when, and since when; where all counts that is known today, ever since."""


@dataclass
class _Kept:
    """What is in memory of one key."""

    window: Window
    remembered: Remembered
    at: tuple[datetime | None, Figures] | None = None  # the moment that was asked for last


@dataclass
class _Growth:
    """What is in memory of how one metric arrived."""

    steps: Sequence[Step]
    zones: dict[int, ZoneInfo]


@dataclass(frozen=True, slots=True)
class Moment:
    """From where one looks: what was `known_at` then of the days `before` a day."""

    before: date
    known_at: datetime | None  # None: all that is known today, of those days


@dataclass
class _Memory:
    kept: dict[Key, _Kept] = field(default_factory=dict)
    ledgers: dict[Key, Sequence[sa.Row[Any]]] = field(default_factory=dict)
    growth: dict[MetricKey, _Growth] = field(default_factory=dict)
    arrived: dict[MetricKey, tuple[Asked, Arrivals]] = field(default_factory=dict)


class PastWarehouse(LookingWarehouse):
    """A warehouse whose figures are those of `moment`; set it before anything is asked.

    Ask for earlier moments first: what is read reaches from the first day that is asked for to
    `last`.
    """

    def __init__(self, url: str, last: date) -> None:
        super().__init__(url)
        self._last = last
        self._memory = _Memory()
        self.moment = Moment(last, None)

    def performance(
        self,
        account_keys: Sequence[int],
        level: Level,
        window: Window,
        metrics: Sequence[str],
        breakdown: str = "",
        *,
        known_at: datetime | None = None,
    ) -> Figures:
        """Return the daily figures of the moment, as the warehouse does; `known_at` is the moment's
        own and not to be given."""
        if known_at is not None:
            raise ValueError("set `moment` instead of known_at")
        key = (tuple(account_keys), level, normal(breakdown))
        figures = self._at(self._keep(key, breakdown, window, metrics))
        days = (window.start.toordinal(), self._end(window).toordinal() + 1)
        part = slice(*np.searchsorted(figures.day, days).tolist())
        return Figures(
            figures.entity_key[part],
            figures.day[part],
            {metric: figures.values[metric][part] for metric in metrics},
            None if figures.breakdown is None else figures.breakdown[part],
        )

    def coverage(
        self,
        account_keys: Sequence[int],
        level: Level,
        window: Window,
        breakdown: str = "",
        *,
        known_at: datetime | None = None,
    ) -> pd.DataFrame:
        """Return which days complete pulls had covered at the moment, as the warehouse does."""
        if known_at is not None:
            raise ValueError("set `moment` instead of known_at")
        ledger = self._ledger((tuple(account_keys), level, normal(breakdown)), breakdown)
        return coverage_of(ledger, Window(window.start, self._end(window)))

    def arrivals(
        self, account_keys: Sequence[int], level: Level, metrics: Sequence[str], since: date
    ) -> dict[str, Arrivals]:
        """Return by metric how daily totals grew, as far as it was known at the moment.

        Where all that is known today counts, so does how late it came.
        """
        keys = tuple(account_keys)
        return {metric: self._arrived((keys, level, metric), since) for metric in metrics}

    def _arrived(self, key: MetricKey, since: date) -> Arrivals:
        known_at = self.moment.known_at
        asked = (known_at, since if known_at else date.min)
        if key not in self._memory.arrived or self._memory.arrived[key][0] != asked:
            self._memory.arrived[key] = (asked, self._arrivals(key, since, known_at))
        return self._memory.arrived[key][1]

    def _arrivals(self, key: MetricKey, since: date, known_at: datetime | None) -> Arrivals:
        account_keys, level, metric = key
        if known_at is None:
            return super().arrivals(account_keys, level, [metric], since)[metric]
        scope = Scope(account_keys, level, Window(since, date.max))
        growth = self._growth(key, scope)
        figures = self.performance(account_keys, level, Window(since, self._last), [metric])
        kept = self._memory.kept[account_keys, level, ""].remembered
        totals = totals_of(kept.owner(figures.entity_key), figures.day, figures.values[metric])
        steps = (step for step in growth.steps if step[1] <= known_at)
        ledger = self._ledger((account_keys, level, ""), "")
        return arrivals(scope, metric, totals, ledger, growth.zones, steps)

    def _end(self, window: Window) -> date:
        """Return the last day of a window of which something may be known."""
        end = min(window.end, self.moment.before - timedelta(days=1))
        if end < window.start:
            raise ValueError(f"{window} begins after all days that are looked at")
        return end

    def _keep(self, key: Key, breakdown: str, window: Window, metrics: Sequence[str]) -> _Kept:
        """Return what is kept of a key, read anew if it is too short or lacks a metric."""
        kept = self._memory.kept.get(key)
        have = kept.remembered.figures.values.keys() if kept else set()
        if kept and window.start >= kept.window.start and have >= {*metrics}:
            return kept
        start = min(window.start, kept.window.start) if kept else window.start
        whole = Window(start, max(start, self._last))
        wanted = [*dict.fromkeys([*have, *metrics])]
        scope = Scope(key[0], key[1], whole, breakdown)
        figures = super().performance(key[0], key[1], whole, [*wanted, FIRST_PULL], breakdown)
        with self.reading() as connection:
            ledger = ledger_of(connection, scope)
            made = _Kept(whole, remember(connection, scope, figures, ledger))
        self._memory.kept[key] = made
        return made

    def _at(self, kept: _Kept) -> Figures:
        known_at = self.moment.known_at
        if known_at is None:
            return kept.remembered.figures
        if kept.at is None or kept.at[0] != known_at:
            kept.at = (known_at, kept.remembered.at(known_at))
        return kept.at[1]

    def _ledger(self, key: Key, breakdown: str) -> Sequence[sa.Row[Any]]:
        """Return the complete pulls that were made by the moment."""
        if key not in self._memory.ledgers:
            scope = Scope(key[0], key[1], Window(date.min, date.max), breakdown)
            with self.reading() as connection:
                self._memory.ledgers[key] = ledger_of(connection, scope)
        known_at, ledger = self.moment.known_at, self._memory.ledgers[key]
        return ledger if known_at is None else [r for r in ledger if r.pulled_at <= known_at]

    def _growth(self, key: MetricKey, scope: Scope) -> _Growth:
        """Return every step of a metric's daily totals; `scope` is the earliest asked for."""
        if key not in self._memory.growth:
            with self.reading() as connection:
                steps = steps_of(connection, scope, [key[2]])[key[2]]
                self._memory.growth[key] = _Growth(steps, zones_of(connection, scope))
        return self._memory.growth[key]
