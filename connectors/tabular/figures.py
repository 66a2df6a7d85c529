"""What did each entity do on each day? Rows grouped up to a level, in frames of bounded size."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from connectors.base import Window
from connectors.tabular.entities import Grouping
from connectors.tabular.numbers import Floats
from connectors.tabular.readings import Readings

CELLS = 500_000  # entities times days summed at once, and rows of a frame at most


def frames(
    readings: Readings, grouping: Grouping, window: Window, labels: Grouping | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the daily figures of a level's entities, as `Channel.performance` describes them.

    Rows of one key are summed; a metric with a weight is the mean weighted by that. Where no row
    has a value the sum is NaN, not zero. Each frame takes one pass over the rows.

    Args:
        readings: All rows.
        grouping: The level's entities.
        window: The days wanted.
        labels: Breakdown labels, if one was asked for.
    """
    groups, of_thing = _groups(grouping, labels)
    if not len(groups):
        return
    for part in window.split(max(1, CELLS // len(groups))):
        sums = _Sums(readings, len(groups), part)
        for rows in readings.rows():
            sums.add(of_thing[rows.things], rows.days, rows.figures)
        frame = sums.frame(grouping, labels, groups)
        if len(frame):
            yield frame


def _groups(grouping: Grouping, labels: Grouping | None) -> tuple[pd.Index, npt.NDArray[np.int64]]:
    """Number the pairs of entity and label that occur, and say which each thing has."""
    pairs = grouping.of_thing.astype(np.int64)
    if labels:
        pairs = pairs * len(labels.ids) + labels.of_thing
    which, groups = pd.factorize(pairs, sort=True)
    return pd.Index(groups), which.astype(np.int64)


class _Sums:
    """Sums per entity and day of a few days, as dense arrays."""

    def __init__(self, readings: Readings, groups: int, window: Window) -> None:
        self._metrics = readings.mapping.metrics
        self._window = window
        self._cells = groups * window.days
        self._rows = np.zeros(self._cells)
        self._sums = {name: np.zeros(self._cells) for name in self._metrics}
        self._counts = {name: np.zeros(self._cells) for name in self._metrics}

    def add(
        self, groups: npt.NDArray[np.int64], days: npt.NDArray[np.int32], figures: Sequence[Floats]
    ) -> None:
        """Add a batch of rows; those of other days are passed over."""
        day = days - self._window.start.toordinal()
        inside = (day >= 0) & (day < self._window.days)
        if not inside.any():
            return
        cells = groups[inside] * self._window.days + day[inside]
        self._rows += np.bincount(cells, minlength=self._cells)
        values = {name: figure[inside] for name, figure in zip(self._metrics, figures, strict=True)}
        for name, metric in self._metrics.items():
            weights = values[metric.weight] if metric.weight else np.ones(len(cells))
            known = ~np.isnan(values[name]) & ~np.isnan(weights)
            at, weight = cells[known], weights[known]
            self._sums[name] += np.bincount(at, values[name][known] * weight, self._cells)
            self._counts[name] += np.bincount(at, weight, self._cells)

    def frame(self, grouping: Grouping, labels: Grouping | None, groups: pd.Index) -> pd.DataFrame:
        """Return the cells that had rows, ordered by entity, label and day."""
        cells = np.flatnonzero(self._rows)
        group, day = np.divmod(cells, self._window.days)
        pair = groups.to_numpy()[group]
        entity, label = np.divmod(pair, len(labels.ids)) if labels else (pair, pair)
        first = self._window.start.toordinal()
        names = [
            date.fromordinal(first + offset).isoformat() for offset in range(self._window.days)
        ]
        columns: dict[str, object] = {
            "entity_id": np.array(grouping.ids, object)[entity],
            "date_day": np.array(names, object)[day],
        }
        if labels:
            columns["breakdown"] = np.array(labels.ids, object)[label]
        columns.update({name: self._value(name, cells) for name in self._metrics})
        return pd.DataFrame(columns)

    def _value(self, name: str, cells: npt.NDArray[np.int64]) -> Floats:
        sums, counts = self._sums[name][cells], self._counts[name][cells]
        with np.errstate(invalid="ignore", divide="ignore"):
            means = sums / counts if self._metrics[name].weight else sums
        return np.where(counts == 0, np.nan, means)


def last_days(readings: Readings) -> npt.NDArray[np.int64]:
    """Return the ordinal of each thing's last day."""
    last = np.zeros(len(readings.things.texts), np.int64)
    for rows in readings.rows():
        np.maximum.at(last, rows.things, rows.days.astype(np.int64))
    return last


def covered(spans: Sequence[Window], window: Window) -> list[Window]:
    """Return the parts of a window that the sources' spans cover, in order and joined."""
    parts: list[Window] = []
    for span in sorted(spans, key=lambda span: span.start):
        start, end = max(span.start, window.start), min(span.end, window.end)
        if end < start:
            continue
        if parts and start.toordinal() <= parts[-1].end.toordinal() + 1:
            parts[-1] = Window(parts[-1].start, max(parts[-1].end, end))
        else:
            parts.append(Window(start, end))
    return parts
