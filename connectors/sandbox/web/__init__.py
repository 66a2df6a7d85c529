"""A simulated website: its pages over real HTTP, and what search engines and analytics say of it.

    web = simulated_web("shop", seed=1)          # or "clinic", or generated(pages=10_000)
    web.search(day), web.sessions(day), web.speeds(path, "phone"), web.indexed(path)
    web.planted()                                # name of a fact to paths: what is wrong today
    with Website(web) as website: website.url    # see `website.py`

`shapes.py` says what can be asked, `world.py` answers it. `plan.py` are the parts of a site,
`shop.py`, `clinic.py` and `generated.py` the sites, `incidents.py` what goes wrong, `planted.py`
the truth about it, `state.py` what a site is like on a day, `pages.py` and `files.py` what it
serves.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal

from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.web.clinic import clinic
from connectors.sandbox.web.generated import generated
from connectors.sandbox.web.incidents import SiteIncident
from connectors.sandbox.web.plan import SitePlan
from connectors.sandbox.web.shop import shop
from connectors.sandbox.web.shop_incidents import CLEAN_DAY
from connectors.sandbox.web.website import Asked, Website
from connectors.sandbox.web.world import SimulatedWeb

DemoSite = Literal["shop", "clinic"]
SITES: dict[DemoSite, Callable[[], SitePlan]] = {"shop": shop, "clinic": clinic}


def simulated_web(kind: DemoSite, seed: int = 1, today: date = DEMO_TODAY) -> SimulatedWeb:
    """Return a demo brand's site; KeyError if there is none of that name."""
    return SimulatedWeb(SITES[kind](), seed, today)


def demo_webs(seed: int = 1, today: date = DEMO_TODAY) -> dict[str, SimulatedWeb]:
    """Return the sites of all demo brands, by brand."""
    return {kind: simulated_web(kind, seed, today) for kind in SITES}


__all__ = [
    "CLEAN_DAY",
    "SITES",
    "Asked",
    "DemoSite",
    "SimulatedWeb",
    "SiteIncident",
    "Website",
    "demo_webs",
    "generated",
    "simulated_web",
]
