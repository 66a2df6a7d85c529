"""The simulated Search Console answers in the shapes and within the limits of the real one."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from connectors.sandbox import Market, demo
from connectors.sandbox.exchange import Request
from connectors.sandbox.faults import Fault
from connectors.sandbox.web import search_console
from connectors.sandbox.web.search_console import INSPECT, SearchConsole
from connectors.sandbox.world import World

from .searched import DOMAIN, PREFIX, TODAY, SearchedSite

LAST = TODAY - timedelta(days=3)
SITE = "/webmasters/v3/sites/sc-domain%3Aexample.com"


class Console:
    """The part without a server, asked with a good token."""

    def __init__(self) -> None:
        self.site = SearchedSite()
        self.world = World(Market(demo(), 1), TODAY)
        self.part = SearchConsole(self.world, {DOMAIN: self.site, PREFIX: self.site})

    def call(self, method: str, path: str, body: Any = None, fault: Fault | None = None) -> Any:
        """Return status and decoded body."""
        headers = {"authorization": f"Bearer {self.world.tokens.issue()}"}
        sent = b"" if body is None else orjson.dumps(body)
        response = self.part.respond(Request(method, path, {}, headers, sent), fault)
        return response.status, orjson.loads(response.body)

    def ask(self, site: str = SITE, **body: Any) -> dict[str, Any]:
        """Return the answer to a question about the last final day, unless it names others."""
        days = {"startDate": f"{LAST}", "endDate": f"{LAST}"}
        status, found = self.call("POST", f"{site}/searchAnalytics/query", {**days, **body})
        assert status == 200, found
        return found

    def refused(self, **body: Any) -> tuple[int, str]:
        days = {"startDate": f"{LAST}", "endDate": f"{LAST}"}
        status, found = self.call("POST", f"{SITE}/searchAnalytics/query", {**days, **body})
        return status, found["error"]["errors"][0]["reason"]


@pytest.fixture(scope="module")
def console() -> Console:
    return Console()


def only(dimension: str, operator: str, expression: str) -> dict[str, Any]:
    filter_ = {"dimension": dimension, "operator": operator, "expression": expression}
    return {"dimensionFilterGroups": [{"groupType": "and", "filters": [filter_]}]}


def queries(found: dict[str, Any]) -> set[str]:
    return {row["keys"][0] for row in found.get("rows", [])}


def test_rows_are_ordered_by_clicks_and_paged(console):
    whole = console.ask(dimensions=["query", "page"])["rows"]
    assert [row["clicks"] for row in whole] == sorted((r["clicks"] for r in whole), reverse=True)
    pages = [
        console.ask(dimensions=["query", "page"], rowLimit=25, startRow=start).get("rows", [])
        for start in (0, 25, 50)
    ]
    assert [row for page in pages for row in page] == whole
    assert [len(page) for page in pages] == [25, 25, 10]


def test_rows_are_absent_beyond_the_end(console):
    found = console.ask(dimensions=["query"], startRow=5_000)
    assert found == {"responseAggregationType": "byProperty"}


def test_a_row_has_the_four_numbers(console):
    for row in console.ask(dimensions=["page"])["rows"]:
        assert [*row] == ["keys", "clicks", "impressions", "ctr", "position"]
        assert row["ctr"] == row["clicks"] / row["impressions"] <= 1
        assert row["position"] >= 1


def test_without_dimensions_there_is_one_row_without_keys(console):
    (row,) = console.ask()["rows"]
    truth = console.site.search(LAST)
    assert "keys" not in row
    assert row["clicks"] == truth.clicks.sum() + truth.anonymous_clicks


def test_by_property_is_below_by_page_and_queries_are_below_the_total(console):
    total = console.ask()["rows"][0]
    by_page = console.ask(aggregationType="BY_PAGE")["rows"][0]
    told = console.ask(dimensions=["query"], rowLimit=25_000)["rows"]
    assert total["impressions"] < by_page["impressions"]
    assert sum(row["impressions"] for row in told) == total["impressions"] - 90
    assert sum(row["clicks"] for row in told) == total["clicks"] - 7


@pytest.mark.parametrize("body", [{"dimensions": ["page"]}, only("page", "contains", "blog")])
def test_pages_are_always_counted_by_page(console, body):
    assert console.ask(**body)["responseAggregationType"] == "byPage"
    assert console.refused(**body, aggregationType="byProperty") == (400, "invalidParameter")


@pytest.mark.parametrize(
    ("operator", "expression", "passes"),
    [
        ("equals", "acme 4", lambda q: q == "acme 4"),
        ("notEquals", "acme 4", lambda q: q != "acme 4"),
        ("contains", "ACME", lambda q: "acme" in q),
        ("NOT_CONTAINS", "acme", lambda q: "acme" not in q),
        ("includingRegex", "^acme [0-9]+$", lambda q: q.startswith("acme") and "boots" not in q),
        ("includingRegex", "ACME", lambda q: False),
        ("includingRegex", "(?i)ACME", lambda q: "acme" in q),
        ("excludingRegex", "acme|boots", lambda q: "acme" not in q and "boots" not in q),
    ],
)
def test_filters(console, operator, expression, passes):
    every = queries(console.ask(dimensions=["query"], rowLimit=25_000))
    found = queries(console.ask(dimensions=["query"], **only("query", operator, expression)))
    assert found == {query for query in every if passes(query)}


def test_fresh_days_come_only_with_all_and_are_told(console):
    days = {"startDate": f"{LAST}", "endDate": f"{TODAY}", "dimensions": ["date"]}
    final, fresh = console.ask(**days), console.ask(**days, dataState="ALL")
    assert queries(final) == {f"{LAST}"}
    assert "metadata" not in final
    assert queries(fresh) == {f"{LAST + timedelta(days=n)}" for n in range(3)}
    assert fresh["metadata"] == {"firstIncompleteDate": f"{LAST + timedelta(days=1)}"}
    yesterday = console.site.search(TODAY - timedelta(days=1))
    (row,) = [r for r in fresh["rows"] if r["keys"] == [f"{TODAY - timedelta(days=1)}"]]
    assert 0 < row["clicks"] < yesterday.clicks.sum() / 2 + 7


def test_a_fresh_day_becomes_final_and_whole(console):
    console.site.today += timedelta(days=2)
    try:
        found = console.ask(startDate=f"{TODAY - timedelta(days=1)}", endDate=f"{TODAY}")
    finally:
        console.site.today -= timedelta(days=2)
    truth = console.site.search(TODAY - timedelta(days=1))
    assert found["rows"][0]["clicks"] == truth.clicks.sum() + truth.anonymous_clicks


def test_history_is_sixteen_months(console):
    found = console.ask(startDate="2020-01-01", dimensions=["date"], rowLimit=25_000)
    assert min(queries(found)) == "2025-07-03"


def test_a_prefix_has_its_own_pages(console):
    site = "/webmasters/v3/sites/https%3A%2F%2Fwww.example.com%2Fblog%2F"
    found = queries(console.ask(site, dimensions=["page"]))
    assert found
    assert all(page.startswith(PREFIX) for page in found)


def test_other_kinds_of_search_have_found_nothing(console):
    assert "rows" not in console.ask(type="image")
    assert "rows" not in console.ask(dimensions=["searchAppearance"])
    assert queries(console.ask(dimensions=["country"])) == {"usa"}


@pytest.mark.parametrize(
    "body",
    [
        {"rowLimit": 0},
        {"rowLimit": 25_001},
        {"rowLimit": "10"},
        {"startRow": -1},
        {"startDate": "2026-10-32"},
        {"startDate": f"{TODAY}"},
        {"dimensions": ["hour"]},
        {"dimensions": ["date", "date"]},
        {"dimensions": "date"},
        {"type": "maps"},
        {"type": "discover", "dimensions": ["query"]},
        {"dataState": "fresh"},
        {"aggregationType": "byQuery"},
        {"orderBy": "clicks"},
        {"dimensionFilterGroups": [{"groupType": "or", "filters": []}]},
        only("date", "equals", "2026-10-30"),
        only("query", "like", "acme"),
        only("query", "includingRegex", "(acme"),
        only("query", "includingRegex", "acme(?!x)"),
        only("query", "excludingRegex", r"(a)\1"),
        only("query", "includingRegex", "a" * 4_097),
    ],
    ids=str,
)
def test_what_google_refuses_is_refused(console, body):
    assert console.refused(**body) == (400, "invalidParameter")


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/webmasters/v3/sites/sc-domain%3Aexample.org", 403, "forbidden"),
        ("GET", "/webmasters/v3/nothing", 404, "notFound"),
        ("GET", f"{SITE}/searchAnalytics/query", 404, "notFound"),
        ("PUT", f"{SITE}/sitemaps", 404, "notFound"),
    ],
)
def test_calls_that_are_not_there(console, method, path, status, reason):
    found = console.call(method, path)
    assert (found[0], found[1]["error"]["errors"][0]["reason"]) == (status, reason)


def test_a_strange_token_is_refused(console):
    headers = {"authorization": "Bearer stolen"}
    response = console.part.respond(Request("GET", SITE, {}, headers))
    assert (response.status, orjson.loads(response.body)["error"]["code"]) == (401, 401)


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (Fault("quota"), 429, "quotaExceeded"),
        (Fault("quota", error="rateLimitExceeded"), 429, "rateLimitExceeded"),
        (Fault("quota", error="dailyLimitExceeded"), 403, "dailyLimitExceeded"),
        (Fault("status", status=503), 503, "backendError"),
        (Fault("permission_denied"), 403, "forbidden"),
        (Fault("token_revoked"), 401, "authError"),
        (Fault("token_expired"), 401, "authError"),
    ],
    ids=repr,
)
def test_faults_are_googles_errors(console, fault, status, reason):
    found = console.call("GET", SITE, fault=fault)
    assert (found[0], found[1]["error"]["errors"][0]["reason"]) == (status, reason)


def test_the_properties_are_listed(console):
    _, found = console.call("GET", "/webmasters/v3/sites")
    assert [entry["siteUrl"] for entry in found["siteEntry"]] == [DOMAIN, PREFIX]


def test_the_account_of_a_call_is_its_property(console):
    inspect = orjson.dumps({"siteUrl": PREFIX, "inspectionUrl": f"{PREFIX}x"})
    assert console.part.account_of(Request("GET", f"{SITE}/sitemaps")) == DOMAIN
    assert console.part.account_of(Request("POST", INSPECT, body=inspect)) == PREFIX
    assert console.part.account_of(Request("GET", "/webmasters/v3/sites")) == ""


def inspected(console: Console, path: str) -> tuple[int, Any]:
    url = f"http://www.example.com{path}"
    return console.call("POST", INSPECT, {"inspectionUrl": url, "siteUrl": DOMAIN})


def test_the_index_has_pages_and_leaves_out_what_it_does_not_know(console):
    _, known = inspected(console, "/page-3")
    _, unknown = inspected(console, "/nowhere")
    assert known["inspectionResult"]["indexStatusResult"]["crawledAs"] == "MOBILE"
    status = unknown["inspectionResult"]["indexStatusResult"]
    assert status["coverageState"] == "URL is unknown to Google"
    assert not {"googleCanonical", "lastCrawlTime", "sitemap"} & set(status)


def test_a_strangers_page_is_not_inspected(console):
    body = {"inspectionUrl": "https://example.org/", "siteUrl": DOMAIN}
    status, found = console.call("POST", INSPECT, body)
    assert (status, found["error"]["errors"][0]["reason"]) == (403, "forbidden")


def test_inspections_run_out_for_the_day(monkeypatch):
    monkeypatch.setattr(search_console, "INSPECTIONS_A_DAY", 2)
    console = Console()
    assert [inspected(console, "/")[0] for _ in range(3)] == [200, 200, 429]
    console.site.today += timedelta(days=1)
    assert inspected(console, "/")[0] == 200


def test_a_sitemap_has_text_for_numbers(console):
    _, found = console.call("GET", f"{SITE}/sitemaps")
    (sitemap,) = found["sitemap"]
    assert sitemap["contents"] == [{"type": "web", "submitted": "12"}]
    assert (sitemap["errors"], sitemap["warnings"]) == ("0", "0")
