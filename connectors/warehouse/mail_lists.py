"""How large is the list of people that a brand writes to, how does it grow, and how do they move?

Everything is counted in the database: nobody is read one by one.
"""

from datetime import date, datetime, timedelta

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.mail_lists import EndedTest, ListAges, ListCounts, ListGrowth, Turnover
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import (
    campaign_decisions,
    consents,
    people,
    segment_members,
    suppressions,
)

BOUNCES = ("hard_bounce", "soft_bounces")
AGES = (90, 365, 730)  # days


class MailListStore(Database):
    """Counts of people, of changes of the list, and of moves between segments."""

    def list_counts(self, brand: str) -> ListCounts:
        """Return how many people a brand knows, and how many of them may be written to."""
        it, other = people.c, people.alias()
        suppressed = _suppressed()
        withdrawn = sa.exists().where(
            other.c.brand == it.brand,
            other.c.address_key == it.address_key,
            other.c.consent == "unsubscribed",
        )
        addressed, subscribed = it.address_key.is_not(None), it.consent == "subscribed"
        welcome = addressed & subscribed & ~suppressed & ~withdrawn
        parts = [sa.true(), addressed, subscribed, suppressed, welcome]
        query = sa.select(*map(_how_many, parts)).where(it.brand == brand)
        with self.reading() as connection:
            return ListCounts(*map(int, connection.execute(query.select_from(people)).one()))

    def list_ages(self, brand: str, now: datetime) -> ListAges:
        """Return how long ago those who are subscribed agreed."""
        at = sa.func.coalesce(people.c.consent_at, people.c.signed_up_at)
        bounds = [now - timedelta(days=days) for days in AGES]
        newer = [at >= bound for bound in bounds]
        parts = (
            newer[0],
            newer[1] & ~newer[0],
            newer[2] & ~newer[1],
            ~newer[2],
            at.is_(None),
        )
        query = sa.select(*map(_how_many, parts)).where(
            people.c.brand == brand, people.c.consent == "subscribed"
        )
        with self.reading() as connection:
            return ListAges(*map(int, connection.execute(query).one()))

    def list_growth(self, brand: str, since: datetime, until: datetime) -> ListGrowth | None:
        """Return what came to the list and went from it after a moment, up to another; None if
        nobody was known by then.

        Whom the first list brought came on the day on which it says that he agreed; whom it does
        not say that of came before. All others came and went when we heard of it.
        """
        with self.reading() as connection:
            first = connection.scalar(
                sa.select(sa.func.min(people.c.first_seen_at)).where(people.c.brand == brand)
            )
            if first is None or first > until:
                return None
            came, unsubscribed = _changes(connection, brand, first, since, until)
            bounced = _bounced(connection, brand, since, until)
        return ListGrowth(max(since, min(first, until)), came, unsubscribed, bounced)

    def segment_turnover(self, brand: str, before: date, day: date) -> list[Turnover]:
        """Return for every segment, stages among them, who is in it on a day and was on an earlier
        one; a segment that nobody was ever in is not named."""
        it, other = segment_members.c, segment_members.alias()
        same = (
            (other.c.brand == it.brand)
            & (other.c.segment == it.segment)
            & (other.c.person_key == it.person_key)
        )
        now, then = _on(segment_members, day), _on(segment_members, before)
        was = sa.exists().where(same, _on(other, before))
        will_be = sa.exists().where(same, _on(other, day))
        query = (
            sa.select(
                it.segment,
                sa.func.min(it.entered_on).label("first"),
                _how_many(now).label("now"),
                _how_many(then).label("before"),
                _how_many(now & (it.entered_on > before) & ~was).label("entered"),
                _how_many(then & (it.left_on <= day) & ~will_be).label("left"),
            )
            .where(it.brand == brand, it.entered_on <= day)
            .group_by(it.segment)
            .order_by(it.segment)
        )
        with self.reading() as connection:
            return [Turnover(**row) for row in connection.execute(query).mappings()]

    def moves_between(self, brand: str, prefix: str, before: date, day: date) -> pd.DataFrame:
        """Return how people moved between two days among segments whose names begin alike, each
        person being in one of them at a time: `left`, `entered` and `people`, most people first.
        Who was in none of them, or is, has not moved between two."""
        one, other = segment_members.alias("one"), segment_members.alias("other")
        count = sa.func.count().label("people")
        query = (
            sa.select(one.c.segment, other.c.segment, count)
            .join_from(one, other, one.c.person_key == other.c.person_key)
            .where(
                one.c.brand == brand, one.c.segment.startswith(prefix, autoescape=True),
                other.c.brand == brand, other.c.segment.startswith(prefix, autoescape=True),
                one.c.entered_on <= before, one.c.left_on > before, one.c.left_on <= day,
                other.c.entered_on > before, other.c.entered_on <= day,
                other.c.left_on.is_(None) | (other.c.left_on > day),
                one.c.segment != other.c.segment,
            )
            .group_by(one.c.segment, other.c.segment)
            .order_by(count.desc(), one.c.segment, other.c.segment)
        )  # fmt: skip
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return pd.DataFrame.from_records(rows, columns=["left", "entered", "people"])

    def test_ends(self, brand: str) -> dict[str, EndedTest]:
        """Return by campaign how its test ended, of those that did."""
        it = campaign_decisions.c
        query = sa.select(it.campaign, it.arm, it.decided_at, it.reason, it.numbers).where(
            it.brand == brand
        )
        with self.reading() as connection:
            return {row[0]: EndedTest(*row[1:]) for row in connection.execute(query)}


