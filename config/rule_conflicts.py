"""Can two playbooks both want something of one entity, so that one undoes the other?

Pause above a cost per conversion of 50 and enable below 60: at 55 the one switches off what the
other switches on, for ever. Two playbooks conflict if they change the same field of the same level
in opposite directions, and there are figures with which both are triggered: the check's minimum
sample, a case of the wanted verdict that none before it takes away, `when`, and what the playbook
itself demands (a budget moved towards a target goes up only where the KPI is better than that).

A fact, such as a page that is down, and a lost test of ads come at whatever figures: an ad that is
paused for one of them is enabled again wherever it is cheap enough. Only a pause for some days is
left alone until it ends by itself, and so a fact may lead to one.

Of two numbers that are moved on different days' figures, a declared priority says which one is
kept, every time, and that is no conflict. Nor is a re-split of budgets beside a cut or a raise: no
figures say which way it moves a budget, in one run the priority decides, and it leaves alone what
was changed and is not judged yet.

Two filters by status exclude each other, except for pausing and enabling, where what the one does
leads into the filter of the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from config.fact_words import FACTS
from config.filter_overlap import can_meet
from config.formula import FormulaError
from config.models import Check, Fact, Filter
from config.playbooks import (
    AdTestPlaybook,
    BidPlaybook,
    BudgetPlaybook,
    EnablePlaybook,
    PausePlaybook,
    Playbook,
)
from config.problems import Problem
from config.rule_examples import Trigger, Words, example
from config.yaml_source import Source, Where

LOST_TEST = Trigger("ad", Filter(status=("enabled",)), -1, happening="a lost test")
"""An ad that lost is paused, whatever it costs."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two playbooks that can both be triggered, with an example in which they are."""

    first: str
    second: str
    example: str
    certain: bool
    """Whether both look at the same days, or one at no figures: then it is a contradiction, else
    it can happen."""
    remedy: str

    def problem(self, source: Source, path: Where) -> Problem:
        """Return it as a problem with the value at `path`: an error if it is a contradiction."""
        message = f"{self.first} and {self.second} can both hold: {self.example}"
        tell = source.problem if self.certain else source.note
        return tell(path, message, f"one undoes the other: {self.remedy}")


def conflicts(
    playbooks: Sequence[Playbook], checks: Mapping[str, Check | Fact], words: Words
) -> list[Conflict]:
    """Return the conflicts of a process's playbooks, one for each two that have any.

    `checks` are those of the process by name. What cannot be read is no conflict: other rules tell.
    """
    found = []
    for first, second in combinations(playbooks, 2):
        try:
            conflict = _between(first, second, checks, words)
        except FormulaError:
            continue
        if conflict:
            found.append(conflict)
    return found


def _between(
    first: Playbook, second: Playbook, checks: Mapping[str, Check | Fact], words: Words
) -> Conflict | None:
    """Return how two playbooks conflict, as a contradiction if they do so at all."""
    pairs = [
        (a, b, field)
        for field in _FIELDS
        for a in _triggers(first, field, checks, words)
        for b in _triggers(second, field, checks, words)
        if a.direction != b.direction and _same_entities(a, b, field)
    ]
    for a, b, field in sorted(pairs, key=lambda it: not _contradict(*it)):
        certain = _contradict(a, b, field)
        if not certain and field != "status" and first.priority != second.priority:
            continue
        if when := example(a, b, words):
            return Conflict(first.name, second.name, when, certain, _remedy(a, b, field))
    return None


def _contradict(a: Trigger, b: Trigger, field: str) -> bool:
    """Say whether both look at the same days, or one pauses or enables whatever the figures are."""
    whatever = not (a.conditions and b.conditions)
    return a.window == b.window or (field == "status" and whatever)


def _remedy(a: Trigger, b: Trigger, field: str) -> str:
    if not a.happening and not b.happening:
        gap = "leave a gap between their conditions"
        return gap if a.window == b.window else "let both look at the same days, and leave a gap"
    advise = "let one of them only advise (`does: note`)"
    if field != "status" or LOST_TEST in (a, b):
        return advise
    return f"let the pause end by itself (`days: 3`), or {advise}"


