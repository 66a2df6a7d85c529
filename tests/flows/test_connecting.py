"""How a run connects accounts: which day it is for them, and by which name runs wait together."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from connectors.base import Channel, TransientError, Window
from connectors.sandbox import DEMO_TODAY, Sandbox
from connectors.warehouse.schema import throttles
from tasks.steps.connecting import connect
from tasks.steps.opening import brand_library
from tests.market import demo_market, warehouse


@pytest.fixture
def market(tmp_path) -> Iterator[Sandbox]:
    with demo_market(tmp_path) as sandbox:
        yield sandbox


def connected(store, name: str) -> Channel:
    library = brand_library("shop")
    return connect(store, library, library.entry("shop", name))


@pytest.mark.usefixtures("market")
def test_a_connector_takes_the_markets_day_for_today_whatever_day_it_is():
    """Search Console keeps 16 months and has nothing final of the last three days."""
    long = Window(DEMO_TODAY - timedelta(days=900), DEMO_TODAY + timedelta(days=900))
    with warehouse() as store:
        (known,) = connected(store, "search_console").covered("account", long)
    assert timedelta(days=480) < known.end - known.start < timedelta(days=490)
    assert timedelta(days=2) < DEMO_TODAY - known.end < timedelta(days=5)


def test_runs_wait_for_an_account_under_its_name_with_its_variables_filled_in(market):
    options = {"error": "rateLimitExceeded", "seconds": 7200}
    market.faults.add("quota", platform="search_console", count=None, **options)
    with warehouse() as store:
        with pytest.raises(TransientError):
            connected(store, "search_console").account()
        with store.reading() as connection:
            named = connection.execute(sa.select(throttles.c.throttle)).scalars().all()
    assert named == [f"search_console/{market.site_urls['shop']}/"]


def test_two_platforms_of_one_connector_wait_together(market):
    """A service that says "not now" means all that asks it."""
    options = {"error": "rateLimitExceeded", "seconds": 7200}
    market.faults.add("quota", platform="search_console", count=None, **options)
    library = brand_library("shop")
    entry = library.entry("shop", "search_console")
    other = entry.model_copy(update={"platform": "orders", "connector": "search_console"})
    with warehouse() as store:
        with pytest.raises(TransientError, match="rateLimitExceeded"):
            connect(store, library, entry).account()
        market.faults.clear()
        with pytest.raises(TransientError, match="no calls before"):
            connect(store, library, other).account()
