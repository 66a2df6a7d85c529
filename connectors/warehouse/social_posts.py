"""What have we said on social networks, what has it earned at which age, and who follows us?"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.social import Engagement, PublishedPost, text_digest
from connectors.warehouse.accounts import AccountStore
from connectors.warehouse.bulk import insert_rows
from connectors.warehouse.schema import accounts
from connectors.warehouse.site_rows import plain
from connectors.warehouse.social_tables import social_engagement, social_followers, social_posts

FIGURES = tuple(field.name for field in fields(Engagement))
SNAPSHOT = ("account_key", "post_id", "taken_at", *FIGURES)

SAME_FOR = timedelta(hours=1)
"""Figures that have not changed are kept again after so long, and no sooner. That nothing came
between two ages is knowledge too: without it a figure between them could only be guessed."""

POST_MOMENTS = ("published_at", "first_seen_at", "last_seen_at", "gone_at", "taken_at")

_figures_of = attrgetter(*FIGURES)


class SocialPostStore(AccountStore):
    """Our posts with the snapshots of their figures, and the followers of each day."""

    def save_posts(
        self, account_key: int, posts: Iterable[PublishedPost], at: datetime, *, since: datetime
    ) -> int:
        """Store a listing of our posts that is complete from `since` on; return how many came.

        All are read before anything is written, so a listing that fails changes nothing. Each
        gets a snapshot of its figures at `at`, see `SAME_FOR`. One published from `since` on that
        did not come is gone from `at` on, until it comes again.
        """
        came = {plain(post.post_id): post for post in posts}
        with self.writing("social", account_key) as connection:
            if came:
                self._save(connection, [_row(account_key, post, at) for post in came.values()])
            rows = _new_snapshots(connection, account_key, came, at)
            insert_rows(connection, social_engagement, SNAPSHOT, rows)
            connection.execute(
                sa.update(social_posts)
                .where(
                    social_posts.c.account_key == account_key,
                    social_posts.c.published_at >= since,
                    social_posts.c.last_seen_at != at,
                    social_posts.c.gone_at.is_(None),
                )
                .values(gone_at=at)
            )
        return len(came)

    def social_posts(self, account_keys: Sequence[int], since: datetime) -> pd.DataFrame:
        """Return the posts published from a moment on, oldest first, those that are gone too.

        Columns: account_key, post_id, published_at, text, url, language, digest, first_seen_at,
        last_seen_at, gone_at (NaT: it is there), taken_at and the figures of the newest snapshot:
        impressions, reactions, comments, shares, clicks (float64, NaN: the network does not tell).
        Moments are UTC timestamps.
        """
        post, taken = social_posts.c, social_engagement.c
        newest = (
            sa.select(sa.func.max(taken.taken_at))
            .where(taken.account_key == post.account_key, taken.post_id == post.post_id)
            .correlate(social_posts)
            .scalar_subquery()
        )
        last = social_engagement.alias("last")
        same = (
            (last.c.account_key == post.account_key)
            & (last.c.post_id == post.post_id)
            & (last.c.taken_at == newest)
        )
        query = (
            sa.select(*post, last.c.taken_at, *(last.c[name] for name in FIGURES))
            .join_from(social_posts, last, same, isouter=True)
            .where(post.account_key.in_([*account_keys]), post.published_at >= since)
            .order_by(post.published_at, post.account_key, post.post_id)
        )
        return _typed(self._frame(query), POST_MOMENTS)

    def engagement(self, account_keys: Sequence[int], since: datetime) -> pd.DataFrame:
        """Return every snapshot of the posts published from a moment on, by post, oldest first.

        Columns: account_key, post_id, published_at, taken_at, age_hours (of the post at the
        snapshot), impressions, reactions, comments, shares, clicks (float64, NaN: the network
        does not tell), all since the post was published.
        """
        post, taken = social_posts.c, social_engagement.c
        names = ("taken_at", *FIGURES)
        same = (taken.account_key == post.account_key) & (taken.post_id == post.post_id)
        query = (
            sa.select(
                post.account_key, post.post_id, post.published_at, *(taken[name] for name in names)
            )
            .join_from(social_posts, social_engagement, same)
            .where(post.account_key.in_([*account_keys]), post.published_at >= since)
            .order_by(post.account_key, post.post_id, taken.taken_at)
        )
        frame = _typed(self._frame(query), ("published_at", "taken_at"))
        age = (frame["taken_at"] - frame["published_at"]).dt.total_seconds() / 3600
        # A post that came out while a run was reading is younger than the run's own moment.
        frame.insert(4, "age_hours", age.clip(lower=0.0))
        return frame

    def save_followers(self, account_key: int, followers: int, at: datetime) -> None:
        """Store how many follow an account. The last count of a day of its time zone stays."""
        zone = sa.select(accounts.c.time_zone).where(accounts.c.account_key == account_key)
        with self.writing("social", account_key) as connection:
            day = at.astimezone(ZoneInfo(connection.scalars(zone).one())).date()
            insert = self.upsert(social_followers).values(
                account_key=account_key, date_day=day, followers=followers
            )
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[social_followers.c.account_key, social_followers.c.date_day],
                    set_={"followers": insert.excluded.followers},
                )
            )

    def followers(self, account_keys: Sequence[int], since: date) -> pd.DataFrame:
        """Return the followers of each day from one on: account_key, date_day (date), followers
        (float64), by account and day. A day on which nobody counted has no row."""
        table = social_followers.c
        query = (
            sa.select(table.account_key, table.date_day, table.followers)
            .where(table.account_key.in_([*account_keys]), table.date_day >= since)
            .order_by(table.account_key, table.date_day)
        )
        return self._frame(query).astype({"followers": "float64"})

    def _save(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Write posts as they are now; since when we know of one stays."""
        insert = self.upsert(social_posts)
        stays = ("account_key", "post_id", "first_seen_at")
        came = {name: insert.excluded[name] for name in rows[0] if name not in stays}
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=[social_posts.c.account_key, social_posts.c.post_id], set_=came
            ),
            rows,
        )


