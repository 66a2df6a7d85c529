"""Are our posts and replies there? Asked of LinkedIn for this call, page by page to the end.

A post is there if one of the page's has its text and was published from half a day before it was
due. A reply is there if the page wrote its text among the answers to the comment, after the
comment. The text is compared as readers see it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from config.words import Field, Level
from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, Setting, Subject
from connectors.channels.linkedin.calling import Calls
from connectors.channels.linkedin.comments import (
    CommentName,
    answers_to,
    name_of,
    read_comment,
)
from connectors.channels.linkedin.errors import NotFoundError
from connectors.channels.linkedin.posts import OwnPost, own_posts
from connectors.social import EARLY, Comment, comment_of, digest_of_item, due_of, text_digest

WRITABLE: frozenset[tuple[Level, Field]] = frozenset([("account", "post"), ("post", "reply")])
GONE = "the comment is no longer there"


def refuse_unwritable(subjects: Iterable[Subject], account_id: str) -> None:
    """Raise `RejectedError` for what cannot be written, or does not name what it is about."""
    for subject in subjects:
        if (subject.level, subject.field) not in WRITABLE:
            raise RejectedError(f"linkedin cannot change {subject.field} of {subject.level}")
        if subject.field == "post":
            if subject.entity_id != account_id:
                raise RejectedError(f"linkedin {account_id}: {subject.entity_id} is another page")
            _due(subject)
        elif name_of(comment_of(subject.item)) is None:
            raise RejectedError(f"linkedin: {comment_of(subject.item)!r} is no comment's URN")


def read(calls: Calls, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
    """Return whether each post and reply is there now."""
    posts = [subject for subject in subjects if subject.field == "post"]
    there = own_posts(calls, min(map(_due, posts)) - EARLY) if posts else []
    settings = {one: Setting(one, _value(bool(matching(there, one)))) for one in posts}
    for subject in subjects:
        if subject.field == "reply":
            settings[subject] = _reply(calls, subject)
    return settings


def matching(posts: Iterable[OwnPost], subject: Subject) -> list[OwnPost]:
    """Return the posts that a subject stands for, newest first."""
    digest, earliest = digest_of_item(subject.item), _due(subject) - EARLY
    return [one for one in posts if one.digest == digest and one.published_at >= earliest]


def our_replies(calls: Calls, subject: Subject) -> list[Comment]:
    """Return the page's replies that a subject stands for. Raises `NotFoundError` if the comment
    that they answer is gone."""
    top, at = read_comment(calls, answered(subject))
    digest = digest_of_item(subject.item)
    return [
        one
        for page in answers_to(calls, top, subject.entity_id)
        for one in page
        if one.by_us and one.at >= at and text_digest(one.text) == digest
    ]


def answered(subject: Subject) -> CommentName:
    """Return the comment that a reply answers. `refuse_unwritable` has seen that it is one."""
    name = name_of(comment_of(subject.item))
    if name is None:
        raise RejectedError(f"linkedin: {comment_of(subject.item)!r} is no comment's URN")
    return name


def _reply(calls: Calls, subject: Subject) -> Setting:
    try:
        return Setting(subject, _value(bool(our_replies(calls, subject))))
    except NotFoundError:
        return Setting(subject, ABSENT, fixed=GONE)


def _due(subject: Subject) -> datetime:
    try:
        return due_of(subject.item)
    except ValueError:
        raise RejectedError(f"linkedin: {subject.item!r} names no post") from None


def _value(there: bool) -> str:
    return PRESENT if there else ABSENT
