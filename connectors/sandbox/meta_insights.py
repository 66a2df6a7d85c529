"""What rows does an insights call give? Parameters in, JSON rows out, as Graph v26.0 has them.

`spend`, `cpc`, `cpm` and values are text in major units, `ctr` is percent; objects without delivery
have no row. Conversions are booked on the day of the click; `value` is what the ad set's
attribution setting (7-day click, 1-day view) counts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import orjson

from connectors.sandbox.draws import Integers
from connectors.sandbox.layout import Cell
from connectors.sandbox.meta_actions import ACTION_FIELDS, SILENT_WINDOWS, WINDOWS
from connectors.sandbox.meta_errors import MetaError
from connectors.sandbox.meta_objects import OBJECTIVES
from connectors.sandbox.segments import META_BREAKDOWNS
from connectors.sandbox.structure import Account

HISTORY_MONTHS = 37
REACH_MONTHS = 13  # with breakdowns, reach goes back no further
LEVELS = {"account": "account", "campaign": "campaign", "adset": "ad_group", "ad": "ad"}

_NAMES: dict[str, tuple[str, Callable[[Cell], str]]] = {
    "campaign_id": ("campaign", lambda x: str(x.campaign.campaign_id)),
    "campaign_name": ("campaign", lambda x: x.campaign.name),
    "objective": ("campaign", lambda x: OBJECTIVES[x.campaign.kind]),
    "buying_type": ("campaign", lambda _: "AUCTION"),
    "adset_id": ("adset", lambda x: str(x.ad_group.ad_group_id)),
    "adset_name": ("adset", lambda x: x.ad_group.name),
    "ad_id": ("ad", lambda x: str(x.ad.ad_id)),
    "ad_name": ("ad", lambda x: x.ad.name),
}
_ACCOUNT_NAMES = ("account_id", "account_name", "account_currency", "attribution_setting")
MEASURES = (
    "impressions", "clicks", "spend", "reach", "frequency", "ctr", "cpc", "cpm",
    "inline_link_clicks", "inline_link_click_ctr", "cost_per_inline_link_click",
)  # fmt: skip
FIELDS = (*_NAMES, *_ACCOUNT_NAMES, *MEASURES, *ACTION_FIELDS, "date_start", "date_stop")
_DEFAULT_FIELDS = ("account_id", "campaign_id", "adset_id", "ad_id", "impressions", "spend")


@dataclass(frozen=True, slots=True)
class Ask:
    """A checked insights call without its paging. Hashable, so that answers can be kept."""

    level: str  # Meta's word
    fields: tuple[str, ...]
    start: date
    end: date
    increment: str  # a number of days, monthly or all_days
    breakdowns: tuple[str, ...]
    windows: tuple[str, ...]
    filters: tuple[tuple[str, str, tuple[str, ...]], ...]  # field, operator, values

    def periods(self) -> list[tuple[date, date]]:
        """Return first and last day of each period, clipped to the range."""
        if self.increment == "all_days" and self.start <= self.end:
            return [(self.start, self.end)]
        periods, first = [], self.start
        while first <= self.end:
            if self.increment == "monthly":
                following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
            else:
                following = first + timedelta(days=int(self.increment))
            periods.append((first, min(following - timedelta(days=1), self.end)))
            first = following
        return periods

    def starts(self) -> Integers:
        """Return the position of each period's first day in the range."""
        days = [(first - self.start).days for first, _ in self.periods()]
        return np.array(days, dtype=np.int64)


