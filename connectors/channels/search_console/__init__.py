"""Search Console: search analytics (`/webmasters/v3`), URL inspection (`/v1`), sitemaps.

There is no money: the account's currency is XXX. Days are Pacific, by Google's word UTC-8, and
reach back 16 months. Final figures are two to three days late; they are asked for with
`dataState: final`, and `covered` leaves out the days that Google itself calls incomplete, so that
they are unknown and never zero. A pull reads five past days again.

`position` counts from 1 and is a mean over impressions; wherever it is put together it is weighted
by them. Totals of the site are per property and include the queries that nobody is told of; figures
of queries lack those, figures of pages count a search that shows two pages twice. So levels do not
sum to each other, and are not meant to.

Of each question Google tells the top rows by clicks, about 50,000. So pages, queries and pairs are
asked for in spans of days that have clearly fewer together, and day by day where they have more: of
a small property's 16 months, a level takes some twenty questions instead of 485. See `spans`.

An inspection is of the indexed version of a page, not a live fetch. Limits: 1,200 questions a
minute, 2,000 inspections a day and 600 a minute per property, and load limits that are not told.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd
import requests

from config.models import Level
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.channels.search_console import questions
from connectors.channels.search_console.calling import Calls
from connectors.channels.search_console.errors import InspectionsUsedError
from connectors.channels.search_console.indexing import (
    is_part_of,
    stranger,
    to_inspection,
    to_sitemap,
)
from connectors.channels.search_console.lacking import Lacking
from connectors.channels.search_console.options import Options
from connectors.channels.search_console.rows import Addresses, described, to_frame
from connectors.channels.search_console.spans import Spans, after
from connectors.http import expected_shape
from connectors.sites import Inspection, Quality, SubmittedSitemap

__all__ = ["Connector", "Options"]

TIME_ZONE = "America/Los_Angeles"
NO_CURRENCY = "XXX"
UNVERIFIED = "siteunverifieduser"


class Connector:
    """One Search Console property."""

    restatement_days = 5
    reported: tuple[Level, ...] = questions.DEEP

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._options = options
        self.account_id = options.account_id
        self._calls = Calls(options, session, throttle)
        self._clock = clock
        self._addresses = Addresses()
        self._lacking = Lacking()
        self._spans = {level: Spans(options.rows_per_day) for level in questions.DEEP}

    def account(self) -> Account:
        """Return the property. Raises `RejectedError` if this login is not verified for it."""
        site = self._calls.site()
        with expected_shape(self._calls.url):
            permission = site["permissionLevel"].replace("_", "").lower()
        if permission == UNVERIFIED:
            raise RejectedError(
                f"Search Console {self.account_id}: this login is not verified for the property; "
                "let an owner add its user"
            )
        name = self.account_id
        return Account("search_console", name, name, NO_CURRENCY, TIME_ZONE)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield pages of entities, level after level.

        Nobody lists pages and queries: whatever figures come for is one, and `describe` tells it.
        """
        for level in levels:
            if level == "account":
                yield [Entity(level, self.account_id, self.account_id, "enabled")]
            elif level == "segment":
                parts = questions.segments(self._options)
                yield [Entity(level, part.entity_id, part.name, "enabled") for part in parts]
            else:
                _known(level)

    def describe(self, level: Level, entity_id: str) -> Entity:
        """Return a page, a query, or a pair of both, of which the id says all there is to know."""
        return described(level, entity_id)

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return the part of a window that Google keeps and calls final."""
        final = questions.final_days(window, self._today, self._first_incomplete)
        return [final] if final else []

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield clicks, impressions and the options' metrics; the other core metrics do not exist.

        A day is never in two frames: addresses of one page are put together in its frame.
        """
        if breakdown:
            raise RejectedError(f"search_console has no breakdown {breakdown!r}; leave it out")
        _known(level)
        if self.covered(level, window) != [window]:
            raise RejectedError(
                f"Search Console {self.account_id}: {window.start} to {window.end} is not final or "
                "older than 16 months; ask for the days that `covered` names"
            )
        read = self._deep if level in questions.DEEP else self._whole
        for frame in read(level, window):
            self._lacking.count(level, frame)
            yield frame

    def inspect(self, urls: Sequence[str]) -> Iterator[Inspection]:
        """Yield what the index has of each page, in order, until the day's quota is used up.

        A page outside of the property is `unknown` and costs nothing. What was left out is told by
        `quality`.
        """
        budget = self._options.inspections_per_day
        for place, url in enumerate(urls):
            if not is_part_of(url, self.account_id):
                yield stranger(url, self.account_id, self._clock())
                continue
            try:
                answer = self._calls.inspect(url) if budget > 0 else None
            except InspectionsUsedError:
                answer = None
            if answer is None:
                self._lacking.uninspected(len(urls) - place, len(urls))
                return
            budget -= 1
            with expected_shape(self._calls.url):
                found = to_inspection(url, answer, self._clock())
            yield found

    def sitemaps(self) -> list[SubmittedSitemap]:
        """Return the sitemaps that were handed in."""
        answer = self._calls.sitemaps()
        with expected_shape(self._calls.url):
            return [to_sitemap(row) for row in answer.get("sitemap", [])]

    def quality(self) -> Quality:
        """Return what the figures and inspections so far lack."""
        return self._lacking.quality()

    @cached_property
    def _today(self) -> date:
        return self._clock().astimezone(ZoneInfo(TIME_ZONE)).date()

    @cached_property
    def _first_incomplete(self) -> date | None:
        """Asked once: a run must not see the day that became final while it ran."""
        return self._calls.first_incomplete(questions.freshness(self._options, self._today))

    def _whole(self, level: Level, window: Window) -> Iterator[pd.DataFrame]:
        """Yield the figures of the site or of its segments, all days of the window at once."""
        parts = [(part.entity_id, part.filter) for part in questions.segments(self._options)]
        for entity_id, only in parts if level == "segment" else [(self.account_id, None)]:
            asked = questions.question(self._options, level, window, only=only)
            for rows in self._calls.rows(asked, window.days):
                with expected_shape(self._calls.url):
                    frame = to_frame(rows, level, self._options.metrics, self._addresses, entity_id)
                yield frame

    def _deep(self, level: Level, window: Window) -> Iterator[pd.DataFrame]:
        """Yield the figures of pages, queries or pairs, a span of days in each frame."""
        left: Window | None = window
        while left:
            span = self._spans[level].next(left)
            frame = self._span(level, span)
            if frame is None:
                continue  # too many rows: the next one is shorter, and begins with the same day
            if len(frame):
                yield frame
            left = after(span, window)

    def _span(self, level: Level, span: Window) -> pd.DataFrame | None:
        """Return all figures of some days; None if they have more rows than one answer holds."""
        spans = self._spans[level]
        most = spans.most(span)
        asked = questions.question(self._options, level, span)
        rows = [row for page in self._calls.rows(asked, most) for row in page]
        with expected_shape(self._calls.url):
            if not spans.accepts(span, rows):
                return None
            frame = to_frame(rows, level, self._options.metrics, self._addresses)
        for day in span.split(1):
            self._lacking.begin(level, day.start)
        if len(rows) == most:  # of a single day: a longer span would not have been accepted
            self._lacking.cut(level, most)
        return frame


def _known(level: Level) -> Level:
    if level not in questions.DIMENSIONS:
        known = ", ".join(questions.DIMENSIONS)
        raise RejectedError(f"search_console has no level {level}; it has {known}")
    return level
