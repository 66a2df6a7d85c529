"""What did a crawl find, and what does one that was cut off still have to read?"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.sites import (
    Certificate,
    CrawledPage,
    CrawlNews,
    FoundBy,
    LinkAnswer,
    SiteFile,
    SitemapEntry,
)
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.crawls import Crawl, CrawlStore
from connectors.warehouse.site_files import save_certificates, save_files
from connectors.warehouse.site_rows import (
    ANSWER_COLUMNS,
    ENTRY_COLUMNS,
    LINK_COLUMNS,
    MORE,
    PAGE_COLUMNS,
    answer_row,
    by_url,
    entry_row,
    link_rows,
    page_row,
)
from connectors.warehouse.site_tables import (
    crawled_links,
    crawled_pages,
    crawls,
    link_answers,
    sitemap_entries,
)
from connectors.warehouse.url_keys import KEYS_PER_QUERY, url_key, without_known

Waiting = tuple[str, int | None, FoundBy]

ROWS_AT_A_TIME = 10_000
NUMBERS = ("status", "final_status", "depth", "words")


class CrawledStore(CrawlStore):
    """The pages, links and other findings of crawls."""

    def add_crawled(self, crawl: Crawl, news: Iterable[CrawlNews], now: datetime) -> int:
        """Store a batch of findings in one transaction; return how many pages are new.

        What the crawl has already stays as it is: a page with its links, a sitemap's entry, an
        answer. A `CrawlEnd` is for `finish_crawl` and passed over here. Raises `RejectedError`,
        and stores nothing, if the crawl is over or another worker's by now.
        """
        kinds: dict[type[CrawlNews], list[Any]] = {}
        for one in news:
            kinds.setdefault(type(one), []).append(one)
        with self.at_work(crawl, now) as connection:
            pages = _add_pages(connection, crawl.crawl_id, kinds.get(CrawledPage, []))
            _add_entries(connection, crawl.crawl_id, kinds.get(SitemapEntry, []))
            _add_answers(connection, crawl.crawl_id, kinds.get(LinkAnswer, []))
            save_files(connection, crawl.account_key, kinds.get(SiteFile, []))
            certificates = kinds.get(Certificate, [])
            save_certificates(self, connection, crawl.account_key, certificates, now)
        return pages

    def frontier(
        self, crawl_id: int, belongs: Callable[[str], bool], *, follow_nofollow: bool
    ) -> tuple[frozenset[str], tuple[Waiting, ...]]:
        """Return what a crawl has read, and what it knows of and has not: for `CrawlOrder`.

        `belongs` tells whether an address is of the site. What waits comes nearest to the start
        first, with the fewest clicks that lead there; what only a sitemap names comes last. The
        pages that the crawl begins with are not among them unless something leads there.
        """
        named = sa.select(sitemap_entries.c.url).where(sitemap_entries.c.crawl_id == crawl_id)
        with self.reading() as connection:
            pages = _read(connection, crawl_id)
            links = sa.select(crawled_links.c.source_key, crawled_links.c.target)
            links = links.where(crawled_links.c.crawl_id == crawl_id)
            if not follow_nofollow:
                links = links.where(~crawled_links.c.nofollow)
            found = _fewest_clicks(connection.execute(links), pages)
            for url in connection.scalars(named.distinct()):
                found.setdefault(url, (None, "sitemap"))
        done = frozenset(url for url, _ in pages.values())
        waiting = [
            (url, depth, found_by)
            for url, (depth, found_by) in found.items()
            if url not in done and belongs(url)
        ]
        return done, tuple(sorted(waiting, key=_nearest))

    def crawled_pages(self, crawl_id: int, urls: Collection[str] | None = None) -> pd.DataFrame:
        """Return a crawl's pages, ordered by address: the fields of `CrawledPage` but its links.

        All of them, or those of `urls` that it read.

        status, final_status, depth and words are float64; asked_at is a UTC timestamp; modified is
        a date; what has several values is a list, alternates a dict. What is None there is missing
        here (`pd.isna`), as `led_to` is, the last of the redirects, without any. Empty once pruned.
        """
        names = [name for name in PAGE_COLUMNS if name not in ("crawl_id", "url_key")]
        where = crawled_pages.c.crawl_id == crawl_id
        query = sa.select(*(crawled_pages.c[name] for name in names)).where(where)
        if urls is not None and len(urls) <= KEYS_PER_QUERY:
            query = query.where(crawled_pages.c.url_key.in_([url_key(url) for url in urls]))
        frame = self._crawled(query.order_by(crawled_pages.c.url), ("asked_at",))
        if urls is not None:
            frame = frame[frame["url"].isin([*urls])].reset_index(drop=True)
        for name in NUMBERS:
            frame[name] = frame[name].astype("float64")
        more = frame.pop("more")
        frame["spared"] = [said.get("spared") for said in more]
        for name in MORE:
            empty: type[Any] = dict if name == "alternates" else list
            frame[name] = [said.get(name) or empty() for said in more]
        frame["robots"] = [text.split(",") if text else [] for text in frame["robots"]]
        return frame

    def crawled_links(self, crawl_id: int) -> pd.DataFrame:
        """Return a crawl's links: source, target, text, nofollow (bool). In no particular order."""
        query = sa.select(*(crawled_links.c[name] for name in LINK_COLUMNS[1:]))
        frame = self._crawled(query.where(crawled_links.c.crawl_id == crawl_id))
        with self.reading() as connection:
            urls = {key: url for key, (url, _) in _read(connection, crawl_id).items()}
        frame.insert(0, "source", frame.pop("source_key").map(urls).astype(object))
        return frame.astype({"nofollow": bool})

    def sitemap_entries(self, crawl_id: int) -> pd.DataFrame:
        """Return what a crawl's sitemaps name: sitemap, url, modified (UTC, NaT), title."""
        query = sa.select(*(sitemap_entries.c[name] for name in ENTRY_COLUMNS[2:]))
        where = sitemap_entries.c.crawl_id == crawl_id
        order = (sitemap_entries.c.sitemap, sitemap_entries.c.url)
        return self._crawled(query.where(where).order_by(*order), ("modified",))

    def link_answers(self, crawl_id: int) -> pd.DataFrame:
        """Return what addresses outside of the site answered: url, asked_at, status (float64, NaN:
        nothing was said), reason."""
        query = sa.select(*(link_answers.c[name] for name in ANSWER_COLUMNS[2:]))
        where = link_answers.c.crawl_id == crawl_id
        frame = self._crawled(query.where(where).order_by(link_answers.c.url), ("asked_at",))
        return frame.astype({"status": "float64"})

    def _crawled(self, query: sa.Select[Any], moments: Sequence[str] = ()) -> pd.DataFrame:
        """Read a frame. Texts that come often, such as addresses, are kept once."""
        texts: dict[Any, Any] = {}
        with self.reading() as connection:
            result = connection.execute(query.execution_options(yield_per=ROWS_AT_A_TIME))
            names = [*result.keys()]
            columns: list[list[Any]] = [[] for _ in names]
            for rows in result.partitions():
                for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                    column += _once(values, texts)
        frame = pd.DataFrame(dict(zip(names, columns, strict=True)), columns=names)
        for name in moments:
            frame[name] = pd.to_datetime(frame[name], utc=True)
        return frame


