"""What does a report say of websites and of how they are found? Plain data.

None is an unknown figure. Addresses, titles and texts of sites are data, not yet escaped.
"""

from dataclasses import dataclass
from datetime import date, datetime

from connectors.base import Window
from connectors.sites import CrawlState, PageSpeed


@dataclass(frozen=True, slots=True)
class Searched:
    """What searches brought a page, a query or a part of a site: now, and in the span before."""

    name: str
    clicks: tuple[float, float]
    impressions: tuple[float, float]
    position: tuple[float | None, float | None]  # None: it was not shown

    @property
    def gained(self) -> float:
        """How many clicks more than before; below zero where it lost."""
        return self.clicks[0] - self.clicks[1]


@dataclass(frozen=True, slots=True)
class Movers:
    """What of a level gained and lost most clicks from searches; of segments, all there are."""

    account: str
    level: str
    now: Window
    before: Window
    gained: tuple[Searched, ...] = ()  # the most first
    lost: tuple[Searched, ...] = ()  # the most first
    parts: tuple[Searched, ...] = ()  # of segments, as they are
    known: bool = True  # False: a day of the two spans is not known


@dataclass(frozen=True, slots=True)
class SiteChange:
    """Something that a crawl saw changed."""

    at: datetime  # when the crawl saw it; aware, UTC
    site: str
    page: str  # its path, or that of the file
    what: str  # "status", "title"
    how: str  # "200 → 404"


@dataclass(frozen=True, slots=True)
class SiteLog:
    """What changed about the brand's sites: the newest first, the gravest of one moment first."""

    since: date
    entries: tuple[SiteChange, ...] = ()
    rest: tuple[tuple[str, int], ...] = ()  # what there was no room for: kind and count


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a page is, to a machine and to visitors; None: never measured."""

    page: str
    lab: PageSpeed | None
    field: PageSpeed | None


@dataclass(frozen=True, slots=True)
class Crawled:
    """What the newest full crawl of a site came upon, and what search engines say of its pages."""

    site: str
    at: datetime | None  # None: it was never crawled in full
    state: CrawlState
    reason: str  # of `stopped`: which bound
    pages: int
    answers: tuple[tuple[str, int], ...]  # class of status to how many pages, none left out
    indexed: int
    inspected: int  # of which it is known whether they are indexed
    speeds: tuple[Speed, ...] = ()  # the most important pages first


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a platform says that its own figures of an account lack."""

    account: str
    what: str
    levels: tuple[str, ...]
