"""What does a search of HubSpot find? Filters, an order, pages up to the 10,000th result.

Rows of a page come a little out of order, as HubSpot's do. Source: the reference, section 2.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.exchange import Request
from connectors.sandbox.mail.hubspot_things import shown
from connectors.sandbox.mail.hubspot_wire import HubSpotError, Row, following, invalid, number

MOST_RESULTS = 10_000
MOST = 200
Found = list[tuple[int, Row]]
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda value, given: value == given,
    "NEQ": lambda value, given: value != given,
    "GT": lambda value, given: value is not None and value > given,
    "GTE": lambda value, given: value is not None and value >= given,
    "LT": lambda value, given: value is not None and value < given,
    "LTE": lambda value, given: value is not None and value <= given,
    "HAS_PROPERTY": lambda value, _: value is not None,
    "NOT_HAS_PROPERTY": lambda value, _: value is None,
}


def searched(request: Request, there: Found, defaults: tuple[str, ...]) -> Row:
    """Return a page of what is sought; `there` goes by id."""
    body = request.json() or {}
    groups = [one.get("filters", []) for one in body.get("filterGroups", [])]
    if len(groups) > 5 or any(len(filters) > 6 for filters in groups):
        raise invalid("There are too many filters.")
    limit, after = number(body.get("limit", 10), "limit"), number(body.get("after") or 0, "after")
    if not 1 <= limit <= MOST:
        raise invalid(f"limit must be at most {MOST}.")
    if after >= MOST_RESULTS:
        raise invalid("Paging through results is only supported up to 10,000.")
    rows = [row for _, row in there if _takes(row, groups)]
    _sort(rows, body.get("sorts", []))
    wanted = list(body.get("properties", []))
    part = rows[after : after + limit]
    part[-2:] = part[:-3:-1]
    told: Row = {"total": len(rows), "results": [shown(row, wanted, defaults) for row in part]}
    if after + limit < len(rows):
        told["paging"] = following(request, after + limit)
    return told


def _takes(row: Row, groups: list[list[Row]]) -> bool:
    return not groups or any(all(_meets(row, one) for one in filters) for filters in groups)


def _meets(row: Row, wanted: Row) -> bool:
    name, operator = str(wanted.get("propertyName", "")), str(wanted.get("operator", ""))
    given = wanted.get("value")
    if operator not in COMPARISONS:
        raise invalid(f"Operator {operator} is not simulated.")
    if name.endswith("date") and str(given) == "0":
        raise HubSpotError(500, "INTERNAL_ERROR", "Internal error.")
    return COMPARISONS[operator](_comparable(name, row.get(name)), _comparable(name, given))


def _comparable(name: str, value: Any) -> Any:
    """Return a value in its own kind: an id as a number, a moment in milliseconds."""
    if value is None or (name not in ("hs_object_id", "amount") and not name.endswith("date")):
        return value
    if name == "amount":
        return float(value)
    if str(value).isdigit():
        return int(value)
    return round(datetime.fromisoformat(value).astimezone(UTC).timestamp() * 1000)


def _sort(rows: list[Row], sorts: list[Any]) -> None:
    """Put rows in order, in place; without an order they stay by id."""
    for sort in sorts[:1]:
        given = sort if isinstance(sort, Mapping) else {"propertyName": sort}
        name = str(given["propertyName"])
        down = given.get("direction", "ASCENDING") == "DESCENDING"
        if name != "hs_object_id" or down:
            rows.sort(key=lambda row: _comparable(name, row.get(name)) or 0, reverse=down)