def _row(account_key: int, post: PublishedPost, at: datetime) -> dict[str, Any]:
    text = plain(post.text)
    return {
        "account_key": account_key,
        "post_id": plain(post.post_id),
        "published_at": post.published_at,
        "text": text,
        "url": plain(post.url),
        "language": plain(post.language),
        "digest": text_digest(text),
        "first_seen_at": at,
        "last_seen_at": at,
        "gone_at": None,
    }


def _new_snapshots(
    connection: Connection, account_key: int, posts: dict[str, PublishedPost], at: datetime
) -> list[tuple[Any, ...]]:
    """Return the rows of the snapshots that tell something new."""
    last = _last_snapshots(connection, account_key, at)
    rows = []
    for post_id, post in posts.items():
        figures = _figures_of(post.engagement)
        taken_at, before = last.get(post_id, (None, None))
        if taken_at != at and figures != before:
            rows.append((account_key, post_id, at, *figures))
    return rows


def _last_snapshots(
    connection: Connection, account_key: int, at: datetime
) -> dict[str, tuple[datetime, tuple[int | None, ...]]]:
    """Return moment and figures of each post's last snapshot, if it is younger than `SAME_FOR`."""
    post, taken = social_posts.c, social_engagement.c
    same = (taken.account_key == post.account_key) & (taken.post_id == post.post_id)
    query = (
        sa.select(post.post_id, taken.taken_at, *(taken[name] for name in FIGURES))
        .join_from(social_posts, social_engagement, same)
        .where(
            post.account_key == account_key,
            post.last_seen_at > at - SAME_FOR,
            taken.taken_at > at - SAME_FOR,
            taken.taken_at <= at,
        )
        .order_by(taken.taken_at)
    )
    return {
        row.post_id: (row.taken_at, tuple(_figures_of(row))) for row in connection.execute(query)
    }


def _typed(frame: pd.DataFrame, moments: Sequence[str]) -> pd.DataFrame:
    for name in moments:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype(dict.fromkeys(FIGURES, "float64"))
