"""What is a status of Mastodon's in our words? Our posts, and what others say to us.

Impressions and clicks are not told by Mastodon. Shares are boosts and quotes; a server older than
4.5 counts no quotes.

Who answers somebody begins with a mention of them, for without one they are not told. That mention
is the network's form of an answer and no part of the text: `said` is without it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.channels.mastodon.plain import plain
from connectors.social import Comment, CommentKind, Engagement, PublishedPost

Row = Mapping[str, Any]


def published(row: Row) -> PublishedPost:
    """Return one of our posts."""
    return PublishedPost(
        post_id=str(row["id"]),
        published_at=moment(row["created_at"]),
        text=text_of(row),
        url=str(row.get("url") or row.get("uri") or ""),
        engagement=Engagement(
            reactions=_count(row, "favourites_count"),
            comments=_count(row, "replies_count"),
            shares=_shares(row),
        ),
        language=str(row.get("language") or ""),
    )


def comment(row: Row, kind: CommentKind, post_id: str, own_id: str) -> Comment:
    """Return what somebody said, under our post or, with '' for it, elsewhere."""
    account = row["account"]
    answered = str(row.get("in_reply_to_id") or "")
    followers = account.get("followers_count")
    warning = row.get("spoiler_text") or ""
    return Comment(
        comment_id=str(row["id"]),
        kind=kind,
        post_id=post_id,
        at=moment(row["created_at"]),
        text="\n\n".join(part for part in (warning, said(row)) if part),
        author=str(account.get("display_name") or account["acct"]),
        by_us=str(account["id"]) == own_id,
        parent_id="" if answered == post_id else answered,
        followers=None if followers is None else int(followers),
        url=str(row.get("url") or row.get("uri") or ""),
    )


def text_of(row: Row) -> str:
    """Return a status' text as it was sent."""
    known = {str(one["url"]): str(one["acct"]) for one in row.get("mentions") or ()}
    return plain(row["content"], known)


def said(row: Row) -> str:
    """Return a status' text without the mention of whom it answers, if it begins with that."""
    text = text_of(row)
    answered = row.get("in_reply_to_account_id")
    for one in row.get("mentions") or ():
        if str(one["id"]) == str(answered):
            return unaddressed(text, one["acct"])
    return text


def addressed(text: str, acct: str) -> str:
    """Return an answer as it is sent: with the mention of whom it answers, and not twice."""
    return text if unaddressed(text, acct) != text else f"@{acct} {text}"


def unaddressed(text: str, acct: str) -> str:
    """Return a text without a mention at its beginning."""
    rest = text.removeprefix(f"@{acct}")
    return rest.lstrip() if rest != text and (not rest or rest[0].isspace()) else text


def moment(text: str) -> datetime:
    """Return a moment such as `2026-08-01T13:53:56.596Z`, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _count(row: Row, name: str) -> int | None:
    """Return a count; None if the server does not tell."""
    return None if row.get(name) is None else int(row[name])


def _shares(row: Row) -> int | None:
    boosts = _count(row, "reblogs_count")
    return None if boosts is None else boosts + (_count(row, "quotes_count") or 0)
