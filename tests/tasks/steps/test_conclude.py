"""Earlier changes are judged by what was stored: where they show, and what else happened there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from config.settings import HERE, settings
from connectors.actions import Proposal
from connectors.base import Account, Entity, Window
from connectors.changes import Edit, Subject
from connectors.warehouse import Decided
from tasks.run import Run
from tasks.steps.conclude import judge_changes
from tasks.steps.judge import Judgement, targets_now
from tasks.steps.opening import brand_library, open_warehouse
from tasks.steps.reading import read

NOW = datetime(2026, 11, 12, 6, tzinfo=UTC)
TODAY = NOW.date()
APPLIED = NOW - timedelta(days=60)  # 13 September: whatever the lag, its figures have arrived
DAYS = Window(TODAY - timedelta(days=120), TODAY - timedelta(days=1))
BRAND = """
name: Shop
currency: EUR
time_zone: Europe/Berlin
mode: propose
owners: {jane: {name: Jane}}
accounts:
  - {name: one, platform: meta_ads, account_id: "1", secrets: {access_token: env:SHOP_KEY}}
  - {name: two, platform: meta_ads, account_id: "2", secrets: {access_token: env:SHOP_KEY}}
"""
NAMES = {"10": "Spring", "20": "Autumn", "238001": "Red shoes"}
PARENTS = {"11": "10", "12": "10", "21": "20", "22": "20", "238001": "11", "238002": "12"}


@pytest.fixture
def store(sqlite_url, tmp_path, monkeypatch):
    """A warehouse with two accounts of the same making: two campaigns of two ad sets each, an ad
    in either ad set of the first. Both campaigns of each spend from one budget."""
    (tmp_path / "brands").mkdir()
    (tmp_path / "brands/shop.yaml").write_text(BRAND)
    monkeypatch.setenv("MARKETLOOP_WAREHOUSE_URL", sqlite_url)
    monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(tmp_path / "brands"))
    monkeypatch.setenv("MARKETLOOP_LIBRARY_DIR", str(HERE))
    monkeypatch.setenv("SHOP_KEY", "none-needed")
    settings.cache_clear()
    with open_warehouse() as warehouse:
        for name in ("one", "two"):
            fill(warehouse, name)
        yield warehouse


def fill(warehouse, name):
    account = Account("meta_ads", name, f"Account {name}", "EUR", "Europe/Berlin")
    key = warehouse.save_account("shop", name, account, NOW)
    levels = {"campaign": ("10", "20"), "ad_group": ("11", "12", "21", "22"),
              "ad": ("238001", "238002")}  # fmt: skip
    for level, ids in levels.items():
        warehouse.save_entities(key, [[entity(level, own) for own in ids]], NOW)
        with warehouse.pull(key, level=level, window=DAYS, run_id="r", now=NOW) as writer:
            writer.add(pd.concat([figures(own, place) for place, own in enumerate(ids)]))


def entity(level, own):
    parent = PARENTS.get(own)
    campaign = PARENTS.get(parent, parent) or own
    details = {"budget_id": "7"} if level == "campaign" else {}
    name = NAMES.get(own, f"{level} {own}")
    return Entity(
        level, own, name, "enabled", parent_id=parent, campaign_id=campaign, details=details
    )


def figures(own, seed):
    draw = np.random.default_rng(seed)
    days = [(DAYS.start + timedelta(days=n)).isoformat() for n in range(DAYS.days)]
    clicks = draw.poisson(80, len(days)).astype(float)
    return pd.DataFrame(
        {"entity_id": own, "date_day": days, "spend": clicks, "impressions": 4_000.0,
         "clicks": clicks, "conversions": draw.poisson(12, len(days)).astype(float)}
    )  # fmt: skip


def pause(level, own, account_key=1, **changes):
    """Return a pause as `facebook_losing_ads` proposes it, or of what is above its ad."""
    campaign = PARENTS.get(PARENTS.get(own, own), own)
    made = Proposal(
        brand="shop", process="facebook_ads", playbook="facebook_losing_ads", check="",
        as_of=APPLIED.date(), account_key=account_key, entity_key=1,
        subject=Subject(level, own, "status"), name=NAMES[own], campaign_id=campaign,
        before="enabled", after="paused", unit="", currency="EUR", verdict="warning", sentence="",
        numbers={}, window_end=APPLIED.date() - timedelta(days=1),
        metrics=("clicks", "impressions"), expected=None, risk="", undo="", priority=30, owner="",
        mode="propose", expires_at=NOW, judge_after_days=14,
    )  # fmt: skip
    return replace(made, **changes)


def budget(own="10", **changes):
    subject = Subject("campaign", own, "daily_budget")
    given = {"subject": subject, "before": Decimal(50), "after": Decimal(40), "unit": "money",
             "metrics": ("spend", "conversions")}  # fmt: skip
    return pause("campaign", own, **{**given, **changes})


def apply(warehouse, proposal, days=0):
    """Record a change and carry it out, some days after the first."""
    at = APPLIED + timedelta(days=days)
    (action,) = warehouse.record([Decided(proposal, "approved")], run_id="r", actor="run r", now=at)
    for state in ("applying", "applied"):
        action = warehouse.move(
            action.action_id, state, version=action.version, actor="run r", now=at,
            attempts=1,
        )  # fmt: skip
    return action


def edits(warehouse, *made, account_key=1):
    """Store what others did: level, entity, field, new value, days after `APPLIED`."""
    page = [
        Edit(f"{place}", APPLIED + timedelta(days=days), Subject(level, own, field), None, new,
             "jane", "Ads Manager")
        for place, (level, own, field, new, days) in enumerate(made)
    ]  # fmt: skip
    warehouse.save_edits(account_key, [page], NOW)


def judged(warehouse):
    """Run what concludes, and return what was judged by action id."""
    run = Run("r2", "shop", "facebook_ads", TODAY, NOW, ("one", "two"))
    library = brand_library("shop")
    reading = read(warehouse, library, run)
    judgement = Judgement(reading, targets_now(library, run), None, [], [], 0)
    return {one.action_id: one for one in judge_changes.fn(run, judgement)}


def test_a_paused_ad_shows_at_its_ad_group_whatever_its_id_looks_like(store):
    action = apply(store, pause("ad", "238001"))
    told = judged(store)[action.action_id].explanation
    assert told.startswith("CTR 2"), told
    assert "Compared with 3 other entities that nobody touched" in told


def test_what_a_person_did_inside_confounds_and_makes_others_no_comparison(store):
    action = apply(store, pause("ad", "238001"))
    edits(
        store,
        ("ad", "238001", "status", "enabled", 3),
        ("campaign", "10", "status", "paused", 4),
        ("ad_group", "22", "cpc_bid", Decimal("1.50"), 5),
    )
    told = judged(store)[action.action_id].explanation
    assert "Compared with 1 other entity that nobody touched" in told, "only ad set 21 is"
    assert "Also on 16 Sep 2026: status of ad Red shoes to enabled by jane" in told
    assert "Also on 17 Sep 2026: status of campaign Spring to paused by jane" in told
    assert "bid per click" not in told


def test_of_a_campaign_what_changes_its_parts_confounds_it(store):
    pausing = apply(store, pause("ad", "238001"), days=2)
    action = apply(store, budget())
    edits(store, ("ad_group", "12", "daily_budget", Decimal(9), 3))
    told = judged(store)[action.action_id].explanation
    assert "status of ad Red shoes: enabled → paused" in told
    assert f"(action {pausing.action_id})" in told
    assert "daily budget of ad group ad_group 12 to 9 by jane" in told


def test_campaigns_on_the_same_budget_are_no_comparison(store):
    action = apply(store, budget())
    told = judged(store)[action.action_id].explanation
    assert "Nothing untouched to compare with" in told
    assert "Also on" not in told


def test_a_platform_that_tells_of_our_change_per_campaign_on_the_budget_tells_of_nobody_else(store):
    action = apply(store, budget())
    edits(store, *(("campaign", own, "daily_budget", Decimal(40), 0) for own in ("10", "20")))
    pausing = apply(store, pause("ad", "238001"))
    found = judged(store)
    assert "by jane" not in found[action.action_id].explanation
    assert "by jane" not in found[pausing.action_id].explanation


def test_another_persons_change_of_a_shared_budget_is_told_once(store):
    action = apply(store, pause("ad", "238001"))
    edits(store, *(("campaign", own, "daily_budget", Decimal(30), 5) for own in ("10", "20")))
    told = judged(store)[action.action_id].explanation
    assert told.count("Also on") == 1
    assert "to 30 by jane (a budget that 2 campaigns share)" in told


def test_a_whole_account_is_confounded_by_its_own_changes_only(store):
    action = apply(store, pause("campaign", "20", metrics=("spend", "conversions")))
    edits(store, ("ad", "238001", "status", "paused", 1))
    edits(store, ("campaign", "10", "status", "paused", 2), account_key=2)
    told = judged(store)[action.action_id].explanation
    assert "status of ad Red shoes to paused by jane" in told
    assert "campaign Spring" not in told
    assert "Nothing untouched" in told, "the other account was changed too"


def test_labels_and_advice_confound_nothing(store):
    action = apply(store, pause("ad", "238001"))
    label = Subject("campaign", "20", "label", "checked")
    apply(store, pause("campaign", "20", subject=label, before="absent", after="present"))
    told = judged(store)[action.action_id].explanation
    assert "Compared with 3 other entities" in told


def test_what_takes_another_change_back_is_not_judged(store):
    first = apply(store, budget())
    again = budget(before=Decimal(40), after=Decimal(50), takes_back=first.action_id)
    back = apply(store, again, days=5)
    assert judged(store) == {}
    states = [store.action(one.action_id).state for one in (first, back)]
    assert states == ["undone", "applied"]


def test_days_still_to_come_leave_it_for_later(store):
    young = date(2026, 11, 12) - APPLIED.date()
    apply(store, pause("ad", "238001"), days=young.days - 10)
    assert judged(store) == {}
