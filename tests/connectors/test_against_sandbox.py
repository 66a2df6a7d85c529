"""Every fault of the sandbox against every connector it stands for: right error, wait and data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from connectors.base import Channel, ReconnectError, RejectedError, TransientError, Window
from connectors.channels import google_ads, meta_ads
from connectors.sandbox import DEMO_TODAY, Sandbox, demo, sized
from connectors.sandbox.demo import (
    CLINIC_GOOGLE,
    CLINIC_META,
    MANAGER,
    SHOP_GOOGLE,
    SHOP_META,
)
from connectors.sandbox.faults import KINDS
from connectors.sandbox.size import GOOGLE_ACCOUNT, META_ACCOUNT
from connectors.throttle import LocalThrottle

from .conftest import FakeTime, told

WINDOW = Window(date(2026, 10, 20), date(2026, 11, 1))
SECRETS = ("planted-client", "planted-refresh", "planted-access", "planted-app")


@dataclass(frozen=True)
class Market:
    """A running sandbox and connectors to it, on a time of the test's own."""

    sandbox: Sandbox
    time: FakeTime

    def google(self, account: str = SHOP_GOOGLE) -> Channel:
        options = google_ads.Options(
            account_id=account,
            client_id="client",
            client_secret="planted-client",
            refresh_token="planted-refresh",
            login_customer_id=MANAGER if account == SHOP_GOOGLE else None,
            base_url=self.sandbox.google_url,
            token_url=f"{self.sandbox.google_url}/token",
        )
        return google_ads.Connector(options, throttle=self.throttle())

    def meta(self, account: str = SHOP_META) -> Channel:
        options = meta_ads.Options(
            account_id=account,
            access_token="planted-access",
            app_secret="planted-app",
            base_url=self.sandbox.meta_url,
        )
        throttle = self.throttle()
        return meta_ads.Connector(options, throttle=throttle, sleep=self.time.sleep)

    def throttle(self) -> LocalThrottle:
        return LocalThrottle(self.time.clock, self.time.sleep)


@dataclass(frozen=True)
class Platform:
    """How a test reaches one platform, and which accounts it has there."""

    name: str  # as the sandbox's faults call it
    connect: Callable[[Market, str], Channel]
    account: str
    other: str
    big: str


GOOGLE = Platform("google", Market.google, SHOP_GOOGLE, CLINIC_GOOGLE, GOOGLE_ACCOUNT)
META = Platform("meta", Market.meta, SHOP_META, CLINIC_META, META_ACCOUNT)
BOTH = pytest.mark.parametrize("platform", [GOOGLE, META], ids=lambda platform: platform.name)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(demo(), today=DEMO_TODAY) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def big() -> Iterator[Sandbox]:
    """More than one page of everything, and too much for Meta to answer at once."""
    with Sandbox(sized(900), today=DEMO_TODAY, sync_rows=1_000) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def undisturbed(big) -> dict[str, tuple[Window, pd.DataFrame]]:
    """What the big market says when nothing is wrong, over as many days as make some pages."""
    market = Market(big, FakeTime())
    windows = {
        "google": (market.google(GOOGLE_ACCOUNT), WINDOW),
        "meta": (market.meta(META_ACCOUNT), Window(date(2026, 10, 31), date(2026, 11, 1))),
    }
    return {
        name: (window, pull(channel, window=window)) for name, (channel, window) in windows.items()
    }


@pytest.fixture
def market(running, time_) -> Iterator[Market]:
    yield Market(running, time_)
    running.faults.clear()
    running.forget_requests()


@pytest.fixture
def big_market(big, time_) -> Iterator[Market]:
    yield Market(big, time_)
    big.faults.clear()
    big.forget_requests()


def pull(channel: Channel, level: str = "campaign", window: Window = WINDOW) -> pd.DataFrame:
    """Return all figures in one order; a key that comes twice replaces, as in the warehouse."""
    frame = pd.concat(channel.performance(level, window), ignore_index=True)
    keys = ["entity_id", "date_day"]
    return frame.drop_duplicates(keys, keep="last").sort_values(keys, ignore_index=True)


