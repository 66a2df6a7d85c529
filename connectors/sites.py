"""What is known of a website: its pages, its files, its speed, what search engines say of it?

Plain records and protocols, no I/O. An address is kept as `connectors/addresses.py: normal`
writes it: so one page has one address everywhere, and the platforms can be joined by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from connectors.base import Account

if TYPE_CHECKING:
    pass

CrawlKind = Literal["watch", "full"]
"""`watch` asks the site's files and its important pages; `full` follows every link."""

CrawlState = Literal["running", "complete", "stopped"]
"""`stopped`: a bound of pages, bytes or time was reached; what was read stands."""

Spared = Literal["forbidden", "not asked", "too big"]
"""Why we ourselves left a page alone, which says nothing against it: robots.txt forbids it, it was
not asked (it seems part of something endless, or leads to a private address), or is too big."""

FoundBy = Literal["start", "list", "sitemap", "link"]
FileKind = Literal["robots", "sitemap"]
FormFactor = Literal["phone", "desktop"]


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link as a page has it, to an address in normal form."""

    target: str
    text: str = ""  # what can be clicked, at most 200 characters
    nofollow: bool = False


@dataclass(frozen=True, slots=True)
class CrawledPage:
    """What one address answered. Texts are cut at 2,000 characters; they are data, escape them."""

    url: str
    asked_at: datetime
    status: int | None  # of the first answer; None: nothing was said
    reason: str = (
        ""  # why the page could not be read, for people: "robots.txt forbids it", "over 5 MB"
    )
    spared: Spared | None = None  # set where that is our own doing
    redirects: tuple[str, ...] = ()  # where it led, in order; the last one is where it ended
    final_status: int | None = None  # of the last answer; that of the first without redirects
    content_type: str = ""
    size: int = 0  # bytes of the body, decompressed
    seconds: float = 0.0  # from asking to the end of the body, without waiting for our turn
    depth: int | None = None  # clicks from the start page; None: no link leads there
    found_by: FoundBy = "link"
    title: str | None = None  # None: there is none
    description: str | None = None
    headings: tuple[str, ...] = ()  # of level 1
    canonical: str | None = None  # in normal form
    robots: tuple[str, ...] = ()  # directives of meta tag and header, lower case: "noindex"
    language: str = ""
    alternates: Mapping[str, str] = field(default_factory=dict)  # hreflang to address
    structured_data: tuple[str, ...] = ()  # types that were understood: "Product"
    structured_data_errors: tuple[str, ...] = ()
    insecure: tuple[str, ...] = ()  # http:// addresses of what an https page loads
    tags: tuple[str, ...] = ()  # analytics and tag manager ids: "G-XXXX", "GTM-XXXX", "UA-..."
    words: int | None = None  # of the main text; None where it is no HTML page
    text_hash: str = ""  # of the main text, to tell a change and doubles
    modified: date | None = None  # as the page or its header says
    links: tuple[SiteLink, ...] = ()  # to anywhere; each target once


@dataclass(frozen=True, slots=True)
class SiteFile:
    """robots.txt or a sitemap, as it was at a moment."""

    kind: FileKind
    url: str
    seen_at: datetime
    status: int | None
    reason: str = ""
    text: str = ""  # of robots.txt; of a sitemap nothing, its addresses are in `entries`
    digest: str = ""  # SHA-256 of the body
    entries: int = 0


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """An address that a sitemap or feed names."""

    sitemap: str
    url: str
    modified: datetime | None = None
    title: str = ""  # feeds only


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a site proves itself with. None where the site is not asked over TLS."""

    host: str
    ends_at: datetime | None
    reason: str = ""  # why it is not to be trusted


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What an address outside of the site answered to one polite question."""

    url: str
    asked_at: datetime
    status: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CrawlOrder:
    """What to crawl, and how far. Whoever resumes names what is done and what waits."""

    kind: CrawlKind
    pages: tuple[str, ...] = ()  # to be read in any case: the important ones
    done: frozenset[str] = frozenset()  # read before the crawl was cut off
    waiting: tuple[tuple[str, int | None, FoundBy], ...] = ()  # address, depth, how it was found


@dataclass(frozen=True, slots=True)
class CrawlEnd:
    """How a crawl ended: the last thing it yields."""

    state: CrawlState
    reason: str = ""  # of `stopped`: which bound


CrawlNews = CrawledPage | SiteFile | SitemapEntry | Certificate | LinkAnswer | CrawlEnd


@dataclass(frozen=True, slots=True)
class Inspection:
    """What Search Console says of a page in its index, which is not a live fetch."""

    url: str
    inspected_at: datetime
    verdict: Literal["pass", "partial", "fail", "neutral", "unknown"]
    coverage: str  # the vendor's own sentence, which is translated text: for people
    robots_txt: str = ""  # allowed, disallowed, ...: the vendor's word in lower case
    indexing: str = ""  # indexing_allowed, blocked_by_meta_tag, ...
    fetch: str = ""  # successful, soft_404, not_found, server_error, ...
    last_crawl: datetime | None = None
    google_canonical: str | None = None
    user_canonical: str | None = None
    sitemaps: tuple[str, ...] = ()
    link: str = ""  # to the vendor's page about it


@dataclass(frozen=True, slots=True)
class SubmittedSitemap:
    """A sitemap as Search Console knows it."""

    url: str
    errors: int
    warnings: int
    submitted: int | None  # addresses in it; None where it was not read yet
    pending: bool
    last_submitted: datetime | None = None
    last_downloaded: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageSpeed:
    """How fast a page is. Lab: measured now by a machine. Field: of visitors, over 28 days.

    Times in milliseconds, layout shift without a unit. None means not measured, never zero.
    """

    url: str
    source: Literal["lab", "field", "field_origin"]  # field_origin: of the whole site
    form_factor: FormFactor
    measured_at: datetime
    period_start: date | None = None  # field: the days it is about
    period_end: date | None = None
    largest_contentful_paint: float | None = None
    interaction_to_next_paint: float | None = None  # field only
    cumulative_layout_shift: float | None = None
    first_contentful_paint: float | None = None
    time_to_first_byte: float | None = None
    total_blocking_time: float | None = None  # lab only
    performance: float | None = None  # lab: Lighthouse's score, 0 to 1
    version: str = ""  # of Lighthouse
    runs: int = 1  # lab: the values are the medians of so many
    reason: str = ""  # why there are no values: "too little traffic", "the page did not answer"


@dataclass(frozen=True, slots=True)
class Quality:
    """What a platform says that its own figures of a pull lack. Empty: nothing."""

    thresholded: bool = False  # rows are missing for privacy
    bucketed: bool = False  # the rest is in a row "(other)"
    sampled: float | None = None  # share of events that were read, 0 to 1
    truncated: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()  # metrics that the credential may not see

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return what is lacking in words; empty if the figures are whole."""
        said = {
            "rows are missing for privacy": self.thresholded,
            'the rest is one row "(other)"': self.bucketed,
            f"sampled: {self.sampled or 0:.0%} of events were read": self.sampled is not None,
        }
        hidden = [f"may not see {name}" for name in self.hidden]
        return (*(words for words, so in said.items() if so), *self.truncated, *hidden)


