"""Track what people have to do: open, seen again, done, late; and take what a person says of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypedDict

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.warehouse import Warehouse
from connectors.work import WorkItem
from tasks.alerts import Scope
from tasks.report.escape import plain
from tasks.run import Run, WrongUseError
from tasks.steps.judge import Judgement
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.work import CLOSED_DAYS, plan_work

Said = Literal["done", "drop", "assign", "postpone", "comment", "reopen"]


@task(task_run_name="track-work", timeout_seconds=600, cache_policy=NO_CACHE)
def track_work(run: Run, judgement: Judgement) -> None:
    """Open, update and close the work items of the run's process, and tell what is late.

    A fingerprint is open at most once and a message has one id, so that a run that was cut off
    here can simply be run again.
    """
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        since = run.started_at - timedelta(days=CLOSED_DAYS)
        items = warehouse.work_items(run.brand, run.process, closed_since=since)
        plan = plan_work(
            run,
            library.process(run.process),
            judgement.results,
            items,
            library.brand(run.brand).owners,
            _scope(judgement),
        )
        warehouse.apply_work(plan, run_id=run.run_id, now=run.started_at)
    if plan.opened or plan.ended:
        run_log().info("Work: %d new, %d closed", len(plan.opened), len(plan.ended))


@task(task_run_name="todo-{item}-{said}", timeout_seconds=120, cache_policy=NO_CACHE)
def note_work(
    item: int, said: Said, who: str, why: str, owner: str, due_on: date | None, version: int | None
) -> WorkItem:
    """Record what a person says of a work item; return the item.

    `version` is that of the item as the person saw it; None means as it is now. Raises
    `LookupError` for an item that does not exist, `RejectedError` for one that somebody else
    changed meanwhile, `WrongUseError` for what makes no sense.
    """
    if not who.strip() or not why.strip():
        raise WrongUseError("say who you are, and why: both stay with the item")
    now = datetime.now(UTC)
    with open_warehouse() as warehouse:
        seen = warehouse.work_item(item)
        at = seen.version if version is None else version
        person = Person(who=who.strip(), why=why.strip(), now=now)
        noted = _noted(warehouse, seen, said, owner, due_on, at, person)
    run_log().info("%s", plain(f"{item} {noted.state}, {noted.owner}: {noted.title}", 0))
    return noted


def _scope(judgement: Judgement) -> Scope:
    if judgement.scope is None:
        raise LookupError("work is tracked only of what was judged and recorded")
    return judgement.scope


class Person(TypedDict):
    """Somebody who says something, why, and when."""

    who: str
    why: str
    now: datetime


def _noted(
    warehouse: Warehouse,
    item: WorkItem,
    said: Said,
    owner: str,
    due_on: date | None,
    version: int,
    person: Person,
) -> WorkItem:
    key = item.item_id
    match said:
        case "done":
            return warehouse.close_item(key, state="done", version=version, **person)
        case "drop":
            return warehouse.close_item(key, state="dropped", version=version, **person)
        case "assign":
            return warehouse.assign_item(key, owner=_owner(item, owner), version=version, **person)
        case "postpone":
            return warehouse.postpone_item(
                key, due_on=_later(item, due_on), version=version, **person
            )
        case "comment":
            return warehouse.comment_item(key, version=version, **person)
        case "reopen":
            return warehouse.reopen_item(key, version=version, **person)


def _owner(item: WorkItem, owner: str) -> str:
    owners = brand_library(item.brand).brand(item.brand).owners
    if owner not in owners:
        raise WrongUseError(f"{item.brand} has no owner {owner!r}; there are: {', '.join(owners)}")
    return owner


def _later(item: WorkItem, due_on: date | None) -> date:
    if due_on is None:
        raise WrongUseError(f"say until when item {item.item_id} is postponed")
    return due_on
