"""Several processes at the warehouse at once, and processes that die there."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import pytest

from connectors.base import Account, Entity, TransientError, Window
from connectors.changes import Subject
from connectors.records import AlertPlan, Message, NewAlert
from connectors.sites import CrawledPage, CrawlEnd
from connectors.warehouse import ChangedMeanwhileError, Decided, Warehouse, crawled, pulls
from connectors.work import NewItem, WorkPlan

FORK = multiprocessing.get_context("fork")
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))
ACCOUNT = Account("google_ads", "4445556666", "Acme", "EUR", "Europe/Berlin")

FIGURES = (
    "SELECT campaign_id, date_day, spend, more FROM campaign_performance_daily"
    " ORDER BY campaign_id, date_day"
)
REVISIONS = (
    "SELECT e.entity_id, r.date_day, r.metric, r.old_value, r.new_value FROM revisions r"
    " JOIN entities e ON e.entity_key = r.entity_key ORDER BY e.entity_id, r.date_day, r.metric"
)


def at_once(work: Callable[..., object], *calls: tuple[object, ...]) -> None:
    """Do the work in as many processes, which all start at the same moment."""
    barrier = FORK.Barrier(len(calls))
    workers = [FORK.Process(target=_when_all_are_ready, args=(barrier, work, *c)) for c in calls]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * len(calls)


def _when_all_are_ready(barrier, work, *arguments) -> None:
    barrier.wait()
    work(*arguments)


def pages(spend: float, entities: int = 30) -> list[pd.DataFrame]:
    """Two pages of days; the second repeats a day of the first."""
    days = [f"2026-11-{day:02}" for day in range(1, 11)]
    every = pd.MultiIndex.from_product(
        [[str(i) for i in range(entities)], days], names=["entity_id", "date_day"]
    ).to_frame(index=False)
    page = every.assign(spend=spend, reach=spend * 2)
    return [page[: len(page) // 2 + 5], page[len(page) // 2 :]]


def pull_all(url: str, run_id: str, now, spends: list[float]) -> None:
    """One run: the account, then one complete pull after the other."""
    with Warehouse(url) as warehouse:
        key = warehouse.save_account("acme", "main", ACCOUNT, now)
        listing = [[Entity("campaign", str(i), f"Campaign {i}", "enabled") for i in range(30)]]
        warehouse.save_entities(key, listing, now, complete_for=["campaign"])
        for spend in spends:
            with warehouse.pull(key, "campaign", WINDOW, run_id=run_id, now=now) as writer:
                for page in pages(spend):
                    writer.add(page)


def test_two_runs_at_once_end_like_one(url, rows, now):
    pull_all(url, "before", now, [1.0])
    at_once(pull_all, (url, "one", now, [2.5]), (url, "two", now, [2.5]))
    figures, revisions = rows(FIGURES), rows(REVISIONS)
    assert {row["spend"] for row in figures} == {2.5}
    assert len(figures) == 30 * 10
    assert {(row["metric"], row["old_value"], row["new_value"]) for row in revisions} == {
        ("spend", 1.0, 2.5),
        ("reach", 2.0, 5.0),
    }
    assert len(revisions) == 2 * len(figures)


def test_first_runs_at_once_make_one_account_and_no_revision(url, rows, now):
    at_once(pull_all, *[(url, f"run{i}", now, [2.5, 2.5]) for i in range(3)])
    assert len(rows(FIGURES)) == 30 * 10
    assert rows(REVISIONS) == []
    assert len(rows("SELECT * FROM accounts")) == 1
    assert rows("SELECT DISTINCT status FROM entities") == [{"status": "enabled"}]


def apply_and_claim(url: str, plan: AlertPlan, now, claimed) -> None:
    with Warehouse(url) as warehouse:
        warehouse.apply_alerts(plan, now)
        for message in warehouse.pending_messages("acme", now):
            if warehouse.claim(message.message_id, now):
                claimed.put(message.message_id)


def test_two_runs_at_once_open_one_alert_and_send_each_message_once(url, warehouse, now):
    alerts = tuple(
        NewAlert(
            f"f{i}", "acme", "google_ads", "cpa", None, None, "Brand", "warning", "CPA 70",
            70.0, 50.0, "performance", date(2026, 11, 21),
        )
        for i in range(5)
    )  # fmt: skip
    messages = tuple(
        Message(f"m{i}", "acme", "performance", "google_ads", "s", "t", "h", "warning", now)
        for i in range(5)
    )
    plan, claimed = AlertPlan(opened=alerts, messages=messages), FORK.Queue()
    at_once(apply_and_claim, *[(url, plan, now, claimed)] * 3)
    assert [alert.times_seen for alert in warehouse.open_alerts("acme")] == [1] * 5
    assert sorted(claimed.get(timeout=10) for _ in range(5)) == [f"m{i}" for i in range(5)]
    assert claimed.empty()


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_pull(url: str, point: str, now) -> None:
    """Pull new values and be killed where the module's function would have been called."""
    module = pulls
    with Warehouse(url) as warehouse:
        if point.startswith("write"):
            module = warehouse._figures  # noqa: SLF001, the point to die at is inside
        setattr(module, point, die)
    pull_all(url, "killed", now, [2.5])


