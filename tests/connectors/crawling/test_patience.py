"""A reader who takes its time, and a page that our own reading stumbles over."""

import threading
from datetime import UTC, datetime
from itertools import islice

from scrapy import Request
from scrapy.http import HtmlResponse
from twisted.python.failure import Failure

from connectors.crawling.frontier import Visit
from connectors.crawling.job import Bounds, Job
from connectors.crawling.outbox import ENOUGH
from connectors.crawling.spider import SiteSpider
from connectors.sites import CrawledPage, CrawlOrder

from .conftest import connect
from .webserver import Reply, page, serving

PAGES = 700


def test_a_slow_reader_slows_the_crawl_and_gets_everything():
    text = "word " * 1_000
    links = [f"/{n}" for n in range(PAGES)]
    held = threading.Event()

    def answer(path: str) -> Reply | None:
        if path == f"/{PAGES - 1}":
            held.set()
        return page(*(f"{path}/{'x' * 300}#{n}" for n in range(3)), text=text)

    with serving({"/": page(*links)}, answer) as site:
        news = connect(site, max_depth=1, concurrency=16).crawl(CrawlOrder("full"))
        told = list(islice(news, 3))
        while not held.wait(0.1):
            before = len(site.asked)
            if not held.wait(0.1) and len(site.asked) == before > ENOUGH:
                break  # it has stopped asking, far from the end
        assert len(site.asked) < PAGES
        told += news
    read = [item for item in told if isinstance(item, CrawledPage) and item.status == 200]
    assert len(read) == PAGES + 1


class Kept:
    """An outbox that is looked into."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.tell = self.told.append


def test_a_page_that_we_stumble_over_is_told_and_the_crawl_goes_on():
    url, kept = "https://example.com/", Kept()
    order = CrawlOrder("full")
    spider = SiteSpider(Job(url, "agent", Bounds(), order), kept)
    visit = Visit(url, 0, "start", (0, 0))
    meta = {"visit": visit, "asked_at": datetime(2026, 1, 1, tzinfo=UTC), "seconds": 0.1}
    response = HtmlResponse(url, request=Request(url, meta=meta))
    spider.stumbled(Failure(RecursionError()), response)
    [told] = kept.told
    assert (told.status, told.reason) == (200, "could not be understood: RecursionError")
