"""What have we published? Our posts and replies, looked for on the server at every call.

Posts are found among our own statuses, replies among what stands under the comment that they
answer; a comment that is gone takes that list with it, so nothing can be said or sent there any
more. Boosts of others, answers and direct messages are no posts. Who published one, and with what
program, does not matter: what a person posted by hand counts too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.words import Field, Level
from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, Setting, Subject
from connectors.channels.mastodon.calling import Calls, Row
from connectors.channels.mastodon.errors import MissingError
from connectors.channels.mastodon.statuses import moment, said, text_of
from connectors.social import EARLY, comment_of, digest_of_item, due_of, text_digest

WRITABLE: frozenset[tuple[Level, Field]] = frozenset({("account", "post"), ("post", "reply")})
GONE = "the comment that it answers is gone"


@dataclass(frozen=True, slots=True)
class Found:
    """Our status that a subject names, None if there is none; and why none can be made."""

    row: Row | None = None
    fixed: str = ""


class Ours:
    """Our account's statuses."""

    def __init__(self, calls: Calls, account_id: str) -> None:
        self._calls = calls
        self._account_id = account_id

    def posts(self, since: datetime) -> Iterator[list[Row]]:
        """Yield pages of our posts from a moment on, newest first, each post once."""
        path = f"/api/v1/accounts/{self._calls.own_id()}/statuses"
        seen: set[str] = set()
        for rows in self._calls.pages(path, {"exclude_replies": "true", "exclude_reblogs": "true"}):
            with self._calls.shape(path):
                page = [row for row in rows if _is_post(row) and row["id"] not in seen]
                seen |= {row["id"] for row in page}
                recent = [row for row in page if moment(row["created_at"]) >= since]
                over = moment(rows[-1]["created_at"]) < since
            if recent:
                yield recent
            if over:
                return

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return which of these posts and replies are there; see `WritableChannel`."""
        found = self.find(subjects)
        return {subject: self._setting(subject, one) for subject, one in found.items()}

    def find(self, subjects: Sequence[Subject]) -> dict[Subject, Found]:
        """Return what is there of each subject; those of other accounts are left out."""
        refuse_unwritable(subjects)
        own = [one for one in subjects if is_account(one, self._account_id)]
        posts = [one for one in own if one.field == "post"]
        replies = [one for one in subjects if one.field == "reply"]
        return {**self._find_posts(posts), **self._find_replies(replies)}

    def _find_posts(self, subjects: Sequence[Subject]) -> dict[Subject, Found]:
        """Find posts by their text, from a while before they were due on; the newest if several."""
        if not subjects:
            return {}
        earliest = {subject: due_of(subject.item) - EARLY for subject in subjects}
        found = dict.fromkeys(subjects, Found())
        for rows in self.posts(min(earliest.values())):
            with self._calls.shape("/api/v1/accounts"):
                page = [(text_digest(text_of(row)), moment(row["created_at"]), row) for row in rows]
            for digest, at, row in page:
                for subject, since in earliest.items():
                    if digest_of_item(subject.item) == digest and at >= since:
                        found[subject] = found[subject] if found[subject].row else Found(row)
        return found

    def _find_replies(self, subjects: Sequence[Subject]) -> dict[Subject, Found]:
        """Find replies by the comment that they answer and their text, with or without the mention
        of whom they answer: somebody may have written it as part of the text."""
        found = {}
        for comment_id in dict.fromkeys(comment_of(subject.item) for subject in subjects):
            below = self._answers(comment_id)
            for subject in (one for one in subjects if comment_of(one.item) == comment_id):
                found[subject] = Found(fixed=GONE) if below is None else _match(subject, below)
        return found

    def _answers(self, comment_id: str) -> list[tuple[set[str], Row]] | None:
        """Return our answers to a comment with the digests of their texts; None: it is gone."""
        path = f"/api/v1/statuses/{comment_id}/context"
        own_id = self._calls.own_id()
        try:
            context = self._calls.get(path)
        except MissingError:
            return None
        with self._calls.shape(path):
            return [
                ({text_digest(text_of(row)), text_digest(said(row))}, row)
                for row in context["descendants"]
                if str(row["account"]["id"]) == own_id
                and str(row["in_reply_to_id"] or "") == comment_id
            ]

    def _setting(self, subject: Subject, found: Found) -> Setting:
        if found.row is None:
            return Setting(subject, ABSENT, found.fixed)
        with self._calls.shape("/api/v1/statuses"):
            return Setting(subject, PRESENT, changed_at=moment(found.row["created_at"]))


def refuse_unwritable(subjects: Iterable[Subject]) -> None:
    """Raise `RejectedError` for what cannot be written here, and for an item of another form."""
    for subject in subjects:
        if (subject.level, subject.field) not in WRITABLE:
            raise RejectedError(f"mastodon cannot change {subject.field} of {subject.level}")
        if subject.field == "post":
            try:
                due_of(subject.item)
            except ValueError:
                raise RejectedError(f"{subject.item!r} names no post: see item_of") from None
        elif not (comment_of(subject.item).isascii() and comment_of(subject.item).isalnum()):
            raise RejectedError(f"{subject.item!r} names no reply: see reply_item")


def is_account(subject: Subject, account_id: str) -> bool:
    """Tell whether a post is one of this account, which may be written without the first @."""
    return subject.entity_id.removeprefix("@") == account_id.removeprefix("@")


def _is_post(row: Row) -> bool:
    return (
        row["in_reply_to_id"] is None
        and row.get("reblog") is None
        and row.get("visibility") != "direct"
    )


def _match(subject: Subject, answers: Sequence[tuple[set[str], Row]]) -> Found:
    digest = digest_of_item(subject.item)
    return next((Found(row) for digests, row in answers if digest in digests), Found())
