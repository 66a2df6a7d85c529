"""Google Analytics: what is asked, what becomes of the answers, and what failures mean."""

from datetime import UTC, date, datetime
from operator import itemgetter

import numpy as np
import pytest
from pydantic import ValidationError

from connectors.base import ReconnectError, RejectedError, TransientError, Window
from connectors.channels.google_analytics import Connector, Options, calling, questions
from connectors.sandbox.faults import Fault
from connectors.sites import CandidChannel, Quality
from connectors.throttle import LocalThrottle

from ..conftest import Answer, told
from ..sandbox.web.visited import PROPERTY, SITE, VisitedSandbox, days, shop

SECRETS = ("planted-client", "planted-refresh", "planted-access-token")
NOW = datetime(2026, 11, 2, 20, 45, tzinfo=UTC)  # 12:45 in Los Angeles
DAY = Window(date(2026, 11, 1), date(2026, 11, 1))
METRICS = {
    "sessions": "sessions",
    "engaged_sessions": "engagedSessions",
    "key_events": "keyEvents",
    "revenue": "totalRevenue",
}


def options(url: str, **changes) -> Options:
    given = {
        "account_id": PROPERTY,
        "site_url": "https://www.example.com",
        "client_id": "client",
        "client_secret": "planted-client",
        "refresh_token": "planted-refresh",
        "metrics": {"sessions": "sessions", "revenue": "totalRevenue"},
        "base_url": url,
        "token_url": f"{url}/token",
    }
    return Options(**given | changes)


@pytest.fixture
def connect(server, time_):
    def made(**changes) -> Connector:
        throttle = LocalThrottle(time_.clock, time_.sleep)
        return Connector(options(server.url, **changes), throttle=throttle, clock=lambda: NOW)

    return made


def row(*dimensions: str, values=("1", "0")) -> dict:
    return {
        "dimensionValues": [{"value": value} for value in dimensions],
        "metricValues": [{"value": value} for value in values],
    }


def report(*rows: dict, count: int | None = None, metrics=("sessions", "totalRevenue"), **metadata):
    """A report in Google's shape: without rows it has neither `rows` nor `rowCount`."""
    body = {
        "metricHeaders": [{"name": name, "type": "TYPE_INTEGER"} for name in metrics],
        "metadata": {"currencyCode": "EUR", "timeZone": "Europe/Berlin", **metadata},
        "kind": "analyticsData#runReport",
    }
    if rows:
        body |= {"rows": [*rows], "rowCount": len(rows) if count is None else count}
    return body


def error(status: int, name: str, message: str, reason: str = "") -> Answer:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    details = [info] if reason else []
    body = {"code": status, "message": message, "status": name, "details": details}
    return Answer({"error": body}, status)


def figures(channel: Connector, level="page", window=DAY, breakdown="") -> list[dict]:
    frames = channel.performance(level, window, breakdown)
    return [row for frame in frames for row in frame.to_dict("records")]


# --- what is asked ------------------------------------------------------------------------------


def test_the_account_is_described_by_a_report(server, connect):
    server.script(report(row(values=("12",)), metrics=("sessions",)))
    account = connect().account()
    assert (account.platform, account.account_id, account.name, account.currency) == (
        "google_analytics", PROPERTY, "www.example.com", "EUR",
    )  # fmt: skip
    assert account.time_zone == "Europe/Berlin"
    (seen,) = server.seen
    assert seen.path == f"/v1beta/properties/{PROPERTY}:runReport"
    assert seen.headers["Authorization"] == "Bearer planted-access-token"


def test_a_report_is_asked_for_with_literal_days_and_everything_in_order(server, connect):
    server.script(report())
    assert figures(connect(), "page", DAY, "source,medium") == []
    assert server.seen[0].json() == {
        "dimensions": [
            {"name": "date"},
            {"name": "landingPagePlusQueryString"},
            {"name": "sessionSource"},
            {"name": "sessionMedium"},
        ],
        "metrics": [{"name": "sessions"}, {"name": "totalRevenue"}],
        "dateRanges": [{"startDate": "2026-11-01", "endDate": "2026-11-01"}],
        "orderBys": [
            {"dimension": {"dimensionName": "date"}},
            {"dimension": {"dimensionName": "landingPagePlusQueryString"}},
            {"dimension": {"dimensionName": "sessionSource"}},
            {"dimension": {"dimensionName": "sessionMedium"}},
        ],
        "keepEmptyRows": True,
        "limit": "10000",
    }