@pytest.mark.parametrize("point", ["entity_keys", "merge", "write", "write_revisions", "_close"])
def test_a_killed_pull_leaves_nothing_and_its_rerun_everything(url, rows, now, point):
    pull_all(url, "before", now, [1.0])
    before = rows(FIGURES)
    victim = FORK.Process(target=die_in_pull, args=(url, point, now))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    assert (rows(FIGURES), rows(REVISIONS)) == (before, [])
    assert [row["state"] for row in rows("SELECT state FROM pulls WHERE run_id = 'killed'")] == [
        "running"
    ]
    pull_all(url, "rerun", now, [2.5])
    assert {row["spend"] for row in rows(FIGURES)} == {2.5}
    assert len(rows(REVISIONS)) == 2 * len(before)


def claim(url: str, action_ids: list[int], run_id: str, now, claimed) -> None:
    with Warehouse(url) as warehouse:
        for action_id in action_ids:
            if warehouse.claim_action(action_id, run_id=run_id, now=now):
                claimed.put((action_id, run_id))


def test_of_two_workers_one_gets_an_approved_action(url, warehouse, record, now):
    ids = [
        record("approved", subject=Subject("campaign", str(i), "daily_budget")).action_id
        for i in range(20)
    ]
    claimed = FORK.Queue()
    at_once(claim, *[(url, ids, f"r{i}", now, claimed) for i in range(2)])
    got = dict(claimed.get(timeout=10) for _ in ids)
    assert sorted(got) == ids
    assert claimed.empty()
    for action_id in ids:
        _, taken = warehouse.events(action_id)
        assert (taken.state, taken.actor) == ("applying", f"run {got[action_id]}")
        assert warehouse.action(action_id).attempts == 1


def record_all(url: str, decided: list[Decided], run_id: str, now, recorded) -> None:
    with Warehouse(url) as warehouse:
        made = warehouse.record(decided, run_id=run_id, actor=f"run {run_id}", now=now)
        recorded.put([action.action_id for action in made])


def test_two_runs_at_once_record_each_proposal_once(url, warehouse, propose, now):
    decided = [
        Decided(propose(subject=Subject("campaign", str(i), "daily_budget")), "proposed")
        for i in range(30)
    ]
    recorded = FORK.Queue()
    at_once(record_all, *[(url, decided, f"r{i}", now, recorded) for i in range(3)])
    first, second, third = (recorded.get(timeout=10) for _ in range(3))
    assert first == second == third
    assert [action.state for action in warehouse.actions()] == ["proposed"] * 30


