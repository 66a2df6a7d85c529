"""What may stand in a formula, and what does it say?

Arithmetic over names, comparisons, and/or/not, and six functions of one name. Python's own parser
reads the text, a list of what is allowed decides, and nothing is ever handed to `eval`:

    spend / conversions
    spend > 50 and (conversions == 0 or cpa > 1.5 * target(cpa))

Truth has three values, because figures can be unknown: a comparison with an unknown figure is
unknown, `false and unknown` is false, `true or unknown` is true (Kleene's strong logic, in which
`and` is the least and `or` the greatest of false < unknown < true).
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from config.problems import choose

FUNCTIONS = {
    "previous": "over the window of the same length right before",
    "last_week": "over the same window 7 days earlier",
    "last_year": "over the same window 364 days earlier, on the same weekdays",
    "usual": "over the 28 days before the window, sums scaled to the window's length",
    "account": "of the whole account in the window",
    "target": "what it should be",
}
"""What may be asked of a metric or KPI, besides its plain value in the window."""

ENTITY_NAMES = ("daily_budget", "days")
"""Names a condition may use beside metrics and KPIs; `days` is the window's length."""

LONGEST = 500
"""Characters; and the deepest nesting, in operators and parentheses."""
DEEPEST = 50

FALSE, UNKNOWN, TRUE = 0, 1, 2
"""The values of a condition, as `Expression.evaluate` returns them."""

Kind = Literal["number", "truth"]
Lookup = Callable[[str, str], Any]
"""From (function or "", name) to a float or a float64 array in which NaN is unknown."""

_STRANGE = re.compile(r"[^A-Za-z0-9_\s.+\-*/()<>=!]")
_GLUED = re.compile(r"(?<![A-Za-z0-9_])[0-9][0-9.]*+(?:[eE][+-]?[0-9]+)?+[A-Za-z_]")
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], tuple[Any, Any]]] = {
    # what makes it true, and what makes it false: with an unknown side it is neither
    ast.Lt: lambda a, b: (a < b, a >= b),
    ast.LtE: lambda a, b: (a <= b, a > b),
    ast.Gt: lambda a, b: (a > b, a <= b),
    ast.GtE: lambda a, b: (a >= b, a < b),
    ast.Eq: lambda a, b: (a == b, (a < b) | (a > b)),
    ast.NotEq: lambda a, b: ((a < b) | (a > b), a == b),
}


class FormulaError(ValueError):
    """A formula or template that cannot be used; `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Reference:
    """A figure that a formula asks for: `cpa`, or `target(cpa)`."""

    function: str  # empty for the plain value
    name: str
    column: int = field(compare=False, default=0)

    def __str__(self) -> str:
        return f"{self.function}({self.name})" if self.function else self.name


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that has been read. `kind` says whether it is a number or a condition."""

    text: str
    kind: Kind
    references: tuple[Reference, ...]
    """Each figure once, in the order of the text."""
    _tree: ast.expr = field(repr=False, compare=False)

    @property
    def names(self) -> frozenset[str]:
        """Every name that stands in the formula, functions not counted."""
        return frozenset(reference.name for reference in self.references)

    def check(
        self,
        metrics: Collection[str],
        kpis: Collection[str] = (),
        functions: Collection[str] = (),
    ) -> None:
        """Raise `FormulaError` for a name or function that is not there, listing those that are.

        Without functions it is a KPI's formula, which has no `daily_budget` and `days` either.
        """
        figures = {*metrics, *kpis}
        plain = {*figures, *ENTITY_NAMES} if functions else figures
        for reference in self.references:
            where = reference.column
            if reference.function and reference.function not in functions:
                raise FormulaError(_unknown("function", reference.function, functions), where)
            if reference.name not in (figures if reference.function else plain):
                kind = "metric or KPI" if kpis else "metric"
                valid = figures if reference.function else plain
                raise FormulaError(_unknown(kind, reference.name, valid), where)

    def evaluate(self, lookup: Lookup) -> Any:
        """Return the number (NaN is unknown) or the condition's FALSE, UNKNOWN or TRUE.

        Elementwise where `lookup` returns arrays. A zero denominator makes the result unknown.
        """
        import numpy as np  # slow to import, and most users of this file only parse

        with np.errstate(all="ignore"):
            return _value(self._tree, lookup, np)


def parse(text: str) -> Expression:
    """Read a formula. Raise `FormulaError` for whatever the grammar does not have."""
    flat = re.sub(r"\s", " ", text)
    body = flat.lstrip()
    indent = len(flat) - len(body)
    if not body:
        raise FormulaError("the formula is empty", 1)
    if len(text) > LONGEST:
        raise FormulaError(f"longer than {LONGEST} characters", LONGEST + 1)
    if strange := _STRANGE.search(text):
        raise FormulaError(f"{strange.group()!r} has no meaning in a formula", strange.start() + 1)
    if glued := _GLUED.search(text):
        raise FormulaError(f"{glued.group()!r} is no number and no name", glued.start() + 1)
    try:
        tree = ast.parse(body, mode="eval").body
    except SyntaxError as error:
        column = error.offset or len(body) + 1  # 0 is the end
        raise FormulaError("cannot be read from here on", indent + column) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("nested too deeply or not a number", indent + 1) from error
    reader = _Reader(indent + 1)
    kind = reader.read(tree, DEEPEST)
    return Expression(text, kind, tuple(dict.fromkeys(reader.references)), tree)


