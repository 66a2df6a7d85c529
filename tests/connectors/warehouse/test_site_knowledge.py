"""A site's files and certificates, its speed, what search engines and competitors say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.base import Account
from connectors.sites import (
    Certificate,
    CrawlEnd,
    Inspection,
    PageSpeed,
    Quality,
    SiteFile,
    SitemapEntry,
    SubmittedSitemap,
)

SITE = "https://acme.test"
ROBOTS = f"{SITE}/robots.txt"
DAY = timedelta(days=1)


@pytest.fixture
def see(warehouse, account_key, now) -> Callable[..., None]:
    """See things on a day: `see(2, file, certificate)`."""

    def run(day: int, *news) -> None:
        at = now + day * DAY
        crawl = warehouse.open_crawl(account_key, "watch", f"r{day}", at, DAY)
        warehouse.add_crawled(crawl, news, at)
        warehouse.finish_crawl(crawl, CrawlEnd("complete"), at)

    return run


@pytest.fixture
def robots(now) -> Callable[..., SiteFile]:
    """Make robots.txt as it was on a day; a text of None: it did not answer."""

    def make(day: int, text: str | None) -> SiteFile:
        at = now + day * DAY
        if text is None:
            return SiteFile("robots", ROBOTS, at, None, reason="time-out")
        return SiteFile("robots", ROBOTS, at, 200, text=text, digest=f"digest of {text}")

    return make


def texts(changes: list[tuple[SiteFile, SiteFile]]) -> list[tuple[str | None, str | None]]:
    return [
        (before.text if before.status else None, after.text if after.status else None)
        for before, after in changes
    ]


def test_a_file_has_a_row_per_change(see, robots, warehouse, account_key, rows, now):
    for day, text in enumerate(["a", "a", "b", "b"]):
        see(day, robots(day, text), robots(day, text))
    assert len(rows("SELECT * FROM site_files")) == 2
    assert warehouse.site_files(account_key) == [robots(3, "b")]
    changes = warehouse.site_file_changes(account_key, now + DAY)
    assert changes == [(robots(1, "a"), robots(2, "b"))]
    assert warehouse.site_file_changes(account_key, now + 3 * DAY) == []


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (["a"], []),
        (["a", "b", "a"], [("a", "b"), ("b", "a")]),
        (["a", None, "a"], [("a", None)]),
        (["a", None, "b"], [("a", None), ("a", "b")]),
        ([None, "a"], []),
    ],
)
def test_a_change_is_against_the_last_answer(see, robots, warehouse, account_key, now, seen, told):
    for day, text in enumerate(seen):
        see(day, robots(day, text))
    assert texts(warehouse.site_file_changes(account_key, now)) == told


def test_an_older_sight_of_a_file_is_passed_over(see, robots, warehouse, account_key, now):
    see(2, robots(2, "b"))
    see(3, robots(1, "a"))
    assert warehouse.site_files(account_key) == [robots(2, "b")]


def test_each_host_has_its_latest_certificate(see, warehouse, account_key, now):
    first = Certificate("acme.test", now + 9 * DAY)
    see(0, first, Certificate("www.acme.test", None, "self-signed"))
    see(1, replace(first, ends_at=now + 99 * DAY))
    assert warehouse.certificates(account_key) == [
        Certificate("acme.test", now + 99 * DAY),
        Certificate("www.acme.test", None, "self-signed"),
    ]


@pytest.fixture
def lab(now) -> PageSpeed:
    return PageSpeed(
        f"{SITE}/", "lab", "phone", now, largest_contentful_paint=2500.0, performance=0.9,
        total_blocking_time=0.0, version="12.8.2", runs=3,
    )  # fmt: skip


def test_speed_comes_out_as_it_went_in(warehouse, account_key, lab, now):
    field = PageSpeed(
        f"{SITE}/", "field", "desktop", now - DAY, date(2026, 10, 22), date(2026, 11, 18),
        reason="too little traffic",
    )  # fmt: skip
    warehouse.save_speed(account_key, iter([lab, field]))
    warehouse.save_speed(account_key, [replace(lab, performance=0.1)])
    warehouse.save_speed(account_key, [])
    both = [(account_key, field), (account_key, lab)]
    assert warehouse.speed([account_key], now - DAY) == both
    assert warehouse.speed([account_key], now) == [(account_key, lab)]
    assert warehouse.speed([account_key + 1], now) == []


@pytest.fixture
def inspect(warehouse, account_key, now) -> Callable[..., Inspection]:
    """Save what was said of a page on a day, with these fields changed, and return it."""
    said = Inspection(
        f"{SITE}/", now, "pass", "Gesendet und indexiert", "allowed", "indexing_allowed",
        "successful", now - DAY, f"{SITE}/", None, (f"{SITE}/map",), "https://search.test/?x",
    )  # fmt: skip

    def run(day: int = 0, **changes) -> Inspection:
        answer = replace(said, inspected_at=now + day * DAY, **changes)
        warehouse.save_inspections(account_key, [answer])
        return answer

    return run


def test_the_newest_answer_of_a_search_engine_counts(inspect, warehouse, account_key, now):
    inspect()
    other = inspect(url=f"{SITE}/other", verdict="fail")
    newest = inspect(2, verdict="neutral", google_canonical=None)
    inspect(1, verdict="fail")
    assert warehouse.inspections([account_key]) == [(account_key, newest), (account_key, other)]
    assert warehouse.inspections([account_key + 1]) == []


def test_what_was_known_then(inspect, warehouse, account_key, now):
    first = inspect()
    inspect(7, last_crawl=now + 6 * DAY)
    inspect(14, verdict="fail")
    assert warehouse.inspections([account_key], now - DAY) == []
    ((_, then),) = warehouse.inspections([account_key], now + 13 * DAY)
    assert then == replace(first, inspected_at=now + 7 * DAY, last_crawl=now + 6 * DAY)
    ((_, earlier),) = warehouse.inspections([account_key], now + 3 * DAY)
    assert (earlier.verdict, earlier.inspected_at) == ("pass", now + 3 * DAY)
    ((_, last),) = warehouse.inspections([account_key])
    assert last.verdict == "fail"


def test_an_answer_as_before_takes_no_room(inspect, rows):
    for day in range(5):
        inspect(day, link=f"https://search.test/?{day}")
    inspect(5, fetch="soft_404")
    assert len(rows("SELECT * FROM inspections")) == 2


def test_it_is_counted_what_is_said_anew(warehouse, account_key, inspect):
    answer = inspect()
    later = replace(answer, inspected_at=answer.inspected_at + DAY)
    news = [later, replace(later, url=f"{SITE}/new"), replace(later, url=f"{SITE}/new")]
    assert warehouse.save_inspections(account_key, news) == 1
    assert warehouse.save_inspections(account_key, []) == 0


def test_submitted_sitemaps_have_a_history(warehouse, account_key, now):
    sitemap = SubmittedSitemap(f"{SITE}/map", 0, 2, None, True, now - 9 * DAY, None)
    warehouse.save_submitted_sitemaps(account_key, [sitemap], now)
    read = replace(sitemap, errors=3, submitted=100, pending=False, last_downloaded=now)
    warehouse.save_submitted_sitemaps(account_key, [read, replace(read, url="m2")], now + DAY)
    history = warehouse.submitted_sitemaps([account_key], now)
    assert history == [
        (account_key, now, sitemap),
        (account_key, now + DAY, read),
        (account_key, now + DAY, replace(read, url="m2")),
    ]
    assert warehouse.submitted_sitemaps([account_key], now + DAY) == history[1:]


def entry(path: str, site: str = "https://rival.test", title: str = "") -> SitemapEntry:
    return SitemapEntry(f"{site}/sitemap.xml", f"{site}{path}", None, title)


@pytest.fixture
def publish(warehouse, account_key, now) -> Callable[..., int]:
    def run(day: int, *entries: SitemapEntry) -> int:
        dated = [replace(it, modified=now) for it in entries]
        return warehouse.save_publications(account_key, dated, now + day * DAY)

    return run


def test_what_competitors_publish_is_new_once(publish, warehouse, account_key, now):
    assert publish(0, entry("/a"), entry("/b")) == 0
    assert publish(1, entry("/a"), entry("/c", title="C"), entry("/c")) == 1
    assert publish(2, entry("/c"), entry("/d")) == 1
    found = warehouse.publications([account_key], now)
    assert [(seen, it.url[-2:], it.title) for _, seen, it in found] == [
        (now + DAY, "/c", "C"), (now + 2 * DAY, "/d", ""),
    ]  # fmt: skip
    assert found[0][2].modified == now
    assert len(warehouse.publications([account_key], now + 2 * DAY)) == 1


def test_what_was_there_when_a_site_is_first_read_is_not_new(publish, warehouse, account_key, now):
    publish(0, entry("/a"))
    assert publish(1, entry("/a", "https://other.test"), entry("/b")) == 1
    assert [it.url for _, _, it in warehouse.publications([account_key], now)] == [
        "https://rival.test/b"
    ]


def test_a_pull_keeps_what_its_platform_says_it_lacks(warehouse, account_key, window, frame, now):
    lacks = Quality(True, True, 0.25, ("only 50,000 rows a day",), ("spend",))
    for quality in (Quality(hidden=("old",)), lacks):
        with warehouse.pull(account_key, "page", window, run_id="r", now=now) as writer:
            writer.add(frame(("/", "2026-11-02", {"clicks": 1})))
            writer.quality = quality
    with warehouse.pull(account_key, "query", window, run_id="r", now=now) as writer:
        writer.add(frame(("shoes", "2026-11-02", {"clicks": 1})))
    (known,) = warehouse.pull_quality([account_key])
    assert (known.account_key, known.level, known.breakdown) == (account_key, "page", "")
    assert (known.quality, known.pulled_at) == (lacks, now)
    assert warehouse.pull_quality([account_key + 1]) == []


def test_accounts_do_not_meet(warehouse, account_key, publish, lab, inspect, now):
    other = warehouse.save_account("b", "b", Account("website", "b", "B", "XXX", "UTC"), now)
    publish(0, entry("/a"))
    inspect()
    warehouse.save_speed(account_key, [lab])
    assert warehouse.save_publications(other, [replace(entry("/a"), modified=None)], now) == 0
    assert warehouse.inspections([other]) == warehouse.speed([other], now) == []
    assert warehouse.site_files(other) == warehouse.certificates(other) == []
