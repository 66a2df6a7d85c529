"""The brand's own website, read as any polite visitor could read it.

No platform and no credential: pages over HTTP, as `connectors/crawling/` asks for them. robots.txt
is obeyed (RFC 9309: 4xx means no rules, 5xx means that nothing may be asked), its Crawl-delay too;
we say who we are in User-Agent. Links that say nofollow, and those of pages that say it, are kept
but not followed. A page's depth counts clicks from the start address.

A redirect is a fact of the address that answers with it; where it ends is read as a page of its
own if it is on the site. Nothing of other sites is read but the status of what is linked to, and
of competitors their public sitemaps and feeds. No connection goes to a private address unless
its host and port are those of the site, or of a file that the options name.

Pages are not rendered: what only JavaScript brings is not seen. A site has no currency (XXX) and
nothing of it is restated.
"""

from collections.abc import Iterator

import requests

from connectors.addresses import normal
from connectors.base import Account, RejectedError, Throttle, TransientError
from connectors.channels.website.options import Options
from connectors.crawling.certificates import read_certificate
from connectors.crawling.running import run
from connectors.sites import CrawlEnd, CrawlNews, CrawlOrder, SiteFile, SitemapEntry

__all__ = ["Connector", "Options"]


class Connector:
    """One website."""

    restatement_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        """Neither session nor throttle is used: the site's own pace holds within a crawl."""
        self._options = options
        self.account_id = options.account_id

    def account(self) -> Account:
        """Return the site as the brand file describes it."""
        options = self._options
        name = options.name or self.account_id
        return Account("website", self.account_id, name, "XXX", options.time_zone)

    def crawl(self, order: CrawlOrder) -> Iterator[CrawlNews]:
        """Read the site politely and yield what is found as it is found, `CrawlEnd` last.

        Raises:
            TransientError: the crawling process died; what was yielded stands.
        """
        for news in run(self._options.crawl_job(_in_normal_form(order))):
            if isinstance(news, CrawlEnd) and (found := read_certificate(self.account_id)):
                yield found
            yield news

    def publications(self) -> Iterator[SitemapEntry]:
        """Yield what competitors' sitemaps and feeds name now.

        Raises:
            TransientError: after all entries, naming the files that could not be read now.
            RejectedError: the same, if waiting helps none of them.
        """
        if not self._options.competitors:
            return
        unread: list[SiteFile] = []
        for news in run(self._options.publications_job()):
            if isinstance(news, SitemapEntry):
                yield news
            elif isinstance(news, SiteFile) and news.kind == "sitemap" and _failed(news):
                unread.append(news)
        if unread:
            raise _unread(unread)


def _in_normal_form(order: CrawlOrder) -> CrawlOrder:
    pages = tuple(filter(None, map(normal, order.pages)))
    return CrawlOrder(order.kind, pages, order.done, order.waiting)


def _failed(file: SiteFile) -> bool:
    return bool(file.reason) or file.status != 200


def _unread(files: list[SiteFile]) -> TransientError | RejectedError:
    said = "; ".join(f"{file.url}: {file.reason or f'answers {file.status}'}" for file in files)
    if any(file.status is None or file.status == 429 or file.status >= 500 for file in files):
        return TransientError(f"competitors' files could not be read: {said}")
    return RejectedError(
        f"competitors' files cannot be read: {said}; mend `competitors` in the brand file"
    )
