"""Google's own client reads in the sandbox what our connector reads; filters, quotas, refusals."""

from datetime import date

import pytest
import requests
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import (
    BetaAnalyticsDataRestTransport,
)
from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    CheckCompatibilityRequest,
    DateRange,
    Dimension,
    Filter,
    FilterExpression,
    FilterExpressionList,
    Metric,
    MetricAggregation,
    NumericValue,
    OrderBy,
    RunReportRequest,
)
from google.api_core.exceptions import BadRequest, Forbidden, TooManyRequests
from google.oauth2.credentials import Credentials
from requests.adapters import HTTPAdapter

from connectors.base import Window
from connectors.channels.google_analytics import Connector, Options
from connectors.sandbox.web.google_analytics_quotas import LIMITS
from connectors.sites import Quality
from connectors.throttle import LocalThrottle

from .visited import PROPERTY, SITE, TODAY, VisitedSandbox, days, shop

NAME = f"properties/{PROPERTY}"
WEEK = Window(date(2026, 10, 26), date(2026, 11, 1))
MANY = 4
"""Rows of a day that the small sandbox keeps before it puts the rest together."""


@pytest.fixture(scope="module")
def sandbox():
    with VisitedSandbox({PROPERTY: shop()}) as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox):
    return client_of(sandbox)


class Below(HTTPAdapter):
    """Sends what a client that knows hosts only sends to the part of the sandbox below a path."""

    def __init__(self, url: str, prefix: str) -> None:
        super().__init__()
        self._url, self._prefix = url, prefix

    def send(self, request, **rest):
        request.url = request.url.replace(self._url, self._url + self._prefix, 1)
        return super().send(request, **rest)


def client_of(sandbox) -> BetaAnalyticsDataClient:
    """Return Google's client, with its REST transport, on the sandbox."""
    form = {"grant_type": "refresh_token", "refresh_token": "r"}
    token = requests.post(sandbox.token_url, data=form, timeout=5).json()["access_token"]
    transport = BetaAnalyticsDataRestTransport(
        host=sandbox.url.removeprefix("http://"), credentials=Credentials(token), url_scheme="http"
    )
    transport._session.mount(sandbox.url, Below(sandbox.url, "/google_analytics"))  # noqa: SLF001
    return BetaAnalyticsDataClient(transport=transport)


def connector(sandbox, **metrics) -> Connector:
    options = Options(
        account_id=PROPERTY, site_url=SITE, client_id="c", client_secret="s", refresh_token="r",
        base_url=sandbox.analytics_url, token_url=sandbox.token_url,
        metrics=metrics or {"sessions": "sessions", "revenue": "totalRevenue"},
    )  # fmt: skip
    return Connector(options, throttle=LocalThrottle())


def asked(dimensions=(), metrics=("sessions",), **more) -> RunReportRequest:
    return RunReportRequest(
        property=NAME,
        dimensions=[Dimension(name=name) for name in dimensions],
        metrics=[Metric(name=name) for name in metrics],
        date_ranges=[DateRange(start_date=f"{WEEK.start}", end_date=f"{WEEK.end}")],
        **more,
    )


def rows(report) -> list[tuple[tuple[str, ...], tuple[float, ...]]]:
    return [
        (
            tuple(cell.value for cell in row.dimension_values),
            tuple(float(cell.value) for cell in row.metric_values),
        )
        for row in report.rows
    ]


def text_filter(field: str, value: str, match=Filter.StringFilter.MatchType.EXACT):
    string = Filter.StringFilter(value=value, match_type=match)
    return FilterExpression(filter=Filter(field_name=field, string_filter=string))


# --- Google's client and our connector ----------------------------------------------------------


def test_the_client_reads_what_our_connector_reads(sandbox, client):
    report = client.run_report(
        asked(("date", "sessionCampaignName"), ("sessions", "totalRevenue"), keep_empty_rows=True)
    )
    theirs = {
        (campaign, f"{day[:4]}-{day[4:6]}-{day[6:]}"): figures
        for (day, campaign), figures in rows(report)
    }
    (frame,) = connector(sandbox).performance("campaign", WEEK)
    ours = {(it.entity_id, it.date_day): (it.sessions, it.revenue) for it in frame.itertuples()}
    assert ours == theirs
    assert len(ours) == report.row_count > 50
    account = connector(sandbox).account()
    assert (account.currency, account.time_zone) == (
        report.metadata.currency_code, report.metadata.time_zone,
    )  # fmt: skip


