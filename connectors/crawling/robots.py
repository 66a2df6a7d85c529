"""May we ask for this address? What a site's robots.txt says (RFC 9309), as Protego reads it.

An answer in the 4xx means that there are no rules; no answer, 5xx and 429 mean that nothing may be
asked for now. The rules of an origin (scheme, host, port) hold for that origin only.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from protego import Protego
from scrapy import Request

from connectors.addresses import normal, site_of
from connectors.crawling.fetching import Fetched, UnreadError
from connectors.crawling.job import AGENT
from connectors.sites import SiteFile

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LARGEST = 500 * 1024
"""Bytes that a crawler must read at least; what stands behind them is not read."""
LONGEST_DELAY = 120.0
"""Seconds of a Crawl-delay that we are ready to keep."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin allows. `closed` says why nothing may be asked; '' if something may."""

    origin: str
    closed: str = ""
    parsed: Protego | None = None

    def allow(self, url: str) -> bool:
        """Tell whether an address may be asked for."""
        return not self.closed and (self.parsed is None or self.parsed.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Seconds that shall pass between two questions."""
        return float((self.parsed and self.parsed.crawl_delay(AGENT)) or 0)

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that are named, in normal form."""
        named = self.parsed.sitemaps if self.parsed else ()
        found = (normal(address, self.origin + "/") for address in named)
        return list(dict.fromkeys(address for address in found if address))


def rules_of(origin: str, answer: Fetched) -> Rules:
    """Read the answer to a question for robots.txt."""
    status = answer.status
    if status is None:
        return Rules(origin, f"robots.txt cannot be read: {answer.reason}")
    if status >= 500 or status == 429:
        return Rules(origin, f"robots.txt answers {status}")
    if status >= 300 or answer.reason:
        return Rules(origin)
    return Rules(origin, parsed=Protego.parse(text_of(answer)))


def text_of(answer: Fetched) -> str:
    """Return robots.txt as text, as much of it as counts."""
    return answer.body[:LARGEST].decode("utf-8-sig", "replace").replace("\x00", "")


def file_of(answer: Fetched) -> SiteFile:
    """Return the record of a robots.txt."""
    text = text_of(answer) if answer.status == 200 else ""
    digest = sha256(answer.body).hexdigest() if answer.status == 200 else ""
    return SiteFile(
        "robots", answer.asked, answer.asked_at, answer.status, answer.reason, text, digest
    )


class RobotsBook:
    """The rules of every origin that came up, each asked for once."""

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Fetched]],
        tell: Callable[[SiteFile], None],
    ) -> None:
        self._fetch = fetch
        self._tell = tell
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    async def rules(self, url: str) -> Rules:
        """Return the rules that hold for an address."""
        origin = site_of(url)
        if (asked := self._rules.get(origin)) is not None:
            return await asked
        future: asyncio.Future[Rules] = asyncio.get_running_loop().create_future()
        self._rules[origin] = future
        answer = await self._fetch(f"{origin}/robots.txt")
        self._tell(file_of(answer))
        future.set_result(rules_of(origin, answer))
        return future.result()


class RobotsGate:
    """Scrapy's way of asking before every request; those of files and outbound links pass."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make the gate as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise `UnreadError` saying what forbids it."""
        if not request.meta.get("obeys"):
            return
        book: RobotsBook = self._crawler.spider.robots  # type: ignore[union-attr]
        rules = await book.rules(request.url)
        if rules.closed:
            raise UnreadError(f"robots.txt forbids it: {rules.closed}", spared="forbidden")
        if not rules.allow(request.url):
            raise UnreadError("robots.txt forbids it", spared="forbidden")
