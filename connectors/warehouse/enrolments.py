"""Who is due in which sequence, and how do many people move at once?

Sending and moving on are two transactions, and a crash may lie between them. So a message does not
move its person: `due` reads with each person what the ledger says of the message that he is at
(`mail_messages`, by its unique key), and only a message that is over lets him go on. Whoever is
looked at again, by whichever worker, comes to the same answer, and `write_moves` changes a row only
if it is still as it was read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import sqlalchemy as sa

from connectors.enrolments import Enrolled, Entries, Moves, People, Sent
from connectors.warehouse.database import Database
from connectors.warehouse.enrolment_rows import (
    read_due,
    read_orders,
    read_segments,
    read_sent,
    write_changes,
    write_skips,
)
from connectors.warehouse.mail_tables import enrolments, mail_skips, sequence_versions

AT_ONCE = 20_000
"""People of a sequence that are looked at in one go."""


class EnrolmentStore(Database):
    """People in sequences."""

    def due(
        self,
        brand: str,
        sequences: Sequence[str],
        now: datetime,
        *,
        segments: Sequence[str] = (),
        orders: bool = False,
        limit: int = AT_ONCE,
    ) -> tuple[Enrolled, People]:
        """Return who is due in these sequences, of each sequence at most `limit`, the longest due
        first; and beside them what decides about them.

        `segments` and `orders` say what of a person is needed; the rest is not read, and `figures`
        are the caller's.
        """
        with self.reading() as connection:
            came, zones, zone, standing = read_due(connection, brand, sequences, now, limit)
            keys = came.person_key
            return came, People(
                zones=zones,
                zone=zone,
                standing=standing,
                last_order=read_orders(connection, keys if orders else keys[:0], len(keys)),
                segments=read_segments(connection, brand, keys, segments),
            )

    def next_due(self, brand: str, sequences: Sequence[str]) -> datetime | None:
        """Return when the next person of these sequences is due, None if nobody is inside. It
        looks into an index once per sequence."""
        query = sa.select(sa.func.min(enrolments.c.due_at)).where(
            enrolments.c.brand == brand,
            enrolments.c.sequence == sa.bindparam("sequence"),
            enrolments.c.due_at.is_not(None),
        )
        with self.reading() as connection:
            found = [connection.scalar(query, {"sequence": name}) for name in sequences]
        return min((moment for moment in found if moment is not None), default=None)

    def sent_to(self, brand: str, person_keys: Sequence[int], since: datetime) -> Sent:
        """Return what these people got, may have got or are about to get after a moment."""
        with self.reading() as connection:
            return read_sent(connection, brand, person_keys, since)

    def write_moves(self, came: Enrolled, moves: Moves, now: datetime) -> int:
        """Write how people move and what is given up, all or nothing; return how many moved.

        Somebody who was moved by another worker since he was read is left as he is. The messages
        are not written: they are to be claimed.
        """
        if not len(moves.changes) and not moves.skips:
            return 0
        with self.writing("enrolments", came.brand) as connection:
            write_skips(connection, moves.skips, now)
            if not len(moves.changes):
                return 0
            return write_changes(connection, came, moves.changes, now)

    def enrol(self, brand: str, entries: Entries, now: datetime) -> int:
        """Let people in; return how many came. Who is inside, or has been in so often already, is
        passed over: the same entries a second time change nothing."""
        if not len(entries):
            return 0
        insert = self.upsert(enrolments)
        renewed = {it.name: insert.excluded[it.name] for it in enrolments.c if not it.primary_key}
        statement = insert.on_conflict_do_update(
            index_elements=["brand", "sequence", "person_key"],
            set_=renewed,
            where=(enrolments.c.state != "active")
            & (enrolments.c.round == insert.excluded["round"] - 1),
        )
        at = datetime.fromtimestamp(entries.at, now.tzinfo)
        same = {
            "brand": brand,
            "sequence": entries.sequence,
            "entered_at": at,
            "version": entries.version,
            "step": entries.step,
            "arms": {},
            "state": "active",
            "reason": "",
            "planned_at": at,
            "due_at": at,
            "updated_at": now,
        }
        people = zip(
            entries.person_key.tolist(), entries.round.tolist(), entries.entry, strict=True
        )
        rows = [
            {**same, "person_key": key, "round": number, "entry": entry}
            for key, number, entry in people
        ]
        with self.writing("enrolments", brand) as connection:
            came = connection.execute(statement.returning(enrolments.c.person_key), rows)
            return len(came.all())

    def leave(
        self,
        brand: str,
        sequence: str,
        reason: str,
        now: datetime,
        person_keys: Sequence[int] | None = None,
    ) -> int:
        """Let people leave a sequence, or all who are inside; return how many did."""
        its = enrolments.c
        statement = (
            sa.update(enrolments)
            .where(its.brand == brand, its.sequence == sequence, its.state == "active")
            .values(
                state="left",
                reason=reason,
                step="",
                planned_at=None,
                due_at=None,
                updated_at=now,
            )
        )
        if person_keys is not None:
            statement = statement.where(its.person_key.in_([*person_keys]))
        with self.writing("enrolments", brand) as connection:
            return int(connection.execute(statement).rowcount)

    def look_again(self, brand: str, sequence: str, version: str, now: datetime) -> int:
        """Make everybody due who came in under other steps than those of `version`; return how
        many that are. For a sequence whose change lets people leave or begin anew at once."""
        its = enrolments.c
        statement = (
            sa.update(enrolments)
            .where(
                its.brand == brand,
                its.sequence == sequence,
                its.state == "active",
                its.version != version,
                its.due_at > now,
            )
            .values(due_at=now.replace(microsecond=0), updated_at=now)
        )
        with self.writing("enrolments", brand) as connection:
            return int(connection.execute(statement).rowcount)

    def enrolment_counts(self, brand: str) -> pd.DataFrame:
        """Return how many people stand where: sequence, state, step, reason, people."""
        its = enrolments.c
        names = [its.sequence, its.state, its.step, its.reason]
        query = (
            sa.select(*names, sa.func.count().label("people"))
            .where(its.brand == brand)
            .group_by(*names)
            .order_by(*names)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return pd.DataFrame(rows, columns=["sequence", "state", "step", "reason", "people"])

    def skip_counts(self, brand: str, since: datetime) -> pd.DataFrame:
        """Return what was given up from a moment on: kind, source, step, reason, messages."""
        its = mail_skips.c
        names = [its.kind, its.source, its.step, its.reason]
        query = (
            sa.select(*names, sa.func.count().label("messages"))
            .where(its.brand == brand, its.skipped_at >= since)
            .group_by(*names)
            .order_by(*names)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return pd.DataFrame(rows, columns=["kind", "source", "step", "reason", "messages"])

    def remember_steps(
        self, brand: str, sequence: str, version: str, steps: Sequence[str], now: datetime
    ) -> None:
        """Keep which steps a version has, so that its people are found again after a change."""
        values = {
            "brand": brand,
            "sequence": sequence,
            "version": version,
            "steps": [*steps],
            "first_seen_at": now,
        }
        with self.writing() as connection:
            connection.execute(
                self.upsert(sequence_versions).values(values).on_conflict_do_nothing()
            )

    def earlier_steps(self, brand: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Return by sequence and version the ids of the steps, in order."""
        its = sequence_versions.c
        query = sa.select(its.sequence, its.version, its.steps).where(its.brand == brand)
        found: dict[str, dict[str, Sequence[str]]] = {}
        with self.reading() as connection:
            for sequence, version, steps in connection.execute(query):
                found.setdefault(sequence, {})[version] = steps
        return found