def _same_entities(a: Trigger, b: Trigger, field: str) -> bool:
    """Say whether the two may look at one entity."""
    if a.level != b.level or not can_meet(a.among, b.among):
        return False
    if field == "status":
        on, off = (a.among, b.among) if a.direction > 0 else (b.among, a.among)
        return _admits(on, "paused") and _admits(off, "enabled")
    both = {*a.among.status} & {*b.among.status}
    return not a.among.status or not b.among.status or bool(both)


def _admits(wanted: Filter, status: str) -> bool:
    return not wanted.status or status in wanted.status


# --- what triggers a playbook --------------------------------------------------------------------

_FIELDS = ("status", "daily_budget", "cpc_bid", "target_cpa", "target_roas")


def _triggers(
    playbook: Playbook, field: str, checks: Mapping[str, Check | Fact], words: Words
) -> Iterator[Trigger]:
    if isinstance(playbook, AdTestPlaybook) and field == "status":
        yield LOST_TEST
    for direction, demanded in _effects(playbook, field, words):
        for check in (checks[name] for name in playbook.on if name in checks):
            if isinstance(check, Check):
                yield from _of_check(playbook, check, direction, demanded)
            else:
                yield from _of_fact(playbook, check, direction, demanded)


def _of_check(playbook: Playbook, check: Check, direction: int, demanded: str) -> Iterator[Trigger]:
    least = [(f"{metric} >= {value!r}", True) for metric, value in check.minimum.items()]
    also = [(text, True) for text in (playbook.when, demanded) if text]
    for number, case in enumerate(check.cases):
        if case.verdict in playbook.verdicts:
            before = [(earlier.when, False) for earlier in check.cases[:number]]
            texts = (*least, *before, (case.when, True), *also)
            yield Trigger(check.level, check.filter, direction, check.window, texts)


def _of_fact(playbook: Playbook, fact: Fact, direction: int, demanded: str) -> Iterator[Trigger]:
    """Yield what a fact triggers; `when` does not count for facts, which have no window."""
    for_days = isinstance(playbook, PausePlaybook) and (playbook.days or playbook.until)
    if fact.verdict in playbook.verdicts and not for_days:
        kind = FACTS[fact.fact]
        texts = ((demanded, True),) if demanded else ()
        yield Trigger(kind.level, kind.among, direction, "", texts, fact.name)


def _effects(playbook: Playbook, field: str, words: Words) -> Iterator[tuple[int, str]]:
    """Yield in which directions a playbook moves a field, and on which further condition."""
    if field == "status" and isinstance(playbook, PausePlaybook | EnablePlaybook):
        yield (-1 if isinstance(playbook, PausePlaybook) else 1), ""
    elif field == "daily_budget" and isinstance(playbook, BudgetPlaybook):
        step = playbook.percent or playbook.amount
        if step:
            yield (1 if step > 0 else -1), ""
        elif playbook.to is not None:
            yield 1, f"daily_budget < {playbook.to}"
            yield -1, f"daily_budget > {playbook.to}"
        elif playbook.towards:
            yield from _towards(playbook.towards, playbook.dead_band, words)
    elif isinstance(playbook, BidPlaybook) and field == playbook.field:
        turned = -1 if field == "target_roas" else 1  # a higher target of return spends less
        for direction, demanded in _towards(playbook.kpi, playbook.dead_band, words):
            yield direction * turned, demanded


def _towards(kpi: str, dead_band: float, words: Words) -> Iterator[tuple[int, str]]:
    known = words.kpis.get(kpi)
    better = known.better if known else "neither"
    if better != "neither":
        lower, higher = (
            f"{kpi} < {1 - dead_band:g} * target({kpi})",
            (f"{kpi} > {1 + dead_band:g} * target({kpi})"),
        )
        yield 1, lower if better == "lower" else higher
        yield -1, higher if better == "lower" else lower
