"""What does a complete pull change about the stored figures? Arrays in, arrays out.

- A key that comes twice in the pull counts with its last values.
- A stored row that the pull no longer has becomes zero.
- A metric that the pull did not bring stays as it is.
- Every value that differs from what was known is a revision. A row that was missing from an
  earlier complete pull was known to be zero.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from connectors.warehouse.figures import (
    Figures,
    FloatArray,
    IntArray,
    Revisions,
    TextArray,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to write, whole and in the order of the table's key, and the values they replace."""

    rows: Figures
    revisions: Revisions


@dataclass(frozen=True, slots=True)
class _Keys:
    """Every key that the pull has or that is stored, in the order of the table's key.

    `pulled` and `stored` are positions in those figures, -1 where they lack the key.
    """

    pulled: IntArray
    stored: IntArray

    def at(self, places: IntArray) -> "_Keys":
        return _Keys(self.pulled[places], self.stored[places])


def merge(stored: Figures, pulled: Figures, known_days: IntArray) -> Changes:
    """Compare a complete pull with what is stored of the same account, level and window.

    `known_days` are the ordinals of the days that an earlier complete pull has covered.
    """
    metrics = tuple(dict.fromkeys((*stored.values, *pulled.values)))
    keys = _line_up(stored, pulled)
    is_new = keys.stored < 0
    _, day, _ = _key_columns(stored, pulled, keys)
    known = ~is_new | np.isin(day, known_days)
    write = is_new.copy()
    revised = []
    for metric in metrics:
        before, after = _before(metric, stored, keys), _after(metric, stored, pulled, keys)
        differs = (before != after) & ~(np.isnan(before) & np.isnan(after))
        write |= differs
        at = np.flatnonzero(differs & known & ~(is_new & np.isnan(after)))
        revised.append((at, before[at], after[at]))
    written = keys.at(np.flatnonzero(write))
    entity_key, day, breakdown = _key_columns(stored, pulled, written)
    values = {metric: _after(metric, stored, pulled, written) for metric in metrics}
    rows = Figures(entity_key, day, values, breakdown)
    return Changes(rows, _revisions(stored, pulled, keys, metrics, revised))


def _line_up(stored: Figures, pulled: Figures) -> _Keys:
    """Match the rows of both by key; of equal keys in the pull take the last."""
    slots = _slots(stored, pulled)
    # A stable order has, within a key, the stored row first and the pull's last row last.
    order = np.argsort(slots, kind="stable")
    slots = slots[order]
    starts = np.ones(len(slots), bool)
    starts[1:] = slots[1:] != slots[:-1]
    first, last = order[starts], order[np.roll(starts, -1)]
    return _Keys(
        pulled=np.where(last >= len(stored), last - len(stored), -1),
        stored=np.where(first < len(stored), first, -1),
    )


def _slots(stored: Figures, pulled: Figures) -> IntArray:
    """Number the keys (entity, breakdown, day) of both, so that their order is the table's."""
    slots = np.concatenate([stored.entity_key, pulled.entity_key])
    if not len(slots):
        return slots
    slots -= slots.min()
    if stored.breakdown is not None and pulled.breakdown is not None:
        names = np.concatenate([stored.breakdown, pulled.breakdown])
        codes, different = pd.factorize(names, sort=True)
        slots = slots * len(different) + codes
    ends = [end(side.day) for side in (stored, pulled) if len(side) for end in (np.min, np.max)]
    slots *= max(ends) - min(ends) + 1
    slots[: len(stored)] += stored.day - min(ends)
    slots[len(stored) :] += pulled.day - min(ends)
    return slots


def _key_columns(
    stored: Figures, pulled: Figures, keys: _Keys
) -> tuple[IntArray, IntArray, TextArray | None]:
    """Return entity, day and breakdown of the keys, from whichever side has them."""
    entity_key, day = np.zeros((2, len(keys.pulled)), np.int64)
    breakdown = None if pulled.breakdown is None else np.empty(len(keys.pulled), dtype=object)
    for side, at in ((stored, keys.stored), (pulled, keys.pulled)):
        _fill(entity_key, side.entity_key, at)
        _fill(day, side.day, at)
        if breakdown is not None and side.breakdown is not None:
            _fill(breakdown, side.breakdown, at)
    return entity_key, day, breakdown


def _fill(target: TextArray, values: TextArray, at: IntArray) -> None:
    """Put `values[at]` into the target, and leave the places without one (-1) as they are."""
    there = at >= 0
    target[there] = values[at[there]]


def _before(metric: str, stored: Figures, keys: _Keys) -> FloatArray:
    """Return a metric as it was known; a row that is not stored was zero."""
    before = np.where(keys.stored >= 0, np.nan, 0.0)
    if metric in stored.values:
        _fill(before, stored.values[metric], keys.stored)
    return before


def _after(metric: str, stored: Figures, pulled: Figures, keys: _Keys) -> FloatArray:
    """Return a metric as it must be: pulled, else as it was, and zero where the row is gone."""
    after = np.full(len(keys.pulled), np.nan)
    if metric in stored.values:
        _fill(after, stored.values[metric], keys.stored)
        after[(keys.pulled < 0) & ~np.isnan(after)] = 0.0
    if metric in pulled.values:
        _fill(after, pulled.values[metric], keys.pulled)
    return after


def _revisions(
    stored: Figures,
    pulled: Figures,
    keys: _Keys,
    metrics: tuple[str, ...],
    revised: list[tuple[IntArray, FloatArray, FloatArray]],
) -> Revisions:
    """Gather the places of each metric, with its values before and after, in the keys' order."""
    at, old, new = (np.concatenate(parts) for parts in zip(*revised, strict=True))
    metric = np.repeat(np.arange(len(metrics)), [len(places) for places, _, _ in revised])
    order = np.argsort(at, kind="stable")
    entity_key, day, breakdown = _key_columns(stored, pulled, keys.at(at[order]))
    return Revisions(entity_key, day, metric[order], metrics, old[order], new[order], breakdown)