def test_long_windows_are_asked_for_by_month_five_at_a_time(server, connect):
    batch = {"reports": [report()] * 5}
    server.script(batch, {"reports": [report()] * 2})
    assert figures(connect(), "page", Window(date(2026, 1, 1), date(2026, 7, 30))) == []
    assert [seen.path.rpartition(":")[2] for seen in server.seen] == ["batchRunReports"] * 2
    ranges = [it["dateRanges"][0] for seen in server.seen for it in seen.json()["requests"]]
    assert [it["startDate"] for it in ranges][:3] == ["2026-01-01", "2026-02-01", "2026-03-04"]
    assert ranges[-1] == {"startDate": "2026-07-06", "endDate": "2026-07-30"}


def test_the_whole_property_is_one_report(server, connect):
    server.script(report(row("20260101", values=("5", "1.5"))))
    rows = figures(connect(), "account", Window(date(2025, 1, 1), date(2026, 11, 1)))
    assert rows == [
        {"entity_id": PROPERTY, "date_day": "2026-01-01", "sessions": 5.0, "revenue": 1.5}
    ]
    assert len(server.seen) == 1


def test_pages_are_read_to_the_end_and_a_day_is_in_one_frame(server, connect, monkeypatch):
    monkeypatch.setattr(calling, "FIRST_ROWS", 3)
    monkeypatch.setattr(calling, "MORE_ROWS", 2)
    server.script(
        report(row("20261031", "/a"), row("20261101", "/a"), row("20261101", "/b"), count=5),
        report(row("20261101", "/a?utm_source=x"), row("20261101", "/c"), count=5),
    )
    window = Window(date(2026, 10, 31), date(2026, 11, 1))
    frames = list(connect().performance("page", window))
    assert [sorted(set(frame["date_day"])) for frame in frames] == [["2026-10-31"], ["2026-11-01"]]
    assert dict(zip(frames[1]["entity_id"], frames[1]["sessions"], strict=True)) == {
        "https://www.example.com/a": 2.0,
        "https://www.example.com/b": 1.0,
        "https://www.example.com/c": 1.0,
    }
    further = server.seen[1].json()
    assert (further["offset"], further["limit"]) == ("3", "2")


def test_a_page_that_is_shorter_than_its_report_says_is_no_report(server, connect):
    server.script(report(row("20261101", "/a"), count=2))
    with pytest.raises(TransientError, match="1 of 2 rows came"):
        figures(connect())


def test_only_the_property_is_listed_and_the_rest_described(server, connect):
    channel = connect()
    [[itself]] = channel.entities(["account", "page", "campaign"])
    assert itself.entity_id == PROPERTY
    assert server.seen == []
    page = channel.describe("page", "https://www.example.com/a")
    assert (page.url, page.status) == ("https://www.example.com/a", "enabled")
    assert channel.describe("page", "(not set)").url is None
    assert channel.describe("campaign", "Winter boots").status == "unknown"


# --- what becomes of the answers ----------------------------------------------------------------


def test_landing_pages_become_addresses_and_the_same_one_is_one_row(server, connect):
    server.script(
        report(
            row("20261101", "/Shoes?utm_source=a&size=9", values=("3", "10.5")),
            row("20261101", "/Shoes?size=9", values=("4", "0.25")),
            row("20261101", "/gr%c3%b6%c3%9fe", values=("1", "0")),
            row("20261101", "", values=("2", "0")),
            row("20261101", "(not set)", values=("5", "0")),
        )
    )
    found = {it["entity_id"]: (it["sessions"], it["revenue"]) for it in figures(connect())}
    assert found == {
        "https://www.example.com/Shoes?size=9": (7.0, 10.75),
        "https://www.example.com/gr%C3%B6%C3%9Fe": (1.0, 0.0),
        "(not set)": (7.0, 0.0),
    }


def test_breakdowns_are_written_as_everywhere(server, connect):
    server.script(report(row("20261101", "Winter", "bing, too", "cpc")))
    (found,) = figures(connect(), "campaign", DAY, "source,medium")
    assert found["entity_id"] == "Winter"
    assert found["breakdown"] == "source=bing%2C too,medium=cpc"


def test_a_breakdown_of_the_whole_property(server, connect):
    server.script(report(row("20261101", "mobile"), row("20261101", "")))
    found = figures(connect(), "account", DAY, "device")
    assert [it["breakdown"] for it in found] == ["device=mobile", "device=(not set)"]
    assert {it["entity_id"] for it in found} == {PROPERTY}


