"""Read from the warehouse what a run knows of the brand's websites."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

import pandas as pd

from config.library import Library
from connectors.addresses import normal, same_site
from connectors.base import Window
from connectors.sites import Inspection, PageSpeed, SubmittedSitemap
from connectors.warehouse import Warehouse
from connectors.warehouse.crawls import Crawl
from tasks.cube import Cube
from tasks.needs import Need
from tasks.recent import RECENT_DAYS, last_known
from tasks.run import Run
from tasks.site.contents import YEAR
from tasks.site.evidence import PUBLISHED, Reading, Searches, Site
from tasks.site.knowing import before_now, described, of_site, pages_now, with_lost
from tasks.steps.joined_figures import LATE, recent_figures
from tasks.steps.reading import accounts_of, cube_of
from tasks.vocabulary import vocabulary

FILE_DAYS = 30
CHANGE_DAYS = 90
"""For so long a change of a page is told for what it is, while it lasts."""
SPEED_DAYS = 35
WEBSITE, SEARCH, ANALYTICS = "website", "search_console", "google_analytics"
SPEED = ("pagespeed", "crux")


def sites_of(warehouse: Warehouse, library: Library, run: Run) -> list[Site]:
    """Return every website of the brand that the run is about, with all that is known of it."""
    accounts = accounts_of(warehouse, library, run)
    websites = accounts[accounts["platform"] == WEBSITE]
    if websites.empty:
        return []
    figures = page_figures(warehouse, library, run, accounts)
    searches = _searches(warehouse, library, run, accounts)
    return [
        _site(warehouse, library, run, accounts, row, figures, searches)
        for row in websites.to_dict("records")
    ]


def page_figures(
    warehouse: Warehouse, library: Library, run: Run, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Return url, clicks, impressions, revenue of each page over its last 28 known days."""
    search = _page_sums(warehouse, library, run, accounts, SEARCH, ("clicks", "impressions"))
    visits = _page_sums(warehouse, library, run, accounts, ANALYTICS, ("revenue",))
    return search.merge(visits, on="url", how="outer")


def _page_sums(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    accounts: pd.DataFrame,
    platform: str,
    metrics: tuple[str, ...],
) -> pd.DataFrame:
    keys = _keys(accounts, platform)
    pages = recent_figures(warehouse, library, run, keys, "page", metrics)
    known = pages.loc[pages["url"].notna(), ["url", *metrics]]
    return known.groupby("url", as_index=False).sum(min_count=1)


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
    library: Library,
    run: Run,
    accounts: pd.DataFrame,
    row: Mapping[object, object],
    figures: pd.DataFrame,
    searches: Mapping[int, Searches],
) -> Site:
    key, start = int(str(row["account_key"])), normal(str(row["account_id"]))
    rules = library.brand(run.brand).site
    finished = [crawl for crawl in warehouse.crawls(key) if crawl.state != "running"]
    fulls = [crawl for crawl in finished if crawl.kind == "full" and crawl.pruned_at is None]
    watches = _after(finished, fulls[0] if fulls else None)
    full = _reading(warehouse, fulls[0], [*watches, fulls[0]]) if fulls else None
    watched = [warehouse.crawled_pages(crawl.crawl_id) for crawl in reversed(watches)]
    earlier = warehouse.crawled_pages(fulls[1].crawl_id) if len(fulls) > 1 else None
    before = before_now(full.pages if full else None, watched, earlier)
    now = pages_now(full.pages if full else None, watched)
    entities = warehouse.entities([key], "page")
    keys = dict(zip(entities["entity_id"], entities["entity_key"], strict=True))
    pages = described(with_lost(now, earlier), key, keys, of_site(figures, "url", start), rules) \
        if len(now) else _no_pages()  # fmt: skip
    moment = datetime.combine(run.as_of, time(), tzinfo=UTC)
    return Site(
        account_key=key,
        account=str(row["name"] or row["entry"]),
        start=start,
        rules=rules,
        pages=pages,
        full=full,
        before=before,
        history=warehouse.site_pages(key),
        changes=warehouse.page_changes(key, moment - timedelta(days=CHANGE_DAYS)),
        files=warehouse.site_files(key),
        file_changes=warehouse.site_file_changes(key, moment - timedelta(days=FILE_DAYS)),
        certificates=warehouse.certificates(key),
        submitted=_submitted(warehouse, accounts, start, moment),
        inspections=_inspections(warehouse, accounts, start, None),
        inspected_before=_inspections(warehouse, accounts, start, _week_ago(full)),
        speeds=_speeds(warehouse, accounts, start, moment - timedelta(days=SPEED_DAYS)),
        published=_published(warehouse, key, moment - timedelta(days=FILE_DAYS)),
        searches=_of_start(accounts, searches, start),
    )


