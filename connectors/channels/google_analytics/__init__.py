"""Google Analytics 4 by the Data API (v1beta): sessions and what came of them, read only.

Days and money are the property's own (time zone and currency come with every report). Figures of a
day are there after 12 hours and settle within 48; attribution moves key events and revenue between
sources for up to 12 days, so a pull reads 14 past days again.

Landing pages are told with their query; campaign parameters are taken off, and what is then the
same address becomes one page. Analytics knows paths only: `site_url` says of which site. Users and
rates are not offered: they cannot be added up over days and pages.

Google may leave rows out for privacy, put the rest in a row "(other)", sample, cut, or hide metrics
from a role: all that is told by `quality`. A missing row is zero only where nothing of it is said.

Quotas of a standard property: 200,000 tokens a day, 40,000 an hour, 14,000 an hour of one Cloud
project, 10 calls at once, 10 server errors an hour (after three we stop).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import requests

from config.models import Level
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.channels.google_analytics import questions
from connectors.channels.google_analytics.calling import Calls, Page, Row
from connectors.channels.google_analytics.lacking import Lacking, hidden
from connectors.channels.google_analytics.options import Options
from connectors.channels.google_analytics.rows import (
    Ids,
    described,
    has_day,
    is_other,
    to_frame,
)
from connectors.http import expected_shape
from connectors.sites import Quality

__all__ = ["Connector", "Options"]


class Connector:
    """One Google Analytics property."""

    restatement_days = 14
    reported: tuple[Level, ...] = ("page", "campaign")

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
        self._clock = clock
        self._calls = Calls(options, session, throttle, clock)
        self._lacking = Lacking()

    def account(self) -> Account:
        """Return the property with its currency and time zone; its name is the site's address."""
        page = self._calls.one(questions.report((), ("sessions",), self._recently(1)))
        with expected_shape(self._calls.url):
            currency, zone = page.metadata["currencyCode"], page.metadata["timeZone"]
        name = self._options.site_url.partition("://")[2]
        return Account("google_analytics", self.account_id, name, currency, zone)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield the property.

        Nobody lists landing pages and campaigns: whatever has sessions is one, and `describe`
        tells it.
        """
        for level in map(_known, levels):
            if level == "account":
                name = self._options.site_url.partition("://")[2]
                yield [Entity(level, self.account_id, name, "enabled")]

    def describe(self, level: Level, entity_id: str) -> Entity:
        """Return a landing page or a campaign, of which the id says all there is to know."""
        return described(level, entity_id)

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator[pd.DataFrame]:
        """Yield the options' metrics; the core metrics of ad platforms do not exist here.

        `breakdown` is one or more of source, medium, channel_group, device: `source,medium` gives
        rows such as `source=google,medium=organic`. A day is never in two frames: addresses of one
        page are put together in its frame.
        """
        parts = questions.breakdowns(breakdown)
        if not self._options.metrics:
            raise RejectedError(
                f"google_analytics {self.account_id}: no metrics; name some with the source "
                "google_analytics in metrics.yaml"
            )
        self._lacking = Lacking()
        asked = [*questions.daily(self._options, _known(level), window, parts)]
        ids = self.account_id if level == "account" else Ids(self._options.site_url, level)
        waiting: list[Row] = []
        for _, page in self._calls.pages(asked):
            with expected_shape(self._calls.url):
                ready, waiting = self._whole_days([*waiting, *self._read(page)], page)
                frame = to_frame(ready, self._columns(page), parts, ids) if ready else None
            if frame is not None:
                yield frame

    def quality(self) -> Quality:
        """Return what the figures of the last pull lack, as far as it has been read."""
        return self._lacking.quality()

    def _recently(self, days: int) -> Window:
        """Return the last days that are over, or nearly so, wherever the property is."""
        end = self._clock().astimezone(UTC).date() - timedelta(days=1)
        return Window(end - timedelta(days=days - 1), end)

    def _read(self, page: Page) -> list[Row]:
        """Return the rows of a page that are about one day, and note what the page lacks."""
        self._lacking.note(page.metadata, {g: ours for ours, g in self._options.metrics.items()})
        if any(map(is_other, page.rows)):
            self._lacking.bucketed()
        return [row for row in page.rows if has_day(row)]

    def _whole_days(self, rows: list[Row], page: Page) -> tuple[list[Row], list[Row]]:
        """Part rows, which are in the order of days, into whole days and the beginning of one."""
        if page.is_last or not rows:
            return rows, []
        last = rows[-1]["dimensionValues"][0]
        begun = next(i for i, row in enumerate(rows) if row["dimensionValues"][0] == last)
        return rows[:begun], rows[begun:]

    def _columns(self, page: Page) -> dict[str, int | None]:
        secret = hidden(page.metadata)
        return {
            ours: None if name in secret else page.metrics.index(name)
            for ours, name in self._options.metrics.items()
        }


def _known(level: Level) -> Level:
    if level not in questions.DIMENSIONS:
        known = ", ".join(questions.DIMENSIONS)
        raise RejectedError(f"google_analytics has no level {level}; it has {known}")
    return level