def test_what_the_figures_lack_is_told(server, connect):
    restriction = {"metricName": "totalRevenue", "restrictedMetricTypes": ["REVENUE_DATA"]}
    server.script(
        report(
            row("20261101", "/a", values=("3", "0")),
            row("20261101", "(other)", values=("9", "0")),
            row("(other)", "(other)", values=("7", "0")),
            subjectToThresholding=True,
            samplingMetadatas=[{"samplesReadCount": "250", "samplingSpaceSize": "1000"}],
            dataTruncationReasons=[
                {
                    "dataTruncationType": "DATA_TRUNCATION_TYPE_PROPERTY",
                    "dataTruncationDate": "2026-10-01",
                }
            ],
            schemaRestrictionResponse={"activeMetricRestrictions": [restriction]},
        )
    )
    channel = connect()
    assert isinstance(channel, CandidChannel)
    found = figures(channel)
    assert [(it["entity_id"], it["sessions"]) for it in found] == [
        ("https://www.example.com/a", 3.0), ("(other)", 9.0),
    ]  # fmt: skip
    assert all(np.isnan(it["revenue"]) for it in found)
    assert channel.quality() == Quality(
        thresholded=True,
        bucketed=True,
        sampled=0.25,
        truncated=("nothing before 2026-10-01 (property)",),
        hidden=("revenue",),
    )


def test_quality_is_of_the_last_pull(server, connect):
    server.script(report(emptyReason="NO_DATA", dataLossFromOtherRow=True), report())
    channel = connect()
    figures(channel)
    assert channel.quality() == Quality(bucketed=True, truncated=("no rows: NO_DATA",))
    figures(channel)
    assert channel.quality() == Quality()


def test_an_unknown_shape_is_refused(server, connect):
    server.script(report(row("20261101", "/a"), metrics=("sessions", "other")))
    with pytest.raises(RejectedError, match="unknown shape"):
        figures(connect())


@pytest.mark.parametrize(
    ("level", "breakdown", "sentence"),
    [
        ("ad", "", "has no level ad; it has account, page, campaign"),
        ("page", "colour", "has no breakdown colour; it has source, medium, channel_group, device"),
    ],
)
def test_what_there_is_not_is_named(server, connect, level, breakdown, sentence):
    with pytest.raises(RejectedError, match=sentence):
        figures(connect(), level, DAY, breakdown)
    assert server.seen == []


def test_without_metrics_nothing_is_asked(server, connect):
    with pytest.raises(RejectedError, match=r"metrics\.yaml"):
        figures(connect(metrics={}))
    assert server.seen == []


# --- what failures mean -------------------------------------------------------------------------

PROJECT = "Exhausted property tokens for a project per hour. These quota tokens will return soon."


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        (PROJECT, 15 * 60),
        ("Exhausted property tokens per day. They return in under 24 hours.", 11.25 * 3600),
        ("Exhausted concurrent requests quota.", 60),
    ],
)
def test_a_quota_names_its_wait(server, connect, message, seconds):
    server.script(error(429, "RESOURCE_EXHAUSTED", message))
    with pytest.raises(TransientError) as caught:
        connect().account()
    assert caught.value.retry_after == seconds
    assert PROPERTY in str(caught.value)


def test_the_wait_that_google_names_goes_first(server, connect, time_):
    limited = error(429, "RESOURCE_EXHAUSTED", PROJECT)
    limited.headers["Retry-After"] = "7"
    server.script(limited, report(row(values=("1",)), metrics=("sessions",)))
    assert connect().account().currency == "EUR"
    assert time_.slept == [7]


def test_three_server_errors_of_an_hour_are_enough(server, connect, time_):
    server.script(Answer(status=500), Answer(status=503), report(row()), Answer(status=500))
    channel = connect()
    channel.account()
    with pytest.raises(TransientError, match="number 3 of this hour") as caught:
        channel.account()
    assert (len(server.seen), caught.value.retry_after) == (4, 900)
    with pytest.raises(TransientError, match="no calls for 900 s"):
        channel.account()
    assert len(server.seen) == 4


def test_server_errors_of_another_hour_are_forgotten(server, time_):
    now = iter([NOW] * 2 + [NOW.replace(hour=21)] * 9)
    channel = Connector(
        options(server.url), throttle=LocalThrottle(time_.clock, time_.sleep),
        clock=lambda: next(now),
    )  # fmt: skip
    server.script(Answer(status=500), Answer(status=500), report(row()))
    assert channel.account().currency == "EUR"


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (
            error(403, "PERMISSION_DENIED", "User does not have permissions."),
            RejectedError,
            "add the credential's user to the property",
        ),
        (
            error(403, "PERMISSION_DENIED", "It is disabled.", "SERVICE_DISABLED"),
            RejectedError,
            "switch the Google Analytics Data API on",
        ),
        (
            error(403, "PERMISSION_DENIED", "No.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            RejectedError,
            "the scope analytics.readonly",
        ),
        (
            error(400, "INVALID_ARGUMENT", "Field planted-client is not a valid metric."),
            RejectedError,
            r"INVALID_ARGUMENT: Field \*\*\* is not a valid metric",
        ),
        (error(401, "UNAUTHENTICATED", "No."), ReconnectError, "reconnect the account"),
    ],
)
def test_a_failure_says_what_to_do_and_no_secret(server, connect, answer, kind, sentence):
    server.script(answer)
    with pytest.raises(kind, match=sentence) as caught:
        connect().account()
    assert not [secret for secret in SECRETS if secret in told(caught.value)]


