"""What did campaigns and flows earn, by day of sending, in our words?

Klaviyo counts by the day of sending, in the account's own zone, whatever came later. A report of
campaigns has no days: each message's is the one on which it was sent. One of flows has, but reaches
over 60 days at most. Both are asked for by whole days, and once in a run for the same days.
Rates are never asked for. Source: Klaviyo's "Reporting API overview"; schemas of
klaviyo-api 25.0.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import nan
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pandas as pd

from connectors.base import RejectedError, Window
from connectors.channels.klaviyo.calling import Calls, Row
from connectors.channels.klaviyo.errors import UnusableMetricError
from connectors.channels.klaviyo.mailings import SentMessage

Kind = Literal["campaign", "flow"]

LONGEST: Mapping[Kind, int] = {"campaign": 365, "flow": 60}
"""Days of one report."""
REPORTS: Mapping[Kind, str] = {
    "campaign": "campaign-values-report",
    "flow": "flow-series-report",
}
CONVERSIONS = {"conversions": "conversions", "conversions_value": "conversion_value"}
CORE = {"clicks": "clicks_unique", **CONVERSIONS}
EMAIL = 'equals(send_channel,"email")'
METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of one message on one day."""

    parent_id: str  # the campaign or flow
    message_id: str
    name: str  # of the message
    day: date
    figures: Mapping[str, float]  # by our names


@dataclass(slots=True)
class Reports:
    """The reports of one account; each is asked for once."""

    calls: Calls
    wanted: Sequence[str]  # names or ids of metrics that count as a conversion
    metrics: Mapping[str, str]  # ours to Klaviyo's
    _told: dict[tuple[Kind, Window], list[Row]] = field(default_factory=dict)
    _usable: list[str] | None = None  # ids of metrics that have not been found unusable

    def campaigns(
        self, window: Window, messages: Mapping[str, SentMessage], zone: ZoneInfo
    ) -> list[Told]:
        """Return the figures of campaigns' messages on their days of sending. A message that is not
        listed any more has no day, and is left out."""
        found = []
        rows = self._rows("campaign", window)
        with self.calls.shape(REPORTS["campaign"]):
            for row in rows:
                message = messages.get(row["groupings"]["campaign_message_id"])
                day = _day(message.sent_at, zone) if message else None
                if message and day and window.start <= day <= window.end:
                    told = (message.campaign_id, message.message_id, message.name, day)
                    found.append(Told(*told, self._named(row["statistics"])))
        return found

    def flows(self, window: Window) -> list[Told]:
        """Return the figures of flows' messages, day by day."""
        rows = self._rows("flow", window)
        with self.calls.shape(REPORTS["flow"]):
            return [told for row in rows for told in self._days(row)]

    def _days(self, row: Row) -> list[Told]:
        names, series = row["groupings"], row["statistics"]
        own = (names["flow_id"], names["flow_message_id"], names.get("flow_message_name") or "")
        return [
            Told(*own, day, self._named({name: values[i] for name, values in series.items()}))
            for i, day in enumerate(row["days"])
        ]

    def _named(self, statistics: Mapping[str, Any]) -> dict[str, float]:
        return {ours: _number(statistics.get(name)) for ours, name in self._sources().items()}

    def _sources(self) -> dict[str, str]:
        return {**CORE, **self.metrics}

    def _rows(self, kind: Kind, window: Window) -> list[Row]:
        """Return the rows of the reports that cover a window; no two of them share a day."""
        found: list[Row] = []
        for part in window.split(LONGEST[kind]):
            if (kind, part) not in self._told:
                self._told[kind, part] = self._ask(kind, part)
            found += self._told[kind, part]
        return found

    def _ask(self, kind: Kind, window: Window) -> list[Row]:
        """Ask for a report with the first metric that can be used."""
        if self._usable is None:
            self._usable = conversion_metrics(self.calls, self.wanted)
        attributes = self._question(kind, window)
        while self._usable:
            asked = {**attributes, "conversion_metric_id": self._usable[0]}
            try:
                pages = list(self.calls.report(REPORTS[kind], asked))
            except UnusableMetricError:
                self._usable = self._usable[1:]
                continue
            with self.calls.shape(REPORTS[kind]):
                return [row for page in pages for row in _dated(kind, window, page)]
        names = ", ".join(self.wanted)
        raise RejectedError(f"klaviyo: reports can use none of the metrics {names} as a conversion")

    def _question(self, kind: Kind, window: Window) -> dict[str, Any]:
        question: dict[str, Any] = {
            "statistics": sorted(set(self._sources().values())),
            "timeframe": {
                "start": f"{window.start}T00:00:00+00:00",
                "end": f"{window.end}T23:59:59+00:00",
            },
            "filter": EMAIL,
        }
        ids = [f"{kind}_id", f"{kind}_message_id", "send_channel"]
        if kind == "flow":
            return {**question, "interval": "daily", "group_by": [*ids, "flow_message_name"]}
        return {**question, "group_by": ids}


def conversion_metrics(calls: Calls, wanted: Sequence[str]) -> list[str]:
    """Return the ids of metrics by their names or ids, in the order in which they are wanted."""
    found: list[tuple[int, str]] = []
    for rows in calls.pages(METRICS, **{"fields[metric]": "name"}):
        with calls.shape(METRICS):
            named = [(row["id"], row["attributes"].get("name")) for row in rows]
        for id_, name in named:
            found += [(wanted.index(word), id_) for word in (id_, name) if word in wanted]
    if not found:
        raise RejectedError(
            f"klaviyo: there is no metric {', '.join(wanted)}; set the option conversion_metrics"
        )
    return [id_ for _, id_ in sorted(found, key=lambda pair: pair[0])]


def frame(found: Sequence[Told], metrics: Mapping[str, str], *, by_message: bool) -> pd.DataFrame:
    """Return figures as a frame of `performance`; a campaign's are the sums of its messages'."""
    named = [*CORE, *metrics]
    rows = [
        {
            "entity_id": one.message_id if by_message else one.parent_id,
            "date_day": f"{one.day}",
            **one.figures,
        }
        for one in found
    ]
    made = pd.DataFrame(rows, columns=["entity_id", "date_day", *named])
    made = made.astype(dict.fromkeys(named, "float64"))
    whole = made.groupby(["entity_id", "date_day"], as_index=False, sort=False)
    return whole.sum(min_count=1) if len(made) else made


def _dated(kind: Kind, window: Window, page: Row) -> list[Row]:
    """Return a page's rows; those of flows with the days that their figures are of.

    What `date_times` says depends on the zone it is written in; its order does not.
    """
    if kind == "campaign":
        return list(page["results"])
    days = [day.start for day in window.split(1)]
    if page["results"] and len(page["date_times"]) != len(days):
        raise ValueError("a figure for each day")
    return [{**row, "days": days} for row in page["results"]]


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def _number(value: Any) -> float:
    """Return a number; NaN for what is missing or null."""
    return nan if value is None or value == "" else float(value)
