"""Read how pages were when they were read last: by the crawls of a site, and by speed tests."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pandas as pd

from connectors.sites import PageSpeed
from connectors.warehouse import Warehouse
from connectors.warehouse.crawls import Crawl
from tasks.run import Run
from tasks.site.knowing import not_older, pages_now

SPEED_DAYS = 35
"""A measurement that is older is not told."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """A crawl that is over, with the pages that it read: columns of `Warehouse.crawled_pages`."""

    crawl: Crawl
    pages: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest full crawl of a site, and the watches after it, oldest first.

    A watch has only pages that it read later than the full crawl did: it may have begun before.
    """

    full: Crawled | None
    watches: Sequence[Crawled]

    @property
    def pages(self) -> pd.DataFrame:
        """Every page as it was read last; see `pages_now`."""
        return pages_now(self.full.pages if self.full else None, self.watched)

    @property
    def watched(self) -> list[pd.DataFrame]:
        """The pages of each watch, oldest first."""
        return [one.pages for one in self.watches]


def kept_crawls(warehouse: Warehouse, site: int) -> list[Crawl]:
    """Return the crawls of a site that are over and still kept whole, newest first."""
    crawls = warehouse.crawls(site)
    return [one for one in crawls if one.state != "running" and one.pruned_at is None]


def newest_of(
    warehouse: Warehouse, kept: Sequence[Crawl], urls: Collection[str] | None = None
) -> Newest:
    """Read the newest of a site's `kept_crawls`; of `urls` only, if they are given."""
    crawl = next((one for one in kept if one.kind == "full"), None)
    pages = warehouse.crawled_pages(crawl.crawl_id, urls) if crawl else None
    watches = [
        Crawled(one, not_older(warehouse.crawled_pages(one.crawl_id, urls), pages))
        for one in reversed(kept)
        if one.kind == "watch" and _ended_after(one, crawl)
    ]
    full = None if crawl is None or pages is None else Crawled(crawl, pages)
    return Newest(full, watches)


def _ended_after(watch: Crawl, full: Crawl | None) -> bool:
    """Tell whether a watch may have read anything later than a full crawl."""
    if full is None or watch.finished_at is None:
        return full is None
    return watch.finished_at > full.started_at


def speeds_of(
    warehouse: Warehouse, accounts: Sequence[int], run: Run, wanted: Callable[[str], bool]
) -> dict[str, list[PageSpeed]]:
    """Return what these accounts measured of the wanted addresses lately, oldest first."""
    found: dict[str, list[PageSpeed]] = {}
    if not accounts:
        return found
    for _, it in warehouse.speed(accounts, midnight(run) - timedelta(days=SPEED_DAYS)):
        if wanted(it.url):
            found.setdefault(it.url, []).append(it)
    return found


def midnight(run: Run) -> datetime:
    """Return the moment at which the day begins that a run judges as of, in UTC."""
    return datetime.combine(run.as_of, time(), tzinfo=UTC)
