"""Who says what to us? What stands under our posts, and mentions of us elsewhere.

A server gives all that it knows of what stands under a post at once, at most 4,096 statuses. Under
our post the mention is left out: it is the comment. An answer to a post that was not asked about
comes as a mention.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.base import RejectedError
from connectors.channels.mastodon.calling import Calls
from connectors.channels.mastodon.errors import MissingError
from connectors.channels.mastodon.statuses import comment
from connectors.social import Comment

NOTIFICATIONS = "/api/v1/notifications"


def comments(calls: Calls, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
    """Yield what stands under each post, then the mentions, from a moment on, each once."""
    seen: set[str] = set()
    for post_id in post_ids:
        below = _under(calls, post_id)
        fresh = [one for one in below if one.at >= since and one.comment_id not in seen]
        seen |= {one.comment_id for one in below}
        if fresh:
            yield fresh
    for page in _mentions(calls, since):
        fresh = [one for one in page if one.comment_id not in seen and not one.by_us]
        seen |= {one.comment_id for one in fresh}
        if fresh:
            yield fresh


def _under(calls: Calls, post_id: str) -> list[Comment]:
    """Return what stands under a post; nothing if the post is gone."""
    if not (post_id.isascii() and post_id.isalnum()):
        raise RejectedError(f"mastodon has no post {post_id!r}")
    path = f"/api/v1/statuses/{post_id}/context"
    own_id = calls.own_id()
    try:
        context = calls.get(path)
    except MissingError:
        return []
    with calls.shape(path):
        return [comment(row, "comment", post_id, own_id) for row in context["descendants"]]


def _mentions(calls: Calls, since: datetime) -> Iterator[list[Comment]]:
    """Yield pages of mentions. A mention whose status is gone has none."""
    own_id = calls.own_id()
    for rows in calls.pages(NOTIFICATIONS, {"types[]": "mention"}):
        with calls.shape(NOTIFICATIONS):
            found = [comment(row["status"], "mention", "", own_id) for row in rows if row["status"]]
        yield [one for one in found if one.at >= since]
        if found and found[-1].at < since:
            return
