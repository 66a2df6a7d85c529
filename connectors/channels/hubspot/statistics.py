"""What came of marketing e-mails, by the day on which they were sent, in our words?

HubSpot tells first which e-mails a span of time knows, then of each one what came of what it sent
on each day, the account's own. A day of which it says nothing is one without any sending: for an
e-mail that sends by itself that is zero, for one that is sent once it is no row at all.
Ratios are never read: they are percent, of other wholes than ours.
Source: schemas of `/marketing/emails/statistics/list` and `.../histogram`; in the latter the
figures are `aggregations`, in some answers `aggregateStatistic` (HubSpot's own examples, where days
begin at the account's midnight).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from connectors.base import Window
from connectors.channels.hubspot.calling import Calls, Row

STATISTICS = "marketing/emails/{version}/statistics/list"
HISTOGRAM = "marketing/emails/{version}/statistics/histogram"
CORE = {"clicks": "click"}
FIGURES = ("aggregations", "aggregateStatistic")
SENT = "sent"
Counters = Mapping[str, Any]
Figures = dict[str, Any]


def rows(
    calls: Calls,
    window: Window,
    zone: ZoneInfo,
    sending: Mapping[str, date],
    metrics: Mapping[str, str],
) -> Iterator[Figures]:
    """Yield the figures of each e-mail on each day of a window on which it sent something.

    `sending` are those that send by themselves, and since when: they have figures on every day.
    """
    for email_id in dict.fromkeys([*_sent_within(calls, window, zone), *sending]):
        days = _by_day(calls, email_id, window, zone)
        if email_id in sending:
            nothing = dict.fromkeys(_sources(metrics).values(), 0)
            first = max(sending[email_id], window.start)
            days = dict.fromkeys(_days(first, window.end), nothing) | days
        else:
            days = {day: counters for day, counters in days.items() if counters.get(SENT) != 0}
        for day, counters in days.items():
            yield {"entity_id": email_id, "date_day": f"{day}"} | _named(counters, metrics)


def frame(found: Iterable[Figures], metrics: Mapping[str, str]) -> pd.DataFrame:
    """Return figures as a frame of `performance`."""
    named = list(_sources(metrics))
    made = pd.DataFrame(list(found), columns=["entity_id", "date_day", *named])
    return made.astype(dict.fromkeys(named, "float64"))


def _sent_within(calls: Calls, window: Window, zone: ZoneInfo) -> list[str]:
    """Return the ids of the e-mails that were sent in a window."""
    body = calls.get(STATISTICS, **_span(window, zone))
    with calls.shape(STATISTICS):
        return [str(int(id_)) for id_ in body["emails"]]


def _by_day(calls: Calls, email_id: str, window: Window, zone: ZoneInfo) -> dict[date, Counters]:
    """Return an e-mail's counters on the days that HubSpot tells of."""
    asked = {"interval": "DAY", "emailIds": email_id, **_span(window, zone)}
    body = calls.get(HISTOGRAM, **asked)
    with calls.shape(HISTOGRAM):
        if (body.get("paging") or {}).get("next"):
            raise ValueError("more days than one answer has")
        told = {_day(row["interval"], zone): _counters(row) for row in body["results"]}
    days = (day for day in sorted(told) if window.start <= day <= window.end)
    return {day: told[day] for day in days if told[day]}


def _day(interval: Row, zone: ZoneInfo) -> date:
    """Return the day of an interval; raise `ValueError` for one that is not the account's day."""
    start, end = (
        datetime.fromisoformat(interval[name]).astimezone(UTC) for name in ("start", "end")
    )
    day = start.astimezone(zone).date()
    if start != _midnight(day, zone) or end > _midnight(_next(day), zone):
        raise ValueError("an interval that is no day of the account's")
    return day


def _counters(row: Row) -> Counters:
    """Return the counts of an interval, under whichever name they come."""
    usual, other = FIGURES
    counters: Counters = (row.get(usual) or row[other])["counters"]
    return counters


def _named(counters: Counters, metrics: Mapping[str, str]) -> Figures:
    return {ours: _number(counters.get(name)) for ours, name in _sources(metrics).items()}


def _sources(metrics: Mapping[str, str]) -> dict[str, str]:
    return {**CORE, **metrics}


def _number(value: Any) -> float:
    """Return a number; NaN for what is missing, null or empty."""
    return nan if value is None or value == "" else float(value)


def _span(window: Window, zone: ZoneInfo) -> dict[str, str]:
    """Return the query for a window: HubSpot counts both ends in."""
    last = _midnight(_next(window.end), zone) - timedelta(seconds=1)
    return {
        "startTimestamp": _written(_midnight(window.start, zone)),
        "endTimestamp": _written(last),
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _next(day: date) -> date:
    return day + timedelta(days=1)
