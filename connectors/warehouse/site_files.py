"""How were a site's robots.txt, sitemaps and certificates, and when did they change?"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.sites import Certificate, SiteFile
from connectors.warehouse.database import Database
from connectors.warehouse.site_rows import plain
from connectors.warehouse.site_tables import certificates, site_files


class SiteFileStore(Database):
    """The files of sites over the time, and their certificates as they are."""

    def site_files(self, account_key: int) -> list[SiteFile]:
        """Return every file as it was last seen, by address."""
        with self.reading() as connection:
            rows = connection.execute(_newest(account_key).order_by(site_files.c.url)).mappings()
            return [_file(row, "seen_last") for row in rows]

    def site_file_changes(
        self, account_key: int, since: datetime
    ) -> list[tuple[SiteFile, SiteFile]]:
        """Return the changes first seen from a moment on, oldest first: how it was, how it became.

        A file that does not answer has changed to that; when it answers again it is compared with
        the last answer before. The first sight of a file is no change. `seen_at` is the last
        moment that it was so before, and the first that it was so after.
        """
        query = sa.select(site_files).where(site_files.c.account_key == account_key)
        changes = []
        with self.reading() as connection:
            last: dict[str, sa.RowMapping] = {}
            answered: dict[str, sa.RowMapping] = {}
            for row in connection.execute(query.order_by(site_files.c.file_id)).mappings():
                url = row["url"]
                before = last.get(url) if row["status"] is None else answered.get(url)
                if before and _content(before) != _content(row) and row["seen_first"] >= since:
                    changes.append((_file(before, "seen_last"), _file(row, "seen_first")))
                last[url] = row
                if row["status"] is not None:
                    answered[url] = row
        return changes

    def certificates(self, account_key: int) -> list[Certificate]:
        """Return the certificate of every host of the site as it was last seen, by host."""
        query = sa.select(certificates).where(certificates.c.account_key == account_key)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(certificates.c.host))
            return [Certificate(row.host, row.ends_at, row.reason) for row in rows]


def save_files(connection: Connection, account_key: int, files: Iterable[SiteFile]) -> None:
    """Store files as they were: a new row where status or content differ from the newest one."""
    stored = None
    for file in files:
        if stored is None:
            rows = connection.execute(_newest(account_key)).mappings()
            stored = {row["url"]: dict(row) for row in rows}
        url, now = plain(file.url), file.seen_at
        row = stored.get(url)
        if row is not None and row["seen_last"] > now:
            continue
        if row is not None and _content(row) == (file.status, file.digest):
            row |= {"seen_last": now, "reason": plain(file.reason)}
            change = sa.update(site_files).where(site_files.c.file_id == row["file_id"])
            connection.execute(change.values(seen_last=now, reason=row["reason"]))
            continue
        stored[url] = _insert(connection, account_key, file)


def save_certificates(
    database: Database,
    connection: Connection,
    account_key: int,
    seen: Sequence[Certificate],
    now: datetime,
) -> None:
    """Store the certificates, the newest of each host."""
    insert = database.upsert(certificates)
    for one in seen:
        row = {"ends_at": one.ends_at, "reason": plain(one.reason), "seen_at": now}
        connection.execute(
            insert.values(account_key=account_key, host=plain(one.host), **row)
            .on_conflict_do_update(
                index_elements=[certificates.c.account_key, certificates.c.host], set_=row
            )
        )  # fmt: skip


def _newest(account_key: int) -> sa.Select[tuple[object, ...]]:
    newest = sa.select(sa.func.max(site_files.c.file_id)).where(
        site_files.c.account_key == account_key
    )
    return sa.select(*site_files.c).where(
        site_files.c.file_id.in_(newest.group_by(site_files.c.url))
    )


def _insert(connection: Connection, account_key: int, file: SiteFile) -> dict[str, object]:
    row = {
        "account_key": account_key,
        "kind": file.kind,
        "url": plain(file.url),
        "status": file.status,
        "reason": plain(file.reason),
        "text": plain(file.text),
        "digest": file.digest,
        "entries": file.entries,
        "seen_first": file.seen_at,
        "seen_last": file.seen_at,
    }
    insert = sa.insert(site_files).values(row).returning(site_files.c.file_id)
    return row | {"file_id": connection.scalars(insert).one()}


def _content(row: sa.RowMapping | dict[str, object]) -> tuple[object, object]:
    return row["status"], row["digest"]


def _file(row: sa.RowMapping, moment: str) -> SiteFile:
    same = (field.name for field in fields(SiteFile) if field.name != "seen_at")
    return SiteFile(seen_at=row[moment], **{name: row[name] for name in same})
