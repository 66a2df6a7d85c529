"""Work items: what runs and people do with them, and that nobody overwrites anybody."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from connectors.base import RejectedError
from connectors.records import Message
from connectors.warehouse import ItemChangedError
from connectors.work import Escalation, ItemEnd, ItemSeen, NewItem, WorkItem, WorkPlan

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
NEW = NewItem(
    fingerprint="acme/title_missing/1",
    origin="finding",
    brand="acme",
    process="seo",
    check="title_missing",
    entity_key=None,
    account_key=None,
    name="/shoes <b>",
    title="Give /shoes a title",
    remedy="Write one of 30 to 60 characters.",
    evidence="/shoes has no title",
    numbers={"clicks": 12.0},
    priority="high",
    owner="content",
    due_on=TODAY + 7 * DAY,
    as_of=TODAY,
)


@pytest.fixture
def apply(warehouse, now) -> Callable[..., None]:
    """Apply a plan of a run: `apply("r1", opened=(NEW,))`."""
    return lambda run_id, **plan: warehouse.apply_work(WorkPlan(**plan), run_id, now)


@pytest.fixture
def item(warehouse, apply) -> WorkItem:
    apply("r1", opened=(NEW,))
    (opened,) = warehouse.work_items()
    return opened


@pytest.fixture
def history(warehouse) -> Callable[[int], list[tuple[str, str, int]]]:
    def read(item_id: int) -> list[tuple[str, str, int]]:
        return [(it.event, it.actor, it.version) for it in warehouse.work_events(item_id)]

    return read


@pytest.fixture
def message(now) -> Message:
    return Message("m1", "acme", "content", "seo", "1 to do", "text", "<p>", "ok", now)


def seen(item: WorkItem, **changes) -> ItemSeen:
    what = ItemSeen(item.item_id, item.evidence, item.numbers, item.priority, TODAY + DAY)
    return replace(what, **changes)


def ended(item: WorkItem, state: str = "done") -> ItemEnd:
    return ItemEnd(item.item_id, state, "it has a title now", TODAY + DAY)


def late(item: WorkItem) -> Escalation:
    return Escalation(item.item_id, "boss", TODAY + 8 * DAY)


def test_an_item_is_opened_as_planned(item, warehouse, history, now):
    for name in NewItem.__dataclass_fields__:
        if name != "as_of":
            assert getattr(item, name) == getattr(NEW, name)
    assert (item.opened_at, item.opened_as_of, item.last_as_of) == (now, TODAY, TODAY)
    assert (item.state, item.version, item.closed_at, item.escalated_to) == ("open", 1, None, "")
    assert warehouse.work_item(item.item_id) == item
    assert history(item.item_id) == [("opened", "run r1", 1)]


def test_what_is_no_number_stays_none(warehouse, apply):
    apply("r1", opened=(replace(NEW, numbers={"clicks": math.nan}),))
    assert math.isnan(warehouse.work_items()[0].numbers["clicks"])


def test_an_item_lives(item, warehouse, apply, history, now):
    key = item.item_id
    apply("r2", seen=(seen(item, evidence="/shoes still has no title", numbers={"clicks": 20.0}),))
    apply("r3", escalated=(late(item),))
    again = warehouse.work_item(key)
    assert (again.evidence, again.numbers) == ("/shoes still has no title", {"clicks": 20.0})
    assert (again.last_as_of, again.escalated_to, again.version) == (TODAY + DAY, "boss", 3)
    apply("r4", ended=(ended(item),))
    done = warehouse.work_item(key)
    assert (done.state, done.closed_at, done.closed_by, done.closed_because) == (
        "done", now, "run r4", "it has a title now",
    )  # fmt: skip
    assert history(key) == [
        ("opened", "run r1", 1), ("seen", "run r2", 2), ("late", "run r3", 3),
        ("done", "run r4", 4),
    ]  # fmt: skip


def test_what_is_seen_as_before_only_moves_the_day(item, warehouse, apply, history):
    apply("r2", seen=(seen(item),))
    assert warehouse.work_item(item.item_id) == replace(item, last_as_of=TODAY + DAY)
    assert len(history(item.item_id)) == 1


def test_an_older_day_changes_nothing(item, warehouse, apply):
    apply("r2", seen=(seen(item, evidence="old", as_of=TODAY - DAY),))
    assert warehouse.work_item(item.item_id) == item


@pytest.mark.parametrize(
    "plan",
    [
        lambda item: {"opened": (NEW, NEW)},
        lambda item: {"seen": (seen(item, evidence="again"),)},
        lambda item: {"escalated": (late(item),)},
        lambda item: {"ended": (ended(item),), "opened": (NEW,)},
        lambda item: {"ended": (ended(item), ended(item, "dropped"))},
    ],
    ids=["opened", "seen", "escalated", "ended and opened", "ended"],
)
def test_a_plan_applied_twice_changes_no_more(item, apply, rows, message, plan):
    tables = ("work_items", "work_events", "outbox")

    def contents() -> list[object]:
        return [rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]  # noqa: S608

    apply("r2", messages=(message,), **plan(item))
    once = contents()
    apply("r2", messages=(message,), **plan(item))
    assert contents() == once
    assert len(once[2]) == 1


def test_a_plan_is_applied_whole_or_not_at_all(warehouse, apply, rows, message):
    broken = replace(message, message_id="m2", subject=None)
    with pytest.raises(RejectedError, match=r"(?i)null"):
        apply("r1", opened=(NEW,), messages=(message, broken))
    assert warehouse.work_items() == rows("SELECT * FROM outbox") == []


def test_what_a_person_closed_is_opened_again_on_a_later_day(item, warehouse, apply, now):
    close = {"state": "done", "who": "Kim", "why": "", "version": 1, "now": now}
    warehouse.close_item(item.item_id, **close)
    apply("r2", opened=(NEW,))
    assert warehouse.work_items(states=["open"]) == []
    apply("r3", opened=(replace(NEW, as_of=TODAY + DAY),))
    (again,) = warehouse.work_items(states=["open"])
    assert again.item_id != item.item_id


def test_a_workflows_item_is_opened_once_in_its_period(warehouse, apply, now):
    step = replace(NEW, origin="workflow", fingerprint="workflow/2026-W47")
    apply("r1", opened=(step,))
    (opened,) = warehouse.work_items()
    close = {"state": "done", "who": "Kim", "why": "", "version": 1, "now": now}
    warehouse.close_item(opened.item_id, **close)
    apply("r2", opened=(replace(step, as_of=TODAY + DAY),))
    assert warehouse.work_items(states=["open"]) == []


def test_what_is_closed_hears_of_nothing_more(item, warehouse, apply):
    apply("r2", ended=(ended(item),))
    closed = warehouse.work_item(item.item_id)
    apply("r3", seen=(seen(item, evidence="?"),), escalated=(late(item),), ended=(ended(item),))
    assert warehouse.work_item(item.item_id) == closed


@pytest.fixture
def steps(warehouse, now) -> dict[str, Callable[..., WorkItem]]:
    """What people can do, with all but the item and its version filled in."""
    by = {"who": "Kim", "why": "because", "now": now}
    done, due_on = {"state": "dropped"}, {"due_on": TODAY + 30 * DAY}
    return {
        "assigned": lambda key, **at: warehouse.assign_item(key, owner="shop", **by, **at),
        "postponed": lambda key, **at: warehouse.postpone_item(key, **due_on, **by, **at),
        "commented": lambda key, **at: warehouse.comment_item(key, **by, **at),
        "dropped": lambda key, **at: warehouse.close_item(key, **done, **by, **at),
        "reopened": lambda key, **at: warehouse.reopen_item(key, **by, **at),
    }


AFTER = {
    "assigned": {"owner": "shop"},
    "postponed": {"due_on": TODAY + 30 * DAY},
    "commented": {},
    "dropped": {"state": "dropped", "closed_by": "Kim", "closed_because": "because"},
}


@pytest.mark.parametrize("event", [*AFTER])
def test_people_change_items_and_leave_a_trace(item, warehouse, steps, history, now, event):
    after = steps[event](item.item_id, version=1)
    closed = {"closed_at": now} if event == "dropped" else {}
    assert after == replace(item, version=2, **AFTER[event], **closed)
    assert warehouse.work_item(item.item_id) == after
    assert history(item.item_id)[1:] == [(event, "Kim", 2)]
    assert warehouse.work_events(item.item_id)[1].why == "because"


def test_a_closed_item_is_reopened_as_it_was(item, warehouse, steps):
    steps["dropped"](item.item_id, version=1)
    assert steps["reopened"](item.item_id, version=2) == replace(item, version=3)
    details = warehouse.work_events(item.item_id)[-1].details
    assert details == {"was": "dropped", "by": "Kim", "because": "because"}


@pytest.mark.parametrize("event", [*AFTER, "reopened"])
def test_who_saw_an_older_version_hears_who_changed_it(item, warehouse, steps, apply, event):
    warehouse.comment_item(item.item_id, who="Lee", why="I am on it", version=1, now=item.opened_at)
    apply("r2", seen=(seen(item, evidence="worse"),))
    said = (
        "has changed since you looked: commented on by Lee at 2026-11-21 06:00 UTC; "
        "seen again by run r2 at 2026-11-21 06:00 UTC; look again"
    )
    with pytest.raises(ItemChangedError, match=said) as told:
        steps[event](item.item_id, version=1)
    assert told.value.item == warehouse.work_item(item.item_id)
    assert told.value.item.version == 3


@pytest.mark.parametrize("event", ["assigned", "postponed", "dropped"])
def test_only_open_items_can_be_worked_on(item, steps, event):
    steps["dropped"](item.item_id, version=1)
    with pytest.raises(ItemChangedError, match="is dropped by Kim; this needs one that is open"):
        steps[event](item.item_id, version=2)
    assert steps["commented"](item.item_id, version=2).version == 3


def test_only_closed_items_can_be_reopened(item, steps):
    with pytest.raises(ItemChangedError, match="is open; this needs one that is done or dropped"):
        steps["reopened"](item.item_id, version=1)


def test_an_item_that_was_opened_anew_is_not_reopened(item, steps, apply):
    steps["dropped"](item.item_id, version=1)
    apply("r2", opened=(replace(NEW, as_of=TODAY + DAY),))
    with pytest.raises(RejectedError, match=f"is open and the same as {item.item_id}; go on there"):
        steps["reopened"](item.item_id, version=2)


def test_steps_that_change_nothing_are_refused(item, warehouse, now):
    by = {"who": "Kim", "why": " ", "version": 1, "now": now}
    with pytest.raises(RejectedError, match="is content's already"):
        warehouse.assign_item(item.item_id, owner="content", **by)
    with pytest.raises(RejectedError, match="is due on 2026-11-28 already"):
        warehouse.postpone_item(item.item_id, due_on=item.due_on, **by)
    with pytest.raises(RejectedError, match=r"comment on work item .* is empty"):
        warehouse.comment_item(item.item_id, **by)
    assert len(warehouse.work_events(item.item_id)) == 1


def test_who_postpones_is_told_anew_when_it_is_late_again(item, warehouse, apply, steps):
    apply("r2", escalated=(late(item),))
    assert steps["postponed"](item.item_id, version=2).escalated_to == ""
    apply("r3", escalated=(late(item),))
    assert warehouse.work_item(item.item_id).escalated_to == "boss"


def test_an_item_that_is_not_there(item, warehouse, steps):
    for look in (
        warehouse.work_item,
        warehouse.work_events,
        lambda n: steps["dropped"](n, version=1),
    ):
        with pytest.raises(LookupError, match=f"no work item 99; the last one is {item.item_id}"):
            look(99)


def test_items_are_found_and_ordered(warehouse, apply, now):
    def new(name: str, days: int, **changes) -> NewItem:
        return replace(NEW, fingerprint=name, name=name, due_on=TODAY + days * DAY, **changes)

    apply("r1", opened=(new("b", 2), new("c", 3, process="shop"), new("a", 1, owner="shop"),
                        new("d", 1), new("e", 1), new("x", 0, brand="other")))  # fmt: skip
    keys = {item.name: item.item_id for item in warehouse.work_items()}
    for name, hours in (("d", 1), ("e", 2)):
        close = {"state": "done", "who": "Kim", "why": "", "version": 1}
        warehouse.close_item(keys[name], **close, now=now + timedelta(hours=hours))

    def names(**wanted) -> str:
        return "".join(item.name for item in warehouse.work_items(**wanted))

    assert names(brand="acme") == "abced"
    assert names() == "xabced"
    assert names(brand="acme", states=["open"]) == "abc"
    assert names(brand="acme", states=["done", "dropped"], limit=1) == "e"
    assert names(process="shop") == "c"
    assert names(owner="shop") == "a"
    assert names(brand="acme", closed_since=now + timedelta(hours=2)) == "abce"


@pytest.mark.parametrize(
    "statement", ["UPDATE work_events SET actor = 'somebody else'", "DELETE FROM work_events"]
)
def test_the_database_refuses_to_change_history(item, warehouse, history, statement):
    with pytest.raises(RejectedError, match="only ever added"), warehouse.writing() as connection:
        connection.execute(sa.text(statement))
    assert history(item.item_id) == [("opened", "run r1", 1)]


def test_the_database_refuses_to_replace_or_cut_off_history(item, warehouse, history):
    columns = "event_id, item_id, version, at, event, actor, why, details"
    statements = [
        f"INSERT OR REPLACE INTO work_events ({columns}) SELECT {shifted} FROM work_events"  # noqa: S608
        for shifted in (columns.replace("event_id", "event_id + 1", 1), columns)
    ]
    for statement in statements if warehouse.sqlite else ["TRUNCATE work_events"]:
        with pytest.raises(RejectedError, match="only ever added"), warehouse.writing() as writing:
            writing.execute(sa.text(statement))
    assert history(item.item_id) == [("opened", "run r1", 1)]
