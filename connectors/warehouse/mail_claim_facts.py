"""What has to be known of messages before they are claimed? A few queries for all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.mail import ClaimState, DueMail
from connectors.mailbox_providers import provider_of
from connectors.warehouse.mail_tables import (
    enrolments,
    mail_messages,
    mail_stops,
    people,
    suppressions,
)
from connectors.warehouse.stops import stopped_by

Message = tuple[str, str, str, int, int]
"""kind, source, step, round, person_key: what the brand sends once."""

Source = tuple[str, str]
"""kind, source: a sequence or campaign."""

MESSAGE = ("kind", "source", "step", "round", "person_key")

WENT: tuple[ClaimState, ...] = ("claimed", "sending", "sent", "doubtful")
"""States of messages that a person got, may have got, or is about to get."""


@dataclass(frozen=True, slots=True)
class Person:
    """What claiming asks of a person."""

    address_key: int | None
    provider: str
    consent: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message that was claimed before."""

    message_key: int
    state: ClaimState
    retry_at: datetime | None
    attempts: int


@dataclass(slots=True)
class Facts:
    """What the warehouse knows, and what has been taken since it was read."""

    stopped: bool
    stopped_sources: Collection[Source]
    people: dict[int, Person]
    suppressed: Collection[int]
    rounds: dict[tuple[str, int], int]  # sequence and person, unless the person left
    earlier: dict[Message, Earlier]
    recent: dict[int, list[tuple[Source, datetime]]]  # person to messages and their moments
    handed_today: int
    taken: set[Message] = field(default_factory=set)

    def enrolled(self, due: DueMail) -> bool:
        """Tell whether the person is in the sequence, in the same round. One who has just finished
        it still gets the last message."""
        return self.rounds.get((due.source, due.person_key)) == due.round

    def take(self, due: DueMail, now: datetime) -> None:
        """Count a message that is being claimed."""
        self.taken.add(message_of(due))
        self.recent.setdefault(due.person_key, []).append(((due.kind, due.source), now))
        self.handed_today += 1


def message_of(due: DueMail) -> Message:
    """Return what makes a message the same one."""
    return due.kind, due.source, due.step, due.round, due.person_key


def facts_of(
    connection: Connection,
    account_key: int,
    brand: str,
    due: Sequence[DueMail],
    process: str,
    day_began: datetime,
) -> Facts:
    """Read what has to be known. On PostgreSQL consents stay as they are until the end of the
    transaction; SQLite has one writer at a time."""
    persons = sorted({one.person_key for one in due})
    found = _people(connection, brand, persons)
    address_keys = [one.address_key for one in found.values() if one.address_key is not None]
    return Facts(
        stopped=stopped_by(connection, brand, process) is not None,
        stopped_sources=stopped_sources(connection, brand),
        people=found,
        suppressed=_suppressed(connection, brand, address_keys),
        rounds=_rounds(connection, brand, due),
        earlier=_earlier(connection, brand, due),
        recent=_recent(connection, brand, persons),
        handed_today=handed_since(connection, account_key, day_began),
    )


def stopped_sources(connection: Connection, brand: str) -> set[Source]:
    """Return kind and name of the brand's sequences and campaigns that are stopped."""
    query = sa.select(mail_stops.c.kind, mail_stops.c.source).where(
        mail_stops.c.brand == brand, mail_stops.c.released_at.is_(None)
    )
    return {(kind, source) for kind, source in connection.execute(query)}


def handed_since(connection: Connection, account_key: int, moment: datetime) -> int:
    """Return how many messages an account has handed over since, those under way included."""
    it = mail_messages.c
    query = sa.select(sa.func.count()).where(
        it.account_key == account_key,
        sa.or_(
            (it.handed_at >= moment) & it.state.in_((*WENT, "refused")),
            it.handed_at.is_(None) & (it.state == "claimed"),
        ),
    )
    return int(connection.scalar(query) or 0)


def _people(connection: Connection, brand: str, persons: Sequence[int]) -> dict[int, Person]:
    query = (
        sa.select(people.c.person_key, people.c.address, people.c.address_key, people.c.consent)
        .where(people.c.person_key.in_(persons), people.c.brand == brand)
        .with_for_update(read=True)
    )
    return {
        row.person_key: Person(
            row.address_key if row.address else None, provider_of(row.address or ""), row.consent
        )
        for row in connection.execute(query)
    }


def _suppressed(connection: Connection, brand: str, address_keys: Sequence[int]) -> set[int]:
    query = sa.select(suppressions.c.address_key).where(
        suppressions.c.brand == brand, suppressions.c.address_key.in_(address_keys)
    )
    return {*connection.scalars(query)}


def _rounds(
    connection: Connection, brand: str, due: Sequence[DueMail]
) -> dict[tuple[str, int], int]:
    its = enrolments.c
    inside = [one for one in due if one.kind == "sequence"]
    query = sa.select(its.sequence, its.person_key, its.round).where(
        its.brand == brand,
        its.sequence.in_({one.source for one in inside}),
        its.person_key.in_({one.person_key for one in inside}),
        its.state != "left",
    )
    return {(row.sequence, row.person_key): row.round for row in connection.execute(query)}


def _earlier(connection: Connection, brand: str, due: Sequence[DueMail]) -> dict[Message, Earlier]:
    it = mail_messages.c
    query = sa.select(*(it[name] for name in (*MESSAGE, *Earlier.__dataclass_fields__))).where(
        it.brand == brand,
        it.kind.in_({one.kind for one in due}),
        it.source.in_({one.source for one in due}),
        it.person_key.in_({one.person_key for one in due}),
    )
    rows = connection.execute(query)
    return {tuple(row[: len(MESSAGE)]): Earlier(*row[len(MESSAGE) :]) for row in rows}


def _recent(
    connection: Connection, brand: str, persons: Sequence[int]
) -> dict[int, list[tuple[Source, datetime]]]:
    it = mail_messages.c
    at = sa.func.coalesce(it.handed_at, it.claimed_at)
    query = sa.select(it.person_key, it.kind, it.source, at).where(
        it.person_key.in_(persons), it.brand == brand, it.state.in_(WENT)
    )
    found: dict[int, list[tuple[Source, datetime]]] = {}
    for person, kind, source, moment in connection.execute(query):
        found.setdefault(person, []).append(((kind, source), moment))
    return found
