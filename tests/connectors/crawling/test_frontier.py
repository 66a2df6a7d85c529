"""Which address comes next, and does cutting a crawl anywhere change what it reads?"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from connectors.crawling.frontier import LINKED, LISTED, ORPHANED, Frontier, Visit
from connectors.crawling.job import Bounds, Job
from connectors.sites import CrawlOrder

SITE = "https://example.com"
START = f"{SITE}/"


def job(order: CrawlOrder | None = None, exclude: tuple[str, ...] = (), **bounds: int) -> Job:
    return Job(START, "agent", Bounds(**bounds), order or CrawlOrder("full"), exclude=exclude)


def frontier(given: Job, refused: dict[str, str] | None = None) -> Frontier:
    told = {} if refused is None else refused
    made = Frontier(given, lambda visit, why: told.update({visit.url: why}))
    made.add(START, 0, "start", (LINKED, 0))
    for url in given.order.pages:
        made.add(url, None, "list", (LISTED, 0))
    for url, depth, found_by in given.order.waiting:
        made.add(url, depth, found_by, (LINKED, depth))
    return made


def crawled(
    given: Job, links: Mapping[str, list[str]], most: int = 10**6
) -> list[tuple[str, object]]:
    """Return address and depth of what is told, in order, up to `most`."""
    told: list[tuple[str, object]] = []
    made = Frontier(given, lambda visit, why: told.append((visit.url, visit.depth)))
    made.add(START, 0, "start", (LINKED, 0))
    for url, depth, found_by in given.order.waiting:
        made.add(url, depth, found_by, (LINKED, depth))
    while len(told) < most and (visit := made.next()):
        told.append((visit.url, visit.depth))
        made.follow(visit, links.get(visit.url, []))
        made.finished(visit)
    return told[:most]


def tree() -> dict[str, list[str]]:
    """Sixty pages, links up, down and across, and a filter on each."""
    return {
        START if n == 0 else f"{SITE}/{n}": [
            *(f"{SITE}/{below}" for below in (2 * n + 1, 2 * n + 2, (7 * n) % 60) if below < 60),
            f"{SITE}/filter?by={n}",
        ]
        for n in range(60)
    }


@pytest.mark.parametrize("cut_after", range(1, 75))
def test_a_crawl_cut_anywhere_reads_the_same_pages_at_the_same_depths(cut_after):
    links, bounds = tree(), {"max_per_path": 12}
    whole = crawled(job(**bounds), links)
    begun = crawled(job(**bounds), links, cut_after)
    done = {url for url, _ in begun}
    depths: dict[str, int] = {}
    for url, depth in begun:
        for target in links.get(url, []):
            depths[target] = min(depth + 1, depths.get(target, 99))
    waiting = tuple((url, depth, "link") for url, depth in depths.items() if url not in done)
    rest = crawled(job(CrawlOrder("full", (), frozenset(done), waiting), **bounds), links)
    assert sorted([*begun, *rest]) == sorted(whole)


def test_nothing_is_asked_before_the_level_above_is_read():
    made = frontier(job())
    start = made.next()
    made.follow(start, [f"{SITE}/b", f"{SITE}/a"])
    assert made.next() is None
    made.finished(start)
    first, second = made.next(), made.next()
    assert [first.url, second.url] == [f"{SITE}/a", f"{SITE}/b"]
    made.follow(first, [f"{SITE}/c"])
    made.finished(first)
    assert made.next() is None  # b may still say that c is nearer
    made.finished(second)
    assert made.next() == Visit(f"{SITE}/c", 2, "link", (LINKED, 2))


def test_what_a_link_leads_to_is_no_orphan_and_counts_its_clicks():
    made = frontier(job(CrawlOrder("full", (f"{SITE}/listed", f"{SITE}/other"))))
    made.add(f"{SITE}/mapped", None, "sitemap", (ORPHANED, 0))
    start = made.next()
    made.follow(start, [f"{SITE}/listed"])
    made.finished(start)
    order = []
    while visit := made.next():
        order.append((visit.url.removeprefix(SITE), visit.depth, visit.found_by))
        made.finished(visit)
    assert order == [("/listed", 1, "link"), ("/other", None, "list"), ("/mapped", None, "sitemap")]


def test_room_is_kept_for_what_the_order_names():
    made = frontier(job(CrawlOrder("full", (f"{SITE}/z1", f"{SITE}/z2")), max_pages=4))
    start = made.next()
    made.follow(start, [f"{SITE}/{n}" for n in range(9)])
    made.finished(start)
    assert not made.full
    made.finished(made.next())
    assert made.full
    made.drop(listed=False)
    assert [made.next().url, made.next().url, made.next()] == [f"{SITE}/z1", f"{SITE}/z2", None]


def test_other_sites_and_what_is_left_out_never_wait():
    made = frontier(job(exclude=("/cart*", "*[?]sort=*")))
    start = made.next()
    www = "https://www.example.com/www"
    links = ["https://example.org/", f"{SITE}:8443/", f"{SITE}/cart/1", f"{SITE}/a?sort=up", www]
    made.follow(start, links)
    made.finished(start)
    assert [made.next().url, made.next()] == [www, None]


def test_a_watch_follows_nothing():
    made = frontier(job(CrawlOrder("watch")))
    made.follow(made.next(), [f"{SITE}/a"])
    assert made.rest == 0


def test_a_flood_of_links_is_not_kept():
    made = frontier(job(max_pages=10))
    made.follow(made.next(), [f"{SITE}/{n}" for n in range(1_000)])
    assert made.rest == 20


def test_a_second_try_comes_at_the_end_of_its_level():
    made = frontier(job())
    start = made.next()
    made.follow(start, [f"{SITE}/a", f"{SITE}/b"])
    made.finished(start)
    first = made.next()
    made.again(first)
    made.finished(first)
    second = made.next()
    made.finished(second)
    assert [second.url, made.next()] == [f"{SITE}/b", replace(first, again=True)]
