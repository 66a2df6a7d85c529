"""What is wrong with a site today, fact by fact? The truth that detectors are measured by.

Some facts are of changes: became_noindex, canonical_elsewhere, page_lost, blocked_by_robots and
indexed_share_fell are told as long as the site differs from what it was before (on CLEAN_DAY); who
compares with a later reading finds less.

fact                    paths
robots_changed          /robots.txt, for a week
sitemap_unreadable      the sitemap
sitemap_errors          /sitemap.xml, the one that was handed in: the engine reports it there
indexed_share_fell      / (the site)
broken_internal_link    the pages that link to what answers 404 or 500
redirect_chain, _loop   the old address where it begins
sitemap_lists_wrong     the address that should not be listed
sitemap_misses          the page that should be; nobody can tell while a sitemap is unreadable
title_duplicate, ...    all pages that have it
hreflang_unpaired       the page whose translation does not name it
not_indexed             pages that answer 200 and ask to be found, and are not in the index
content_decays          from the day on which a quarter of its searches is gone
content_outdated        pages whose text is older than two years
competitor_published    paths on the competitor's site, for a week
pages_compete           both pages
clicks_below_position   the page

Never planted: certificate_ends and mixed_content (the site is served without TLS),
crawl_incomplete, and the facts that are not about sites.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from connectors.sandbox.web.files import INDEX, ROBOTS
from connectors.sandbox.web.incidents import FACTS, MOVEMENTS, SiteIncident
from connectors.sandbox.web.state import SiteState

if TYPE_CHECKING:
    from connectors.sandbox.web.world import SimulatedWeb

DECAYED = 0.75
"""A page decays once its searches are below this factor of the usual."""
OUTDATED_DAYS = 730
CHANGED_DAYS = 7
"""So long news are news."""
SITEMAP_ERRORS = ("sitemap_broken", "sitemap_extra")
SHARE_PAGES = 10
"""When so many pages leave the index at once, the share falls."""


def planted(web: "SimulatedWeb") -> Mapping[str, Sequence[str]]:
    """Return name of a fact to sorted paths, for all facts that are so on the web's day."""
    state = web.state(web.today)
    found: dict[str, set[str]] = {}
    for incident in state.active:
        if incident.kind in FACTS and not _old_news(incident, web.today):
            found.setdefault(FACTS[incident.kind], set()).update(incident.paths)
    if "sitemap_unreadable" in found:
        found.pop("sitemap_misses", None)
    found |= {fact: set(paths) for fact, paths in _derived(web, state).items()}
    return {fact: sorted(paths) for fact, paths in sorted(found.items()) if paths}


def _derived(web: "SimulatedWeb", state: SiteState) -> Mapping[str, Sequence[str]]:
    """Return the facts that follow from what is going on, or from what pages are like."""
    return {
        "robots_changed": [
            ROBOTS
            for i in state.active
            if i.kind == "robots" and (web.today - i.start).days <= CHANGED_DAYS
        ],
        "indexed_share_fell": [
            "/" for i in state.active if i.kind == "not_indexed" and len(i.paths) >= SHARE_PAGES
        ],
        "sitemap_errors": [INDEX for i in state.active if i.kind in SITEMAP_ERRORS],
        "broken_internal_link": _linking_to_broken(state),
        "not_indexed": [
            path
            for path in web.pages
            if state.indexable(path) and web.indexed(path).verdict != "PASS"
        ],
        "content_decays": [
            path
            for i in state.active
            if i.kind == "decays" and 1 - (1 - i.factor) * i.progress(state.day) < DECAYED
            for path in i.paths
        ],
        "content_outdated": [
            page.path
            for page in web.plan.pages
            if state.status(page.path) == 200
            and (web.today - page.modified(web.today, web.seed)).days > OUTDATED_DAYS
        ],
    }


def movements(web: "SimulatedWeb") -> Mapping[str, Sequence[str]]:
    """Return kind of incident to the queries, or to the common beginning of its paths."""
    return {
        kind: sorted({i.query or i.target for i in web.state(web.today).active if i.kind == kind})
        for kind in sorted(MOVEMENTS)
    }


def _old_news(incident: SiteIncident, today: date) -> bool:
    return incident.kind == "competitor" and (today - incident.start).days > CHANGED_DAYS


def _linking_to_broken(state: SiteState) -> list[str]:
    broken = [p for i in state.active if i.kind in ("gone", "fails") for p in i.paths]
    return [linking for path in broken for linking in state.linking_to(path)]
