"""A market whose brands have websites: ads lead there, vendors tell of them, one clock for all."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import requests

from connectors.addresses import normal, path_of
from connectors.base import Channel, Window
from connectors.channels import (
    crux,
    google_ads,
    google_analytics,
    meta_ads,
    pagespeed,
    search_console,
    website,
)
from connectors.sandbox import DEMO_TODAY, Sandbox, demo
from connectors.sandbox.demo import CLINIC_GOOGLE, MANAGER, SHOP_GOOGLE, SHOP_META
from connectors.sandbox.web import demo_webs
from connectors.sites import CrawlOrder, LinkAnswer

LOGIN = {"client_id": "client", "client_secret": "secret", "refresh_token": "token"}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(demo(), today=DEMO_TODAY, webs=demo_webs()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    yield running
    running.set_clock(DEMO_TODAY)


def google(sandbox: Sandbox, account_id: str, **options: str) -> Channel:
    addresses = {"base_url": sandbox.google_url, "token_url": f"{sandbox.google_url}/token"}
    return google_ads.Connector(
        google_ads.Options(account_id=account_id, **LOGIN, **addresses, **options)
    )


def landing_pages(channel: Channel) -> set[str]:
    pages = [ad.url for page in channel.entities(["ad"]) for ad in page]
    return {normal(page) for page in pages if page}


def status(address: str) -> int:
    return requests.get(address, timeout=5).status_code


def test_every_ad_leads_to_a_page_of_its_brands_website(sandbox):
    options = meta_ads.Options(
        account_id=SHOP_META, access_token="token", base_url=sandbox.meta_url
    )
    led = {
        "shop": landing_pages(google(sandbox, SHOP_GOOGLE, login_customer_id=MANAGER))
        | landing_pages(meta_ads.Connector(options)),
        "clinic": landing_pages(google(sandbox, CLINIC_GOOGLE)),
    }
    for brand, addresses in led.items():
        pages = {f"{sandbox.site_urls[brand]}{path}" for path in sandbox.websites[brand].web.pages}
        assert len(addresses) > 3
        assert addresses <= pages


def test_the_page_that_an_incident_takes_down_is_down_in_both_on_the_same_days(sandbox):
    def answers(path: str) -> tuple[int, int]:
        return status(f"{sandbox.url}/site/shop{path}"), status(
            f"{sandbox.site_urls['shop']}{path}"
        )

    for days in (-20, -1, 0, 5):
        sandbox.set_clock(DEMO_TODAY + timedelta(days=days))
        expected = 500 if days >= 0 else 200
        assert answers("/outdoor-jackets") == (expected, expected)
        assert answers("/running-shoes") == (200, 200)


def test_vendors_tell_of_each_site_under_its_own_name(sandbox):
    day = Window(date(2026, 10, 20), date(2026, 10, 20))
    token = {"token_url": f"{sandbox.google_url}/token"}
    for brand, site in sandbox.websites.items():
        page = f"{site.url}/"
        searched = search_console.Connector(
            search_console.Options(
                account_id=page, base_url=f"{sandbox.url}/search_console", **LOGIN, **token
            ),
            clock=sandbox.world.moment,
        )
        (found,) = searched.performance("account", day)
        assert found["clicks"].iloc[0] == site.web.search(day.start).clicks.sum() + (
            site.web.search(day.start).anonymous_clicks
        )
        visited = google_analytics.Connector(
            google_analytics.Options(
                account_id=site.web.plan.property_id,
                site_url=site.url,
                metrics={"sessions": "sessions"},
                base_url=f"{sandbox.url}/google_analytics",
                **LOGIN,
                **token,
            ),
            clock=sandbox.world.moment,
        )
        (found,) = visited.performance("account", day)
        assert found["sessions"].iloc[0] == site.web.sessions(day.start).sessions.sum()
        for measured in (pagespeed, crux):
            options = measured.Options(
                account_id=page, api_key="key", base_url=f"{sandbox.url}/{measured.__name__[20:]}"
            )
            first = next(measured.Connector(options).speed([page], "phone"))
            assert (first.url, first.reason) == (page, ""), brand
            assert first.largest_contentful_paint


def test_a_crawl_asks_the_named_competitor_although_it_is_on_this_machine(sandbox):
    shop = sandbox.websites["shop"]
    options = website.Options(
        account_id=f"{shop.url}/",
        delay=0,
        competitors=(f"{shop.competitor_url}/feed.xml",),
        exclude=("/archive*", "/products/*", "/guides*", "/de/*", "/blog/[!cf]*"),
    )
    news = website.Connector(options).crawl(CrawlOrder("full"))
    answers = {path_of(it.url): it.status for it in news if isinstance(it, LinkAnswer)}
    assert answers == {"/partners/alpine-club": 200, "/maps/closed": 404}


def test_a_market_without_websites_has_no_vendors_and_imports_none():
    program = (
        "import sys\n"
        "from connectors.sandbox import Sandbox, demo\n"
        "with Sandbox(demo()) as sandbox:\n"
        "    assert sandbox.websites == sandbox.site_urls == sandbox.competitor_urls == {}\n"
        "    assert sandbox.world.site('shop') == f'{sandbox.url}/site/shop'\n"
        "assert not [name for name in sys.modules if name.startswith('connectors.sandbox.web')]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=sys.path[0] or ".")


def test_the_command_says_where_the_websites_are():
    command = [sys.executable, "-m", "connectors.sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        ready = json.loads(process.stdout.readline())
        for addresses in (ready["site_urls"], ready["competitor_urls"]):
            assert set(addresses) == {"shop", "clinic"}
            assert {status(f"{address}/sitemap.xml") for address in addresses.values()} == {200}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == b""
