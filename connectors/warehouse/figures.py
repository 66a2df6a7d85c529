"""What are daily figures in memory? Columns of equal length, one place per row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from config.models import Level
from connectors.base import Window

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]
TextArray = npt.NDArray[Any]

FIRST_PULL = "first_pull_id"
"""May be read like a metric: the pull that brought the row, NaN if that was not kept yet."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Daily figures of entities, in no particular order. NaN means unknown or does not apply."""

    entity_key: IntArray
    day: IntArray
    """`date.toordinal()` of the account's own day."""
    values: dict[str, FloatArray]
    breakdown: TextArray | None = None
    """`age=25-34` per row; None if the figures are not broken down."""

    def __len__(self) -> int:
        return len(self.entity_key)


@dataclass(frozen=True, slots=True)
class Revisions:
    """Values that are no longer what they were, one per place."""

    entity_key: IntArray
    day: IntArray
    metric: IntArray
    """Position in `metrics`."""
    metrics: tuple[str, ...]
    old: FloatArray
    new: FloatArray
    breakdown: TextArray | None = None

    def __len__(self) -> int:
        return len(self.entity_key)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which daily figures: of these accounts, of one level, in a window, one kind of breakdown."""

    account_keys: tuple[int, ...]
    level: Level
    window: Window
    breakdown: str = ""
