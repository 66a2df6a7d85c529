"""Accounts and entities as last seen."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors.base import Account, Entity, RejectedError, TransientError

ACCOUNT = Account("google_ads", "4445556666", "Acme", "EUR", "America/Los_Angeles")
CAMPAIGN = Entity("campaign", "801", "Brand", "enabled", daily_budget=Decimal("12.50"))
AD = Entity(
    "ad",
    "1/2",
    "Ad",
    "paused",
    parent_id="31",
    campaign_id="801",
    approval="limited",
    url="https://shop.example/a?b=1",
    end_date=date(2026, 12, 24),
    labels=("always on", "ä"),
    details={"status": "PAUSED"},
)


@pytest.fixture
def seen(warehouse, now):
    """Save entities, so many days after the first time, and return those of their level."""
    key = warehouse.save_account("acme", "main", ACCOUNT, now)

    def save(*entities: Entity, days: int = 0, complete_for=(), level="campaign"):
        moment = now + timedelta(days=days)
        warehouse.save_entities(key, [[*entities]], moment, complete_for=complete_for)
        return warehouse.entities([key], level).to_dict("records")

    return save


def test_an_account_keeps_its_key_and_takes_new_facts(warehouse, now):
    key = warehouse.save_account("acme", "main", ACCOUNT, now)
    assert warehouse.save_account("acme", "shop", replace(ACCOUNT, name="New"), now) == key
    assert warehouse.save_account("other", "main", ACCOUNT, now) != key
    (row,) = warehouse.accounts("acme", "google_ads").to_dict("records")
    assert row == {
        "account_key": key,
        "entry": "shop",
        "platform": "google_ads",
        "account_id": "4445556666",
        "name": "New",
        "currency": "EUR",
        "time_zone": "America/Los_Angeles",
        "status": "enabled",
    }
    assert warehouse.accounts("acme", "meta_ads").empty


def test_an_account_is_also_an_entity(warehouse, now):
    key = warehouse.save_account("acme", "main", ACCOUNT, now)
    (row,) = warehouse.entities([key], "account").to_dict("records")
    assert (row["entity_id"], row["name"], row["status"]) == ("4445556666", "Acme", "enabled")


def test_an_unknown_time_zone_is_refused(warehouse, now):
    with pytest.raises(RejectedError, match="time zone 'Mars/Base' is unknown"):
        warehouse.save_account("acme", "main", replace(ACCOUNT, time_zone="Mars/Base"), now)


def test_an_entity_comes_back_as_it_was(seen):
    seen(CAMPAIGN)
    (row,) = seen(AD, level="ad")
    assert row.pop("entity_key") > 0
    assert row.pop("account_key") > 0
    budget = row.pop("daily_budget")
    assert budget != budget
    assert row == {
        "level": "ad",
        "entity_id": "1/2",
        "parent_id": "31",
        "campaign_id": "801",
        "campaign_name": "Brand",
        "name": "Ad",
        "status": "paused",
        "status_since": None,
        "approval": "limited",
        "url": "https://shop.example/a?b=1",
        "end_date": date(2026, 12, 24),
        "labels": ["always on", "ä"],
        "details": {"status": "PAUSED"},
    }


def test_a_campaign_is_its_own_campaign(seen):
    (row,) = seen(CAMPAIGN)
    assert (row["campaign_id"], row["campaign_name"], row["daily_budget"]) == ("801", "Brand", 12.5)


def test_a_status_holds_since_the_accounts_day_on_which_it_changed(seen):
    def since(*entities, days):
        (row,) = seen(*entities, days=days)
        return row["status"], row["status_since"]

    paused = replace(CAMPAIGN, status="paused")
    assert since(CAMPAIGN, days=0) == ("enabled", None)
    # 06:00 UTC on the 22nd is still the 21st in Los Angeles.
    assert since(paused, days=1) == ("paused", date(2026, 11, 21))
    assert since(replace(paused, name="Renamed"), days=2) == ("paused", date(2026, 11, 21))
    assert since(CAMPAIGN, days=3) == ("enabled", date(2026, 11, 23))


def test_what_a_complete_listing_lacks_is_removed(seen):
    seen(CAMPAIGN, replace(CAMPAIGN, entity_id="802"), replace(AD, entity_id="9"))
    rows = seen(CAMPAIGN, days=1, complete_for=["campaign"])
    assert [(row["status"], row["status_since"]) for row in rows] == [
        ("enabled", None),
        ("removed", date(2026, 11, 21)),
    ]
    (ad,) = seen(level="ad")
    assert ad["status"] == "paused"


def test_a_listing_that_breaks_off_removes_nothing(warehouse, seen, now, account_key):
    def pages():
        yield [CAMPAIGN]
        raise TransientError("cut")

    warehouse.save_entities(account_key, [[replace(CAMPAIGN, entity_id="802")]], now)
    with pytest.raises(TransientError):
        warehouse.save_entities(account_key, pages(), now, complete_for=["campaign"])
    statuses = warehouse.entities([account_key], "campaign")["status"]
    assert statuses.tolist() == ["enabled", "enabled"]


def test_an_id_known_only_from_figures_has_an_unknown_status(
    warehouse, account_key, pull, frame, now
):
    pull([frame(("801", "2026-11-02", {"spend": 1.0}))])
    (row,) = warehouse.entities([account_key], "campaign").to_dict("records")
    assert (row["name"], row["status"]) == ("801", "unknown")
    warehouse.save_entities(account_key, [[CAMPAIGN]], now)
    (named,) = warehouse.entities([account_key], "campaign").to_dict("records")
    assert named["entity_key"] == row["entity_key"]
    assert (named["name"], named["status"], named["status_since"]) == ("Brand", "enabled", None)


def test_a_page_may_name_an_entity_twice(seen):
    (row,) = seen(CAMPAIGN, replace(CAMPAIGN, name="Last"))
    assert row["name"] == "Last"
