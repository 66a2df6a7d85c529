"""Which values pass a filter of a report? Google's FilterExpression, for dimensions and metrics."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from connectors.sandbox.web.google_analytics_errors import invalid
from connectors.sandbox.web.google_analytics_questions import enum

Mask = npt.NDArray[np.bool_]
MATCHES = {1: "EXACT", 2: "BEGINS_WITH", 3: "ENDS_WITH", 4: "CONTAINS", 5: "FULL_REGEXP",
           6: "PARTIAL_REGEXP"}  # fmt: skip
OPERATIONS = {1: "EQUAL", 2: "LESS_THAN", 3: "LESS_THAN_OR_EQUAL", 4: "GREATER_THAN",
              5: "GREATER_THAN_OR_EQUAL"}  # fmt: skip
COMPARED: Mapping[str, Callable[[Any, float], Any]] = {
    "EQUAL": np.equal,
    "LESS_THAN": np.less,
    "LESS_THAN_OR_EQUAL": np.less_equal,
    "GREATER_THAN": np.greater,
    "GREATER_THAN_OR_EQUAL": np.greater_equal,
}


def passes(expression: Mapping[str, Any], leaf: Callable[[Mapping[str, Any]], Mask]) -> Mask:
    """Return which rows pass an expression; `leaf` answers one filter."""
    for name, join in (("andGroup", np.logical_and), ("orGroup", np.logical_or)):
        if name in expression:
            parts = expression[name].get("expressions") or []
            if not parts:
                raise invalid(f"The {name} must have expressions.")
            return np.asarray(join.reduce([passes(part, leaf) for part in parts]), np.bool_)
    if "notExpression" in expression:
        return ~passes(expression["notExpression"], leaf)
    if "filter" in expression:
        return leaf(expression["filter"])
    raise invalid("A filter expression must have a filter or a group.")


def texts_pass(filter_: Mapping[str, Any], texts: Sequence[str]) -> Mask:
    """Return which values of a dimension pass a filter."""
    if "emptyFilter" in filter_:
        return np.array([text in ("", "(not set)") for text in texts], np.bool_)
    if "inListFilter" in filter_:
        wanted, exact = (
            filter_["inListFilter"].get("values", ()),
            _is_exact(filter_["inListFilter"]),
        )
        known = {_spelled(text, exact) for text in wanted}
        return np.array([_spelled(text, exact) in known for text in texts], np.bool_)
    if "stringFilter" in filter_:
        passing = _matching(filter_["stringFilter"])
        return np.array([passing(text) for text in texts], np.bool_)
    raise invalid("Dimensions can be filtered by stringFilter, inListFilter or emptyFilter.")


def numbers_pass(filter_: Mapping[str, Any], values: npt.NDArray[np.float64]) -> Mask:
    """Return which values of a metric pass a filter."""
    if "betweenFilter" in filter_:
        low, high = (_number(filter_["betweenFilter"].get(n)) for n in ("fromValue", "toValue"))
        return np.asarray((values >= low) & (values <= high), np.bool_)
    if "numericFilter" not in filter_:
        raise invalid("Metrics can be filtered by numericFilter or betweenFilter.")
    sent = filter_["numericFilter"]
    compared = COMPARED[enum(OPERATIONS, sent.get("operation"))]
    return np.asarray(compared(values, _number(sent.get("value"))), np.bool_)


def _matching(sent: Mapping[str, Any]) -> Callable[[str], bool]:
    exact = _is_exact(sent)
    value = _spelled(str(sent.get("value", "")), exact)
    match = enum(MATCHES, sent.get("matchType", 1))
    if match.endswith("REGEXP"):
        try:
            pattern = re.compile(value)
        except re.error:
            raise invalid(f"Invalid regular expression: {value}") from None
        found = pattern.fullmatch if match == "FULL_REGEXP" else pattern.search
        return lambda text: found(_spelled(text, exact)) is not None
    tests: Mapping[str, Callable[[str], bool]] = {
        "EXACT": lambda text: text == value,
        "BEGINS_WITH": lambda text: text.startswith(value),
        "ENDS_WITH": lambda text: text.endswith(value),
        "CONTAINS": lambda text: value in text,
    }
    return lambda text: tests[match](_spelled(text, exact))


def _is_exact(sent: Mapping[str, Any]) -> bool:
    return bool(sent.get("caseSensitive"))


def _spelled(text: str, exact: bool) -> str:
    return text if exact else text.lower()


def _number(sent: Any) -> float:
    value = sent.get("int64Value", sent.get("doubleValue")) if isinstance(sent, dict) else None
    if value is None:
        raise invalid("A numeric filter must have an int64Value or a doubleValue.")
    return float(value)
