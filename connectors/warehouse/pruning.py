"""Which crawls are kept whole, and what is forgotten, lest the database grow for ever?"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from connectors.warehouse.database import Database
from connectors.warehouse.site_tables import (
    crawled_links,
    crawled_pages,
    crawls,
    link_answers,
    page_changes,
    site_files,
    site_pages,
    sitemap_entries,
)

HISTORY = timedelta(days=740)
"""How long changes of a site are kept: two years, and the time to compare with the year before."""

CONTENTS = (crawled_pages, crawled_links, sitemap_entries, link_answers)


class PruningStore(Database):
    """What forgets."""

    def prune_crawls(self, account_key: int, keep: int, now: datetime) -> int:
        """Let go of the contents of old crawls and of changes older than `HISTORY`.

        Of each kind the newest `keep` finished crawls stay whole, and the newest complete one in
        any case; of the others only their line in `crawls` stays. How each page was last read,
        and since when its text stands, stays until nobody came upon it for that long. Returns how
        many crawls were let go of.
        """
        if keep < 1:
            raise ValueError(f"keep at least one crawl, not {keep}")
        order = crawls.c.crawl_id.desc()
        newest = sa.func.row_number().over(
            partition_by=(crawls.c.kind, crawls.c.state == "complete"), order_by=order
        )
        place = sa.func.row_number().over(partition_by=crawls.c.kind, order_by=order)
        mine = crawls.c.account_key == account_key
        finished = (
            sa.select(crawls.c.crawl_id, crawls.c.state, crawls.c.pruned_at, newest.label("newest"),
                      place.label("place"))
            .where(mine, crawls.c.state != "running")
            .subquery()
        )  # fmt: skip
        last_complete = (finished.c.state == "complete") & (finished.c.newest == 1)
        old = sa.select(finished.c.crawl_id).where(
            finished.c.pruned_at.is_(None), finished.c.place > keep, ~last_complete
        )
        with self.writing("crawl", account_key) as connection:
            keys = connection.scalars(old).all()
            for table in CONTENTS:
                connection.execute(sa.delete(table).where(table.c.crawl_id.in_(keys)))
            done = sa.update(crawls).where(crawls.c.crawl_id.in_(keys)).values(pruned_at=now)
            connection.execute(done)
            for forgotten in _forgotten(account_key, now - HISTORY):
                connection.execute(forgotten)
        return len(keys)


def _forgotten(account_key: int, before: datetime) -> tuple[sa.Delete, ...]:
    """Return what takes away the changes before a moment, and pages nobody came upon since."""
    newest = sa.select(sa.func.max(site_files.c.file_id)).where(
        site_files.c.account_key == account_key
    )
    return (
        sa.delete(page_changes).where(
            page_changes.c.account_key == account_key, page_changes.c.at < before
        ),
        sa.delete(site_pages).where(
            site_pages.c.account_key == account_key, site_pages.c.last_seen < before
        ),
        sa.delete(site_files).where(
            site_files.c.account_key == account_key,
            site_files.c.seen_last < before,
            site_files.c.file_id.not_in(newest.group_by(site_files.c.url)),
        ),
    )
