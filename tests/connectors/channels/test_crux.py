"""Chrome UX Report: values and their days, too few visitors, the history, the limit a minute."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.channels.crux import Connector, Options
from connectors.sites import PageSpeed, SpeedChannel
from connectors.throttle import LocalThrottle

from ..conftest import Answer, told
from ..sandbox.web.visited import PROPERTY, SITE, VisitedSandbox, shop

KEY = "planted-api-key"
NOW = datetime(2026, 11, 20, 20, 45, tzinfo=UTC)
PAGE = "https://www.example.com/shoes"
HOME = "https://www.example.com/"


@pytest.fixture
def connect(server, time_):
    def made(**changes) -> Connector:
        given = {"account_id": HOME, "api_key": KEY, "base_url": server.url}
        throttle = LocalThrottle(time_.clock, time_.sleep)
        clock = lambda: NOW + timedelta(seconds=time_.now)  # noqa: E731
        return Connector(Options(**given | changes), throttle=throttle, clock=clock)

    return made


def day(text: str) -> dict:
    year, month, number = map(int, text.split("-"))
    return {"year": year, "month": month, "day": number}


def period(start: str, end: str) -> dict:
    return {"firstDate": day(start), "lastDate": day(end)}


def record(**metrics) -> dict:
    return {
        "record": {
            "key": {"formFactor": "PHONE", "url": PAGE},
            "metrics": {name: {"percentiles": {"p75": p75}} for name, p75 in metrics.items()},
            "collectionPeriod": period("2026-10-23", "2026-11-19"),
        }
    }


VALUES = {
    "largest_contentful_paint": 2710,
    "interaction_to_next_paint": 182,
    "cumulative_layout_shift": "0.05",
    "experimental_time_to_first_byte": 640,
}
TOO_FEW = Answer(
    {"error": {"code": 404, "message": "chrome ux report data not found", "status": "NOT_FOUND"}},
    404,
)
LIMITED = {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}


def failure(status: int, message: str, reason: str = "") -> Answer:
    details = [{"reason": reason}] if reason else []
    return Answer({"error": {"code": status, "message": message, "details": details}}, status)


def test_the_account_is_its_site_and_nothing_is_asked(server, connect):
    channel = connect()
    assert isinstance(channel, SpeedChannel)
    assert (channel.account().account_id, channel.account().time_zone) == (HOME, "UTC")
    assert server.seen == []


def test_a_page_s_values_and_the_days_they_are_of(server, connect, time_):
    server.script(record(**VALUES), TOO_FEW)
    page, site = connect().speed([PAGE], "phone")
    now = NOW + timedelta(seconds=time_.now)
    assert page == PageSpeed(
        url=PAGE,
        source="field",
        form_factor="phone",
        measured_at=now,
        period_start=date(2026, 10, 23),
        period_end=date(2026, 11, 19),
        largest_contentful_paint=2710.0,
        interaction_to_next_paint=182.0,
        cumulative_layout_shift=0.05,
        time_to_first_byte=640.0,
    )
    assert site == PageSpeed(HOME, "field_origin", "phone", now, reason="too little traffic")
    first, second = (seen.json() for seen in server.seen)
    assert (first["url"], first["formFactor"]) == (PAGE, "PHONE")
    assert (second["origin"], "url" in second) == ("https://www.example.com", False)
    assert {seen.query["key"] for seen in server.seen} == {KEY}


def test_pages_come_in_order_and_their_sites_once(server, connect):
    server.script(record(**VALUES))
    urls = [HOME, PAGE, "https://shop.example.com/a"]
    found = list(connect().speed(urls, "desktop"))
    assert [(it.source, it.url) for it in found] == [
        *(("field", url) for url in urls),
        ("field_origin", HOME),
        ("field_origin", "https://shop.example.com/"),
    ]
    assert {it.form_factor for it in found} == {"desktop"}


@pytest.mark.parametrize("nothing", [None, "NaN"])
def test_a_value_that_is_missing_is_not_zero(server, connect, nothing):
    server.script(record(largest_contentful_paint=nothing))
    page, _ = connect().speed([PAGE], "phone")
    assert page.largest_contentful_paint is None
    assert page.reason == "Google names no value for it"


def test_the_history_is_a_record_a_week(server, connect):
    periods = [period("2026-10-16", "2026-11-12"), period("2026-10-23", "2026-11-19")]
    metrics = {
        "largest_contentful_paint": {"percentilesTimeseries": {"p75s": [None, 2710]}},
        "cumulative_layout_shift": {"percentilesTimeseries": {"p75s": ["0.10", "NaN"]}},
    }
    server.script({"record": {"metrics": metrics, "collectionPeriods": periods}}, TOO_FEW)
    old, new = connect().history([PAGE, HOME], "phone", periods=2)
    assert (old.largest_contentful_paint, old.cumulative_layout_shift) == (None, 0.1)
    assert (new.largest_contentful_paint, new.cumulative_layout_shift) == (2710, None)
    assert (old.period_start, old.period_end) == (date(2026, 10, 16), date(2026, 11, 12))
    assert [it.measured_at.date() for it in (old, new)] == [date(2026, 11, 13), date(2026, 11, 20)]
    assert server.seen[0].path == "/v1/records:queryHistoryRecord"
    assert server.seen[0].json()["collectionPeriodCount"] == 2


def test_as_many_values_as_periods(server, connect):
    metrics = {"largest_contentful_paint": {"percentilesTimeseries": {"p75s": [1, 2]}}}
    periods = [period("2026-10-16", "2026-11-12")]
    server.script({"record": {"metrics": metrics, "collectionPeriods": periods}})
    with pytest.raises(RejectedError, match="unknown shape"):
        list(connect().history([PAGE], "phone"))


def test_the_history_reaches_back_40_periods(connect):
    with pytest.raises(ValueError, match="from 1 to 40 periods, not 41"):
        list(connect().history([PAGE], "phone", periods=41))


@pytest.mark.parametrize("body", [{"error": LIMITED}, LIMITED], ids=["wrapped", "bare"])
def test_a_limit_is_waited_for_in_either_shape(server, connect, time_, body):
    server.script(Answer(body, 429), record(**VALUES), TOO_FEW)
    page, _ = connect().speed([PAGE], "phone")
    assert page.largest_contentful_paint == 2710
    assert time_.slept == [60]


def test_no_more_than_150_calls_a_minute(server, connect, time_):
    server.script(record(**VALUES))
    urls = [f"{HOME}{n}" for n in range(160)]
    assert len(list(connect().speed(urls, "phone"))) == 161
    assert time_.slept == [60]


@pytest.mark.parametrize(
    ("reply", "kind", "sentence"),
    [
        (failure(503, "Down."), TransientError, "503; may pass"),
        (failure(404, f"No such method {KEY}"), RejectedError, r"404: No such method \*\*\*"),
        (Answer(b"<html>", 404), RejectedError, "404"),
        (
            failure(400, "API key not valid.", "API_KEY_INVALID"),
            ReconnectError,
            "make a new api_key",
        ),
        (
            failure(403, "Blocked.", "API_KEY_SERVICE_BLOCKED"),
            RejectedError,
            "let the key call the Chrome UX Report API",
        ),
        (Answer({"record": {}}), RejectedError, "unknown shape"),
        (Answer(hang_up=True), TransientError, "may pass"),
    ],
)
def test_a_failure_shows_no_key(server, connect, caplog, reply, kind, sentence):
    caplog.set_level(logging.DEBUG)
    server.script(reply)
    channel = connect()
    with pytest.raises(kind, match=sentence) as caught:
        list(channel.speed([PAGE], "phone"))
    assert KEY not in told(caught.value) + caplog.text + repr(channel) + str(vars(channel))


@pytest.mark.parametrize("changes", [{"account_id": "shop"}, {"api_key": None}, {"colour": 1}])
def test_wrong_options_are_refused(connect, changes):
    with pytest.raises(ValidationError):
        connect(**changes)


def test_the_demo_shop_s_failing_pages_are_found():
    web = shop()
    failing = web.planted()["web_vitals_fail"]
    paths = ["/", *failing, "/nowhere"]
    with VisitedSandbox({PROPERTY: web}) as sandbox:
        options = Options(account_id=SITE, api_key=KEY, base_url=f"{sandbox.url}/crux")
        channel = Connector(options, throttle=LocalThrottle())
        *pages, site = channel.speed([f"{SITE}{path}" for path in paths], "phone")
        weeks = list(channel.history([f"{SITE}/"], "phone"))
    bad = [it.url for it in pages if (it.interaction_to_next_paint or 0) > 200]
    assert bad == [f"{SITE}{path}" for path in failing]
    assert pages[-1].reason == "too little traffic"
    assert site.period_end == date(2026, 10, 31)
    assert len(weeks) == 40
    assert weeks[-1].largest_contentful_paint == pages[0].largest_contentful_paint
    assert weeks[0].period_end == site.period_end - timedelta(weeks=39)
