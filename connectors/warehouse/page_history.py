"""What changed about a site's pages from crawl to crawl, and since when does a text stand?

Each page is compared with how it was last read, by whatever crawl. A page that said nothing says
nothing about itself, and the content of an error page is not the page's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.warehouse.database import Database
from connectors.warehouse.site_tables import crawled_pages, crawls, page_changes, site_pages

CONTENT = ("title", "canonical", "robots", "text_hash")
FIELDS = {
    "status": "status",
    "redirect": "led_to",
    "title": "title",
    "canonical": "canonical",
    "robots": "robots",
    "text": "text_hash",
}
"""Which column a change of a field is a change of."""

now_read, known = crawled_pages, site_pages
SAME_PAGE = known.c.url_key == now_read.c.url_key
ANSWERED = now_read.c.status.is_not(None)
IS_PAGE = now_read.c.words.is_not(None) & now_read.c.final_status.between(200, 299)
"""The page's own content was read."""

NEW, GONE, BACK = map(sa.literal, ("new", "gone", "back"))
Value = sa.ColumnElement[Any]


class PageHistory(Database):
    """The pages of a site over the time, whichever crawls are still kept whole."""

    def site_pages(self, account_key: int) -> pd.DataFrame:
        """Return every page that a finished crawl has read, as it was last read, by address.

        Columns: url, status, led_to, title, canonical, robots (`noindex,nofollow`), text_hash,
        text_since (when this text was first read, NaT: no text ever was), first_seen, last_seen,
        gone_since (NaT: it is still there).
        """
        names = [column for column in site_pages.c if column.name not in ("account_key", "url_key")]
        query = sa.select(*names).where(site_pages.c.account_key == account_key)
        moments = ("text_since", "first_seen", "last_seen", "gone_since")
        return self._history(query.order_by(site_pages.c.url), moments)

    def page_changes(self, account_key: int, since: datetime) -> pd.DataFrame:
        """Return what crawls that ended from a moment on saw changed, oldest first, by address.

        Columns: at, crawl_id, url, field, old_value, new_value (text or missing). The field is one
        of `FIELDS`, or `page` with the new value `new`, `gone` or `back`: only a complete crawl
        tells that a page is new, or gone as no link or sitemap leads there any more.
        """
        names = ("at", "crawl_id", "url", "field", "old_value", "new_value")
        query = (
            sa.select(*(page_changes.c[name] for name in names))
            .where(page_changes.c.account_key == account_key, page_changes.c.at >= since)
            .order_by(page_changes.c.at, page_changes.c.url, page_changes.c.field)
        )
        return self._history(query, ("at",))

    def _history(self, query: sa.Select[Any], moments: Sequence[str]) -> pd.DataFrame:
        with self.reading() as connection:
            result = connection.execute(query)
            frame = pd.DataFrame.from_records(map(tuple, result), columns=[*result.keys()])
        for name in moments:
            frame[name] = pd.to_datetime(frame[name], utc=True)
        return frame


def note_changes(
    database: Database,
    connection: Connection,
    account_key: int,
    crawl_id: int,
    now: datetime,
    *,
    whole: bool,
) -> None:
    """Compare a finished crawl's pages with how they were, and note how they are.

    `whole`: it came upon every page there is, so others are gone.
    """
    about = _About(connection, account_key, crawl_id, now)
    for field, column in FIELDS.items():
        about.changed(field, column)
    if whole:
        about.new()
        about.gone()
    about.back()
    _remember(database, connection, account_key, crawl_id)


def is_there(pages: sa.Table) -> sa.ColumnElement[bool]:
    """Tell of rows whether the address answered with a page."""
    return pages.c.status.between(200, 299)


