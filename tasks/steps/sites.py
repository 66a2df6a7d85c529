"""Read the brand's websites: crawl what is due, then let others tell of the pages that matter."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from config.library import Library
from config.models import AccountEntry, SiteRules
from connectors.addresses import normal, path_of, same_site
from connectors.base import ConnectorError, Entity, RejectedError
from connectors.sites import (
    CrawlEnd,
    CrawlingChannel,
    CrawlKind,
    CrawlNews,
    CrawlOrder,
    InspectingChannel,
    SpeedChannel,
)
from connectors.warehouse import Warehouse
from connectors.warehouse.crawls import Crawl
from tasks.run import Run
from tasks.site.evidence import is_page
from tasks.site.knowing import is_due
from tasks.steps.connecting import connect
from tasks.steps.known_pages import KnownPages, known_pages
from tasks.steps.opening import brand_library, open_warehouse, run_log

Depth = Literal["as due", "watch", "full"]

BATCH = 100
"""So many findings of a crawl are stored at once; what a killed crawl has stored is not lost."""
RESUME = timedelta(days=2)
"""A crawl that was cut off longer ago is not gone on with."""
KEPT = 3
"""So many crawls of a kind are kept whole."""
REMEMBERED = timedelta(days=28)
"""For so long a page that is gone is asked again, and told of."""
WATCHED = 200
"""At most so many pages are asked by a watch, the most important ones first."""


@task(task_run_name="read-sites", cache_policy=NO_CACHE)
def read_sites(run: Run, depth: Depth) -> dict[str, str]:
    """Crawl each website as far as is due; return the error of each that could not be read.

    A crawl that was cut off goes on where it was. Pages that fail are findings, not errors.
    """
    library = brand_library(run.brand)
    failed: dict[str, str] = {}
    with open_warehouse() as warehouse:
        known = {site.account_key: site for site in known_pages(warehouse, library, run)}
        for entry, key in _entries(warehouse, library, run):
            try:
                channel = connect(warehouse, library, entry)
                if isinstance(channel, CrawlingChannel):
                    _read(warehouse, channel, run, key, depth, known.get(key), library)
            except ConnectorError as error:
                failed[entry.name] = str(error)
    return failed


@task(task_run_name="look-at-pages", cache_policy=NO_CACHE)
def look_at_pages(run: Run) -> dict[str, str]:
    """After a full crawl, ask search engines and speed tests about the pages that matter; return
    the error of each account that could not be asked."""
    library = brand_library(run.brand)
    failed: dict[str, str] = {}
    with open_warehouse() as warehouse:
        due = [site for site in known_pages(warehouse, library, run) if _was_crawled(site, run)]
        for entry, key in _entries(warehouse, library, run):
            if not due:
                break
            try:
                _look(warehouse, library, run, entry, key, due)
            except ConnectorError as error:
                failed[entry.name] = str(error)
    return failed


def _entries(
    warehouse: Warehouse, library: Library, run: Run
) -> Iterator[tuple[AccountEntry, int]]:
    """Yield the run's accounts that are known, with their keys."""
    accounts = warehouse.accounts(run.brand)
    keys = dict(zip(accounts["entry"], accounts["account_key"], strict=True))
    for name in run.accounts:
        if name in keys:
            yield library.entry(run.brand, name), int(keys[name])


def _read(
    warehouse: Warehouse,
    channel: CrawlingChannel,
    run: Run,
    key: int,
    depth: Depth,
    site: KnownPages | None,
    library: Library,
) -> None:
    rules = library.brand(run.brand).site
    kind = _kind(warehouse, key, run, depth, rules)
    now = _clock(run)
    crawl = warehouse.open_crawl(key, kind, run.run_id, now(), RESUME)
    done, waiting = warehouse.frontier(
        crawl.crawl_id,
        lambda url: same_site(url, normal(channel.account_id)),
        follow_nofollow=False,
    )
    named = _important(site) if kind == "watch" else _once_there(site, run)
    order = CrawlOrder(kind, named, done, waiting if kind == "full" else ())
    end = _store(warehouse, crawl, channel.crawl(order), now)
    warehouse.finish_crawl(crawl, end, now())
    pages = warehouse.crawled_pages(crawl.crawl_id)
    warehouse.save_entities(key, _as_entities(pages), run.started_at)
    warehouse.save_publications(key, channel.publications(), now())
    warehouse.prune_crawls(key, KEPT, now())
    run_log().info("%s: %s, %s pages, %s", channel.account_id, kind, len(pages), end.state)


