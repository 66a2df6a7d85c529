"""Faults of the sandbox against everything that tells of a website: right error, wait and data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

import pandas as pd
import pytest

from connectors.base import ReconnectError, RejectedError, TransientError, Window
from connectors.sandbox import DEMO_TODAY, Sandbox, demo
from connectors.sandbox.web import demo_webs
from connectors.throttle import LocalThrottle

from .conftest import FakeTime, told

WINDOW = Window(date(2026, 10, 26), date(2026, 10, 30))
LOGIN = {
    "client_id": "client",
    "client_secret": "planted-client",
    "refresh_token": "planted-refresh",
}
MEASURING = ("pagespeed", "crux")
"""They have a key instead of a login, and know sites by scheme and host."""
KEY = {"api_key": "planted-key"}
SECRETS = ("planted-client", "planted-refresh", "planted-key", "ya29.")


@dataclass(frozen=True)
class Asked:
    """A vendor of a running sandbox, asked about a brand's website."""

    sandbox: Sandbox
    time: FakeTime
    vendor: str

    def told_of(self, brand: str) -> Any:
        """Return what the vendor says: figures, or who was measured (no run is like another)."""
        module = import_module(f"connectors.channels.{self.vendor}")
        options = module.Options(account_id=self.account(brand), **self._how(brand))
        throttle = LocalThrottle(self.time.clock, self.time.sleep)
        connector = module.Connector(options, throttle=throttle, clock=self.sandbox.world.moment)
        if hasattr(connector, "speed"):
            page = f"{self.sandbox.site_urls[brand]}/"
            return [(it.url, it.source, it.reason) for it in connector.speed([page], "phone")]
        return pd.concat(connector.performance("page", WINDOW), ignore_index=True)

    def account(self, brand: str) -> str:
        """Return the vendor's name of the site."""
        if self.vendor == "google_analytics":
            return self.sandbox.websites[brand].web.plan.property_id
        return f"{self.sandbox.site_urls[brand]}/"

    def fails(self, kind: str, brand: str, **options: Any) -> None:
        """Let calls about a brand's site meet a fault."""
        account = self.account(brand)
        account = account.rstrip("/") if self.vendor in MEASURING else account
        self.sandbox.faults.add(kind, platform=self.vendor, account=account, **options)

    def _how(self, brand: str) -> dict[str, Any]:
        base = {"base_url": f"{self.sandbox.url}/{self.vendor}"}
        if self.vendor in MEASURING:
            return base | KEY | ({"runs": 1} if self.vendor == "pagespeed" else {})
        site = {"site_url": self.sandbox.site_urls[brand], "metrics": {"sessions": "sessions"}}
        own = site if self.vendor == "google_analytics" else {"metrics": {"position": "position"}}
        return base | LOGIN | own | {"token_url": f"{self.sandbox.google_url}/token"}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(demo(), today=DEMO_TODAY, webs=demo_webs()) as sandbox:
        yield sandbox


@pytest.fixture(params=["search_console", "google_analytics", "pagespeed", "crux"])
def asked(request, running, time_) -> Iterator[Asked]:
    yield Asked(running, time_, request.param)
    running.faults.clear()
    running.forget_requests()


def same(found: Any, expected: Any) -> None:
    if isinstance(expected, pd.DataFrame):
        assert len(expected) > 100
        pd.testing.assert_frame_equal(found, expected)
    else:
        assert [reason for _, _, reason in expected] == [""] * len(expected) != []
        assert found == expected


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("status", {"status": 503, "count": 2}),
        ("html", {"status": 200}),
        ("stall", {"seconds": 0.05}),
        ("cut_before", {}),
        ("cut_body", {}),
        ("half_page", {}),
        ("slow_drip", {"seconds": 0.1}),
    ],
)
def test_what_may_pass_passes_and_the_data_are_whole(asked, kind, options):
    undisturbed = asked.told_of("shop")
    asked.fails(kind, "shop", **options)
    same(asked.told_of("shop"), undisturbed)
    assert kind in {call.fault for call in asked.sandbox.requests}
    assert asked.time.slept == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("permission_denied", RejectedError),
        ("token_revoked", ReconnectError),
        ("html", TransientError),
        ("half_page", TransientError),
    ],
)
def test_what_lasts_is_named_and_the_other_site_is_unharmed(asked, kind, error):
    undisturbed = asked.told_of("clinic")
    asked.fails(kind, "shop", count=None)
    with pytest.raises(error) as caught:
        asked.told_of("shop")
    assert not [secret for secret in SECRETS if secret in told(caught.value)]
    same(asked.told_of("clinic"), undisturbed)


def test_a_quota_that_is_used_up_is_waited_for_as_long_as_it_lasts_or_ends_the_run(asked):
    asked.fails("quota", "shop", count=None, seconds=7200)
    with pytest.raises(TransientError) as caught:
        asked.told_of("shop")
    lasts = round(caught.value.retry_after)
    assert lasts >= 60
    assert {round(wait) for wait in asked.time.slept} <= {lasts}


def test_a_login_gets_a_new_token_when_the_old_one_expires_and_a_key_needs_a_person(asked):
    before = asked.told_of("shop")
    asked.fails("token_expired", "shop")
    if asked.vendor in MEASURING:
        with pytest.raises(ReconnectError, match="make a new api_key"):
            asked.told_of("shop")
    else:
        same(asked.told_of("shop"), before)
