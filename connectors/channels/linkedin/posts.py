"""Which posts has the page published, and what do readers see of them?

They come in the order of their last change, newest first: a post that was edited stands above newer
ones, so reading ends with the first post that was last changed before the moment asked about.
The address under which people read a post is made from its URN, as LinkedIn names none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.channels.linkedin.calling import Calls, Row
from connectors.channels.linkedin.plain_text import plain_text
from connectors.channels.linkedin.restli import moment, query
from connectors.social import text_digest

PATH = "posts"
PUBLISHED = "PUBLISHED"


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A published post of the page."""

    urn: str
    published_at: datetime
    text: str

    @property
    def digest(self) -> str:
        """By what its text is known."""
        return text_digest(self.text)


def own_posts(calls: Calls, since: datetime) -> list[OwnPost]:
    """Return the page's posts that were published from a moment on, newest first, each once."""
    found = {post.urn: post for page in _pages(calls, since) for post in page}
    ours = (post for post in found.values() if post.published_at >= since)
    return sorted(ours, key=lambda post: (post.published_at, post.urn), reverse=True)


def address_of(urn: str) -> str:
    """Return where people read a post."""
    return f"https://www.linkedin.com/feed/update/{urn}"


def _pages(calls: Calls, since: datetime) -> Iterator[list[OwnPost]]:
    asked = query(author=calls.of_author(), q="author", sortBy="LAST_MODIFIED")
    for rows in calls.listed(PATH, asked):
        with calls.shape(PATH):
            published = [_post(row) for row in rows if row.get("lifecycleState") == PUBLISHED]
            oldest = min(moment(_changed(row)) for row in rows)
        yield published
        if oldest < since:
            return


def _post(row: Row) -> OwnPost:
    at = row.get("publishedAt") or row["createdAt"]
    return OwnPost(str(row["id"]), moment(at), plain_text(row.get("commentary") or ""))


def _changed(row: Row) -> int:
    """Return when a post was changed last, in milliseconds: never before it was published."""
    times = (row.get(name) for name in ("lastModifiedAt", "publishedAt", "createdAt"))
    return max(int(time) for time in times if time is not None)
