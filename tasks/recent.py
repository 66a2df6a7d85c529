"""What did each entity have over its account's last 28 known days?"""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from tasks.cube import Cube

RECENT_DAYS = 28
"""Whole weeks, so that weekdays balance."""


def recent_sums(cube: Cube, metrics: tuple[str, ...]) -> pd.DataFrame:
    """Return the cube's entities with each metric's sum, a weighted one's mean, and `until`.

    `until` (date) is the last day of the entity's account that a complete pull covers. NaN where a
    day of the 28 before it is unknown; entities of an account without any known day are left out.
    """
    parts = [
        _of_account(cube, place, metrics, until)
        for place in range(len(cube.account_keys))
        if (until := last_known(cube, place))
    ]
    if parts:
        return pd.concat(parts, ignore_index=True)
    return cube.entities.iloc[:0].assign(until=None, **dict.fromkeys(metrics, np.nan))


def last_known(cube: Cube, place: int) -> date | None:
    """Return the last day that is known of the account at a place of `cube.account_keys`."""
    days = cube.days[cube.covered[place]]
    return date.fromordinal(int(days.max())) if len(days) else None


def _of_account(cube: Cube, place: int, metrics: tuple[str, ...], until: date) -> pd.DataFrame:
    rows = np.flatnonzero(cube.account == place)
    start = until - timedelta(days=RECENT_DAYS - 1)
    sums = {name: cube.window_sum(name, start, until)[rows] for name in metrics}
    return cube.entities.iloc[rows].assign(until=until, **sums)