@BOTH
@pytest.mark.parametrize("level", ["account", "campaign", "ad_group", "ad"])
def test_totals_are_the_markets_own(market, platform, level):
    figures = market.sandbox.world.figures(platform.account, WINDOW.start, WINDOW.end)
    clicks = int((figures.converted + figures.linked + figures.other).sum())
    found = pull(platform.connect(market, platform.account), level)
    assert found.spend.sum() == pytest.approx(figures.cost.sum() / 1e6, abs=1e-6)
    assert found.impressions.sum() == clicks + int(figures.shown.sum())
    assert found.clicks.sum() == clicks
    assert found.conversions.sum() == int(figures.converted.sum())


def met(market: Market) -> set[str]:
    """Return the faults that calls ran into."""
    return {call.fault for call in market.sandbox.requests}


def heals(market: Market, platform: Platform, kind: str, **options: Any) -> None:
    """Assert that a pull which meets the fault brings what an undisturbed one does."""
    undisturbed = pull(platform.connect(market, platform.account))
    market.sandbox.faults.add(kind, platform=platform.name, account=platform.account, **options)
    pd.testing.assert_frame_equal(pull(platform.connect(market, platform.account)), undisturbed)
    assert kind in met(market)


@BOTH
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("status", {"status": 500}),
        ("status", {"status": 503, "count": 2}),
        ("html", {"status": 200}),
        ("html", {"status": 502}),
        ("stall", {"seconds": 0.05}),
        ("cut_before", {}),
        ("cut_body", {}),
        ("half_page", {}),
        ("slow_drip", {"seconds": 0.1}),
        ("page_twice", {}),
    ],
)
def test_what_may_pass_passes_and_the_data_are_whole(market, platform, kind, options):
    heals(market, platform, kind, **options)
    assert market.time.slept == []


@pytest.mark.parametrize(
    ("platform", "kind", "options", "waits"),
    [
        (GOOGLE, "quota", {"seconds": 30}, [30]),
        (GOOGLE, "quota", {"seconds": 45, "error": "RESOURCE_TEMPORARILY_EXHAUSTED"}, [45]),
        (GOOGLE, "quota", {"seconds": 20, "count": 2}, [20, 20]),
        (META, "throttle", {"code": 80000, "seconds": 240}, [240]),
        (META, "throttle", {"code": 17, "seconds": 90}, [90]),
        (META, "throttle", {"code": 613, "subcode": 1487742, "seconds": 60}, [60]),
        (META, "throttle", {"code": 4}, [300]),
    ],
)
def test_who_asks_for_a_wait_gets_it(market, platform, kind, options, waits):
    heals(market, platform, kind, **options)
    assert [round(wait) for wait in market.time.slept] == waits


def test_meta_is_called_less_near_its_limit(market):
    market.sandbox.faults.add("nearly_throttled", platform="meta", percent=80)
    channel = market.meta()
    pull(channel)
    pull(channel)
    assert market.time.slept == [12]


@BOTH
@pytest.mark.parametrize(
    ("kind", "google", "meta"),
    [
        ("token_revoked", ReconnectError, ReconnectError),
        ("permission_denied", RejectedError, ReconnectError),
        ("account_suspended", RejectedError, RejectedError),
        ("cut_before", TransientError, TransientError),
        ("half_page", TransientError, TransientError),
        ("html", TransientError, TransientError),
    ],
)
def test_what_lasts_is_named_and_other_accounts_are_unharmed(market, platform, kind, google, meta):
    undisturbed = pull(platform.connect(market, platform.other))
    market.sandbox.faults.add(kind, platform=platform.name, account=platform.account, count=None)
    with pytest.raises(google if platform is GOOGLE else meta) as caught:
        pull(platform.connect(market, platform.account))
    text = told(caught.value)
    assert platform.account in str(caught.value)
    assert not [secret for secret in SECRETS if secret in text]
    pd.testing.assert_frame_equal(pull(platform.connect(market, platform.other)), undisturbed)
    assert market.time.slept == []


