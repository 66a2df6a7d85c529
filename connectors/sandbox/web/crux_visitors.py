"""What did visitors measure of a page or a whole site? PageSpeed Insights and CrUX both tell it.

A page needs 500 visitors in 28 days to be told of, a site as many on all of its pages; its values
are their means, weighted by visitors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from connectors.addresses import path_of
from connectors.sandbox.web.shapes import Speeds, Web

ENOUGH = 500
PERIOD_DAYS = 28
PERIOD_ENDS = 2
"""Days ago that the newest period ends."""


class Visitors:
    """The visitors of all sites."""

    def __init__(self, webs: Mapping[str, Web]) -> None:
        self._webs = webs
        self._of_site = lru_cache(maxsize=64)(self._mean)

    def web(self, url: str) -> Web | None:
        """Return the site that an address is of, by its host."""
        host = urlsplit(url).netloc
        return next((web for web in self._webs.values() if web.host == host), None)

    def of_page(self, url: str, form_factor: str) -> Speeds | None:
        """Return what visitors of a page measured; None if they were too few."""
        web = self.web(url)
        found = web.speeds(path_of(url), form_factor) if web else None
        return found if found and found.visitors >= ENOUGH else None

    def of_site(self, url: str, form_factor: str) -> Speeds | None:
        """Return what visitors of an address's whole site measured; None if they were too few."""
        host, web = urlsplit(url).netloc, self.web(url)
        return self._of_site(host, form_factor, web.today) if web else None

    def _mean(self, host: str, form_factor: str, today: date) -> Speeds | None:
        web = next(web for web in self._webs.values() if web.host == host)
        known = [s for path in web.pages if (s := web.speeds(path, form_factor))]
        return mean(known)


def mean(known: Sequence[Speeds]) -> Speeds | None:
    """Return the mean of pages by their visitors; None if these were too few."""
    visitors = sum(speeds.visitors for speeds in known)
    if visitors < ENOUGH:
        return None
    values = {
        field.name: sum(getattr(s, field.name) * s.visitors for s in known) / visitors
        for field in fields(Speeds)
        if field.name != "visitors"
    }
    return replace(known[0], **values, visitors=visitors)


def period(today: date, weeks_ago: int = 0) -> tuple[date, date]:
    """Return the first and last day of a period of 28 days."""
    end = today - timedelta(days=PERIOD_ENDS + 7 * weeks_ago)
    return end - timedelta(days=PERIOD_DAYS - 1), end


def shares(p75: float, good: float, poor: float) -> tuple[float, float, float]:
    """Return which parts of visits were good, middling and poor, as fits their 75th percentile."""
    if p75 <= good:
        first = 0.75 + 0.2 * (1 - p75 / good)
        return _rounded(first, 0.6 * (1 - first))
    if p75 <= poor:
        first = 0.75 * (1 - (p75 - good) / (poor - good) * 0.9)
        return _rounded(first, 0.8 - first)
    return _rounded(0.2, 0.5)


def _rounded(first: float, second: float) -> tuple[float, float, float]:
    a, b = round(first, 4), round(second, 4)
    return a, b, round(1 - a - b, 4)
