"""What came of each campaign, in our words: counts of people on the day of sending.

Rates are never read: Mailchimp's are fractions here and percent there, of other wholes than ours.
An automation and an RSS campaign send again and again, and Mailchimp tells only what they have
earned in all: of their days everything is unknown, which is not zero.
Source: schema of `GET /reports` (mailchimp-marketing 3.0.80).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from connectors.base import Window
from connectors.channels.mailchimp.calling import Row

SENT_ONCE = ("regular", "plaintext", "absplit", "variate")
FIELDS = (
    "type",
    "send_time",
    "emails_sent",
    "abuse_reports",
    "unsubscribed",
    "bounces",
    "opens.unique_opens",
    "clicks.unique_subscriber_clicks",
    "ecommerce",
)
CORE = ("clicks", "conversions", "conversions_value")
PATHS: Mapping[str, tuple[str, ...]] = {
    "emails_sent": ("emails_sent",),
    "hard_bounces": ("bounces", "hard_bounces"),
    "soft_bounces": ("bounces", "soft_bounces"),
    "abuse_reports": ("abuse_reports",),
    "unsubscribed": ("unsubscribed",),
    "unique_opens": ("opens", "unique_opens"),
}
BOUNCES = ("hard_bounces", "soft_bounces", "syntax_errors")
"""What was sent and did not arrive; Mailchimp's own rates are of the rest."""

Figures = dict[str, Any]


def bounds(window: Window, zone: ZoneInfo) -> dict[str, str]:
    """Return the query for what was sent in a window; Mailchimp leaves the bounds out."""
    start, end = (datetime.combine(day, time(), zone) for day in (window.start, _next(window.end)))
    since = start - timedelta(seconds=1)
    return {
        "since_send_time": since.astimezone(UTC).isoformat(timespec="seconds"),
        "before_send_time": end.astimezone(UTC).isoformat(timespec="seconds"),
    }


def figures(
    rows: Iterable[Row], window: Window, zone: ZoneInfo, currency: str, metrics: Mapping[str, str]
) -> list[Figures]:
    """Return the figures of the reports of what was sent once, within a window."""
    found = []
    for row in rows:
        if row["type"] not in SENT_ONCE or not (text := row.get("send_time")):
            continue
        day = datetime.fromisoformat(text).astimezone(zone).date()
        if window.start <= day <= window.end:
            found.append(_key(row["id"], day) | _figures(row, currency, metrics))
    return found


def unknown(since: Mapping[str, date], window: Window, metrics: Iterable[str]) -> list[Figures]:
    """Return the figures of what sends again and again, from its first day on: none is known."""
    nothing = dict.fromkeys([*CORE, *metrics], nan)
    return [
        _key(entity_id, day.start) | nothing
        for day in window.split(1)
        for entity_id, first in since.items()
        if first <= day.start
    ]


def frame(found: list[Figures], metrics: Iterable[str]) -> pd.DataFrame:
    """Return figures as a frame of `performance`."""
    named = [*CORE, *metrics]
    made = pd.DataFrame(found, columns=["entity_id", "date_day", *named])
    return made.astype(dict.fromkeys(named, "float64"))


def _key(entity_id: str, day: date) -> Figures:
    return {"entity_id": entity_id, "date_day": f"{day}"}


def _figures(row: Row, currency: str, metrics: Mapping[str, str]) -> Figures:
    return {
        "clicks": _number(row, "clicks", "unique_subscriber_clicks"),
        "conversions": _number(row, "ecommerce", "total_orders"),
        "conversions_value": _revenue(row, currency),
    } | {ours: _source(row, name) for ours, name in metrics.items()}


def _source(row: Row, name: str) -> float:
    if name in PATHS:
        return _number(row, *PATHS[name])
    bounced = sum(_number(row, "bounces", kind) for kind in BOUNCES)
    return bounced if name == "bounces" else _number(row, "emails_sent") - bounced


def _revenue(row: Row, currency: str) -> float:
    """Return the orders' value; unknown if it is in another currency than the account's."""
    value = _number(row, "ecommerce", "total_revenue")
    same = (row.get("ecommerce") or {}).get("currency_code") == currency
    return value if same or value == 0 else nan


def _number(row: Row, *path: str) -> float:
    """Return a number; NaN for what is missing, null or empty."""
    found: Any = row
    for name in path:
        found = (found or {}).get(name)
    return nan if found is None or found == "" else float(found)


def _next(day: date) -> date:
    return day + timedelta(days=1)
