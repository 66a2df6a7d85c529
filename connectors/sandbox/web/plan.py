"""What is on a site, who looks for it, and who comes: the parts that a site is made up of. Data."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from connectors.sandbox import draws
from connectors.sandbox.web.incidents import SiteIncident
from connectors.sandbox.web.shapes import Origin

PageKind = Literal["home", "hub", "product", "article", "landing", "plain"]

OPENED = date(2024, 1, 8)
"""Since when the demo sites are there."""
REVISED_EVERY = 120, 360
"""In how many days pages are gone over, at least and at most."""


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page as it is meant to be."""

    path: str
    name: str  # in menus and links
    kind: PageKind
    title: str
    description: str
    links: tuple[str, ...] = ()  # paths, besides menu and footer
    outbound: tuple[str, ...] = ()  # paths on the competitor's site
    language: str = "en"
    alternates: tuple[tuple[str, str], ...] = ()  # language and path, the page itself too
    published: date = OPENED
    revised: date | None = None  # for good; None: it is gone over every few months
    price: float = 0.0  # of products

    def modified(self, day: date, seed: int) -> date:
        """Return when the text was last changed, as of a day."""
        if self.revised is not None:
            return self.revised
        drawn = _drawn(seed, self.path)
        least, most = REVISED_EVERY
        ago = (day.toordinal() + drawn) % (least + drawn % (most - least))
        return max(self.published, day - timedelta(days=ago))


@lru_cache(maxsize=50_000)
def _drawn(seed: int, path: str) -> int:
    return int(draws.key(seed, "revised", path))


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a page stands for a query."""

    path: str
    position: float
    share: float = 1.0  # of the query's impressions


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What people search for."""

    text: str
    demand: float  # impressions of the site on an average day
    ranks: tuple[Rank, ...]
    brand: bool = False


@dataclass(frozen=True, slots=True)
class Visits:
    """Who comes to a page from somewhere else than the search engine, on an average day."""

    path: str
    origin: int  # place in `SitePlan.origins`
    sessions: float


@dataclass(frozen=True, slots=True)
class Publication:
    """Something on the competitor's site."""

    path: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site. The first page is the home page; the first origin is the search engine, unpaid."""

    key: str  # shop, clinic: the brand's short name
    name: str
    tag: str  # its analytics id
    property_id: str  # of its web analytics
    currency: str
    time_zone: str
    pages: tuple[PagePlan, ...]
    searches: tuple[SearchPlan, ...]
    origins: tuple[Origin, ...]
    visits: tuple[Visits, ...]
    menu: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()  # old address to its page
    disallowed: tuple[str, ...] = ()  # in robots.txt, without a page behind
    important: tuple[str, ...] = ("/",)  # patterns for the brand's own list
    unimportant: tuple[str, ...] = ()
    sitemaps: tuple[tuple[str, tuple[str, ...]], ...] = ()  # path and the prefixes it lists
    listed_again: tuple[tuple[str, tuple[str, ...]], ...] = ()  # in one of these too
    week: tuple[float, ...] = (1.0,) * 7  # by weekday, Monday first
    season: float = 0.08  # how far demand swings around its mean in a year
    season_peak: int = 340  # day of the year
    growth: float = 0.06  # in a year
    order_value: float = 60.0  # 0: key events have no value
    competitor: tuple[Publication, ...] = ()
    incidents: tuple[SiteIncident, ...] = ()
