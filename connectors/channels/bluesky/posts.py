"""What did the account post, and what did it earn? Its server's records, the AppView's counts.

A post that the AppView has not collected yet, or hides, has no counts: unknown, never zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from connectors.channels.bluesky.calling import Calls, Row
from connectors.channels.bluesky.options import is_did
from connectors.channels.bluesky.own_records import Own, key_of_uri, own_records
from connectors.social import Engagement, PublishedPost

AT_ONCE = 25
"""Posts, or people, that the AppView is asked for in one call."""
UNKNOWN = Engagement()


def posts(calls: Calls, since: datetime) -> Iterator[list[PublishedPost]]:
    """Yield pages of posts from a moment on, newest first. Replies are none."""
    for page in own_records(calls, since):
        own = [one for one in page if not one.parent and one.at >= since]
        own.sort(key=lambda one: one.at, reverse=True)
        counts = _counts(calls, [one.uri for one in own])
        if own:
            yield [_post(calls, one, counts.get(one.uri, UNKNOWN)) for one in own]


def address(who: str, uri: str) -> str:
    """Return where people read a post; `who` is its author's handle or DID."""
    return f"https://bsky.app/profile/{who}/post/{key_of_uri(uri)}"


def _counts(calls: Calls, uris: Sequence[str]) -> Mapping[str, Engagement]:
    counts: dict[str, Engagement] = {}
    for start in range(0, len(uris), AT_ONCE):
        answer = calls.view("app.bsky.feed.getPosts", {"uris": list(uris[start : start + AT_ONCE])})
        with calls.shape("app.bsky.feed.getPosts"):
            counts |= {row["uri"]: _engagement(row) for row in answer["posts"]}
    return counts


def _engagement(row: Row) -> Engagement:
    """Return what a post view counts. Nobody counts who saw it, or who went on from it."""
    shares = [row.get("repostCount"), row.get("quoteCount")]
    told = [share for share in shares if share is not None]
    return Engagement(
        reactions=row.get("likeCount"),
        comments=row.get("replyCount"),
        shares=sum(told) if told else None,
    )


def _post(calls: Calls, own: Own, engagement: Engagement) -> PublishedPost:
    who = calls.did if is_did(calls.account_id) else calls.account_id
    return PublishedPost(
        own.uri, own.at, own.text, address(who, own.uri), engagement, own.language
    )  # fmt: skip
