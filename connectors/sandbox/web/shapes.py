"""What do the parts of the simulated web know of a site? Everybody asks the same `Web`.

`world.py` makes it up from a seed; `website.py` serves its pages, and the vendors' parts tell of it
in their own shapes. Whatever they say fits together: a page that is down loses its clicks, later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SearchDay:
    """A day of a search engine: one place per query and page that were shown, most clicks first."""

    query: Integers  # place in `Web.queries`
    page: Integers  # place in `Web.pages`
    clicks: Integers
    impressions: Integers
    position: Floats  # from 1; mean over the impressions
    anonymous_clicks: int  # of queries that nobody is told of: in totals only
    anonymous_impressions: int


@dataclass(frozen=True, slots=True)
class SessionsDay:
    """A day of web analytics: one place per landing page and origin that had sessions."""

    page: Integers  # place in `Web.pages`
    origin: Integers  # place in `Web.origins`
    sessions: Integers
    engaged: Integers
    key_events: Integers
    revenue: Floats  # major units of `Web.currency`


@dataclass(frozen=True, slots=True)
class Origin:
    """Where sessions come from, in the words of web analytics."""

    source: str  # google
    medium: str  # organic, cpc, referral, email, (none)
    campaign: str  # (not set), (organic), Winter boots
    channel: str  # Organic Search, Paid Search, Direct, ...


@dataclass(frozen=True, slots=True)
class Speeds:
    """How fast a page is, in milliseconds; layout shift without a unit. None: nobody knows."""

    largest_contentful_paint: float
    first_contentful_paint: float
    time_to_first_byte: float
    total_blocking_time: float
    interaction_to_next_paint: float
    cumulative_layout_shift: float
    performance: float  # 0 to 1
    visitors: int  # in 28 days: below 500 there is no field data


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a search engine's index has of a page."""

    verdict: str  # PASS, NEUTRAL, FAIL, VERDICT_UNSPECIFIED
    coverage: str  # "Submitted and indexed", "Crawled - currently not indexed", ...
    robots_txt: str  # ALLOWED, DISALLOWED
    indexing: str  # INDEXING_ALLOWED, BLOCKED_BY_META_TAG, ...
    fetch: str  # SUCCESSFUL, NOT_FOUND, SOFT_404, SERVER_ERROR, ...
    canonical: str  # address that the engine chose; '' if none
    crawled_at: datetime | None


class Web(Protocol):
    """A site as of a clock, which the tests and the demo move."""

    host: str
    """Where it is served: `127.0.0.1:8123`."""
    today: date
    currency: str
    time_zone: str
    pages: Sequence[str]
    """Paths, the home page first: `/`, `/shoes/red`. Pages that came or went stay in it."""
    queries: Sequence[str]
    origins: Sequence[Origin]

    def search(self, day: date) -> SearchDay:
        """Return a day of searches. Days from today on are empty."""
        ...

    def sessions(self, day: date) -> SessionsDay:
        """Return a day of sessions. Days from today on are empty."""
        ...

    def speeds(self, path: str, form_factor: str) -> Speeds | None:
        """Return how fast a page is today, on `phone` or `desktop`; None if there is none."""
        ...

    def indexed(self, path: str) -> Indexed:
        """Return what the index has of a page today."""
        ...

    def planted(self) -> Mapping[str, Sequence[str]]:
        """Return what is wrong today: name of a fact (`config.models.FactName`) to paths."""
        ...
