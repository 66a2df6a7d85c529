"""What do rows that were read answer, in a channel's words?"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd

from config.models import Level
from connectors.base import Account, Entity, RejectedError, Window
from connectors.tabular.entities import Describer
from connectors.tabular.figures import covered, frames, last_days
from connectors.tabular.readings import Readings

PAGE = 1000  # entities


class Table:
    """Rows of an account, with the answers of `connectors.base.Channel`."""

    def __init__(self, name: str, readings: Readings, account: Account) -> None:
        self._name = name
        self._readings = readings
        self._describer = Describer(readings.mapping, readings.things, readings.present, account)

    @cached_property
    def levels(self) -> list[Level]:
        """The levels there are columns for."""
        return self._describer.levels()

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of the entities that rows speak of; a level without columns has none."""
        yield from pages(self._describer, levels, last_days(self._readings))

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return the parts of a window between a source's first and last day."""
        if level not in self.levels or self._unknown(breakdown):
            return []
        return covered(self._readings.spans, window)

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield frames of daily figures.

        Raises:
            RejectedError: a level or breakdown without columns, or days that no source covers,
                which are unknown and must not read as zero.
        """
        if level not in self.levels:
            raise RejectedError(
                f"{self._name}: no columns for level {level!r}; it has: {', '.join(self.levels)}"
            )
        if missing := self._unknown(breakdown):
            known = ", ".join(self._readings.mapping.breakdowns) or "none"
            raise RejectedError(
                f"{self._name}: no column for breakdown {missing[0]!r}; it has: {known}"
            )
        if covered(self._readings.spans, window) != [window]:
            spans = ", ".join(f"{span.start} to {span.end}" for span in self._readings.spans[:5])
            raise RejectedError(
                f"{self._name}: covers {spans}, not all of {window.start} to {window.end}; "
                "ask for the days of `covered`, or add an export of the others"
            )
        labels = self._describer.labels(split(breakdown)) if breakdown else None
        yield from frames(self._readings, self._describer.group(level), window, labels)

    def _unknown(self, breakdown: str) -> list[str]:
        columns = self._readings.mapping.breakdowns
        return [n for n in split(breakdown) if columns.get(n) not in self._readings.present]


def pages(
    describer: Describer, levels: Sequence[Level], last: npt.NDArray[np.int64]
) -> Iterator[list[Entity]]:
    """Yield entities in pages; `last` is each thing's last day: the latest row describes."""
    for level in levels:
        if level in describer.levels():
            found = describer.entities(level, last)
            while page := list(islice(found, PAGE)):
                yield page


def split(breakdown: str) -> list[str]:
    """Return the names in a breakdown such as `age,gender`."""
    return [name.strip() for name in breakdown.split(",") if name.strip()]
