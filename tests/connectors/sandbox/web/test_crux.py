"""Google's own client, with its built-in description of the API, asks the sandbox for visitors."""

import httplib2
import pytest
import requests
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from connectors.channels.crux import Connector, Options
from connectors.throttle import LocalThrottle

from .visited import PROPERTY, SITE, VisitedSandbox, shop

HOME = f"{SITE}/"


@pytest.fixture(scope="module")
def sandbox():
    with VisitedSandbox({PROPERTY: shop()}) as running:
        yield running


@pytest.fixture
def records(sandbox):
    sandbox.faults.clear()
    sandbox.seconds += 100
    service = build(
        "chromeuxreport", "v1", http=httplib2.Http(timeout=5), developerKey="key",
        static_discovery=True, client_options={"api_endpoint": f"{sandbox.url}/crux/"},
    )  # fmt: skip
    return service.records()


def p75s(record) -> dict:
    return {name: it["percentiles"]["p75"] for name, it in record["metrics"].items()}


@pytest.mark.parametrize(("factor", "ours"), [("PHONE", "phone"), ("DESKTOP", "desktop")])
def test_the_client_reads_what_our_connector_reads(sandbox, records, factor, ours):
    answer = records.queryRecord(body={"url": HOME, "formFactor": factor}).execute()["record"]
    options = Options(account_id=HOME, api_key="k", base_url=f"{sandbox.url}/crux")
    page = next(Connector(options, throttle=LocalThrottle()).speed([HOME], ours))
    values = p75s(answer)
    assert isinstance(values["cumulative_layout_shift"], str)
    assert {name: float(value) for name, value in values.items()} == {
        "largest_contentful_paint": page.largest_contentful_paint,
        "interaction_to_next_paint": page.interaction_to_next_paint,
        "cumulative_layout_shift": page.cumulative_layout_shift,
        "first_contentful_paint": page.first_contentful_paint,
        "experimental_time_to_first_byte": page.time_to_first_byte,
    }
    assert answer["key"] == {"formFactor": factor, "url": HOME}
    assert answer["collectionPeriod"]["lastDate"] == {"year": 2026, "month": 10, "day": 31}
    assert (page.period_end - page.period_start).days == 27


def test_parts_of_visits_fit_the_value(records):
    metrics = records.queryRecord(body={"origin": SITE}).execute()["record"]["metrics"]
    for name, it in metrics.items():
        bins = it["histogram"]
        assert sum(part["density"] for part in bins) == pytest.approx(1)
        is_good = float(it["percentiles"]["p75"]) <= float(bins[0]["end"])
        assert (bins[0]["density"] >= 0.75) == is_good, name


def test_the_newest_period_of_the_history_is_the_record(records):
    now = records.queryRecord(body={"url": HOME}).execute()["record"]
    body = {"url": HOME, "collectionPeriodCount": 8}
    history = records.queryHistoryRecord(body=body).execute()["record"]
    assert history["collectionPeriods"][-1] == now["collectionPeriod"]
    assert len(history["collectionPeriods"]) == 8
    series = {name: it["percentilesTimeseries"]["p75s"] for name, it in history["metrics"].items()}
    assert {name: values[-1] for name, values in series.items()} == p75s(now)
    assert {len(values) for values in series.values()} == {8}
    assert len(set(series["largest_contentful_paint"])) > 4
    default = records.queryHistoryRecord(body={"url": HOME}).execute()["record"]
    assert len(default["collectionPeriods"]) == 25


def test_an_address_is_normalised(records):
    answer = records.queryRecord(body={"url": f"{HOME}?a=1"}).execute()
    assert answer["urlNormalizationDetails"] == {
        "originalUrl": f"{HOME}?a=1",
        "normalizedUrl": HOME,
    }


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"url": f"{SITE}/nowhere"}, 404, "chrome ux report data not found"),
        ({"origin": "https://other.example"}, 404, "chrome ux report data not found"),
        ({"url": HOME, "origin": SITE}, 400, "Exactly one of url or origin"),
        ({}, 400, "Exactly one of url or origin"),
        ({"url": HOME, "formFactor": "WATCH"}, 400, "form_factor"),
        ({"url": HOME, "metrics": ["speed"]}, 400, "Unknown metric: speed"),
        ({"url": HOME, "colour": 1}, 400, "Unknown name"),
    ],
)
def test_what_there_is_not_is_refused(records, body, status, sentence):
    with pytest.raises(HttpError, match=sentence) as caught:
        records.queryRecord(body=body).execute()
    assert caught.value.status_code == status


def test_150_calls_a_minute_of_both_methods(sandbox, records):
    url = f"{sandbox.url}/crux/v1/records:queryRecord"
    with requests.Session() as session:

        def status(**query) -> int:
            return session.post(url, params=query, json={"url": HOME}, timeout=5).status_code

        assert {status(key="k") for _ in range(150)} == {200}
        with pytest.raises(HttpError, match="Queries per minute"):
            records.queryHistoryRecord(body={"url": HOME}).execute()
        sandbox.seconds += 60
        assert (status(key="k"), status()) == (200, 403)


def test_a_limit_comes_with_and_without_its_envelope(sandbox, records):
    url = f"{sandbox.url}/crux/v1/records:queryRecord"
    sandbox.faults.add("quota", platform="crux")
    sandbox.faults.add("quota", platform="crux", error="BARE", first=2)
    bodies = [requests.post(url, params={"key": "k"}, json={}, timeout=5).json() for _ in "12"]
    assert [sorted(body) for body in bodies] == [
        ["error"], ["code", "details", "message", "status"],
    ]  # fmt: skip
