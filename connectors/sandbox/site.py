"""The brands' landing pages, `/site/<brand>/<path>`: 200, 404, or 500 while one is down."""

from html import escape

from connectors.sandbox.exchange import Request, Response
from connectors.sandbox.faults import Fault
from connectors.sandbox.world import World

HTML = "text/html; charset=utf-8"


class Site:
    """Answers requests whose path begins after `/site`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def account_of(self, _request: Request) -> str:
        """Return nothing: a page belongs to no account."""
        return ""

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request for a page."""
        brand, _, path = request.path.lstrip("/").partition("/")
        if fault is not None and fault.kind == "status":
            return _page(fault.status, "Error")
        if path not in self._paths(brand):
            return _page(404, "Not found")
        if path in self._down(brand):
            return _page(500, "Internal Server Error")
        return _page(200, path.replace("-", " ").capitalize())

    def _paths(self, brand: str) -> set[str]:
        return {ad_path for ad_path, _, _ in self._ads(brand)}

    def _down(self, brand: str) -> set[str]:
        down = [
            i
            for i in self._world.market.scenario.incidents
            if i.kind == "landing_page_down" and i.active(self._world.clock)
        ]
        return {
            path
            for path, campaign_id, ad_id in self._ads(brand)
            for incident in down
            if incident.campaign_id == campaign_id and incident.ad_id in (None, ad_id)
        }

    def _ads(self, name: str) -> list[tuple[str, int, int]]:
        return [
            (ad.path, campaign.campaign_id, ad.ad_id)
            for brand in self._world.market.scenario.brands
            if brand.name == name
            for account in brand.accounts
            for campaign in account.campaigns
            for group in campaign.ad_groups
            for ad in group.ads
        ]


def _page(status: int, title: str) -> Response:
    text = f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1>"
    return Response(status, text.encode(), HTML)
