"""Which insights are asked of Meta, and which columns they become."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from config.models import Level
from connectors.base import RejectedError, Window

Row = Mapping[str, Any]
Column = NDArray[np.float64]

LEVELS: dict[Level, tuple[str, str]] = {
    "account": ("account", "account_id"),
    "campaign": ("campaign", "campaign_id"),
    "ad_group": ("adset", "adset_id"),
    "ad": ("ad", "ad_id"),
}
"""Our level to Meta's, and where its id stands."""

CORE = ("impressions", "clicks", "spend", "actions", "action_values")

BREAKDOWNS = (
    "age",
    "gender",
    "country",
    "region",
    "dma",
    "publisher_platform",
    "platform_position",
    "device_platform",
    "impression_device",
    "hourly_stats_aggregated_by_advertiser_time_zone",
    "hourly_stats_aggregated_by_audience_time_zone",
)

PERCENT = re.compile(r"(\w+_)?ctr")


def breakdowns(text: str) -> tuple[str, ...]:
    """Return the names in `age,gender`. Raises `RejectedError` for one that Meta does not have."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in BREAKDOWNS]:
        known = ", ".join(BREAKDOWNS)
        raise RejectedError(f"meta_ads has no breakdown {', '.join(unknown)}; it has {known}")
    return names


@dataclass(frozen=True, slots=True)
class Columns:
    """What one pull wants to know."""

    level: Level
    breakdowns: tuple[str, ...]
    conversion_action: str
    windows: tuple[str, ...]
    metrics: Mapping[str, str]  # our name to `field` or `list field:type`

    def params(self, window: Window) -> dict[str, str]:
        """Return the call's parameters; lists and objects are JSON in a string."""
        if self.level not in LEVELS:
            raise RejectedError(f"meta_ads has no level {self.level}; it has {', '.join(LEVELS)}")
        level, key = LEVELS[self.level]
        further = (path.partition(":")[0] for path in self.metrics.values())
        params = {
            "level": level,
            "fields": ",".join(dict.fromkeys((key, *CORE, *further))),
            "time_range": _json({"since": str(window.start), "until": str(window.end)}),
            "time_increment": "1",
        }
        if self.breakdowns:
            params["breakdowns"] = _json(self.breakdowns)
        if self.windows:
            params["action_attribution_windows"] = _json(self.windows)
        return params

    def frame(self, rows: Sequence[Row]) -> pd.DataFrame:
        """Turn a page into columns, each in one pass."""
        key = LEVELS[self.level][1]
        columns: dict[str, Any] = {
            "entity_id": pd.array([str(row[key]) for row in rows], dtype="str"),
            "date_day": pd.array([row["date_start"] for row in rows], dtype="str"),
        }
        if self.breakdowns:
            columns["breakdown"] = pd.array([self._breakdown(row) for row in rows], dtype="str")
        columns |= {name: _numbers(rows, name) for name in ("spend", "impressions", "clicks")}
        columns["conversions"] = self._actions(rows, "actions", self.conversion_action)
        columns["conversions_value"] = self._actions(rows, "action_values", self.conversion_action)
        for name, path in self.metrics.items():
            field, _, kind = path.partition(":")
            values = self._actions(rows, field, kind) if kind else _numbers(rows, field)
            columns[name] = values / 100 if PERCENT.fullmatch(field) else values
        return pd.DataFrame(columns)

    def _breakdown(self, row: Row) -> str:
        return ",".join([f"{name}={row.get(name, 'unknown')}" for name in self.breakdowns])

    def _actions(self, rows: Sequence[Row], field: str, kind: str) -> Column:
        """Return one action type's values; a type that is missing from the list is zero."""
        return np.array([self._action(row.get(field) or (), kind) for row in rows], np.float64)

    def _action(self, actions: Sequence[Row], kind: str) -> float:
        return sum(self._value(action) for action in actions if action["action_type"] == kind)

    def _value(self, action: Row) -> float:
        """Return the value under each ad set's setting, or over the windows that were chosen."""
        if not self.windows:
            return float(action["value"])
        return sum(float(action.get(window, 0)) for window in self.windows)


def _numbers(rows: Sequence[Row], field: str) -> Column:
    """Return numbers that came as text; NaN where the field is absent."""
    return np.array([row.get(field) for row in rows], np.float64)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
