"""Do metrics, KPIs and checks fit each other? What one file alone cannot show."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zlib import crc32

from config.formula import ENTITY_NAMES, FUNCTIONS, FormulaError, parse_condition, parse_kpi
from config.models import Case, Check, Fact, Kpi, Metric, Remedy
from config.problems import Problem, choose, quoted
from config.sentence import CHECK_FIELDS, check_template
from config.yaml_source import Source, Where

RESERVED = {*ENTITY_NAMES, *FUNCTIONS, *CHECK_FIELDS, "and", "or", "not"}
"""What a formula or sentence already understands, so that no metric or KPI may be called so."""

WAYS = ("file", "sql")
"""Connectors that are no platform of their own: they bring another one's figures."""

TRIALS = 3
"""With how many sets of figures a denominator is tried before it is called zero."""

_OPERATIONS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name there is. One whose own entry is wrong counts too: one mistake, one error."""

    metrics: Mapping[str, Metric | None]
    kpis: Mapping[str, Kpi | None]
    libraries: tuple[str, ...]
    connectors: tuple[str, ...]
    other_platforms: tuple[str, ...] = ()
    """Platforms that some brand brings through a file or a query."""

    @property
    def figures(self) -> tuple[str, ...]:
        """What a check or target may be about."""
        return (*self.metrics, *self.kpis)

    @property
    def platforms(self) -> tuple[str, ...]:
        """What a process may be about."""
        own = [name for name in self.connectors if name not in WAYS]
        return (*own, *(name for name in self.other_platforms if name not in own))


def metric_problems(source: Source, known: Vocabulary) -> Iterator[Problem]:
    """Yield what is wrong with the metrics' names, weights and sources."""
    for name, metric in known.metrics.items():
        if name in RESERVED:
            yield source.problem((name,), "is a word that formulas or sentences already use")
        if metric is None:
            continue
        summed = [other for other, it in known.metrics.items() if it and not it.weight]
        if metric.weight and metric.weight not in summed:
            message = f"{quoted(metric.weight)} is no metric that is summed"
            yield source.problem((name, "weight"), message, choose(metric.weight, summed))
        for connector in metric.sources:
            if connector not in known.connectors:
                message = f"no connector {quoted(connector)}"
                remedy = choose(connector, known.connectors)
                yield source.problem((name, "sources", connector), message, remedy)


def kpi_problems(source: Source, known: Vocabulary) -> Iterator[Problem]:
    """Yield what is wrong with the KPIs' names and formulas."""
    for name, kpi in known.kpis.items():
        if name in RESERVED:
            yield source.problem((name,), "is a word that formulas or sentences already use")
        if name in known.metrics:
            yield source.problem((name,), "a metric has this name too", "rename one of the two")
        if kpi is None:
            continue
        try:
            parse_kpi(kpi.formula, known.metrics)
        except FormulaError as error:
            yield formula_problem(source, (name, "formula"), error)
        else:
            yield from zero_problems(source, (name, "formula"), kpi.formula)


def check_problems(
    source: Source, checks: tuple[Check, ...], known: Vocabulary
) -> Iterator[Problem]:
    """Yield what is wrong with the checks of one file; `config/fact_rules.py` judges its facts."""
    for position, check in enumerate(checks):
        path: Where = ("checks", position)
        if check.kpi not in known.figures:
            message = f"no KPI or metric {quoted(check.kpi)}"
            yield source.problem((*path, "kpi"), message, choose(check.kpi, known.figures))
        where = (*path, "filter", "platform")
        yield from platform_problems(source, where, check.filter.platform, known)
        yield from minimum_problems(source, path, check.minimum, known)
        yield from case_problems(source, path, check.cases, known)
        texts = {(*path, "sentence"): check.sentence, **remedy_texts(path, check.remedy)}
        yield from template_problems(source, texts, known.figures, CHECK_FIELDS)


def platform_problems(
    source: Source, path: Where, platform: str, known: Vocabulary
) -> Iterator[Problem]:
    """Yield a platform that no connector brings; an empty one means all."""
    if platform and platform not in known.platforms:
        message = f"no connector brings the platform {quoted(platform)}"
        yield source.problem(path, message, choose(platform, known.platforms))


def minimum_problems(
    source: Source, path: Where, minimum: Mapping[str, float], known: Vocabulary
) -> Iterator[Problem]:
    """Yield the names under `minimum` that are no metrics."""
    for name in minimum:
        if name not in known.metrics:
            message = f"no metric {quoted(name)}"
            yield source.problem((*path, "minimum", name), message, choose(name, known.metrics))


def case_problems(
    source: Source, path: Where, cases: tuple[Case, ...], known: Vocabulary
) -> Iterator[Problem]:
    """Yield the conditions that cannot be read."""
    for number, case in enumerate(cases):
        where = (*path, "cases", number, "when")
        try:
            parse_condition(case.when, known.metrics, known.kpis)
        except FormulaError as error:
            yield formula_problem(source, where, error)
        else:
            yield from zero_problems(source, where, case.when)


def duplicate_checks(
    files: Sequence[tuple[Source, tuple[Check, ...], tuple[Fact, ...]]],
) -> Iterator[Problem]:
    """Yield the names that two checks have, in one file or over all: alerts go by them."""
    first: dict[str, str] = {}
    for source, checks, facts in files:
        entries = [(("checks", n, "name"), check.name) for n, check in enumerate(checks)]
        entries += [(("facts", n, "name"), fact.name) for n, fact in enumerate(facts)]
        for path, name in entries:
            place = f"{source.file}:{source.line(path)}"
            if (before := first.setdefault(name, place)) != place:
                message = f"the check {name} exists already, at {before}"
                yield source.problem(path, message, "rename or remove one of the two")


def formula_problem(source: Source, path: Where, error: FormulaError) -> Problem:
    """Return the problem of a formula or template that cannot be used."""
    message, _, remedy = error.message.partition("; ")
    return source.problem(path, f"column {error.column}: {message}", remedy)


def remedy_texts(path: Where, remedy: Remedy | None) -> dict[Where, str]:
    """Return the template of a remedy by its place, if there is a remedy."""
    return {(*path, "remedy", "do"): remedy.do} if remedy else {}


def template_problems(
    source: Source, texts: Mapping[Where, str], names: tuple[str, ...], fields: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield the fields that these templates cannot have."""
    for path, text in texts.items():
        try:
            check_template(text, names, fields)
        except FormulaError as error:
            yield formula_problem(source, path, error)


def zero_problems(source: Source, path: Where, formula: str) -> Iterator[Problem]:
    """Yield a division by something that is zero whatever the figures are."""
    for node in ast.walk(ast.parse(formula.strip(), mode="eval")):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            below = node.right
            if not any(_value(below, trial) for trial in range(TRIALS)):
                message = f"`{ast.unparse(node)}` divides by zero, whatever the figures are"
                yield source.problem(path, message, "divide by a metric or by another number")


def _value(node: ast.expr, trial: int) -> Fraction:
    """Return what an expression that `config.formula` accepts is worth, for figures made up."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return Fraction(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, trial)
        case ast.UnaryOp(operand=operand):
            return _value(operand, trial)
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return _value(left, trial) / (_value(right, trial) or 1)
        case ast.BinOp(op=op, left=left, right=right):
            return _OPERATIONS[type(op)](_value(left, trial), _value(right, trial))
    return Fraction(1 + crc32(f"{trial} {ast.unparse(node)}".encode()))
