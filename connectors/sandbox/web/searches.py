"""How often was a site shown and clicked in a search engine, by query and page? Pure arithmetic.

Impressions of a query and page follow the query's demand on the day and how much of the page is
shown; positions move a little around their usual place; clicks follow the curve below. A day is
told whole as soon as it is over: how late a vendor knows of it is the vendor's own part's business.
"""

from datetime import date

import numpy as np

from connectors.sandbox import draws
from connectors.sandbox.web.plan import SitePlan
from connectors.sandbox.web.shapes import Floats, Integers, SearchDay
from connectors.sandbox.web.traffic import Traffic

CURVE_POSITIONS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 50, 100)
CURVE_CLICKS = (
    0.28, 0.15, 0.10, 0.075, 0.055, 0.042, 0.033, 0.027, 0.023, 0.020,
    0.009, 0.006, 0.003, 0.001, 0.0002,
)  # fmt: skip
"""Clicks per impression at a position, as studies of search results usually find them."""
BRAND_CLICKS = 1.7
"""Who searches for the brand clicks more often by this factor."""
ANONYMOUS = 0.18
"""Clicks and impressions of queries that nobody is told of, relative to the others."""
_SPREAD, _MOVES = 0.12, 0.06
_NOTHING = np.zeros(0, dtype=np.int64)


class Searches:
    """The searches that lead to a site."""

    def __init__(self, plan: SitePlan, traffic: Traffic, seed: int) -> None:
        self._traffic = traffic
        ranks = [(i, s, rank) for i, s in enumerate(plan.searches) for rank in s.ranks]
        self.query: Integers = np.array([i for i, _, _ in ranks], dtype=np.int64)
        self.page: Integers = np.array([traffic.places[r.path] for *_, r in ranks], dtype=np.int64)
        self._demand = np.array([s.demand * r.share for _, s, r in ranks], dtype=np.float64)
        self._position = np.array([rank.position for *_, rank in ranks], dtype=np.float64)
        brand = np.array([s.brand for _, s, _ in ranks], dtype=np.bool_)
        self._usual = np.where(brand, BRAND_CLICKS, 1.0)
        self._names = np.arange(len(ranks), dtype=np.uint64)
        purposes = ("impressions", "rounding", "position", "clicks", "anonymous")
        self._keys = {name: draws.key(seed, "search", plan.key, name) for name in purposes}
        texts = {s.text: i for i, s in enumerate(plan.searches)}
        self._touching = [
            (i, np.flatnonzero(self.query == texts[i.query])) for i in plan.incidents if i.query
        ]

    def day(self, day: date) -> SearchDay:
        """Return a day's searches."""
        impressions, clicks, position = self._whole(day)
        told = np.flatnonzero(impressions)
        order = told[np.lexsort((-impressions[told], -clicks[told]))]
        return SearchDay(
            query=self.query[order],
            page=self.page[order],
            clicks=clicks[order],
            impressions=impressions[order],
            position=position[order],
            anonymous_clicks=int(clicks.sum() * ANONYMOUS),
            anonymous_impressions=int(impressions.sum() * ANONYMOUS),
        )

    def clicks_by_page(self, day: date, pages: int) -> Integers:
        """Return every click of a day by page, also those that nobody is told the query of."""
        _, clicks, _ = self._whole(day)
        told = np.bincount(self.page, weights=clicks, minlength=pages)
        return np.asarray(np.floor(told * (1 + ANONYMOUS)), dtype=np.int64)

    def _whole(self, day: date) -> tuple[Integers, Integers, Floats]:
        """Return impressions, clicks and position of every query and page, once all is counted."""
        traffic = self._traffic
        lost, rate = self._touched(day)
        mean = self._demand * traffic.demand(day) * traffic.shown(day)[self.page] * lost
        mean *= 1 + _SPREAD * draws.normals(self._drawn("impressions", day))
        impressions = _rounded(mean, self._drawn("rounding", day))
        moved = 1 + _MOVES * draws.normals(self._drawn("position", day))
        position = np.maximum(1.0, self._position * moved * traffic.worse(day)[self.page])
        chance = np.interp(position, CURVE_POSITIONS, CURVE_CLICKS) * self._usual * rate
        clicks = _rounded(impressions * chance, self._drawn("clicks", day))
        seen = np.asarray(np.round(position, 2), dtype=np.float64)
        return impressions, np.minimum(clicks, impressions), seen

    def _touched(self, day: date) -> tuple[Floats, Floats]:
        """Return the factors of impressions and of clicks that incidents of queries make."""
        shown, rate = np.ones(len(self.query)), np.ones(len(self.query))
        for incident, rows in self._touching:
            if incident.active(day) and incident.kind == "query_lost":
                shown[rows] = 0.0
            elif incident.active(day) and incident.kind == "low_click_rate":
                rate[rows] = incident.factor
        return shown, rate

    def _drawn(self, purpose: str, day: date) -> draws.Hashes:
        days = np.array([day.toordinal()], dtype=np.int64)
        return draws.hashes(self._keys[purpose], self._names, days)[:, 0]


NO_SEARCHES = SearchDay(_NOTHING, _NOTHING, _NOTHING, _NOTHING, np.zeros(0), 0, 0)


def _rounded(mean: Floats, drawn: draws.Hashes) -> Integers:
    """Round up as often as the fraction says, so that sums keep their mean."""
    whole = np.floor(mean + draws.fractions(drawn) / draws.ONE)
    return np.asarray(np.maximum(whole, 0), dtype=np.int64)
