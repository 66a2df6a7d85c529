"""What an analyst reads without joins."""

from datetime import date, timedelta

import pytest

from connectors.base import Entity
from connectors.records import AlertPlan, NewAlert
from connectors.sites import CrawledPage, CrawlEnd, PageSpeed
from connectors.work import NewItem, WorkPlan

ENTITIES = [
    Entity("campaign", "801", "Brand", "enabled"),
    Entity("ad_group", "31", "Shoes", "enabled", parent_id="801", campaign_id="801"),
    Entity("ad", "7", "Ad", "paused", parent_id="31", campaign_id="801"),
    Entity("keyword", "31~9", "red shoes", "enabled", parent_id="31", campaign_id="801"),
    Entity("search_term", "31~rot", "rot", "enabled", parent_id="31", campaign_id="801"),
]


@pytest.mark.parametrize("entity", ENTITIES, ids=[entity.level for entity in ENTITIES])
def test_daily_performance_of_each_level(warehouse, account_key, pull, frame, rows, now, entity):
    warehouse.save_entities(account_key, [ENTITIES], now)
    day = (entity.entity_id, "2026-11-02", {"spend": 1.5, "clicks": 2})
    pull([frame(day)], level=entity.level)
    pull([frame(day, breakdown="age=18-24")], level=entity.level, breakdown="age")
    level = entity.level
    (row,) = rows(f"SELECT * FROM {level}_performance_daily WHERE date_day = '2026-11-02'")  # noqa: S608
    expected = {
        "brand": "acme",
        "platform": "google_ads",
        "account_id": "4445556666",
        "account_name": "Acme",
        "currency": "EUR",
        "campaign_id": "801",
        "campaign_name": "Brand",
        f"{level}_id": entity.entity_id,
        f"{level}_name": entity.name,
        f"{level}_status": entity.status,
        "spend": 1.5,
        "clicks": 2.0,
        "conversions": None,
    }
    assert {name: row[name] for name in expected} == expected


def test_ads_name_their_ad_group(warehouse, account_key, pull, frame, rows, now):
    warehouse.save_entities(account_key, [ENTITIES], now)
    pull([frame(("7", "2026-11-02", {"spend": 1.5}))], level="ad")
    assert rows("SELECT ad_group_id, ad_group_name FROM ad_performance_daily") == [
        {"ad_group_id": "31", "ad_group_name": "Shoes"}
    ]


def test_open_alerts_name_account_and_entity(warehouse, account_key, rows, now):
    warehouse.save_entities(account_key, [ENTITIES], now)
    key = int(warehouse.entities([account_key], "campaign")["entity_key"].iloc[0])
    alert = NewAlert(
        "f", "acme", "google_ads", "cpa", key, account_key, "Brand", "warning", "CPA 70",
        70.0, 50.0, "performance", date(2026, 11, 21),
    )  # fmt: skip
    warehouse.apply_alerts(AlertPlan(opened=(alert,)), now)
    (row,) = rows("SELECT platform, account_id, level, entity_id, sentence FROM open_alerts")
    assert tuple(row.values()) == ("google_ads", "4445556666", "campaign", "801", "CPA 70")


def test_open_actions_name_account_and_change(warehouse, record, walk, rows):
    action = record()
    (row,) = rows(
        "SELECT action_id, state, platform, account_id, entity_id, entity_name, field,"
        " value_before, value_after, number_after FROM open_actions"
    )
    assert tuple(row.values()) == (
        action.action_id, "proposed", "google_ads", "4445556666", "801", "Brand <US>",
        "daily_budget", "50", "40", 40.0,
    )  # fmt: skip
    walk(action, "rejected")
    assert rows("SELECT * FROM open_actions") == []


def test_the_action_log_has_a_row_per_event(warehouse, record, walk, rows):
    action = walk(record(), "approved", "applying", "applied")
    log = rows(
        "SELECT action_id, state, actor, state_now, account_name, number_before FROM action_log"
        " ORDER BY version"
    )
    assert [tuple(row.values()) for row in log] == [
        (action.action_id, state, "run r1", "applied", "Acme", 50.0)
        for state in ("proposed", "approved", "applying", "applied")
    ]


