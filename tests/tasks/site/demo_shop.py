"""The sandbox's demo shop as a run would know it: crawled, stored, and told of by others.

The crawl is the real channel against the served site, the warehouse a real one. What search
engines and speed tests say is taken from the simulated web itself: their channels have tests of
their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import config
from config.library import Library, load
from connectors.addresses import path_of
from connectors.base import Account, Entity, Window
from connectors.channels.website import Connector, Options
from connectors.sandbox.web import SimulatedWeb, Website
from connectors.sandbox.web.shapes import SearchDay
from connectors.sites import (
    CrawlEnd,
    CrawlKind,
    CrawlNews,
    CrawlOrder,
    Inspection,
    PageSpeed,
    SitemapEntry,
    SubmittedSitemap,
)
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.site.evidence import Site
from tasks.steps.site_knowledge import sites_of

FOLDER = Path(config.__file__).parent
FIGURE_DAYS = 449  # what `content_decays` looks at: a year, and so many days of it twice
PAIR_DAYS = 36
DAY = timedelta(days=1)
MOMENTS = ("asked_at", "seen_at")

Row = tuple[str, date, dict[str, float]]
"""Entity, day, figures."""


def demo_library(monkeypatch: Any, website: Website) -> Library:
    """Return the demo's configuration, for the served shop."""
    monkeypatch.setenv("MARKETLOOP_SHOP_SITE_URL", website.url)
    monkeypatch.setenv("MARKETLOOP_SHOP_COMPETITOR_URL", website.competitor_url)
    monkeypatch.setenv("MARKETLOOP_SANDBOX_URL", "http://127.0.0.1:1")
    return load(FOLDER, FOLDER / "demo", "shop")