def _clock(run: Run) -> Callable[[], datetime]:
    """Return the present, from the run's own beginning on."""
    begun = datetime.now(UTC)
    return lambda: run.started_at + (datetime.now(UTC) - begun)


def _kind(warehouse: Warehouse, key: int, run: Run, depth: Depth, rules: SiteRules) -> CrawlKind:
    if depth != "as due":
        return depth
    over = [it for it in warehouse.crawls(key, "full") if it.finished_at is not None]
    last = max((it.finished_at.date() for it in over if it.finished_at), default=None)
    return "full" if is_due(last, run.started_at.date(), rules.full_crawl_days) else "watch"


def _important(site: KnownPages | None) -> tuple[str, ...]:
    """Return the pages to be asked in any case, those with most clicks first."""
    if site is None or site.pages.empty:
        return ()
    mine = site.pages[(site.pages["importance"] == "high") & site.pages["fresh"]]
    ordered = mine.assign(clicks=mine["clicks"].astype("float64")).sort_values(
        ["clicks", "url"], ascending=[False, True]
    )
    return tuple(ordered["url"].head(WATCHED))


def _once_there(site: KnownPages | None, run: Run) -> tuple[str, ...]:
    """Return the pages that were there lately, whether or not anything leads there by now: so a
    page that is gone, one that leads elsewhere and one that nobody links to are told apart."""
    if site is None or site.history.empty:
        return ()
    history, since = site.history, pd.Timestamp(run.started_at - REMEMBERED)
    lately = (history["last_seen"] >= since) | (history["gone_since"] >= since)
    return tuple(history.loc[lately, "url"])


def _store(
    warehouse: Warehouse,
    crawl: Crawl,
    news: Iterator[CrawlNews],
    now: Callable[[], datetime],
) -> CrawlEnd:
    while part := list(islice(news, BATCH)):
        warehouse.add_crawled(crawl, part, now())
        if isinstance(part[-1], CrawlEnd):
            return part[-1]
    raise RejectedError(f"crawl {crawl.crawl_id} ended without saying how; report this")


def _as_entities(pages: pd.DataFrame) -> Iterator[list[Entity]]:
    yield [Entity("page", url, path_of(url), "enabled", url=url) for url in pages["url"]]


def _was_crawled(site: KnownPages, run: Run) -> bool:
    """Tell whether this run, or another one of its day, crawled the whole site."""
    since = run.started_at - timedelta(hours=12)
    return site.crawled_at is not None and site.crawled_at >= since


def _look(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    entry: AccountEntry,
    key: int,
    sites: Sequence[KnownPages],
) -> None:
    rules = library.brand(run.brand).site
    channel = connect(warehouse, library, entry)
    if isinstance(channel, InspectingChannel):
        urls = _those_that_matter(sites, rules.inspections)
        warehouse.save_inspections(key, channel.inspect(urls))
        warehouse.save_submitted_sitemaps(key, channel.sitemaps(), run.started_at)
    elif isinstance(channel, SpeedChannel):
        urls = _those_that_matter(sites, rules.speed_pages)
        warehouse.save_speed(key, channel.speed(urls, "phone"))


def _those_that_matter(sites: Sequence[KnownPages], most: int) -> list[str]:
    """Return pages that answer, the important ones first, then by clicks."""
    rank = {"high": 0, "medium": 1, "low": 2}
    known = (site.pages for site in sites)
    frames = [pages[is_page(pages) & pages["fresh"]] for pages in known]
    pages = pd.concat(frames) if frames else pd.DataFrame()
    if pages.empty:
        return []
    ordered = pages.assign(
        rank=pages["importance"].map(rank), clicks=pages["clicks"].astype("float64").fillna(0)
    ).sort_values(["rank", "clicks", "url"], ascending=[True, False, True])
    return ordered["url"].head(most).tolist()
