"""Who asks a site, and what is told of its answers?

First robots.txt and the sitemaps, then pages by breadth, at last the addresses of other sites that
the pages link to. Every address that was asked leaves exactly one record.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, cast

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from connectors.addresses import normal, same_site
from connectors.crawling.asking import SITE, AskingSpider
from connectors.crawling.extraction import is_page, read_page
from connectors.crawling.fetching import UnreadError, header
from connectors.crawling.files import SitemapReader
from connectors.crawling.frontier import LINKED, LISTED, ORPHANED, Frontier, Visit
from connectors.crawling.job import Job
from connectors.crawling.outbound import IMPATIENT, Outbound
from connectors.crawling.outbox import Outbox
from connectors.crawling.page_records import answered, silent
from connectors.crawling.redirects import Chain
from connectors.crawling.robots import LONGEST_DELAY, Rules
from connectors.sites import CrawledPage, CrawlEnd, CrawlOrder, LinkAnswer, SiteLink, Spared

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MAY_PASS = frozenset({429, 502, 503, 504})
SLOWEST = 60.0
"""Seconds between two questions that a site which finds us too fast can bring us to."""
STAGES = {"start": LINKED, "list": LISTED, "sitemap": ORPHANED, "link": ORPHANED}


class SiteSpider(AskingSpider):
    """Reads one site."""

    name = "site"

    def __init__(self, job: Job, outbox: Outbox) -> None:
        super().__init__(job, outbox)
        self._order = job.order or CrawlOrder("watch")
        self._frontier = Frontier(job, self._refused)
        self._outbound = Outbound(job)
        self._hops: deque[Request] = deque()
        self._answers: dict[str, tuple[int, str]] = {}  # status, and where it leads
        # Scrapy's slot starts all that it gets within one turn of its loop: we count ourselves.
        self._at_once = job.bounds.concurrency
        self._questions = 0  # to other sites, that are under way
        self._why = ""

    @classmethod
    def from_crawler(cls, crawler: "Crawler", *given: Any, **named: Any) -> Self:
        """Make the spider as Scrapy does, and hear of pages that it stumbled over."""
        spider = super().from_crawler(crawler, *given, **named)
        crawler.signals.connect(spider.stumbled, signals.spider_error)
        return spider

    @property
    def end(self) -> CrawlEnd:
        """How the crawl ended."""
        return CrawlEnd("stopped", self._why) if self._why else CrawlEnd("complete")

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the files; the pages then come from the frontier."""
        loop = asyncio.get_running_loop()
        self.outbox.on_room = lambda: loop.call_soon_threadsafe(self._go_on)
        rules = await self.robots.rules(self.job.start)
        if self._may_go_on(rules):
            self._keep_pace(rules)
            found = await self._read_sitemaps(rules)
            self._wait_for_given()
            for url in found if self.job.kind == "full" else ():
                self._frontier.add(url, None, "sitemap", (ORPHANED, 0))
        self.files_read = True
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    def has_next(self) -> bool:
        """Tell whether anything waits."""
        return bool(self._hops or self._frontier.rest or self._outbound)

    def next_request(self) -> Request | None:
        """Return what to ask now."""
        if self.outbox.full:
            return None
        if self._hops:
            return self._hops.popleft()
        self._mind_bounds()
        if self._frontier.flying < self._at_once and (visit := self._frontier.next()):
            return self.request(visit.url, "page", self.read, self.unread, visit=visit)
        if self._frontier.busy or self._questions >= self._at_once:
            return None
        if url := self._outbound.next():
            self._questions += 1
            return self._question(url, "HEAD")
        return None

    def _go_on(self) -> None:
        """Ask again, after the reader of our records has caught up."""
        if request := self.next_request():
            cast(Any, self.crawler.engine).crawl(request)

    # Answers

    def read(self, response: Response) -> None:
        """Tell a page, or follow where it leads."""
        meta, status = response.meta, response.status
        visit: Visit = meta["visit"]
        if status in MAY_PASS and not visit.again:
            self._try_again(visit, status)
            return
        record = answered(visit, response)
        location = header(response.headers, "Location")
        if 300 <= status < 400 and location:
            target = normal(location, visit.url)
            self._answers[visit.url] = (status, target)
            self._hop(visit, record, Chain(visit.url, status, [target]))
            return
        self._answers[visit.url] = (status, "")
        if status < 300 and not record.reason and is_page(record.content_type, response.body):
            record = replace(record, **read_page(response, visit.url))
            self._follow(visit, record)
        self._over(visit, record)

    def unread(self, failure: Failure) -> None:
        """Tell a page that gave no answer, at the second time."""
        meta = cast(Any, failure).request.meta
        visit: Visit = meta["visit"]
        if isinstance(failure.value, UnreadError) and failure.value.passing and not visit.again:
            self._frontier.again(visit)
            self._frontier.finished(visit)
            return
        self._over(visit, silent(visit, meta, _words(failure), _spared(failure)))

    def hopped(self, response: Response) -> None:
        """Go on along a chain of redirects."""
        meta = response.meta
        target = normal(header(response.headers, "Location"), response.url)
        leads = target if 300 <= response.status < 400 else ""
        chain: Chain = meta["chain"]
        self._answers[chain.hops[-1]] = (response.status, leads)
        self._walk(meta["visit"], meta["record"], chain)

    def lost(self, failure: Failure) -> None:
        """Tell a page whose redirects lead to where nothing answers."""
        meta = cast(Any, failure).request.meta
        reason = f"redirects to where nothing is read: {_words(failure)}"
        record = replace(meta["record"], spared=_spared(failure))
        self._ended(meta["visit"], record, meta["chain"], reason, answered=False)

    def stumbled(self, failure: Failure, response: Response) -> None:
        """Tell a page that our own reading of it failed at: one page costs no crawl."""
        meta = response.request.meta if response.request else {}
        if visit := meta.get("visit"):
            reason = f"could not be understood: {type(failure.value).__name__}"
            self._over(visit, replace(answered(visit, response), reason=reason))

    def replied(self, response: Response) -> None:
        """Tell what an outbound address answered."""
        if response.meta["method_used"] == "HEAD" and response.status in IMPATIENT:
            self._hops.append(self._question(response.meta["asked"], "GET"))
            return
        meta = response.meta
        self._questions -= 1
        self.outbox.tell(LinkAnswer(meta["asked"], meta["asked_at"], response.status))

    def unreplied(self, failure: Failure) -> None:
        """Tell that an outbound address gave no answer."""
        meta = cast(Any, failure).request.meta
        moment = meta.get("asked_at") or datetime.now(UTC)
        self._questions -= 1
        self.outbox.tell(LinkAnswer(meta["asked"], moment, None, _words(failure)))

    # Redirects

    def _hop(self, visit: Visit, record: CrawledPage, chain: Chain) -> None:
        """Ask for the last hop, unless it is known or a dead end."""
        if why := chain.dead_end():
            if chain.hops:
                self._outbound.add(chain.hops[-1])
            self._ended(visit, record, chain, why)
        elif chain.hops[-1] in self._answers:
            self._walk(visit, record, chain)
        else:
            given = {"visit": visit, "record": record, "chain": chain}
            self._hops.append(
                self.request(chain.hops[-1], "status", self.hopped, self.lost, **given)
            )

    def _walk(self, visit: Visit, record: CrawledPage, chain: Chain) -> None:
        chain.status, leads = self._answers[chain.hops[-1]]
        if leads:
            chain.hops.append(leads)
            self._hop(visit, record, chain)
            return
        self._frontier.lead(visit, chain.hops[-1])
        self._ended(visit, record, chain, "")

    def _ended(
        self, visit: Visit, record: CrawledPage, chain: Chain, why: str, *, answered: bool = True
    ) -> None:
        final = chain.status if answered else None
        told = replace(record, redirects=tuple(chain.hops), final_status=final, reason=why)
        self._over(visit, told)

    # The rest

    def _over(self, visit: Visit, record: CrawledPage) -> None:
        self.outbox.tell(record)
        self._frontier.finished(visit)

    def _refused(self, visit: Visit, why: str) -> None:
        self.outbox.tell(silent(visit, {}, why, "not asked"))

    def _follow(self, visit: Visit, record: CrawledPage) -> None:
        """Follow a page's links, but for those that it asks not to follow."""
        if {"nofollow", "none"} & set(record.robots):
            return
        links: list[SiteLink] = [link for link in record.links if not link.nofollow]
        self._frontier.follow(visit, [link.target for link in links])
        for link in record.links:
            self._outbound.add(link.target)

    def _question(self, url: str, method: str) -> Request:
        given = {"method": method, "method_used": method, "asked": url, "obeys": False}
        return self.request(url, "status", self.replied, self.unreplied, **given)

    def _try_again(self, visit: Visit, status: int) -> None:
        if status == 429:
            slot = cast(Any, self.crawler.engine).downloader.slots[SITE]
            slot.delay = min(SLOWEST, max(1.0, 2 * slot.delay))
        self._frontier.again(visit)
        self._frontier.finished(visit)

    def _may_go_on(self, rules: Rules) -> bool:
        if rules.closed:
            self._why = f"{rules.closed}: nothing may be asked until it does"
        elif rules.delay > LONGEST_DELAY:
            self._why = f"robots.txt wants {rules.delay:g} s between two pages"
        return not self._why

    def _keep_pace(self, rules: Rules) -> None:
        delay = max(self.bounds.delay, rules.delay)
        if delay > 1:
            self._at_once = 1
        pace = {"concurrency": self.bounds.concurrency, "delay": delay, "jitter": 0}
        cast(Any, self.crawler.engine).downloader.per_slot_settings[SITE] = pace

    def _wait_for_given(self) -> None:
        self._frontier.add(self.job.start, 0, "start", (LINKED, 0))
        for url in self._order.pages:
            self._frontier.add(url, None, "list", (LISTED, 0))
        for url, depth, found_by in self._order.waiting:
            if not same_site(url, self.job.start):
                self._outbound.add(url)
            elif depth is None:
                step = 1 if found_by == "link" else 0
                self._frontier.add(url, None, found_by, (STAGES[found_by], step))
            else:
                self._frontier.add(url, depth, found_by, (LINKED, depth))

    async def _read_sitemaps(self, rules: Rules) -> list[str]:
        usual = normal("/sitemap.xml", self.job.start)
        reader = SitemapReader(self.ask_file, self.outbox.tell)
        found: list[str] = []
        for url in rules.sitemaps:
            found += await reader.read(url, within=self.job.start)
        return found + await reader.read(usual, silent=bool(rules.sitemaps))

    def _mind_bounds(self) -> None:
        """Let no more wait than the bounds have room for."""
        left = self.budget.left()
        if left == "nothing" and (self._frontier.rest or self._outbound):
            self._frontier.drop(listed=True)
            self._outbound.drop()
            self._why = self._why or self.budget.reason
        elif left == "listed" and self._frontier.listed_wait and self._frontier.others_wait:
            self._frontier.drop(listed=False)
            self._why = self._why or self.budget.reason
        elif self._frontier.full:
            self._frontier.drop(listed=False)
            self._why = self._why or f"{self.bounds.max_pages:,} pages were asked"


def _spared(failure: Failure) -> Spared | None:
    """Return whether, and why, it was our own doing that a request failed."""
    return failure.value.spared if isinstance(failure.value, UnreadError) else None


def _words(failure: Failure) -> str:
    """Return why a request failed, for people."""
    if isinstance(failure.value, IgnoreRequest):
        return str(failure.value)
    return f"could not be read: {type(failure.value).__name__}"
