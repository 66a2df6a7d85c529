"""A site of any size without anything wrong, for benchmarks: home, hubs of 100 links, pages.

Of `rows` places for a query and a page, every one is shown on nearly every day, so that 16 months
have about 487 times as many rows.
"""

from datetime import date

from connectors.sandbox import draws
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web.plan import PageKind, PagePlan, Rank, SearchPlan, SitePlan, Visits
from connectors.sandbox.web.planning import UNPAID
from connectors.sandbox.web.world import SimulatedWeb

PER_HUB = 100
PER_SITEMAP = 5000
ROWS = 2060
"""Places for a query and a page: a million rows within 16 months."""


def generated(
    pages: int = 10_000, seed: int = 1, today: date = DEMO_TODAY, *, rows: int = ROWS
) -> SimulatedWeb:
    """Return a site with so many pages; ValueError if there is no room for home page and a hub."""
    return SimulatedWeb(generated_plan(pages, seed, rows), seed, today)


def generated_plan(pages: int, seed: int, rows: int = ROWS) -> SitePlan:
    """Return the plan of a site with so many pages, home and hubs among them."""
    if pages < 3:
        raise ValueError(f"a generated site has 3 pages or more, not {pages}")
    hubs = -(-(pages - 1) // (PER_HUB + 1))
    leaves = pages - 1 - hubs
    plans = [_page("/", "Home", "home", tuple(f"/s{hub:03}" for hub in range(hubs)))]
    for hub in range(hubs):
        places = range(hub * PER_HUB, min(leaves, (hub + 1) * PER_HUB))
        links = tuple(_leaf(hub, place) for place in places)
        plans.append(_page(f"/s{hub:03}", f"Section {hub}", "hub", links))
        plans += [_leaf_page(hub, place, places) for place in places]
    return SitePlan(
        key="generated",
        name="Generated",
        tag="G-GENERATED1",
        property_id="400100900",
        currency="EUR",
        time_zone="Europe/Berlin",
        pages=tuple(plans),
        searches=_searches(plans, seed, rows),
        origins=UNPAID,
        visits=tuple(Visits(page.path, 1, 1.0) for page in plans[:500]),
        sitemaps=(*_sitemaps(hubs), ("/sitemap-home.xml", ("/",))),
    )


def _sitemaps(hubs: int) -> list[tuple[str, tuple[str, ...]]]:
    step = PER_SITEMAP // PER_HUB
    return [
        (
            f"/sitemap-{first // step}.xml.gz",
            tuple(f"/s{hub:03}" for hub in range(first, min(first + step, hubs))),
        )
        for first in range(0, hubs, step)
    ]


def _leaf(hub: int, place: int) -> str:
    return f"/s{hub:03}/p{place:06}"


def _leaf_page(hub: int, place: int, places: range) -> PagePlan:
    near = (place + 1, place + 7, place - 1)
    links = (f"/s{hub:03}", *(_leaf(hub, other) for other in near if other in places))
    return _page(_leaf(hub, place), f"Page {place}", "article", links)


def _page(path: str, name: str, kind: PageKind, links: tuple[str, ...]) -> PagePlan:
    return PagePlan(
        path=path,
        name=name,
        kind=kind,
        title=f"{name} | Generated",
        description=f"What there is to know about {name.lower()}.",
        links=links,
    )


def _searches(pages: list[PagePlan], seed: int, rows: int) -> tuple[SearchPlan, ...]:
    made = []
    for number in range(rows):
        drawn = int(draws.key(seed, "generated", str(number)))
        path = pages[number % len(pages)].path
        position = 1 + (drawn % 300) / 10
        made.append(SearchPlan(f"query {number}", 4 + drawn // 300 % 60, (Rank(path, position),)))
    return tuple(made)
