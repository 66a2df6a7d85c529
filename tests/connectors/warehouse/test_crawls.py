"""Crawls: who works on one, what it found, how it goes on after it was cut off, what is let go."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from connectors.addresses import same_site
from connectors.base import RejectedError, TransientError
from connectors.sites import CrawledPage, CrawlEnd, LinkAnswer, SiteLink, SitemapEntry

SITE = "https://acme.test"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DONE = CrawlEnd("complete")


def of_site(url: str) -> bool:
    return same_site(url, SITE)


@pytest.fixture
def begin(warehouse, account_key, now) -> Callable[..., object]:
    def run(kind: str = "full", run_id: str = "r1", at: datetime = now, within=DAY):
        return warehouse.open_crawl(account_key, kind, run_id, at, within)

    return run


@pytest.fixture
def page(now) -> Callable[..., CrawledPage]:
    """Make a page that answered: `page("/shoes", "/", "/boots")` links to the last two."""

    def make(path: str, *targets: str, depth: int | None = 0, **changes) -> CrawledPage:
        links = tuple(SiteLink(t if "://" in t else SITE + t, "text") for t in targets)
        whole = CrawledPage(
            SITE + path, now, 200, final_status=200, depth=depth, words=100, text_hash="h",
            title="Title", links=links,
        )  # fmt: skip
        return replace(whole, **changes)

    return make


WHOLE = CrawledPage(
    url=f"{SITE}/whole",
    asked_at=datetime(2026, 11, 21, 6, 0, 1, 500, UTC),
    status=301,
    reason="said",
    redirects=(f"{SITE}/a", f"{SITE}/b"),
    final_status=200,
    content_type="text/html",
    size=3_000_000_000,
    seconds=0.25,
    depth=None,
    found_by="sitemap",
    title="Schöne <Schuhe>",
    description="About",
    spared="too big",
    headings=("One", "Two"),
    canonical=f"{SITE}/b",
    robots=("noindex", "nofollow"),
    language="de",
    alternates={"en": f"{SITE}/en"},
    structured_data=("Product",),
    structured_data_errors=("line 1",),
    insecure=("http://acme.test/x.png",),
    tags=("G-1",),
    words=12,
    text_hash="abc",
    modified=date(2026, 1, 2),
    links=(SiteLink("https://other.test/", "Other", nofollow=True),),
)


def test_a_page_comes_out_as_it_went_in(warehouse, begin, now):
    crawl = begin()
    assert warehouse.add_crawled(crawl, [WHOLE], now) == 1
    (row,) = warehouse.crawled_pages(crawl.crawl_id).to_dict("records")
    assert row.pop("led_to") == WHOLE.redirects[-1]
    assert pd.isna(row.pop("depth"))
    expected = {field.name: getattr(WHOLE, field.name) for field in fields(WHOLE)}
    lists = {name: [*it] if isinstance(it, tuple) else it for name, it in expected.items()}
    assert row == {name: it for name, it in lists.items() if name not in ("links", "depth")}
    (link,) = warehouse.crawled_links(crawl.crawl_id).to_dict("records")
    assert link == {
        "source": WHOLE.url, "target": "https://other.test/", "text": "Other", "nofollow": True,
    }  # fmt: skip


def test_what_is_unknown_stays_unknown(warehouse, begin, now):
    crawl = begin()
    silent = CrawledPage(f"{SITE}/", now, None, reason="time-out")
    warehouse.add_crawled(crawl, [silent], now)
    (row,) = warehouse.crawled_pages(crawl.crawl_id).to_dict("records")
    unknown = ("status", "final_status", "depth", "words", "title", "canonical", "modified")
    assert all(pd.isna(row[name]) for name in unknown)
    assert (row["robots"], row["headings"], row["alternates"]) == ([], [], {})


@pytest.mark.parametrize("at_once", [2, 1])
def test_pages_can_be_read_by_their_address(warehouse, begin, page, now, monkeypatch, at_once):
    monkeypatch.setattr("connectors.warehouse.crawled.KEYS_PER_QUERY", at_once)
    crawl = begin()
    warehouse.add_crawled(crawl, [page("/b"), page("/a"), page("/c")], now)
    found = warehouse.crawled_pages(crawl.crawl_id, [f"{SITE}/c", f"{SITE}/never"])
    assert [*found["url"]] == [f"{SITE}/c"]
    assert [*found.index] == [0]
    assert warehouse.crawled_pages(crawl.crawl_id, []).empty


def test_a_crawl_without_findings_has_empty_frames(warehouse, begin):
    crawl_id = begin().crawl_id
    for frame in (
        warehouse.crawled_pages(crawl_id),
        warehouse.crawled_links(crawl_id),
        warehouse.sitemap_entries(crawl_id),
        warehouse.link_answers(crawl_id),
    ):
        assert frame.empty
        assert len(frame.columns) >= 4


def test_texts_that_no_database_can_hold_are_mended(warehouse, begin, page, now):
    crawl = begin()
    links = (SiteLink(f"{SITE}/x", "a\0b"),)
    hostile = page("/", title="nul \0 and half \ud800", headings=("\0",), links=links)
    warehouse.add_crawled(crawl, [hostile], now)
    (row,) = warehouse.crawled_pages(crawl.crawl_id).to_dict("records")
    assert (row["title"], row["headings"]) == ("nul \ufffd and half ?", ["\ufffd"])
    assert [*warehouse.crawled_links(crawl.crawl_id)["text"]] == ["a\ufffdb"]


def test_an_address_may_be_longer_than_an_index_can_hold(warehouse, begin, page, now):
    crawl = begin()
    paths = ["/" + "".join(f"{n:x}" for n in range(i, i + 9_000)) for i in range(2)]
    news = [page(path, *paths) for path in paths]
    entries = [SitemapEntry(f"{SITE}{path}", f"{SITE}{path}") for path in paths]
    assert warehouse.add_crawled(crawl, [*news, *entries], now) == 2
    assert {*warehouse.crawled_pages(crawl.crawl_id)["url"]} == {SITE + path for path in paths}


def test_what_comes_again_stays_as_it_came_first(warehouse, begin, page, now):
    crawl = begin()
    entry, answer = SitemapEntry(f"{SITE}/map", f"{SITE}/"), LinkAnswer("https://o.test/", now, 200)
    batch = [page("/", "/a"), page("/", "/b"), entry, entry, answer, answer]
    assert warehouse.add_crawled(crawl, batch, now) == 1
    again = [page("/", "/c"), page("/a"), entry, replace(answer, status=500), DONE]
    assert warehouse.add_crawled(crawl, again, now) == 1
    assert [*warehouse.crawled_links(crawl.crawl_id)["target"]] == [f"{SITE}/a"]
    assert len(warehouse.sitemap_entries(crawl.crawl_id)) == 1
    assert [*warehouse.link_answers(crawl.crawl_id)["status"]] == [200.0]
    (stored,) = warehouse.crawls(crawl.account_key)
    assert (stored.pages, stored.state) == (2, "running")


def test_a_crawl_that_was_cut_off_goes_on(warehouse, begin, now):
    first = begin()
    second = begin(run_id="r2", at=now + HOUR)
    assert (second.crawl_id, second.started_at, second.run_id) == (first.crawl_id, now, "r2")
    assert begin("watch", "r3", now + 2 * HOUR).crawl_id != first.crawl_id


def test_one_that_was_cut_off_long_ago_is_given_up(warehouse, begin, now):
    first = begin()
    second = begin(run_id="r2", at=now + DAY + HOUR)
    assert second.crawl_id != first.crawl_id
    _, old = warehouse.crawls(first.account_key, "full")
    assert (old.state, old.reason, old.finished_at) == (
        "stopped", "it was cut off and nobody went on with it", now + DAY + HOUR,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["full", "watch"])
def test_a_site_is_crawled_by_one_at_a_time(warehouse, begin, page, now, kind):
    crawl = begin()
    with pytest.raises(TransientError, match=r"run r1 is crawling the site .*in 1 minutes") as told:
        begin(kind, "r2", now + timedelta(minutes=9))
    assert told.value.retry_after == 60
    warehouse.add_crawled(crawl, [page("/")], now + timedelta(minutes=9))
    with pytest.raises(TransientError, match="in 9 minutes"):
        begin(kind, "r2", now + timedelta(minutes=10))


@pytest.mark.parametrize(("kind", "said"), [("full", "by run r2"), ("watch", "was taken over")])
def test_a_worker_that_was_only_slow_may_store_nothing_more(
    warehouse, begin, page, now, kind, said
):
    slow = begin()
    begin(kind, "r2", now + HOUR)
    with pytest.raises(RejectedError, match=f"crawl {slow.crawl_id} was taken over") as told:
        warehouse.add_crawled(slow, [page("/")], now + HOUR)
    assert said in str(told.value)
    with pytest.raises(RejectedError, match="nothing was stored"):
        warehouse.finish_crawl(slow, DONE, now + HOUR)
    assert warehouse.crawled_pages(slow.crawl_id).empty


def test_a_run_that_starts_again_takes_its_own_crawl_up_at_once(warehouse, begin, page, now):
    dead, alive = begin(), begin()
    assert alive.crawl_id == dead.crawl_id
    with pytest.raises(RejectedError, match="taken over"):
        warehouse.add_crawled(dead, [page("/")], now)
    assert warehouse.add_crawled(alive, [page("/")], now) == 1


def test_a_crawl_ends_once(warehouse, begin, page, now):
    crawl = begin()
    done = warehouse.finish_crawl(crawl, CrawlEnd("stopped", "5,000 pages"), now + HOUR)
    assert (done.state, done.reason, done.finished_at) == ("stopped", "5,000 pages", now + HOUR)
    with pytest.raises(RejectedError, match="is stopped"):
        warehouse.finish_crawl(crawl, DONE, now)
    with pytest.raises(RejectedError, match="is stopped"):
        warehouse.add_crawled(crawl, [page("/")], now)
    assert begin().crawl_id != crawl.crawl_id


def test_what_a_crawl_still_has_to_read(warehouse, begin, page, now):
    crawl = begin()
    linked = page("/", "/a", "/b", "https://other.test/", depth=0)
    deeper = page("/a", "/b", "/c", "/", depth=1)
    lonely = page("/lonely", "/d", depth=None)
    secret = replace(page("/x", depth=5), links=(SiteLink(f"{SITE}/n", "", nofollow=True),))
    named = [SitemapEntry("m", f"{SITE}{path}") for path in ("/s", "/c", "/a")]
    outside = SitemapEntry("m", "https://other.test/s")
    warehouse.add_crawled(crawl, [linked, deeper, lonely, secret, *named, outside], now)
    done, waiting = warehouse.frontier(crawl.crawl_id, of_site, follow_nofollow=False)
    assert done == {f"{SITE}{path}" for path in ("/", "/a", "/lonely", "/x")}
    assert waiting == (
        (f"{SITE}/b", 1, "link"),
        (f"{SITE}/c", 2, "link"),
        (f"{SITE}/d", None, "link"),
        (f"{SITE}/s", None, "sitemap"),
    )
    _, more = warehouse.frontier(crawl.crawl_id, of_site, follow_nofollow=True)
    assert {*more} - {*waiting} == {(f"{SITE}/n", 6, "link")}


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_a_crawl_that_is_cut_off_anywhere_reads_every_page_once(warehouse, begin, page, now, cut):
    site = {"/": ["/a", "/b"], "/a": ["/c"], "/b": ["/c", "/"], "/c": ["/d"], "/d": []}
    read: list[str] = []
    while True:
        crawl = begin()
        done, waiting = warehouse.frontier(crawl.crawl_id, of_site, follow_nofollow=False)
        todo = [(url.removeprefix(SITE), depth) for url, depth, _ in waiting] or [("/", 0)]
        if done and not waiting:
            break
        for path, depth in todo[:cut]:
            read.append(path)
            warehouse.add_crawled(crawl, [page(path, *site[path], depth=depth)], now)
    assert sorted(read) == sorted(site)
    depths = warehouse.crawled_pages(crawl.crawl_id).set_index("url")["depth"]
    assert {url.removeprefix(SITE): depth for url, depth in depths.items()} == {
        "/": 0, "/a": 1, "/b": 1, "/c": 2, "/d": 3,
    }  # fmt: skip


def test_old_crawls_are_let_go_of(warehouse, begin, page, rows, now):
    ends = ["complete", "stopped", "stopped", "stopped"]
    crawls = []
    for i, state in enumerate(ends):
        at = now + i * DAY
        crawls.append(begin(run_id=f"r{i}", at=at))
        entry, answer = SitemapEntry("m", f"{SITE}/"), LinkAnswer("https://o.test/", at, 200)
        warehouse.add_crawled(crawls[-1], [page("/", "/a"), entry, answer], at)
        warehouse.finish_crawl(crawls[-1], CrawlEnd(state), at)
    watch = begin("watch", "w", now + 9 * DAY)
    warehouse.add_crawled(watch, [page("/")], now + 9 * DAY)
    key = watch.account_key
    assert warehouse.prune_crawls(key, 2, now + 9 * DAY) == 1
    assert warehouse.prune_crawls(key, 2, now + 9 * DAY) == 0
    kept = [crawls[0].crawl_id, *(crawl.crawl_id for crawl in crawls[2:])]
    for table in ("crawled_links", "sitemap_entries", "link_answers"):
        assert [*rows(f"SELECT crawl_id FROM {table} ORDER BY 1")] == [  # noqa: S608
            {"crawl_id": crawl_id} for crawl_id in kept
        ]
    assert len(rows("SELECT * FROM crawled_pages")) == len(kept) + 1
    pruned = {crawl.crawl_id: crawl.pruned_at for crawl in warehouse.crawls(key)}
    assert pruned.pop(crawls[1].crawl_id) == now + 9 * DAY
    assert {*pruned.values()} == {None}
    assert len(warehouse.site_pages(key)) == 1


def test_at_least_one_crawl_is_kept(warehouse, account_key, now):
    with pytest.raises(ValueError, match="keep at least one"):
        warehouse.prune_crawls(account_key, 0, now)


def test_the_newest_crawls_come_first(warehouse, begin, account_key, now):
    for i, kind in enumerate(("full", "watch", "full")):
        warehouse.finish_crawl(begin(kind, f"r{i}"), DONE, now)
    assert [crawl.run_id for crawl in warehouse.crawls(account_key)] == ["r2", "r1", "r0"]
    assert [crawl.run_id for crawl in warehouse.crawls(account_key, "full")] == ["r2", "r0"]
    assert [crawl.run_id for crawl in warehouse.crawls(account_key, "full", 1)] == ["r2"]


def test_there_is_no_such_crawl(warehouse, begin, now):
    with pytest.raises(LookupError, match="no crawl 99"):
        warehouse.add_crawled(replace(begin(), crawl_id=99), [], now)
