"""What did a pull bring? Frames go in page by page, checked, and stay as compact columns.

A row takes about 8 bytes per metric and 16 for its key, so a million rows of five metrics take
some 60 MB until the pull is complete and written at once.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pandas as pd

from connectors.base import Entity, RejectedError, Window
from connectors.sites import Quality
from connectors.warehouse.figures import Codes, Figures, FloatArray, TextArray

METRIC = re.compile(r"[a-z][a-z0-9_]*")
DIMENSION = re.compile(r"(?:^|,)([a-z][a-z0-9_]*)=")


def dimensions(breakdown: str) -> tuple[str, ...]:
    """Return what a row is broken down by: `age=25-34,gender=male` gives `age` and `gender`."""
    return tuple(sorted(DIMENSION.findall(breakdown)))


class PullWriter:
    """Collects the pages of one pull. Nothing is written before the pull is complete."""

    def __init__(self, window: Window, breakdown: str) -> None:
        self._window = window
        self._dimensions = tuple(sorted(breakdown.split(","))) if breakdown else ()
        self._entities: dict[str, int] = {}
        self._breakdowns: dict[str, int] = {}
        self._pages: list[tuple[Codes, Codes, Codes]] = []
        self._values: dict[str, list[FloatArray]] = {}
        self.rows = 0
        """How many rows came, keys that came twice counted twice."""
        self.describe: Callable[[str], Entity] | None = None
        """What a thing is that figures come for and no list has named; None: nobody knows."""
        self.quality: Quality | None = None
        """What the platform says that these figures lack; None: it says nothing about it."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that came, in alphabetical order."""
        return tuple(sorted(self._values))

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """The platform's ids of the entities that came, in order of appearance."""
        return tuple(self._entities)

    def add(self, frame: pd.DataFrame) -> None:
        """Take one page in the shape of `Channel.performance`; see `connectors/base.py`.

        Raises `RejectedError` for a figure that cannot be: negative, infinite, not a number; for
        a day outside the window; for an unusable key. The message names entity, day and metric.
        """
        if frame.empty:
            return
        keys = ["entity_id", "date_day", *(["breakdown"] if self._dimensions else [])]
        if missing := [name for name in keys if name not in frame.columns]:
            raise RejectedError(f"figures lack the column {missing[0]}; they have {[*frame]}")
        self._check_values(frame, keys)
        entity = self._codes(frame, "entity_id", self._entities)
        breakdown: Codes = np.zeros(len(frame), np.int32)
        if self._dimensions:
            breakdown = self._codes(frame, "breakdown", self._breakdowns)
        self._pages.append((entity, breakdown, self._days(frame)))
        self.rows += len(frame)

    def figures(self, entity_keys: Mapping[str, int]) -> Figures:
        """Return all rows so far, in the order they came, and let go of the pages."""
        nothing = np.empty(0, np.int32)
        columns = [np.concatenate([nothing, *(page[i] for page in self._pages)]) for i in range(3)]
        self._pages.clear()
        keys = np.array([entity_keys[name] for name in self._entities], np.int64)
        names = np.array([*self._breakdowns], dtype=object)
        values = {}
        for metric in self.metrics:
            values[metric] = np.concatenate(self._values.pop(metric))
        entity, breakdown, day = columns
        return Figures(
            entity_key=keys[entity],
            day=day.astype(np.int64),
            values=values,
            breakdown=names[breakdown] if self._dimensions else None,
        )

    def _codes(self, frame: pd.DataFrame, column: str, known: dict[str, int]) -> Codes:
        """Number the texts of a column, the same number for the same text on every page."""
        codes, texts = _factorize(frame, column)
        if column == "breakdown":
            for text in texts:
                if dimensions(text) != self._dimensions:
                    raise RejectedError(
                        f"breakdown {text!r} does not say {' and '.join(self._dimensions)}; "
                        "it must read like age=25-34,gender=male"
                    )
        numbers = np.array([known.setdefault(text, len(known)) for text in texts], np.int32)
        taken: Codes = numbers[codes]
        return taken

    def _days(self, frame: pd.DataFrame) -> Codes:
        codes, texts = _factorize(frame, "date_day")
        ordinals = np.empty(len(texts), np.int32)
        for i, text in enumerate(texts):
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise RejectedError(f"date_day {text!r} is no day; write YYYY-MM-DD") from None
            if not self._window.start <= day <= self._window.end:
                raise RejectedError(
                    f"figures for {day} came, but {self._window.start} to {self._window.end} "
                    "was asked for"
                )
            ordinals[i] = day.toordinal()
        taken: Codes = ordinals[codes]
        return taken

    def _check_values(self, frame: pd.DataFrame, keys: list[str]) -> None:
        """Check and keep the metrics. A metric that some pages lack is unknown on those."""
        metrics = [name for name in frame.columns if name not in {*keys, "breakdown"}]
        columns = {metric: _numbers(frame, metric) for metric in metrics}
        for metric, pages in self._values.items():
            if metric not in columns:
                pages.append(np.full(len(frame), np.nan))
        for metric, values in columns.items():
            earlier = [np.full(self.rows, np.nan)] if self.rows else []
            self._values.setdefault(metric, earlier).append(values)


def _factorize(frame: pd.DataFrame, column: str) -> tuple[Codes, TextArray]:
    codes, texts = pd.factorize(frame[column])
    different = np.asarray(texts, dtype=object)
    if (codes < 0).any() or not all(isinstance(text, str) and text for text in different):
        raise RejectedError(f"figures have a {column} that is empty or not text")
    return codes, different


def _numbers(frame: pd.DataFrame, metric: str) -> FloatArray:
    """Return a metric's figures, every one at least zero and finite, or NaN."""
    if not METRIC.fullmatch(str(metric)):
        raise RejectedError(f"metric {metric!r}: a metric's name is like search_impression_share")
    try:
        values = frame[metric].to_numpy(np.float64, na_value=np.nan) + 0.0  # makes -0.0 a zero
    except (TypeError, ValueError):
        raise RejectedError(f"{metric} holds {frame[metric].dtype}, not numbers") from None
    wrong = np.flatnonzero((values < 0) | np.isinf(values))
    if len(wrong):
        row = frame.iloc[int(wrong[0])]
        raise RejectedError(
            f"entity {row['entity_id']} on {row['date_day']}: {metric} is {values[wrong[0]]:g}; "
            "figures are zero or more and finite; correct the source"
        )
    return values
