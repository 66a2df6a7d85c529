"""Who came to a site, by landing page and origin, and what came of it? Pure arithmetic.

Sessions from the search engine follow the clicks of `searches.py`; the others are usual numbers per
day. A page that is down, or has lost its tag, counts none.
"""

from datetime import date
from typing import Any

import numpy as np

from connectors.sandbox import draws
from connectors.sandbox.web.plan import PageKind, SitePlan
from connectors.sandbox.web.searches import Searches
from connectors.sandbox.web.shapes import Integers, SessionsDay
from connectors.sandbox.web.traffic import Traffic

KEY_EVENTS: dict[PageKind, float] = {
    "home": 0.022,
    "hub": 0.018,
    "product": 0.031,
    "article": 0.004,
    "landing": 0.036,
    "plain": 0.006,
}
"""Key events per session that begins on such a page."""
PAID = 0.85
"""Who was paid for does less, by this factor."""
COUNTED = 0.97
"""Sessions per click: some leave before the tag is loaded."""
ENGAGED = 0.62
_SPREAD = 0.15
_NOTHING = np.zeros(0, dtype=np.int64)
NO_SESSIONS = SessionsDay(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING, np.zeros(0))


class Sessions:
    """The sessions of a site. Rows: every page from the search engine, then the plan's visits."""

    def __init__(self, plan: SitePlan, traffic: Traffic, searches: Searches, seed: int) -> None:
        self._traffic, self._searches = traffic, searches
        self._pages = len(plan.pages)
        visited = np.array([traffic.places[v.path] for v in plan.visits], dtype=np.int64)
        origins = np.array([v.origin for v in plan.visits], dtype=np.int64)
        self._page = np.concatenate([np.arange(self._pages, dtype=np.int64), visited])
        self._origin = np.concatenate([np.zeros(self._pages, dtype=np.int64), origins])
        self._usual = np.array([v.sessions for v in plan.visits], dtype=np.float64)
        kinds = np.array([KEY_EVENTS[page.kind] for page in plan.pages])
        paid = np.array(["Paid" in origin.channel for origin in plan.origins], dtype=np.bool_)
        self._rate = kinds[self._page] * np.where(paid[self._origin], PAID, 1.0)
        self._value = plan.order_value
        self._names = np.arange(len(self._page), dtype=np.uint64)
        purposes = ("sessions", "rounding", "engaged", "events", "value")
        self._keys = {name: draws.key(seed, "sessions", plan.key, name) for name in purposes}

    def day(self, day: date) -> SessionsDay:
        """Return a day's sessions."""
        sessions = self._sessions(day)
        engaged = np.minimum(self._rounded(sessions * ENGAGED, "engaged", day), sessions)
        events = np.minimum(self._rounded(sessions * self._rate, "events", day), sessions)
        spread = 1 + _SPREAD * draws.normals(self._drawn("value", day))
        revenue = np.round(events * self._value * spread, 2)
        rows = np.flatnonzero(sessions)
        return SessionsDay(
            page=self._page[rows],
            origin=self._origin[rows],
            sessions=sessions[rows],
            engaged=engaged[rows],
            key_events=events[rows],
            revenue=revenue[rows],
        )

    def _sessions(self, day: date) -> Integers:
        found = self._searches.clicks_by_page(day, self._pages) * COUNTED
        spread = 1 + _SPREAD * draws.normals(self._drawn("sessions", day)[self._pages :])
        mean = np.concatenate([found, self._usual * self._traffic.demand(day) * spread])
        mean *= self._traffic.counted(day)[self._page]
        return self._rounded(mean, "rounding", day)

    def _rounded(self, mean: np.ndarray[Any, Any], purpose: str, day: date) -> Integers:
        drawn = draws.fractions(self._drawn(purpose, day)) / draws.ONE
        return np.asarray(np.maximum(np.floor(mean + drawn), 0), dtype=np.int64)

    def _drawn(self, purpose: str, day: date) -> draws.Hashes:
        days = np.array([day.toordinal()], dtype=np.int64)
        return draws.hashes(self._keys[purpose], self._names, days)[:, 0]
