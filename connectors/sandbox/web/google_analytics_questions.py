"""Is this a report that Google Analytics makes, and what does it ask? Reading its JSON body.

Enums come as words or, from Google's own clients, as numbers; 64-bit numbers as text or numbers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.sandbox.web.google_analytics_errors import SCHEMA, invalid
from connectors.sandbox.web.google_analytics_fields import DIMENSIONS, METRICS

FIELDS = frozenset({
    "property", "dimensions", "metrics", "dateRanges", "dimensionFilter", "metricFilter", "offset",
    "limit", "metricAggregations", "orderBys", "currencyCode", "keepEmptyRows",
    "returnPropertyQuota",
})  # fmt: skip
MOST_DIMENSIONS, MOST_METRICS, MOST_RANGES = 9, 10, 4
ROWS, MOST_ROWS = 10_000, 250_000
AGGREGATIONS = {1: "TOTAL", 4: "COUNT", 5: "MINIMUM", 6: "MAXIMUM"}
ORDERS = {0: "ORDER_TYPE_UNSPECIFIED", 1: "ALPHANUMERIC", 2: "CASE_INSENSITIVE_ALPHANUMERIC",
          3: "NUMERIC"}  # fmt: skip
DATE_RANGE = "dateRange"

_AGO = re.compile(r"(\d+)daysAgo")


@dataclass(frozen=True, slots=True)
class Order:
    """How rows are ordered, by a dimension or a metric."""

    name: str
    descending: bool
    type: str = "ALPHANUMERIC"


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that is asked for."""

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    ranges: tuple[tuple[str, date, date], ...]  # name, first and last day
    orders: tuple[Order, ...]
    dimension_filter: Mapping[str, Any] | None
    metric_filter: Mapping[str, Any] | None
    aggregations: tuple[str, ...]
    keep_empty: bool
    limit: int
    offset: int
    with_quota: bool
    currency: str

    @property
    def headers(self) -> tuple[str, ...]:
        """The dimensions of a row: with several ranges, each says of which it is."""
        return self.dimensions + ((DATE_RANGE,) if len(self.ranges) > 1 else ())


def read_asked(body: Any, today: date) -> Asked:
    """Return what a body asks; raise `AnalyticsError` 400 as Google does."""
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received. Unexpected end of string.")
    if unknown := sorted(set(body) - FIELDS):
        raise invalid(
            f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
        )
    dimensions = tuple(_name("dimension", DIMENSIONS, it) for it in _list(body, "dimensions"))
    metrics = tuple(_name("metric", METRICS, it) for it in _list(body, "metrics"))
    _check_sizes(dimensions, metrics)
    return Asked(
        dimensions,
        metrics,
        tuple(_ranges(body, today)),
        tuple(_order(it, dimensions, metrics) for it in _list(body, "orderBys")),
        body.get("dimensionFilter"),
        body.get("metricFilter"),
        tuple(enum(AGGREGATIONS, it) for it in _list(body, "metricAggregations")),
        bool(body.get("keepEmptyRows")),
        min(MOST_ROWS, _whole(body, "limit", ROWS, least=1)),
        _whole(body, "offset", 0, least=0),
        bool(body.get("returnPropertyQuota")),
        str(body.get("currencyCode", "")),
    )


def enum(words: Mapping[int, str], sent: object) -> str:
    """Return an enum's word."""
    found = words.get(sent) if isinstance(sent, int) else sent
    if found not in words.values():
        raise invalid(f'Invalid value: "{sent}"')
    return str(found)


def _check_sizes(dimensions: Sequence[str], metrics: Sequence[str]) -> None:
    if not dimensions and not metrics:
        raise invalid("At least one dimension or metric is required.")
    for what, names, most in (
        ("dimensions", dimensions, MOST_DIMENSIONS),
        ("metrics", metrics, MOST_METRICS),
    ):
        if len(names) > most:
            raise invalid(f"Requests are limited to {most} {what}.")
        if len(set(names)) < len(names):
            raise invalid(f"Duplicate {what} are not allowed.")


def _ranges(body: Mapping[str, Any], today: date) -> list[tuple[str, date, date]]:
    sent = _list(body, "dateRanges")
    if not 1 <= len(sent) <= MOST_RANGES:
        raise invalid(f"Requests must have 1 to {MOST_RANGES} date ranges.")
    found = []
    for place, each in enumerate(sent):
        start, end = (_day(each.get(name), today) for name in ("startDate", "endDate"))
        if start > end:
            raise invalid(f"The start date {start} must be before the end date {end}.")
        found.append((str(each.get("name") or f"date_range_{place}"), start, end))
    return found


def _day(text: object, today: date) -> date:
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    if isinstance(text, str) and (ago := _AGO.fullmatch(text)):
        return today - timedelta(days=int(ago[1]))
    wrong = invalid(
        f"Invalid date '{text}'. Dates must be YYYY-MM-DD, NdaysAgo, yesterday or today."
    )
    if not isinstance(text, str) or len(text) != len("2026-11-02"):
        raise wrong
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong from None


def _order(sent: Mapping[str, Any], dimensions: Sequence[str], metrics: Sequence[str]) -> Order:
    descending = bool(sent.get("desc"))
    if "metric" in sent:
        name = sent["metric"].get("metricName")
        if name not in metrics:
            raise invalid(f"Order by metric {name} is not in the request's metrics.")
        return Order(name, descending)
    by = sent.get("dimension") or {}
    name = by.get("dimensionName")
    if name not in dimensions:
        raise invalid(f"Order by dimension {name} is not in the request's dimensions.")
    return Order(str(name), descending, enum(ORDERS, by.get("orderType", 1)))


def _name(kind: str, known: Mapping[str, Any], sent: Any) -> str:
    name = sent.get("name") if isinstance(sent, dict) else sent
    if name not in known:
        raise invalid(f"Field {name} is not a valid {kind}. {SCHEMA}")
    return str(name)


def _whole(body: Mapping[str, Any], name: str, default: int, *, least: int) -> int:
    sent = body.get(name)
    if sent in (None, "", 0, "0"):
        return default
    try:
        value = int(str(sent))
    except ValueError:
        raise invalid(f"Invalid value at '{name}' (TYPE_INT64), \"{sent}\"") from None
    if value < least:
        raise invalid(f"The {name} must be at least {least}; it is {value}.")
    return value


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list):
        raise invalid(f"Invalid value at '{name}'")
    return value
