"""What do people still have to do, and what have they done?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from connectors.work import WorkItem
from tasks.report.work_model import Chore, Load, Work

LONGEST_LIST = 20
DONE_DAYS = 7
"""How far back what is done is counted."""

_PRIORITY = {"high": 0, "medium": 1, "low": 2}


def work_of(
    items: Iterable[WorkItem],
    owners: Mapping[str, str],
    links: Mapping[int, str],
    as_of: date,
    now: datetime,
) -> Work:
    """Count open, late and done items per owner, and list those that are due first.

    `owners` has the name of each; an item of an owner that the brand no longer has is listed under
    that owner's short name. `links` has the address of an item's form, where there is one. An item
    is late from the day after it was due; what is due on one day is ordered by its priority.
    """
    mine = list(items)
    still = sorted((item for item in mine if item.state == "open"), key=_urgency)
    since = now - timedelta(days=DONE_DAYS)
    done = [
        item
        for item in mine
        if item.state == "done" and item.closed_at is not None and item.closed_at >= since
    ]
    first = (still or mine)[:1]
    return Work(
        loads=_loads(still, done, owners, as_of),
        chores=tuple(
            _chore(item, owners, links.get(item.item_id, ""), as_of)
            for item in still[:LONGEST_LIST]
        ),
        left=max(len(still) - LONGEST_LIST, 0),
        listing="".join(
            f"marketloop todo list --brand {it.brand} --process {it.process}" for it in first
        ),
    )


def _urgency(item: WorkItem) -> tuple[date, int, int]:
    return item.due_on, _PRIORITY[item.priority], item.item_id


def _loads(
    still: Sequence[WorkItem], done: Sequence[WorkItem], owners: Mapping[str, str], as_of: date
) -> tuple[Load, ...]:
    """Count per owner; those with the most that is late first, then with the most that is open."""
    counts = {
        "open": Counter(item.owner for item in still),
        "late": Counter(item.owner for item in still if item.is_late(as_of)),
        "done": Counter(item.owner for item in done),
    }
    found = [
        Load(owners.get(owner, owner), **{name: count[owner] for name, count in counts.items()})
        for owner in {**counts["open"], **counts["done"]}
    ]
    return tuple(sorted(found, key=lambda load: (-load.late, -load.open, -load.done, load.owner)))


def _chore(item: WorkItem, owners: Mapping[str, str], link: str, as_of: date) -> Chore:
    return Chore(
        number=item.item_id,
        what=item.title,
        why=item.evidence,
        how=item.remedy,
        owner=owners.get(item.owner, item.owner),
        due_on=item.due_on,
        late_days=(as_of - item.due_on).days if item.is_late(as_of) else 0,
        priority=item.priority,
        link=link,
    )
