"""How does Scrapy get the frontier's visits? As a scheduler that asks the spider for the next one.

Scrapy's own scheduler keeps a request, fingerprint and queue entry for every link of every page;
ours makes a request when its turn has come.
"""

from collections import deque
from typing import TYPE_CHECKING, Protocol, Self, cast

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Asking(Protocol):
    """A spider that knows itself what comes next."""

    def has_next(self) -> bool:
        """Tell whether anything waits to be asked, now or later."""
        ...

    def next_request(self) -> Request | None:
        """Return what to ask now; None if nothing may be asked now."""
        ...


class AskingScheduler(BaseScheduler):
    """Hands out what the engine was given directly, else what the spider says."""

    def __init__(self, crawler: "Crawler") -> None:
        self._spider = cast(Asking, crawler.spider)
        self._given: deque[Request] = deque()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make the scheduler as Scrapy does."""
        return cls(crawler)

    def has_pending_requests(self) -> bool:
        """Tell whether the crawl is not over."""
        return bool(self._given) or self._spider.has_next()

    def enqueue_request(self, request: Request) -> bool:
        """Take what `engine.crawl` was given."""
        self._given.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return what to ask now."""
        return self._given.popleft() if self._given else self._spider.next_request()
