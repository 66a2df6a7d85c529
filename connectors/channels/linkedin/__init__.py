"""LinkedIn, for an organisation's page: REST API (`/rest`) of a monthly version, 202607 unless set.

Posts, comments, and organic statistics, as an administrator of the page. There is no money: the
account's currency is XXX. Days are UTC; those of statistics are told one to two days late and move
for two to three more, so a pull reads seven past days again and leaves out the days that LinkedIn
does not tell of yet. It keeps twelve months of them. Of single posts only totals are known.

A post's text is "little text" (see `little_text.py`), comments are plain. LinkedIn schedules
nothing, has no change history, and no idempotency key: a text that is there already is refused with
422, and for a while also one that was deleted. Names of those who comment are not told.

Limits are per day, app, member and kind of call, end at midnight UTC, and nobody is told their
numbers: after a 429 calls wait one, five and fifteen minutes, then until midnight.
Source: LinkedIn's Community Management documentation of 2026; what is unverified says so.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import pandas as pd
import requests

from config.models import Level
from config.networks import Network
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.changes import Change, Edit, Permit, Setting, Subject, Written
from connectors.channels.linkedin import comments, settings, statistics
from connectors.channels.linkedin.calling import Calls
from connectors.channels.linkedin.errors import NotFoundError
from connectors.channels.linkedin.images import Uploads
from connectors.channels.linkedin.options import Options
from connectors.channels.linkedin.posts import OwnPost, address_of, own_posts
from connectors.channels.linkedin.restli import query
from connectors.channels.linkedin.writing import Writer
from connectors.social import Comment, PublishedPost

__all__ = ["Connector", "Options"]

LEVELS: tuple[Level, ...] = ("account",)
"""Levels with figures day by day; of posts there are totals only."""
ENTITY_DAYS = 90
TITLE = 80
"""Signs of a post's text that name it."""
PAGE = 100


class Connector:
    """One organisation's page."""

    network: Network = "linkedin"
    restatement_days = 7
    writable = settings.WRITABLE
    edit_history_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account_id = options.account_id
        self._metrics = options.metrics
        self._clock = clock
        self._calls = Calls(options, session, throttle, clock)
        uploads = Uploads(self._calls, options.content_folder, sleep)
        self._writer = Writer(self._calls, options.account_id, options.content_folder, uploads)

    def account(self) -> Account:
        """Return the page and its name. (`localizedName` is what callers report: unverified.)"""
        path = f"organizations/{self.account_id}"
        found = self._calls.get(path)
        with self._calls.shape(path):
            return Account("linkedin", self.account_id, found["localizedName"], "XXX", "UTC")

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities, level after level: the page, its posts of the last 90 days."""
        for level in levels:
            if level == "account":
                yield [Entity(level, self.account_id, self.account().name, "enabled")]
            elif level == "post":
                posts = own_posts(self._calls, self._clock() - timedelta(days=ENTITY_DAYS))
                yield [_entity(post) for post in posts]
            else:
                raise RejectedError(f"linkedin has no level {level}; it has account, post")

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return the part of a window that LinkedIn keeps and tells of already."""
        first = self._today - timedelta(days=statistics.HISTORY_DAYS)
        start, end = max(window.start, first), min(window.end, self._last_day)
        return [Window(start, end)] if start <= end else []

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield the page's impressions, clicks and the options' metrics, day by day."""
        if breakdown:
            raise RejectedError(f"linkedin has no breakdown {breakdown!r}; leave it out")
        if level not in LEVELS:
            raise RejectedError(f"linkedin has no figures of level {level}; it has account")
        if self.covered(level, window) != [window]:
            raise RejectedError(
                f"LinkedIn {self.account_id}: {window.start} to {window.end} is not told of yet or "
                "older than twelve months; ask for the days that `covered` names"
            )
        yield statistics.daily(self._calls, window, self._metrics, self.account_id)

    def posts(self, since: datetime) -> Iterator[list[PublishedPost]]:
        """Yield pages of the page's posts from a moment on, newest first, with what they earned.

        LinkedIn does not tell of what language a post is.
        """
        found = own_posts(self._calls, since)
        for start in range(0, len(found), PAGE):
            page = found[start : start + PAGE]
            published = {post.urn: post.published_at for post in page}
            earned = statistics.engagements(self._calls, published, self._clock())
            yield [
                PublishedPost(
                    post.urn,
                    post.published_at,
                    post.text,
                    address_of(post.urn),
                    earned[post.urn],
                )
                for post in page
            ]

    def followers(self) -> int | None:
        """Return how many follow the page now."""
        path = f"networkSizes/{self._calls.of_author()}"
        answer = self._calls.get(path, query(edgeType="COMPANY_FOLLOWED_BY_MEMBER"))
        with self._calls.shape(path):
            return int(answer["firstDegreeSize"])

    def comments(self, post_ids: Sequence[str], since: datetime) -> Iterator[list[Comment]]:
        """Yield what is said under posts from a moment on; a post that is gone has nothing.

        LinkedIn tells of no mentions elsewhere.
        """
        for post in post_ids:
            seen: set[str] = set()  # a page shifts when somebody writes while it is read
            with suppress(NotFoundError):
                for page in comments.said_under(self._calls, post):
                    late = {one.comment_id: one for one in page if one.at >= since}
                    if new := [one for urn, one in late.items() if urn not in seen]:
                        yield new
                    seen |= set(late)

    def settings(self, subjects: Sequence[Subject]) -> dict[Subject, Setting]:
        """Return whether posts and replies are there now; see `settings.py`."""
        settings.refuse_unwritable(subjects, self.account_id)
        return settings.read(self._calls, subjects)

    def check(self, changes: Sequence[Change]) -> list[str]:
        """Return per change why LinkedIn would refuse it, '' if it would not. Nothing is asked:
        LinkedIn cannot validate without publishing."""
        return [self._writer.objection(change) for change in changes]

    def write(self, permits: Sequence[Permit], *, together: bool = False) -> list[Written]:
        """Publish, answer or delete, each once; see `writing.py`."""
        if together and not self.writes_together([permit.change for permit in permits]):
            raise RejectedError("linkedin takes one change at a time, never all or nothing")
        return self._writer.write(permits)

    def writes_together(self, changes: Sequence[Change]) -> bool:
        """Tell whether LinkedIn can take these all or nothing: one at most."""
        return len(changes) <= 1

    def edits(self, since: datetime, until: datetime) -> Iterator[list[Edit]]:
        """Yield nothing: LinkedIn has no change history."""
        yield from ()

    @cached_property
    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    @cached_property
    def _last_day(self) -> date:
        """Asked once: a run must not see the day that was told of while it ran."""
        return statistics.last_day(self._calls, self._today)


def _entity(post: OwnPost) -> Entity:
    name = " ".join(post.text.split())[:TITLE].rstrip()
    return Entity("post", post.urn, name, "enabled", url=address_of(post.urn))
