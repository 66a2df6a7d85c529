"""Which marketing e-mails does an account have, and what came of them?

A campaign is an e-mail that was sent once, a flow's message one that a workflow sends again and
again. Figures go by the moment of sending, in intervals of the account's own days, from the start
to the end of what is asked for, both included. Ratios are percent. When statistics are asked for
with the list, some e-mails are left out, as happens at HubSpot.
Source: the reference, section 2; hubspot-api-client 12.0.0; HubSpot's "Marketing emails".
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import partial
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from connectors.sandbox.exchange import Request
from connectors.sandbox.mail.accounts import MailAccount, StoredCampaign, StoredFlow
from connectors.sandbox.mail.figures import Earned
from connectors.sandbox.mail.hubspot_wire import Row, invalid, is_true, moment_of, written
from connectors.sandbox.mail.world import NOON, MailWorld

CAMPAIGN_ID, MESSAGE_ID, ARCHIVED_ID = 180_000_000_000, 190_000_000_000, 170_000_000_000
A_FLOW = 100
"""Ids of one flow's messages."""
OMITTED = 7
"""Every so many e-mails one is left out of the list with statistics."""
COUNTERS = {
    "selected": "recipients", "sent": "recipients", "delivered": "delivered", "open": "opens",
    "click": "clicks", "bounce": "bounced", "hardbounced": "hard", "softbounced": "soft",
    "unsubscribed": "unsubscribes", "spamreport": "complaints",
}  # fmt: skip
NEVER = ("reply", "contactslost", "dropped", "notsent", "pending", "suppressed")


@dataclass(frozen=True, slots=True)
class Emails:
    """One account's."""

    mail: MailWorld
    account: MailAccount

    def listed(self, request: Request) -> list[Row]:
        """Return the e-mails that a query asks for."""
        query = request.query
        if is_true(query, "archived"):
            return [_row(str(ARCHIVED_ID), "Old draft", self._began, "DRAFT", archived=True)]
        found = list(self._all())
        if "isPublished" in query:
            published = is_true(query, "isPublished")
            found = [one for one in found if one[0]["isPublished"] == published]
        if not is_true(query, "includeStats"):
            return [row for row, _ in found]
        told = [one for i, one in enumerate(found) if i % OMITTED]
        return [{**row, "stats": _statistics(earned())} for row, earned in told]

    def statistics(self, request: Request) -> Row:
        """Return what came of what was sent in a span of time, and of which e-mails it is."""
        start, end = _span(request)
        sums = {
            id_: _sum(came for _, came in sent) for id_, sent in self._sent(request, start, end)
        }
        told = {id_: one for id_, one in sums.items() if one.recipients}
        whole = _statistics(_sum(told.values()))
        return {
            "emails": [int(id_) for id_ in told],
            "campaignAggregations": {},
            "aggregate": whole,
        }

    def histogram(self, request: Request) -> Row:
        """Return the same day by day; some answers name the figures in another way."""
        start, end = _span(request)
        if request.query.get("interval") != "DAY":
            raise invalid("Only the interval DAY is simulated.")
        days: dict[date, list[Earned]] = {}
        for day in _days(start.astimezone(self._zone), end.astimezone(self._zone)):
            days[day] = []
        for _, sent in self._sent(request, start, end):
            for moment, came in sent:
                days[moment.astimezone(self._zone).date()].append(came)
        names = ("aggregateStatistic", "aggregations")
        results = [
            {
                "interval": {"start": self._midnight(day), "end": self._midnight(_next(day))},
                names[i % 2]: _statistics(_sum(came)),
            }
            for i, (day, came) in enumerate(days.items())
        ]
        return {"total": len(results), "results": results}

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.account.time_zone)

    @property
    def _began(self) -> datetime:
        return datetime.combine(self.account.began, time(), self._zone)

    def _midnight(self, day: date) -> str:
        return written(datetime.combine(day, time(), self._zone))

    def _messages(self) -> Iterator[tuple[StoredFlow, int]]:
        for flow in self.account.flows:
            for place in range(len(flow.messages)):
                yield flow, place

    def _campaign(self, campaign: StoredCampaign) -> Row:
        return _row(
            str(CAMPAIGN_ID + campaign.number), campaign.name, campaign.sent_at, "PUBLISHED"
        )

    def _message(self, flow: StoredFlow, place: int) -> Row:
        live = self.mail.flow_status(self.account.key, flow.number) == "live"
        state = "AUTOMATED" if live else "AUTOMATED_DRAFT"
        name = f"{flow.name}: {flow.messages[place]}"
        return _row(_message_id(flow, place), name, self._began, state)

    def _all(self) -> Iterator[tuple[Row, Callable[[], Earned]]]:
        """Yield the e-mails, and what tells what each has earned in all."""
        key = self.account.key
        for campaign in self.mail.campaigns(key):
            yield self._campaign(campaign), partial(self.mail.came_of, key, campaign)
        for flow, place in self._messages():
            yield self._message(flow, place), partial(self.mail.flow_whole, key, flow, place)

    def _sent(
        self, request: Request, start: datetime, end: datetime
    ) -> Iterator[tuple[str, list[tuple[datetime, Earned]]]]:
        """Yield per e-mail that is asked for when it was sent in a span, and what came of it."""
        wanted = {value for name, value in parse_qsl(request.query_string) if name == "emailIds"}
        key = self.account.key
        for one in self.mail.campaigns(key):
            id_ = str(CAMPAIGN_ID + one.number)
            if start <= one.sent_at <= end and (not wanted or id_ in wanted):
                yield id_, [(one.sent_at, self.mail.came_of(key, one))]
        for flow, place in self._messages():
            if not wanted or _message_id(flow, place) in wanted:
                yield (
                    _message_id(flow, place),
                    [
                        (noon, self.mail.flow_day(key, flow, place, noon.date()))
                        for day in _days(start.astimezone(self._zone), end.astimezone(self._zone))
                        if start <= (noon := datetime.combine(day, NOON, self._zone)) <= end
                    ],
                )