SITE_ENTITIES = [
    Entity("segment", "brand", "Brand searches", "enabled"),
    Entity("page", "/shoes", "Shoes", "enabled", url="https://acme.test/shoes"),
    Entity("query", "red shoes", "red shoes", "enabled"),
    Entity("query_page", "/shoes~red shoes", "red shoes", "enabled", parent_id="/shoes"),
]


@pytest.mark.parametrize("entity", SITE_ENTITIES, ids=[entity.level for entity in SITE_ENTITIES])
def test_daily_performance_of_each_level_of_a_site(
    warehouse, account_key, pull, frame, rows, now, entity
):
    warehouse.save_entities(account_key, [SITE_ENTITIES], now)
    pull(
        [frame((entity.entity_id, "2026-11-02", {"clicks": 2, "position": 7.5}))],
        level=entity.level,
    )
    level = entity.level
    (row,) = rows(f"SELECT * FROM {level}_performance_daily")  # noqa: S608
    expected = {
        "brand": "acme", "account_name": "Acme", f"{level}_id": entity.entity_id,
        f"{level}_name": entity.name, f"{level}_status": "enabled", f"{level}_url": entity.url,
        "clicks": 2.0,
    }  # fmt: skip
    if level == "query_page":
        expected |= {"page_id": "/shoes", "page_name": "Shoes", "page_url": SITE_ENTITIES[1].url}
    assert {name: row[name] for name in expected} == expected
    assert "7.5" in str(row["more"])


def test_the_pages_of_the_newest_whole_crawl(warehouse, account_key, rows, now):
    ends = (("full", "complete"), ("full", "complete"), ("full", "stopped"), ("watch", "complete"))
    for i, (kind, state) in enumerate(ends):
        at = now + timedelta(days=i)
        crawl = warehouse.open_crawl(account_key, kind, f"r{i}", at, timedelta(hours=1))
        page = CrawledPage("https://acme.test/", at, 200, final_status=200, words=5, title=f"{i}")
        warehouse.add_crawled(crawl, [page], at)
        warehouse.finish_crawl(crawl, CrawlEnd(state), at)
    (row,) = rows("SELECT brand, url, title, text_since FROM site_pages_latest")
    since = row.pop("text_since")
    assert row == {"brand": "acme", "url": "https://acme.test/", "title": "1"}
    assert str(since).startswith("2026-11-21")


def test_open_work_items_name_account_and_entity(warehouse, account_key, rows, now):
    warehouse.save_entities(account_key, [SITE_ENTITIES], now)
    key = int(warehouse.entities([account_key], "page")["entity_key"].iloc[0])
    item = NewItem(
        "f", "finding", "acme", "seo", "title_missing", key, account_key, "Shoes", "Write", "how",
        "it has none", owner="content", due_on=now.date(), as_of=now.date(),
    )  # fmt: skip
    warehouse.apply_work(WorkPlan(opened=(item,)), "r1", now)
    (row,) = rows("SELECT item_id, account_id, entity_url, title, owner FROM open_work_items")
    assert tuple(row.values())[1:] == (
        "4445556666", "https://acme.test/shoes", "Write", "content",
    )  # fmt: skip
    close = {"state": "done", "who": "Kim", "why": "", "version": 1, "now": now}
    warehouse.close_item(row["item_id"], **close)
    assert rows("SELECT * FROM open_work_items") == []


def test_the_latest_speed_of_each_page_and_kind(warehouse, account_key, rows, now):
    for day, speed in ((0, 3000.0), (1, 2000.0)):
        at = now + timedelta(days=day)
        warehouse.save_speed(account_key, [
            PageSpeed("https://acme.test/", source, "phone", at, largest_contentful_paint=speed)
            for source in ("lab", "field")
        ])  # fmt: skip
    found = rows("SELECT source, largest_contentful_paint FROM page_speed_latest ORDER BY source")
    assert [tuple(row.values()) for row in found] == [("field", 2000.0), ("lab", 2000.0)]
