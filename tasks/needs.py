"""What must be read from the warehouse to judge these checks and facts?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from config.formula import parse_condition
from config.models import Check, Fact, Level
from config.sentence import CHECK_FIELDS, template_fields
from connectors.base import Window
from tasks.delivery_facts import FIGURES
from tasks.vocabulary import Vocabulary
from tasks.windows import compared, merged, window_of


@dataclass(frozen=True, slots=True)
class Need:
    """What to read of one level."""

    metrics: tuple[str, ...]
    windows: tuple[Window, ...]
    """Ascending; apart where a comparison with last year would else load the days between."""


def needs(
    checks: Iterable[Check],
    facts: Iterable[Fact],
    vocabulary: Vocabulary,
    as_of: date,
    *,
    pulled: Collection[Level],
    stale_after_days: int = 0,
) -> dict[Level, Need]:
    """Return the metrics and days per level that `evaluate` and `establish` will ask for.

    Whole accounts are read as such if that level is `pulled`, else as their campaigns. A window
    that has no complete day yet needs nothing.
    """
    metrics: dict[Level, set[str]] = {}
    windows: dict[Level, list[Window]] = {}
    whole: Level = "account" if "account" in pulled else "campaign"
    for check in checks:
        own = whole if check.level == "account" else check.level
        days = [
            window
            for behind in range(stale_after_days + 1)
            if (window := window_of(check.window, as_of, behind))
        ]
        for function, name in sorted(_asked(check, vocabulary)):
            level = whole if function == "account" else own
            metrics.setdefault(level, set()).update(vocabulary.metrics_of([name]))
            windows.setdefault(level, []).extend(compared(function, window) for window in days)
    for fact in facts:
        if fact.fact in FIGURES:
            names, length = FIGURES[fact.fact]
            level = whole if fact.fact == "no_data" else "campaign"
            metrics.setdefault(level, set()).update(names)
            days = [Window(as_of - timedelta(days=length), as_of - timedelta(days=1))]
            windows.setdefault(level, []).extend(days)
    return {
        level: Need(tuple(sorted(metrics[level])), tuple(merged(windows[level])))
        for level in metrics
    }


def _asked(check: Check, vocabulary: Vocabulary) -> set[tuple[str, str]]:
    """Return the figures that judging and telling ask for, as function and name."""
    asked = {("", check.kpi), ("previous", check.kpi), *(("", name) for name in check.minimum)}
    templates = [check.sentence, *([check.remedy.do] if check.remedy else [])]
    asked |= {("", f) for text in templates for f in template_fields(text) if f not in CHECK_FIELDS}
    for case in check.cases:
        condition = parse_condition(case.when, vocabulary.metrics, vocabulary.kpis)
        asked |= {(reference.function, reference.name) for reference in condition.references}
    return {(function, name) for function, name in asked if function != "target"}
