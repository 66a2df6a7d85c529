"""What do the public files of others name? Sitemaps and feeds, as their robots.txt allows."""

from collections.abc import AsyncIterator

from scrapy import Request

from connectors.crawling.asking import AskingSpider
from connectors.crawling.files import SitemapReader
from connectors.sites import CrawlEnd


class PublicationsSpider(AskingSpider):
    """Reads the files that its job lists, one after the other."""

    name = "publications"

    @property
    def end(self) -> CrawlEnd:
        """How the reading ended; what could not be read was told as a file with a reason."""
        return CrawlEnd("complete")

    async def start(self) -> AsyncIterator[Request]:
        """Read all files; nothing comes after them."""
        reader = SitemapReader(self.ask_file, self.outbox.tell)
        for url in self.job.publications:
            await reader.read(url)
        self.files_read = True
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request
