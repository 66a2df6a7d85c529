"""How long do 20 checks of many campaigns over 90 days take, against the least they could take?

The floor reads the same rows from the warehouse into arrays and takes one grouped sum per metric
and distinct window, without weighing anything.
"""

import tempfile
from functools import partial
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
ROUNDS = {1_000: 9, 10_000: 5, 100_000: 1}
"""By number of campaigns. The middle size is compared with the floor."""
LINEAR = 1.2
"""Times as long per campaign for ten times as many: what we still call linear growth."""


def run(*, small: bool) -> list[Line]:
    """Check at every size; the middle one has a target, the others show how the time grows."""
    rounds = {100: 3, 1_000: 3, 3_000: 1} if small else ROUNDS
    few, middle, many = rounds
    found = {
        size: _measured(size, number, with_floor=size == middle) for size, number in rounds.items()
    }
    against_floor = Line(
        f"{len(CHECKS)} checks of {middle:,} campaigns over {DAYS} days, reading included, against "
        "reading the same rows and one grouped sum per window",
        found[middle].ratios("checks", "floor"),
        "times",
        at_most=3,
        detail=found[middle].seconds(),
    )
    return [against_floor, _growth(found, few, middle), _growth(found, middle, many)]


def _growth(found: dict[int, Rounds], few: int, many: int) -> Line:
    each = {  # CPU, for two sizes cannot take turns and the machine's mood changes
        campaigns: median(timing.cpu for timing in found[campaigns].timings["checks"]) / campaigns
        for campaigns in (few, many)
    }
    return Line(
        f"the same, CPU time per campaign at {many:,} campaigns against at {few:,}",
        [each[many] / each[few]],
        "times",
        at_most=LINEAR,
        detail=" against ".join(f"{seconds * 1000:.3f} ms" for seconds in reversed(each.values())),
    )


def _measured(campaigns: int, rounds: int, *, with_floor: bool) -> Rounds:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warehouse.db"
        fill(file, campaigns)
        with Warehouse(f"sqlite:///{file}") as warehouse:
            keys = warehouse.accounts(BRAND)["account_key"].tolist()
            contestants = {"checks": lambda: partial(_checked, warehouse, keys)}
            if with_floor:
                contestants["floor"] = lambda: partial(_grouped_sums, warehouse, keys)
            return in_turns(rounds, contestants)


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


def _grouped_sums(warehouse: Warehouse, keys: list[int]) -> None:
    """Sum every metric per campaign over each distinct window that the checks look at."""
    figures = _read(warehouse, keys)
    for window in _distinct_windows():
        first, last = window.start.toordinal(), window.end.toordinal()
        inside = np.flatnonzero((figures.day >= first) & (figures.day <= last))
        campaigns = figures.entity_key[inside]
        for values in figures.values.values():
            np.bincount(campaigns, weights=values[inside])


def _distinct_windows() -> set[Window]:
    found: set[Window] = set()
    for check in CHECKS:
        if window := window_of(check.window, AS_OF):
            found |= {window, compared("previous", window)}
            for case in check.cases:
                condition = parse_condition(case.when, WORDS.metrics, WORDS.kpis)
                found |= {compared(asked.function, window) for asked in condition.references}
    return found
