"""A simulated Google Ads account of any size, in a process of its own, and the ways to read it."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from connectors.base import Window
from connectors.channels import google_ads
from connectors.channels.google_ads import queries
from connectors.sandbox.demo import DEMO_TODAY
from connectors.sandbox.size import GOOGLE_ACCOUNT
from connectors.warehouse import Warehouse
from deployments.server import child

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SHARES = {
    "search_impression_share": "metrics.search_impression_share",
    "search_budget_lost_impression_share": "metrics.search_budget_lost_impression_share",
}
"""What the shipped library asks of Google for campaigns, beyond the core metrics."""
NO_SHARES: Mapping[str, str] = {}
SEARCH = f"/google/{google_ads.VERSION}/customers/{GOOGLE_ACCOUNT}/googleAds:search"


def last_days(days: int) -> Window:
    """Return the complete days before the market's today."""
    return Window(DEMO_TODAY - timedelta(days=days), DEMO_TODAY - timedelta(days=1))


@contextmanager
def market(campaigns: int, folder: Path) -> Iterator[str]:
    """Serve an account of so many campaigns, each with one ad group and one ad; yield its URL."""
    command = [sys.executable, "-m", "connectors.sandbox", "--scenario", "size"]
    command += ["--campaigns", str(campaigns)]
    with child(command, {}, folder / "sandbox.log", listen=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]


def connect(url: str, metrics: Mapping[str, str] = NO_SHARES) -> google_ads.Connector:
    """Return the real connector to the account, for the core metrics and these."""
    options = google_ads.Options(
        account_id=GOOGLE_ACCOUNT,
        client_id="client",
        client_secret="secret",
        refresh_token="token",
        base_url=f"{url}/google",
        token_url=f"{url}/google/token",
        metrics={**metrics},
    )
    return google_ads.Connector(options)


def campaign_query(window: Window, metrics: Mapping[str, str] = NO_SHARES) -> str:
    """Return what the connector asks for a window of campaign figures."""
    return queries.figures("campaign", window, tuple(metrics.values()))


def access_token(url: str) -> str:
    """Return a token for calls that go past the connector."""
    form = {"grant_type": "refresh_token", "refresh_token": "token"}
    return requests.post(f"{url}/google/token", data=form, timeout=10).json()["access_token"]


def bare_pages(url: str, window: Window, metrics: Mapping[str, str] = NO_SHARES) -> Iterator[bytes]:
    """Yield the bodies of all pages. Once asked for, the market has them ready."""
    headers = {"Authorization": f"Bearer {access_token(url)}"}
    body = {"query": campaign_query(window, metrics)}
    while True:
        reply = requests.post(f"{url}{SEARCH}", json=body, headers=headers, timeout=300)
        reply.raise_for_status()
        yield reply.content
        if not (token := reply.json().get("nextPageToken")):
            return
        body["pageToken"] = token


def list_campaigns(warehouse: Warehouse, channel: google_ads.Connector) -> int:
    """Store the account and its campaigns, as a run does before their figures; return its key."""
    key = warehouse.save_account("bench", "google", channel.account(), NOW)
    warehouse.save_entities(key, channel.entities(["campaign"]), NOW, complete_for=["campaign"])
    return key


def pull(warehouse: Warehouse, account_key: int, channel: google_ads.Connector, w: Window) -> int:
    """Pull and store a window of campaign figures, as a run's step does; return the rows."""
    with warehouse.pull(account_key, "campaign", w, run_id="bench", now=NOW) as writer:
        for frame in channel.performance("campaign", w):
            writer.add(frame)
    return writer.rows
