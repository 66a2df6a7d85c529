"""Who tells of the simulated websites beside the sites themselves? Search engine, analytics, speed.

Base URLs are `<sandbox>/search_console`, `/google_analytics`, `/pagespeed` and `/crux`. A site is
Search Console's property `<site url>/`, Analytics' property `plan.property_id`, and to those who
measure speed the host that its addresses name.
"""

from collections.abc import Iterable

from connectors.sandbox.exchange import Part
from connectors.sandbox.web.crux import Crux
from connectors.sandbox.web.google_analytics import GoogleAnalytics
from connectors.sandbox.web.pagespeed import PageSpeed
from connectors.sandbox.web.search_console import SearchConsole
from connectors.sandbox.web.world import SimulatedWeb
from connectors.sandbox.world import World


def vendors(world: World, webs: Iterable[SimulatedWeb]) -> dict[str, Part]:
    """Return what answers for each vendor, by prefix. The sites know their hosts by now."""
    by_host = {web.host: web for web in webs}
    known = by_host.values()
    return {
        "search_console": SearchConsole(world, {f"{web.url}/": web for web in known}),
        "google_analytics": GoogleAnalytics(world, {web.plan.property_id: web for web in known}),
        "pagespeed": PageSpeed(world, by_host),
        "crux": Crux(world, by_host),
    }
