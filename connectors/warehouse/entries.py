"""What may let people into a sequence, and how do they stand to it? One sequence at a time.

What let somebody in before is left out in the database, so that a look that finds nothing new costs
little. Everything else is decided in `tasks/sequences/entering.py`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from config.mail_sequences import Event
from connectors.enrolments import NEVER, Inside, Keys, Occasions, People, seconds
from connectors.warehouse.database import Database
from connectors.warehouse.enrolment_rows import coded, standing
from connectors.warehouse.mail_tables import (
    consents,
    enrolments,
    orders,
    people,
    segment_members,
    suppressions,
)


class EntryStore(Database):
    """What may let people into sequences."""

    def event_occasions(
        self, brand: str, sequence: str, event: Event, since: datetime, until: datetime
    ) -> tuple[Occasions, People]:
        """Return events after a moment and until another, with the people beside them."""
        its, them = orders.c, people.c
        key, at, entry = {
            "order": (its.person_key, its.ordered_at, "order " + its.order_id),
            "first_order": (its.person_key, its.ordered_at, "order " + its.order_id),
            "signup": (them.person_key, them.signed_up_at, sa.literal("signup")),
            "consent": (consents.c.person_key, consents.c.at, sa.literal("consent")),
        }[event]
        query = sa.select(key, at, entry).where(at > since, at <= until)
        if event in ("order", "first_order"):
            query = query.where(its.brand == brand, its.value >= 0)
        if event == "signup":
            query = query.where(them.brand == brand)
        if event == "consent":
            query = query.where(consents.c.consent == "subscribed")
        if event == "first_order":
            before = orders.alias()
            query = query.where(
                ~sa.exists().where(
                    before.c.person_key == its.person_key,
                    before.c.value >= 0,
                    before.c.ordered_at < its.ordered_at,
                )
            )
        return self._occasions(brand, sequence, query.subquery())

    def segment_occasions(
        self, brand: str, sequence: str, segment: str, since: date | None
    ) -> tuple[Occasions, People]:
        """Return who is in a segment and has joined it from a day on, None for any day."""
        its = segment_members.c
        joined = sa.cast(its.entered_on, sa.Text)
        query = sa.select(its.person_key, its.entered_on, f"segment {segment} " + joined).where(
            its.brand == brand, its.segment == segment, its.left_on.is_(None)
        )
        if since is not None:
            query = query.where(its.entered_on >= since)
        return self._occasions(brand, sequence, query.subquery())

    def date_candidates(
        self, brand: str, field: str, month_days: Sequence[str], days: Sequence[date]
    ) -> tuple[Keys, list[str], People]:
        """Return whose field holds a date of these days, or an anniversary that is kept on one
        (`MM-DD`): keys, the dates as they are written, people. It looks at everybody of a brand."""
        text = people.c.fields[field].as_string()
        wanted = sa.func.substr(text, 6, 5).in_([*month_days]) | sa.func.substr(text, 1, 10).in_(
            [day.isoformat() for day in days]
        )
        query = _with_people(sa.select(people.c.person_key, text)).where(
            people.c.brand == brand, wanted
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        keys = np.fromiter((row[0] for row in rows), np.int64)
        return keys, [row[1] for row in rows], _people(rows)

    def inside(self, brand: str, sequence: str, person_keys: Sequence[int]) -> Inside:
        """Return how people stand to a sequence, of those who were ever in."""
        its = enrolments.c
        names = (its.person_key, its.round, its.entered_at, its.entry, its.state)
        query = sa.select(*names).where(its.brand == brand, its.sequence == sequence)
        rows: list[Any] = []
        with self.reading() as connection:
            for first in range(0, len(person_keys), 500):
                part = [int(key) for key in person_keys[first : first + 500]]
                rows += connection.execute(query.where(its.person_key.in_(part)))
        return Inside(
            np.fromiter((row[0] for row in rows), np.int64),
            np.fromiter((row[1] for row in rows), np.int64),
            np.fromiter((seconds(row[2]) for row in rows), np.int64),
            tuple(row[3] for row in rows),
            np.fromiter((row[4] == "active" for row in rows), np.bool_),
        )

    def _occasions(self, brand: str, sequence: str, found: sa.Subquery) -> tuple[Occasions, People]:
        """Read occasions (person, moment or day, entry) that have not let their person in."""
        key, at, entry = found.c
        its = enrolments.c
        query = (
            _with_people(sa.select(key, at, entry))
            .join(people, people.c.person_key == key)
            .outerjoin(
                enrolments,
                (its.brand == brand) & (its.sequence == sequence) & (its.person_key == key),
            )
            .where(people.c.brand + "" == brand)  # so that SQLite begins with what is new
            .where(its.person_key.is_(None) | ((its.state != "active") & (its.entry != entry)))
            .order_by(at, key)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        moments = (seconds(row[1]) if isinstance(row[1], datetime) else 0 for row in rows)
        occasions = Occasions(
            np.fromiter((row[0] for row in rows), np.int64),
            np.fromiter(moments, np.int64),
            tuple(str(row[2]) for row in rows),
        )
        return occasions, _people(rows)


def _with_people(query: sa.Select[Any]) -> sa.Select[Any]:
    """Ask also for zone, consent and whether the address is suppressed."""
    held = sa.exists().where(
        suppressions.c.brand == people.c.brand, suppressions.c.address_key == people.c.address_key
    )
    return query.add_columns(people.c.time_zone, people.c.consent, held.label("held"))


def _people(rows: Sequence[Any]) -> People:
    zone, zones = coded([row[-3] for row in rows])
    return People(
        zones,
        zone,
        standing([row[-2] for row in rows], [row[-1] for row in rows]),
        np.full(len(rows), NEVER),
    )
