"""How are robots.txt, sitemaps and feeds asked for? One after the other, before the pages."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from connectors.addresses import normal, same_site
from connectors.crawling.fetching import Fetched, header, media_type
from connectors.crawling.sitemaps import LARGEST, Sitemap, read_sitemap
from connectors.sites import SiteFile, SitemapEntry

MOST_REDIRECTS = 5
"""What RFC 9309 asks of crawlers for robots.txt."""
MOST_SITEMAPS = 500
MOST_ENTRIES = 200_000
"""Of all sitemaps together."""
DEEPEST = 3
"""Indexes in indexes; the protocol allows none."""

Ask = Callable[[str, int, bool], Awaitable[Response]]
"""Asks an address: at most so many bytes; whether robots.txt is to be obeyed."""


async def fetch(ask: Ask, url: str, most: int, *, obeys: bool) -> Fetched:
    """Return the file at an address, redirects within its site followed. Failures are reasons."""
    here = url
    moment = datetime.now(UTC)
    for _ in range(MOST_REDIRECTS + 1):
        try:
            response = await ask(here, most, obeys)
        except IgnoreRequest as failure:
            return Fetched(url, here, moment, None, str(failure))
        status = response.status
        if not 300 <= status < 400 or not header(response.headers, "Location"):
            reason = response.meta.get("reason", "")
            kind = media_type(response.headers)
            return Fetched(url, here, moment, status, reason, response.body, kind)
        there = normal(header(response.headers, "Location"), here)
        if not there or not same_site(there, url):
            return Fetched(url, here, moment, status, f"leads to another site: {there[:200]}")
        here = there
    return Fetched(url, here, moment, status, f"more than {MOST_REDIRECTS} redirects")


class SitemapReader:
    """Reads sitemaps, their indexes and theirs, within bounds of files and entries."""

    def __init__(
        self, ask: Ask, tell: Callable[[SiteFile | SitemapEntry], None], *, obeys: bool = True
    ) -> None:
        self._ask, self._tell, self._obeys = ask, tell, obeys
        self._seen: set[str] = set()
        self._entries = 0

    async def read(self, url: str, *, silent: bool = False, within: str = "") -> list[str]:
        """Tell a sitemap, those it names and their entries; return the addresses of the entries.

        `silent`: tell nothing of it if it is not there. Indexes lead to files of their own site
        only, or of the site of `within`.
        """
        found: list[str] = []
        waiting = [(url, 1)]
        while waiting and len(self._seen) < MOST_SITEMAPS:
            here, depth = waiting.pop(0)
            if here in self._seen:
                continue
            self._seen.add(here)
            answer = await fetch(self._ask, here, LARGEST, obeys=self._obeys)
            if silent and here == url and answer.status != 200:
                return []
            sitemap = self._told(answer, depth)
            found += [entry.url for entry in sitemap.entries]
            ours = (u for u in sitemap.sitemaps if same_site(u, here) or same_site(u, within))
            waiting += [(further, depth + 1) for further in ours if depth < DEEPEST]
        return found

    def _told(self, answer: Fetched, depth: int) -> Sitemap:
        sitemap, reason = Sitemap(), answer.reason
        if answer.status == 200 and not reason:
            sitemap = read_sitemap(answer.asked, answer.body, MOST_ENTRIES - self._entries)
            reason = sitemap.reason
            if sitemap.sitemaps and depth >= DEEPEST:
                reason = f"its indexes are more than {DEEPEST - 1} deep"
        count = len(sitemap.entries) + len(sitemap.sitemaps)
        self._entries += len(sitemap.entries)
        digest = sha256(answer.body).hexdigest() if answer.status == 200 else ""
        file = SiteFile("sitemap", answer.asked, answer.asked_at, answer.status, reason)
        self._tell(replaced(file, digest, count))
        for entry in sitemap.entries:
            self._tell(entry)
        return sitemap


def replaced(file: SiteFile, digest: str, entries: int) -> SiteFile:
    """Return a sitemap's record with what its body says."""
    return SiteFile(
        file.kind, file.url, file.seen_at, file.status, file.reason, "", digest, entries
    )
