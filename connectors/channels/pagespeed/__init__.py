"""PageSpeed Insights v5: how fast pages are, measured now by Google's machines with Lighthouse.

Lab values vary from run to run, so each page is measured several times and the medians count; a run
takes 10 to 60 seconds, and no more than two are asked for at once. Times are milliseconds, scores
0 to 1, layout shift has no unit.

With them come values of visitors (source `field`, of the page, and `field_origin`, of the whole
site), the 75th percentile of all visits in 28 days. Google does not say here
which 28 days; `crux` does. Its layout shift is times 100, which is undone.

There is no account behind a key: currency is XXX, time zone UTC. Limits are not published; a 429
names the one that was reached.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import requests

from connectors.base import Account, Throttle
from connectors.channels.pagespeed import reading
from connectors.channels.pagespeed.calling import Calls
from connectors.channels.pagespeed.errors import UnmeasuredError
from connectors.channels.pagespeed.options import Options
from connectors.http import expected_shape
from connectors.sites import FormFactor, PageSpeed

__all__ = ["Connector", "Options"]

CONCURRENCY = 2
AT_ONCE = 8
"""Pages that are gone over in turns, so that Google has forgotten a run before the next one."""


class Connector:
    """The pages of one site, as Lighthouse sees them."""

    restatement_days = 0

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

    def account(self) -> Account:
        """Return the site; nothing is asked, for there is nothing to be known."""
        return Account("pagespeed", self.account_id, self.account_id, "XXX", "UTC")

    def speed(self, urls: Sequence[str], form_factor: FormFactor) -> Iterator[PageSpeed]:
        """Yield each page's lab record, in order, and the field record of those that have one.

        The record of the whole site comes once, after the first page that brought it. A page that
        could not be measured has a lab record with the reason, and no values.
        """
        told: set[str] = set()
        waiting = iter(urls)
        with ThreadPoolExecutor(CONCURRENCY) as threads:
            while pages := list(islice(waiting, AT_ONCE)):
                asked = pages * self._options.runs
                answers = [*threads.map(lambda url: self._measured(url, form_factor), asked)]
                for place, url in enumerate(pages):
                    with expected_shape(self._calls.url):
                        found = self._read(url, form_factor, answers[place :: len(pages)])
                    yield from (it for it in found if it.source != "field_origin")
                    sites = [it for it in found if it.source == "field_origin"]
                    yield from (it for it in sites if it.url not in told)
                    told |= {it.url for it in sites}

    def _measured(self, url: str, form_factor: FormFactor) -> Any:
        """Return an answer, or the reason why there is none."""
        try:
            return self._calls.measure(url, form_factor)
        except UnmeasuredError as error:
            return str(error)

    def _read(self, url: str, form_factor: FormFactor, answers: Sequence[Any]) -> list[PageSpeed]:
        whole = [answer for answer in answers if not isinstance(answer, str)]
        if not whole:
            now = self._clock()
            return [PageSpeed(url, "lab", form_factor, now, runs=0, reason=answers[-1])]
        last = whole[-1]
        found = (
            reading.lab(url, form_factor, whole, self._clock()),
            reading.field(url, form_factor, last),
            reading.field_of_site(form_factor, last),
        )
        return [it for it in found if it is not None]
