"""PageSpeed Insights: medians of runs, what visitors measured, failures, a key never shown."""

import logging
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.channels.pagespeed import Connector, Options
from connectors.sites import PageSpeed, SpeedChannel
from connectors.throttle import LocalThrottle

from ..conftest import Answer, told
from ..sandbox.web.visited import PROPERTY, SITE, VisitedSandbox, shop

KEY = "planted-api-key"
NOW = datetime(2026, 11, 20, 20, 45, tzinfo=UTC)  # 12:45 in Los Angeles
PAGE = "https://www.example.com/shoes?size=9"


@pytest.fixture
def connect(server, time_):
    def made(**changes) -> Connector:
        given = {"account_id": "https://www.example.com", "api_key": KEY, "base_url": server.url}
        throttle = LocalThrottle(time_.clock, time_.sleep)
        return Connector(Options(**given | changes), throttle=throttle, clock=lambda: NOW)

    return made


def audit(value: float) -> dict:
    return {"score": 0.5, "scoreDisplayMode": "numeric", "numericValue": value}


def answer(run: int = 1, paint: float = 3000.0, score: float = 0.7, **more) -> dict:
    """Google's answer, with a distinct time for each run."""
    return {
        "id": PAGE,
        "analysisUTCTimestamp": f"2026-11-20T10:{run:02}:22.331Z",
        "lighthouseResult": {
            "lighthouseVersion": "13.4.1",
            "fetchTime": f"2026-11-20T10:{run:02}:05.000Z",
            "categories": {"performance": {"id": "performance", "score": score}},
            "audits": {
                "largest-contentful-paint": audit(paint),
                "first-contentful-paint": audit(1200.5),
                "total-blocking-time": audit(90),
                "cumulative-layout-shift": audit(0.031),
                "metrics": {"details": {"items": [{"timeToFirstByte": 310}]}},
            },
        },
        **more,
    }


METRICS = {
    "LARGEST_CONTENTFUL_PAINT_MS": {"percentile": 2730, "category": "AVERAGE"},
    "INTERACTION_TO_NEXT_PAINT": {"percentile": 182, "category": "FAST"},
    "CUMULATIVE_LAYOUT_SHIFT_SCORE": {"percentile": 4, "category": "FAST"},
}


def failure(status: int, message: str, *, reason: str = "") -> Answer:
    details = [{"reason": reason}] if reason else []
    return Answer({"error": {"code": status, "message": message, "details": details}}, status)


def measured(channel: Connector, *urls: str) -> list[PageSpeed]:
    return list(channel.speed(urls or (PAGE,), "phone"))


def test_the_account_is_its_site_and_nothing_is_asked(server, connect):
    channel = connect()
    assert isinstance(channel, SpeedChannel)
    account = channel.account()
    assert (account.account_id, account.currency) == ("https://www.example.com/", "XXX")
    assert server.seen == []


def test_lab_values_are_medians_of_the_runs(server, connect):
    runs = ((2900.0, 0.71), (4100.0, 0.55), (3000.0, 0.74))
    server.script(*(answer(n, paint, score) for n, (paint, score) in enumerate(runs)))
    assert measured(connect()) == [
        PageSpeed(
            url=PAGE,
            source="lab",
            form_factor="phone",
            measured_at=datetime(2026, 11, 20, 10, 2, 22, 331000, tzinfo=UTC),
            largest_contentful_paint=3000.0,
            cumulative_layout_shift=0.031,
            first_contentful_paint=1200.5,
            time_to_first_byte=310.0,
            total_blocking_time=90.0,
            performance=0.71,
            version="13.4.1",
            runs=3,
        )
    ]
    assert {seen.query["key"] for seen in server.seen} == {KEY}
    assert server.seen[0].query | {"key": ""} == {
        "url": PAGE, "strategy": "MOBILE", "category": "PERFORMANCE", "locale": "en", "key": "",
    }  # fmt: skip


def test_an_answer_from_memory_is_no_run_of_its_own(server, connect):
    server.script(answer(1, 3000.0), answer(1, 3000.0), answer(2, 5000.0))
    (lab,) = measured(connect())
    assert (lab.runs, lab.largest_contentful_paint) == (2, 4000.0)


def test_a_desktop_is_a_desktop(server, connect):
    server.script(answer())
    (lab,) = connect(runs=1).speed([PAGE], "desktop")
    assert lab.form_factor == "desktop"
    assert server.seen[0].query["strategy"] == "DESKTOP"


def test_what_visitors_measured_is_kept_apart(server, connect):
    page = {"id": PAGE, "metrics": METRICS}
    site = {"id": "https://www.example.com", "metrics": METRICS}
    server.script(answer(loadingExperience=page, originLoadingExperience=site))
    other = "https://www.example.com/other"
    found = measured(connect(runs=1), PAGE, other)
    assert [(it.source, it.url) for it in found] == [
        ("lab", PAGE),
        ("field", PAGE),
        ("field_origin", "https://www.example.com/"),
        ("lab", other),
        ("field", other),
    ]
    field = found[1]
    assert (field.largest_contentful_paint, field.interaction_to_next_paint) == (2730, 182)
    assert field.cumulative_layout_shift == 0.04
    assert (field.performance, field.total_blocking_time, field.period_end) == (None, None, None)
    assert found[0].interaction_to_next_paint is None


