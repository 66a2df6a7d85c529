"""Mastodon: posts of one account on one server (API v1 and v2, server 4.2 and newer).

Texts are counted in what people see as one sign, an address as 23, a mention without its server;
how much fits is the server's own (`GET /api/v2/instance`). A post comes back as HTML and is turned
into the text that was sent. The network tells favourites, boosts, quotes and replies of a post as
they are now, and neither impressions nor clicks nor figures per day; counts of older posts still
change.

A server takes 300 calls in 5 minutes, 300 posts in 3 hours, 30 pictures and 30 deletions in half an
hour, and names in `X-RateLimit-Reset` when the next is taken. Errors are in the account's language:
only the status is read. Changes have no history. Source: the reference, section 6.1.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import requests

from config.models import Level
from config.networks import Network
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.changes import Change, Edit, Permit, Setting, Subject, Written
from connectors.channels.mastodon import conversation, watching
from connectors.channels.mastodon.calling import Calls
from connectors.channels.mastodon.drafts import Desk
from connectors.channels.mastodon.options import Options
from connectors.channels.mastodon.ours import WRITABLE, Ours
from connectors.channels.mastodon.pictures import Uploads
from connectors.channels.mastodon.statuses import published
from connectors.channels.mastodon.writing import Writer
from connectors.social import Comment, PublishedPost, Spoken
from connectors.throttle import LocalThrottle

__all__ = ["Connector", "Options"]

LISTED = timedelta(days=90)
"""How old a post may be to be an entity."""
LONGEST_NAME = 80


class Connector:
    """One account on a Mastodon server."""

    network: Network = "mastodon"
    restatement_days = 14
    writable = WRITABLE
    edit_history_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        throttle = throttle or LocalThrottle()
        self.account_id = options.account_id
        self._clock = clock
        self._calls = Calls(options, session, throttle, clock)
        self._ours = Ours(self._calls, options.account_id)
        self._desk = Desk(self._calls, options)
        uploads = Uploads(self._calls, options.content_folder, throttle)
        self._writer = Writer(self._calls, self._desk, self._ours, uploads, throttle)

    def account(self) -> Account:
        """Return the account; a network has no currency, and this one tells no time zone."""
        row = self._calls.me()
        name = str(row.get("display_name") or row["username"])
        return Account("mastodon", self.account_id, name, "XXX", "UTC")

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield the account, and pages of our posts of the last 90 days."""
        for level in levels:
            if level == "account":
                account = self.account()
                yield [Entity("account", account.account_id, account.name, account.status)]
            elif level == "post":
                for page in self.posts(self._clock() - LISTED):
                    yield [_entity(post) for post in page]
            else:
                raise RejectedError(f"mastodon has no level {level}; it has account, post")

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Raise `RejectedError`: what posts earned is told as of now, see `posts`."""
        raise RejectedError("mastodon has no figures per day; ask for posts, which have counts")

    def posts(self, since: datetime) -> Iterator[list[PublishedPost]]:
        """Yield pages of our posts from a moment on, newest first, with what they earned."""
        for rows in self._ours.posts(since):
            with self._calls.shape("/api/v1/accounts"):
                page = [published(row) for row in rows]
            yield page

    def followers(self) -> int | None:
        """Return how many follow the account now."""
        count = self._calls.me().get("followers_count")
        return count if isinstance(count, int) else None

    def comments(self, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
        """Yield comments under our posts, ours among them, then mentions of us elsewhere."""
        return conversation.comments(self._calls, post_ids, since)

    def spoken_of(self, term: str, first: date, last: date, zone: ZoneInfo) -> Spoken:
        """Count the posts of others with a word or hashtag, as far as this server knows them."""
        return watching.spoken_of(self._calls, term, first, last, zone)

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return which of these posts and replies are there now."""
        return self._ours.settings(subjects)

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Return per change why it would be refused, or ''. Reads the server's limits and how it
        spells who is mentioned; sends nothing."""
        return [self._desk.objection(change) for change in changes]

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Send the changes one after the other, each once."""
        if together and not self.writes_together([permit.change for permit in permits]):
            raise RejectedError("Mastodon cannot post several all or nothing; nothing was sent")
        return self._writer.write(permits)

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether it is at most one change."""
        return len(changes) <= 1

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield nothing: Mastodon tells no history of changes."""
        yield from ()


def _entity(post: PublishedPost) -> Entity:
    return Entity("post", post.post_id, post.text[:LONGEST_NAME], "enabled", url=post.url)