def _once(values: Sequence[Any], texts: dict[Any, Any]) -> Iterable[Any]:
    if not isinstance(values[0], str):
        return values
    return [texts.setdefault(value, value) for value in values]


def _add_pages(connection: Connection, crawl_id: int, pages: Sequence[CrawledPage]) -> int:
    """Store the pages that are new with their links, and return how many."""
    new: Mapping[int, CrawledPage] = without_known(
        connection, crawled_pages.c.url_key, by_url(pages), crawl_id=crawl_id
    )
    if not new:
        return 0
    rows = [page_row(crawl_id, key, page) for key, page in new.items()]
    links = [row for key, page in new.items() for row in link_rows(crawl_id, key, page)]
    insert_rows(connection, crawled_pages, PAGE_COLUMNS, rows)
    insert_rows(connection, crawled_links, LINK_COLUMNS, links)
    connection.execute(
        sa.update(crawls)
        .where(crawls.c.crawl_id == crawl_id)
        .values(pages=crawls.c.pages + len(new))
    )
    return len(new)


def _add_entries(connection: Connection, crawl_id: int, entries: Sequence[SitemapEntry]) -> None:
    found = {url_key(entry.sitemap, entry.url): entry for entry in entries}
    new = without_known(connection, sitemap_entries.c.entry_key, found, crawl_id=crawl_id)
    rows = [entry_row(crawl_id, key, entry) for key, entry in new.items()]
    insert_rows(connection, sitemap_entries, ENTRY_COLUMNS, rows)


def _add_answers(connection: Connection, crawl_id: int, answers: Sequence[LinkAnswer]) -> None:
    new = without_known(connection, link_answers.c.url_key, by_url(answers), crawl_id=crawl_id)
    rows = [answer_row(crawl_id, key, answer) for key, answer in new.items()]
    insert_rows(connection, link_answers, ANSWER_COLUMNS, rows)


def _read(connection: Connection, crawl_id: int) -> dict[int, tuple[str, int | None]]:
    """Return address and depth of a crawl's pages, by the address's number."""
    columns = (crawled_pages.c.url_key, crawled_pages.c.url, crawled_pages.c.depth)
    query = sa.select(*columns).where(crawled_pages.c.crawl_id == crawl_id)
    return {key: (url, depth) for key, url, depth in connection.execute(query)}


def _fewest_clicks(
    links: Iterable[Any], pages: Mapping[int, tuple[str, int | None]]
) -> dict[str, tuple[int | None, FoundBy]]:
    """Return what is linked to, with the fewest clicks that lead there.

    Not in SQL: SQLite has no hash join and would look up the page of every link by itself.
    """
    fewest: dict[str, tuple[int | None, FoundBy]] = {}
    for source, target in links:
        depth = pages[source][1]
        clicks = None if depth is None else depth + 1
        before = fewest.get(target)
        if before is None or before[0] is None or (clicks is not None and clicks < before[0]):
            fewest[target] = (clicks, "link")
    return fewest


def _nearest(waiting: Waiting) -> tuple[bool, bool, int, str]:
    url, depth, found_by = waiting
    return found_by != "link", depth is None, depth or 0, url