def _message_id(flow: StoredFlow, place: int) -> str:
    return str(MESSAGE_ID + flow.number * A_FLOW + place)


def _row(id_: str, name: str, at: datetime, state: str, *, archived: bool = False) -> Row:
    automated = state.startswith("AUTOMATED")
    return {
        "id": id_,
        "name": name,
        "subject": name,
        "type": "AUTOMATED_EMAIL" if automated else "BATCH_EMAIL",
        "state": state,
        "isPublished": state in ("PUBLISHED", "AUTOMATED"),
        "publishDate": written(at),
        "createdAt": written(at - timedelta(days=2)),
        "updatedAt": written(at),
        "archived": archived,
        "from": {"fromName": "Acme Shop", "replyTo": "owner@shop.example"},
    }


def _statistics(came: Earned) -> Row:
    counters = {name: getattr(came, field) for name, field in COUNTERS.items()}
    counters |= dict.fromkeys(NEVER, 0)
    delivered = max(1, came.delivered)
    return {
        "counters": counters,
        "ratios": {
            "openratio": round(100 * came.opens / delivered, 3),
            "clickratio": round(100 * came.clicks / delivered, 3),
        },
        "deviceBreakdown": {},
        "qualifierStats": {},
    }


def _sum(parts: Iterable[Earned]) -> Earned:
    names = [one.name for one in fields(Earned)]
    rows = list(parts)
    return Earned(**{name: sum(getattr(one, name) for one in rows) for name in names})


def _span(request: Request) -> tuple[datetime, datetime]:
    start = moment_of(request.query, "startTimestamp")
    end = moment_of(request.query, "endTimestamp")
    if end < start:
        raise invalid("startTimestamp must be before endTimestamp.")
    return start, end


def _days(start: datetime, end: datetime) -> Iterator[date]:
    day = start.date()
    while day <= end.date():
        yield day
        day = _next(day)


def _next(day: date) -> date:
    return day + timedelta(days=1)