def test_pages_together_are_the_whole(client):
    order = [OrderBy(dimension={"dimension_name": n}) for n in ("date", "landingPage")]
    wanted = asked(("date", "landingPage"), order_bys=order, limit=100)
    whole = rows(client.run_report(asked(("date", "landingPage"), order_bys=order)))
    paged, offset, count = [], 0, 1
    while offset < count:
        wanted.offset = offset
        page = client.run_report(wanted)
        paged += rows(page)
        count, offset = page.row_count, offset + 100
    assert paged == whole == sorted(whole)
    assert len(paged) == count > 300


def test_a_batch_is_its_reports_in_order(client):
    requests_ = [asked(("date",)), asked(("sessionMedium",), ("keyEvents",))]
    batch = client.batch_run_reports(BatchRunReportsRequest(property=NAME, requests=requests_))
    assert [report.dimension_headers[0].name for report in batch.reports] == [
        "date", "sessionMedium",
    ]  # fmt: skip
    assert [rows(report) for report in batch.reports] == [
        rows(client.run_report(request)) for request in requests_
    ]


def test_totals_and_quotas_come_if_they_are_asked_for(client):
    report = client.run_report(
        asked(
            ("date",),
            ("sessions", "totalUsers", "bounceRate"),
            metric_aggregations=[MetricAggregation.TOTAL, MetricAggregation.MAXIMUM],
            return_property_quota=True,
        )
    )
    figures = [values for _, values in rows(report)]
    total = [float(cell.value) for cell in report.totals[0].metric_values]
    assert report.totals[0].dimension_values[0].value == "RESERVED_TOTAL"
    web = shop()
    assert total[0] == sum(web.sessions(day).sessions.sum() for day in days(WEEK.start, WEEK.end))
    assert total[1] < sum(values[1] for values in figures)  # users come back
    assert min(values[2] for values in figures) < total[2] < max(values[2] for values in figures)
    assert float(report.maximums[0].metric_values[0].value) == max(v[0] for v in figures)
    quota = report.property_quota
    assert quota.tokens_per_day.consumed >= 1
    assert quota.tokens_per_project_per_hour.remaining < LIMITS["tokensPerProjectPerHour"]
    assert quota.concurrent_requests.remaining == 10


def test_filters_part_the_rows(client):
    def sessions(expression=None) -> dict[str, float]:
        found = rows(client.run_report(asked(("sessionSource",), dimension_filter=expression)))
        return {key[0]: value[0] for key, value in found}

    whole = sessions()
    google = text_filter("sessionSource", "google")
    assert sessions(google) == {"google": whole["google"]}
    part = text_filter("sessionSource", "GOO", Filter.StringFilter.MatchType.CONTAINS)
    assert sessions(part) == sessions(google)
    rest = FilterExpression(not_expression=google)
    assert sessions(rest) == {name: value for name, value in whole.items() if name != "google"}
    names = Filter.InListFilter(values=["bing", "newsletter"])
    listed = FilterExpression(filter=Filter(field_name="sessionSource", in_list_filter=names))
    assert set(sessions(listed)) == {"bing", "newsletter"}
    paid = text_filter("sessionMedium", "cpc")
    both = FilterExpression(and_group=FilterExpressionList(expressions=[google, paid]))
    either = FilterExpression(or_group=FilterExpressionList(expressions=[google, listed]))
    assert 0 < sessions(both)["google"] < whole["google"]
    assert set(sessions(either)) == {"google", "bing", "newsletter"}


def test_metrics_are_filtered_after_they_are_summed(client):
    above = Filter.NumericFilter(
        operation=Filter.NumericFilter.Operation.GREATER_THAN,
        value=NumericValue(int64_value=500),
    )
    wanted = Filter(field_name="sessions", numeric_filter=above)
    found = rows(
        client.run_report(asked(("landingPage",), metric_filter=FilterExpression(filter=wanted)))
    )
    whole = rows(client.run_report(asked(("landingPage",))))
    assert found == [it for it in whole if it[1][0] > 500]
    assert 0 < len(found) < len(whole)
    assert [it[1] for it in whole] == sorted((it[1] for it in whole), reverse=True)