def _suppressed(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Hold for people whose address is suppressed, by suppressions for which something holds."""
    return sa.exists().where(
        suppressions.c.brand == people.c.brand,
        suppressions.c.address_key == people.c.address_key,
        *conditions,
    )


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _on(stays: sa.FromClause, day: date) -> sa.ColumnElement[bool]:
    """Hold for stays that a day belongs to."""
    it = stays.c
    return (it.entered_on <= day) & (it.left_on.is_(None) | (it.left_on > day))


def _changes(
    connection: Connection, brand: str, first: datetime, since: datetime, until: datetime
) -> tuple[int, int]:
    """Count who came to be subscribed, and who ceased to be. Who did both did neither."""
    its, lately = consents.c, consents.alias().c
    inside = [
        sa.case((its.recorded_at == first, its.at), else_=its.recorded_at) > since,
        its.recorded_at <= until,
    ]
    undated = (its.recorded_at == first) & (its.at == first)
    touched = sa.select(lately.person_key).where((lately.recorded_at > since) | (lately.at > since))
    changes = (
        sa.select(
            its.person_key,
            its.consent,
            sa.func.lag(its.consent, 1, "never")
            .over(partition_by=its.person_key, order_by=its.consent_id)
            .label("earlier"),
            sa.case((sa.and_(*inside, ~undated), 1), else_=0).label("inside"),
        )
        .join(people, people.c.person_key == its.person_key)
        .where(people.c.brand == brand, its.person_key.in_(touched))
        .subquery()
    )
    is_in = sa.case((changes.c.consent == "subscribed", 1), else_=0)
    was_in = sa.case((changes.c.earlier == "subscribed", 1), else_=0)
    net = (
        sa.select(sa.func.sum(is_in - was_in).label("net"))
        .where(changes.c.inside == 1)
        .group_by(changes.c.person_key)
        .subquery()
    )
    came, went = connection.execute(
        sa.select(_how_many(net.c.net > 0), _how_many(net.c.net < 0))
    ).one()
    return came, went


def _bounced(connection: Connection, brand: str, since: datetime, until: datetime) -> int:
    reason, at = suppressions.c.reason, suppressions.c.at
    lately = _suppressed(reason.in_(BOUNCES), at > since, at <= until)
    already = _suppressed(at <= since)
    query = sa.select(sa.func.count()).where(
        people.c.brand == brand, people.c.consent == "subscribed", lately, ~already
    )
    return connection.scalar(query.select_from(people)) or 0