class Shop:
    """The shop's warehouse over the days."""

    def __init__(self, website: Website, warehouse: Warehouse, library: Library) -> None:
        self.website, self.warehouse, self.library = website, warehouse, library
        self.web: SimulatedWeb = website.web
        begun = datetime(2026, 1, 1, tzinfo=UTC)
        self.keys = {
            name: warehouse.save_account("shop", name, self._account(name), begun)
            for name in ("website", "search_console", "pagespeed", "crux")
        }

    def _account(self, platform: str) -> Account:
        return Account(platform, f"{self.website.url}/", "Acme Shop", "XXX", "Europe/Berlin")

    def crawl(self, day: date, kind: CrawlKind = "full", pages: Sequence[str] = ()) -> None:
        """Crawl the site as it is on a day."""
        self.web.today = day
        now = _morning(day)
        key = self.keys["website"]
        feed = f"{self.website.competitor_url}/feed.xml"  # who is not named is a private address
        site = f"{self.website.url}/"
        channel = Connector(Options(account_id=site, delay=0, competitors=(feed,)))
        crawl = self.warehouse.open_crawl(key, kind, f"{kind} {day}", now, timedelta(0))
        order = CrawlOrder(kind, tuple(f"{self.website.url}{path}" for path in pages))
        news = [_as_of(it, now) for it in channel.crawl(order)]
        end = news[-1]
        assert isinstance(end, CrawlEnd)
        self.warehouse.add_crawled(crawl, news, now)
        self.warehouse.finish_crawl(crawl, end, now)
        read = self.warehouse.crawled_pages(crawl.crawl_id)["url"]
        entities = [Entity("page", url, path_of(url), "enabled", url=url) for url in read]
        self.warehouse.save_entities(key, iter([entities]), now)
        news_of_others = [
            SitemapEntry(feed, f"{self.website.competitor_url}{it.path}", None, it.title)
            for it in self.web.publications()
        ]
        self.warehouse.save_publications(key, news_of_others, now)

    def ask_others(self, day: date) -> None:
        """Let search engine and speed tests say what they say on a day."""
        self.web.today = day
        search = self.keys["search_console"]
        self.warehouse.save_inspections(search, self._inspections(day))
        self.warehouse.save_submitted_sitemaps(search, [self._sitemap()], _morning(day))
        self.warehouse.save_speed(self.keys["pagespeed"], self._speeds(day, "lab"))
        self.warehouse.save_speed(self.keys["crux"], self._speeds(day, "field"))

    def pull_searches(self, day: date) -> None:
        """Pull what was searched until the day before."""
        self.web.today = day
        years = [day - DAY * ago for ago in range(FIGURE_DAYS, 0, -1)]
        pages: list[Row] = []
        pairs: list[Row] = []
        for one in years:
            told = self.web.search(one)
            size = len(self.web.pages)
            clicks = np.bincount(told.page, weights=told.clicks, minlength=size)
            shown = np.bincount(told.page, weights=told.impressions, minlength=size)
            pages += [
                (self._url(p), one, {"clicks": clicks[p], "impressions": shown[p]})
                for p in np.flatnonzero(shown).tolist()
            ]
            if (day - one).days <= PAIR_DAYS:
                pairs += self._pairs(one, told)
        window = Window(years[0], years[-1])
        self._pull("page", window, pages)
        self._pull("query_page", Window(day - DAY * PAIR_DAYS, years[-1]), pairs)
        queries = [Entity("query", text, text, "enabled") for text in self.web.queries]
        self.warehouse.save_entities(self.keys["search_console"], iter([queries]), _morning(day))

    def site(self, day: date) -> Site:
        """Return what a run of a day knows."""
        entries = tuple(self.keys)
        run = Run(f"run {day}", "shop", "seo", day, _morning(day), entries)
        (site,) = sites_of(self.warehouse, self.library, run)
        changes = self.warehouse.page_changes(self.keys["website"], _morning(day) - 90 * DAY)
        return replace(site, changes=changes)

    def _pairs(self, day: date, told: SearchDay) -> Iterator[Row]:
        names = ("query", "page", "clicks", "impressions", "position")
        columns = (getattr(told, name).tolist() for name in names)
        for query, page, clicks, shown, position in zip(*columns, strict=True):
            figures = {"clicks": clicks, "impressions": shown, "position": position}
            yield f"{self.web.queries[query]} {self._url(page)}", day, figures

    def _pull(self, level: Any, window: Window, rows: Sequence[Row]) -> None:
        key, now = self.keys["search_console"], _morning(window.end + DAY)
        ids = sorted({name for name, _, _ in rows})
        entities = [_entity(level, name) for name in ids]
        self.warehouse.save_entities(key, iter([entities]), now)
        frame = pd.DataFrame(
            [{"entity_id": name, "date_day": f"{one}", **values} for name, one, values in rows]
        )
        with self.warehouse.pull(key, level=level, window=window, run_id="run", now=now) as writer:
            writer.add(frame)

    def _url(self, page: int) -> str:
        return f"{self.website.url}{self.web.pages[page]}"

    def _inspections(self, day: date) -> Iterator[Inspection]:
        for path in self.web.pages:
            it = self.web.indexed(path)
            unknown = it.verdict == "VERDICT_UNSPECIFIED"
            yield Inspection(
                url=f"{self.website.url}{path}",
                inspected_at=_morning(day),
                verdict="unknown" if unknown else it.verdict.lower(),
                coverage=it.coverage,
                robots_txt=it.robots_txt.lower(),
                indexing=it.indexing.lower(),
                fetch=it.fetch.lower(),
                last_crawl=it.crawled_at,
                google_canonical=it.canonical or None,
                user_canonical=f"{self.website.url}{path}",
            )

    def _sitemap(self) -> SubmittedSitemap:
        errors = len(self.web.planted().get("sitemap_errors", ()))
        return SubmittedSitemap(f"{self.website.url}/sitemap.xml", errors, 0, 100, pending=False)

    def _speeds(self, day: date, source: Any) -> Iterator[PageSpeed]:
        for path in self.web.pages:
            it = self.web.speeds(path, "phone")
            if it is None or (source == "field" and it.visitors < 500):
                continue
            shared = {
                "largest_contentful_paint": it.largest_contentful_paint,
                "cumulative_layout_shift": it.cumulative_layout_shift,
            }
            own = (
                {"performance": it.performance}
                if source == "lab"
                else {"interaction_to_next_paint": it.interaction_to_next_paint}
            )
            yield PageSpeed(
                f"{self.website.url}{path}", source, "phone", _morning(day), **shared, **own
            )


def _entity(level: Any, name: str) -> Entity:
    if level == "page":
        return Entity("page", name, name, "enabled", url=name)
    query, _, page = name.rpartition(" ")
    return Entity(level, name, query, "enabled", parent_id=page, url=page)


def _as_of(news: CrawlNews, now: datetime) -> CrawlNews:
    """Return news as if it had come on the simulated day; what came earlier stays earlier."""
    for name in MOMENTS:
        if hasattr(news, name):
            real = getattr(news, name)
            since = (real - _morning(real.date())).total_seconds()
            moved = {name: now + timedelta(microseconds=int(since))}
            return replace(news, **moved)  # type: ignore[arg-type]
    return news


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)
