"""Search Console: what is asked, what the answers mean, what is left out and said to be."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import isnan

import pandas as pd
import pytest
from pydantic import ValidationError

from connectors.base import (
    PartialChannel,
    ReconnectError,
    RejectedError,
    TransientError,
    Window,
)
from connectors.channels import search_console
from connectors.sites import CandidChannel, InspectingChannel
from connectors.throttle import LocalThrottle

from ..conftest import Answer, FakeTime, told
from ..sandbox.web.searched import DOMAIN, NOW, PREFIX, TODAY, SearchedSite, SearchSandbox

SECRETS = {"client_secret": "planted-client", "refresh_token": "planted-refresh"}
LAST = TODAY - timedelta(days=3)  # the last final day
WEEK = Window(LAST - timedelta(days=6), LAST)
LEVELS = ["account", "segment", "page", "query", "query_page"]


@pytest.fixture(scope="module")
def site() -> SearchedSite:
    return SearchedSite()


@pytest.fixture(scope="module")
def running(site) -> Iterator[SearchSandbox]:
    with SearchSandbox({DOMAIN: site, PREFIX: site}) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running) -> Iterator[SearchSandbox]:
    running.forget_requests()
    yield running
    running.faults.clear()


@pytest.fixture
def connect(sandbox, time_):
    """Connect to the sandbox, with these options."""

    def made(account_id: str = DOMAIN, **options) -> search_console.Connector:
        given = {"metrics": {"position": "position"}, **options}
        return connector(account_id, sandbox.search_url, sandbox.token_url, time_, **given)

    return made


@pytest.fixture
def scripted(server, time_):
    """Connect to the scripted server, with these options."""

    def made(**options) -> search_console.Connector:
        return connector(DOMAIN, server.url, f"{server.url}/token", time_, **options)

    return made


def connector(
    account_id: str, base_url: str, token_url: str, time_: FakeTime, **options
) -> search_console.Connector:
    reached = {"client_id": "client", "base_url": base_url, "token_url": token_url}
    made = search_console.Options(account_id=account_id, **SECRETS, **reached, **options)
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return search_console.Connector(made, throttle=throttle, clock=lambda: NOW)


def pull(channel: search_console.Connector, level: str, window: Window = WEEK) -> pd.DataFrame:
    return pd.concat(channel.performance(level, window), ignore_index=True)


def answers(*rows: dict, first_incomplete: str = "2026-10-31") -> list[Answer]:
    """Script what is final, and then one page of rows."""
    return [
        Answer({"metadata": {"firstIncompleteDate": first_incomplete}}),
        Answer({"rows": [*rows]} if rows else {}),
    ]


def row(*keys: str, clicks: float = 1, impressions: float = 10, position: float = 2) -> dict:
    return {
        "keys": [*keys],
        "clicks": clicks,
        "impressions": impressions,
        "ctr": clicks / impressions if impressions else 0,
        "position": position,
    }


def test_it_is_what_it_says(connect):
    assert isinstance(connect(), PartialChannel)
    assert isinstance(connect(), InspectingChannel)
    assert isinstance(connect(), CandidChannel)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_id": "https://www.example.com"},
        {"account_id": "www.example.com"},
        {"account_id": "sc-domain:https://example.com"},
        {"metrics": {"clicks": "position"}},
        {"metrics": {"rate": "ctr"}},
        {"sections": {"blog": "blog/"}},
        {"brand_terms": ["a" * 60] * 100},
        {"brand_terms": [f"{n}{'a' * 60}" for n in range(100)]},
        {"service_account": "{}"},
        {"search_type": "discover"},
        {"rows_per_day": 0},
        {"inspections_per_day": 2_001},
    ],
    ids=str,
)
def test_options_refuse_what_google_would(wrong):
    given = {"account_id": DOMAIN, "client_id": "client", **SECRETS, **wrong}
    if "brand_terms" in wrong and len(set(wrong["brand_terms"])) == 1:
        assert search_console.Options(**given).brand_terms == ("a" * 60,)
        return
    with pytest.raises(ValidationError):
        search_console.Options(**given)


def test_the_account_has_no_currency_and_pacific_days(connect):
    account = connect().account()
    assert (account.account_id, account.currency) == (DOMAIN, "XXX")
    assert account.time_zone == "America/Los_Angeles"


@pytest.mark.parametrize("level", ["siteUnverifiedUser", "SITE_UNVERIFIED_USER"])
def test_a_login_that_is_not_verified_has_no_figures(server, scripted, level):
    server.script({"siteUrl": DOMAIN, "permissionLevel": level})
    with pytest.raises(RejectedError, match="let an owner add"):
        scripted().account()


# --- which days are known ------------------------------------------------------------------------


def test_fresh_days_are_not_covered(connect):
    wanted = Window(TODAY - timedelta(days=6), TODAY - timedelta(days=1))
    assert connect().covered("page", wanted) == [Window(wanted.start, LAST)]


def test_days_beyond_sixteen_months_are_not_covered(connect):
    (known,) = connect().covered("page", Window(date(2020, 1, 1), LAST))
    assert known == Window(date(2025, 7, 5), LAST)


def test_a_window_of_fresh_days_is_not_known_at_all(connect):
    assert connect().covered("query", Window(LAST + timedelta(days=1), TODAY)) == []


def test_without_googles_word_the_last_three_days_are_not_final(server, scripted):
    server.script({"rows": []})
    wanted = Window(date(2026, 10, 1), TODAY)
    assert scripted().covered("page", wanted) == [Window(wanted.start, date(2026, 10, 29))]


@pytest.mark.parametrize("level", LEVELS)
def test_figures_of_fresh_days_are_refused(connect, level):
    with pytest.raises(RejectedError, match="not final"):
        pull(connect(), level, Window(LAST, LAST + timedelta(days=1)))


def test_final_figures_are_asked_for_once_what_is_final_is_known(server, scripted):
    server.script(*answers(row("2026-10-30", "a"), first_incomplete="2026-10-31"))
    channel = scripted()
    pull(channel, "query", Window(LAST, LAST))
    pull(channel, "query", Window(LAST, LAST))
    fresh, *final = [seen.json() for seen in server.seen]
    assert (fresh["dataState"], fresh["dimensions"]) == ("all", ["date"])
    assert [asked["dataState"] for asked in final] == ["final", "final"]


# --- figures -------------------------------------------------------------------------------------


def test_totals_are_the_sites_own_with_the_queries_nobody_is_told_of(connect, site):
    found = pull(connect(), "account").set_index("date_day")
    assert set(found.entity_id) == {DOMAIN}
    for day in (WEEK.start, WEEK.end):
        truth = site.search(day)
        assert found.clicks[f"{day}"] == truth.clicks.sum() + truth.anonymous_clicks


@pytest.mark.parametrize(("level", "parts"), [("page", "page"), ("query_page", "query,page")])
def test_pages_are_the_markets_own(connect, site, level, parts):
    found = pull(connect(), level)
    days = [site.search(WEEK.start + timedelta(days=n)) for n in range(WEEK.days)]
    assert found.clicks.sum() == sum(day.clicks.sum() for day in days)
    assert found.impressions.sum() == sum(day.impressions.sum() for day in days)
    weighted = (found.position * found.impressions).sum()
    assert weighted == pytest.approx(sum((d.position * d.impressions).sum() for d in days))
    assert not found.duplicated(["entity_id", "date_day"]).any()


def test_queries_lack_what_is_rare_and_the_data_say_so(connect):
    channel = connect()
    total, queries = pull(channel, "account"), pull(channel, "query")
    assert queries.clicks.sum() == total.clicks.sum() - 7 * WEEK.days
    assert channel.quality().reasons == ("rows are missing for privacy",)


def test_nothing_is_said_to_be_missing_where_nothing_was_compared(connect):
    channel = connect()
    pull(channel, "query")
    assert channel.quality().reasons == ()


def test_brand_and_other_queries_share_all_that_is_told(connect):
    channel = connect(brand_terms=["Acme"])
    parts = pull(channel, "segment").groupby("entity_id").clicks.sum()
    queries = pull(channel, "query")
    brand = queries.entity_id.str.contains("acme")
    assert parts["queries:brand"] == queries.clicks[brand].sum() > 0
    assert parts["queries:other"] == queries.clicks[~brand].sum() > 0


def test_a_section_is_its_pages(connect):
    channel = connect(sections={"blog": "/blog/", "home": "/page-"})
    parts = pull(channel, "segment").groupby("entity_id")[["clicks", "impressions"]].sum()
    pages = pull(channel, "page")
    blog = pages[pages.entity_id.str.startswith("http://www.example.com/blog/")]
    assert parts.clicks["section:blog"] == blog.clicks.sum() > 0
    assert parts.impressions["section:blog"] == blog.impressions.sum()


def test_terms_and_paths_mean_themselves(server, scripted):
    server.script(*answers())
    options = {"brand_terms": ["a.c+me"], "sections": {"old": "/old(1)/ü-x"}}
    assert [*scripted(**options).performance("segment", Window(LAST, LAST))] == []
    sent = [seen.json()["dimensionFilterGroups"][0]["filters"][0] for seen in server.seen[1:]]
    assert [filter_["expression"] for filter_ in sent] == [
        r"(?i)a\.c\+me",
        r"(?i)a\.c\+me",
        r"^https?://[^/]+/old\(1\)/%C3%BC-x",
    ]


def test_a_pair_is_known_by_query_and_page(connect):
    channel = connect()
    ids = pull(channel, "query_page").entity_id
    pairs = [channel.describe("query_page", entity_id) for entity_id in ids]
    found = next(entity for entity in pairs if entity.name == "acme 4")
    assert found.entity_id == f"acme 4 {found.url}"
    assert found.parent_id == found.url
    assert found.url.startswith("http://www.example.com/")


def test_whatever_figures_come_for_is_listed_or_described(connect):
    channel = connect(brand_terms=["acme"], sections={"blog": "/blog/"})
    for level in LEVELS:
        listed = {entity.entity_id for page in channel.entities([level]) for entity in page}
        ids = set(pull(channel, level).entity_id)
        told = {channel.describe(level, one).entity_id for one in ids} & ids
        assert ids <= (told if level in channel.reported else listed)


def test_addresses_of_one_page_are_one_row(server, scripted):
    day = f"{LAST}"
    server.script(
        *answers(
            row(day, "https://example.com/a", clicks=3, impressions=10, position=2),
            row(day, "https://example.com/b", clicks=2, impressions=5, position=9),
            row(day, "https://EXAMPLE.com/a#part", clicks=1, impressions=30, position=6),
            row(day, "https://example.com/a?utm_source=x", clicks=0, impressions=0, position=0),
        )
    )
    frame = pull(scripted(metrics={"position": "position"}), "page", Window(LAST, LAST))
    frame = frame.set_index("entity_id")
    assert [*frame.index] == ["https://example.com/a", "https://example.com/b"]
    assert [*frame.loc["https://example.com/a", ["clicks", "impressions"]]] == [4, 40]
    assert frame.position["https://example.com/a"] == 5
    assert frame.position["https://example.com/b"] == 9


def test_a_page_without_impressions_has_no_position(server, scripted):
    day = f"{LAST}"
    rows = [row(day, f"https://example.com/a{x}", clicks=0) for x in ("", "#b")]
    server.script(*answers(*({**r, "impressions": 0} for r in rows)))
    frame = pull(scripted(metrics={"position": "position"}), "page", Window(LAST, LAST))
    assert isnan(frame.position[0])


def test_what_is_no_address_of_the_web_keeps_its_name(server, scripted):
    server.script(*answers(row(f"{LAST}", "android-app://com.example/x y")))
    frame = pull(scripted(), "page", Window(LAST, LAST))
    assert [*frame.entity_id] == ["android-app://com.example/x%20y"]


def test_a_day_without_searches_has_no_rows_and_no_error(server, scripted):
    server.script(*answers())
    assert [*scripted().performance("page", Window(LAST, LAST))] == []


def test_position_comes_only_if_it_is_asked_for(server, scripted):
    server.script(*answers(row(f"{LAST}", "a")))
    frame = pull(scripted(), "query", Window(LAST, LAST))
    assert [*frame] == ["entity_id", "date_day", "clicks", "impressions"]


# --- depth ---------------------------------------------------------------------------------------


def test_a_day_is_read_page_by_page(server, scripted, monkeypatch):
    monkeypatch.setattr(search_console.calling, "MOST_ROWS", 2)
    pages = [Answer({"rows": [row(f"{LAST}", q) for q in page]}) for page in ("ab", "cd", "e")]
    server.script(answers()[0], *pages)
    assert [*pull(scripted(), "query", Window(LAST, LAST)).entity_id] == [*"abcde"]
    asked = [seen.json() for seen in server.seen[1:]]
    assert [(a["startRow"], a["rowLimit"]) for a in asked] == [(0, 2), (2, 2), (4, 2)]
    assert {(a["startDate"], a["endDate"]) for a in asked} == {(f"{LAST}", f"{LAST}")}


def test_a_full_last_page_is_followed_by_an_empty_one(server, scripted, monkeypatch):
    monkeypatch.setattr(search_console.calling, "MOST_ROWS", 2)
    server.script(answers()[0], {"rows": [row(f"{LAST}", q) for q in "ab"]}, {})
    channel = scripted()
    assert len(pull(channel, "query", Window(LAST, LAST))) == 2
    assert len(server.seen) == 3
    assert channel.quality().truncated == ()


def test_the_bound_holds_and_is_told(connect):
    channel = connect(rows_per_day=5)
    found = pull(channel, "query_page")
    assert set(found.groupby("date_day").size()) == {5}
    assert channel.quality().truncated == ("query_page: only the top 5 rows by clicks of 7 days",)


def test_the_property_of_a_folder_has_its_pages_only(connect):
    channel = connect(PREFIX)
    pages = pull(channel, "page")
    assert all(pages.entity_id.str.startswith(PREFIX))
    assert len(pages)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["campaign", "search_term"])
def test_other_levels_are_refused_with_those_there_are(connect, level):
    with pytest.raises(RejectedError, match="account, segment, page, query, query_page"):
        pull(connect(), level)
    with pytest.raises(RejectedError, match="account, segment, page, query, query_page"):
        [*connect().entities([level])]


def test_a_breakdown_is_refused(connect):
    with pytest.raises(RejectedError, match="no breakdown"):
        [*connect().performance("page", WEEK, "device")]


def error(status: int, reason: str, **more) -> Answer:
    first = {"message": "no", "domain": "x", "reason": reason}
    return Answer({"error": {"code": status, "message": "no", "errors": [first], **more}}, status)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (error(429, "quotaExceeded"), 900),
        (error(403, "quotaExceeded"), 900),
        (error(403, "dailyLimitExceeded"), 6 * 3600),
        (
            error(429, "", details=[{"metadata": {"quota_limit": "QueriesPerDayPerSite"}}]),
            6 * 3600,
        ),
    ],
)
def test_too_much_load_ends_the_run_and_holds_back_the_next(
    server, scripted, time_, answer, seconds
):
    server.script(answer)
    channel = scripted()
    with pytest.raises(TransientError) as caught:
        channel.covered("page", WEEK)
    assert (caught.value.retry_after, time_.slept, len(server.seen)) == (seconds, [], 1)
    with pytest.raises(TransientError, match="no calls for"):
        channel.account()


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_per_minute_is_waited_for(server, scripted, time_, status):
    fine = Answer({"siteUrl": DOMAIN, "permissionLevel": "siteOwner"})
    server.script(error(status, "rateLimitExceeded"), fine)
    assert scripted().account().account_id == DOMAIN
    assert time_.slept == [60]


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (error(403, "forbidden"), RejectedError, "give the credential's user access"),
        (error(403, "insufficientPermissions"), RejectedError, "webmasters.readonly"),
        (error(403, "accessNotConfigured"), RejectedError, "switch the Search Console API on"),
        (error(404, "notFound"), RejectedError, "with its slash"),
        (error(400, "invalidParameter"), RejectedError, "400 invalidParameter: no"),
        (error(401, "authError"), ReconnectError, "reconnect"),
        (error(503, "backendError"), TransientError, "may pass"),
    ],
    ids=repr,
)
def test_an_error_says_what_to_do(server, scripted, answer, kind, says):
    server.script(answer)
    with pytest.raises(kind, match=says):
        scripted().account()


@pytest.mark.parametrize(
    "body",
    [
        {"rows": [{"keys": [f"{LAST}"], "clicks": 1}]},
        {"rows": [{"clicks": 1, "impressions": 1, "position": 1}]},
        {"rows": "none"},
        ["rows"],
    ],
    ids=str,
)
def test_answers_of_another_shape_are_named(server, scripted, body):
    server.script(answers()[0], Answer(body))
    with pytest.raises(RejectedError, match="unknown shape"):
        pull(scripted(), "query", Window(LAST, LAST))


# --- the sandbox's faults ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("status", {"status": 500}),
        ("status", {"status": 503, "count": 2}),
        ("html", {"status": 200}),
        ("html", {"status": 502}),
        ("stall", {"seconds": 0.02}),
        ("cut_before", {}),
        ("cut_body", {}),
        ("half_page", {}),
        ("slow_drip", {"seconds": 0.05}),
        ("token_expired", {}),
        ("quota", {"error": "rateLimitExceeded", "seconds": 20}),
    ],
)
def test_what_may_pass_passes_and_the_data_are_whole(connect, sandbox, time_, kind, options):
    undisturbed = pull(connect(), "page")
    sandbox.faults.add(kind, platform="search_console", account=DOMAIN, first=2, **options)
    pd.testing.assert_frame_equal(pull(connect(), "page"), undisturbed)
    assert kind in {call.fault for call in sandbox.requests}
    assert time_.slept == ([20] if kind == "quota" else [])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("token_revoked", ReconnectError),
        ("permission_denied", RejectedError),
        ("cut_before", TransientError),
        ("quota", TransientError),
    ],
)
def test_what_lasts_is_named_and_other_properties_are_unharmed(connect, sandbox, kind, expected):
    undisturbed = pull(connect(PREFIX), "page")
    sandbox.faults.add(kind, platform="search_console", account=DOMAIN, count=None)
    with pytest.raises(expected) as caught:
        pull(connect(), "page")
    assert not [secret for secret in SECRETS.values() if secret in told(caught.value)]
    pd.testing.assert_frame_equal(pull(connect(PREFIX), "page"), undisturbed)


# --- inspection, sitemaps ------------------------------------------------------------------------


def test_pages_are_inspected_in_order(connect, site):
    site.wrong["page_not_indexed"] = ["/page-3"]
    urls = [f"http://www.example.com{path}" for path in ("/page-3", "/", "/nowhere")]
    left_out, fine, unknown = connect().inspect(urls)
    assert (left_out.url, left_out.verdict) == (urls[0], "neutral")
    assert left_out.google_canonical is None
    assert (fine.verdict, fine.indexing, fine.fetch) == ("pass", "indexing_allowed", "successful")
    assert (fine.last_crawl, fine.inspected_at) == (NOW, NOW)
    assert fine.sitemaps == ("http://www.example.com/sitemap.xml",)
    assert fine.google_canonical == fine.user_canonical == urls[1]
    assert (unknown.verdict, unknown.fetch, unknown.last_crawl) == ("neutral", "", None)


def test_a_page_of_another_site_costs_no_inspection(connect, sandbox):
    channel = connect()
    strangers = ["https://example.org/", "https://notexample.com/", "https://example.com.evil/"]
    found = [*channel.inspect(strangers)]
    assert {page.verdict for page in found} == {"unknown"}
    assert sandbox.requests == []
    assert [page.coverage for page in connect(PREFIX).inspect(["https://www.example.com/"])] == [
        f"not a page of {PREFIX}"
    ]


def test_inspections_end_at_our_own_bound(connect, sandbox):
    channel = connect(inspections_per_day=2)
    urls = [f"http://www.example.com/page-{n}" for n in range(5)]
    assert [page.url for page in channel.inspect(urls)] == urls[:2]
    assert channel.quality().truncated == (
        "3 of 5 pages not inspected: the day's quota is used up",
    )


@pytest.mark.parametrize("reason", ["quotaExceeded", "dailyLimitExceeded"])
def test_inspections_end_at_googles_quota_and_nothing_else_is_held_back(
    connect, sandbox, time_, reason
):
    sandbox.faults.add("quota", path=":inspect", first=2, count=None, error=reason)
    channel = connect()
    urls = [f"http://www.example.com/page-{n}" for n in range(3)]
    assert [page.url for page in channel.inspect(urls)] == urls[:1]
    assert channel.quality().truncated
    assert channel.account().account_id == DOMAIN
    assert time_.slept == []


def test_sitemaps_have_numbers(connect, site):
    (known,) = connect().sitemaps()
    assert (known.errors, known.warnings, known.submitted) == (0, 0, len(site.pages))
    site.wrong["sitemap_unreadable"] = ["/sitemap.xml"]
    (broken,) = connect().sitemaps()
    del site.wrong["sitemap_unreadable"]
    assert (broken.errors, broken.submitted, broken.pending) == (1, None, False)
    assert broken.last_downloaded.date() == TODAY


def test_a_property_without_sitemaps_has_none(server, scripted):
    server.script({})
    assert scripted().sitemaps() == []
