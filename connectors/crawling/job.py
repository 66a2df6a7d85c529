"""What is a crawling process told to do? One JSON document, handed over on its standard input."""

from dataclasses import asdict, dataclass

import orjson

from connectors.sites import CrawlKind, CrawlOrder

AGENT = "marketloop-site-watch"
"""The name that robots.txt knows us by."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a crawl goes, and how gently. Bytes are those of the wire unless said otherwise."""

    max_pages: int = 20_000
    max_depth: int = 30
    max_seconds: float = 3 * 3600.0
    max_page_bytes: int = 5_000_000  # on the wire and decompressed
    max_bytes: int = 4_000_000_000
    page_seconds: float = 30.0  # from connecting to the last byte
    concurrency: int = 4
    delay: float = 0.1  # seconds between two questions to the site
    max_per_path: int = 500  # addresses of one path that differ in parameters
    max_outbound: int = 2_000


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl of a site (`order`), or one look at files of others (`publications`)."""

    start: str  # in normal form
    user_agent: str
    bounds: Bounds
    order: CrawlOrder | None = None
    publications: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()  # globs of path and query: "/cart*"
    check_outbound: bool = False
    named: tuple[str, ...] = ()  # addresses that may be private too: a person named them

    @property
    def kind(self) -> CrawlKind:
        """Say how far links are followed; a look at files follows none."""
        return self.order.kind if self.order else "watch"


def packed(job: Job) -> bytes:
    """Write a job as one line of JSON."""
    return orjson.dumps(asdict(job), default=list)


def unpacked(line: bytes) -> Job:
    """Read what `packed` wrote."""
    given = orjson.loads(line)
    given["bounds"] = Bounds(**given["bounds"])
    for name in ("publications", "exclude", "named"):
        given[name] = tuple(given[name])
    if order := given["order"]:
        waiting = tuple((url, depth, found_by) for url, depth, found_by in order["waiting"])
        done = frozenset(order["done"])
        given["order"] = CrawlOrder(order["kind"], tuple(order["pages"]), done, waiting)
    return Job(**given)
