"""What tests build is what a warehouse returns, column by column and type by type."""

from datetime import timedelta

import pytest
from pandas.testing import assert_frame_equal

from connectors.base import Account
from connectors.sites import CrawlEnd, LinkAnswer, SitemapEntry
from connectors.warehouse import Warehouse
from tests.tasks.site.building import (
    NOW,
    START,
    answer,
    history,
    link_frame,
    page,
    reading,
    redirect,
    url,
)

PAGES = [
    page("/", "/a", "https://other.test/"),
    page("/a"),
    redirect("/b", "/a"),
    answer("/c", None),
]


@pytest.fixture
def warehouse(sqlite_url):
    with Warehouse(sqlite_url) as opened:
        yield opened


def test_frames_are_those_of_the_warehouse(warehouse):
    account = Account("website", START, "Acme", "XXX", "UTC")
    key = warehouse.save_account("acme", "site", account, NOW)
    crawl = warehouse.open_crawl(key, "full", "run", NOW, timedelta(0))
    entries = [SitemapEntry(url("/sitemap.xml"), it.url) for it in PAGES[:2]]
    answers = [LinkAnswer("https://other.test/", NOW, 404)]
    warehouse.add_crawled(crawl, [*PAGES, *entries, *answers], NOW)
    warehouse.finish_crawl(crawl, CrawlEnd("complete"), NOW)
    built = reading(PAGES, outside={"https://other.test/": 404})
    number = crawl.crawl_id
    stored = warehouse.crawled_links(number).sort_values("target", ignore_index=True)
    assert_frame_equal(link_frame(PAGES).sort_values("target", ignore_index=True), stored)
    assert_frame_equal(built.pages, warehouse.crawled_pages(number), check_dtype=True)
    assert_frame_equal(built.outside, warehouse.link_answers(number), check_dtype=False)
    assert list(built.listed.columns) == list(warehouse.sitemap_entries(number).columns)
    kinds = history({"path": "/"}).dtypes
    assert kinds.equals(warehouse.site_pages(key).dtypes[kinds.index])
