"""Google Analytics' Data API (v1beta) over what a `Web` knows: reports, batches, metadata, quotas.

Base URL `<sandbox>/google_analytics`; access tokens are those of `<sandbox>/google/token`. Paths
are the real ones: `/v1beta/properties/<id>:runReport`, `:batchRunReports`, `:checkCompatibility`
and `/v1beta/properties/<id>/metadata`. How a report is made is in `google_analytics_reports.py`.

`flags` of a property are put into the metadata of its reports: `{"subjectToThresholding": True}`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from connectors.sandbox.cache import Cache
from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault
from connectors.sandbox.google_errors import MESSAGES
from connectors.sandbox.web import google_analytics_fields as fields
from connectors.sandbox.web.google_analytics_errors import (
    FORBIDDEN,
    AnalyticsError,
    injected,
    invalid,
    refusal,
)
from connectors.sandbox.web.google_analytics_questions import Asked, read_asked
from connectors.sandbox.web.google_analytics_quotas import Quotas, tokens
from connectors.sandbox.web.google_analytics_reports import CARDINALITY, Table, reported
from connectors.sandbox.web.shapes import Web
from connectors.sandbox.world import World

BATCH = 5
ROWS_KEPT = 2_000_000
SERVER_ERRORS = "serverErrorsPerProjectPerHour"
_ANY_DAY = date(2026, 1, 1)
PAGING = ("limit", "offset", "returnPropertyQuota")

_PATHS = re.compile(
    r"/v1beta/properties/(\d+)(:runReport|:batchRunReports|:checkCompatibility|/metadata)"
)


class GoogleAnalytics:
    """Answers requests whose path begins after `/google_analytics`; `webs` by property id."""

    def __init__(
        self, world: World, webs: Mapping[str, Web], cardinality: int = CARDINALITY
    ) -> None:
        self._world = world
        self._webs = webs
        self._cardinality = cardinality
        self._tables: Cache[Table] = Cache(ROWS_KEPT, len)
        self.quotas = Quotas()
        self.flags: dict[str, dict[str, Any]] = {}

    def account_of(self, request: Request) -> str:
        """Return the property a request is about, empty if it is about none."""
        match = _PATHS.fullmatch(request.path)
        return match[1] if match else ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request; `fault` may spoil the answer."""
        if fault is not None and fault.kind == "token_expired":
            self._world.tokens.expire()
        try:
            if fault is not None and (error := injected(fault)) is not None:
                raise error
            self._check_token(request)
            return answer(self._routed(request))
        except AnalyticsError as error:
            if error.status >= 500:
                self.quotas.count(self.account_of(request), SERVER_ERRORS, 1, *self._now())
            return refusal(error)

    def _now(self) -> tuple[str, str]:
        day = f"{self._world.clock}"
        return day, f"{day} {self._world.minute // 60}"

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or self._world.tokens.state(token) != "good":
            raise AnalyticsError(401, MESSAGES[401])

    def _routed(self, request: Request) -> dict[str, Any]:
        match = _PATHS.fullmatch(request.path)
        wanted = "GET" if match and match[2] == "/metadata" else "POST"
        if match is None or request.method != wanted:
            raise AnalyticsError(404, MESSAGES[404])
        property_id, method = match[1], match[2].lstrip(":/")
        if property_id not in self._webs:
            raise AnalyticsError(403, FORBIDDEN)
        self.quotas.check(property_id, *self._now())
        if method == "metadata":
            return fields.metadata(property_id)
        if method == "checkCompatibility":
            return _compatibility(request.json())
        if method == "batchRunReports":
            reports = [self._report(property_id, body) for body in _batch(request.json())]
            return {"reports": reports, "kind": "analyticsData#batchRunReports"}
        return self._report(property_id, request.json())

    def _report(self, property_id: str, body: Any) -> dict[str, Any]:
        web = self._webs[property_id]
        asked = read_asked(body, web.today)
        table = self._table(property_id, web, asked, body)
        report = _headers(asked)
        rows = range(asked.offset, min(len(table), asked.offset + asked.limit))
        if len(rows):
            report["rows"] = _rows(asked, table, rows)
        report |= _aggregated(asked, table)
        if len(table):
            report["rowCount"] = len(table)
        currency = asked.currency or web.currency
        metadata: dict[str, Any] = {"currencyCode": currency, "timeZone": web.time_zone}
        if table.has_other:
            metadata["dataLossFromOtherRow"] = True
        report["metadata"] = metadata | self.flags.get(property_id, {})
        used = self.quotas.use(property_id, tokens(asked, len(rows)), *self._now())
        if asked.with_quota:
            report["propertyQuota"] = used
        return report | {"kind": "analyticsData#runReport"}

    def _table(self, property_id: str, web: Web, asked: Asked, body: Mapping[str, Any]) -> Table:
        said = {name: value for name, value in body.items() if name not in PAGING}
        key = (property_id, web.today, orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
        return self._tables.get(key, lambda: reported(asked, web, self._cardinality))


def _batch(body: Any) -> list[Any]:
    sent = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(sent, list) or not 1 <= len(sent) <= BATCH:
        raise invalid(f"Batch requests must have 1 to {BATCH} requests.")
    return sent


def _headers(asked: Asked) -> dict[str, Any]:
    """Write the names of the columns; a report without dimensions has no headers for them."""
    dimensions = [{"name": name} for name in asked.headers]
    metrics = [{"name": name, "type": fields.METRICS[name].type} for name in asked.metrics]
    found = {"dimensionHeaders": dimensions, "metricHeaders": metrics}
    return {name: headers for name, headers in found.items() if headers}


def _rows(asked: Asked, table: Table, places: Sequence[int]) -> list[dict[str, Any]]:
    figures = [_written(name, table.values(name)[places[0] : places[-1] + 1].tolist())
               for name in asked.metrics]  # fmt: skip
    written = []
    for row, place in enumerate(places):
        labels = [{"value": column[place]} for column in table.labels]
        values = [{"value": column[row]} for column in figures]
        found = {"dimensionValues": labels, "metricValues": values}
        written.append({name: cells for name, cells in found.items() if cells})
    return written


def _aggregated(asked: Asked, table: Table) -> dict[str, Any]:
    """Write totals, minimums and maximums, each as one row whose dimensions say what it is."""
    found: dict[str, Any] = {}
    if not len(table):
        return found
    for kind, name in (("TOTAL", "totals"), ("MINIMUM", "minimums"), ("MAXIMUM", "maximums")):
        if kind in asked.aggregations:
            values = [_written(m, [_aggregate(kind, m, table)])[0] for m in asked.metrics]
            labels = [{"value": f"RESERVED_{kind}"} for _ in asked.headers]
            cells = [{"value": value} for value in values]
            found[name] = [{"dimensionValues": labels, "metricValues": cells}]
    return found


def _aggregate(kind: str, metric: str, table: Table) -> float:
    if kind == "TOTAL":
        return table.total(metric)
    values = table.values(metric)
    return float(values.min() if kind == "MINIMUM" else values.max())


def _written(metric: str, values: Sequence[float]) -> list[str]:
    """Write figures as text: whole numbers without a point, money with at most two places."""
    if fields.METRICS[metric].type == "TYPE_CURRENCY":
        return [f"{value:.2f}".rstrip("0").rstrip(".") for value in values]
    return [f"{value:.15g}" for value in values]


def _compatibility(body: Any) -> dict[str, Any]:
    """Say that all that there is goes together; what there is not is an error as in a report."""
    sent = body if isinstance(body, dict) else {}
    range_ = [{"startDate": "yesterday", "endDate": "yesterday"}]
    named = {name: sent.get(name) or [] for name in ("dimensions", "metrics")}
    chosen = any(named.values())
    if chosen:
        read_asked({**named, "dateRanges": range_}, _ANY_DAY)
    dimensions = [it["name"] for it in named["dimensions"]] if chosen else [*fields.DIMENSIONS]
    metrics = [it["name"] for it in named["metrics"]] if chosen else [*fields.METRICS]
    fine = {"compatibility": "COMPATIBLE"}
    return {
        "dimensionCompatibilities": [
            {"dimensionMetadata": fields.dimension(name), **fine} for name in dimensions
        ],
        "metricCompatibilities": [
            {"metricMetadata": fields.metric(name), **fine} for name in metrics
        ],
    }
