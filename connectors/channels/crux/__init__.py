"""Chrome UX Report (CrUX) API v1: how fast pages were for those who visited them with Chrome.

Values are the 75th percentile of all visits of 28 days (three of four visits were faster), which
end about two days ago; each record says which days. Times are milliseconds, layout shift has no
unit. They are renewed daily and never restated. Of pages with few visitors nothing is told, only of
their whole site (`field_origin`). The history has a period for every week, each of 28 days.

There is no account behind a key: currency is XXX, time zone UTC. One Cloud project may call 150
times a minute, both methods together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from connectors.addresses import site_of
from connectors.base import Account, Throttle
from connectors.channels.crux import reading
from connectors.channels.crux.calling import Calls
from connectors.channels.crux.errors import TooFewError
from connectors.channels.crux.options import Options
from connectors.http import expected_shape
from connectors.sites import FormFactor, PageSpeed

__all__ = ["Connector", "Options"]

MOST_PERIODS = 40


class Connector:
    """The pages of one site, as their visitors saw them."""

    restatement_days = 0

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
        self._calls = Calls(options, session, throttle, clock)

    def account(self) -> Account:
        """Return the site; nothing is asked, for there is nothing to be known."""
        return Account("crux", self.account_id, self.account_id, "XXX", "UTC")

    def speed(self, urls: Sequence[str], form_factor: FormFactor) -> Iterator[PageSpeed]:
        """Yield a field record of each page, in order, then one of each site that they are of."""
        for url in urls:
            yield self._record(url, "field", {"url": url}, form_factor)
        for site in dict.fromkeys(map(site_of, urls)):
            yield self._record(f"{site}/", "field_origin", {"origin": site}, form_factor)

    def history(
        self, urls: Sequence[str], form_factor: FormFactor, periods: int = MOST_PERIODS
    ) -> Iterator[PageSpeed]:
        """Yield records of each page's last weekly periods, oldest first; 40 periods at most.

        A page with too few visitors has none. Periods overlap: each is 28 days, a week later.
        """
        if not 1 <= periods <= MOST_PERIODS:
            raise ValueError(f"from 1 to {MOST_PERIODS} periods, not {periods}")
        for url in urls:
            body = reading.question({"url": url}, form_factor)
            answer = self._ask("queryHistoryRecord", {**body, "collectionPeriodCount": periods})
            if answer is not None:
                with expected_shape(self._calls.url):
                    found = reading.history(url, "field", form_factor, answer)
                yield from found

    def _record(
        self, url: str, source: reading.Source, key: Mapping[str, str], form_factor: FormFactor
    ) -> PageSpeed:
        answer = self._ask("queryRecord", reading.question(key, form_factor))
        if answer is None:
            return reading.unknown(url, source, form_factor, self._clock())
        with expected_shape(self._calls.url):
            return reading.record(url, source, form_factor, answer, self._clock())

    def _ask(self, method: str, body: Mapping[str, Any]) -> Any:
        """Return an answer; None if too few people came."""
        try:
            return self._calls.ask(method, body)
        except TooFewError:
            return None
