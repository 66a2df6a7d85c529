"""What do people have to do now, and what is done, late, or no longer wanted?

A finding with a remedy is a work item until a run sees that it is gone. Many of one kind are one
item: nobody works off three hundred lines that say the same. A process's own recurring work is an
item per period, and only a person can say that it is done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby

from config.models import Owner, Process, WorkflowTask
from connectors.records import Result, ToDo
from connectors.work import Escalation, ItemEnd, ItemSeen, NewItem, WorkItem, WorkPlan
from tasks.alerts import FIRING, Scope, fingerprint, over
from tasks.periods import start_of
from tasks.remedies import due
from tasks.report.numbers import plural
from tasks.run import Run
from tasks.work_messages import messages

SINGLE = 10
"""More new items of one check and owner than this are one item about all of them."""
NAMED = 3
"""How many of them it names."""
DECLINED_DAYS = 90
"""For so long nothing is opened again that a person dropped."""

CLOSED_DAYS = 100
"""How far back a plan must know of closed items: a quarter, and `DECLINED_DAYS`."""

_RANK = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A result that somebody has to do something about."""

    fingerprint: str
    result: Result
    todo: ToDo
    owner: str


def plan_work(
    run: Run,
    process: Process,
    results: Iterable[Result],
    items: Sequence[WorkItem],
    owners: Mapping[str, Owner],
    scope: Scope,
) -> WorkPlan:
    """Plan what a run changes about the work items of its brand and process.

    `items` are those that are open, and those that were closed within `CLOSED_DAYS`. A day
    before the newest judged one changes nothing. What a run could not judge stays as it is.
    """
    if scope.latest_as_of and run.as_of < scope.latest_as_of:
        return WorkPlan()
    results = list(results)
    mine = [item for item in items if (item.brand, item.process) == (run.brand, run.process)]
    open_items = [item for item in mine if item.state == "open"]
    dropped = {item.fingerprint for item in mine if _is_declined(item, run.as_of)}
    found = _found(run, results, owners, dropped)
    finding = [item for item in open_items if item.origin == "finding"]
    singles = {item.fingerprint: item for item in finding if not is_group(item)}
    groups = {item.fingerprint: item for item in finding if is_group(item)}
    judged = {fingerprint(run.brand, result): result for result in results}
    opened, seen = _sorted_in(run, found, singles, groups)
    ended = [
        *_ended(run, singles.values(), found, judged, scope),
        *_ended_groups(run, groups.values(), seen, results, scope),
    ]
    opened += _workflow(run, process, open_items, mine, owners)
    gone = {end.item_id for end in ended}
    late = [
        Escalation(item.item_id, next(iter(owners)), run.as_of)
        for item in open_items
        if item.is_late(run.as_of) and not item.escalated_to and item.item_id not in gone
    ]
    return WorkPlan(
        opened=tuple(opened),
        seen=tuple(seen),
        ended=tuple(ended),
        escalated=tuple(late),
        messages=tuple(messages(run, opened, _of(late, open_items), owners)),
    )


def is_group(item: WorkItem) -> bool:
    """Tell whether an item is about many entities."""
    return item.fingerprint.startswith("many/")


def _is_declined(item: WorkItem, as_of: date) -> bool:
    since = item.closed_at and item.closed_at.date()
    by_person = not item.closed_by.startswith("run ")
    recent = since is not None and (as_of - since).days <= DECLINED_DAYS
    return item.state == "dropped" and by_person and recent


def _found(
    run: Run, results: Iterable[Result], owners: Mapping[str, Owner], dropped: set[str]
) -> list[Found]:
    """Return what fires and has a remedy, the most important first, in a fixed order."""
    first = next(iter(owners), "")
    kept: dict[str, Found] = {}
    for result in results:
        key = fingerprint(run.brand, result)
        if result.todo is None or result.verdict not in FIRING or key in dropped:
            continue
        owner = result.owner if result.owner in owners else first
        kept.setdefault(key, Found(key, result, result.todo, owner))
    return sorted(kept.values(), key=lambda it: (_RANK[it.todo.priority], it.fingerprint))


def _sorted_in(
    run: Run,
    found: Iterable[Found],
    singles: Mapping[str, WorkItem],
    groups: Mapping[str, WorkItem],
) -> tuple[list[NewItem], list[ItemSeen]]:
    """Tell what is new from what was seen before, and gather what is many."""
    opened: list[NewItem] = []
    seen: list[ItemSeen] = []
    fresh: list[Found] = []
    for it in found:
        if (item := singles.get(it.fingerprint)) is None:
            fresh.append(it)
        else:
            seen.append(_seen(run, item, [it]))

    def kind(it: Found) -> tuple[str, str]:
        return it.result.check, it.owner

    for (check, owner), group in groupby(sorted(fresh, key=kind), key=kind):
        many = sorted(group, key=lambda it: (_RANK[it.todo.priority], it.fingerprint))
        key = f"many/{run.brand}/{run.process}/{check}/{owner}"
        if key in groups:
            seen.append(_seen(run, groups[key], many))
        elif len(many) > SINGLE:
            opened.append(_many(run, key, many))
        else:
            opened += [_one(run, it) for it in many]
    return opened, seen


