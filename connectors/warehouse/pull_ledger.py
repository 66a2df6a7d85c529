"""Which complete pulls are there, and which days do they cover?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.base import Window
from connectors.warehouse.figures import IntArray, Scope
from connectors.warehouse.schema import pulls

COMPLETE = "complete"

Day = tuple[int, int]
"""An account's key and the ordinal of its day."""


def normal(breakdown: str) -> str:
    """Return the kind of a breakdown under one name: `gender,age` and `age,gender` are the same."""
    return ",".join(sorted(breakdown.split(",")))


def complete_pulls(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on complete pulls that cover a part of the scope."""
    return [
        pulls.c.account_key.in_(scope.account_keys),
        pulls.c.level == scope.level,
        pulls.c.breakdown == normal(scope.breakdown),
        pulls.c.state == COMPLETE,
        pulls.c.window_end >= scope.window.start,
        pulls.c.window_start <= scope.window.end,
    ]


def ledger_of(
    connection: Connection, scope: Scope, known_at: datetime | None = None
) -> Sequence[sa.Row[Any]]:
    """Return the complete pulls that cover a part of the scope, oldest first."""
    columns = ("account_key", "window_start", "window_end", "pulled_at", "metrics")
    query = sa.select(*(pulls.c[name] for name in columns)).where(*complete_pulls(scope))
    if known_at is not None:
        query = query.where(pulls.c.pulled_at <= known_at)
    return connection.execute(query.order_by(pulls.c.pulled_at, pulls.c.pull_id)).all()


def coverage_of(ledger: Sequence[sa.Row[Any]], window: Window) -> pd.DataFrame:
    """Return which days of a window these pulls cover: account_key, date_day (ordinal), and
    pulled_at, the moment of the latest of them. Ordered by account and day."""
    latest = covering(ledger, window.start.toordinal(), window.end.toordinal(), latest=True)
    days = np.array([*latest], np.int64).reshape(-1, 2)
    moments = pd.to_datetime([row.pulled_at for row in ledger], utc=True)
    return pd.DataFrame(
        {
            "account_key": days[:, 0],
            "date_day": days[:, 1],
            "pulled_at": moments.take([*latest.values()]),
        }
    )


def covering(
    ledger: Sequence[sa.Row[Any]], start: int, end: int | None = None, *, latest: bool = False
) -> dict[Day, int]:
    """Return the first (or `latest`) of these pulls that covers each day from `start` to `end`, by
    its place in the ledger. Ordered by account and day."""
    found: dict[Day, int] = {}
    for key in sorted({row.account_key for row in ledger}):
        own = [
            (
                n,
                max(row.window_start.toordinal() - start, 0),
                row.window_end.toordinal() - start + 1,
            )
            for n, row in enumerate(ledger)
            if row.account_key == key
        ]
        days = max(stop for _, _, stop in own) if end is None else end - start + 1
        places = np.full(max(days, 0), -1)
        for n, first, stop in own if latest else reversed(own):
            places[first : max(stop, 0)] = n
        covered = np.flatnonzero(places >= 0)
        days_of_key = zip([key] * len(covered), (covered + start).tolist(), strict=True)
        found |= dict(zip(days_of_key, places[covered].tolist(), strict=True))
    return found


def days_of(ledger: Sequence[sa.Row[Any]]) -> IntArray:
    """Return the ordinals of all days that one of these pulls has covered."""
    nothing = np.empty(0, np.int64)
    windows = {(row.window_start.toordinal(), row.window_end.toordinal()) for row in ledger}
    return np.unique(
        np.concatenate([nothing, *(np.arange(start, end + 1) for start, end in windows)])
    )
