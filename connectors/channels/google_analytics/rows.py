"""What comes back from Google Analytics, in our words: entities and frames of figures.

A landing page's id is its address in normal form. `(not set)` and `(other)` are no pages but have
figures, so they are entities of their own, without an address. A campaign's id is its name.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from config.models import Level
from connectors.addresses import normal
from connectors.base import Entity
from connectors.channels.google_analytics.calling import Row

NOT_SET = "(not set)"
OTHER = "(other)"
"""What Google calls the rows that it put together because there were too many."""


class Ids(dict[str, str]):
    """The id of each value of a level's dimension, worked out once."""

    def __init__(self, site: str, level: Level) -> None:
        self._site = site if level == "page" else ""

    def __missing__(self, value: str) -> str:
        self[value] = made = self._made(value or NOT_SET)
        return made

    def _made(self, value: str) -> str:
        is_path = bool(self._site) and value.startswith("/")
        return (normal(self._site + value) or value) if is_path else value


def to_frame(
    rows: Sequence[Row],
    columns: Mapping[str, int | None],
    parts: Sequence[str],
    ids: Mapping[str, str] | str,
) -> pd.DataFrame:
    """Turn rows whose first dimension is the day into columns; rows of one key become one.

    `columns`: our name of a metric to its place among a row's values; None where the credential
    may not see it, which is NaN and not the zero that Google sends. `parts`: the breakdown's names,
    its values come last. `ids`: of the second dimension, or of everything.
    """
    keys = [[value["value"] for value in row["dimensionValues"]] for row in rows]
    values = [row["metricValues"] for row in rows]
    same = isinstance(ids, str)
    frame: dict[str, list[str]] = {
        "entity_id": [ids] * len(keys) if isinstance(ids, str) else [ids[key[1]] for key in keys],
        "date_day": [f"{key[0][:4]}-{key[0][4:6]}-{key[0][6:]}" for key in keys],
    }
    if parts:
        frame["breakdown"] = [_breakdown(parts, key[1 if same else 2 :]) for key in keys]
    figures = {
        ours: np.full(len(rows), np.nan)
        if place is None
        else np.array([value[place]["value"] for value in values], np.float64)
        for ours, place in columns.items()
    }
    made = pd.DataFrame({**frame, **figures}, copy=False)
    return _together(made, [*frame])


def described(level: Level, entity_id: str) -> Entity:
    """Return a landing page, or a campaign: whether it runs is not known here."""
    if level == "campaign":
        return Entity(level, entity_id, entity_id, "unknown")
    url = entity_id if normal(entity_id) else None
    return Entity(level, entity_id, entity_id, "enabled", url=url)


def has_day(row: Row) -> bool:
    """Tell whether a row is about one day: rows that Google puts together may be about many."""
    day = row["dimensionValues"][0]["value"]
    return len(day) == 8 and day.isdigit()


def is_other(row: Row) -> bool:
    """Tell whether Google put other rows together in this one."""
    return any(value["value"] == OTHER for value in row["dimensionValues"])


def _breakdown(parts: Sequence[str], values: Sequence[str]) -> str:
    """Return `source=google,medium=organic`; a comma of a value would look like the next part."""
    pairs = zip(parts, values, strict=True)
    return ",".join(f"{part}={(value or NOT_SET).replace(',', '%2C')}" for part, value in pairs)


def _together(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sum the rows of one key: addresses that differ in campaign parameters are one page."""
    if not frame.duplicated(keys).any():
        return frame
    return frame.groupby(keys, sort=False, as_index=False).sum(min_count=1)