def decide(url: str, action_id: int, to: str, now, outcomes) -> None:
    with Warehouse(url) as warehouse:
        try:
            warehouse.move(action_id, to, version=1, actor=to, now=now)
        except ChangedMeanwhileError as error:
            outcomes.put(("late", error.action.state))
        else:
            outcomes.put(("done", to))


def test_of_two_decisions_at_once_one_holds_and_the_other_hears_of_it(url, warehouse, record, now):
    action_id = record().action_id
    outcomes = FORK.Queue()
    at_once(decide, *[(url, action_id, to, now, outcomes) for to in ("approved", "rejected")])
    said = dict(outcomes.get(timeout=10) for _ in range(2))
    assert said == {"done": warehouse.action(action_id).state, "late": said["done"]}
    assert len(warehouse.events(action_id)) == 2


def crawl(url: str, account_key: int, run_id: str, now, outcomes) -> None:
    with Warehouse(url) as warehouse:
        try:
            opened = warehouse.open_crawl(account_key, "full", run_id, now, timedelta(days=1))
        except TransientError:
            outcomes.put("waits")
        else:
            outcomes.put(opened.run_id)


def test_of_two_workers_one_crawls_the_site(url, warehouse, account_key, now):
    outcomes = FORK.Queue()
    at_once(crawl, *[(url, account_key, f"r{i}", now, outcomes) for i in range(3)])
    said = sorted(outcomes.get(timeout=10) for _ in range(3))
    (opened,) = warehouse.crawls(account_key)
    assert said == [opened.run_id, "waits", "waits"]


def store_pages(url: str, account_key: int, now, point: str | None) -> None:
    """Store two batches of pages, and die in the second where the function would be called."""
    with Warehouse(url) as warehouse:
        opened = warehouse.open_crawl(account_key, "full", "r", now, timedelta(days=1))
        for batch in range(2):
            if batch and point:
                setattr(crawled, point, die)
            names = range(batch * 10, batch * 10 + 10)
            news = [CrawledPage(f"https://acme.test/{i}", now, 200) for i in names]
            warehouse.add_crawled(opened, news, now)
        warehouse.finish_crawl(opened, CrawlEnd("complete"), now)


@pytest.mark.parametrize("point", ["insert_rows", "_add_entries", "save_certificates"])
def test_a_killed_crawl_has_whole_batches_and_goes_on(url, warehouse, account_key, now, point):
    victim = FORK.Process(target=store_pages, args=(url, account_key, now, point))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL
    (cut,) = warehouse.crawls(account_key)
    assert (cut.state, cut.pages) == ("running", 10)
    assert len(warehouse.crawled_pages(cut.crawl_id)) == 10
    store_pages(url, account_key, now, None)
    (done,) = warehouse.crawls(account_key)
    assert (done.crawl_id, done.state, done.pages) == (cut.crawl_id, "complete", 20)


def apply_work(url: str, plan: WorkPlan, run_id: str, now) -> None:
    with Warehouse(url) as warehouse:
        warehouse.apply_work(plan, run_id, now)


def test_two_runs_at_once_open_each_work_item_once(url, warehouse, rows, now):
    items = tuple(
        NewItem(
            f"f{i}", "finding", "acme", "seo", "c", None, None, "n", "t", "r", "e", owner="seo",
            due_on=now.date(), as_of=now.date(),
        )
        for i in range(20)
    )  # fmt: skip
    message = Message("m", "acme", "seo", "seo", "s", "t", "h", "ok", now)
    plan = WorkPlan(opened=items, messages=(message,))
    at_once(apply_work, *[(url, plan, f"r{i}", now) for i in range(3)])
    assert sorted(item.fingerprint for item in warehouse.work_items()) == sorted(
        item.fingerprint for item in items
    )
    assert len(rows("SELECT * FROM work_events")) == 20
    assert len(rows("SELECT * FROM outbox")) == 1
