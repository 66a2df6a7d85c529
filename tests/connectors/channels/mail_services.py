"""Connectors to a scripted server and to the sandbox's e-mail services, and what they are given."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import requests

from connectors.audience import Member, audience_change
from connectors.changes import Change, Permit, Subject
from connectors.channels import klaviyo, mailchimp
from connectors.sandbox import DEMO_TODAY, Sandbox, small
from connectors.sandbox.mail import demo_mail
from connectors.throttle import LocalThrottle

from ..conftest import Answer, FakeTime, ScriptedServer

KEY = "planted-key-us1"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
MAILCHIMP, KLAVIYO = "8d3a3db4d97663a9074efcc16", "AcmeSh"
MAILCHIMP_METRICS = {
    "sent": "emails_sent", "delivered": "delivered", "bounced": "bounces",
    "hard_bounced": "hard_bounces", "complaints": "abuse_reports", "unsubscribes": "unsubscribed",
    "opens": "unique_opens",
}  # fmt: skip
KLAVIYO_METRICS = {
    "sent": "recipients", "delivered": "delivered", "bounced": "bounced",
    "complaints": "spam_complaints", "unsubscribes": "unsubscribe_uniques", "opens": "opens_unique",
}  # fmt: skip
COMMON = ("sent", "delivered", "bounced", "complaints", "unsubscribes", "opens")
Connector = mailchimp.Connector | klaviyo.Connector
MODULES: dict[str, Any] = {"mailchimp": mailchimp, "klaviyo": klaviyo}


def connector(
    service: str,
    url: str,
    key: str = KEY,
    time_: FakeTime | None = None,
    session: requests.Session | None = None,
    **options: Any,
) -> Any:
    """Connect to a server; nothing really waits."""
    time_ = time_ or FakeTime()
    account_id = {"mailchimp": MAILCHIMP, "klaviyo": KLAVIYO}[service]
    metrics = {"mailchimp": MAILCHIMP_METRICS, "klaviyo": KLAVIYO_METRICS}[service]
    given = {"account_id": account_id, "api_key": key, "base_url": url, "metrics": metrics}
    more = {"clock": lambda: NOW} if service == "klaviyo" else {}
    throttle = LocalThrottle(time_.clock, time_.sleep)
    module = MODULES[service]
    return module.Connector(module.Options(**given | options), session, throttle=throttle, **more)


class Listening(requests.Session):
    """A session that remembers what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, dict[str, str]]] = []

    def request(self, method: Any, url: Any, *args: Any, **more: Any) -> requests.Response:
        """Remember the path and the query of a call."""
        parts = urlsplit(str(url))
        query = dict(parse_qsl(parts.query)) | dict(more.get("params") or {})
        self.asked.append((f"{method} {parts.path}", query))
        return super().request(method, url, *args, **more)


@contextmanager
def simulated(service: str, **options: Any) -> Iterator[tuple[Sandbox, Any]]:
    """Run a sandbox with the demo's accounts, and a connector to one of them."""
    with Sandbox(small(), today=DEMO_TODAY, mail=demo_mail()) as sandbox:
        yield sandbox, connector(service, f"{sandbox.url}/{service}", "demo-us1", **options)


def figures(channel: Connector, window: Any, level: Any = "campaign") -> pd.DataFrame:
    """Return all figures of a window."""
    return pd.concat(channel.performance(level, window), ignore_index=True)


def permit(change: Change) -> Permit:
    """Let a change through."""
    return Permit(change, 1, NOW)


def status(entity_id: str, after: str, before: str = "enabled") -> Permit:
    """Return the permit to start or pause something."""
    return permit(Change(Subject("campaign", entity_id, "status"), before, after))


def member(address: str, source: str = "checkout 2026-03-01") -> Member:
    """Return somebody who agreed to mail."""
    return Member(address, source, NOW)


def moved(
    channel: Connector, item: str, present: frozenset[str], add: list[str], remove: list[str]
) -> Permit:
    """Return the permit to put addresses into a list and take others out."""
    keys = {channel.member_key(address) for address in add}
    gone = {channel.member_key(address) for address in remove}
    return permit(
        audience_change(channel.account_id, item, present, (present | keys) - gone, "lapsed")
    )


def sent(server: ScriptedServer) -> list[Any]:
    """Return the bodies of what was sent and may change something."""
    return [one.json() for one in server.seen if one.method != "GET" and one.body]


def answers(*bodies: Any) -> list[Answer]:
    """Return answers with these bodies."""
    return [body if isinstance(body, Answer) else Answer(body) for body in bodies]
