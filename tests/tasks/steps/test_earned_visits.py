"""What analytics tells of campaigns, read from a real warehouse, whichever process pulled it."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from config.library import load
from config.settings import HERE
from connectors.base import Account, Entity, Window
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.social.visits import Brought, Campaigns
from tasks.steps.earned_visits import joined_visits

AS_OF = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 5, tzinfo=UTC)
RUN = Run("r", "shop", "linkedin_post", AS_OF, NOW, ("linkedin",))
POSTS = Campaigns({"snow": 2, "zips": 1}, 1, 0)
WINDOW = Window(AS_OF - timedelta(days=33), AS_OF - timedelta(days=3))


@pytest.fixture
def warehouse(sqlite_url):
    with Warehouse(sqlite_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def library():
    return load(HERE, HERE / "demo", "shop")


def save(warehouse, entry="analytics"):
    account = Account("google_analytics", "400100200", "Acme Shop", "EUR", "Europe/Berlin")
    return warehouse.save_account("shop", entry, account, NOW)


def pull(warehouse, key):
    found = [Entity("campaign", name, name, "unknown") for name in ("snow", "brand")]
    warehouse.save_entities(key, iter([found]), NOW)
    rows = [
        {"entity_id": name, "date_day": f"{WINDOW.start + timedelta(days=n)}",
         "sessions": 2.0, "key_events": 1.0, "revenue": 10.0}
        for name in ("snow", "brand")
        for n in range(WINDOW.days)
    ]  # fmt: skip
    with warehouse.pull(key, level="campaign", window=WINDOW, run_id="r", now=NOW) as writer:
        writer.add(pd.DataFrame(rows))


def test_the_last_28_known_days_of_each_campaign(warehouse, library):
    pull(warehouse, save(warehouse))
    joined = joined_visits(warehouse, library, RUN, POSTS)
    (visits,) = joined.visits
    assert (visits.account, visits.currency, visits.until) == ("Acme Shop", "EUR", WINDOW.end)
    assert visits.rows == (Brought("snow", 2, 56.0, 28.0, 280.0), Brought("zips", 1, 0.0, 0.0, 0.0))


def test_campaigns_that_nobody_pulled_are_unknown(warehouse, library):
    save(warehouse)
    (visits,) = joined_visits(warehouse, library, RUN, POSTS).visits
    assert visits.until is None
    assert [it.sessions for it in visits.rows] == [None, None]


def test_without_analytics_nothing_is_said(warehouse, library):
    assert joined_visits(warehouse, library, RUN, POSTS) is None
    save(warehouse, "an entry that the brand no longer has")
    assert joined_visits(warehouse, library, RUN, POSTS) is None
