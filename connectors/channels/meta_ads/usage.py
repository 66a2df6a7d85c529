"""How near is a Meta account to its limits? The throttle headers that every reply carries.

Percentages are of the limit, 0 to 100 and above. Meta names the time until access is regained in
minutes in one header and in seconds in another. Source: the "Rate limiting" guides of the
Graph and Marketing APIs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

SLOW_AT, STOP_AT = 75.0, 90.0
STOP_SECONDS = 300.0
"""How long to stop where Meta names no time; its limits slide over an hour or less."""
SLOW_SECONDS = 2.0
"""Wait before the next call, for each percent from `SLOW_AT` on."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit is used, and when that ends."""

    percent: float
    seconds: float = 0.0  # until access is regained; 0 if Meta names no time


def account_pause(headers: Mapping[str, str]) -> float:
    """Return how many seconds the account should be left alone after this reply."""
    return max(pause_of(usage) for usage in account_usages(headers))


def named_wait(headers: Mapping[str, str]) -> float:
    """Return the longest wait that a limit which is used up asks for; 0 if none is named."""
    return max(usage.seconds for usage in account_usages(headers))


def app_usage(headers: Mapping[str, str]) -> Usage:
    """Return the highest use of a limit that all accounts of the app share."""
    app = _header(headers, "X-App-Usage")
    used = [_number(app, name) for name in ("call_count", "total_time", "total_cputime")]
    insights = _number(_header(headers, "X-FB-Ads-Insights-Throttle"), "app_id_util_pct")
    return Usage(max(*used, insights))


def pause_of(usage: Usage) -> float:
    """Return how many seconds to hold calls back at this use."""
    if usage.percent >= STOP_AT:
        return usage.seconds or STOP_SECONDS
    if usage.percent >= SLOW_AT:
        return SLOW_SECONDS * (usage.percent - SLOW_AT + 1)
    return 0.0


def account_usages(headers: Mapping[str, str]) -> Iterator[Usage]:
    """Yield how much of each of the account's limits is used."""
    for entries in _header(headers, "X-Business-Use-Case-Usage").values():
        for entry in entries if isinstance(entries, list) else ():
            used = [_number(entry, name) for name in ("call_count", "total_cputime", "total_time")]
            yield Usage(max(used), 60 * _number(entry, "estimated_time_to_regain_access"))
    account = _header(headers, "X-Ad-Account-Usage")
    percent = _number(account, "acc_id_util_pct")
    seconds = _number(account, "reset_time_duration")  # named on every reply, meant at the limit
    yield Usage(percent, seconds if percent >= STOP_AT else 0)
    yield Usage(_number(_header(headers, "X-FB-Ads-Insights-Throttle"), "acc_id_util_pct"))


def _header(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return a header's JSON object; what does not parse tells nothing."""
    try:
        found = orjson.loads(headers.get(name, "{}"))
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(entry: Mapping[str, Any], name: str) -> float:
    value = entry.get(name) if isinstance(entry, Mapping) else None
    return float(value) if isinstance(value, int | float) else 0.0
