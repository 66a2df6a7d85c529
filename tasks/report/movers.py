"""Which pages and queries gained or lost most clicks from searches?

The last 28 known days against the 28 before: whole weeks, so that weekdays balance.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from config.words import Level
from connectors.base import Window
from tasks.cube import Cube, Floats, Integers
from tasks.report.figures import optional, readable
from tasks.report.kpi_tables import Ground
from tasks.report.site_model import Movers, Searched

DAYS = 28
LONGEST_LIST = 10
MOST_PARTS = 20
LEVELS: tuple[Level, ...] = ("segment", "page", "query")
"""In this order; a level that is not pulled is left out."""

METRICS = ("clicks", "impressions", "position")
Spans = tuple[Floats, Floats]
"""Per entity: in the last span and in the one before."""


def movers(ground: Ground, platform: str) -> tuple[Movers, ...]:
    """Return what moved in the accounts of a search engine, account by account, level by level.

    A level of which an account has no entities is left out. Where a day of the two spans is not
    known nothing is compared, and the result says so.
    """
    places = np.flatnonzero(ground.accounts["platform"].to_numpy(dtype=object) == platform)
    return tuple(
        found
        for key in ground.accounts["account_key"].to_numpy()[places].tolist()
        for level in LEVELS
        if (cube := ground.cubes.get(level)) is not None and set(METRICS) <= cube.values.keys()
        for found in _movers(cube, key, level, ground.titles[key], ground.as_of)
    )


def days_needed(as_of: date, stale_after_days: int) -> Window:
    """Return the days of `METRICS` that must be read of each of `LEVELS` that is pulled."""
    end = as_of - timedelta(days=1)
    return Window(end - timedelta(days=2 * DAYS - 1 + stale_after_days), end)


def _movers(cube: Cube, key: int, level: str, title: str, as_of: date) -> Iterator[Movers]:
    rows = np.flatnonzero(cube.account_keys[cube.account] == key)
    if not len(rows):
        return
    now, before = _spans(cube, key, as_of)
    found = Movers(title, level, now, before, known=False)
    sums = [
        (
            cube.window_sum(name, now.start, now.end)[rows],
            cube.window_sum(name, before.start, before.end)[rows],
        )
        for name in METRICS
    ]
    clicks = sums[0]
    gained = clicks[0] - clicks[1]
    if np.isnan(gained).any():
        yield found
        return
    names = cube.entities["name"].to_numpy(dtype=object)[rows]

    def told(order: Integers) -> tuple[Searched, ...]:
        shown = readable(level, [str(names[row]) for row in order])
        return tuple(
            _searched(name, sums, row) for name, row in zip(shown, order.tolist(), strict=True)
        )

    if level == "segment":
        largest = np.argsort(-clicks[0], kind="stable")[:MOST_PARTS]
        yield Movers(title, level, now, before, parts=told(largest))
        return
    order = np.lexsort((names.astype(str), gained))
    lost, won = order[gained[order] < 0], order[::-1][gained[order[::-1]] > 0]
    first = slice(LONGEST_LIST)
    yield Movers(title, level, now, before, gained=told(won[first]), lost=told(lost[first]))


def _spans(cube: Cube, key: int, as_of: date) -> tuple[Window, Window]:
    """Return the last span that ends with the account's own last known day, and the one before."""
    behind = cube.days_behind(as_of)[cube.account_keys == key]
    lag = int(behind[0]) if len(behind) and np.isfinite(behind[0]) else 0
    end = as_of - timedelta(days=1 + lag)
    middle = end - timedelta(days=DAYS)
    start = timedelta(days=DAYS - 1)
    return Window(end - start, end), Window(middle - start, middle)


def _searched(name: str, sums: list[Spans], row: int) -> Searched:
    clicks, impressions, position = ((float(a[row]), float(b[row])) for a, b in sums)
    return Searched(name, clicks, impressions, (optional(position[0]), optional(position[1])))
