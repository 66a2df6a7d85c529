"""How much did each entity have on each day, and over a window?

A dense array per metric. Where a complete pull had no row for an entity, the figure is zero; where
no complete pull covers the account's day, it is NaN: unknown, which no sum turns into a number.

Days lie one after another in memory, so the sum over a window reads one block. Sums are taken
afresh and not as differences of running totals: those would leave 1e-17 where nothing was, and a
denominator must be exactly zero when it is zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from connectors.base import Window

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


class DailyFigures(Protocol):
    """What the warehouse reads: one place in every array per entity and day, in any order."""

    @property
    def entity_key(self) -> Integers: ...
    @property
    def day(self) -> Integers: ...  # ordinal, as `date.toordinal`
    @property
    def values(self) -> Mapping[str, Floats]: ...


@dataclass(frozen=True, slots=True)
class Cube:
    """Daily figures of the entities of one level. Row i of every array is row i of `entities`."""

    entities: pd.DataFrame
    days: Integers
    """Ordinals, ascending. They may have gaps; a window that touches a gap is unknown."""
    values: dict[str, Floats]
    """Per metric: entities x days. Of a weighted metric the day's mean, NaN where there is none."""
    weights: dict[str, Floats]
    """Per weighted metric: entities x days, the weight of the days on which it applies."""
    account_keys: Integers
    account: Integers
    """Per entity: its place in `account_keys`."""
    covered: Booleans
    """Accounts x days: a complete pull covers the day."""

    def window_sum(self, metric: str, start: date, end: date) -> Floats:
        """Return the sum over the days per entity, of a weighted metric the weighted mean.

        NaN where a day is unknown, and for a weighted metric where it applies on no day.
        """
        parts = self._parts(metric, Window(start, end))
        return parts[0] if len(parts) == 1 else _ratio(*parts)

    def account_sum(self, metric: str, start: date, end: date) -> Floats:
        """Return the same for all entities of an account together, per place in `account_keys`."""
        size = len(self.account_keys)
        parts = [
            _sums(self.account, part, size) for part in self._parts(metric, Window(start, end))
        ]
        return parts[0] if len(parts) == 1 else _ratio(*parts)

    def is_covered(self, window: Window) -> Booleans:
        """Return, per place in `account_keys`, whether every day of the window is known."""
        if (columns := self._columns(window)) is None:
            return np.zeros(len(self.account_keys), dtype=np.bool_)
        return np.asarray(self.covered[:, columns].all(axis=1))

    def days_behind(self, as_of: date) -> Floats:
        """Return, per place in `account_keys`, how many days the data ends before yesterday.

        0 when yesterday is covered, infinite when no day of the cube is.
        """
        complete = np.where(self.covered & (self.days < as_of.toordinal()), self.days, -np.inf)
        last = complete.max(axis=1, initial=-np.inf)
        return np.asarray(as_of.toordinal() - 1 - last, dtype=np.float64)

    def _parts(self, metric: str, window: Window) -> list[Floats]:
        """Return what adds up over days and entities: the sum; or weighted sum and weight."""
        columns = self._columns(window)
        if columns is None:
            unknown = np.full(len(self.entities), np.nan)
            return [unknown, unknown] if metric in self.weights else [unknown]
        values = self.values[metric][:, columns]
        if metric not in self.weights:
            return [values.sum(axis=1)]
        weights = self.weights[metric][:, columns]
        weighted = np.where(weights == 0, 0.0, values * weights)
        return [weighted.sum(axis=1), weights.sum(axis=1)]

    def _columns(self, window: Window) -> slice | None:
        first = int(np.searchsorted(self.days, window.start.toordinal()))
        last = first + window.days - 1
        if last >= len(self.days) or self.days[first] != window.start.toordinal():
            return None
        return slice(first, last + 1) if self.days[last] == window.end.toordinal() else None


