"""What may a brand file say of its website?"""

from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, model_validator

from connectors.addresses import normal
from connectors.crawling.job import AGENT, Bounds, Job
from connectors.sites import CrawlOrder

VERSION = 1


def _address(text: str) -> str:
    if not (address := normal(text)):
        raise ValueError(f"{text!r} is no address such as https://www.example.com/")
    return address


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"no time zone {name!r}; take an IANA name such as Europe/Berlin"
        ) from error
    return name


def _line(text: str) -> str:
    if not text.isascii() or not text.isprintable() or set("()") & set(text):
        raise ValueError("must be an address, e-mail or web, in plain letters")
    return text


Address = Annotated[str, AfterValidator(_address)]
_BOUNDS = Bounds()


class Options(BaseModel, extra="forbid"):
    """What a brand file says of an account with `platform: website`."""

    account_id: Address
    """Where the site starts: `https://www.example.com/`. All of its host belongs to it."""
    name: str = ""
    """Empty: the address."""
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    contact: Annotated[str, AfterValidator(_line)] = ""
    """Whom the site's operator may ask: an address for User-Agent. Empty: the site itself."""
    max_pages: Annotated[int, Field(ge=1)] = _BOUNDS.max_pages
    max_depth: Annotated[int, Field(ge=0)] = _BOUNDS.max_depth
    """Clicks from the start address."""
    max_seconds: Annotated[float, Field(gt=0)] = _BOUNDS.max_seconds
    max_page_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = _BOUNDS.max_page_bytes
    """On the wire, and decompressed."""
    max_bytes: Annotated[int, Field(ge=1)] = _BOUNDS.max_bytes
    """Of the whole crawl, on the wire."""
    page_seconds: Annotated[float, Field(gt=0, le=300)] = _BOUNDS.page_seconds
    """From connecting to the last byte."""
    concurrency: Annotated[int, Field(ge=1, le=16)] = _BOUNDS.concurrency
    delay: Annotated[float, Field(ge=0, le=60)] = _BOUNDS.delay
    """Seconds between two questions; a longer Crawl-delay of robots.txt counts."""
    max_per_path: Annotated[int, Field(ge=1)] = _BOUNDS.max_per_path
    """Addresses that differ in the values of their parameters only."""
    exclude: tuple[str, ...] = ()
    """Globs of path and query that are not asked: `/cart*`, `*?sort=*` (a question mark in
    brackets, `[?]`, is only itself)."""
    check_outbound: bool = True
    """Whether a full crawl asks what other sites answer to its links."""
    max_outbound: Annotated[int, Field(ge=0)] = _BOUNDS.max_outbound
    competitors: tuple[Address, ...] = ()
    """Public sitemaps and feeds (RSS, Atom) of others."""

    @model_validator(mode="after")
    def _paths(self) -> Self:
        if bare := [pattern for pattern in self.exclude if pattern[:1] not in ("/", "*")]:
            raise ValueError(f"exclude: {', '.join(bare)} must begin with / or *")
        return self

    @property
    def user_agent(self) -> str:
        """Who we say that we are."""
        return f"{AGENT}/{VERSION} (+{self.contact or self.account_id})"

    def crawl_job(self, order: CrawlOrder) -> Job:
        """Return what the crawling process is told."""
        return Job(
            start=self.account_id,
            user_agent=self.user_agent,
            bounds=self._bounds(),
            order=order,
            exclude=self.exclude,
            check_outbound=self.check_outbound,
            named=self.competitors,
        )

    def publications_job(self) -> Job:
        """Return what the crawling process is told to read of others."""
        return Job("", self.user_agent, self._bounds(), publications=self.competitors)

    def _bounds(self) -> Bounds:
        return Bounds(**{name: getattr(self, name) for name in Bounds.__slots__})