class Source(Protocol):
    """What every connected account can do: say what it is."""

    account_id: str

    def account(self) -> Account:
        """Return the account's name, currency (XXX: it has none) and time zone."""
        ...


@runtime_checkable
class CrawlingChannel(Source, Protocol):
    """A site that can be crawled."""

    def crawl(self, order: CrawlOrder) -> Iterator[CrawlNews]:
        """Read the site politely and yield what is found as it is found, `CrawlEnd` last.

        Pages that fail are found facts, not errors; `ConnectorError` only where the crawl itself
        cannot go on. Nothing outside of the site is read but the status of what is linked.
        """
        ...

    def publications(self) -> Iterator[SitemapEntry]:
        """Yield what competitors' sitemaps and feeds name now, as the options list them."""
        ...


@runtime_checkable
class InspectingChannel(Source, Protocol):
    """A search engine that tells what it knows of single pages."""

    def inspect(self, urls: Sequence[str]) -> Iterator[Inspection]:
        """Yield what is known of each page, in order, until the day's quota is used up."""
        ...

    def sitemaps(self) -> list[SubmittedSitemap]:
        """Return the sitemaps that were handed in."""
        ...


@runtime_checkable
class SpeedChannel(Source, Protocol):
    """Something that measures pages, or knows what visitors measured."""

    def speed(self, urls: Sequence[str], form_factor: FormFactor) -> Iterator[PageSpeed]:
        """Yield what is measured of each page, in order; a page without values says why."""
        ...


@runtime_checkable
class CandidChannel(Protocol):
    """A channel that says what its figures lack."""

    def quality(self) -> Quality:
        """Return what the last pull's figures lack, once its pages have been read."""
        ...
