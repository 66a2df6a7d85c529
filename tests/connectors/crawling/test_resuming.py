"""A crawl that was cut off goes on where it was, and nothing is left running behind."""

import os
import signal
import subprocess
import sys
from itertools import islice

import psutil
import pytest

from connectors.base import TransientError
from connectors.channels.website import Options
from connectors.crawling.job import packed
from connectors.crawling.outbox import GONE
from connectors.crawling.running import ROOT
from connectors.sites import CrawledPage, CrawlOrder

from .conftest import connect, sorted_out
from .webserver import Reply, moved, page, serving

MAP = "".join(f"<url><loc>/page/{n}</loc></url>" for n in (3, 50, 51))
MAP = f"<urlset>{MAP}</urlset>"


def tree(path: str) -> Reply | None:
    """Forty pages, three links each, and a filter without end."""
    if path.startswith("/page/"):
        number = int(path.rsplit("/", 1)[1])
        below = [f"/page/{3 * number + n}" for n in (1, 2, 3) if 3 * number + n <= 40]
        return page(*below, f"/filter?by={number}", f"/moved/{number}", title=f"Page {number}")
    if path.startswith("/moved/"):
        return moved(f"/page/{(int(path.rsplit('/', 1)[1]) + 5) % 40}")
    return page("/") if path.startswith("/filter") else None


@pytest.fixture(scope="module")
def site():
    paths = {
        "/": page("/page/0"),
        "/robots.txt": Reply("User-agent: *\n", content_type="text/plain"),
        "/sitemap.xml": Reply(MAP, content_type="application/xml"),
    }
    with serving(paths, tree) as site:
        yield site


OPTIONS = {"max_per_path": 10}


@pytest.fixture(scope="module")
def uncut(site):
    """What an undisturbed crawl finds: depth by address."""
    found = sorted_out(site, list(connect(site, **OPTIONS).crawl(CrawlOrder("full"))))
    assert found.end.state == "complete"
    return {told.url: told.depth for told in found.pages.values()}


def order_of_the_rest(pages: list[CrawledPage]) -> CrawlOrder:
    """Return what these pages lead to and is not among them, each with its smallest depth."""
    done = frozenset(told.url for told in pages)
    depths: dict[str, int | None] = {}
    for told in pages:
        leads = dict.fromkeys(told.redirects[-1:], 0) | {link.target: 1 for link in told.links}
        for url, clicks in leads.items():
            depth = None if told.depth is None else told.depth + clicks
            if depths.get(url) is None or (depth is not None and depth < depths[url]):
                depths[url] = depth
    waiting = tuple((url, depth, "link") for url, depth in depths.items() if url not in done)
    return CrawlOrder("full", (), done, waiting)


def test_a_crawl_that_is_killed_leaves_no_process_and_ends_with_the_same_pages(site, uncut):
    news = connect(site, **OPTIONS).crawl(CrawlOrder("full"))
    told = list(islice((item for item in news if isinstance(item, CrawledPage)), 17))
    [child] = psutil.Process().children()
    news.close()
    assert not child.is_running()
    order = order_of_the_rest(told)
    rest = sorted_out(site, list(connect(site, **OPTIONS).crawl(order))).pages.values()
    assert not {page.url for page in told} & {page.url for page in rest}
    assert {page.url: page.depth for page in [*told, *rest]} == uncut


def test_a_process_that_dies_is_an_error_that_may_pass(site):
    news = connect(site).crawl(CrawlOrder("full"))
    next(news)
    [child] = psutil.Process().children()
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(TransientError, match=r"code -9.*it said nothing; run it again"):
        list(news)


def test_the_process_ends_when_whoever_started_it_is_gone(site):
    job = Options(account_id=site.url).crawl_job(CrawlOrder("full"))
    with subprocess.Popen(
        [sys.executable, "-m", "connectors.crawling"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
    ) as child:
        child.stdin.write(packed(job) + b"\n")
        child.stdin.close()  # as a parent's death would
        assert child.wait(30) == GONE
