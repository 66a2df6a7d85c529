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
    BoolArray,
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


def merge(stored: Figures, pulled: Figures, known_days: IntArray) -> Changes:
    """Compare a complete pull with what is stored of the same account, level and window.

    `known_days` are the ordinals of the days that an earlier complete pull has covered.
    """
    keys = _line_up(stored, pulled)
    every = _rows(stored, pulled, keys)
    is_new = keys.stored < 0
    known = ~is_new | np.isin(every.day, known_days)
    write = is_new.copy()
    revised: dict[str, tuple[IntArray, FloatArray]] = {}
    for metric, after in every.values.items():
        before = _before(metric, stored, keys)
        differs = (before != after) & ~(np.isnan(before) & np.isnan(after))
        write |= differs
        at = np.flatnonzero(differs & known & ~(is_new & np.isnan(after)))
        revised[metric] = at, before[at]
    return Changes(_select(every, write), _revisions(every, revised))


def _line_up(stored: Figures, pulled: Figures) -> _Keys:
    """Match the rows of both by key; of equal keys in the pull take the last."""
    slots = _slots(stored, pulled)
    every, place = np.unique(slots, return_inverse=True)
    keys = _Keys(np.full(len(every), -1), np.full(len(every), -1))
    keys.stored[place[: len(stored)]] = np.arange(len(stored))
    np.maximum.at(keys.pulled, place[len(stored) :], np.arange(len(pulled)))
    return keys


def _slots(stored: Figures, pulled: Figures) -> IntArray:
    """Number the keys (entity, breakdown, day) of both, so that their order is the table's."""
    both = np.concatenate([stored.entity_key, pulled.entity_key])
    day = np.concatenate([stored.day, pulled.day])
    if not len(day):
        return day
    slots: IntArray = both - both.min()
    if stored.breakdown is not None and pulled.breakdown is not None:
        names = np.concatenate([stored.breakdown, pulled.breakdown])
        codes, different = pd.factorize(names, sort=True)
        slots = slots * len(different) + codes
    slots *= int(np.ptp(day)) + 1
    slots += day - day.min()
    return slots


def _rows(stored: Figures, pulled: Figures, keys: _Keys) -> Figures:
    """Return every row as it must be after the pull."""
    metrics = dict.fromkeys((*stored.values, *pulled.values))
    breakdown = None
    if stored.breakdown is not None and pulled.breakdown is not None:
        breakdown = np.empty(len(keys.pulled), dtype=object)
        _fill(breakdown, stored.breakdown, keys.stored)
        _fill(breakdown, pulled.breakdown, keys.pulled)
    entity_key, day = np.zeros((2, len(keys.pulled)), np.int64)
    rows = Figures(entity_key, day, {}, breakdown)
    for side, at in ((stored, keys.stored), (pulled, keys.pulled)):
        _fill(rows.entity_key, side.entity_key, at)
        _fill(rows.day, side.day, at)
    for metric in metrics:
        rows.values[metric] = _after(metric, stored, pulled, keys)
    return rows


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


def _select(rows: Figures, at: BoolArray | IntArray) -> Figures:
    return Figures(
        rows.entity_key[at],
        rows.day[at],
        {metric: values[at] for metric, values in rows.values.items()},
        None if rows.breakdown is None else rows.breakdown[at],
    )


def _revisions(rows: Figures, revised: dict[str, tuple[IntArray, FloatArray]]) -> Revisions:
    """Gather the revised places of all metrics, in the order of the rows."""
    at = np.concatenate([places for places, _ in revised.values()])
    metric = np.repeat(np.arange(len(revised)), [len(places) for places, _ in revised.values()])
    old = np.concatenate([before for _, before in revised.values()])
    new = np.concatenate([rows.values[name][places] for name, (places, _) in revised.items()])
    order = np.argsort(at, kind="stable")
    at = at[order]
    return Revisions(
        entity_key=rows.entity_key[at],
        day=rows.day[at],
        metric=metric[order],
        metrics=tuple(revised),
        old=old[order],
        new=new[order],
        breakdown=None if rows.breakdown is None else rows.breakdown[at],
    )
