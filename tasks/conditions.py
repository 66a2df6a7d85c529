"""Which figure does each name in a condition stand for, for all entities of a level at once?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from config.formula import Reference
from config.models import Filter
from connectors.base import Window
from tasks.cube import Booleans, Cube, Floats, Integers
from tasks.selection import selected
from tasks.targets import Targets
from tasks.vocabulary import Vocabulary
from tasks.windows import USUAL_DAYS, compared, window_of


@dataclass(frozen=True, slots=True)
class Panel:
    """Every figure of one level's entities, each computed when first asked for, and once.

    Arrays have one place per row of `cube.entities`; NaN is unknown.
    """

    level: str
    cube: Cube
    whole: Cube
    """Whose sums are the whole account: of accounts or, better than nothing, of a lower level."""
    accounts: pd.DataFrame
    vocabulary: Vocabulary
    targets: Targets
    as_of: date
    behind: Integers
    """Per entity: how many days its windows end before yesterday."""
    stale: Booleans
    """Per entity: the data is further behind than the process allows; windows are unknown."""
    _windows: dict[str, dict[int, Window | None]] = field(default_factory=dict, repr=False)
    _selected: dict[Filter, Booleans] = field(default_factory=dict, repr=False)
    _figures: dict[tuple[str, str, str], Floats] = field(default_factory=dict, repr=False)
    _sums: dict[tuple[bool, str, Window], Floats] = field(default_factory=dict, repr=False)

    def selected(self, wanted: Filter) -> Booleans:
        """Return which entities a check with this filter looks at."""
        if wanted not in self._selected:
            self._selected[wanted] = selected(wanted, self.cube.entities)
        return self._selected[wanted]

    def figure(self, function: str, name: str, window: str) -> Floats:
        """Return what `function(name)` is over a window such as `last_7_days`."""
        key = (function, name, window)
        if key not in self._figures:
            self._figures[key] = self._figure(function, name, window)
        return self._figures[key]

    def windows(self, window: str) -> Mapping[int, Window | None]:
        """Return the days of a window for each number of days that some account is behind."""
        if window not in self._windows:
            lags = np.unique(self.behind).tolist()
            self._windows[window] = {lag: window_of(window, self.as_of, lag) for lag in lags}
        return self._windows[window]

    def uncovered(self, reference: Reference, window: str) -> Booleans:
        """Return where days that this figure needs are not covered by a complete pull."""
        if reference.name == "daily_budget" or reference.function == "target":
            return np.zeros(len(self.behind), dtype=np.bool_)
        cube = self.whole if reference.function == "account" else self.cube
        result = np.ones(len(self.behind), dtype=np.bool_)
        for lag, days in self.windows(window).items():
            if days is not None:
                known = cube.is_covered(compared(reference.function, days))
                rows = self.behind == lag
                result[rows] = ~self._spread(cube, known, False)[rows]
        return result

    def _figure(self, function: str, name: str, window: str) -> Floats:
        if function == "target":
            money = self.vocabulary.unit(name) == "money"
            return self.targets.of(name, self.level, self.cube.entities, self.accounts, money=money)
        if name == "daily_budget":
            entities = self.cube.entities
            if name not in entities:
                return np.full(len(entities), np.nan)
            return entities[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if name in self.vocabulary.formulas:
            formula = self.vocabulary.formulas[name]
            number = formula.evaluate(lambda _, metric: self.figure(function, metric, window))
            return np.broadcast_to(np.asarray(number, dtype=np.float64), len(self.behind))
        return self._by_lag(function, name, window)

    def _by_lag(self, function: str, name: str, window: str) -> Floats:
        """Return a metric, or the length of the window, each row over its own account's days."""
        result = np.full(len(self.behind), np.nan)
        for lag, days in self.windows(window).items():
            if days is None:
                continue
            rows = self.behind == lag
            if name == "days":
                result[rows] = days.days
                continue
            sums = self._sum(function == "account", name, compared(function, days))
            scaled = function == "usual" and name not in self.cube.weights
            result[rows] = sums[rows] * (days.days / USUAL_DAYS) if scaled else sums[rows]
        return result

    def _sum(self, of_account: bool, metric: str, days: Window) -> Floats:
        key = (of_account, metric, days)
        if key not in self._sums:
            cube = self.whole if of_account else self.cube
            if metric not in cube.values:
                sums = np.full(len(self.behind), np.nan)
            elif of_account:
                sums = self._spread(cube, cube.account_sum(metric, days.start, days.end), np.nan)
            else:
                sums = cube.window_sum(metric, days.start, days.end)
            self._sums[key] = sums
        return self._sums[key]

    def _spread(self, cube: Cube, per_account: np.ndarray, missing: float | bool) -> np.ndarray:
        """Give every entity what its account has."""
        own = self.cube.account_keys[self.cube.account]
        place = pd.Index(cube.account_keys).get_indexer(pd.Index(own))
        padded = np.append(per_account, np.asarray(missing, dtype=per_account.dtype))
        return np.asarray(padded[place])  # an account that is not there is at -1


def panel(
    level: str,
    cubes: Mapping[str, Cube],
    accounts: pd.DataFrame,
    vocabulary: Vocabulary,
    targets: Targets,
    as_of: date,
    stale_after_days: int = 0,
) -> Panel:
    """Open the figures of a level's entities.

    The whole account is the level `account` if there is a cube of it, else `campaign`, else the
    level itself. Up to `stale_after_days` an account's windows end with its own last complete day.
    """
    cube = cubes[level]
    whole = cubes.get("account") or cubes.get("campaign") or cube
    lag = cube.days_behind(as_of)[cube.account]
    stale = lag > stale_after_days
    behind = np.where(stale, 0, lag).astype(np.int64)
    return Panel(level, cube, whole, accounts, vocabulary, targets, as_of, behind, stale)
