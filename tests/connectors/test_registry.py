"""From a brand file's entry to a connected channel."""

from datetime import UTC, datetime

import pytest

from config.models import AccountEntry, Metric
from config.secrets import MissingSecretError
from connectors.base import RejectedError
from connectors.channels import crux, google_ads, meta_ads
from connectors.registry import (
    AVAILABLE,
    account_id,
    open_channel,
    restatement_days,
    secret_names,
)
from connectors.sites import CrawlingChannel, InspectingChannel, SpeedChannel
from connectors.throttle import LocalThrottle

SECRET = "planted-secret"
METRICS = {
    "reach": Metric(title="Reach", unit="count", sources={"meta_ads": "reach"}),
    "share": Metric(title="Share", unit="ratio", sources={"google_ads": "metrics.share"}),
}


def entry(**changes) -> AccountEntry:
    given = {
        "name": "shop_meta",
        "platform": "meta_ads",
        "account_id": "act_123",
        "secrets": {"access_token": "env:META_TOKEN"},
    }
    return AccountEntry(**given | changes)


def connect(account: AccountEntry):
    return open_channel(
        account, resolve=lambda _: SECRET, throttle=LocalThrottle(), metrics=METRICS
    )


@pytest.fixture
def options(monkeypatch) -> list:
    """The options that connectors were made with."""
    made: list = []
    for module in (google_ads, meta_ads):
        monkeypatch.setattr(module, "Connector", lambda given, **_: made.append(given))
    return made


def test_connectors_are_found():
    assert {"google_ads", "meta_ads"} <= set(AVAILABLE)


def test_an_entry_becomes_a_channel():
    assert isinstance(connect(entry()), meta_ads.Connector)


def test_secrets_are_resolved_and_metrics_are_the_connectors_own(options):
    connect(entry(options={"attribution_windows": ["7d_click"]}))
    assert options[0].access_token.get_secret_value() == SECRET
    assert options[0].metrics == {"reach": "reach"}
    assert options[0].attribution_windows == ("7d_click",)


def test_the_connector_can_differ_from_the_platform(options):
    secrets = {"access_token": "env:X"}
    connect(entry(platform="facebook", connector="meta_ads", secrets=secrets))
    assert len(options) == 1


SITE = {
    "name": "site",
    "account_id": "${SHOP_URL}/",
    "secrets": {},
}
KEY = {"api_key": "env:KEY"}
LOGIN = dict.fromkeys(("client_id", "client_secret", "refresh_token"), "env:LOGIN")


def test_variables_are_filled_in_an_account_id(monkeypatch):
    monkeypatch.setenv("SHOP_URL", "https://shop.example")
    shop = entry(**SITE, platform="website")
    assert account_id(shop) == connect(shop).account_id == "https://shop.example/"


def test_a_variable_of_an_account_id_that_is_not_set_is_named():
    with pytest.raises(MissingSecretError, match="SHOP_URL is not set"):
        connect(entry(**SITE, platform="website"))


@pytest.mark.parametrize(
    ("platform", "secrets", "can"),
    [
        ("website", {}, CrawlingChannel),
        ("search_console", LOGIN, InspectingChannel),
        ("pagespeed", KEY, SpeedChannel),
        ("crux", KEY, SpeedChannel),
    ],
)
def test_a_site_is_connected_by_what_can_be_done_with_it(monkeypatch, platform, secrets, can):
    monkeypatch.setenv("SHOP_URL", "https://shop.example")
    shop = entry(**SITE | {"platform": platform, "secrets": secrets})
    assert isinstance(connect(shop), can)
    assert restatement_days(shop) >= 0


def test_who_asks_what_time_it_is_gets_the_clock_and_nobody_else():
    def clock() -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC)

    def opened(account: AccountEntry):
        throttle = LocalThrottle()
        return open_channel(
            account, resolve=lambda _: SECRET, throttle=throttle, metrics={}, clock=clock
        )

    site = entry(platform="crux", account_id="https://shop.example/", secrets=KEY)
    assert opened(site)._clock is clock  # noqa: SLF001  no question shows it without a server
    assert isinstance(opened(entry()), meta_ads.Connector)
    assert isinstance(opened(site), crux.Connector)


def test_a_resolver_that_has_no_secret_is_heard():
    def resolve(reference: str) -> str:
        raise LookupError(f"{reference} is not set")

    with pytest.raises(LookupError, match="env:META_TOKEN is not set"):
        open_channel(entry(), resolve=resolve, throttle=LocalThrottle(), metrics={})


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"platform": "tiktok"}, ["shop_meta", "no connector 'tiktok'", ", ".join(AVAILABLE)]),
        ({"options": {"colour": 1}}, ["shop_meta", "colour", "Valid options: account_id"]),
        ({"account_id": SECRET}, ["account_id"]),
        ({"secrets": {}}, ["access_token: Field required"]),
        ({"secrets": {"acces_token": "env:X"}}, ["acces_token", "access_token"]),
        (
            {"options": {"access_token": SECRET}},
            ["access_token is a secret", "env:NAME or block:name"],
        ),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_shown(changes, parts):
    with pytest.raises(RejectedError) as caught:
        connect(entry(**changes))
    text = str(caught.value)
    assert not [part for part in parts if part not in text]
    assert SECRET not in text


def test_secrets_are_known_by_their_type():
    assert secret_names(meta_ads.Options) == ("access_token", "app_secret")
