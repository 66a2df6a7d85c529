"""What is a site like on a day, with all that is wrong on that day? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from connectors.sandbox import draws
from connectors.sandbox.web.incidents import SiteIncident, SiteIncidentKind
from connectors.sandbox.web.plan import PagePlan, SitePlan

Wrong = Mapping[SiteIncidentKind, SiteIncident]
"""What is wrong with a page."""

STATUSES: Mapping[SiteIncidentKind, int] = {"fails": 500, "gone": 404, "lost": 410}
NOTHING: Wrong = {}


@dataclass(frozen=True)
class SiteState:
    """A site on a day."""

    plan: SitePlan
    day: date
    by_path: Mapping[str, PagePlan]

    @cached_property
    def active(self) -> tuple[SiteIncident, ...]:
        """What is going on."""
        return tuple(i for i in self.plan.incidents if i.active(self.day))

    @cached_property
    def wrong(self) -> Mapping[str, Wrong]:
        """What is wrong, by path."""
        found: dict[str, dict[SiteIncidentKind, SiteIncident]] = {}
        for incident in self.active:
            for path in incident.paths:
                found.setdefault(path, {})[incident.kind] = incident
        return found

    @cached_property
    def unlinked(self) -> frozenset[str]:
        """Pages that no other page links to."""
        hidden = {p for i in self.active if i.kind in ("orphan", "lost") for p in i.paths}
        return frozenset(hidden | {p.path for p in self.plan.pages if p.published > self.day})

    @cached_property
    def redirects(self) -> Mapping[str, str]:
        """Old addresses and where they lead."""
        leads = dict(self.plan.redirects)
        for incident in self.active:
            for path in incident.paths:
                if incident.kind == "redirect_chain":
                    leads[incident.target] = leads[path]
                    leads[path] = incident.target
                elif incident.kind == "redirect_loop":
                    leads[path], leads[incident.target] = incident.target, path
        return leads

    def wrong_with(self, path: str) -> Wrong:
        """Return what is wrong with a page."""
        return self.wrong.get(path, NOTHING)

    def status(self, path: str) -> int:
        """Return the status that a path is answered with."""
        if path in self.redirects:
            return 301
        page = self.by_path.get(path)
        if page is None or page.published > self.day:
            return 404
        wrong = self.wrong_with(path)
        return next((status for kind, status in STATUSES.items() if kind in wrong), 200)

    def indexable(self, path: str) -> bool:
        """Tell whether a page answers and asks to be found."""
        wrong = self.wrong_with(path)
        asks = not any(kind in wrong for kind in ("noindex", "canonical", "robots"))
        return asks and self.status(path) == 200

    def links(self, page: PagePlan) -> list[str]:
        """Return what a page links to, besides menu and footer."""
        return [path for path in page.links if path not in self.unlinked]

    def linking_to(self, path: str) -> list[str]:
        """Return the pages that answer and link to a path."""
        return [
            page.path
            for page in self.plan.pages
            if path in page.links and page.path != path and self.status(page.path) == 200
        ]

    def listed(self) -> list[str]:
        """Return the pages that sitemaps list as they should, and those they lack are not in it."""
        return [
            page.path
            for page in self.plan.pages
            if self.indexable(page.path) and "sitemap_missing" not in self.wrong_with(page.path)
        ]

    def listed_wrongly(self) -> list[str]:
        """Return the addresses that sitemaps should not list."""
        return [p for i in self.active if i.kind == "sitemap_extra" for p in i.paths]


def read_days_ago(path: str, seed: int) -> int:
    """Return how many days ago a search engine last read a page: its index is as old."""
    return 4 + int(draws.key(seed, "read", path)) % 3


def read_on(path: str, seed: int, day: date) -> date:
    """Return the day as of which an index knows a page."""
    return day - timedelta(days=read_days_ago(path, seed))