def test_values_of_the_site_are_not_the_page_s(server, connect):
    site = {"id": "https://www.example.com", "metrics": METRICS}
    fallback = {**site, "origin_fallback": True}
    server.script(answer(loadingExperience=fallback, originLoadingExperience=site))
    assert [it.source for it in measured(connect(runs=1))] == ["lab", "field_origin"]


def test_pages_come_in_order_whatever_their_number(server, connect):
    server.script(answer())
    urls = [f"https://www.example.com/{n}" for n in range(19)]
    assert [it.url for it in measured(connect(runs=2), *urls)] == urls
    assert len(server.seen) == 38
    assert [it.query["url"] for it in server.seen[:2]] != [urls[0]] * 2  # by turns


@pytest.mark.parametrize("status", [400, 500])
def test_a_page_that_lighthouse_cannot_measure_says_why(server, connect, status):
    message = f"Lighthouse returned error: FAILED_DOCUMENT_REQUEST. It did not\nload {KEY}."
    server.script(failure(status, message))
    (lab,) = measured(connect())
    assert lab.reason == (
        "Lighthouse could not measure it: FAILED_DOCUMENT_REQUEST. It did not load ***."
    )
    assert (lab.performance, lab.largest_contentful_paint, lab.runs) == (None, None, 0)
    assert lab.measured_at == NOW
    assert len(server.seen) == 3


def test_a_failure_inside_of_a_good_answer_is_one_too(server, connect):
    failed = answer(score=None)
    failed["lighthouseResult"]["runtimeError"] = {"code": "NO_FCP", "message": "Nothing painted."}
    server.script(failed)
    (lab,) = measured(connect())
    assert lab.reason == "Lighthouse could not measure it: NO_FCP Nothing painted."
    assert lab.largest_contentful_paint is None
    assert lab.runs == 0


def test_one_good_run_is_enough(server, connect):
    message = "Lighthouse returned error: PAGE_HUNG. It hangs."
    server.script(failure(500, message), failure(500, message), answer(3))
    (lab,) = measured(connect())
    assert (lab.runs, lab.reason, lab.performance) == (1, "", 0.7)


@pytest.mark.parametrize(
    ("limit", "seconds"), [("Queries per minute", 100), ("Queries per day", 11.25 * 3600)]
)
def test_a_quota_names_its_wait(server, connect, limit, seconds):
    server.script(failure(429, f"Quota exceeded for quota metric 'Queries' and limit '{limit}'"))
    with pytest.raises(TransientError) as caught:
        measured(connect(runs=1))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("reply", "kind", "sentence"),
    [
        (failure(500, "Something went wrong."), TransientError, "500; may pass"),
        (
            failure(400, f"API key {KEY} not valid.", reason="API_KEY_INVALID"),
            ReconnectError,
            "make a new api_key",
        ),
        (
            failure(403, "It has not been used.", reason="SERVICE_DISABLED"),
            RejectedError,
            "switch the PageSpeed Insights API on",
        ),
        (failure(400, f"Invalid value {KEY}"), RejectedError, r"400: Invalid value \*\*\*"),
        (Answer({"lighthouseResult": []}), RejectedError, "unknown shape"),
        (Answer(hang_up=True), TransientError, "may pass"),
    ],
)
def test_a_failure_shows_no_key(server, connect, caplog, reply, kind, sentence):
    caplog.set_level(logging.DEBUG)
    server.script(reply)
    channel = connect(runs=1)
    with pytest.raises(kind, match=sentence) as caught:
        measured(channel)
    assert KEY not in told(caught.value) + caplog.text + repr(channel) + str(vars(channel))
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}


@pytest.mark.parametrize(
    "changes", [{"account_id": "shop"}, {"api_key": None}, {"runs": 0}, {"colour": 1}]
)
def test_wrong_options_are_refused(connect, changes):
    with pytest.raises(ValidationError):
        connect(**changes)


def test_the_demo_shop_s_slow_page_is_found():
    web = shop()
    (slow,) = web.planted()["page_slow"]
    with VisitedSandbox({PROPERTY: web}) as sandbox:
        options = Options(account_id=SITE, api_key=KEY, base_url=f"{sandbox.url}/pagespeed")
        urls = [f"{SITE}{path}" for path in ("/", slow, "/nowhere")]
        found = list(Connector(options, throttle=LocalThrottle()).speed(urls, "phone"))
    lab = {it.url: it for it in found if it.source == "lab"}
    assert list(lab) == urls
    assert lab[urls[0]].performance > 0.8
    assert lab[urls[1]].performance < 0.4
    assert "ERRORED_DOCUMENT_REQUEST" in lab[urls[2]].reason
    assert {it.url for it in found if it.source == "field"} == {urls[0]}
    assert {it.measured_at.date() for it in found} == {date(2026, 11, 2)}
