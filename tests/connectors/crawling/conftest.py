"""What a crawl of a test's own site found."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from connectors.channels.website import Connector, Options
from connectors.sites import (
    CrawledPage,
    CrawlEnd,
    CrawlNews,
    CrawlOrder,
    LinkAnswer,
    SiteFile,
    SitemapEntry,
)

from .webserver import Site


@dataclass
class Found:
    """News by what they are; pages and answers by the path of their address, or the address."""

    news: list[CrawlNews]
    pages: dict[str, CrawledPage] = field(default_factory=dict)
    links: dict[str, LinkAnswer] = field(default_factory=dict)
    files: list[SiteFile] = field(default_factory=list)
    entries: list[SitemapEntry] = field(default_factory=list)

    @property
    def end(self) -> CrawlEnd:
        last = self.news[-1]
        assert isinstance(last, CrawlEnd)
        return last


def connect(site: Site, **options: object) -> Connector:
    """Return a connector that does not dawdle."""
    return Connector(Options(**{"account_id": site.url, "delay": 0, **options}))


def sorted_out(site: Site, news: list[CrawlNews]) -> Found:
    """Sort news; every page is told once."""
    found = Found(news)
    for item in news:
        if isinstance(item, CrawledPage):
            path = "/" + item.url.removeprefix(site.url)
            assert path not in found.pages
            found.pages[path] = item
        elif isinstance(item, LinkAnswer):
            found.links[item.url] = item
        elif isinstance(item, SiteFile):
            found.files.append(item)
        elif isinstance(item, SitemapEntry):
            found.entries.append(item)
    return found


@pytest.fixture
def crawl() -> Callable[..., Found]:
    """Crawl a site in full, or as an order says."""

    def crawl(site: Site, order: CrawlOrder = CrawlOrder("full"), **options: object) -> Found:  # noqa: B008
        return sorted_out(site, list(connect(site, **options).crawl(order)))

    return crawl
