"""What does a run's report read from the warehouse beside figures and verdicts?"""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.base import Account
from connectors.changes import Subject
from connectors.warehouse import Decided, Warehouse
from connectors.work import NewItem, WorkPlan
from tasks.report.work import DONE_DAYS
from tasks.run import Run
from tasks.steps.publish import (
    LEDGER,
    REFUSED,
    freshness_of,
    stops_for,
    told_actions,
    told_items,
)
from tests.tasks.report import ledger, visible

RUN = Run("r1", "lamps", "google_ads", ledger.NOW.date(), ledger.NOW, ("main",))


@pytest.fixture
def warehouse(sqlite_url) -> Iterator[Warehouse]:
    with Warehouse(sqlite_url) as opened:
        account = Account("google_ads", "4445556666", "Lamps", "EUR", "Europe/Berlin")
        opened.save_account("lamps", "main", account, ledger.NOW)
        yield opened


def recorded(warehouse, name, state="proposed", days=0.0, **changes):
    made = ledger.proposal(
        subject=Subject("campaign", name, "daily_budget"),
        after=Decimal(150),
        expires_at=ledger.NOW + timedelta(days=20),
        entity_key=None,
        **changes,
    )
    decided = [Decided(made, state, "immature" if state == "refused" else "", "so")]
    (action,) = warehouse.record(decided, run_id="r", actor="run r", now=ledger.ago(days))
    return action


def moved(warehouse, action, *states):
    for state in states:
        action = warehouse.move(
            action.action_id, state, version=action.version, actor="x", now=ledger.NOW
        )
    return action


def test_what_waits_is_read_however_old_and_the_rest_as_far_as_it_is_told(warehouse):
    ninety, refused = LEDGER.days, REFUSED.days
    old = recorded(warehouse, "a", days=ninety + 10)
    approved = recorded(warehouse, "b", "approved", days=ninety + 10)
    done = moved(
        warehouse, recorded(warehouse, "c", "approved", days=ninety - 1), "applying", "applied"
    )
    late = recorded(warehouse, "d", "refused", days=refused - 1)
    moved(warehouse, recorded(warehouse, "e", "approved", days=ninety + 1), "applying", "applied")
    recorded(warehouse, "f", "refused", days=refused + 1)
    recorded(warehouse, "g", process="facebook_ads")
    recorded(warehouse, "h", brand="shop")
    told = told_actions(warehouse, RUN)
    assert told == [late, done, approved, old], "newest first"


def test_only_switches_that_hold_this_run_back_are_read(warehouse):
    scopes = [("", ""), ("lamps", ""), ("lamps", "google_ads"), ("", "google_ads"), ("shop", ""),
              ("lamps", "facebook_ads")]  # fmt: skip
    for brand, process in scopes:
        warehouse.stop(brand=brand, process=process, who="me", why="a test", now=ledger.NOW)
    found = stops_for(warehouse, RUN)
    assert [(stop.brand, stop.process) for stop in found] == scopes[:4]
    assert stops_for(warehouse, replace(RUN, brand="other", process="other")) == found[:1]


def new_item(called: str, process: str = "google_ads") -> NewItem:
    made = visible.item(1)
    names = [field.name for field in fields(NewItem) if field.name != "as_of"]
    same = {name: getattr(made, name) for name in names}
    named = {"fingerprint": called, "name": called, "brand": "lamps", "process": process}
    return NewItem(**{**same, **named, "account_key": None, "as_of": RUN.as_of})


def test_open_items_are_read_however_old_and_closed_ones_of_the_last_days(warehouse):
    opened = [new_item(name) for name in ("open", "just done", "done long ago")]
    plan = WorkPlan(opened=(*opened, new_item("another's", "facebook_ads")))
    warehouse.apply_work(plan, "r", ledger.ago(60))
    by_name = {item.name: item for item in warehouse.work_items("lamps")}
    for name, days in (("just done", DONE_DAYS - 1), ("done long ago", DONE_DAYS + 1)):
        item, now = by_name[name], ledger.ago(days)
        warehouse.close_item(
            item.item_id, state="done", version=item.version, who="me", why="so", now=now
        )
    assert {item.name for item in told_items(warehouse, RUN)} == {"open", "just done"}


def test_only_accounts_with_daily_figures_are_fresh_or_not(warehouse):
    for platform in ("search_console", "website"):
        account = Account(platform, "https://lamps.example/", platform, "XXX", "UTC")
        warehouse.save_account("lamps", platform, account, ledger.NOW)
    found = freshness_of(warehouse, warehouse.accounts("lamps"), visible.process())
    assert [(row.account, row.last_day) for row in found] == [("search_console", None)]
