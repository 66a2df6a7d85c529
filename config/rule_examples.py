"""For which figures are two rules triggered at once? One plain example, or none.

KPIs are spelled out as their formulas, so that the figures of an example agree with each other.
Windows of different lengths are different figures, about which nothing is assumed. An example is
only given when every condition, evaluated with its figures, is as it must be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from config.feasible import Figures, Usual, solution
from config.formula import FALSE, TRUE, Expression, parse_condition, parse_kpi
from config.models import Filter, Kpi, Metric
from config.polynomials import (
    Alternative,
    Inequality,
    Ratio,
    alternatives,
    both,
    constant,
    ratio,
    variable,
)
from config.words import Level

MOST_TRIED = 40
"""Examples that are evaluated before two conditions count as apart."""

_TYPICAL = {"impressions": 20_000.0, "clicks": 500.0, "conversions": 10.0}
_BY_UNIT = {"money": 500.0, "count": 100.0, "percent": 0.1, "ratio": 2.0, "days": 7.0}
_TARGET = {"money": 50.0, "count": 100.0, "percent": 0.03, "ratio": 3.0, "days": 7.0}
_LONGEST = {"week_to_date": 6, "month_to_date": 30}


@dataclass(frozen=True, slots=True)
class Words:
    """Metrics and KPIs, all of them right."""

    metrics: Mapping[str, Metric]
    kpis: Mapping[str, Kpi]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One way in which a playbook comes to change something, and in which direction."""

    level: Level
    among: Filter
    """Which entities of the level it looks at."""
    direction: int  # 1: up, or enabled; -1: down, or paused
    window: str = ""
    """The days whose figures it looks at; empty if it looks at what is so now."""
    conditions: tuple[tuple[str, bool], ...] = ()
    """Texts, and whether each must hold or must not; none if any figures will do."""
    happening: str = ""
    """What triggers it besides figures, such as the name of a fact."""


def example(a: Trigger, b: Trigger, words: Words) -> str:
    """Return when both are triggered, as people read it; empty if they never are.

    It names figures, `cpa 55 with spend 550, conversions 10`, and before them what has happened:
    `page_down at cpa 55 with ...`. Raise `FormulaError` for a condition or KPI that cannot be read.
    """
    apart = bool(a.conditions and b.conditions) and a.window != b.window
    for text, _ in (*a.conditions, *b.conditions):
        _read(text, words)
    sheet = _Sheet(words)
    ways: list[Alternative] = [()]
    for trigger in (a, b):
        named = sheet.named(trigger.window if apart else "", trigger.window)
        for text, holds in trigger.conditions:
            ways = both(ways, alternatives(text, named, holds=holds))
    tried = 0
    for way in ways:
        for figures in solution((*way, *sheet.bounds()), sheet.usual()):
            if all(_pulled(it, figures, words, apart) for it in (a, b)):
                return _told((a, b), figures, words, apart)
            tried += 1
            if tried >= MOST_TRIED:
                return ""
    return ""


def _pulled(trigger: Trigger, figures: Figures, words: Words, apart: bool) -> bool:
    """Say whether every condition of a trigger, evaluated, is as it must be."""
    lookup = _lookup(figures, words, trigger.window if apart else "", trigger.window)
    return all(
        _read(text, words).evaluate(lookup) == (TRUE if holds else FALSE)
        for text, holds in trigger.conditions
    )


def _lookup(
    figures: Figures, words: Words, prefix: str, window: str
) -> Callable[[str, str], float]:
    def look(function: str, name: str) -> float:
        if name in words.kpis and function != "target":
            formula = parse_kpi(words.kpis[name].formula, words.metrics)
            return float(formula.evaluate(lambda _, metric: look(function, metric)))
        if name == "days" and (length := _length(window)):
            return float(length)
        return figures[_key(function, name, prefix)]

    return look


def _read(text: str, words: Words) -> Expression:
    condition = parse_condition(text, words.metrics, words.kpis)
    for name in condition.names & words.kpis.keys():
        parse_kpi(words.kpis[name].formula, words.metrics)
    return condition


