"""Is this a question that search analytics takes, and what does it ask? Reading its JSON body."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.sandbox.web.search_errors import SearchError

DIMENSIONS = ("date", "query", "page", "country", "device", "searchAppearance")
OPERATORS = ("equals", "notEquals", "contains", "notContains", "includingRegex", "excludingRegex")
TYPES = ("web", "image", "video", "news", "discover", "googleNews")
STATES = ("final", "all")
AGGREGATIONS = ("auto", "byPage", "byProperty")
FIELDS = {
    "startDate",
    "endDate",
    "dimensions",
    "type",
    "searchType",
    "dataState",
    "aggregationType",
    "dimensionFilterGroups",
    "rowLimit",
    "startRow",
}
MOST_ROWS, ROWS = 25_000, 1_000

_NOT_RE2 = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:=|!|<=|<!|P=|\()|\\[1-9])")
"""Look-around, conditions and references back: Python has them, RE2 does not."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a dimension."""

    dimension: str
    operator: str
    expression: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Hashable: an answer is kept under its question."""

    start: date
    end: date
    dimensions: tuple[str, ...]
    type: str
    state: str
    aggregation: str  # byPage or byProperty
    filters: tuple[Filter, ...]
    limit: int
    first: int


def read_question(body: Any) -> Question:
    """Return what a body asks; raise `SearchError` 400 as Google does."""
    if not isinstance(body, dict):
        raise _invalid("Invalid JSON payload received.")
    if unknown := sorted(set(body) - FIELDS):
        raise _invalid(f'Invalid JSON payload received. Unknown name "{unknown[0]}"')
    start, end = _day(body, "startDate"), _day(body, "endDate")
    if start > end:
        raise _invalid("The start date must be less than or equal to the end date.")
    dimensions = tuple(_word("dimension", DIMENSIONS, word) for word in _list(body, "dimensions"))
    if len(set(dimensions)) < len(dimensions):
        raise _invalid("Duplicate dimensions are not allowed.")
    filters = tuple(_filters(body))
    kind = _word("type", TYPES, body.get("type", body.get("searchType", "web")))
    about = {*dimensions, *(filter_.dimension for filter_ in filters)}
    if "query" in about and kind in ("discover", "googleNews"):
        raise _invalid(f"Dimension query is not supported for type {kind}.")
    return Question(
        start,
        end,
        dimensions,
        kind,
        _word("dataState", STATES, body.get("dataState", "final")),
        _aggregation(body.get("aggregationType", "auto"), about),
        filters,
        _whole(body, "rowLimit", ROWS, 1, MOST_ROWS),
        _whole(body, "startRow", 0, 0, 2**31 - 1),
    )


def _aggregation(word: object, about: set[str]) -> str:
    asked = _word("aggregationType", AGGREGATIONS, word)
    if "page" not in about:
        return "byProperty" if asked == "auto" else asked
    if asked == "byProperty":
        raise _invalid("byProperty is not supported when grouping or filtering by page.")
    return "byPage"


def _filters(body: dict[str, Any]) -> list[Filter]:
    found = []
    for group in _list(body, "dimensionFilterGroups"):
        if group.get("groupType", "and") != "and":
            raise _invalid("Only the group type 'and' is supported.")
        for sent in group.get("filters", ()):
            dimension = _word("dimension", DIMENSIONS[1:], sent.get("dimension"))
            operator = _word("operator", OPERATORS, sent.get("operator", "equals"))
            expression = str(sent.get("expression", ""))
            if operator.endswith("Regex"):
                _check_re2(expression)
            found.append(Filter(dimension, operator, expression))
    return found


def _check_re2(expression: str) -> None:
    try:
        re.compile(expression)
    except re.error:
        good = False
    else:
        good = len(expression) <= 4096 and _NOT_RE2.search(expression) is None
    if not good:
        raise _invalid(f"Invalid regular expression: '{expression[:100]}' is not RE2.")


def _word(name: str, known: tuple[str, ...], word: object) -> str:
    """Return an enum's word in the older spelling; `BY_PAGE` and `byPage` are the same."""
    plain = str(word).replace("_", "").lower()
    for candidate in known:
        if candidate.lower() == plain:
            return candidate
    raise _invalid(f"Invalid value at '{name}': \"{word}\"")


def _whole(body: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or not least <= value <= most:
        raise _invalid(f"Field '{name}' must be a number from {least} to {most}.")
    return value


def _day(body: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(body[name])
    except (KeyError, TypeError, ValueError):
        raise _invalid(f"'{name}' must be a valid date in the format YYYY-MM-DD.") from None


def _list(body: dict[str, Any], name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list):
        raise _invalid(f"Invalid value at '{name}'")
    return value


def _invalid(message: str) -> SearchError:
    return SearchError(400, "invalidParameter", message)
