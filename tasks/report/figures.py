"""What are the figures behind tables and charts? Taken from the same panels the checks use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import isfinite

import numpy as np
import pandas as pd

from connectors.addresses import path_of, site_of
from tasks.cube import Booleans, Cube, Floats, by_account
from tasks.report.model import Measure, Series
from tasks.vocabulary import Vocabulary

PERIOD = "last_7_days"
"""What tables compare with the 7 days before: whole weeks, so that weekdays balance."""


def measure(vocabulary: Vocabulary, name: str) -> Measure:
    """Return a KPI or metric as people see it. A metric has no good direction of its own."""
    if (kpi := vocabulary.kpis.get(name)) is not None:
        return Measure(name, kpi.title, kpi.unit, kpi.better)
    metric = vocabulary.metrics[name]
    return Measure(name, metric.title, metric.unit)


def readable(level: str, names: Sequence[str]) -> list[str]:
    """Return what entities are called in a list: pages of one site by their paths."""
    if level != "page" or len({site_of(name) for name in names}) != 1 or "://" not in names[0]:
        return [*names]
    return [path_of(name) for name in names]


def rest_of_accounts(cube: Cube, accounts: pd.DataFrame, shown: Booleans) -> Cube:
    """Return one row per account: all its entities together that are not `shown`."""
    nobody = len(cube.account_keys)
    account = np.where(shown, nobody, cube.account)
    keys = np.append(cube.account_keys, -1)
    covered = np.vstack([cube.covered, np.zeros((1, len(cube.days)), dtype=np.bool_)])
    apart = replace(cube, account=account, account_keys=keys, covered=covered)
    return by_account(apart, accounts)


def daily(
    vocabulary: Vocabulary, cube: Cube, name: str, row: int, as_of: date, days: int
) -> Series:
    """Return one row's measure for each of the `days` before `as_of`.

    A day that the cube does not have, or that is unknown there, is a gap; so is a day with a zero
    denominator.
    """
    last = as_of.toordinal() - 1
    first = last - days + 1
    inside = np.flatnonzero((cube.days >= first) & (cube.days <= last))

    def figure(metric: str) -> Floats:
        if metric not in cube.values:
            return np.full(len(inside), np.nan)
        return np.asarray(cube.values[metric][row, inside], dtype=np.float64)

    formula = vocabulary.formulas.get(name)
    known = formula.evaluate(lambda _, metric: figure(metric)) if formula else figure(name)
    course = np.full(days, np.nan)
    course[cube.days[inside] - first] = known
    return Series(date.fromordinal(first), tuple(map(optional, course.tolist())))


def tells(vocabulary: Vocabulary, whole: Cube, name: str, place: int, platform: str) -> bool:
    """Tell whether the platform of an account has figures of a measure at all.

    A metric with sources is told by those; of the core ones, which have none, the figures tell:
    there is a day with something other than zero. `place` is the account's row in `whole`.
    """
    return all(
        platform in sources
        if (sources := vocabulary.metrics[metric].sources)
        else metric in whole.values and bool(np.nan_to_num(whole.values[metric][place]).any())
        for metric in vocabulary.metrics_of([name])
    )


def optional(value: float) -> float | None:
    """Turn an array's NaN into None."""
    return float(value) if isfinite(value) else None