def ask(form: Mapping[str, str], account: Account, clock: date, level: str = "account") -> Ask:
    """Check the parameters of an insights call; raise `MetaError` as Meta would."""
    level = form.get("level", level)
    if level not in LEVELS:
        raise MetaError(
            100, f"(#100) level must be one of the following values: {', '.join(LEVELS)}"
        )
    start, end = _range(form, clock)
    if start < _months_before(clock, HISTORY_MONTHS):
        message = "(#100) The start date of the time range cannot be beyond 37 months from today"
        raise MetaError(100, message)
    breakdowns = tuple(_list(form, "breakdowns"))
    for name in breakdowns:
        if name not in META_BREAKDOWNS:
            raise MetaError(
                100, f"(#100) breakdowns[0] must be one of: {', '.join(META_BREAKDOWNS)}"
            )
    windows = tuple(_list(form, "action_attribution_windows"))
    for name in windows:
        if name not in WINDOWS + SILENT_WINDOWS:
            raise MetaError(100, f"(#100) action_attribution_windows: {name} is not supported")
    fields = _fields(form)
    if breakdowns and start < _months_before(clock, REACH_MONTHS):
        fields = tuple(name for name in fields if name not in ("reach", "frequency"))
    return Ask(level, fields, start, end, _increment(form), breakdowns, windows, _filters(form))


def fragments(asked: Ask, account: Account, things: Sequence[Any]) -> list[str]:
    """Write names and ids of each entity, as the inside of a JSON object."""
    depth = list(LEVELS).index(asked.level)
    fixed: dict[str, Any] = {
        "account_id": account.account_id,
        "account_name": account.name,
        "account_currency": account.currency,
        "attribution_setting": "7d_click_1d_view",
    }
    constant = {name: fixed[name] for name in asked.fields if name in fixed}
    readers = [
        (name, _NAMES[name][1])
        for name in asked.fields
        if name in _NAMES and list(LEVELS).index(_NAMES[name][0]) <= depth
    ]
    return [
        orjson.dumps({**constant, **{name: read(x) for name, read in readers}}).decode()[1:-1]
        for x in things
    ]


def _fields(form: Mapping[str, str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_list(form, "fields"))) or _DEFAULT_FIELDS
    for name in names:
        if name not in FIELDS:
            raise MetaError(100, f"(#100) {name} is not valid for fields param.")
    return names


def _list(form: Mapping[str, str], name: str) -> list[str]:
    """Read a list: JSON as the SDK sends it, or comma-separated."""
    text = form.get(name, "").strip()
    if not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return [str(item) for item in orjson.loads(text)]
    except orjson.JSONDecodeError as error:
        raise MetaError(100, f"(#100) param {name} must be an array.") from error


def _increment(form: Mapping[str, str]) -> str:
    text = form.get("time_increment", "all_days")
    valid = text in ("monthly", "all_days") or (text.isdigit() and 1 <= int(text) <= 90)
    if not valid:
        message = "(#100) time_increment must be an integer from 1 to 90, monthly or all_days"
        raise MetaError(100, message)
    return text


def _range(form: Mapping[str, str], clock: date) -> tuple[date, date]:
    if "time_range" not in form:
        return _preset(form.get("date_preset", "last_30d"), clock)
    try:
        given = orjson.loads(form["time_range"])
        since, until = _day(given["since"]), _day(given["until"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        message = "(#100) time_range must be an object with since and until as YYYY-MM-DD"
        raise MetaError(100, message) from error
    if since > until:
        raise MetaError(100, "(#100) The since date must not be after the until date")
    return since, min(until, clock)


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _preset(name: str, clock: date) -> tuple[date, date]:
    yesterday = clock - timedelta(days=1)
    last_of_month = clock.replace(day=1) - timedelta(days=1)
    named = {
        "today": (clock, clock),
        "yesterday": (yesterday, yesterday),
        "this_month": (clock.replace(day=1), clock),
        "last_month": (last_of_month.replace(day=1), last_of_month),
        "maximum": (_months_before(clock, HISTORY_MONTHS), clock),
    }
    if name in named:
        return named[name]
    if match := re.fullmatch(r"last_(3|7|14|28|30|90)d", name):
        return clock - timedelta(days=int(match.group(1))), yesterday
    raise MetaError(100, f"(#100) date_preset: {name} is not one of the allowed values")


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def _filters(form: Mapping[str, str]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    try:
        given = orjson.loads(form.get("filtering") or "[]")
        return tuple(
            (
                str(item["field"]),
                str(item["operator"]),
                tuple(map(str, v if isinstance(v := item["value"], list) else [v])),
            )
            for item in given
        )
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        message = "(#100) filtering must be an array of objects with field, operator and value"
        raise MetaError(100, message) from error
