"""What changed about a site's pages, and since when their texts stand."""

from collections.abc import Callable
from datetime import timedelta

import pandas as pd
import pytest

from connectors.base import Account
from connectors.sites import CrawledPage, CrawlEnd

SITE = "https://acme.test"
WEEK = timedelta(days=7)
PAGE = {"status": 200, "final_status": 200, "words": 100, "text_hash": "one", "title": "Shoes"}


@pytest.fixture
def crawl(warehouse, account_key, now) -> Callable[..., None]:
    """Crawl in a week: `crawl(1, {"/": {"title": "Boots"}})`."""

    def run(week: int, pages: dict[str, dict], kind: str = "full", state: str = "complete") -> None:
        at = now + week * WEEK
        opened = warehouse.open_crawl(account_key, kind, f"r{week}", at, timedelta(hours=1))
        news = [CrawledPage(SITE + path, at, **PAGE | changes) for path, changes in pages.items()]
        warehouse.add_crawled(opened, news, at)
        warehouse.finish_crawl(opened, CrawlEnd(state), at)

    return run


@pytest.fixture
def changes(warehouse, account_key, now) -> Callable[..., list[tuple]]:
    """Return the changes from a week on: path, field, old, new."""

    def read(week: int = 0) -> list[tuple]:
        frame = warehouse.page_changes(account_key, now + week * WEEK)
        names = ["url", "field", "old_value", "new_value"]
        return [
            (url.removeprefix(SITE), *(None if pd.isna(it) else it for it in rest))
            for url, *rest in frame[names].itertuples(index=False)
        ]

    return read


@pytest.fixture
def pages(warehouse, account_key) -> Callable[[], pd.DataFrame]:
    def read() -> pd.DataFrame:
        frame = warehouse.site_pages(account_key)
        return frame.set_index(frame["url"].str.removeprefix(SITE))

    return read


def test_the_first_crawl_changes_nothing(crawl, changes, pages, now):
    crawl(0, {"/": {}, "/a": {}})
    assert changes() == []
    assert [*pages().index] == ["/", "/a"]
    assert {*pages()["text_since"]} == {*pages()["first_seen"]} == {pd.Timestamp(now)}


@pytest.mark.parametrize(
    ("after", "change"),
    [
        ({"title": "Boots"}, ("title", "Shoes", "Boots")),
        ({"title": None}, ("title", "Shoes", None)),
        ({"canonical": f"{SITE}/b"}, ("canonical", None, f"{SITE}/b")),
        ({"robots": ("noindex", "nofollow")}, ("robots", "", "noindex,nofollow")),
        ({"text_hash": "two"}, ("text", "one", "two")),
        ({"status": 404, "final_status": 404, "title": "Oops"}, ("status", "200", "404")),
    ],
    ids=["title", "no title", "canonical", "robots", "text", "status"],
)
def test_a_change_is_told_once(crawl, changes, after, change):
    crawl(0, {"/": {}})
    crawl(1, {"/": after})
    crawl(2, {"/": after})
    assert changes() == [("/", *change)]
    assert changes(2) == []


def test_a_redirect_is_a_change_of_two_fields(crawl, changes):
    crawl(0, {"/": {}})
    crawl(1, {"/": {"status": 301, "redirects": (f"{SITE}/x", f"{SITE}/b")}})
    crawl(2, {"/": {"status": 301, "redirects": (f"{SITE}/c",)}})
    assert changes() == [
        ("/", "redirect", None, f"{SITE}/b"),
        ("/", "status", "200", "301"),
        ("/", "redirect", f"{SITE}/b", f"{SITE}/c"),
    ]


def test_a_page_that_says_nothing_has_not_changed(crawl, changes, pages, now):
    crawl(0, {"/": {}})
    silent = {"status": None, "final_status": None, "words": None, "title": None, "text_hash": ""}
    crawl(1, {"/": silent, "/new": silent})
    crawl(2, {"/": {}, "/new": {}})
    assert changes() == [("/new", "page", None, "new")]
    assert pages()["text_since"]["/"] == pd.Timestamp(now)


def test_the_text_of_an_error_is_not_the_pages(crawl, changes, pages, now):
    crawl(0, {"/": {}})
    crawl(1, {"/": {"status": 500, "final_status": 500, "title": "Oops", "text_hash": "error"}})
    crawl(2, {"/": {}})
    assert [field for _, field, *_ in changes()] == ["status", "status"]
    assert pages()["text_since"]["/"] == pd.Timestamp(now)
    assert pages()["title"]["/"] == "Shoes"


def test_a_text_stands_since_it_was_first_read(crawl, pages, now):
    for week, text in enumerate(["one", "two", "two", "two"]):
        crawl(week, {"/": {"text_hash": text}})
    page = pages().loc["/"]
    assert (page["text_since"], page["last_seen"]) == (now + WEEK, now + 3 * WEEK)
    assert page["first_seen"] == now


def test_pages_come_go_and_come_back(crawl, changes, pages, now):
    crawl(0, {"/": {}})
    crawl(1, {"/": {}, "/a": {}})
    crawl(2, {"/": {}})
    crawl(3, {"/": {}})
    assert pages()["gone_since"]["/a"] == pd.Timestamp(now + 2 * WEEK)
    crawl(4, {"/": {}, "/a": {}})
    assert changes() == [
        ("/a", "page", None, "new"), ("/a", "page", None, "gone"), ("/a", "page", None, "back"),
    ]  # fmt: skip
    assert pd.isna(pages()["gone_since"]["/a"])


@pytest.mark.parametrize(("kind", "state"), [("full", "stopped"), ("watch", "complete")])
def test_only_whole_crawls_tell_what_came_and_went(crawl, changes, kind, state):
    crawl(0, {"/": {}, "/a": {}})
    crawl(1, {"/": {"title": "Boots"}, "/b": {}}, kind, state)
    assert changes() == [("/", "title", "Shoes", "Boots")]


def test_an_error_is_no_new_page(crawl, changes):
    crawl(0, {"/": {}})
    crawl(1, {"/": {}, "/typo": {"status": 404, "final_status": 404}})
    crawl(2, {"/": {}})
    assert changes() == []


def test_history_outlives_the_crawls_and_ends_after_two_years(
    warehouse, account_key, crawl, changes, pages, now
):
    crawl(0, {"/": {}, "/old": {}})
    for week in (1, 2, 3):
        crawl(week, {"/": {"text_hash": f"{week}"}})
    warehouse.prune_crawls(account_key, 1, now + 4 * WEEK)
    assert len(changes()) == 4
    assert [*pages().index] == ["/", "/old"]
    crawl(110, {"/": {"text_hash": "3"}})
    warehouse.prune_crawls(account_key, 1, now + 110 * WEEK)
    assert changes() == []
    assert [*pages().index] == ["/"]
    assert pages()["text_since"]["/"] == now + 3 * WEEK


def test_sites_do_not_meet(warehouse, crawl, changes, now):
    crawl(0, {"/": {}})
    account = Account("website", "other.test", "Other", "XXX", "UTC")
    other = warehouse.save_account("acme", "other", account, now)
    opened = warehouse.open_crawl(other, "full", "r", now, WEEK)
    warehouse.add_crawled(opened, [CrawledPage(f"{SITE}/", now, **PAGE | {"title": "B"})], now)
    warehouse.finish_crawl(opened, CrawlEnd("complete"), now)
    assert changes() == []
    assert warehouse.page_changes(other, now).empty
    assert [*warehouse.site_pages(other)["title"]] == ["B"]
