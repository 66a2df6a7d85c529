"""How often was a watched word used on which day? Numbers only."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd
import sqlalchemy as sa

from config.watched import watched_key
from connectors.warehouse.accounts import AccountStore
from connectors.warehouse.site_rows import plain
from connectors.warehouse.social_tables import social_watched


class SocialWatchedStore(AccountStore):
    """Posts of others with a watched word, by account of ours, word and day."""

    def save_watched(
        self,
        account_key: int,
        term: str,
        days: Mapping[date, int | None],
        at: datetime,
        *,
        why: str = "",
    ) -> None:
        """Store how many posts each day had; None: unknown, and `why`.

        What is known stays if it is unknown later; a new number takes the place of an old one.
        """
        key = plain(watched_key(term))
        rows = [
            {"account_key": account_key, "term": key, "date_day": day, "posts": posts,
             "why": plain(why) if posts is None else "", "counted_at": at}
            for day, posts in days.items()
        ]  # fmt: skip
        if not rows:
            return
        insert = self.upsert(social_watched)
        news = insert.excluded
        with self.writing("watched", account_key) as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[*social_watched.primary_key],
                    set_={name: news[name] for name in ("posts", "why", "counted_at")},
                    where=news.posts.is_not(None) | social_watched.c.posts.is_(None),
                ),
                rows,
            )

    def watched_days(self, account_keys: Sequence[int], since: date) -> pd.DataFrame:
        """Return the days from one on, by account, word and day.

        Columns: account_key, term (`watched_key`), date_day (date), posts (float64, NaN: unknown),
        why ('' of what is known). A day that nobody asked about has no row.
        """
        stored = social_watched.c
        query = (
            sa.select(stored.account_key, stored.term, stored.date_day, stored.posts, stored.why)
            .where(stored.account_key.in_([*account_keys]), stored.date_day >= since)
            .order_by(stored.account_key, stored.term, stored.date_day)
        )
        return self._frame(query).astype({"posts": "float64"})