# --- options ------------------------------------------------------------------------------------


def test_a_property_is_named_in_either_way():
    assert options("http://x", account_id="properties/123").account_id == "123"
    assert options("http://x", site_url="https://WWW.example.com/a?b").site_url == (
        "https://www.example.com"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"account_id": "G-ABC"}, "account_id"),
        ({"site_url": "example"}, "is no address"),
        ({"metrics": {"people": "totalUsers"}}, "cannot be added up"),
        ({"metrics": {"share": "engagementRate"}}, "cannot be added up"),
        ({"metrics": {"each": "sessionsPerUser"}}, "cannot be added up"),
        ({"metrics": {"clicks": "sessions"}}, "is what ad platforms count"),
        ({"refresh_token": None}, "give either"),
        ({"service_account": "{}"}, "give either"),
    ],
)
def test_wrong_options_are_refused(changes, sentence):
    with pytest.raises(ValidationError, match=sentence):
        options("http://x", **changes)


# --- against the sandbox ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox():
    with VisitedSandbox({PROPERTY: shop()}) as running:
        yield running


@pytest.fixture
def property_(sandbox):
    sandbox.faults.clear()
    sandbox.forget_requests()
    made = options(
        sandbox.analytics_url, site_url=SITE, token_url=sandbox.token_url, metrics=METRICS
    )
    return Connector(made, throttle=LocalThrottle(), clock=lambda: NOW)


WEEKS = Window(date(2026, 9, 28), date(2026, 11, 1))  # two months


@pytest.fixture(scope="module")
def truth():
    """Return what happened, by our names."""
    web = shop()
    found = [web.sessions(day) for day in days(WEEKS.start, WEEKS.end)]
    names = {"sessions": "sessions", "engaged_sessions": "engaged", "key_events": "key_events",
             "revenue": "revenue"}  # fmt: skip
    return {ours: sum(getattr(day, name).sum() for day in found) for ours, name in names.items()}


@pytest.mark.parametrize("breakdown", ["", "device,channel_group"])
@pytest.mark.parametrize("level", questions.DIMENSIONS)
def test_every_level_has_the_same_sums(property_, truth, level, breakdown):
    frames = list(property_.performance(level, WEEKS, breakdown))
    sums = {ours: sum(frame[ours].sum() for frame in frames) for ours in truth}
    assert sums == pytest.approx(truth, abs=0.5)
    assert property_.quality() == Quality()


def test_landing_pages_are_pages_of_the_site(property_, sandbox):
    frames = list(property_.performance("page", DAY))
    ids = {entity_id for frame in frames for entity_id in frame["entity_id"]}
    assert ids <= {f"{SITE}{path}" for path in shop().pages}
    assert [call.path.rpartition(":")[2] for call in sandbox.requests[1:]] == ["runReport"]
    assert {property_.describe("page", one).url for one in ids} == ids


def test_paging_and_months_change_nothing(property_, sandbox, monkeypatch):
    window = Window(date(2026, 10, 24), date(2026, 11, 1))
    key = itemgetter("date_day", "entity_id", "breakdown")
    whole = sorted(figures(property_, "page", window, "source"), key=key)
    sandbox.forget_requests()
    monkeypatch.setattr(calling, "FIRST_ROWS", 300)
    monkeypatch.setattr(calling, "MORE_ROWS", 400)
    monkeypatch.setattr(questions, "REPORT_DAYS", 4)
    assert sorted(figures(property_, "page", window, "source"), key=key) == whole
    methods = [call.path.rpartition(":")[2] for call in sandbox.requests]
    assert methods.count("batchRunReports") == 1
    assert methods.count("runReport") > 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "quota", "error": "DAY"}, TransientError),
        ({"kind": "permission_denied"}, RejectedError),
        ({"kind": "token_revoked", "path": ":runReport", "count": None}, ReconnectError),
    ],
)
def test_faults_have_their_kind(property_, sandbox, fault, kind):
    sandbox.faults.add(Fault(**fault, platform="google_analytics"))
    with pytest.raises(kind):
        property_.account()


def test_an_expired_token_is_renewed(property_, sandbox):
    assert property_.account().currency == "EUR"
    sandbox.faults.add("token_expired", platform="google_analytics")
    assert property_.account().time_zone == shop().time_zone
