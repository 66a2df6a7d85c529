"""What does our crawl cost, against bare Scrapy on the same site? And how much memory?

Both crawl a generated site, which a third process serves, in a process of their own. Bare Scrapy
follows all links and takes a page's title and links; ours fills the whole record, hands it over as
JSON, and the parent reads it, as in a run.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psutil

from connectors.channels.website import Connector, Options
from connectors.sites import CrawledPage, CrawlOrder
from tests.benchmarks.measure import Line, in_turns

CONCURRENCY = 8
"""Scrapy's own default for one site."""
PROGRAMS = [sys.executable, "-m"]


def run(*, small: bool) -> list[Line]:
    """Crawl with an eye on memory, then by both in turns."""
    pages, rounds = (300, 3) if small else (10_000, 3)
    with served(pages) as url:
        peak = peak_of(url, pages)
        timed = in_turns(
            rounds,
            {
                "ours": lambda: lambda: crawl(url, pages),
                "bare Scrapy": lambda: lambda: crawl_bare(url, pages),
            },
        )
    return [
        Line(
            f"crawling {pages:,} pages, whole records read by the parent, against bare Scrapy "
            "that takes title and links",
            timed.ratios("ours", "bare Scrapy"),
            "times",
            at_most=1.5,
            detail=timed.seconds(),
        ),
        Line(
            f"memory of crawling {pages:,} pages: peak of the crawling process and of what "
            "its parent grows by",
            [peak],
            "MB",
            at_most=300,
        ),
    ]


@contextmanager
def served(pages: int) -> Iterator[str]:
    """Serve a site of so many pages; gives its address."""
    command = [*PROGRAMS, "tests.benchmarks.crawl.served", str(pages)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
        server.communicate()


def crawl(url: str, pages: int) -> None:
    """Crawl by our connector; nothing of a page is kept."""
    options = Options(
        account_id=url, concurrency=CONCURRENCY, delay=0, max_depth=1_000, check_outbound=False
    )
    found = Connector(options).crawl(CrawlOrder("full"))
    read = sum(isinstance(news, CrawledPage) and news.title is not None for news in found)
    assert read == pages + 1, f"{read} pages"  # the start page stands at two addresses


def crawl_bare(url: str, pages: int) -> None:
    """Crawl by Scrapy alone."""
    command = [*PROGRAMS, "tests.benchmarks.crawl.bare", url, str(CONCURRENCY)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(done.stdout) == pages + 1, f"{done.stdout} pages"


def peak_of(url: str, pages: int) -> float:
    """Return the most memory that a crawl takes at a time, in megabytes, looked at 50 times a
    second."""
    me, done, peak = psutil.Process(), Event(), 0.0
    before = me.memory_info().rss
    others = {child.pid for child in me.children()}

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            crawling = [child for child in me.children() if child.pid not in others]
            size = sum(_resident(child) for child in crawling)
            peak = max(peak, (size + me.memory_info().rss - before) / 1_000_000)

    watching = Thread(target=watch)
    watching.start()
    try:
        crawl(url, pages)
    finally:
        done.set()
        watching.join()
    return peak


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