def parse_kpi(text: str, metrics: Collection[str]) -> Expression:
    """Read a KPI's formula: a number, made of metrics only."""
    expression = parse(text)
    expression.check(metrics)
    if expression.kind != "number":
        raise FormulaError("a KPI is a number, and this is a condition", 1)
    return expression


def parse_condition(text: str, metrics: Collection[str], kpis: Collection[str]) -> Expression:
    """Read the condition of a check's case: something that is so or not."""
    expression = parse(text)
    expression.check(metrics, kpis, FUNCTIONS)
    if expression.kind != "truth":
        raise FormulaError("a condition compares, such as `cpa > target(cpa)`", 1)
    return expression


class _Reader:
    """Walks a parsed text, refuses what is not allowed, and collects what it refers to."""

    def __init__(self, first_column: int) -> None:
        self.first_column = first_column
        self.references: list[Reference] = []

    def read(self, node: ast.expr, depth: int) -> Kind:
        """Return whether this part is a number or a condition."""
        if depth == 0:
            raise self._error(node, f"nested deeper than {DEEPEST} levels")
        depth -= 1
        match node:
            case ast.Constant(value=bool() as word):
                raise self._error(node, f"{word} is not a figure")
            case ast.Constant(value=int() | float() as number):
                node.value = self._finite(node, number)
                return "number"
            case ast.Name(id=name):
                self.references.append(Reference("", name, self._column(node)))
                return "number"
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)], keywords=[]):
                self.references.append(Reference(function, name, self._column(node)))
                return "number"
            case ast.Call():
                raise self._error(node, "a function takes one name, such as `target(cpa)`")
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
                return self._all("number", [left, right], depth)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return self._all("number", [operand], depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._all("truth", [operand], depth)
            case ast.BoolOp(values=values):
                return self._all("truth", values, depth)
            case ast.Compare(ops=ops, left=left, comparators=right) if all(
                type(op) in _COMPARISONS for op in ops
            ):
                self._all("number", [left, *right], depth)
                return "truth"
        raise self._error(node, "only + - * / ( ) comparisons, and, or, not are understood")

    def _all(self, kind: Kind, parts: list[ast.expr], depth: int) -> Kind:
        for part in parts:
            if self.read(part, depth) != kind:
                wanted = "a number" if kind == "number" else "a comparison"
                raise self._error(part, f"{wanted} is needed here")
        return kind

    def _finite(self, node: ast.expr, number: float) -> float:
        try:
            if math.isfinite(finite := float(number)):
                return finite
        except OverflowError:
            pass
        raise self._error(node, "the number is too large")

    def _column(self, node: ast.expr) -> int:
        return self.first_column + node.col_offset

    def _error(self, node: ast.expr, message: str) -> FormulaError:
        return FormulaError(message, self._column(node))


def _unknown(what: str, name: str, valid: Collection[str]) -> str:
    if what == "function" and not valid:
        return f"{name}(...): functions have no place in a KPI's formula"
    return f"no {what} {name!r}; {choose(name, valid)}"


def _value(node: ast.expr, lookup: Lookup, np: Any) -> Any:
    """Evaluate a tree that `_Reader` has let pass, and nothing else."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return lookup("", name)
        case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)]):
            return lookup(function, name)
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            below = np.asarray(_value(right, lookup, np), dtype=np.float64)
            return _value(left, lookup, np) / np.where(below == 0, np.nan, below)
        case ast.BinOp(op=op, left=left, right=right):
            return _ARITHMETIC[type(op)](_value(left, lookup, np), _value(right, lookup, np))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, lookup, np)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, lookup, np)
        case ast.UnaryOp(operand=operand):
            return TRUE - _value(operand, lookup, np)
        case ast.BoolOp(op=op, values=values):
            choice = np.minimum if isinstance(op, ast.And) else np.maximum
            parts = [_value(value, lookup, np) for value in values]
            return _fold(choice, parts)
        case ast.Compare(ops=ops, left=left, comparators=right):
            sides = [_value(side, lookup, np) for side in (left, *right)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return _fold(np.minimum, [_compare(op, a, b, np) for op, a, b in pairs])
    raise TypeError(f"{type(node).__name__} has passed the reader")  # unreachable


def _compare(op: ast.cmpop, left: Any, right: Any, np: Any) -> Any:
    true, false = _COMPARISONS[type(op)](np.asarray(left), np.asarray(right))
    return np.int8(UNKNOWN) + true.astype(np.int8) - false.astype(np.int8)


def _fold(choice: Callable[[Any, Any], Any], parts: list[Any]) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = choice(result, part)
    return result
