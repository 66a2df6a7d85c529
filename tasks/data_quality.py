"""How far can an account's data be trusted?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from config.models import Level
from tasks.cube import Cube
from tasks.report.numbers import day, plural

State = Literal["fresh", "stale", "partial", "never"]


@dataclass(frozen=True, slots=True)
class Quality:
    """What one level of one account has, among the days that were looked at."""

    account_key: int
    account: str
    level: Level
    state: State
    last_day: date | None
    days_behind: int | None
    """How many days the last complete day is before yesterday; None: there is no complete day."""
    missing_days: int
    """Days before the last complete one that no complete pull covers, after the first."""
    text: str
    """For people; the error text in it is data."""


def data_quality(
    accounts: pd.DataFrame,
    cubes: Mapping[Level, Cube],
    as_of: date,
    *,
    stale_after_days: int = 0,
    failures: Mapping[str, str] | None = None,
) -> list[Quality]:
    """Assess each level of each account, accounts in their order.

    never: no complete day. stale: more than `stale_after_days` behind yesterday. partial: recent
    enough, but days in between are missing, or the account's pull failed in this run (`failures`:
    entry to error), so that some of it is older than the rest. fresh: everything else.
    """
    errors = failures or {}
    return [
        _quality(
            account, level, cube, as_of, stale_after_days, errors.get(str(account["entry"]), "")
        )
        for _, account in accounts.iterrows()
        for level, cube in cubes.items()
    ]


def _quality(
    account: pd.Series, level: Level, cube: Cube, as_of: date, stale_after_days: int, error: str
) -> Quality:
    key, name = int(account["account_key"]), str(account["name"])
    rows = np.flatnonzero(cube.account_keys == key)
    before = cube.days < as_of.toordinal()
    covered = cube.covered[rows[0]] & before if len(rows) else np.zeros_like(before)
    failed = f"; the pull of this run failed: {error}" if error else ""
    if not covered.any():
        text = f"no day was ever pulled completely{failed}"
        return Quality(key, name, level, "never", None, None, 0, text)
    places = np.flatnonzero(covered)
    last = date.fromordinal(int(cube.days[places[-1]]))
    behind = (as_of - timedelta(days=1) - last).days
    missing = int(places[-1] - places[0] + 1 - len(places))
    state: State = "partial" if missing or error else "fresh"
    state = "stale" if behind > stale_after_days else state
    late = f", {plural(behind, 'day')} behind" if behind else ""
    holes = f", {plural(missing, 'day')} before it missing" if missing else ""
    text = f"complete to {day(last)}{late}{holes}{failed}"
    return Quality(key, name, level, state, last, behind, missing, text)
