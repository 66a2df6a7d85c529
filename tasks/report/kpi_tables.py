"""How is each account doing, in total and by its largest entities?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from config.models import Report as Shape
from connectors.base import Window
from connectors.records import Verdict
from tasks.conditions import Panel, panel
from tasks.cube import Cube, Integers
from tasks.judged import CRITICAL, LEFT_OUT, OK, UNKNOWN, WARNING, Codes
from tasks.report.figures import PERIOD, optional, readable, rest_of_accounts
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
    accounts: pd.DataFrame  # account_key, entry, platform, currency ('': it has none)
    titles: Mapping[int, str]  # account key to what people call it
    vocabulary: Vocabulary
    targets: Targets
    verdicts: Verdicts
    as_of: date
    stale_after_days: int
    own_totals: bool = False  # whole accounts are as the platform counts them, not summed up

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


def kpi_tables(ground: Ground, shape: Shape, platforms: Sequence[str]) -> tuple[KpiTable, ...]:
    """Return one table per account of some platforms: amounts of different currencies do not meet.

    At the level of accounts the whole account is all there is. Entities that are off and have
    nothing of `shape.sort_by` in either period are left out. Those beyond `shape.rows`, the largest
    first, are together in one row. An account whose data is stale has a table of unknowns.
    """
    entities, total = ground.panel(shape.level), ground.panel("account")
    cube = entities.cube
    own = cube.account_keys[cube.account]
    ranked = _ranked(entities, shape.sort_by)
    accounts = ground.accounts
    mine = np.flatnonzero(accounts["platform"].isin([*platforms]).to_numpy()).tolist()
    keys = accounts["account_key"].tolist()
    of_account = {place: ranked[own[ranked] == keys[place]] for place in mine}
    shown = np.zeros(len(own), dtype=np.bool_)
    for rows in of_account.values():
        shown[rows[: shape.rows]] = True
    rest = ground.panel("account", {"account": rest_of_accounts(cube, accounts, shown)})
    alone = shape.level == "account"
    sheets = [_Sheet(ground.verdicts, figures, shape.kpis) for figures in (entities, total, rest)]
    return tuple(
        KpiTable(
            account=ground.titles[keys[place]],
            currency=ground.currency(place),
            level=shape.level,
            period=_period(total, place),
            total=sheets[1].row(place, "Whole account"),
            rows=() if alone else sheets[0].named_rows(rows[: shape.rows]),
            rest=None if alone else _rest(sheets[2], place, len(rows) - shape.rows),
            own_total=ground.own_totals,
        )
        for place, rows in of_account.items()
    )


def others_together(count: int) -> str:
    """Name the row of all that have none of their own."""
    return f"{plural(count, 'other')}, together" if count > 1 else "1 other"


class _Sheet:
    """A panel's measures over the period, and the worst verdict on each, column by column."""

    def __init__(self, verdicts: Verdicts, figures: Panel, measures: Sequence[str]) -> None:
        self.entities, self.level = figures.cube.entities, figures.level
        self.columns = [
            (
                figures.figure("", name, PERIOD),
                figures.figure("previous", name, PERIOD),
                figures.figure("target", name, PERIOD),
            )
            for name in measures
        ]
        found, size = _same_entities(verdicts, figures), len(self.entities)
        self.worst = _worst(size, (codes for _, codes in found))
        self.verdicts = [
            _worst(size, (codes for kpi, codes in found if kpi == name)) for name in measures
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

    def named_rows(self, rows: Integers) -> tuple[KpiRow, ...]:
        """Return entities' rows under their own names, or their ids if they have none."""
        entities = self.entities.iloc[rows]
        names = entities["name"].where(entities["name"] != "", entities["entity_id"])
        named = zip(rows.tolist(), readable(self.level, [*map(str, names)]), strict=True)
        states = ["" if it == "enabled" else str(it) for it in entities["status"]]
        return tuple(
            self.row(row, name, state) for (row, name), state in zip(named, states, strict=True)
        )


def _ranked(entities: Panel, sort_by: str) -> Integers:
    """Return the rows worth showing, the largest first; what is unknown comes last."""
    size = entities.figure("", sort_by, PERIOD)
    before = entities.figure("previous", sort_by, PERIOD)
    on = entities.cube.entities["status"].to_numpy(dtype=object) == "enabled"
    alive = on | (np.nan_to_num(size) != 0) | (np.nan_to_num(before) != 0)
    order = np.argsort(-np.nan_to_num(size, nan=-1.0), kind="stable")
    return np.asarray(order[alive[order]], dtype=np.int64)


def _same_entities(verdicts: Verdicts, figures: Panel) -> list[tuple[str, Codes]]:
    """Return what the checks of this level said of its entities, row by row, and on which KPI."""
    mine = _keys(figures)
    found = []
    for judged in verdicts.judged:
        if judged.panel.level == figures.level:
            place = pd.Index(_keys(judged.panel)).get_indexer(pd.Index(mine))
            codes = np.append(judged.verdicts, np.int8(LEFT_OUT))
            found.append((judged.check.kpi, codes[place]))  # who is not there is at -1
    return found


def _keys(figures: Panel) -> Integers:
    """Return what an entity is known by. Accounts may have a key as entities, or not."""
    key = "account_key" if figures.level == "account" else "entity_key"
    return np.asarray(figures.cube.entities[key], dtype=np.int64)


def _worst(size: int, found: Iterable[Codes]) -> Codes:
    """Return per row the place in RANKS of the worst verdict, -1 where no check looked."""
    worst = np.full(size, -1, dtype=np.int8)
    for verdicts in found:
        for rank, (code, _) in enumerate(RANKS):
            worst[(verdicts == code) & (worst < rank)] = rank
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
