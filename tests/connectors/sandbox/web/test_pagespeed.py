"""Google's own client, with its built-in description of the API, measures pages in the sandbox."""

import httplib2
import pytest
import requests
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from connectors.channels.pagespeed import Connector, Options
from connectors.throttle import LocalThrottle

from .visited import PROPERTY, SITE, VisitedSandbox, shop

HOME = f"{SITE}/"


@pytest.fixture(scope="module")
def sandbox():
    with VisitedSandbox({PROPERTY: shop()}) as running:
        yield running


@pytest.fixture
def measure(sandbox):
    sandbox.faults.clear()
    service = build(
        "pagespeedonline", "v5", http=httplib2.Http(timeout=5), developerKey="key",
        static_discovery=True, client_options={"api_endpoint": f"{sandbox.url}/pagespeed/"},
    )  # fmt: skip

    def run(url=HOME, **asked):
        given = {"strategy": "MOBILE", "category": "PERFORMANCE", **asked}
        return service.pagespeedapi().runpagespeed(url=url, **given).execute(num_retries=0)

    return run


def test_runs_differ_a_little_and_our_medians_lie_between(sandbox, measure):
    speeds = shop().speeds("/", "phone")
    runs = [measure()["lighthouseResult"] for _ in range(5)]
    paints = [run["audits"]["largest-contentful-paint"]["numericValue"] for run in runs]
    assert len(set(paints)) == len({run["fetchTime"] for run in runs}) == 5
    assert all(abs(it / speeds.largest_contentful_paint - 1) <= 0.06 for it in paints)
    scores = [run["categories"]["performance"]["score"] for run in runs]
    assert all(abs(it - speeds.performance) <= 0.021 for it in scores)
    options = Options(account_id=HOME, api_key="k", base_url=f"{sandbox.url}/pagespeed")
    lab = next(Connector(options, throttle=LocalThrottle()).speed([HOME], "phone"))
    assert (lab.runs, lab.version) == (3, "13.4.1")
    assert abs(lab.largest_contentful_paint / speeds.largest_contentful_paint - 1) <= 0.06


def test_the_same_runs_come_again_in_another_sandbox(measure):
    with VisitedSandbox({PROPERTY: shop()}) as first, VisitedSandbox({PROPERTY: shop()}) as second:
        found = [
            next(Connector(
                Options(account_id=HOME, api_key="k", base_url=f"{it.url}/pagespeed"),
                throttle=LocalThrottle(),
            ).speed([HOME], "desktop"))
            for it in (first, second)
        ]  # fmt: skip
    assert found[0] == found[1]


def test_visitors_have_their_own_values(measure):
    speeds = shop().speeds("/", "phone")
    answer = measure()
    metrics = answer["loadingExperience"]["metrics"]
    shift = metrics["CUMULATIVE_LAYOUT_SHIFT_SCORE"]
    assert shift["percentile"] == round(100 * speeds.cumulative_layout_shift)
    paint = metrics["LARGEST_CONTENTFUL_PAINT_MS"]
    assert paint["percentile"] == round(speeds.largest_contentful_paint)
    assert paint["category"] == "FAST"
    assert sum(it["proportion"] for it in paint["distributions"]) == pytest.approx(1)
    assert paint["distributions"][0]["proportion"] >= 0.75
    assert answer["originLoadingExperience"]["id"] == SITE


def test_a_page_of_few_visitors_falls_back_to_its_site(measure):
    (slow,) = shop().planted()["page_slow"]
    answer = measure(f"{SITE}{slow}")
    experience = answer["loadingExperience"]
    assert (experience["origin_fallback"], experience["id"]) == (True, SITE)
    assert answer["lighthouseResult"]["categories"]["performance"]["score"] < 0.4


def test_pages_that_are_not_there_fail_in_three_ways(measure):
    missing = measure(f"{SITE}/nowhere")["lighthouseResult"]
    assert missing["runtimeError"]["code"] == "ERRORED_DOCUMENT_REQUEST"
    assert missing["categories"]["performance"]["score"] is None
    with pytest.raises(HttpError, match="Lighthouse returned error: DNS_FAILURE") as caught:
        measure("https://other.example/")
    assert caught.value.status_code == 400
    web = shop()
    (down,) = web.planted()["page_fails"]
    with pytest.raises(HttpError, match="Lighthouse returned error: ERRORED") as caught:
        measure(f"{SITE}{down}")
    assert caught.value.status_code == 500


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "quota", "error": "DAY"}, 429),
        ({"kind": "token_revoked"}, 400),
        ({"kind": "status", "status": 503}, 503),
        ({"kind": "permission_denied"}, 403),
    ],
)
def test_faults_have_their_status(sandbox, measure, fault, status):
    sandbox.faults.add(fault["kind"], **{k: v for k, v in fault.items() if k != "kind"})
    with pytest.raises(HttpError) as caught:
        measure()
    assert caught.value.status_code == status
    assert measure()["id"] == HOME


@pytest.mark.parametrize("asked", [{"strategy": "TABLET"}, {"url": "shop.example"}])
def test_a_wrong_question_is_refused(sandbox, asked):
    query = {"url": HOME, "key": "k", **asked}
    path = f"{sandbox.url}/pagespeed/pagespeedonline/v5/runPagespeed"
    assert requests.get(path, params=query, timeout=5).status_code == 400
    del query["key"]
    assert requests.get(path, params=query, timeout=5).status_code == 429
