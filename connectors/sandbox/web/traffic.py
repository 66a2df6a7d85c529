"""How much do the day, and what is wrong, change of the usual traffic? Factors, whole arrays."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from connectors.sandbox.web.incidents import SiteIncident, SiteIncidentKind
from connectors.sandbox.web.plan import SitePlan
from connectors.sandbox.web.shapes import Floats, Integers
from connectors.sandbox.web.state import read_days_ago

Truths = npt.NDArray[np.bool_]

UNSEEN: tuple[SiteIncidentKind, ...] = ("noindex", "canonical", "gone", "lost", "fails")
"""After the next reading a page with one of these is shown no more."""
BLOCKED = 0.35
"""What is shown of a page that the engine must not read."""
WITHOUT_SESSIONS: tuple[SiteIncidentKind, ...] = ("gone", "lost", "fails", "tag_gone")


class Traffic:
    """What changes a site's traffic from day to day. Arrays are by page, in the plan's order."""

    def __init__(self, plan: SitePlan, seed: int) -> None:
        self._plan = plan
        self.places: Mapping[str, int] = {page.path: i for i, page in enumerate(plan.pages)}
        paths = [page.path for page in plan.pages]
        self.lags: Integers = np.array([read_days_ago(p, seed) for p in paths], dtype=np.int64)
        self._published = np.array([p.published.toordinal() for p in plan.pages], dtype=np.int64)
        self._unread = self._touching(*UNSEEN, "robots")
        self._left_out = self._touching("not_indexed")
        self._falling = self._touching("decays", "section_falls")
        self._uncounted = self._touching(*WITHOUT_SESSIONS)

    def demand(self, day: date) -> float:
        """Return the day's demand relative to an average one: weekday, season, growth."""
        plan, days = self._plan, day.toordinal()
        away = abs((day.timetuple().tm_yday - plan.season_peak + 182) % 365 - 182) / 182
        season = 1 + plan.season * (1 - 2 * away)
        growth = 1 + plan.growth * (days - date(2026, 1, 1).toordinal()) / 365
        return plan.week[day.weekday()] * season * growth

    def shown(self, day: date) -> Floats:
        """Return how much of its usual a page is shown, 0 to 1, shape (pages,)."""
        today = day.toordinal()
        shown = (self._published + self.lags <= today).astype(np.float64)
        for incident, pages in self._unread:
            known = pages[self._read(incident, pages, today)]
            shown[known] *= BLOCKED if incident.kind == "robots" else 0.0
        for incident, pages in self._left_out:
            if incident.active(day):
                shown[pages] = 0.0
        for incident, pages in self._falling:
            shown[pages] *= 1 - (1 - incident.factor) * incident.progress(day)
        return shown

    def worse(self, day: date) -> Floats:
        """Return by what factor a page's positions are worse than usual, shape (pages,)."""
        worse = np.ones(len(self.lags))
        for incident, pages in self._falling:
            worse[pages] *= 1 + (1 - incident.factor) * incident.progress(day)
        return worse

    def counted(self, day: date) -> Floats:
        """Return 1 where a page's sessions are counted that day, else 0, shape (pages,)."""
        counted = (self._published <= day.toordinal()).astype(np.float64)
        for incident, pages in self._uncounted:
            if incident.active(day):
                counted[pages] = 0.0
        return counted

    def _touching(self, *kinds: SiteIncidentKind) -> list[tuple[SiteIncident, Integers]]:
        """Return the incidents of these kinds with the places of their pages."""
        return [
            (i, np.array([self.places[path] for path in i.paths], dtype=np.int64))
            for i in self._plan.incidents
            if i.kind in kinds
        ]

    def _read(self, incident: SiteIncident, pages: Integers, today: int) -> Truths:
        """Tell which of the pages the engine last read while the incident was going on."""
        read = today - self.lags[pages]
        end = incident.end.toordinal() if incident.end else today
        return np.logical_and(read >= incident.start.toordinal(), read <= end)
