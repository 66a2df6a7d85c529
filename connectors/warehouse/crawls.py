"""Which crawl of a site goes on or begins, who works on it, and which are over?

A worker opens a crawl and is heard of with every batch that it stores. One that is silent for
`LEASE` is taken for dead: the next one takes its crawl over, and if it was only slow, what it still
wants to store is refused. So of two workers on one site one does the work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.base import RejectedError, TransientError
from connectors.sites import CrawlEnd, CrawlKind, CrawlState
from connectors.warehouse.database import Database
from connectors.warehouse.page_history import note_changes
from connectors.warehouse.site_tables import crawls

LEASE = timedelta(minutes=10)
"""How long a crawl stays with a worker that is not heard of: longer than a batch may take."""

CUT_OFF = "it was cut off and nobody went on with it"


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl as the warehouse has it; of one that was `opened` the worker's claim to it too."""

    crawl_id: int
    account_key: int
    kind: CrawlKind
    state: CrawlState
    reason: str
    run_id: str
    claim: int
    started_at: datetime
    finished_at: datetime | None
    pages: int
    pruned_at: datetime | None = None  # its pages and links are gone since then


class CrawlStore(Database):
    """The crawls of all sites, from their beginning to their end."""

    def open_crawl(
        self,
        account_key: int,
        kind: CrawlKind,
        run_id: str,
        now: datetime,
        resume_within: timedelta,
    ) -> Crawl:
        """Return the crawl of this kind that was cut off, begun within that time, or a new one.

        Older ones that were cut off become `stopped`. Raises `TransientError` while another run
        crawls the site, in whatever kind; the same run takes its own crawl up at once.
        """
        with self.writing("crawl", account_key) as connection:
            running = _crawls(connection, crawls.c.account_key == account_key, RUNNING)
            _refuse_second(connection, [c for c in running if c.run_id != run_id], now)
            mine = [crawl for crawl in running if crawl.kind == kind]
            found = next((c for c in mine if c.started_at >= now - resume_within), None)
            for crawl in running:
                old = crawl.kind == kind and crawl is not found
                end = {"state": "stopped", "reason": CUT_OFF, "finished_at": now} if old else {}
                _update(connection, crawl.crawl_id, claim=crawl.claim + 1, **end)
            if found is None:
                return _begin(connection, account_key, kind, run_id, now)
            _update(connection, found.crawl_id, run_id=run_id, heard_at=now)
            return replace(found, run_id=run_id, claim=found.claim + 1)

    def finish_crawl(self, crawl: Crawl, end: CrawlEnd, now: datetime) -> Crawl:
        """Note how a crawl ended, and what changed about the site's pages since the last one.

        Raises `RejectedError` if the crawl is over or another worker's by now.
        """
        with self.at_work(crawl, now) as connection:
            _update(connection, crawl.crawl_id, state=end.state, reason=end.reason, finished_at=now)
            done = _find(connection, crawl.crawl_id)
            whole = done.kind == "full" and done.state == "complete"
            note_changes(self, connection, done.account_key, done.crawl_id, now, whole=whole)
            return done

    def crawls(
        self, account_key: int, kind: CrawlKind | None = None, limit: int | None = None
    ) -> list[Crawl]:
        """Return the site's crawls, newest first."""
        where = [crawls.c.account_key == account_key]
        if kind is not None:
            where.append(crawls.c.kind == kind)
        with self.reading() as connection:
            return _crawls(connection, *where, limit=limit)

    @contextmanager
    def at_work(self, crawl: Crawl, now: datetime) -> Iterator[Connection]:
        """Open a transaction of the worker that has the crawl, who is heard of by it."""
        with self.writing("crawl", crawl.account_key) as connection:
            stored = _find(connection, crawl.crawl_id)
            if (stored.state, stored.claim) != ("running", crawl.claim):
                over = f"is {stored.state}" if stored.state != "running" else "was taken over"
                raise RejectedError(
                    f"crawl {crawl.crawl_id} {over} by run {stored.run_id}; nothing was stored"
                )
            _update(connection, crawl.crawl_id, heard_at=now)
            yield connection


RUNNING = crawls.c.state == "running"
_NAMES = tuple(field.name for field in fields(Crawl))


def _refuse_second(connection: Connection, others: list[Crawl], now: datetime) -> None:
    """Raise `TransientError` if one of these crawls is still at work."""
    keys = [crawl.crawl_id for crawl in others]
    query = sa.select(crawls).where(crawls.c.crawl_id.in_(keys), crawls.c.heard_at > now - LEASE)
    for row in connection.execute(query):
        left = row.heard_at + LEASE - now
        raise TransientError(
            f"run {row.run_id} is crawling the site (crawl {row.crawl_id}, last heard of at "
            f"{row.heard_at:%H:%M} UTC); if it has died, run this again in "
            f"{left.total_seconds() / 60:.0f} minutes",
            retry_after=left.total_seconds(),
        )


def _begin(
    connection: Connection, account_key: int, kind: CrawlKind, run_id: str, now: datetime
) -> Crawl:
    row = {
        "account_key": account_key,
        "kind": kind,
        "state": "running",
        "reason": "",
        "run_id": run_id,
        "claim": 1,
        "started_at": now,
        "heard_at": now,
        "pages": 0,
    }
    insert = sa.insert(crawls).values(row).returning(crawls.c.crawl_id)
    return _find(connection, connection.scalars(insert).one())


def _find(connection: Connection, crawl_id: int) -> Crawl:
    found = _crawls(connection, crawls.c.crawl_id == crawl_id)
    if not found:
        raise LookupError(f"there is no crawl {crawl_id}")
    return found[0]


def _crawls(
    connection: Connection, *where: sa.ColumnElement[bool], limit: int | None = None
) -> list[Crawl]:
    query = sa.select(*(crawls.c[name] for name in _NAMES)).where(*where)
    rows = connection.execute(query.order_by(crawls.c.crawl_id.desc()).limit(limit)).mappings()
    return [Crawl(**row) for row in rows]


def _update(connection: Connection, crawl_id: int, **values: object) -> None:
    connection.execute(sa.update(crawls).where(crawls.c.crawl_id == crawl_id).values(values))