def build_cube(
    entities: pd.DataFrame,
    figures: DailyFigures,
    coverage: pd.DataFrame,
    days: Integers,
    *,
    weights: Mapping[str, str] | None = None,
) -> Cube:
    """Lay daily figures out as arrays.

    `entities` has entity_key (each once) and account_key; `coverage` has account_key and date_day
    (ordinals) of each day that a complete pull covers; `days` are ascending ordinals; `weights`
    names the weight of each metric that is a weighted mean. Rows of other entities or days are
    left out; rows of the same entity and day add up. A NaN makes its day unknown, except in a
    weighted metric, where it means that the day does not count.
    """
    account_keys, account = _places(entities["account_key"], coverage["account_key"])
    covered = _covered(account_keys, coverage, days)
    known = covered.T[:, account]
    cube = Cube(entities, days, {}, {}, account_keys, account, covered)
    cell, has_cell = _cells(entities, days, figures)
    inside = slice(None) if has_cell.all() else has_cell
    cell = cell[inside]
    for metric, column in figures.values.items():
        if weight := (weights or {}).get(metric, ""):
            above, below = _weighted(column, figures.values[weight])
            cube.weights[metric] = _laid_out(known, cell, below[inside])
            above = _laid_out(known, cell, above[inside])
            cube.values[metric] = _ratio(above, cube.weights[metric])
        else:
            cube.values[metric] = _laid_out(known, cell, column[inside])
    return cube


def by_account(cube: Cube, accounts: pd.DataFrame) -> Cube:
    """Return the figures of whole accounts, summed over a level's entities.

    `accounts` has account_key and whatever describes an account; an account that is not in the
    cube is unknown on every day.
    """
    keys = accounts["account_key"].to_numpy(dtype=np.int64)
    place = pd.Index(cube.account_keys).get_indexer(pd.Index(keys))
    covered = np.zeros((len(keys), len(cube.days)), dtype=np.bool_)
    covered[place >= 0] = cube.covered[place[place >= 0]]
    whole = Cube(accounts, cube.days, {}, {}, keys, np.arange(len(keys)), covered)
    size = len(cube.account_keys)

    def summed(values: Floats) -> Floats:
        by_day = [_sums(cube.account, values[:, day], size) for day in range(len(cube.days))]
        sums = np.full((len(by_day), size + 1), np.nan)  # an account that is not there is at -1
        sums[:, :size] = np.reshape(by_day, (len(by_day), size))
        return np.where(covered, sums.T[place], np.nan)

    for metric, values in cube.values.items():
        if metric not in cube.weights:
            whole.values[metric] = summed(values)
            continue
        weights = cube.weights[metric]
        whole.weights[metric] = summed(weights)
        weighted = summed(np.where(weights == 0, 0.0, values * weights))
        whole.values[metric] = _ratio(weighted, whole.weights[metric])
    return whole


def _places(entities: pd.Series, coverage: pd.Series) -> tuple[Integers, Integers]:
    """Return all account keys, ascending, and each entity's place among them."""
    own = entities.to_numpy(dtype=np.int64)
    keys = np.unique(np.concatenate([own, coverage.to_numpy(dtype=np.int64)]))
    return keys, np.searchsorted(keys, own)


def _covered(account_keys: Integers, coverage: pd.DataFrame, days: Integers) -> Booleans:
    covered = np.zeros((len(account_keys), len(days)), dtype=np.bool_)
    account = np.searchsorted(account_keys, coverage["account_key"].to_numpy(dtype=np.int64))
    day, known = _find(days, coverage["date_day"].to_numpy(dtype=np.int64))
    covered[account[known], day[known]] = True
    return covered


def _cells(
    entities: pd.DataFrame, days: Integers, figures: DailyFigures
) -> tuple[Integers, Booleans]:
    """Return each row's cell, days before entities, and which rows have one at all."""
    keys = entities["entity_key"].to_numpy(dtype=np.int64)
    order = np.argsort(keys)
    place, is_entity = _find(keys[order], figures.entity_key)
    day, is_day = _find(days, figures.day)
    day *= len(keys)
    day += order[place] if len(keys) else 0
    return day, is_entity & is_day


def _find(ascending: Integers, wanted: Integers) -> tuple[Integers, Booleans]:
    """Return where each wanted number stands, and whether it is there."""
    if not len(ascending):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    place = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return place, ascending[place] == wanted


def _weighted(value: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return value times weight, and weight, both zero on rows where the value does not apply."""
    weight = np.where(np.isnan(value), 0.0, weight)
    return np.where(weight == 0, 0.0, value * weight), weight


def _laid_out(known: Booleans, cells: Integers, column: Floats) -> Floats:
    """Return entities x days, each day one block of memory; NaN where the day is not known."""
    by_day = _sums(cells, column, known.size).reshape(known.shape)
    if not known.all():
        by_day[~known] = np.nan
    return by_day.T


def _sums(places: Integers, numbers: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(places, weights=numbers, minlength=size), dtype=np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    """Divide; where nothing is below, the result is NaN: it does not apply."""
    return above / np.where(below == 0, np.nan, below)
