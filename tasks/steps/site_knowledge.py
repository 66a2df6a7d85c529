"""Read from the warehouse what a run knows of the brand's websites."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pandas as pd

from config.library import Library
from config.models import SiteRules
from connectors.addresses import normal, same_site
from connectors.base import Window
from connectors.sites import Inspection, SubmittedSitemap
from connectors.warehouse import Warehouse
from tasks.cube import Cube
from tasks.needs import Need
from tasks.recent import RECENT_DAYS, last_known
from tasks.run import Run
from tasks.site.contents import YEAR
from tasks.site.evidence import PUBLISHED, Reading, Searches, Site
from tasks.site.knowing import before_now
from tasks.steps.joined_figures import LATE
from tasks.steps.known_pages import SEARCH, KnownPages, keys_of, known_pages
from tasks.steps.newest_pages import Newest, midnight, speeds_of
from tasks.steps.reading import accounts_of, cube_of
from tasks.vocabulary import vocabulary

FILE_DAYS = 30
CHANGE_DAYS = 90
"""For so long a change of a page is told for what it is, while it lasts."""
SPEED = ("pagespeed", "crux")


def sites_of(warehouse: Warehouse, library: Library, run: Run) -> list[Site]:
    """Return every website of the brand that the run is about, with all that is known of it."""
    known = known_pages(warehouse, library, run)
    if not known:
        return []
    accounts = accounts_of(warehouse, library, run)
    searches = _searches(warehouse, library, run, accounts)
    rules = library.brand(run.brand).site
    return [_site(warehouse, rules, run, accounts, one, searches) for one in known]


def _searches(
    warehouse: Warehouse, library: Library, run: Run, accounts: pd.DataFrame
) -> dict[int, Searches]:
    """Return per account of a search engine what it tells of pages and queries."""
    found: dict[int, Searches] = {}
    end = run.as_of - timedelta(days=1)
    months = Window(end - timedelta(days=RECENT_DAYS + LATE), end)
    years = Window(end - timedelta(days=2 * YEAR - 280), end)
    engines = accounts[accounts["platform"] == SEARCH]
    for key, entry in zip(engines["account_key"].tolist(), engines["entry"], strict=True):
        pages = _cube(warehouse, library, [key], "page", ("clicks",), years)
        last = last_known(pages, 0) if len(pages.account_keys) else None
        if last is None:
            continue
        metrics = ("clicks", "impressions", "position")
        pairs = _cube(warehouse, library, [key], "query_page", metrics, months)
        queries = warehouse.entities([key], "query")
        terms = _brand_terms(library, run.brand, entry)
        found[key] = Searches(last, pages, pairs, queries, terms)
    return found


def _brand_terms(library: Library, brand: str, entry: str) -> tuple[str, ...]:
    """Return the words that make a query one for the brand, as the account's options say."""
    terms = library.entry(brand, entry).options.get("brand_terms", ())
    return tuple(str(term).lower() for term in terms)


def _cube(
    warehouse: Warehouse,
    library: Library,
    keys: Sequence[int],
    level: str,
    metrics: tuple[str, ...],
    window: Window,
) -> Cube:
    words = vocabulary(library.metrics, library.kpis)
    entities = warehouse.entities(keys, level)  # type: ignore[arg-type]
    return cube_of(warehouse, keys, level, Need(metrics, (window,)), entities, words)  # type: ignore[arg-type]


def _site(
    warehouse: Warehouse,
    rules: SiteRules,
    run: Run,
    accounts: pd.DataFrame,
    known: KnownPages,
    searches: Mapping[int, Searches],
) -> Site:
    key, start, newest = known.account_key, known.start, known.newest
    full, moment = _reading(warehouse, newest), midnight(run)
    speed_tests = [key for platform in SPEED for key in keys_of(accounts, platform)]
    return Site(
        account_key=key,
        account=known.account,
        start=start,
        rules=rules,
        pages=known.pages,
        full=full,
        before=before_now(full.pages if full else None, newest.watched, known.before),
        history=known.history,
        changes=warehouse.page_changes(key, moment - timedelta(days=CHANGE_DAYS)),
        files=warehouse.site_files(key),
        file_changes=warehouse.site_file_changes(key, moment - timedelta(days=FILE_DAYS)),
        certificates=warehouse.certificates(key),
        submitted=_submitted(warehouse, accounts, start, moment),
        inspections=_inspections(warehouse, accounts, start, None),
        inspected_before=_inspections(warehouse, accounts, start, _week_ago(full)),
        speeds=speeds_of(warehouse, speed_tests, run, lambda url: same_site(url, start)),
        published=_published(warehouse, key, moment - timedelta(days=FILE_DAYS)),
        searches=_of_start(accounts, searches, start),
    )


def _reading(warehouse: Warehouse, newest: Newest) -> Reading | None:
    """Return the full crawl, with what sitemaps name now: a watch after it has asked them again."""
    if newest.full is None:
        return None
    crawl = newest.full.crawl
    latest = (warehouse.sitemap_entries(one.crawl.crawl_id) for one in reversed(newest.watches))
    listed = next((entries for entries in latest if len(entries)), None)
    return Reading(
        at=crawl.finished_at or crawl.started_at,
        state=crawl.state,
        reason=crawl.reason,
        pages=newest.full.pages,
        links=warehouse.crawled_links(crawl.crawl_id),
        listed=warehouse.sitemap_entries(crawl.crawl_id) if listed is None else listed,
        outside=warehouse.link_answers(crawl.crawl_id),
    )


def _week_ago(full: Reading | None) -> datetime | None:
    return full.at - timedelta(days=6) if full else None


def _inspections(
    warehouse: Warehouse, accounts: pd.DataFrame, start: str, known_at: datetime | None
) -> dict[str, Inspection]:
    said = warehouse.inspections(keys_of(accounts, SEARCH), known_at)
    return {it.url: it for _, it in said if same_site(it.url, start)}


def _submitted(
    warehouse: Warehouse, accounts: pd.DataFrame, start: str, moment: datetime
) -> list[SubmittedSitemap]:
    """Return the sitemaps as they were said to be last."""
    said = warehouse.submitted_sitemaps(
        keys_of(accounts, SEARCH), moment - timedelta(days=FILE_DAYS)
    )
    newest = {it.url: it for _, _, it in said if same_site(it.url, start)}
    return [*newest.values()]


def _published(warehouse: Warehouse, key: int, since: datetime) -> pd.DataFrame:
    rows = [
        (it.sitemap, it.url, it.title, first_seen)
        for _, first_seen, it in warehouse.publications([key], since)
    ]
    return pd.DataFrame(rows, columns=[*PUBLISHED])


def _of_start(
    accounts: pd.DataFrame, searches: Mapping[int, Searches], start: str
) -> Searches | None:
    """Return what the search engine's account of this site tells; a domain's account is the
    site's too."""
    for row in accounts[accounts["platform"] == SEARCH].to_dict("records"):
        site = str(row["account_id"]).removeprefix("sc-domain:")
        address = site if "://" in site else f"https://{site}/"
        if row["account_key"] in searches and same_site(normal(address), start):
            return searches[int(row["account_key"])]
    return None
