"""What does a run know of one website when it is asked for facts?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pandas as pd

from config.models import SiteRules
from config.words import Importance
from connectors.sites import Certificate, Inspection, PageSpeed, SiteFile, SubmittedSitemap
from tasks.cube import Booleans, Cube, Integers
from tasks.evidence import Answers, Story

PUBLISHED = ("site", "url", "title", "first_seen")


@dataclass(frozen=True, slots=True)
class Reading:
    """One finished crawl. Frames have the columns of `connectors/warehouse/crawled.py`."""

    at: datetime
    state: str  # complete, stopped
    reason: str
    pages: pd.DataFrame
    links: pd.DataFrame
    listed: pd.DataFrame  # what sitemaps name: sitemap, url
    outside: pd.DataFrame  # what linked addresses of other sites answered: url, status, reason


@dataclass(frozen=True, slots=True)
class Searches:
    """What a search engine tells of a site's pages and queries, up to the last day that is known.

    Cubes are of the search engine's account; `entity_id` of a page is its address, of a query_page
    `name` is the query and `parent_id` the page's address. None: that level is not pulled.
    """

    last: date
    pages: Cube | None = None
    pairs: Cube | None = None
    queries: pd.DataFrame | None = None  # entities of the level query
    brand_terms: Sequence[str] = ()  # lower case; a query with one of them asks for the brand


@dataclass(frozen=True)
class Site:
    """A website as of a run.

    `pages`: each page once, as it was read last, ordered by address. Columns of
    `Warehouse.crawled_pages`, and: account_key, entity_key, name (its path), importance, owner,
    clicks and impressions (28 days, NaN: unknown), fresh (bool: read by the newest full crawl or
    later). What is not fresh is told of no more, but that it is lost.
    """

    account_key: int
    account: str
    start: str
    rules: SiteRules
    pages: pd.DataFrame
    full: Reading | None = None  # the newest full crawl
    before: pd.DataFrame | None = None  # pages of the full crawl before it
    history: pd.DataFrame | None = None  # `Warehouse.site_pages`
    changes: pd.DataFrame | None = None  # `Warehouse.page_changes` of the last months
    files: Sequence[SiteFile] = ()
    file_changes: Sequence[tuple[SiteFile, SiteFile]] = ()
    certificates: Sequence[Certificate] = ()
    submitted: Sequence[SubmittedSitemap] = ()
    inspections: Mapping[str, Inspection] = field(default_factory=dict)
    inspected_before: Mapping[str, Inspection] = field(default_factory=dict)
    speeds: Mapping[str, Sequence[PageSpeed]] = field(default_factory=dict)
    published: pd.DataFrame | None = None  # by competitors: columns `PUBLISHED`
    searches: Searches | None = None

    @property
    def complete(self) -> bool:
        """Whether the newest full crawl came upon every page: what it lacks is not there."""
        return self.full is not None and self.full.state == "complete"

    @cached_property
    def current(self) -> Booleans:
        """Tell of each page whether its row says how it is now, and not how it once was."""
        if self.full is None:
            return np.ones(len(self.pages), dtype=np.bool_)
        return np.asarray(self.pages["fresh"], dtype=np.bool_)

    @cached_property
    def known(self) -> Booleans:
        """Tell of each page whether its own content was read: it answered with a page."""
        return is_page(self.pages) & self.current

    @cached_property
    def answered(self) -> Booleans:
        """Tell of each page whether it said anything; where it led, if it redirects."""
        return np.asarray(self.pages["final_status"].notna(), dtype=np.bool_) & self.current

    @cached_property
    def places(self) -> list[tuple[str, Importance, str]]:
        """Return of each page its address, importance and owner."""
        columns = (self.pages[name] for name in ("url", "importance", "owner"))
        return list(zip(*columns, strict=True))

    @cached_property
    def inlinks(self) -> Integers:
        """Return of each page how many others link to it."""
        if self.full is None:
            return np.zeros(len(self.pages), np.int64)
        links = self.full.links  # a page has each target once
        counts = links.loc[links["source"] != links["target"], "target"].value_counts()
        return np.asarray(self.pages["url"].map(counts).fillna(0), dtype=np.int64)

    @cached_property
    def listed(self) -> Booleans:
        """Tell of each page whether a sitemap names it."""
        if self.full is None:
            return np.zeros(len(self.pages), dtype=np.bool_)
        return self.pages["url"].isin(self.full.listed["url"]).to_numpy(dtype=np.bool_)


def is_page(pages: pd.DataFrame) -> Booleans:
    """Tell of rows like those of `Warehouse.crawled_pages` whether a page's content was read."""
    ok = pages["final_status"].between(200, 299) & pages["words"].notna()
    return np.asarray(ok, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a fact is like for every page of one site, in the order of `Site.pages`."""

    so: Booleans
    told: Booleans
    fields: Callable[[int], Mapping[str, str]]
    numbers: Callable[[int], Mapping[str, float]] = lambda _: {}


@dataclass(frozen=True, slots=True)
class SiteMark:
    """What a fact is like for a site as a whole; `fields` are of a fact that is so."""

    so: bool
    told: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)


Limits = Mapping[str, float]
PageFact = Callable[[Site, Limits], Marks]
SiteFact = Callable[[Site, Limits, date], SiteMark]

SUBJECTS = ("account_key", "entity_key", "name")


def of_pages(fact: PageFact, sites: Sequence[Site], limits: Limits) -> Answers:
    """Ask a fact of every page of every site."""
    marks = [fact(site, limits) for site in sites]
    frames = [site.pages[[*SUBJECTS]] for site in sites if len(site.pages)]
    subjects = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*SUBJECTS])
    ends = np.cumsum([len(site.pages) for site in sites])

    def story(place: int) -> Story:
        number = int(np.searchsorted(ends, place, side="right"))
        site, mark = sites[number], marks[number]
        row = place - int(ends[number]) + len(site.pages)
        said = mark.fields(row) if mark.so[row] else {}
        url, importance, owner = site.places[row]
        about = {"account": site.account, "url": url, "reason": ""}
        numbers = mark.numbers(row) if mark.so[row] else {}
        return Story(about | dict(said), numbers, importance=importance, owner=owner)

    so, told = _joined([mark.so for mark in marks]), _joined([mark.told for mark in marks])
    return Answers("page", subjects, so, told, story)


def of_sites(fact: SiteFact, sites: Sequence[Site], limits: Limits, as_of: date) -> Answers:
    """Ask a fact of every site as a whole."""
    marks = [fact(site, limits, as_of) for site in sites]
    subjects = pd.DataFrame(
        {
            "account_key": [site.account_key for site in sites],
            "name": [site.account for site in sites],
        }
    )

    def story(row: int) -> Story:
        about = {"reason": "", "url": sites[row].start}
        return Story(about | dict(marks[row].fields), marks[row].numbers)

    so = np.asarray([mark.so for mark in marks], dtype=np.bool_)
    told = np.asarray([mark.told for mark in marks], dtype=np.bool_)
    return Answers("account", subjects, so, told, story)


def _joined(parts: Sequence[Booleans]) -> Booleans:
    return np.concatenate([np.zeros(0, dtype=np.bool_), *parts])
