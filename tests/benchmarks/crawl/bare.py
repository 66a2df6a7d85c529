"""`python -m tests.benchmarks.crawl.bare URL CONCURRENCY`: what Scrapy's tutorial would do.

Follows all links of the site and takes title and links of every page; prints how many pages.
"""

import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(Spider):
    """As little as a crawl can be."""

    name = "bare"
    count = 0

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Take title and links, and follow them."""
        self.count += 1
        links = response.css("a::attr(href)").getall()
        yield {
            "url": response.url,
            "title": response.css("title::text").get(),
            "links": [response.urljoin(link) for link in links],
        }
        for link in links:
            yield response.follow(link, self.parse)


def main(url: str, concurrency: int) -> None:
    """Crawl a site."""
    settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, start_urls=[url], allowed_domains=[urlsplit(url).hostname])
    process.start()
    assert isinstance(crawler.spider, BareSpider)
    print(crawler.spider.count)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
