"""A connector to HubSpot, scripted or simulated, and rows as HubSpot writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from connectors.channels import hubspot
from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.mail import MailWorld, demo_mail
from connectors.sandbox.mail.history import SECRET
from connectors.throttle import LocalThrottle

from ..conftest import Answer, FakeTime
from .mail_services import NOW

HUBSPOT, TOKEN = "24680135", "planted-token"
KEY = ("hubspot", HUBSPOT)
METRICS = {
    "sent": "sent", "delivered": "delivered", "bounced": "bounce", "hard_bounced": "hardbounced",
    "complaints": "spamreport", "unsubscribes": "unsubscribed", "opens": "open",
}  # fmt: skip
FIELDS = ("recipients", "delivered", "bounced", "hard", "complaints", "unsubscribes", "opens")
"""What the simulated world calls them."""
DETAILS = {"portalId": int(HUBSPOT), "timeZone": "America/New_York", "companyCurrency": "USD"}


def connector(
    url: str,
    token: str = TOKEN,
    time_: FakeTime | None = None,
    session: requests.Session | None = None,
    **options: Any,
) -> hubspot.Connector:
    """Connect to a server; nothing really waits."""
    time_ = time_ or FakeTime()
    given = {"account_id": HUBSPOT, "access_token": token, "base_url": url, "metrics": METRICS}
    made = hubspot.Options(**given | options)
    throttle = LocalThrottle(time_.clock, time_.sleep)
    return hubspot.Connector(made, session, throttle=throttle, clock=lambda: NOW)


@contextmanager
def simulated(
    mail: MailWorld | None = None, token: str = SECRET, **options: Any
) -> Iterator[tuple[Sandbox, hubspot.Connector]]:
    """Run a sandbox with the demo's accounts, and a connector to the one at HubSpot."""
    with Sandbox(small(), today=DEMO_TODAY, mail=mail or demo_mail()) as sandbox:
        yield sandbox, connector(f"{sandbox.url}/hubspot", token, **options)


def page(rows: list[Any], after: str = "", key: str = "results") -> dict[str, Any]:
    """Return a page; with `after` another one follows."""
    return {key: rows, **({"paging": {"next": {"after": after}}} if after else {})}


def error(status: int = 400, category: str = "VALIDATION_ERROR", **more: Any) -> Answer:
    """Return a refusal, in which somebody is named."""
    told = {"status": "error", "message": "jo@people.example is wrong", "category": category}
    return Answer({**told, "correlationId": "c-1", **more}, status)


def limit(policy: str) -> Answer:
    """Return the refusal of a limit."""
    return error(429, "RATE_LIMITS", errorType="RATE_LIMIT", policyName=policy)


def email(id_: str = "1", state: str = "PUBLISHED", **more: Any) -> dict[str, Any]:
    """Return a marketing e-mail."""
    told = {"id": id_, "name": f"E-mail {id_}", "type": "BATCH_EMAIL", "state": state}
    return {**told, "publishDate": "2026-01-05T10:00:00Z", "archived": False, **more}


def day(start: str, end: str, key: str = "aggregations", **counters: Any) -> dict[str, Any]:
    """Return what came of one day's sending; each end is `2026-11-01T04`."""
    told = {"counters": counters, "ratios": {"openratio": 62.926, "clickratio": 1.136}}
    return {"interval": {"start": f"{start}:00:00Z", "end": f"{end}:00:00Z"}, key: told}
