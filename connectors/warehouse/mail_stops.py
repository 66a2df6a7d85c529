"""Which sequences and campaigns are stopped, by whom and why?"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.mail import SourceKind
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import mail_stops

NAMES = ("brand", "kind", "source", "since", "who", "why")


@dataclass(frozen=True, slots=True)
class MailStop:
    """A sequence or campaign that nothing is sent of."""

    brand: str
    kind: SourceKind
    source: str
    since: datetime
    who: str  # `breaker` or a person
    why: str


class MailStopStore(Database):
    """Stops of single sequences and campaigns; the stop switch of processes is another."""

    def stop_mail(
        self, brand: str, kind: SourceKind, source: str, *, who: str, why: str, now: datetime
    ) -> bool:
        """Stop a sequence or campaign; tell whether it was not stopped already, which stays as it
        is: who stopped it first, and why."""
        row = {"brand": brand, "kind": kind, "source": source, "since": now, "who": who, "why": why}
        with self.writing("mail stops", brand) as connection:
            if _on(connection, brand, kind, source):
                return False
            connection.execute(sa.insert(mail_stops).values(row))
        return True

    def release_mail(
        self, brand: str, kind: SourceKind, source: str, *, who: str, why: str, now: datetime
    ) -> MailStop:
        """Let a sequence or campaign go on; return how it was stopped. Raises `LookupError` if it
        is not, naming those that are."""
        with self.writing("mail stops", brand) as connection:
            on = _on(connection, brand, kind, source)
            if not on:
                others = ", ".join(f"{it.kind} {it.source}" for it in _on(connection, brand))
                raise LookupError(
                    f"{kind} {source} is not stopped; stopped are: {others or 'none'}"
                )
            connection.execute(
                sa.update(mail_stops)
                .where(*_which(brand, kind, source))
                .values(released_at=now, released_by=who, released_because=why)
            )
        return on[0]

    def mail_stops(self, brand: str) -> list[MailStop]:
        """Return what is stopped, the oldest first."""
        with self.reading() as connection:
            return _on(connection, brand)


def _on(connection: Connection, brand: str, kind: str = "", source: str = "") -> list[MailStop]:
    query = sa.select(*(mail_stops.c[name] for name in NAMES)).where(*_which(brand, kind, source))
    rows = connection.execute(query.order_by(mail_stops.c.stop_id)).mappings()
    return [MailStop(**row) for row in rows]


def _which(brand: str, kind: str, source: str) -> list[sa.ColumnElement[bool]]:
    it = mail_stops.c
    named = [it.kind == kind, it.source == source] if kind else []
    return [it.brand == brand, it.released_at.is_(None), *named]