def _one(run: Run, it: Found) -> NewItem:
    return NewItem(
        fingerprint=it.fingerprint,
        origin="finding",
        brand=run.brand,
        process=run.process,
        check=it.result.check,
        entity_key=it.result.entity_key,
        account_key=it.result.account_key,
        name=it.result.name,
        title=it.todo.title,
        remedy=it.todo.how,
        evidence=it.result.sentence,
        numbers=it.result.numbers,
        priority=it.todo.priority,
        owner=it.owner,
        due_on=due(it.todo, run.as_of),
        as_of=run.as_of,
    )


def _many(run: Run, key: str, many: Sequence[Found]) -> NewItem:
    first = many[0]
    return NewItem(
        fingerprint=key,
        origin="finding",
        brand=run.brand,
        process=run.process,
        check=first.result.check,
        entity_key=None,
        account_key=first.result.account_key,
        name=plural(len(many), "finding"),
        title=f"{first.todo.title} (and {len(many) - 1:,} more of this kind)",
        remedy=first.todo.how,
        evidence=_examples(many),
        numbers={"findings": float(len(many))},
        priority=first.todo.priority,
        owner=first.owner,
        due_on=due(first.todo, run.as_of),
        as_of=run.as_of,
    )


def _seen(run: Run, item: WorkItem, found: Sequence[Found]) -> ItemSeen:
    first = found[0]
    single = not is_group(item)
    return ItemSeen(
        item.item_id,
        first.result.sentence if single else _examples(found),
        first.result.numbers if single else {"findings": float(len(found))},
        first.todo.priority,
        run.as_of,
    )


def _examples(many: Sequence[Found]) -> str:
    named = "; ".join(it.result.sentence for it in many[:NAMED])
    left = len(many) - NAMED
    return f"{named}; and {left:,} more" if left > 0 else named


def _ended(
    run: Run,
    items: Iterable[WorkItem],
    found: Iterable[Found],
    judged: Mapping[str, Result],
    scope: Scope,
) -> Iterator[ItemEnd]:
    there = {it.fingerprint for it in found}
    for item in items:
        result = judged.get(item.fingerprint)
        if item.fingerprint in there or (result and result.verdict in FIRING and result.todo):
            continue
        if result and result.verdict in FIRING:  # the remedy was taken out of the check
            yield ItemEnd(item.item_id, "dropped", "its check has no remedy any more", run.as_of)
        elif why := over(item.check, item.account_key, result, scope):
            done = result is not None and result.verdict == "ok"
            yield ItemEnd(item.item_id, "done" if done else "dropped", why, run.as_of)


def _ended_groups(
    run: Run,
    groups: Iterable[WorkItem],
    seen: Iterable[ItemSeen],
    results: Sequence[Result],
    scope: Scope,
) -> Iterator[ItemEnd]:
    """An item about many is done once none of them is found where all could be judged."""
    still = {it.item_id for it in seen}
    unknown = {result.check for result in results if result.verdict == "unknown"}
    for item in groups:
        if item.item_id in still or item.check in unknown:
            continue
        if item.check not in scope.checks:
            reason = over(item.check, item.account_key, None, scope)
            yield ItemEnd(item.item_id, "dropped", reason, run.as_of)
        elif item.account_key is None or item.account_key in scope.judged:
            yield ItemEnd(item.item_id, "done", "none of them is found any more", run.as_of)


def _workflow(
    run: Run,
    process: Process,
    open_items: Sequence[WorkItem],
    known: Sequence[WorkItem],
    owners: Mapping[str, Owner],
) -> Iterator[NewItem]:
    """Yield the recurring work whose period has begun; not while the last one is still open."""
    waiting = {_task_of(item) for item in open_items}
    had = {item.fingerprint for item in known}
    for step in process.workflow:
        for task in step.tasks:
            if task.done_by != "person" or not task.every:
                continue
            begin = start_of(task.every, run.as_of)
            key = f"{_task_key(run, step.step, task)}/{begin}"
            if key in had or key.rpartition("/")[0] in waiting:
                continue
            owner = task.owner if task.owner in owners else next(iter(owners))
            due_on = max(begin + timedelta(days=task.due_days), run.as_of)
            yield _recurring(run, step.step, task, key, owner, due_on)


def _recurring(
    run: Run, step: str, task: WorkflowTask, key: str, owner: str, due_on: date
) -> NewItem:
    return NewItem(
        fingerprint=key,
        origin="workflow",
        brand=run.brand,
        process=run.process,
        check="",
        entity_key=None,
        account_key=None,
        name=step,
        title=task.what,
        remedy="",
        evidence=f"{step}: {task.who}, every {task.every}",
        owner=owner,
        due_on=due_on,
        as_of=run.as_of,
    )


def _task_key(run: Run, step: str, task: WorkflowTask) -> str:
    digest = sha256(f"{step}\n{task.what}".encode()).hexdigest()[:12]
    return f"workflow/{run.brand}/{run.process}/{digest}"


def _task_of(item: WorkItem) -> str:
    return item.fingerprint.rpartition("/")[0] if item.origin == "workflow" else ""


def _of(late: Iterable[Escalation], items: Iterable[WorkItem]) -> list[WorkItem]:
    by_id = {item.item_id: item for item in items}
    return [by_id[it.item_id] for it in late]
