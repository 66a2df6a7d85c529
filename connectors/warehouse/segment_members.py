"""Who is in which segment since when, and how do people move between segments?

A stay is an interval of days: from `entered_on` until before `left_on`. What somebody is can be
kept here as well as a rule's answer: whoever names segments decides.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.base import RejectedError, Window
from connectors.warehouse.among import among
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import segment_members as table

Keys = npt.NDArray[np.int64]

COLUMNS = ("brand", "segment", "person_key", "entered_on")


class SegmentStore(Database):
    """Reads and writes of segments' members."""

    def move_members(
        self, brand: str, segment: str, members: npt.ArrayLike, as_of: date
    ) -> tuple[Keys, Keys]:
        """Make these people a segment's members as of a day; return who enters and who leaves it
        against the day before, in order of their keys.

        A second time on the same day replaces the first. Raises `RejectedError` for a day before
        the last one, whose members are history.
        """
        wanted = np.unique(np.asarray(members, np.int64))
        its = (table.c.brand == brand) & (table.c.segment == segment)
        with self.writing("segment", brand, segment) as connection:
            _refuse_past(connection, its, segment, as_of)
            stays = _stays(connection, its, as_of)
            before, today = stays.at(fresh=False), stays.at(fresh=True)
            entered = np.setdiff1d(wanted, before, assume_unique=True)
            left = np.setdiff1d(before, wanted, assume_unique=True)
            ended = its & (table.c.left_on == as_of)
            _set_left(connection, ended, np.intersect1d(stays.at(ended=True), wanted), None)
            _set_left(connection, its & table.c.left_on.is_(None), left, as_of)
            _take_out(connection, its, np.setdiff1d(today, wanted, assume_unique=True), as_of)
            new = np.setdiff1d(entered, today, assume_unique=True).tolist()
            rows = [(brand, segment, person, as_of) for person in new]
            insert_rows(connection, table, COLUMNS, rows)
        return entered, left

    def segment_members(self, brand: str, segment: str, day: date | None = None) -> Keys:
        """Return who is in a segment, or was on a day, in order of their keys."""
        query = sa.select(table.c.person_key).where(
            table.c.brand == brand, table.c.segment == segment, _there(day)
        )
        with self.reading() as connection:
            return np.sort(np.fromiter(connection.scalars(query), np.int64))

    def segment_sizes(self, brand: str, day: date | None = None) -> dict[str, int]:
        """Return how many people are in each segment, or were on a day; a segment with nobody is
        not named."""
        query = (
            sa.select(table.c.segment, sa.func.count())
            .where(table.c.brand == brand, _there(day))
            .group_by(table.c.segment)
            .order_by(table.c.segment)
        )
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def segment_movements(self, brand: str, window: Window) -> pd.DataFrame:
        """Return from which segment to which people moved between a window's first and last day:
        `left`, `entered` ('' where somebody was in no segment that he left, or entered none) and
        `people`. Who left two segments for a third counts in both lines."""
        both = [self._members_on(brand, day) for day in (window.start, window.end)]
        stays = both[0].merge(both[1], how="outer", indicator=True)
        gone = stays[stays["_merge"] == "left_only"].drop(columns="_merge")
        came = stays[stays["_merge"] == "right_only"].drop(columns="_merge")
        moved = gone.merge(came, on="person_key", how="outer", suffixes=("_left", "_entered"))
        moved = moved.rename(columns={"segment_left": "left", "segment_entered": "entered"})
        moved[["left", "entered"]] = moved[["left", "entered"]].fillna("")
        counts = moved.groupby(["left", "entered"])["person_key"].count()
        return counts.rename("people").reset_index()

    def segment_overlap(self, brand: str) -> pd.DataFrame:
        """Return how many people two segments share: `segment`, `other`, `people`, each pair once
        in alphabetical order; pairs that share nobody are left out."""
        one, other = table.alias("one"), table.alias("other")
        query = (
            sa.select(one.c.segment, other.c.segment, sa.func.count())
            .join_from(one, other, one.c.person_key == other.c.person_key)
            .where(
                one.c.brand == brand,
                other.c.brand == brand,
                one.c.segment < other.c.segment,
                one.c.left_on.is_(None),
                other.c.left_on.is_(None),
            )
            .group_by(one.c.segment, other.c.segment)
            .order_by(one.c.segment, other.c.segment)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return pd.DataFrame.from_records(rows, columns=["segment", "other", "people"])

    def _members_on(self, brand: str, day: date) -> pd.DataFrame:
        query = sa.select(table.c.person_key, table.c.segment).where(
            table.c.brand == brand, _there(day)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        frame = pd.DataFrame.from_records(rows, columns=["person_key", "segment"])
        return frame.astype({"person_key": np.int64, "segment": object})


def _refuse_past(
    connection: Connection, its: sa.ColumnElement[bool], segment: str, as_of: date
) -> None:
    newest = sa.select(sa.func.max(table.c.entered_on), sa.func.max(table.c.left_on)).where(its)
    days = [day for day in connection.execute(newest).one() if day is not None]
    if days and max(days) > as_of:
        raise RejectedError(
            f"segment {segment}: who is in it is known as of {max(days)}, and cannot be "
            f"changed as of {as_of}"
        )


def _there(day: date | None) -> sa.ColumnElement[bool]:
    """Hold for the stays that last, or that lasted on a day."""
    if day is None:
        return table.c.left_on.is_(None)
    return (table.c.entered_on <= day) & (table.c.left_on.is_(None) | (table.c.left_on > day))


@dataclass(frozen=True, slots=True)
class _Stays:
    """Who was in a segment the day before, or is since that day; one place per stay."""

    person_key: Keys
    fresh: npt.NDArray[np.bool_]  # since that day
    ended: npt.NDArray[np.bool_]  # on that day

    def at(self, *, fresh: bool = False, ended: bool | None = None) -> Keys:
        """Return the people of the stays of a kind, in order of their keys."""
        which = self.fresh == fresh
        if ended is not None:
            which &= self.ended == ended
        return np.sort(self.person_key[which])


def _stays(connection: Connection, its: sa.ColumnElement[bool], as_of: date) -> _Stays:
    ended = table.c.left_on == as_of
    query = sa.select(table.c.person_key, table.c.entered_on == as_of, table.c.left_on.is_not(None))
    rows = connection.execute(query.where(its, table.c.left_on.is_(None) | ended)).all()
    keys = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    fresh, gone = (np.fromiter((row[n] for row in rows), np.bool_, len(rows)) for n in (1, 2))
    return _Stays(keys, fresh, gone)


def _set_left(
    connection: Connection, stays: sa.ColumnElement[bool], people: Keys, day: date | None
) -> None:
    """End stays of people on a day; None: let them go on."""
    whose = among(connection, table.c.person_key, people.tolist())
    connection.execute(sa.update(table).where(stays, whose).values(left_on=day))


def _take_out(
    connection: Connection, its: sa.ColumnElement[bool], people: Keys, as_of: date
) -> None:
    """Undo that people entered on a day."""
    whose = among(connection, table.c.person_key, people.tolist())
    connection.execute(sa.delete(table).where(its, whose, table.c.entered_on == as_of))