def test_google_gets_a_new_token_when_the_old_one_expires(market):
    channel = market.google()
    before = pull(channel)
    market.sandbox.faults.add("token_expired", platform="google")
    pd.testing.assert_frame_equal(pull(channel), before)


def test_meta_needs_a_person_when_the_token_expires(market):
    market.sandbox.faults.add("token_expired", platform="meta")
    with pytest.raises(ReconnectError, match="190/463"):
        pull(market.meta())


def test_google_needs_a_person_when_the_consent_is_withdrawn(market):
    market.sandbox.faults.add("token_revoked", platform="google", path="/token", count=None)
    with pytest.raises(ReconnectError, match="invalid_grant"):
        pull(market.google())


@pytest.mark.parametrize(
    ("account", "kind", "options"),
    [(SHOP_GOOGLE, "quota", {"seconds": 7200}), (SHOP_META, "throttle", {"seconds": 7200})],
)
def test_hours_are_not_waited_for(market, account, kind, options):
    market.sandbox.faults.add(kind, account=account, **options)
    channel = market.google() if account == SHOP_GOOGLE else market.meta()
    with pytest.raises(TransientError) as caught:
        pull(channel)
    assert caught.value.retry_after == 7200
    with pytest.raises(TransientError, match="no calls for"):
        pull(channel)
    assert market.time.slept == []


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize(
    ("platform", "kind"),
    [
        (GOOGLE, "page_twice"),
        (GOOGLE, "half_page"),
        (GOOGLE, "page_token_expired"),
        (META, "page_twice"),
        (META, "half_page"),
        (META, "cut_body"),
    ],
)
def test_many_pages_are_whole_whatever_page_is_hit(big_market, undisturbed, platform, kind, first):
    window, expected = undisturbed[platform.name]
    big_market.sandbox.faults.add(kind, platform=platform.name, first=first, path="/v26")
    found = pull(platform.connect(big_market, platform.big), window=window)
    pd.testing.assert_frame_equal(found, expected)
    assert kind in met(big_market)


@pytest.mark.parametrize("kind", ["report_failed", "report_skipped"])
def test_a_report_that_ends_badly_is_split(big_market, undisturbed, kind):
    window, expected = undisturbed["meta"]
    big_market.sandbox.faults.add(kind, platform="meta")
    pd.testing.assert_frame_equal(pull(big_market.meta(META_ACCOUNT), window=window), expected)
    assert kind in met(big_market)


def test_every_kind_of_fault_is_met_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [kind for kind in KINDS if f'"{kind}"' not in text]


def entities(channel: Channel, levels: Any) -> dict[tuple[str, str], Any]:
    return {(e.level, e.entity_id): e for page in channel.entities(levels) for e in page}


@BOTH
def test_entities_hang_together(market, platform):
    found = entities(platform.connect(market, platform.account), ["campaign", "ad_group", "ad"])
    for (level, _), entity in found.items():
        parent = {"ad_group": "campaign", "ad": "ad_group"}.get(level)
        assert parent is None or (parent, entity.parent_id) in found
        assert ("campaign", entity.campaign_id) in found


@BOTH
def test_figures_belong_to_entities(market, platform):
    channel = platform.connect(market, platform.account)
    for level in ("campaign", "ad_group", "ad"):
        known = {key for _, key in entities(channel, [level])}
        assert set(pull(channel, level).entity_id) <= known


def test_the_demos_disapproved_ad_is_seen(market):
    ads = entities(market.google(CLINIC_GOOGLE), ["ad"])
    assert [e.entity_id.partition("~")[2] for e in ads.values() if e.approval == "disapproved"] == [
        "8332"
    ]
