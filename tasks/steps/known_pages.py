"""Read from the warehouse which pages of the brand's websites are known, and how they matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from config.library import Library
from config.models import SiteRules
from connectors.addresses import normal
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.site.knowing import described, of_site, with_lost
from tasks.steps.joined_figures import recent_figures
from tasks.steps.newest_pages import Newest, kept_crawls, newest_of
from tasks.steps.reading import accounts_of

WEBSITE, SEARCH, ANALYTICS = "website", "search_console", "google_analytics"


@dataclass(frozen=True, slots=True)
class KnownPages:
    """The pages of one website as of a run. `pages` are those of `tasks.site.evidence.Site`."""

    account_key: int
    account: str
    start: str
    pages: pd.DataFrame
    history: pd.DataFrame  # `Warehouse.site_pages`
    newest: Newest
    before: pd.DataFrame | None  # pages of the full crawl before the newest one

    @property
    def crawled_at(self) -> datetime | None:
        """When the newest full crawl ended."""
        if self.newest.full is None:
            return None
        crawl = self.newest.full.crawl
        return crawl.finished_at or crawl.started_at


def known_pages(warehouse: Warehouse, library: Library, run: Run) -> list[KnownPages]:
    """Return what is known of the pages of every website of the brand that the run is about."""
    accounts = accounts_of(warehouse, library, run)
    websites = accounts[accounts["platform"] == WEBSITE]
    if websites.empty:
        return []
    figures = _figures(warehouse, library, run, accounts)
    rules = library.brand(run.brand).site
    return [_of_site(warehouse, rules, row, figures) for row in websites.to_dict("records")]


def keys_of(accounts: pd.DataFrame, platform: str) -> list[int]:
    """Return the keys of the accounts of a platform."""
    return [int(key) for key in accounts.loc[accounts["platform"] == platform, "account_key"]]


def _of_site(
    warehouse: Warehouse,
    rules: SiteRules,
    row: Mapping[object, object],
    figures: pd.DataFrame,
) -> KnownPages:
    key, start = int(str(row["account_key"])), normal(str(row["account_id"]))
    kept = kept_crawls(warehouse, key)
    newest = newest_of(warehouse, kept)
    fulls = [crawl for crawl in kept if crawl.kind == "full"]
    before = warehouse.crawled_pages(fulls[1].crawl_id) if len(fulls) > 1 else None
    entities = warehouse.entities([key], "page")
    keys = dict(zip(entities["entity_id"], entities["entity_key"], strict=True))
    now = with_lost(newest.pages, before)
    mine = of_site(figures, "url", start)
    return KnownPages(
        account_key=key,
        account=str(row["name"] or row["entry"]),
        start=start,
        pages=described(now, key, keys, mine, rules) if len(now) else _no_pages(),
        history=warehouse.site_pages(key),
        newest=newest,
        before=before,
    )


def _figures(
    warehouse: Warehouse, library: Library, run: Run, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Return url, clicks, impressions, revenue of each page over its last 28 known days."""
    search = _sums(warehouse, library, run, keys_of(accounts, SEARCH), ("clicks", "impressions"))
    visits = _sums(warehouse, library, run, keys_of(accounts, ANALYTICS), ("revenue",))
    return search.merge(visits, on="url", how="outer")


def _sums(
    warehouse: Warehouse, library: Library, run: Run, keys: list[int], metrics: tuple[str, ...]
) -> pd.DataFrame:
    pages = recent_figures(warehouse, library, run, keys, "page", metrics)
    known = pages.loc[pages["url"].notna(), ["url", *metrics]]
    return known.groupby("url", as_index=False).sum(min_count=1)


def _no_pages() -> pd.DataFrame:
    columns = (
        "url", "status", "final_status", "reason", "spared", "redirects", "depth", "title",
        "description", "canonical", "robots", "words", "headings", "alternates",
        "structured_data_errors", "insecure", "tags", "seconds", "modified", "account_key",
        "entity_key", "name", "importance", "owner", "clicks", "impressions", "revenue", "fresh",
        "asked_at",
    )  # fmt: skip
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns}).astype(
        {"status": "float64", "final_status": "float64", "words": "float64",
         "seconds": "float64", "depth": "float64", "reason": "str", "fresh": "bool",
         "asked_at": "datetime64[us, UTC]"}
    )  # fmt: skip
