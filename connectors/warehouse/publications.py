"""What have competitors published, and since when do we know?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from connectors.addresses import site_of
from connectors.sites import SitemapEntry
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.site_rows import by_url, plain
from connectors.warehouse.site_tables import publications
from connectors.warehouse.url_keys import without_known

COLUMNS = (
    "account_key", "url_key", "site", "sitemap", "url", "modified", "title", "first_seen",
    "was_there",
)  # fmt: skip


class PublicationStore(Database):
    """What other sites' sitemaps and feeds name."""

    def save_publications(
        self, account_key: int, entries: Iterable[SitemapEntry], now: datetime
    ) -> int:
        """Store what is new and return how much that is; all entries are read first.

        What a site names when it is read for the first time was there before: nobody knows since
        when, and it is not counted.
        """
        found = by_url(entries)
        with self.writing("publications", account_key) as connection:
            mine = publications.c.account_key == account_key
            sites = {*connection.scalars(sa.select(publications.c.site).where(mine).distinct())}
            key = publications.c.url_key
            new = without_known(connection, key, found, account_key=account_key)
            rows = [
                (
                    account_key,
                    key,
                    site := plain(site_of(entry.sitemap)),
                    plain(entry.sitemap),
                    plain(entry.url),
                    entry.modified,
                    plain(entry.title),
                    now,
                    site not in sites,
                )
                for key, entry in new.items()
            ]
            insert_rows(connection, publications, COLUMNS, rows)
            return sum(not row[-1] for row in rows)

    def publications(
        self, account_keys: Sequence[int], since: datetime
    ) -> list[tuple[int, datetime, SitemapEntry]]:
        """Return what came up from a moment on: account's key, when we first saw it, the entry.

        Oldest first; without what was there when its site was first read.
        """
        table = publications
        query = (
            sa.select(table)
            .where(
                table.c.account_key.in_([*account_keys]),
                table.c.first_seen >= since,
                ~table.c.was_there,
            )
            .order_by(table.c.first_seen, table.c.account_key, table.c.url)
        )
        with self.reading() as connection:
            return [
                (
                    row.account_key,
                    row.first_seen,
                    SitemapEntry(row.sitemap, row.url, row.modified, row.title),
                )
                for row in connection.execute(query)
            ]
