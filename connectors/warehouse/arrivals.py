"""How late do an account's figures arrive? Its daily totals of a metric, and how they grew.

Some days' conversions are known at once, others weeks later. What a day's total was when it was
first known, and every later change of it, tell how complete it was at which age.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.warehouse.figures import Figures, FloatArray, IntArray, Scope
from connectors.warehouse.known import owners
from connectors.warehouse.pull_ledger import Day, covering
from connectors.warehouse.schema import accounts, entities, revisions

Step = tuple[Day, datetime, float]
"""By how much a day's total changed, and when."""

_DAYS = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Changes of daily totals, and the days they are of. Two tables, arrays of equal length each.

    An age is in days, from the account's day to the account's date of the pull: a pull on the next
    day finds the age 1, today's own figures have the age 0. Several changes at one age are one.
    """

    account_key: IntArray  # per change, ordered by account, day and age
    day: IntArray  # ordinals, as `date.toordinal`
    age: IntArray
    old: FloatArray  # the account's total of the day before
    new: FloatArray  # and after the change
    known_account_key: IntArray  # per known day, ordered by account and day
    known_day: IntArray
    first_age: IntArray  # when a complete pull first brought the metric
    first: FloatArray  # the total then
    last_age: IntArray  # when the latest pull looked: later changes are not known


@dataclass(frozen=True, slots=True)
class _Known:
    """What the pulls say of a day: when one first brought the metric, and the ages of both ends."""

    first_at: datetime
    first_age: int
    last_age: int


def arrivals_of(
    connection: Connection, scope: Scope, figures: Figures, ledger: Sequence[sa.Row[Any]]
) -> dict[str, Arrivals]:
    """Put the arrivals of each metric of the figures together: from the figures of now, the
    complete pulls and the revisions."""
    account = owners(connection, scope, figures.entity_key)
    zones = zones_of(connection, scope)
    steps = steps_of(connection, scope, [*figures.values])
    return {
        metric: arrivals(
            scope, metric, totals_of(account, figures.day, values), ledger, zones, steps[metric]
        )
        for metric, values in figures.values.items()
    }


def arrivals(
    scope: Scope,
    metric: str,
    totals: Mapping[Day, float],
    ledger: Sequence[sa.Row[Any]],
    zones: Mapping[int, ZoneInfo],
    steps: Iterable[Step],
) -> Arrivals:
    """Return how each day's total came to be what it is, by these complete pulls and steps."""
    known = _known_days(scope, metric, ledger, zones)
    growth = _growth(known, zones, steps)
    changes: list[tuple[float, ...]] = []
    days: list[tuple[float, ...]] = []
    for (account, day), seen in sorted(known.items()):
        grown = [(age, step) for age, step in sorted(growth[account, day].items()) if step]
        total_now = totals.get((account, day), 0.0)
        first = total = _exact(total_now - sum(step for _, step in grown))
        for age, step in grown:
            before, total = total, _exact(total + step)
            changes.append((account, day, age, before, total))
        days.append((account, day, seen.first_age, first, seen.last_age))
    return Arrivals(*_columns(changes, "iiiff"), *_columns(days, "iiifi"))


def zones_of(connection: Connection, scope: Scope) -> dict[int, ZoneInfo]:
    """Return the time zone of each of the scope's accounts."""
    query = sa.select(accounts.c.account_key, accounts.c.time_zone).where(
        accounts.c.account_key.in_(scope.account_keys)
    )
    return {key: ZoneInfo(name) for key, name in connection.execute(query)}


def _age(day: int, moment: datetime, zone: ZoneInfo) -> int:
    return moment.astimezone(zone).date().toordinal() - day


def _known_days(
    scope: Scope, metric: str, ledger: Sequence[sa.Row[Any]], zones: Mapping[int, ZoneInfo]
) -> dict[Day, _Known]:
    """Return the days that a complete pull of this metric covers. One without rows has them all."""
    own = [pull for pull in ledger if not pull.metrics or metric in pull.metrics.split(",")]
    today = [_age(0, pull.pulled_at, zones[pull.account_key]) for pull in own]
    start = scope.window.start.toordinal()
    first, last = covering(own, start), covering(own, start, latest=True)
    return {
        day: _Known(own[n].pulled_at, today[n] - day[1], today[last[day]] - day[1])
        for day, n in first.items()
    }


def totals_of(account: IntArray, day: IntArray, values: FloatArray) -> dict[Day, float]:
    """Return the total of each account's day; unknown figures add nothing."""
    pairs, place = np.unique(account * _DAYS + day, return_inverse=True)
    sums = np.bincount(place, np.nan_to_num(values), len(pairs))
    return {
        divmod(pair, _DAYS): total
        for pair, total in zip(pairs.tolist(), sums.tolist(), strict=True)
    }


def steps_of(connection: Connection, scope: Scope, metrics: Sequence[str]) -> dict[str, list[Step]]:
    """Return every change of the daily totals of each metric."""
    grown = sa.func.coalesce(revisions.c.new_value, 0.0) - sa.func.coalesce(
        revisions.c.old_value, 0.0
    )
    of = (
        revisions.c.metric,
        entities.c.account_key,
        revisions.c.date_day,
        revisions.c.changed_at,
    )
    query = (
        sa.select(*of, sa.func.sum(grown))
        .join_from(revisions, entities, entities.c.entity_key == revisions.c.entity_key)
        .where(
            entities.c.account_key.in_(scope.account_keys),
            entities.c.level == scope.level,
            revisions.c.breakdown == "",
            revisions.c.date_day >= scope.window.start,
            revisions.c.metric.in_(metrics),
        )
        .group_by(*of)
    )
    steps: dict[str, list[Step]] = {metric: [] for metric in metrics}
    for metric, account, day, changed_at, step in connection.execute(query):
        steps[metric].append(((account, day.toordinal()), changed_at, step))
    return steps


def _growth(
    known: Mapping[Day, _Known], zones: Mapping[int, ZoneInfo], steps: Iterable[Step]
) -> defaultdict[Day, defaultdict[int, float]]:
    """Return by how much each day's total grew, by age, after it was first known."""
    growth: defaultdict[Day, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (account, day), changed_at, step in steps:
        seen = known.get((account, day))
        if seen is not None and changed_at > seen.first_at:
            growth[account, day][_age(day, changed_at, zones[account])] += step
    return growth


def _exact(value: float) -> float:
    """Drop what subtracting leaves behind: a billionth is no conversion and no money."""
    return round(value, 9)


def _columns(rows: Sequence[tuple[float, ...]], kinds: str) -> list[Any]:
    table = np.array(rows, np.float64).reshape(-1, len(kinds))
    return [
        column.astype(np.int64) if kind == "i" else column
        for kind, column in zip(kinds, table.T, strict=True)
    ]
