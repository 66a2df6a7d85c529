"""Read from the warehouse what judging and reporting a run need, as arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from config.inheritance import Checks
from config.library import Library
from config.models import Level, Process
from connectors.base import Window
from connectors.warehouse import Figures, Warehouse
from tasks.budgets import daily_budgets
from tasks.cube import Cube, build_cube
from tasks.needs import Need, needs
from tasks.report.breakdowns import BreakdownFigures
from tasks.report.build import TREND_DAYS
from tasks.report.movers import LEVELS, METRICS, days_needed
from tasks.run import Run
from tasks.vocabulary import Vocabulary, vocabulary
from tasks.windows import merged

BREAKDOWN_DAYS = 7
"""The report's period."""


@dataclass(frozen=True)
class Reading:
    """Everything of the warehouse that one run looks at. Frames have the warehouse's columns."""

    accounts: pd.DataFrame
    entities: Mapping[str, pd.DataFrame]
    cubes: Mapping[str, Cube]
    vocabulary: Vocabulary
    checks: Checks
    breakdowns: Sequence[BreakdownFigures]


def read(warehouse: Warehouse, library: Library, run: Run) -> Reading:
    """Read the run's accounts, their entities, and the figures of every level that is asked for."""
    process = library.process(run.process)
    words = vocabulary(library.metrics, library.kpis)
    checks = library.checks_for(run.brand, run.process)
    accounts = accounts_of(warehouse, library, run)
    asked = _asked(process, checks, words, run)
    levels = dict.fromkeys([*asked, *(pull.level for pull in process.pulls)])
    keys = {level: keys_with(level, accounts, process) for level in levels}
    entities: dict[str, pd.DataFrame] = {
        level: _entities(warehouse, keys[level], level, accounts) for level in levels
    }
    cubes: dict[str, Cube] = {
        level: cube_of(warehouse, keys[level], level, need, entities[level], words)
        for level, need in asked.items()
    }
    broken_down = _breakdowns(warehouse, accounts, process, words, run)
    return Reading(accounts, entities, cubes, words, checks, broken_down)


def accounts_of(warehouse: Warehouse, library: Library, run: Run) -> pd.DataFrame:
    """Return the run's accounts as the warehouse has them, with what each may spend per day."""
    platforms = library.process(run.process).platforms
    accounts = warehouse.accounts(run.brand)
    mine = accounts["platform"].isin(platforms) & accounts["entry"].isin(run.accounts)
    accounts = accounts[mine].reset_index(drop=True)
    budgets = daily_budgets(accounts, library.brand(run.brand), run.as_of)
    return accounts.assign(daily_budget=budgets)


def keys_with(level: Level, accounts: pd.DataFrame, process: Process) -> list[int]:
    """Return the accounts of the platforms from which a level is pulled.

    Whole accounts that are not pulled as such are made up of what is.
    """
    pulled = [
        platform
        for platform in process.platforms
        if any(pull.level == level for pull in process.pulls_of(platform))
    ]
    return [int(key) for key in accounts.loc[accounts["platform"].isin(pulled), "account_key"]]


def _entities(
    warehouse: Warehouse, keys: Sequence[int], level: Level, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Return a level's entities, each with the platform that it is of."""
    entities = warehouse.entities(keys, level)
    platforms = dict(zip(accounts["account_key"], accounts["platform"], strict=True))
    return entities.assign(platform=entities["account_key"].map(platforms))


def _asked(process: Process, checks: Checks, words: Vocabulary, run: Run) -> dict[Level, Need]:
    """Return what to read per level: what the checks need, and the report's share."""
    pulled = {pull.level for pull in process.pulls}
    asked = needs(
        checks.checks,
        checks.facts,
        words,
        run.as_of,
        pulled=pulled,
        stale_after_days=process.stale_after_days,
    )
    report = process.report
    shown = words.metrics_of([*report.kpis, *report.charts, report.sort_by])
    trend = Window(run.as_of - timedelta(days=TREND_DAYS), run.as_of - timedelta(days=1))
    moved = days_needed(run.as_of, process.stale_after_days)
    asked[report.level] = _also(asked.get(report.level), shown, trend)
    if "account" in pulled:
        asked["account"] = _also(asked.get("account"), shown, trend)
    for level in LEVELS:
        if level in pulled:
            asked[level] = _also(asked.get(level), METRICS, moved)
    return asked


def _also(need: Need | None, metrics: Iterable[str], window: Window) -> Need:
    """Return a need with these metrics and days too."""
    own = need or Need((), ())
    return Need(tuple(sorted({*own.metrics, *metrics})), tuple(merged([*own.windows, window])))


def cube_of(
    warehouse: Warehouse,
    keys: Sequence[int],
    level: Level,
    need: Need,
    entities: pd.DataFrame,
    words: Vocabulary,
    coverage: pd.DataFrame | None = None,
) -> Cube:
    """Read a level's daily figures over the windows of a need, and lay them out. `coverage` is the
    warehouse's of these windows, where it was read already."""
    figures = [warehouse.performance(keys, level, w, need.metrics) for w in need.windows]
    if coverage is None:
        coverage = pd.concat([warehouse.coverage(keys, level, window) for window in need.windows])
    days = [
        np.arange(window.start.toordinal(), window.end.toordinal() + 1) for window in need.windows
    ]
    joined = figures[0] if len(figures) == 1 else _joined(figures)
    return build_cube(entities, joined, coverage, np.concatenate(days), weights=words.weights)


def _joined(parts: Sequence[Figures]) -> Figures:
    return Figures(
        np.concatenate([part.entity_key for part in parts]),
        np.concatenate([part.day for part in parts]),
        {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values},
    )


def _breakdowns(
    warehouse: Warehouse, accounts: pd.DataFrame, process: Process, words: Vocabulary, run: Run
) -> list[BreakdownFigures]:
    window = Window(run.as_of - timedelta(days=BREAKDOWN_DAYS), run.as_of - timedelta(days=1))
    metrics = sorted(words.metrics_of(process.report.kpis) - words.weights.keys())
    return [
        BreakdownFigures(key, pull.breakdown, figures.breakdown, figures.values)
        for platform in process.platforms
        for pull in process.pulls_of(platform)
        if pull.breakdown
        for key in accounts.loc[accounts["platform"] == platform, "account_key"].tolist()
        if (figures := warehouse.performance([key], pull.level, window, metrics, pull.breakdown))
        and figures.breakdown is not None
    ]
