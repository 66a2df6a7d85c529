"""What have people said to us, what of it waits for an answer, and when is it forgotten?"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.social import Comment
from connectors.warehouse.accounts import AccountStore
from connectors.warehouse.site_rows import plain
from connectors.warehouse.social_tables import comment_reads, social_comments

OLDEST = timedelta(days=90)
"""What was said longer ago is forgotten, answered or not."""

NAMES = tuple(field.name for field in fields(Comment))
TEXTS = ("comment_id", "post_id", "text", "author", "parent_id", "url")
FORGOTTEN = ("text", "author", "url")

said = social_comments.c


class SocialCommentStore(AccountStore):
    """Comments and mentions, ours among them."""

    def save_comments(self, account_key: int, comments: Iterable[Comment], at: datetime) -> int:
        """Store comments and return how many came; all are read before anything is written.

        One that is known gets what it says now, unless it was forgotten. One of ours answers the
        comment that is its parent; where a network hangs all answers on the thread's first
        comment, it answers those that came before it in the thread.
        """
        came = {comment.comment_id: comment for comment in comments}
        rows = [_row(account_key, comment, at) for comment in came.values()]
        if not rows:
            return 0
        with self.writing("comments") as connection:
            self._overwrite_what_goes(connection)
            insert = self.upsert(social_comments)
            news = {name: insert.excluded[name] for name in NAMES if name != "comment_id"}
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[said.account_key, said.comment_id],
                    set_=news,
                    where=said.forgotten_at.is_(None),
                ),
                rows,
            )
            connection.execute(_answered(account_key))
        return len(rows)

    def open_comments(self, account_keys: Sequence[int]) -> list[tuple[int, Comment, datetime]]:
        """Return what others said and nobody has answered or closed, oldest first: account's key,
        the comment, when we first saw it. What is forgotten is not among it."""
        query = (
            sa.select(social_comments)
            .where(
                said.account_key.in_([*account_keys]),
                ~said.by_us,
                said.answered_at.is_(None),
                said.closed_at.is_(None),
                said.forgotten_at.is_(None),
            )
            .order_by(said.at, said.account_key, said.comment_id)
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings()
            return [(row["account_key"], _comment(row), row["first_seen_at"]) for row in rows]

    def comment(self, account_key: int, comment_id: str) -> Comment:
        """Return one comment; of a forgotten one text, author and url are ''.

        Raise `LookupError` if there is none.
        """
        query = sa.select(social_comments).where(
            said.account_key == account_key, said.comment_id == comment_id
        )
        with self.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise LookupError(f"account {account_key} has no comment {comment_id!r}")
        return _comment(row)

    def close_comment(self, account_key: int, comment_id: str, at: datetime) -> None:
        """Note that a person says a comment needs no answer. The first time counts.

        Raise `LookupError` if there is no such comment.
        """
        closed = (
            sa.update(social_comments)
            .where(said.account_key == account_key, said.comment_id == comment_id)
            .values(
                closed_at=sa.func.coalesce(said.closed_at, sa.bindparam("closed", at, said.at.type))
            )
        )
        with self.writing("comments") as connection:
            if not connection.execute(closed).rowcount:
                raise LookupError(f"account {account_key} has no comment {comment_id!r}")

    def comments_read(self, account_key: int, until: datetime) -> None:
        """Note that all comments up to a moment were read and stored."""
        read = self.upsert(comment_reads).values(account_key=account_key, until=until)
        with self.writing("comments") as connection:
            connection.execute(
                read.on_conflict_do_update(
                    index_elements=[comment_reads.c.account_key],
                    set_={"until": read.excluded.until},
                    where=read.excluded.until > comment_reads.c.until,
                )
            )

    def comments_until(self, account_key: int) -> datetime | None:
        """Return up to when an account's comments are known; None: they were never read."""
        query = sa.select(comment_reads.c.until).where(comment_reads.c.account_key == account_key)
        with self.reading() as connection:
            until: datetime | None = connection.scalar(query)
        return until

    def answers(self, account_keys: Sequence[int], since: datetime) -> pd.DataFrame:
        """Return what others said and we answered from a moment on: account_key, at, answered_at
        (UTC timestamps), the first answer first. What is forgotten is among it: no text is read."""
        query = (
            sa.select(said.account_key, said.at, said.answered_at)
            .where(said.account_key.in_([*account_keys]), ~said.by_us, said.answered_at >= since)
            .order_by(said.answered_at, said.account_key, said.comment_id)
        )
        frame = self._frame(query)
        for name in ("at", "answered_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True)
        return frame

    def forget_comments(self, before: datetime, at: datetime) -> int:
        """Forget what others said, and their names, in the accounts of all brands: what was
        answered or closed before a moment, our own answers from before it, which name people too,
        and whatever was said `OLDEST` before `at`. Return how many comments were forgotten.

        On SQLite nothing of it is left in the file or its log, or only as long as somebody reads
        an old state. On PostgreSQL old versions of rows go with the next VACUUM, which the server
        does by itself.
        """
        settled = (said.answered_at < before) | (said.closed_at < before)
        gone = (
            sa.update(social_comments)
            .where(
                said.forgotten_at.is_(None),
                settled | (said.by_us & (said.at < before)) | (said.at < at - OLDEST),
            )
            .values(**dict.fromkeys(FORGOTTEN), forgotten_at=at)
        )
        with self.writing("comments") as connection:
            self._overwrite_what_goes(connection)
            forgotten = connection.execute(gone).rowcount
            if forgotten and self.sqlite:
                _write_anew(connection)
        if self.sqlite:
            self._empty_log()
        return forgotten

    def _overwrite_what_goes(self, connection: Connection) -> None:
        """Let SQLite write zeros where a text was or a page is given up. Otherwise it only marks
        the place as free, and the text can be read in the file until something else comes there.

        https://sqlite.org/pragma.html#pragma_secure_delete
        """
        if self.sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete=ON").scalar()

    def _empty_log(self) -> None:
        """Bring SQLite's log into the file and empty it: it has the pages as they were before.

        Waits up to `BUSY_SECONDS` for those who read an old state. If one still does, the log
        stays, and the next time empties it.
        """
        with self._errors():
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()


def _write_anew(connection: Connection) -> None:
    """Give up every page of SQLite's table and write its rows to others.

    Rows move from page to page as they grow, and where they were their bytes stay, even with
    `secure_delete`. As VACUUM does it for the whole file, but for one table only.
    """
    rows = connection.exec_driver_sql("SELECT * FROM social_comments").all()
    connection.exec_driver_sql("DELETE FROM social_comments")
    places = ", ".join("?" * len(said))
    insert = f"INSERT INTO social_comments VALUES ({places})"  # noqa: S608, our own words
    connection.exec_driver_sql(insert, [tuple(row) for row in rows])


def _answered(account_key: int) -> sa.Update:
    """Note when each comment that nobody had answered was answered by one of ours."""
    our = social_comments.alias("our")
    in_thread = (
        (our.c.parent_id == said.parent_id) & (our.c.post_id == said.post_id) & (our.c.at > said.at)
    )
    answer = (
        sa.select(sa.func.min(our.c.at))
        .where(
            our.c.account_key == account_key,
            our.c.by_us,
            our.c.parent_id.in_([said.comment_id, sa.func.nullif(said.parent_id, "")]),
            (our.c.parent_id == said.comment_id) | in_thread,
        )
        .correlate(social_comments)
        .scalar_subquery()
    )
    return (
        sa.update(social_comments)
        .where(
            said.account_key == account_key,
            ~said.by_us,
            said.answered_at.is_(None),
            said.forgotten_at.is_(None),
            answer.is_not(None),
        )
        .values(answered_at=answer)
    )


def _row(account_key: int, comment: Comment, at: datetime) -> dict[str, Any]:
    row = {name: getattr(comment, name) for name in NAMES}
    texts = {name: plain(row[name]) for name in TEXTS}
    return row | texts | {"account_key": account_key, "first_seen_at": at}


def _comment(row: sa.RowMapping) -> Comment:
    texts = {name: row[name] or "" for name in FORGOTTEN}
    return Comment(**{name: row[name] for name in NAMES} | texts)
