"""Who talks to the account? Comments under its posts, and what is said to it elsewhere.

Threads come from the AppView, of which anybody may ask; notifications only the account itself may
see. A mention, a quote, and an answer to us in somebody else's thread are mentions. Comments are
new by when the network had them, as their own word on their moment can be anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.channels.bluesky.calling import Calls, Row
from connectors.channels.bluesky.errors import MissingError
from connectors.channels.bluesky.own_records import did_of_uri, said_at
from connectors.channels.bluesky.posts import AT_ONCE, address
from connectors.social import Comment, CommentKind

THREAD, PROFILES = "app.bsky.feed.getPostThread", "app.bsky.actor.getProfiles"
NOTIFICATIONS = "app.bsky.notification.listNotifications"
SHOWN = "app.bsky.feed.defs#threadViewPost"
"""What can be read of a thread; other parts are deleted, or blocked by somebody."""
DEPTH = PAGE = "100"
TO_US = frozenset({"mention", "quote", "reply"})
"""Reasons of notifications that come with a text."""
NO_HANDLE = "handle.invalid"


@dataclass(frozen=True, slots=True)
class Heard:
    """A comment, its author's DID, and when the network had it."""

    comment: Comment
    did: str
    seen: datetime


def comments(calls: Calls, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
    """Yield the new comments of each post, oldest first, then pages of mentions."""
    for post_id in post_ids:
        under = [heard for heard in _under(calls, post_id) if heard.seen >= since]
        if under:
            yield _with_followers(calls, sorted(under, key=lambda heard: heard.comment.at))
    for page in calls.pages(NOTIFICATIONS, {"limit": PAGE}, "notifications", signed=True):
        with calls.shape(NOTIFICATIONS):
            elsewhere = [row for row in page if row["reason"] in TO_US and not _is_ours(row, calls)]
            heard = [_heard(row, "mention", "", calls.did) for row in elsewhere]
            oldest = min(datetime.fromisoformat(row["indexedAt"]) for row in page)
        new = [one for one in heard if one.seen >= since]
        if new:
            yield _with_followers(calls, new)
        if oldest < since:
            return


def _under(calls: Calls, post_id: str) -> list[Heard]:
    """Return everything that can be read under a post; nothing if nobody shows the post."""
    try:
        answer = calls.view(THREAD, {"uri": post_id, "depth": DEPTH, "parentHeight": "0"})
    except MissingError:
        return []
    with calls.shape(THREAD):
        left, found = [answer["thread"]], []
        while left:
            node = left.pop()
            if node.get("$type") != SHOWN:
                continue
            left += node.get("replies") or []
            if node["post"]["uri"] != post_id:
                found.append(_heard(node["post"], "comment", post_id, calls.did))
    return found


def _heard(row: Row, kind: CommentKind, post_id: str, own_did: str) -> Heard:
    """Read a post view or a notification: both have the author, the record and the moment."""
    author, record = row["author"], row["record"]
    seen = datetime.fromisoformat(row["indexedAt"])
    handle = author["handle"] if author["handle"] != NO_HANDLE else author["did"]
    answered = record["reply"]["parent"]["uri"] if record.get("reply") else ""
    comment = Comment(
        comment_id=row["uri"],
        kind=kind,
        post_id=post_id,
        at=min(said_at(record, seen), seen),
        text=str(record.get("text", "")),
        author=author.get("displayName") or handle,
        by_us=author["did"] == own_did,
        parent_id=answered if answered != post_id else "",
        url=address(handle, row["uri"]),
    )
    return Heard(comment, author["did"], seen)


def _is_ours(notification: Row, calls: Calls) -> bool:
    """Tell whether somebody wrote under a post of ours, where it is a comment."""
    reply = notification["record"].get("reply")
    return bool(reply) and did_of_uri(reply["root"]["uri"]) == calls.did


def _with_followers(calls: Calls, heard: Sequence[Heard]) -> list[Comment]:
    """Return the comments with how many follow their authors."""
    others = [*dict.fromkeys(one.did for one in heard if not one.comment.by_us)]
    followers: dict[str, int | None] = {}
    for start in range(0, len(others), AT_ONCE):
        answer = calls.view(PROFILES, {"actors": others[start : start + AT_ONCE]})
        with calls.shape(PROFILES):
            followers |= {row["did"]: row.get("followersCount") for row in answer["profiles"]}
    return [replace(one.comment, followers=followers.get(one.did)) for one in heard]
