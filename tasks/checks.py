"""Which entities are fine, which are not, and which cannot be judged?

All entities of a level at once, one pass per check. A check's cases are asked in their order, and
the first that holds gives the verdict. The verdict is unknown, with its reason, where

- the window has no complete day yet, on the first day of a week or month (too_little_data);
- a metric of the check's minimum sample is below it (too_little_data) or unknown itself;
- a case that is asked before any holds cannot be decided: days are not covered by a complete pull
  (stale, missing), there is no target (no_target), or a figure is not defined (undefined), as with
  a zero denominator, without a daily budget, or where a metric does not apply.

An unknown figure does no harm where the condition is decided without it: `cpa > 50 or spend > 100`
holds with 120 spent and no conversion.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from config.formula import TRUE, Expression, Reference, parse_condition
from config.formula import UNKNOWN as UNDECIDABLE
from config.models import Check
from tasks.conditions import Panel, panel
from tasks.cube import Booleans, Cube, by_account
from tasks.judged import (
    LEFT_OUT,
    MISSING,
    NO_TARGET,
    OK,
    STALE,
    TOO_LITTLE_DATA,
    UNDECIDED,
    UNDEFINED,
    UNKNOWN,
    VERDICTS,
    Codes,
    Judged,
)
from tasks.targets import Targets
from tasks.verdicts import Verdicts
from tasks.vocabulary import Vocabulary


def evaluate(
    checks: Sequence[Check],
    cubes: Mapping[str, Cube],
    accounts: pd.DataFrame,
    vocabulary: Vocabulary,
    targets: Targets,
    as_of: date,
    *,
    stale_after_days: int = 0,
) -> Verdicts:
    """Judge every entity of each check's level.

    `cubes` are by level; whole accounts are summed from the campaigns if they have none of their
    own. `accounts` has account_key, entry, name and currency. Raise `LookupError` for a check on a
    level without a cube, `FormulaError` for a condition that cannot be used.
    """
    cubes = dict(cubes)
    wanted = {check.level for check in checks}
    if "account" in wanted and "account" not in cubes and "campaign" in cubes:
        cubes["account"] = by_account(cubes["campaign"], accounts)
    panels: dict[str, Panel] = {}
    judged: list[Judged] = []
    for check in checks:
        if check.level not in cubes:
            levels = ", ".join(sorted(cubes)) or "none"
            raise LookupError(
                f"check {check.name}: nothing is pulled for level {check.level}; there is: {levels}"
            )
        if check.level not in panels:
            panels[check.level] = panel(
                check.level, cubes, accounts, vocabulary, targets, as_of, stale_after_days
            )
        judged.append(judge(check, panels[check.level]))
    return Verdicts(tuple(judged))


def judge(check: Check, figures: Panel) -> Judged:
    """Judge every entity of a panel by one check.

    The grounds for not judging come before the cases; immature conversions would be one more.
    """
    vocabulary = figures.vocabulary
    conditions = tuple(
        parse_condition(case.when, vocabulary.metrics, vocabulary.kpis) for case in check.cases
    )
    sheet = _Sheet(figures.selected(check.filter))
    sheet.leave(_without_window(check, figures), TOO_LITTLE_DATA)
    for metric, least in check.minimum.items():
        have = figures.figure("", metric, check.window)
        why = _why_unknown([Reference("", metric)], figures, check.window)
        sheet.leave(np.isnan(have), why)
        sheet.leave(have < least, TOO_LITTLE_DATA)
    for number, (case, condition) in enumerate(zip(check.cases, conditions, strict=True)):
        truth = _truth(condition, figures, check.window)
        sheet.settle(truth == TRUE, VERDICTS.index(case.verdict), number)
        if (undecidable := sheet.open & (truth == UNDECIDABLE)).any():
            why = _why_unknown(condition.references, figures, check.window)
            sheet.leave(undecidable, why)
    sheet.settle(sheet.open, OK)
    return Judged(check, conditions, figures, sheet.verdicts, sheet.reasons, sheet.cases)


class _Sheet:
    """Verdicts while they are being found. A row that has one keeps it."""

    def __init__(self, looked_at: Booleans) -> None:
        self.verdicts: Codes = np.where(looked_at, UNDECIDED, LEFT_OUT).astype(np.int8)
        self.reasons: Codes = np.zeros(len(looked_at), dtype=np.int8)
        self.cases: Codes = np.full(len(looked_at), -1, dtype=np.int8)

    @property
    def open(self) -> Booleans:
        return np.asarray(self.verdicts == UNDECIDED)

    def settle(self, rows: Booleans, verdict: int, case: int = -1) -> None:
        """Give a verdict, and the number of the case it comes from."""
        rows = rows & self.open
        self.verdicts[rows] = verdict
        self.cases[rows] = case

    def leave(self, rows: Booleans, reason: Codes | int) -> None:
        """Give the verdict unknown, with one reason for all or one per row."""
        rows = rows & self.open
        self.verdicts[rows] = UNKNOWN
        self.reasons[rows] = reason if isinstance(reason, int) else reason[rows]


def _without_window(check: Check, figures: Panel) -> Booleans:
    empty = [lag for lag, days in figures.windows(check.window).items() if days is None]
    return np.isin(figures.behind, empty)


def _truth(condition: Expression, figures: Panel, window: str) -> Codes:
    truth = condition.evaluate(lambda function, name: figures.figure(function, name, window))
    return np.broadcast_to(np.asarray(truth, dtype=np.int8), len(figures.behind))


def _why_unknown(references: Iterable[Reference], figures: Panel, window: str) -> Codes:
    """Return per row the first of REASONS that makes one of these figures unknown."""
    result = np.full(len(figures.behind), UNDEFINED, dtype=np.int8)
    for reference in references:
        unknown = np.isnan(figures.figure(reference.function, reference.name, window))
        uncovered = unknown & figures.uncovered(reference, window)
        reason = np.where(figures.stale, STALE, MISSING)
        if reference.function == "target":
            reason, uncovered = np.full_like(reason, NO_TARGET), unknown
        result = np.where(uncovered, np.minimum(result, reason), result).astype(np.int8)
    return result
