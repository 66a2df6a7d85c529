"""One local HTTP server for the whole market: platforms, landing pages, the sandbox's controls.

<url>/google/token, <url>/google/v26/...     Google Ads; a connector's base URL is <url>/google
<url>/meta/v26.0/...                         Meta; a connector's base URL is <url>/meta
<url>/site/<brand>/<path>                    landing pages of brands without a website
<url>/search_console, /google_analytics, /pagespeed, /crux    what vendors know of the websites
<url>/linkedin, /bluesky, /mastodon          social networks
<url>/mailchimp, /klaviyo, /hubspot          e-mail services
<url>/inbox                                  where messages to owners arrive
<url>/_sandbox/...                           the clock, faults, logs: see `controls.py`

The brands' websites (`web/`), where there are any, have ports of their own, `site_urls`, and ads
lead there. How requests come in is in `serving.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event, Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING

from connectors.sandbox.controls import controlled
from connectors.sandbox.edits import Edit
from connectors.sandbox.exchange import Part, Request, Response, answer
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.google_ads import GoogleAds
from connectors.sandbox.inbox import Inbox
from connectors.sandbox.market import Market
from connectors.sandbox.meta_ads import MetaAds
from connectors.sandbox.meta_insight_calls import SYNC_ROWS
from connectors.sandbox.people import edit_by_hand
from connectors.sandbox.serving import Call, Server
from connectors.sandbox.site import Site
from connectors.sandbox.structure import Scenario
from connectors.sandbox.world import MORNING, World

if TYPE_CHECKING:
    from connectors.sandbox.mail import MailWorld
    from connectors.sandbox.social import SocialWorld
    from connectors.sandbox.web import SimulatedWeb, Website

HTML_PAGE = b"<!DOCTYPE html><html><head><title>Service Unavailable</title></head></html>"


class Sandbox:
    """A running market. Use it as a context manager, or call `start` and `close`.

    `webs`: brand to its website, `social`: the accounts on social networks, `mail`: those at e-mail
    services; all are served too and go by the same clock.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        today: date = date(2026, 11, 2),
        *,
        port: int = 0,
        app_secret: str = "",
        sync_rows: int = SYNC_ROWS,
        webs: "Mapping[str, SimulatedWeb] | None" = None,
        social: "SocialWorld | None" = None,
        mail: "MailWorld | None" = None,
    ) -> None:
        self.world = World(Market(scenario, seed), today, app_secret=app_secret)
        self.inbox = Inbox()
        self._parts: dict[str, Part] = {
            "google": GoogleAds(self.world),
            "meta": MetaAds(self.world, sync_rows),
            "site": Site(self.world),
            "inbox": self.inbox,
        }
        self.websites: dict[str, Website] = {}
        if webs:
            self._host(webs)
        self.social = social
        if social:
            from connectors.sandbox.social.networks import networks

            self._parts |= networks(self.world, social)
        self.mail = mail
        if mail:
            from connectors.sandbox.mail.services import services

            self._parts |= services(self.world, mail)
        self.site_urls = {brand: website.url for brand, website in self.websites.items()}
        self.world.sites = self.site_urls
        self._log: list[Call] = []
        self._log_lock = Lock()
        self.closing = Event()
        self._server = Server(("127.0.0.1", port), self)
        self.url = self.world.url = f"http://127.0.0.1:{self._server.server_port}"
        self.google_url = f"{self.url}/google"
        self.meta_url = f"{self.url}/meta"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Serve in a thread until `close`; every website in one of its own."""
        self._thread.start()
        for website in self.websites.values():
            website.start()

    def close(self) -> None:
        """Stop serving, cut what is still open, wait until the thread is gone."""
        self.closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        for website in self.websites.values():
            website.close()

    def _host(self, webs: "Mapping[str, SimulatedWeb]") -> None:
        from connectors.sandbox.web.vendors import vendors  # only who has a website pays for it
        from connectors.sandbox.web.website import bound

        self.websites = bound(webs, self.world.clock, self.world.faults)
        self._parts |= vendors(self.world, webs.values())

    @property
    def competitor_urls(self) -> dict[str, str]:
        """Where each brand's competitor is, without a slash at the end."""
        return {brand: website.competitor_url for brand, website in self.websites.items()}

    @property
    def faults(self) -> Faults:
        """The switchboard of faults."""
        return self.world.faults

    @property
    def requests(self) -> list[Call]:
        """The platform calls so far, without the sandbox's own controls."""
        with self._log_lock:
            return list(self._log)

    @property
    def writes(self) -> list[Edit]:
        """Every write that came in so far, also those that were refused or only validated."""
        return self.world.market.edits.log()

    def set_clock(self, today: date) -> None:
        """Let it be nine in the morning of that day; figures change as they do in real accounts."""
        self.world.clock = today
        self.world.minute = MORNING
        for website in self.websites.values():
            website.web.today = today

    def advance(self, days: int = 1) -> None:
        """Let so many days pass; it is nine in the morning."""
        self.set_clock(self.world.clock + timedelta(days=days))

    def set_minute(self, minute: int) -> None:
        """Let it be that minute of the day, UTC."""
        if not 0 <= minute < 24 * 60:
            raise ValueError(f"a day has 1,440 minutes, from 0; not {minute}")
        self.world.minute = minute

    def set_moment(self, moment: datetime) -> None:
        """Let it be that moment, UTC, to the minute."""
        self.set_clock(moment.date())
        self.set_minute(moment.hour * 60 + moment.minute)

    def edit_by_hand(
        self, account_id: str, level: str, entity_id: str, field: str, value: str, **more: str
    ) -> None:
        """Let a person change something; see `people.py`."""
        edit_by_hand(self.world, account_id, level, entity_id, field, value, **more)

    def forget_requests(self) -> None:
        """Empty the log."""
        with self._log_lock:
            self._log.clear()

    def note(self, call: Call) -> None:
        """Add a call to the log."""
        with self._log_lock:
            self._log.append(call)

    def respond(self, request: Request) -> tuple[Response | None, Fault | None, str]:
        """Answer a request. None instead of a response means: cut the connection."""
        prefix, _, rest = request.path.lstrip("/").partition("/")
        if prefix == "_sandbox":
            return controlled(self, request, rest), None, ""
        part = self._parts.get(prefix)
        if part is None:
            return answer({"error": f"there is nothing at {request.path}"}, 404), None, ""
        inner = replace(request, path=f"/{rest}")
        account = part.account_of(inner)
        fault = self.faults.due(prefix, account, inner.path, inner.method)
        if fault is not None and fault.kind == "stall":
            self.closing.wait(fault.seconds)
            return None, fault, account
        if fault is not None and fault.kind == "cut_before":
            return None, fault, account
        if fault is not None and fault.kind == "html":
            return Response(fault.status, HTML_PAGE, "text/html"), fault, account
        response = part.respond(inner, fault)
        if fault is not None and fault.kind == "delay":
            self.closing.wait(fault.seconds)
        if fault is not None and fault.kind == "cut_after":
            return None, fault, account
        if fault is not None and fault.kind == "status_after":
            response = part.respond(inner, Fault("status", status=fault.status))
        if fault is not None and fault.kind in ("half_page", "cut_body", "slow_drip"):
            response = _whole(response)
        if fault is not None and fault.kind == "half_page":
            body = _bytes(response)
            body = body[: len(body) // 2]
            response = Response(200, body, response.content_type, response.headers)
        return response, fault, account


def _bytes(response: Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


def _whole(response: Response) -> Response:
    return Response(response.status, _bytes(response), response.content_type, response.headers)
