"""A site with a clock, made up from a plan and a seed: the `Web` that every part asks.

Everything is a function of (plan, seed, today, where it is served), so a day is the same whoever
asks for it, in whatever order. What is wrong shows everywhere it would: a page that is taken down
answers 410 at once, has no sessions from that day on, leaves the index when the engine next reads
it, and then its searches.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np

from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web import files, indexing
from connectors.sandbox.web.pages import footer_html, menu_html
from connectors.sandbox.web.plan import Publication, SitePlan
from connectors.sandbox.web.planted import movements, planted
from connectors.sandbox.web.searches import NO_SEARCHES, Searches
from connectors.sandbox.web.sessions import NO_SESSIONS, Sessions
from connectors.sandbox.web.shapes import Indexed, Origin, SearchDay, SessionsDay, Speeds
from connectors.sandbox.web.speeds import speeds
from connectors.sandbox.web.state import SiteState
from connectors.sandbox.web.traffic import Traffic

FIELD_DAYS = 28
DAYS_KEPT = 32


class SimulatedWeb:
    """Implements `shapes.Web`. Move `today` as you like; `host` is set by who serves it."""

    def __init__(self, plan: SitePlan, seed: int = 1, today: date = DEMO_TODAY) -> None:
        self.plan = plan
        self.seed = seed
        self.today = today
        self.host = f"{plan.key}.example"
        self.competitor_host = f"other-{plan.key}.example"
        self.currency = plan.currency
        self.time_zone = plan.time_zone
        self.pages: Sequence[str] = tuple(page.path for page in plan.pages)
        self.queries: Sequence[str] = tuple(search.text for search in plan.searches)
        self.origins: Sequence[Origin] = plan.origins
        self.names: Mapping[str, str] = {page.path: page.name for page in plan.pages}
        self._by_path = {page.path: page for page in plan.pages}
        self._traffic = Traffic(plan, seed)
        self._searches = Searches(plan, self._traffic, seed)
        self._sessions = Sessions(plan, self._traffic, self._searches, seed)
        self.state = lru_cache(maxsize=DAYS_KEPT)(self._state)
        self._listed = lru_cache(maxsize=DAYS_KEPT)(self._sitemaps_on)
        self._visitors = lru_cache(maxsize=2)(self._visitors_until)

    @property
    def url(self) -> str:
        """Where the site is, without a slash at the end."""
        return f"http://{self.host}"

    @property
    def competitor_url(self) -> str:
        """Where the competitor's site is, without a slash at the end."""
        return f"http://{self.competitor_host}"

    @cached_property
    def menu(self) -> str:
        """What every page begins with."""
        return menu_html(self)

    @cached_property
    def footer(self) -> str:
        """What every page ends with."""
        return footer_html(self)

    def search(self, day: date) -> SearchDay:
        """Return a day of searches. Days from today on are empty."""
        return self._searches.day(day) if day < self.today else NO_SEARCHES

    def sessions(self, day: date) -> SessionsDay:
        """Return a day of sessions. Days from today on are empty."""
        return self._sessions.day(day) if day < self.today else NO_SESSIONS

    def speeds(self, path: str, form_factor: str) -> Speeds | None:
        """Return how fast a page is today; None where there is no page, or it does not answer."""
        state = self.state(self.today)
        if state.status(path) != 200:
            return None
        visitors = int(self._visitors(self.today)[self._traffic.places[path]])
        page = self._by_path[path]
        return speeds(page, state.wrong_with(path), form_factor, visitors, self.seed)

    def indexed(self, path: str) -> Indexed:
        """Return what the index has of a path today: the page when it was last read."""
        return indexing.indexed(self, path)

    def planted(self) -> Mapping[str, Sequence[str]]:
        """Return what is wrong today, name of a fact to paths; see `planted.py`."""
        return planted(self)

    def movements(self) -> Mapping[str, Sequence[str]]:
        """Return what is to be seen in searches only: kind of incident to sections or queries."""
        return movements(self)

    def publications(self) -> list[Publication]:
        """Return what the competitor has published until today."""
        later = [
            Publication(path, incident.target, incident.start)
            for incident in self.plan.incidents
            if incident.kind == "competitor"
            for path in incident.paths
        ]
        return [p for p in (*self.plan.competitor, *later) if p.day <= self.today]

    def sitemaps_of(self, state: SiteState) -> Mapping[str, list[str]]:
        """Return the paths that each sitemap lists on the state's day."""
        return self._listed(state.day)

    def _state(self, day: date) -> SiteState:
        return SiteState(self.plan, day, self._by_path)

    def _sitemaps_on(self, day: date) -> Mapping[str, list[str]]:
        return files.sitemaps(self, self.state(day))

    def _visitors_until(self, today: date) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the visitors of the last 28 days by page, as far as they are counted."""
        total = np.zeros(len(self.pages))
        for ago in range(1, FIELD_DAYS + 1):
            day = self._sessions.day(today - timedelta(days=ago))
            total += np.bincount(day.page, weights=day.sessions, minlength=len(self.pages))
        return total