def _no_pages() -> pd.DataFrame:
    columns = (
        "url", "status", "final_status", "reason", "redirects", "depth", "title", "description",
        "canonical", "robots", "words", "headings", "alternates", "structured_data_errors",
        "insecure", "tags", "seconds", "modified", "account_key", "entity_key", "name",
        "importance", "owner", "clicks", "impressions", "revenue", "fresh", "asked_at",
    )  # fmt: skip
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns}).astype(
        {"status": "float64", "final_status": "float64", "words": "float64",
         "seconds": "float64", "depth": "float64", "reason": "str", "fresh": "bool",
         "asked_at": "datetime64[us, UTC]"}
    )  # fmt: skip


def _after(finished: Sequence[Crawl], full: Crawl | None) -> list[Crawl]:
    """Return the watches that ended after a full crawl, newest first, and are still kept."""
    watches = [crawl for crawl in finished if crawl.kind == "watch" and crawl.pruned_at is None]
    if full is None or full.finished_at is None:
        return watches
    return [it for it in watches if it.finished_at and it.finished_at > full.finished_at]


def _reading(warehouse: Warehouse, crawl: Crawl, newest: Sequence[Crawl]) -> Reading:
    """Return a full crawl, with what sitemaps name now: a watch after it has asked them again."""
    lists = (warehouse.sitemap_entries(one.crawl_id) for one in newest)
    listed = next((entries for entries in lists if len(entries)), None)
    return Reading(
        at=crawl.finished_at or crawl.started_at,
        state=crawl.state,
        reason=crawl.reason,
        pages=warehouse.crawled_pages(crawl.crawl_id),
        links=warehouse.crawled_links(crawl.crawl_id),
        listed=warehouse.sitemap_entries(crawl.crawl_id) if listed is None else listed,
        outside=warehouse.link_answers(crawl.crawl_id),
    )


def _week_ago(full: Reading | None) -> datetime | None:
    return full.at - timedelta(days=6) if full else None


def _inspections(
    warehouse: Warehouse, accounts: pd.DataFrame, start: str, known_at: datetime | None
) -> dict[str, Inspection]:
    said = warehouse.inspections(_keys(accounts, SEARCH), known_at)
    return {it.url: it for _, it in said if same_site(it.url, start)}


def _submitted(
    warehouse: Warehouse, accounts: pd.DataFrame, start: str, moment: datetime
) -> list[SubmittedSitemap]:
    """Return the sitemaps as they were said to be last."""
    said = warehouse.submitted_sitemaps(_keys(accounts, SEARCH), moment - timedelta(days=FILE_DAYS))
    newest = {it.url: it for _, _, it in said if same_site(it.url, start)}
    return [*newest.values()]


def _speeds(
    warehouse: Warehouse, accounts: pd.DataFrame, start: str, since: datetime
) -> dict[str, list[PageSpeed]]:
    keys = [key for platform in SPEED for key in _keys(accounts, platform)]
    found: dict[str, list[PageSpeed]] = {}
    for _, it in warehouse.speed(keys, since):
        if same_site(it.url, start):
            found.setdefault(it.url, []).append(it)
    return found


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


def _keys(accounts: pd.DataFrame, platform: str) -> list[int]:
    return [int(key) for key in accounts.loc[accounts["platform"] == platform, "account_key"]]
