"""What the other family's accounts tell, read from a real warehouse."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from config.library import Library
from config.models import Brand, Fact, Metric
from connectors.base import Account, Entity, Window
from connectors.sites import CrawledPage, CrawlEnd, PageSpeed
from connectors.warehouse import Warehouse
from tasks.landing_facts import Answered, Visits
from tasks.paid_and_found import paid_for
from tasks.run import Run
from tasks.steps.landing_knowledge import landings_of
from tasks.steps.paid_knowledge import paid_of
from tests.tasks.site.building import page, pairs, searches, shipped, site

AS_OF = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 5, tzinfo=UTC)
RUN = Run("r", "shop", "google_ads", AS_OF, NOW, ("google",))
WINDOW = Window(AS_OF - timedelta(days=40), AS_OF - timedelta(days=2))
PLATFORMS = {
    "google": "google_ads",
    "website": "website",
    "crux": "crux",
    "analytics": "google_analytics",
}
METRICS = {
    name: Metric(title=name, unit="count")
    for name in ("spend", "clicks", "impressions", "conversions", "sessions", "key_events")
}
JACKETS = "https://shop.example/jackets"


def library(*entries: str) -> Library:
    brand = {
        "name": "Shop",
        "currency": "EUR",
        "time_zone": "UTC",
        "owners": {"web": {"name": "Web"}},
        "accounts": [
            {"name": name, "platform": PLATFORMS[name], "account_id": name} for name in entries
        ],
    }
    return Library(METRICS, {}, {}, {}, {"shop": Brand.model_validate(brand)})


@pytest.fixture
def warehouse(sqlite_url) -> Iterator[Warehouse]:
    with Warehouse(sqlite_url) as opened:
        yield opened


@pytest.fixture
def keys(warehouse) -> dict[str, int]:
    return {
        name: warehouse.save_account("shop", name, Account(platform, name, name, "EUR", "UTC"), NOW)
        for name, platform in PLATFORMS.items()
    }


def pull(warehouse, key: int, level: str, figures: dict[str, dict[str, float]]) -> None:
    """Store the same figures for every day of the window."""
    days = [WINDOW.start + timedelta(days=n) for n in range(WINDOW.days)]
    rows = [
        {"entity_id": name, "date_day": f"{day}", **values}
        for name, values in figures.items()
        for day in days
    ]
    with warehouse.pull(key, level=level, window=WINDOW, run_id="r", now=NOW) as writer:
        writer.add(pd.DataFrame(rows))


def ads(warehouse, key: int) -> SimpleNamespace:
    """Return a reading with a campaign and its ads."""
    ad = [
        Entity("ad", "a1", "One", "enabled", "g", "c", url=f"{JACKETS}?utm_source=google"),
        Entity("ad", "a2", "Two", "paused", "g", "c", url=None),
    ]
    campaign = [Entity("campaign", "c", "C", "enabled", campaign_id="c")]
    warehouse.save_entities(key, iter([[*ad, *campaign]]), NOW)
    levels = ("campaign", "ad")
    return SimpleNamespace(entities={name: warehouse.entities([key], name) for name in levels})


def crawl(warehouse, key: int, kind: str, status: int | None, days_ago: int, **given) -> None:
    at = NOW - timedelta(days=days_ago)
    opened = warehouse.open_crawl(key, kind, f"{kind} {days_ago}", at, timedelta(0))
    page = CrawledPage(JACKETS, at, status, final_status=status, depth=1, **given)
    warehouse.add_crawled(opened, [page], at)
    warehouse.finish_crawl(opened, CrawlEnd("complete"), at)


def test_pages_are_known_by_the_newest_crawl_the_speed_and_the_visits(warehouse, keys):
    crawl(warehouse, keys["website"], "full", 404, 9)
    crawl(warehouse, keys["website"], "full", 200, 3)
    crawl(warehouse, keys["website"], "watch", 500, 1)
    measured = [
        PageSpeed(JACKETS, "field", "phone", NOW - timedelta(days=ago), largest_contentful_paint=ms)
        for ago, ms in ((2, 4200.0), (60, 9000.0))
    ]
    warehouse.save_speed(keys["crux"], measured)
    other = "https://shop.example/other"
    pages = [Entity("page", url, url, "enabled", url=url) for url in (JACKETS, other)]
    warehouse.save_entities(keys["analytics"], iter([pages]), NOW)
    visits = {
        JACKETS: {"sessions": 10.0, "key_events": 1.0},
        other: {"sessions": 30.0, "key_events": 1.0},
    }
    pull(warehouse, keys["analytics"], "page", visits)
    reading = ads(warehouse, keys["google"])
    found = landings_of(warehouse, library(*PLATFORMS), RUN, reading)
    assert found.answers == {JACKETS: Answered(date(2026, 11, 9), 500)}
    assert [it.largest_contentful_paint for it in found.speeds[JACKETS]] == [4200.0]
    assert found.visits[JACKETS] == Visits(280.0, pytest.approx(0.1), pytest.approx(0.05))
    assert found.ads["url"].tolist() == [JACKETS, ""]
    assert found.ads["enabled"].tolist() == [True, False]
    assert [*found.ids.values()] == ["c"]


def test_a_watch_that_was_cut_off_tells_nothing_that_a_full_crawl_read_later(warehouse, keys):
    """The watch began first, was taken up again, and ended last; its page is the older one."""
    key, hour = keys["website"], timedelta(hours=1)
    cut = warehouse.open_crawl(key, "watch", "cut", NOW - 30 * hour, timedelta(0))
    asked = NOW - 30 * hour
    warehouse.add_crawled(cut, [CrawledPage(JACKETS, asked, 404, final_status=404)], asked)
    crawl(warehouse, key, "full", 200, 1)
    again = warehouse.open_crawl(key, "watch", "again", NOW, timedelta(days=2))
    assert again.crawl_id == cut.crawl_id
    warehouse.finish_crawl(again, CrawlEnd("complete"), NOW)
    found = landings_of(
        warehouse, library("google", "website"), RUN, ads(warehouse, keys["google"])
    )
    assert found.answers == {JACKETS: Answered(date(2026, 11, 9), 200)}


@pytest.mark.parametrize(("spared", "reason"), [(None, "no answer"), ("forbidden", "")])
def test_why_a_page_was_not_read_is_told_unless_we_left_it_alone(warehouse, keys, spared, reason):
    crawl(warehouse, keys["website"], "full", None, 1, reason="no answer", spared=spared)
    reading = ads(warehouse, keys["google"])
    found = landings_of(warehouse, library("google", "website"), RUN, reading)
    assert found.answers == {JACKETS: Answered(date(2026, 11, 9), None, reason=reason)}


def test_nothing_is_read_where_no_account_tells_of_pages(warehouse, keys, monkeypatch):
    reading = ads(warehouse, keys["google"])
    for name in ("crawls", "speed", "performance"):
        monkeypatch.setattr(Warehouse, name, None)
    assert landings_of(warehouse, library("google"), RUN, reading) is None
    assert landings_of(warehouse, library(*PLATFORMS), RUN, SimpleNamespace(entities={})) is None


def seo_reading(*facts: Fact) -> SimpleNamespace:
    return SimpleNamespace(entities={"query": pd.DataFrame()}, checks=SimpleNamespace(facts=facts))


def test_search_terms_and_keywords_are_read_over_the_last_28_known_days(warehouse, keys):
    terms = [Entity("search_term", "t1", "Rain  Jacket", "enabled", "g", "c"),
             Entity("search_term", "t2", "never clicked", "enabled", "g", "c")]  # fmt: skip
    words = {"text": "wool socks", "match_type": "EXACT"}
    keyword = Entity("keyword", "k1", "[wool socks]", "enabled", "g", "c", details=words)
    warehouse.save_entities(keys["google"], iter([[*terms, keyword]]), NOW)
    figures = {"spend": 2.0, "clicks": 1.0, "conversions": 0.25}
    nothing = dict.fromkeys(figures, 0.0)
    pull(warehouse, keys["google"], "search_term", {"t1": figures, "t2": nothing})
    pull(warehouse, keys["google"], "keyword", {"k1": figures})
    found = paid_of(warehouse, library("google"), RUN, seo_reading(), ())
    assert found.searches["text"].tolist() == ["rain jacket", "wool socks"]
    assert found.searches["spend"].tolist() == [56.0, 56.0]
    assert found.searches["until"].tolist() == [WINDOW.end] * 2
    assert "€56.00 for 28 clicks, 7 conversions" in paid_for(found, "WOOL SOCKS")


def test_a_page_that_is_clicked_too_seldom_is_known_by_its_query(warehouse, keys):
    rates = [(f"query {place}", "/b", 150.0, 1000.0, 2.0) for place in range(6)]
    known = searches(pairs(*rates, ("boots", "/a", 60.0, 2000.0, 2.0)))
    shop = site(page("/a"), page("/b"), searches=known)
    reading = seo_reading(shipped()["clicks_below_position"], shipped()["page_gone"])
    found = paid_of(warehouse, library("google"), RUN, reading, [shop])
    (key,) = shop.pages.loc[shop.pages["name"] == "/a", "entity_key"]
    assert found.asked == {("clicks_below_position", key): "boots"}
    assert found.searches.empty


def test_nothing_is_read_without_ads_or_queries(warehouse, keys, monkeypatch):
    monkeypatch.setattr(Warehouse, "performance", None)
    assert paid_of(warehouse, library("website"), RUN, seo_reading(), ()) is None
    reading = SimpleNamespace(entities={"campaign": pd.DataFrame()})
    assert paid_of(warehouse, library("google"), RUN, reading, ()) is None
