"""Who comes, and where from? Figures of the period by the platform's own breakdowns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from config.models import Report as Shape
from tasks.cube import Floats, Integers
from tasks.report.figures import measure, optional
from tasks.report.kpi_tables import Ground, others_together
from tasks.report.model import Breakdown, Figure, KpiRow
from tasks.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class BreakdownFigures:
    """Daily figures of one account over the report's period, as the warehouse gives them."""

    account_key: int
    kind: str
    """What was asked for, such as `age,gender`."""
    labels: npt.NDArray[Any]
    """Per row, such as `age=25-34,gender=female`."""
    values: Mapping[str, Floats]


def breakdown_tables(
    ground: Ground, found: Sequence[BreakdownFigures], shape: Shape
) -> tuple[Breakdown, ...]:
    """Return a table per account and breakdown, the largest first, the others in one row.

    Measures made of metrics that have no breakdown are left out; so is a breakdown without rows.
    """
    return tuple(
        _table(ground, figures, shape)
        for figures in found
        if len(figures.labels) and figures.account_key in ground.titles
    )


def _table(ground: Ground, found: BreakdownFigures, shape: Shape) -> Breakdown:
    most_rows = shape.rows
    labels, group = np.unique(found.labels.astype(str), return_inverse=True)
    sums = _sums(found, group, len(labels))
    order = np.argsort(
        -np.nan_to_num(sums.get(shape.sort_by, np.zeros(len(labels)))), kind="stable"
    )
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.minimum(np.arange(len(order)), most_rows)
    count = min(len(labels), most_rows + 1)
    sums = _sums(found, place[group], count)
    columns = {
        name: column
        for name in shape.kpis
        if (column := _column(ground.vocabulary, name, sums)) is not None
    }
    names = [_readable(labels[row]) for row in order[:most_rows]]
    if len(labels) > most_rows:
        names.append(others_together(len(labels) - most_rows))
    rows = [
        KpiRow(name, tuple(Figure(optional(column[row])) for column in columns.values()))
        for row, name in enumerate(names)
    ]
    keys = ground.accounts["account_key"].tolist()
    return Breakdown(
        account=ground.titles[found.account_key],
        title=" and ".join(found.kind.replace("_", " ").split(",")),
        currency=ground.currency(keys.index(found.account_key)),
        measures=tuple(measure(ground.vocabulary, name) for name in columns),
        rows=tuple(rows[:most_rows]),
        rest=rows[most_rows] if len(rows) > most_rows else None,
    )


def _sums(found: BreakdownFigures, group: Integers, size: int) -> dict[str, Floats]:
    return {
        metric: np.bincount(group, weights=values, minlength=size).astype(np.float64)
        for metric, values in found.values.items()
    }


def _column(vocabulary: Vocabulary, name: str, sums: Mapping[str, Floats]) -> Floats | None:
    """Return a measure per row; None if it needs a metric that is not there or does not add up."""
    needed = vocabulary.metrics_of([name])
    if not needed <= sums.keys() or needed & vocabulary.weights.keys():
        return None
    formula = vocabulary.formulas.get(name)
    values = formula.evaluate(lambda _, metric: sums[metric]) if formula else sums[name]
    return np.asarray(values, dtype=np.float64)


def _readable(label: str) -> str:
    """Turn `age=25-34,gender=female` into "25-34, female"."""
    return ", ".join(part.partition("=")[2] or part for part in label.split(","))
