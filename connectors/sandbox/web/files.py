"""What do robots.txt, sitemaps and feeds say on a day? Of the site, and of its competitor."""

import gzip
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from connectors.sandbox.web.plan import Publication
from connectors.sandbox.web.state import SiteState

if TYPE_CHECKING:
    from connectors.sandbox.web.world import SimulatedWeb

INDEX = "/sitemap.xml"
ROBOTS = "/robots.txt"
FEED = "/feed.xml"
FEED_ITEMS = 10
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def robots(web: "SimulatedWeb", state: SiteState) -> str:
    """Return robots.txt."""
    forbidden = [*web.plan.disallowed, *(i.target for i in state.active if i.kind == "robots")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in forbidden)]
    return "\n".join((*lines, "", f"Sitemap: {web.url}{INDEX}", ""))


def sitemaps(web: "SimulatedWeb", state: SiteState) -> Mapping[str, list[str]]:
    """Return the paths that each sitemap lists. A page is in the first whose prefix it has."""
    again = web.plan.listed_again
    listed: dict[str, list[str]] = {path: [] for path, _ in (*web.plan.sitemaps, *again)}
    for path in (*state.listed(), *state.listed_wrongly()):
        first = next((name for name, begins in web.plan.sitemaps if path.startswith(begins)), None)
        more = [name for name, begins in again if path.startswith(begins)]
        for sitemap in (first, *more):
            if sitemap is not None:
                listed[sitemap].append(path)
    return listed


def sitemap_index(web: "SimulatedWeb") -> str:
    """Return the list of sitemaps."""
    named = (*web.plan.sitemaps, *web.plan.listed_again)
    items = [f"<sitemap><loc>{web.url}{path}</loc></sitemap>\n" for path, _ in named]
    return f"{XML}<sitemapindex {SCHEMA}>\n{''.join(items)}</sitemapindex>\n"


def sitemap(web: "SimulatedWeb", state: SiteState, path: str) -> bytes:
    """Return a sitemap as it is served; one whose name ends with `.gz` is compressed."""
    items = [
        f"<url><loc>{web.url}{escape(page)}</loc><lastmod>{_modified(web, state, page)}</lastmod>"
        "</url>\n"
        for page in web.sitemaps_of(state)[path]
    ]
    text = f"{XML}<urlset {SCHEMA}>\n{''.join(items)}</urlset>\n"
    return gzip.compress(text.encode(), 6, mtime=0) if path.endswith(".gz") else text.encode()


def feed(web: "SimulatedWeb", state: SiteState) -> str:
    """Return an RSS 2.0 feed of the latest articles."""
    articles = [p for p in web.plan.pages if p.kind == "article" and state.indexable(p.path)]
    latest = sorted(articles, key=lambda page: (page.published, page.path))[-FEED_ITEMS:]
    items = [_item(web.url, p.path, p.name, p.published) for p in reversed(latest)]
    return _rss(web.plan.name, web.url, items)


def competitor_feed(web: "SimulatedWeb", publications: Iterable[Publication]) -> str:
    """Return the competitor's RSS 2.0 feed."""
    latest = sorted(publications, key=lambda item: (item.day, item.path))[-FEED_ITEMS:]
    url = web.competitor_url
    return _rss("Other", url, [_item(url, p.path, p.title, p.day) for p in reversed(latest)])


def competitor_sitemap(web: "SimulatedWeb", publications: Iterable[Publication]) -> str:
    """Return the competitor's only sitemap."""
    items = [
        f"<url><loc>{web.competitor_url}{p.path}</loc><lastmod>{p.day.isoformat()}</lastmod></url>"
        for p in publications
    ]
    return f"{XML}<urlset {SCHEMA}>\n{''.join(items)}</urlset>\n"


def _modified(web: "SimulatedWeb", state: SiteState, path: str) -> str:
    page = state.by_path.get(path)
    return (page.modified(state.day, web.seed) if page else state.day).isoformat()


def _rss(name: str, url: str, items: list[str]) -> str:
    return (
        f'{XML}<rss version="2.0"><channel><title>{escape(name)}</title><link>{url}/</link>'
        f"<description>{escape(name)}</description>{''.join(items)}</channel></rss>\n"
    )


def _item(url: str, path: str, title: str, day: date) -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{url}{path}</link><guid>{url}{path}</guid>"
        f"<pubDate>{http_date(day)}</pubDate></item>"
    )


@lru_cache(maxsize=2000)
def http_date(day: date) -> str:
    """Return a day's morning as HTTP and RSS write moments."""
    return format_datetime(datetime.combine(day, time(6), tzinfo=UTC), usegmt=True)
