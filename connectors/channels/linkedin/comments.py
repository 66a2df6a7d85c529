"""What is said under the page's posts, and by us?

Comments stand under a post's activity and are plain text. Answers stand one level below a comment,
never deeper: what answers an answer stands beside it. People's names are not told to us; a person
whom the app may not see comes as `private`. LinkedIn tells of no mentions elsewhere.
Source: LinkedIn's "Comments API".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.channels.linkedin.calling import Calls, Row
from connectors.channels.linkedin.restli import encoded, moment
from connectors.social import Comment

COMMENT = re.compile(r"^urn:li:comment:\((?P<activity>urn:li:[a-zA-Z]+:\d+),(?P<number>\d+)\)$")


@dataclass(frozen=True, slots=True)
class CommentName:
    """What a comment's URN says: the activity that it stands under, and its number there."""

    activity: str
    number: str

    @property
    def urn(self) -> str:
        """`urn:li:comment:(urn:li:activity:7,9)`."""
        return f"urn:li:comment:({self.activity},{self.number})"

    @property
    def path(self) -> str:
        """Where the comment is."""
        return f"{comments_of(self.activity)}/{self.number}"


def comments_of(urn: str) -> str:
    """Return where the comments under a post are, or the answers to a comment."""
    return f"socialActions/{encoded(urn)}/comments"


def name_of(urn: str) -> CommentName | None:
    """Return what a comment's URN says; None if it is no such URN."""
    match = COMMENT.match(urn)
    return CommentName(match["activity"], match["number"]) if match else None


def said_under(calls: Calls, post: str) -> Iterator[list[Comment]]:
    """Yield pages of everything that is said under a post, answers after what they answer."""
    path = comments_of(post)
    for rows in calls.pages(path):
        with calls.shape(path):
            comments = [_comment(row, post, calls.author) for row in rows]
            answered = [urn_of(row) for row in rows if _answers(row) > 0]
        yield comments
        for urn in answered:
            yield from answers_to(calls, urn, post)


def answers_to(calls: Calls, urn: str, post: str) -> Iterator[list[Comment]]:
    """Yield pages of the answers to a comment."""
    path = comments_of(urn)
    for rows in calls.pages(path):
        with calls.shape(path):
            comments = [_comment(row, post, calls.author, urn) for row in rows]
        yield comments


def read_comment(calls: Calls, name: CommentName) -> tuple[str, datetime]:
    """Return the URN of the comment whose answers one to this comment joins, and when this comment
    was written. Raises `NotFoundError` if it is gone."""
    row = calls.get(name.path)
    with calls.shape(name.path):
        return str(row.get("parentComment") or name.urn), moment(row["created"]["time"])


def urn_of(row: Row) -> str:
    """Return a comment's URN, which older answers spell out only in parts."""
    return str(row.get("$URN") or row.get("commentUrn") or CommentName(
        str(row["object"]), str(row["id"])
    ).urn)  # fmt: skip


def _comment(row: Row, post: str, author: str, parent: str = "") -> Comment:
    urn = urn_of(row)
    actor: Any = row.get("actor")
    return Comment(
        comment_id=urn,
        kind="comment",
        post_id=post,
        at=moment(row["created"]["time"]),
        text=str((row.get("message") or {}).get("text") or ""),
        author="",
        by_us=actor == author,
        parent_id=str(row.get("parentComment") or parent),
        url=_address(urn),
    )


def _answers(row: Row) -> int:
    return int((row.get("commentsSummary") or {}).get("totalFirstLevelComments") or 0)


def _address(urn: str) -> str:
    """Return where people read a comment; '' if its URN does not say."""
    if (name := name_of(urn)) is None:
        return ""
    short = f"urn:li:comment:({name.activity.removeprefix('urn:li:')},{name.number})"
    return f"https://www.linkedin.com/feed/update/{name.activity}?commentUrn={encoded(short)}"
