"""What comes back from search analytics, in our words: entities and frames of figures.

A page's id is its address in normal form, a query's the query itself, and that of a pair is
`query address`: an address in normal form has no space, so the last one parts the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.models import Level
from connectors.addresses import normal
from connectors.base import Entity
from connectors.channels.search_console.calling import Row

CORE = ("clicks", "impressions")


class Addresses(dict[str, str]):
    """Normal forms of page addresses, each worked out once; `android-app://...` stays as it is."""

    shared = False
    """Whether two addresses so far have one normal form."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def __missing__(self, url: str) -> str:
        self[url] = form = normal(url) or url.replace(" ", "%20")
        self.shared = self.shared or form in self._forms
        self._forms.add(form)
        return form


def to_frame(
    rows: Sequence[Row],
    level: Level,
    metrics: Mapping[str, str],
    addresses: Addresses,
    entity_id: str = "",
) -> pd.DataFrame:
    """Turn rows whose first key is the day into columns, each in one pass.

    `entity_id` is for rows without further keys. Addresses that are the same page in normal form
    (`#part`, campaign parameters) become one row: sums, and the mean position of all impressions.
    """
    keys = [row["keys"] for row in rows]
    ids = [entity_id] * len(rows) if entity_id else _ids(keys, level, addresses, skip=1)
    days = [key[0] for key in keys]
    columns = {
        ours: np.array([row[name] for row in rows], np.float64)
        for ours, name in {**dict(zip(CORE, CORE, strict=True)), **metrics}.items()
    }
    frame = pd.DataFrame({"entity_id": ids, "date_day": days, **columns}, copy=False)
    return _together(frame, [*metrics]) if addresses.shared else frame


def described(level: Level, entity_id: str) -> Entity:
    """Return a page, query or pair of both: its id says all that there is to know."""
    if level == "page":
        return Entity(level, entity_id, entity_id, "enabled", url=entity_id)
    if level == "query":
        return Entity(level, entity_id, entity_id, "enabled")
    query, _, page = entity_id.rpartition(" ")
    return Entity(level, entity_id, query, "enabled", parent_id=page, url=page)


def _ids(
    keys: Iterable[Sequence[str]], level: Level, addresses: Addresses, skip: int = 0
) -> list[str]:
    """Return the ids of rows whose keys begin with `skip` that are not the thing's."""
    if level == "page":
        return [addresses[key[skip]] for key in keys]
    if level == "query":
        return [key[skip] for key in keys]
    return [f"{key[skip]} {addresses[key[skip + 1]]}" for key in keys]


def _together(frame: pd.DataFrame, positions: Sequence[str]) -> pd.DataFrame:
    """Sum the rows of one key; a position is the mean over the impressions."""
    weight: NDArray[Any] = frame["impressions"].to_numpy()
    frame = frame.assign(**{name: frame[name] * weight for name in positions})
    summed = frame.groupby(["entity_id", "date_day"], sort=False, as_index=False).sum()
    shown = summed["impressions"].where(summed["impressions"] > 0)
    return summed.assign(**{name: summed[name] / shown for name in positions})
