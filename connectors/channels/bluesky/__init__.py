"""Bluesky over the AT protocol (atproto): posts, what they earned, and who answers.

A post is a record of `app.bsky.feed.post` in the account's own repository, which its server (PDS)
keeps and anybody may read. Counts, threads and followers come from the AppView, which collects from
all servers and may be some seconds behind; nobody counts impressions or clicks, and there are no
figures per day. There is no money: the account's currency is XXX, its time zone UTC.

A post has 300 graphemes and 3,000 bytes of text, and up to four pictures or one card. Writing costs
points (a new record 2 by `putRecord`, a deletion 1) of 5,000 an hour and 35,000 a day; an account
signs in at most 30 times in five minutes and 300 times a day; all else 3,000 calls in five minutes.
Source: @atproto/pds 0.5.35 and its lexicons. There is no history of changes.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import requests

from config.networks import Network
from config.words import Level
from connectors.base import Account, Entity, RejectedError, Status, Throttle, Window
from connectors.changes import Change, Edit, Permit, Setting, Subject, Written
from connectors.channels.bluesky import conversation, posts, settings, watching
from connectors.channels.bluesky.calling import Calls
from connectors.channels.bluesky.options import Options
from connectors.channels.bluesky.writing import Writer
from connectors.social import Comment, PublishedPost, Spoken

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Connector", "Options"]

LISTED = timedelta(days=90)
"""How far back posts count as entities."""
NAME_LENGTH = 80


class Connector:
    """One account on Bluesky."""

    network: Network = "bluesky"
    restatement_days = 14
    writable = settings.WRITABLE
    edit_history_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.account_id = options.account_id
        self._clock = clock
        self._calls = Calls(options, session, throttle)
        self._writer = Writer(self._calls, options.content_folder, clock)

    def account(self) -> Account:
        """Return the account; this signs in, so that a dead password shows."""
        method = "com.atproto.server.getSession"
        answer = self._calls.signed(method)
        with self._calls.shape(method):
            status: Status = "enabled" if answer.get("active", True) else "paused"
            return Account("bluesky", self.account_id, answer["handle"], "XXX", "UTC", status)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield the account and its posts of the last 90 days."""
        for level in levels:
            if level == "account":
                yield [Entity(level, self.account_id, self.account_id, "enabled")]
            elif level == "post":
                for page in self.posts(self._clock() - LISTED):
                    yield [_entity(post) for post in page]
            else:
                raise RejectedError(f"bluesky has no level {level}; it has account, post")

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator["pd.DataFrame"]:
        """Raise `RejectedError`: Bluesky counts since a post was made, not per day."""
        raise RejectedError("bluesky has no daily figures; ask for posts")

    def posts(self, since: datetime) -> Iterator[list[PublishedPost]]:
        """Yield pages of our own posts from a moment on, newest first, with what they earned."""
        return posts.posts(self._calls, since)

    def followers(self) -> int | None:
        """Return how many follow the account now."""
        method = "app.bsky.actor.getProfile"
        answer = self._calls.view(method, {"actor": self.account_id})
        with self._calls.shape(method):
            count = answer.get("followersCount")
            return None if count is None else int(count)

    def comments(self, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
        """Yield comments under these posts, then what was said to the account elsewhere."""
        return conversation.comments(self._calls, post_ids, since)

    def spoken_of(self, term: str, first: date, last: date, zone: ZoneInfo) -> Spoken:
        """Count the posts of others with a word or hashtag, as the network's search finds them."""
        return watching.spoken_of(self._calls, term, first, last, zone)

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return which posts and replies are there, by their text and moment."""
        return settings.read(self._calls, subjects)

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Return per change why Bluesky would refuse it, or ''. Nothing is sent."""
        return [self._writer.objection(change) for change in changes]

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Send the changes one after the other, each once."""
        if together and not self.writes_together([permit.change for permit in permits]):
            raise RejectedError("Bluesky cannot make posts all or nothing; nothing was sent")
        return self._writer.write(permits)

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether it is at most one change."""
        return len(changes) <= 1

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield nothing: there is no history of changes."""
        return iter(())


def _entity(post: PublishedPost) -> Entity:
    return Entity("post", post.post_id, post.text[:NAME_LENGTH], "enabled", url=post.url)
