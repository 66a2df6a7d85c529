"""How long do 20 checks of many campaigns over 90 days take, against the least they could take?

The floor reads the same rows from the warehouse into arrays and takes one grouped sum per metric
and distinct window, without weighing anything.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from config.formula import parse_condition
from connectors.base import CORE_METRICS, Window
from connectors.records import Result
from connectors.warehouse import Figures, Warehouse
from tasks.checks import evaluate
from tasks.cube import build_cube
from tasks.targets import Targets
from tasks.vocabulary import vocabulary
from tasks.windows import compared, window_of
from tests.benchmarks.filled import AS_OF, BRAND, DAYS, WINDOW, fill
from tests.benchmarks.measure import Line, Rounds, in_turns
from tests.benchmarks.twenty_checks import CHECKS, KPIS, METRICS

TARGETS = Targets({"cpa": 25.0, "roas": 4.0}, "EUR")
WORDS = vocabulary(METRICS, KPIS)
SIZES = {1_000: 9, 10_000: 5, 100_000: 1}
"""Campaigns to rounds."""
LINEAR = 1.2
"""Times as long per campaign for ten times as many: what we still call linear growth."""


def run(*, small: bool) -> list[Line]:
    """Check at every size; the middle one has a target, the others show how the time grows."""
    sizes = {100: 3, 1_000: 3, 3_000: 1} if small else SIZES
    found = {campaigns: _measured(campaigns, rounds) for campaigns, rounds in sizes.items()}
    first, middle, last = sizes
    compared_ = (
        f"{len(CHECKS)} checks of {middle:,} campaigns over {DAYS} days, reading included, against "
        "reading the same rows and one grouped sum per window"
    )
    rounds = found[middle]
    ratios = rounds.ratios("checks", "floor")
    return [
        Line(compared_, ratios, "times", at_most=3, detail=rounds.seconds()),
        _growth(found, first, middle),
        _growth(found, middle, last),
    ]


def _growth(found: dict[int, Rounds], few: int, many: int) -> Line:
    each = {
        campaigns: median(timing.wall for timing in found[campaigns].timings["checks"]) / campaigns
        for campaigns in (few, many)
    }
    return Line(
        f"the same, time per campaign at {many:,} campaigns against at {few:,}",
        [each[many] / each[few]],
        "times",
        at_most=LINEAR,
        detail=" against ".join(f"{seconds * 1000:.3f} ms" for seconds in reversed(each.values())),
    )


def _measured(campaigns: int, rounds: int) -> Rounds:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warehouse.db"
        fill(file, campaigns)
        with Warehouse(f"sqlite:///{file}") as warehouse:
            keys = warehouse.accounts(BRAND)["account_key"].tolist()
            contestants: dict[str, Callable[[], object]] = {
                "checks": lambda: _checked(warehouse, keys),
                "floor": lambda: _grouped_sums(_read(warehouse, keys)),
            }
            return in_turns(rounds, {name: lambda w=w: w for name, w in contestants.items()})


def _read(warehouse: Warehouse, keys: list[int]) -> Figures:
    return warehouse.performance(keys, "campaign", WINDOW, CORE_METRICS)


def _checked(warehouse: Warehouse, keys: list[int]) -> list[Result]:
    """Do all that a run does between the stored figures and the records of what was found."""
    entities = warehouse.entities(keys, "campaign")
    coverage = warehouse.coverage(keys, "campaign", WINDOW)
    days = np.arange(WINDOW.start.toordinal(), WINDOW.end.toordinal() + 1)
    cube = build_cube(entities, _read(warehouse, keys), coverage, days)
    accounts = warehouse.accounts(BRAND)
    found = evaluate(CHECKS, {"campaign": cube}, accounts, WORDS, TARGETS, AS_OF).results()
    assert found, "the market has campaigns that went wrong"
    return found


def _grouped_sums(figures: Figures) -> None:
    """Sum every metric per campaign over each distinct window that the checks look at."""
    for window in _distinct_windows():
        first, last = window.start.toordinal(), window.end.toordinal()
        inside = np.flatnonzero((figures.day >= first) & (figures.day <= last))
        keys = figures.entity_key[inside]
        for values in figures.values.values():
            np.bincount(keys, weights=values[inside])


def _distinct_windows() -> set[Window]:
    found: set[Window] = set()
    for check in CHECKS:
        if window := window_of(check.window, AS_OF):
            found |= {window, compared("previous", window)}
            for case in check.cases:
                condition = parse_condition(case.when, WORDS.metrics, WORDS.kpis)
                found |= {compared(asked.function, window) for asked in condition.references}
    return found
