"""How is each account doing, in total and by its largest entities?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from connectors.base import Window
from connectors.records import Verdict
from tasks.conditions import Panel, panel
from tasks.cube import Cube, Integers
from tasks.judged import CRITICAL, OK, UNKNOWN, WARNING, Codes, Judged
from tasks.report.figures import PERIOD, optional, rest_of_accounts
from tasks.report.model import Figure, KpiRow, KpiTable
from tasks.report.numbers import plural
from tasks.targets import Targets
from tasks.verdicts import Verdicts
from tasks.vocabulary import Vocabulary

RANKS: tuple[tuple[int, Verdict], ...] = (
    (OK, "ok"),
    (UNKNOWN, "unknown"),
    (WARNING, "warning"),
    (CRITICAL, "critical"),
)
"""The codes of `Judged.verdicts`, the least severe first."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every figure of the tables is computed from."""

    cubes: Mapping[str, Cube]  # by level; "account" has one row per row of `accounts`
    accounts: pd.DataFrame  # account_key, entry, currency
    titles: Mapping[int, str]  # account key to what people call it
    vocabulary: Vocabulary
    targets: Targets
    verdicts: Verdicts
    as_of: date
    stale_after_days: int

    def currency(self, place: int) -> str:
        """Return the currency of the account in this row of `accounts`."""
        return str(self.accounts["currency"].iloc[place])

    def panel(self, level: str, cubes: Mapping[str, Cube] | None = None) -> Panel:
        """Open the figures of a level."""
        return panel(
            level,
            cubes or self.cubes,
            self.accounts,
            self.vocabulary,
            self.targets,
            self.as_of,
            self.stale_after_days,
        )


def kpi_tables(
    ground: Ground, level: str, measures: Sequence[str], most_rows: int
) -> tuple[KpiTable, ...]:
    """Return one table per account: amounts of different currencies do not meet.

    Entities that are off and cost nothing in either period are left out. Those beyond `most_rows`,
    the largest spend first, are together in one row. An account whose data is stale has a table of
    unknowns.
    """
    entities, total = ground.panel(level), ground.panel("account")
    cube = entities.cube
    own = cube.account_keys[cube.account]
    ranked = _ranked(entities)
    keys = ground.accounts["account_key"].tolist()
    of_account = {key: ranked[own[ranked] == key] for key in keys}
    shown = np.zeros(len(own), dtype=np.bool_)
    for rows in of_account.values():
        shown[rows[:most_rows]] = True
    rest = ground.panel("account", {"account": rest_of_accounts(cube, ground.accounts, shown)})
    sheets = [_Sheet(ground.verdicts, figures, measures) for figures in (entities, total, rest)]
    return tuple(
        KpiTable(
            account=ground.titles[key],
            currency=ground.currency(place),
            level=level,
            period=_period(total, place),
            total=sheets[1].row(place, "Whole account"),
            rows=tuple(sheets[0].named_row(row) for row in of_account[key][:most_rows].tolist()),
            rest=_rest(sheets[2], place, len(of_account[key]) - most_rows),
        )
        for place, key in enumerate(keys)
    )


def others_together(count: int) -> str:
    """Name the row of all that have none of their own."""
    return f"{plural(count, 'other')}, together" if count > 1 else "1 other"


class _Sheet:
    """A panel's measures over the period, and the worst verdict on each, column by column."""

    def __init__(self, verdicts: Verdicts, figures: Panel, measures: Sequence[str]) -> None:
        self.entities = figures.cube.entities
        self.columns = [
            (
                figures.figure("", name, PERIOD),
                figures.figure("previous", name, PERIOD),
                figures.figure("target", name, PERIOD),
            )
            for name in measures
        ]
        found, size = _same_entities(verdicts, figures), len(self.entities)
        self.worst = _worst(size, found)
        self.verdicts = [
            _worst(size, (judged for judged in found if judged.check.kpi == name))
            for name in measures
        ]

    def row(self, row: int, name: str, status: str = "") -> KpiRow:
        """Return one row under a given name."""
        figures = tuple(
            Figure(
                optional(now[row]),
                optional(previous[row]),
                optional(target[row]),
                _word(worst[row]),
            )
            for (now, previous, target), worst in zip(self.columns, self.verdicts, strict=True)
        )
        return KpiRow(name, figures, _word(self.worst[row]), status)

    def named_row(self, row: int) -> KpiRow:
        """Return an entity's row under its own name, or its id if it has none."""
        entity = self.entities.iloc[row]
        status = str(entity["status"])
        return self.row(
            row, str(entity["name"] or entity["entity_id"]), "" if status == "enabled" else status
        )


def _ranked(entities: Panel) -> Integers:
    """Return the rows worth showing, largest spend first; unknown spend comes last."""
    spend = entities.figure("", "spend", PERIOD)
    before = entities.figure("previous", "spend", PERIOD)
    on = entities.cube.entities["status"].to_numpy(dtype=object) == "enabled"
    alive = on | (np.nan_to_num(spend) != 0) | (np.nan_to_num(before) != 0)
    order = np.argsort(-np.nan_to_num(spend, nan=-1.0), kind="stable")
    return np.asarray(order[alive[order]], dtype=np.int64)


def _same_entities(verdicts: Verdicts, figures: Panel) -> list[Judged]:
    """Return the checks that looked at the very same entities, row by row."""
    keys = _keys(figures)
    return [judged for judged in verdicts.judged if _keys(judged.panel) == keys]


def _keys(figures: Panel) -> tuple[str, list[int]]:
    entities = figures.cube.entities
    key = "entity_key" if "entity_key" in entities else "account_key"
    return key, entities[key].tolist()


def _worst(size: int, found: Iterable[Judged]) -> Codes:
    """Return per row the place in RANKS of the worst verdict, -1 where no check looked."""
    worst = np.full(size, -1, dtype=np.int8)
    for judged in found:
        for rank, (code, _) in enumerate(RANKS):
            worst[(judged.verdicts == code) & (worst < rank)] = rank
    return worst


def _word(rank: int) -> Verdict | None:
    return RANKS[rank][1] if rank >= 0 else None


def _rest(sheet: _Sheet, place: int, count: int) -> KpiRow | None:
    """Return the others together. Targets and verdicts are said of single entities only."""
    if count <= 0:
        return None
    row = sheet.row(place, others_together(count))
    figures = tuple(Figure(figure.now, figure.previous) for figure in row.figures)
    return replace(row, figures=figures, verdict=None)


def _period(total: Panel, place: int) -> Window:
    lag = int(total.behind[place])
    last = total.as_of - timedelta(days=1 + lag)
    return total.windows(PERIOD)[lag] or Window(last, last)
