"""`python -m connectors.crawling`: the crawling process. Job in, records out, a line each."""

import os
import sys
from threading import Thread

from scrapy.crawler import AsyncCrawlerProcess

from connectors.crawling.job import Job, unpacked
from connectors.crawling.outbox import GONE, Outbox
from connectors.crawling.places import GuardedResolver, Places
from connectors.crawling.publications import PublicationsSpider
from connectors.crawling.spider import SiteSpider

OURS = "connectors.crawling"


def main() -> None:
    """Read the job, crawl, tell how it ended."""
    job = unpacked(sys.stdin.buffer.readline())
    Thread(target=_end_with_parent, daemon=True).start()
    GuardedResolver.places = Places(job.start, *job.publications, *job.named)
    outbox = Outbox()
    process = AsyncCrawlerProcess(settings(job))
    kind: type[SiteSpider | PublicationsSpider] = SiteSpider if job.order else PublicationsSpider
    crawler = process.create_crawler(kind)
    crawling = process.crawl(crawler, job, outbox)
    process.start()
    crawling.result()  # raises what kept the crawl from starting
    spider = crawler.spider
    if not isinstance(spider, kind) or not spider.came_to_its_end:
        sys.exit(f"the crawl did not come to its end: {getattr(spider, 'closed_for', 'no spider')}")
    outbox.tell(spider.end)
    outbox.close()


def settings(job: Job) -> dict[str, object]:
    """Return Scrapy's settings: of its middlewares and extensions only what we asked for."""
    return {
        "USER_AGENT": job.user_agent,
        "TWISTED_DNS_RESOLVER": f"{OURS}.places.GuardedResolver",
        "SCHEDULER": f"{OURS}.scheduler.AskingScheduler",
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {
            "http": f"{OURS}.fetching.Handler",
            "https": f"{OURS}.fetching.Handler",
        },
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            f"{OURS}.robots.RobotsGate": 100,
            f"{OURS}.fetching.Unpacking": 590,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},  # no telnet console, no remote control
        "CONCURRENT_REQUESTS": 4 * job.bounds.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,  # of other sites; the site has its own pace
        "DOWNLOAD_DELAY": job.bounds.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DNS_TIMEOUT": 10,
        "LOG_LEVEL": "ERROR",
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
    }


def _end_with_parent() -> None:
    """Standard input stays open as long as somebody wants our records."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(GONE)


if __name__ == "__main__":
    main()