class _About:
    """Writes the changes of one crawl, each kind in one statement."""

    def __init__(
        self, connection: Connection, account_key: int, crawl_id: int, now: datetime
    ) -> None:
        self._connection = connection
        self._account_key = account_key
        self._now = now
        self._crawl_id = crawl_id
        self._read = now_read.c.crawl_id == crawl_id
        self._mine = known.c.account_key == account_key

    def changed(self, field: str, column: str) -> None:
        """Note the pages of which a column is another; of content if both were read."""
        old, new = known.c[column], now_read.c[column]
        where = [ANSWERED, old.is_distinct_from(new)]
        if column in CONTENT:
            where += [IS_PAGE, known.c.text_since.is_not(None)]
        self._note(field, now_read, old, new, SAME_PAGE, self._mine, self._read, *where)

    def new(self) -> None:
        """Note pages that no crawl had come upon; the first crawl that was whole knows none."""
        before = sa.select(crawls.c.crawl_id).where(
            crawls.c.account_key == self._account_key,
            crawls.c.crawl_id < self._crawl_id,
            crawls.c.kind == "full",
            crawls.c.state == "complete",
        )
        if self._connection.scalar(before.limit(1)) is None:
            return
        there = sa.exists().where(SAME_PAGE, self._mine)
        self._note("page", now_read, sa.null(), NEW, self._read, is_there(now_read), ~there)

    def gone(self) -> None:
        """Note pages that were there and that the crawl did not come upon."""
        came = sa.exists().where(SAME_PAGE, self._read)
        where = (self._mine, is_there(known), known.c.gone_since.is_(None), ~came)
        self._note("page", known, sa.null(), GONE, *where)
        self._connection.execute(sa.update(known).where(*where).values(gone_since=self._now))

    def back(self) -> None:
        """Note pages that were gone."""
        where = (self._mine, self._read, is_there(now_read), known.c.gone_since.is_not(None))
        self._note("page", now_read, sa.null(), BACK, SAME_PAGE, *where)

    def _note(
        self, field: str, page: sa.Table, old: Value, new: Value, *where: sa.ColumnElement[bool]
    ) -> None:
        cells = {
            "crawl_id": sa.literal(self._crawl_id),
            "account_key": sa.literal(self._account_key),
            "url_key": page.c.url_key,
            "url": page.c.url,
            "field": sa.literal(field),
            "old_value": sa.cast(old, sa.Text),
            "new_value": sa.cast(new, sa.Text),
            "at": sa.literal(self._now, page_changes.c.at.type),
        }
        changes = sa.select(*cells.values()).where(*where)
        self._connection.execute(sa.insert(page_changes).from_select([*cells], changes))


def _remember(database: Database, connection: Connection, account_key: int, crawl_id: int) -> None:
    """Keep how the crawl's pages were, the content as it was last read."""
    content = {name: sa.case((IS_PAGE, now_read.c[name])) for name in CONTENT}
    cells = {
        "account_key": sa.literal(account_key),
        **{name: now_read.c[name] for name in ("url_key", "url", "status", "led_to")},
        **content,
        "text_since": sa.case((IS_PAGE, now_read.c.asked_at)),
        "first_seen": now_read.c.asked_at,
        "last_seen": now_read.c.asked_at,
    }
    pages = sa.select(*cells.values()).where(now_read.c.crawl_id == crawl_id, ANSWERED)
    insert = database.upsert(site_pages).from_select([*cells], pages)
    came = insert.excluded
    was_read = came.text_since.is_not(None)
    same_text = site_pages.c.text_since.is_not(None) & (site_pages.c.text_hash == came.text_hash)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[site_pages.c.account_key, site_pages.c.url_key],
            set_={
                **{name: came[name] for name in ("status", "led_to", "last_seen")},
                **{
                    name: sa.case((was_read, came[name]), else_=site_pages.c[name])
                    for name in CONTENT
                },
                "text_since": sa.case(
                    (~was_read | same_text, site_pages.c.text_since), else_=came.text_since
                ),
                "gone_since": sa.case(
                    (came.status.between(200, 299), sa.null()), else_=site_pages.c.gone_since
                ),
            },
        )
    )