def _key(function: str, name: str, window: str) -> str:
    """Return a figure's name; what holds for the entity as it is has no window."""
    plain = f"{function}({name})" if function else name
    lasting = function == "target" or name == "daily_budget"
    return plain if lasting or not window else f"{plain} in {window}"


def _length(window: str) -> int | None:
    """Return how many days a window has, None if that varies."""
    if window in _LONGEST:
        return None
    return 1 if window == "yesterday" else int(window.split("_")[1])


class _Sheet:
    """The figures that two conditions ask for."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._asked: dict[str, tuple[str, str]] = {}
        self._most: dict[str, float] = {}

    def named(self, prefix: str, window: str) -> Callable[[str, str], Ratio]:
        """Return how the names of a condition become figures, KPIs spelled out."""

        def ask(function: str, name: str) -> Ratio:
            if name in self._words.kpis and function != "target":
                formula = self._words.kpis[name].formula
                return ratio(formula, lambda _, metric: ask(function, metric))
            if name == "days" and (length := _length(window)):
                return constant(float(length))
            key = _key(function, name, prefix)
            self._asked[key] = (function, name)
            if name == "days":
                self._most[key] = _LONGEST[window]
            return variable(key)

        return ask

    def bounds(self) -> Alternative:
        """Return what holds of figures whatever the rules say: shares and parts of accounts."""
        found = [
            Inequality({(): most, ((key, 1),): -1.0}, False) for key, most in self._most.items()
        ]
        for key, (function, name) in self._asked.items():
            metric = self._words.metrics.get(name)
            if metric and metric.unit == "percent" and metric.weight:
                found.append(Inequality({(): 1.0, ((key, 1),): -1.0}, False))
            whole = key.replace(name, f"account({name})", 1)
            if not function and metric and not metric.weight and whole in self._asked:
                found.append(Inequality({((whole, 1),): 1.0, ((key, 1),): -1.0}, False))
        return tuple(found)

    def usual(self) -> dict[str, Usual]:
        """Return what each figure is usually like: money first, which is found last."""
        usual = {key: self._one(*asked) for key, asked in self._asked.items()}
        return dict(sorted(usual.items(), key=lambda it: self._rank(*self._asked[it[0]])))

    def _one(self, function: str, name: str) -> Usual:
        if name == "daily_budget":
            return Usual(_TARGET["money"])
        if name == "days":
            return Usual(_BY_UNIT["days"], whole=True)
        figure = self._words.metrics.get(name) or self._words.kpis[name]
        if function == "target":
            return Usual(_TARGET[figure.unit])
        value = _TYPICAL.get(name, _BY_UNIT[figure.unit])
        return Usual(value, whole=figure.unit == "count", can_be_zero=True)

    def _rank(self, function: str, name: str) -> int:
        if function == "target" or name == "daily_budget":
            return 2
        metric = self._words.metrics.get(name)
        return 0 if metric and metric.unit == "money" else 1


def _told(triggers: Sequence[Trigger], figures: Figures, words: Words, apart: bool) -> str:
    """Return an example as people read it: `page_down at cpa 55 with spend 550, conversions 10`."""
    kpis: dict[str, float] = {}
    asked: dict[str, None] = {}
    for trigger in triggers:
        prefix = trigger.window if apart else ""
        look = _lookup(figures, words, prefix, trigger.window)
        for text, _ in trigger.conditions:
            for reference in _read(text, words).references:
                key = _key(reference.function, reference.name, prefix)
                if reference.name in words.kpis and reference.function != "target":
                    kpis[key] = look(reference.function, reference.name)
                    formula = parse_kpi(words.kpis[reference.name].formula, words.metrics)
                    inner = [_key(reference.function, it.name, prefix) for it in formula.references]
                    asked |= dict.fromkeys(inner)
                else:
                    asked[key] = None
    shown = ", ".join(f"{key} {figures[key]:.6g}" for key in asked if key in figures)
    led = ", ".join(f"{key} {value:.6g}" for key, value in kpis.items() if value == value)
    told = f"{led} with {shown}" if led else shown
    happened = " and ".join(dict.fromkeys(it.happening for it in triggers if it.happening))
    return " at ".join(part for part in (happened, told) if part) or "any figures"