def test_ranges_are_told_apart_and_days_may_be_relative(client):
    request = asked()
    request.date_ranges = [
        DateRange(start_date="yesterday", end_date="yesterday", name="now"),
        DateRange(start_date="8daysAgo", end_date="8daysAgo"),
    ]
    web = shop()
    assert dict(rows(client.run_report(request))) == {
        ("now",): (web.sessions(date(2026, 11, 1)).sessions.sum(),),
        ("date_range_1",): (web.sessions(date(2026, 10, 25)).sessions.sum(),),
    }


def test_an_empty_report_has_neither_rows_nor_a_count(sandbox, client):
    request = asked(("date",))
    request.date_ranges = [DateRange(start_date="today", end_date="today")]
    report = client.run_report(request)
    assert (rows(report), report.row_count, report.metadata.currency_code) == ([], 0, "EUR")
    assert list(connector(sandbox).performance("page", Window(TODAY, TODAY))) == []


def test_fields_are_listed_and_go_together(client):
    metadata = client.get_metadata(name=f"{NAME}/metadata")
    assert "landingPagePlusQueryString" in {it.api_name for it in metadata.dimensions}
    answer = client.check_compatibility(
        CheckCompatibilityRequest(
            property=NAME, dimensions=[Dimension(name="date")], metrics=[Metric(name="sessions")]
        )
    )
    assert [it.compatibility.name for it in answer.dimension_compatibilities] == ["COMPATIBLE"]


# --- what it refuses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (asked(("dates",)), "Field dates is not a valid dimension"),
        (asked(metrics=("clicks",)), "Field clicks is not a valid metric"),
        (asked(("date", "date")), "Duplicate dimensions"),
        (asked(limit=-1), "limit must be at least 1"),
        (asked(metrics=[f"sessions{n}" for n in range(11)]), "not a valid metric"),
        (
            asked(("date",), order_bys=[OrderBy(metric={"metric_name": "keyEvents"})]),
            "Order by metric keyEvents is not in the request",
        ),
    ],
)
def test_a_wrong_report_is_refused(client, request_, sentence):
    with pytest.raises(BadRequest, match=sentence):
        client.run_report(request_)


def test_a_foreign_property_is_refused(client):
    request = asked()
    request.property = "properties/1"
    with pytest.raises(Forbidden, match="sufficient permissions for this property"):
        client.run_report(request)


def test_a_batch_has_five_reports_at_most(client):
    with pytest.raises(BadRequest, match="1 to 5 requests"):
        client.batch_run_reports(BatchRunReportsRequest(property=NAME, requests=[asked()] * 6))


def test_tokens_are_used_up_and_come_back_with_the_hour(sandbox, client):
    day, hour = f"{sandbox.world.clock}", f"{sandbox.world.clock} {sandbox.world.minute // 60}"
    sandbox.analytics.quotas.count(PROPERTY, "tokensPerProjectPerHour", 14_000, day, hour)
    with pytest.raises(TooManyRequests, match="for a project per hour"):
        client.run_report(asked())
    sandbox.set_minute(sandbox.world.minute + 60)
    assert rows(client.run_report(asked()))


# --- what it leaves out -------------------------------------------------------------------------


def test_too_many_rows_of_a_day_become_one():
    with VisitedSandbox({PROPERTY: shop()}, cardinality=MANY) as small:
        found = client_of(small).run_report(asked(("date", "landingPage")))
        channel = connector(small)
        frames = list(channel.performance("page", WEEK))
        small.analytics.flags[PROPERTY] = {"subjectToThresholding": True}
        flagged = connector(small)
        list(flagged.performance("account", WEEK))
    assert found.metadata.data_loss_from_other_row
    assert len(found.rows) == WEEK.days * (MANY + 1)
    assert channel.quality() == Quality(bucketed=True)
    assert flagged.quality() == Quality(thresholded=True)
    ids = {entity_id for frame in frames for entity_id in frame["entity_id"]}
    assert "(other)" in ids
    web = shop()
    total = sum(web.sessions(day).sessions.sum() for day in days(WEEK.start, WEEK.end))
    assert sum(frame["sessions"].sum() for frame in frames) == total
