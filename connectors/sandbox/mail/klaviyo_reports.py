"""What do Klaviyo's values and series reports say?

They go by the day of sending, in the account's own zone: the offset of a timeframe is ignored, both
its ends belong to it, and the end is the last second of its hour. Counts come as decimals. Only
statistics that are counts or money are simulated, and three rates that nobody should pass on.
Source: the reference, section 1.2; descriptions of klaviyo-api 25.0.0; Klaviyo's "Reporting API
overview".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.sandbox.mail.accounts import StoredFlow
from connectors.sandbox.mail.figures import Earned
from connectors.sandbox.mail.klaviyo_things import ORDERS, Things
from connectors.sandbox.mail.klaviyo_wire import Row, invalid

STATISTICS = {
    "recipients": "recipients",
    "delivered": "delivered",
    "bounced": "bounced",
    "spam_complaints": "complaints",
    "unsubscribes": "unsubscribes",
    "unsubscribe_uniques": "unsubscribes",
    "opens": "opens_total",
    "opens_unique": "opens",
    "clicks": "clicks_total",
    "clicks_unique": "clicks",
    "conversions": "orders",
    "conversion_uniques": "orders",
    "conversion_value": "revenue",
}
RATES = {"open_rate": "opens", "click_rate": "clicks", "bounce_rate": "bounced"}
LONGEST, LONGEST_DAILY = timedelta(days=366), timedelta(days=60)
UNUSABLE = "Passed in conversion metric does not support querying for values data"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for."""

    statistics: Sequence[str]
    start: datetime  # local, naive
    end: datetime
    group_by: Sequence[str]

    def takes(self, moment: datetime) -> bool:
        """Tell whether a local moment belongs to the report."""
        return self.start <= moment.replace(tzinfo=None) <= self.end

    def days(self) -> list[date]:
        """Return the days of the timeframe."""
        count = (self.end.date() - self.start.date()).days + 1
        return [self.start.date() + timedelta(days=i) for i in range(count)]

    def figures(self, came: Earned) -> Row:
        """Return the statistics of what was earned."""
        return {name: _statistic(name, came) for name in self.statistics}

    def groupings(self, names: Row) -> Row:
        """Return what a row is about, by what was asked for."""
        return {name: names[name] for name in self.group_by}


def asked(things: Things, sent: Row, kind: str) -> Asked:
    """Return what the attributes of a request ask for; `kind` is campaign or flow. Raise what is
    wrong with it."""
    known = {*STATISTICS, *RATES}
    statistics = sent.get("statistics") or []
    if not statistics or not set(statistics) <= known:
        raise invalid("'statistics' has an invalid value.")
    metrics = {row["id"]: row["attributes"]["name"] for row in things.metrics()}
    metric = metrics.get(sent.get("conversion_metric_id", ""))
    if metric is None:
        raise invalid("'conversion_metric_id' is not a metric of this account.")
    if metric != ORDERS:
        raise invalid(UNUSABLE)
    usual = [f"{kind}_id", f"{kind}_message_id", "send_channel"]
    group_by = sent.get("group_by") or usual
    if not set(usual[:2]) <= set(group_by) <= {*usual, f"{kind}_message_name", f"{kind}_name"}:
        raise invalid(f"{kind}_id and {kind}_message_id are required in group_by.")
    if not re.fullmatch(r'(equals\(send_channel,"email"\))?', sent.get("filter") or ""):
        raise invalid("'filter' is not simulated.")
    start, end = _timeframe(sent.get("timeframe") or {})
    return Asked(statistics, start, end, group_by)


def campaign_values(things: Things, wanted: Asked) -> list[Row]:
    """Return a row for each message of a campaign that was sent in the timeframe."""
    zone = ZoneInfo(things.account.time_zone)
    rows = []
    for campaign in things.mail.campaigns(things.account.key):
        if wanted.takes(campaign.sent_at.astimezone(zone)):
            names = {
                "send_channel": "email",
                "campaign_id": things.campaign_id(campaign),
                "campaign_message_id": things.message_id(campaign),
                "campaign_message_name": f"{campaign.name}: e-mail",
            }
            came = things.mail.came_of(things.account.key, campaign)
            rows.append(_result(wanted.groupings(names), wanted.figures(came)))
    return rows


def flow_values(things: Things, wanted: Asked) -> list[Row]:
    """Return a row for each message of a flow, with the sums over the timeframe."""
    rows = []
    for groupings, series in _flows(things, wanted):
        sums = {name: sum(day[name] for day in series) for name in wanted.statistics}
        if any(sums.values()):
            rows.append(_result(groupings, sums))
    return rows


def flow_series(things: Things, wanted: Asked, interval: str) -> Row:
    """Return for each message of a flow what each day has, and the days."""
    if interval != "daily":
        raise invalid("Only the interval 'daily' is simulated.")
    if wanted.end - wanted.start > LONGEST_DAILY:
        raise invalid("Timeframe cannot be longer than 60 days for a daily interval.")
    rows = [
        _result(groupings, {name: [day[name] for day in series] for name in wanted.statistics})
        for groupings, series in _flows(things, wanted)
    ]
    zone = ZoneInfo(things.account.time_zone)
    midnights = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in wanted.days())
    return {"results": rows, "date_times": [at.isoformat() for at in midnights]}


def _flows(things: Things, wanted: Asked) -> Iterator[tuple[Row, list[Row]]]:
    for flow in things.account.flows:
        for place, message in enumerate(flow.messages):
            names = {
                "send_channel": "email",
                "flow_id": things.flow_id(flow),
                "flow_name": flow.name,
                "flow_message_id": things.flow_message_id(flow, place),
                "flow_message_name": message,
            }
            days = [wanted.figures(_day(things, flow, place, day)) for day in wanted.days()]
            yield wanted.groupings(names), days


def _day(things: Things, flow: StoredFlow, place: int, day: date) -> Earned:
    return things.mail.flow_day(things.account.key, flow, place, day)


def _timeframe(sent: Row) -> tuple[datetime, datetime]:
    try:
        start, end = (datetime.fromisoformat(str(sent[name])) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise invalid("'timeframe' needs a start and an end.") from None
    start = start.replace(tzinfo=None)
    end = end.replace(tzinfo=None, minute=59, second=59)
    if not timedelta() < end - start <= LONGEST:
        raise invalid("'timeframe' cannot be longer than a year.")
    return start, end


def _statistic(name: str, came: Earned) -> float:
    if name in RATES:
        return getattr(came, RATES[name]) / came.delivered if came.delivered else 0.0
    return float(getattr(came, STATISTICS[name]))


def _result(groupings: Row, statistics: Row) -> Row:
    return {"groupings": groupings, "statistics": statistics}
