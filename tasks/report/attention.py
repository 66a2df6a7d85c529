"""What needs somebody's attention, and what could not be judged?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from config.words import Importance
from connectors.records import MINOR, OpenAlert, Result, Verdict
from tasks.report.figures import readable
from tasks.report.model import (
    SEVERITY,
    AlsoFound,
    Attention,
    Figure,
    FurtherFindings,
    Measure,
    Series,
    Unjudged,
)
from tasks.verdicts import Verdicts

LONGEST_LIST = 40
"""Findings shown one by one; of the others each check's number is given."""

REASONS = {
    "stale": "the data is behind",
    "missing": "days are missing",
    "too_little_data": "too little data to judge by",
    "no_target": "no target is set",
    "undefined": "nothing to divide by (no impressions, no clicks, no conversions)",
}
EXAMPLES = 3


def check_title(name: str) -> str:
    """Turn a check's name into words: `cpa_above_target` is "CPA above target"."""
    words = name.replace("_", " ").split()
    return " ".join(
        word.upper() if word in _ABBREVIATIONS else word.capitalize() if first else word
        for first, word in zip([True] + [False] * len(words), words, strict=False)
    )


def needs_attention(results: Iterable[Result], sort_by: str = "spend") -> list[Result]:
    """Return what fired, critical before warning, what is about a page that matters much first.

    Then by how much of `sort_by` it is about, then by name.
    """

    def urgency(result: Result) -> tuple[int, int, float, str, str]:
        size = result.numbers.get(sort_by, 0.0)
        matters = _IMPORTANCE[result.todo.priority if result.todo else "medium"]
        size = -size if size == size else 0.0
        return _RANKS[result.verdict], matters, size, result.name, result.check

    return sorted((it for it in results if it.verdict in ("critical", "warning")), key=urgency)


def also_found(results: Iterable[Result]) -> tuple[AlsoFound, ...]:
    """Group what was found of too little importance to wake anybody, the most frequent first."""
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.verdict == "ok" and result.reason == MINOR:
            groups[result.check].append(result)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        AlsoFound(check_title(check), len(found), tuple(it.sentence for it in found[:EXAMPLES]))
        for check, found in ranked
    )


def further_findings(left_out: Sequence[Result]) -> tuple[FurtherFindings, ...]:
    """Count the findings that the list has no room for, per check."""
    counts = Counter((result.verdict, result.check) for result in left_out)
    ranked = sorted(counts.items(), key=lambda item: (SEVERITY.index(item[0][0]), -item[1], item))
    return tuple(
        FurtherFindings("critical" if verdict == "critical" else "warning", check_title(check), n)
        for (verdict, check), n in ranked
    )


def attention(
    result: Result,
    *,
    account: str,
    currency: str,
    owner: str,
    alert: OpenAlert | None,
    measure: Measure | None,
    series: Series | None,
    beside: str = "",
) -> Attention:
    """Put together what people need to know about one finding."""
    return Attention(
        verdict="critical" if result.verdict == "critical" else "warning",
        check=check_title(result.check),
        level=result.level,
        name=readable(result.level, [result.name])[0],
        account=account,
        sentence=result.sentence,
        owner=owner,
        open_since=alert.opened_as_of if alert else None,
        measure=measure,
        figure=Figure(result.value, result.previous, result.target, result.verdict),
        currency=currency,
        series=series,
        beside=beside,
    )


def count_verdicts(
    verdicts: Verdicts, results: Iterable[Result]
) -> tuple[tuple[Verdict, int], ...]:
    """Count each verdict, worst first, zeros included: the checks' arrays, and facts' records."""
    counts: Counter[Verdict] = Counter()
    for of_check in (per_check := verdicts.counts()).values():
        counts.update(of_check)
    counts.update(result.verdict for result in results if result.check not in per_check)
    return tuple((verdict, counts[verdict]) for verdict in SEVERITY)


def unjudged(results: Iterable[Result]) -> tuple[Unjudged, ...]:
    """Group the unknown verdicts by reason, the most frequent first."""
    groups: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.verdict == "unknown":
            groups[result.reason].append(result)
    found = [_unjudged(reason, group) for reason, group in groups.items()]
    return tuple(sorted(found, key=lambda item: (-item.count, item.reason)))


def _unjudged(reason: str, group: Sequence[Result]) -> Unjudged:
    checks: Counter[str] = Counter()
    for result in group:  # one record may speak of many entities
        checks[check_title(result.check)] += int(result.numbers.get("entities", 1))
    ranked = sorted(group, key=lambda result: -result.numbers.get("entities", 1))
    return Unjudged(
        reason=REASONS.get(reason, reason.replace("_", " ") or "no reason given"),
        count=checks.total(),
        checks=tuple(sorted(checks.items(), key=lambda item: (-item[1], item[0]))),
        examples=tuple(dict.fromkeys(result.sentence for result in ranked))[:EXAMPLES],
    )


_RANKS = {verdict: rank for rank, verdict in enumerate(SEVERITY)}
_IMPORTANCE: dict[Importance, int] = {"high": 0, "medium": 1, "low": 2}
_ABBREVIATIONS = frozenset(["cpa", "cpc", "cpm", "ctr", "cvr", "roas", "url"])
