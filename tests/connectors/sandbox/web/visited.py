"""The demo shop's site as analytics and speed measurements tell of it, and a sandbox of them."""

from collections.abc import Mapping
from datetime import date, timedelta

from connectors.sandbox import Sandbox, demo
from connectors.sandbox.web import SimulatedWeb, simulated_web
from connectors.sandbox.web.crux import Crux
from connectors.sandbox.web.google_analytics import GoogleAnalytics
from connectors.sandbox.web.pagespeed import PageSpeed
from connectors.sandbox.web.shapes import Web

PROPERTY = "400100200"
SITE = "http://shop.example"
TODAY = date(2026, 11, 2)


class VisitedSandbox(Sandbox):
    """A sandbox with Google Analytics, PageSpeed Insights and the Chrome UX Report."""

    def __init__(self, webs: Mapping[str, Web], cardinality: int = 50_000) -> None:
        super().__init__(demo(), today=TODAY)
        self.seconds = 0.0
        self.analytics = GoogleAnalytics(self.world, webs, cardinality)
        self._parts["google_analytics"] = self.analytics
        self._parts["pagespeed"] = PageSpeed(self.world, webs)
        self._parts["crux"] = Crux(self.world, webs, lambda: self.seconds)
        self.analytics_url = f"{self.url}/google_analytics"
        self.token_url = f"{self.google_url}/token"


def shop() -> SimulatedWeb:
    """Return the shop's site, which is not served."""
    return simulated_web("shop", today=TODAY)


def days(start: date, end: date) -> list[date]:
    """Return the days of a window."""
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
