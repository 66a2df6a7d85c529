"""How does a spider of ours ask, and when does it stop reading an answer?"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from scrapy import Request, Spider, signals
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response

from connectors.addresses import same_site
from connectors.crawling.budget import Budget
from connectors.crawling.extraction import is_page
from connectors.crawling.fetching import ACCEPT, Fetched, leave, media_type
from connectors.crawling.files import fetch
from connectors.crawling.job import Job
from connectors.crawling.outbox import Outbox
from connectors.crawling.robots import LARGEST, RobotsBook

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

SITE = "site"
"""The slot, in Scrapy's sense, whose pace is the site's own."""
PATIENCE = 4.0
"""How many times as long as a page a file may take: sitemaps have up to 50 MB."""

Want = Literal["page", "status", "file"]
"""How much of an answer is read: all of HTML, nothing, everything."""


class AskingSpider(Spider):
    """A spider that asks for one thing at a time, knows robots.txt, and ends when nothing waits."""

    name = "asking"

    def __init__(self, job: Job, outbox: Outbox) -> None:
        super().__init__()
        self.job, self.bounds, self.outbox = job, job.bounds, outbox
        self.budget = Budget(job.bounds)
        self.robots = RobotsBook(self._robots_txt, outbox.tell)
        self.files_read = False  # what comes before the queue went well
        self.closed_for = "it was not closed"

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *given: Any, **named: Any) -> Self:
        """Make the spider as Scrapy does, and listen to its downloads."""
        spider = super().from_crawler(crawler, *given, **named)
        crawler.signals.connect(spider.headers_received, signals.headers_received)
        crawler.signals.connect(spider.bytes_received, signals.bytes_received)
        return spider

    @property
    def came_to_its_end(self) -> bool:
        """Whether nothing was left to ask, not even because of an error of ours."""
        return self.files_read and self.closed_for == "finished"

    def closed(self, reason: str) -> None:
        """Hear from Scrapy why it is over."""
        self.closed_for = reason

    def has_next(self) -> bool:
        """Tell whether anything waits to be asked."""
        return False

    def next_request(self) -> Request | None:
        """Return what to ask now."""
        return None

    def request(
        self,
        url: str,
        want: Want,
        callback: Callable[[Response], None] | None = None,
        errback: Callable[[Any], None] | None = None,
        **meta: Any,
    ) -> Request:
        """Write a request, bounded by what is wanted. `meta` may say `method` and `most`."""
        patience = PATIENCE if want == "file" else 1.0
        method = meta.pop("method", "GET")
        given = {
            "want": want,
            "obeys": True,
            "received": 0,
            "download_timeout": self.bounds.page_seconds * patience,
            "download_maxsize": meta.pop("most", self.bounds.max_page_bytes),
            **meta,
        }
        if same_site(url, self.job.start):
            given.setdefault("download_slot", SITE)
        headers = {
            "User-Agent": self.job.user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate, br",
        }
        return Request(
            url, callback, method, headers, meta=given, errback=errback, dont_filter=True
        )

    async def ask_file(self, url: str, most: int, obeys: bool) -> Response:
        """Ask for a file outside of the queue."""
        request = self.request(url, "file", most=most, obeys=obeys)
        return await self._downloaded(request)

    def headers_received(self, headers: Headers, body_length: int, request: Request) -> None:
        """Leave a body that nobody wants."""
        meta = request.meta
        if meta["want"] == "status":
            raise StopDownload(fail=False)
        if isinstance(body_length, int) and body_length > meta["download_maxsize"]:
            leave(request)
            raise StopDownload(fail=False)
        kind = media_type(headers)
        if meta["want"] == "page" and kind and not is_page(kind, b""):
            raise StopDownload(fail=False)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count, and leave a body that is too big."""
        meta = request.meta
        self.budget.received += len(data)
        meta["received"] += len(data)
        if meta["received"] > meta["download_maxsize"]:
            leave(request)
            raise StopDownload(fail=False)

    async def _robots_txt(self, url: str) -> Fetched:
        return await fetch(self._ask_robots, url, LARGEST, obeys=False)

    async def _ask_robots(self, url: str, most: int, obeys: bool) -> Response:
        """Ask at once, whatever pace it will turn out to set; the beginning is enough."""
        return await self._downloaded(
            self.request(url, "file", most=2 * most, obeys=obeys, download_slot="robots.txt")
        )

    async def _downloaded(self, request: Request) -> Response:
        response = await cast(Any, self.crawler.engine).download_async(request)
        response.request = request
        return cast(Response, response)
