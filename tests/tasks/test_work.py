"""Work items: opened once, gathered when they are many, done when they are gone, late once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.models import Owner, Process
from connectors.records import Result, ToDo
from connectors.work import ItemEnd, NewItem, WorkItem
from tasks.alerts import Scope, fingerprint
from tasks.run import Run
from tasks.work import DECLINED_DAYS, SINGLE, plan_work

MONDAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OWNERS = {
    "lead": Owner(name="Lead", notify=("env:LEAD",)),
    "web": Owner(name="Web team", notify=("env:WEB",)),
}
SCOPE = Scope(frozenset({"title_missing", "page_gone"}), frozenset({1}), frozenset({1}), None)
PLAIN = Process.model_validate(
    {
        "title": "SEO",
        "objective": "Be found",
        "platforms": ["website"],
        "pulls": [],
        "kpis": [],
        "report": {"kpis": [], "charts": []},
        "workflow": [
            {
                "step": "Content",
                "tasks": [{"what": "Crawl", "who": "we", "by": "daily", "done_by": "flow"}],
            }
        ],
    }
)
WEEKLY = Process.model_validate(
    PLAIN.model_dump()
    | {
        "workflow": [
            {
                "step": "Content",
                "tasks": [
                    {
                        "what": "Review the oldest pages",
                        "who": "editor",
                        "by": "Thursday",
                        "done_by": "person",
                        "every": "week",
                        "due_days": 3,
                        "owner": "web",
                    }
                ],
            }
        ]
    }
)


def run(as_of: date = MONDAY) -> Run:
    return Run("run-1", "acme", "seo", as_of, NOON, ("site",), "http://ui.example/runs/1")


def result(entity: int = 7, verdict: str = "warning", **changes: object) -> Result:
    base = Result(
        check="title_missing",
        level="page",
        entity_key=entity,
        account_key=1,
        name=f"/page-{entity}",
        verdict=verdict,  # type: ignore[arg-type]
        kpi="",
        unit="",
        value=None,
        target=None,
        previous=None,
        window_start=MONDAY,
        window_end=MONDAY,
        sentence=f"/page-{entity} has no title.",
        reason="",
        numbers={"clicks": 12.0},
        owner="web",
        todo=ToDo(f"Write a title for /page-{entity}", "Under 60 characters.", 14, "medium")
        if verdict in ("warning", "critical")
        else None,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def stored(new: NewItem, number: int = 1, **changes: object) -> WorkItem:
    item = WorkItem(
        item_id=number,
        fingerprint=new.fingerprint,
        origin=new.origin,
        brand=new.brand,
        process=new.process,
        check=new.check,
        entity_key=new.entity_key,
        account_key=new.account_key,
        name=new.name,
        title=new.title,
        remedy=new.remedy,
        evidence=new.evidence,
        numbers=new.numbers,
        priority=new.priority,
        owner=new.owner,
        due_on=new.due_on,
        state="open",
        opened_at=NOON,
        opened_as_of=new.as_of,
        last_as_of=new.as_of,
    )
    return replace(item, **changes)  # type: ignore[arg-type]


def plan(results=(), items=(), *, as_of=MONDAY, process=PLAIN, scope=SCOPE):
    return plan_work(run(as_of), process, results, items, OWNERS, scope)


def open_item(entity: int = 7, **changes: object) -> WorkItem:
    [new] = plan([result(entity)]).opened
    return stored(new, **changes)


def test_a_finding_with_a_remedy_opens_an_item_with_owner_evidence_and_due_date():
    [item] = plan([result()]).opened
    assert (item.owner, item.title) == ("web", "Write a title for /page-7")
    assert item.evidence == "/page-7 has no title."
    assert item.due_on == MONDAY + timedelta(days=14)
    assert item.fingerprint == fingerprint("acme", result())


@pytest.mark.parametrize("verdict", ["ok", "unknown"])
def test_what_does_not_fire_opens_nothing(verdict):
    assert plan([result(verdict=verdict)]).opened == ()


def test_a_finding_without_a_remedy_opens_nothing():
    assert plan([result(todo=None)]).opened == ()


def test_what_matters_much_is_due_in_half_the_time():
    todo = ToDo("Mend it", "", 14, "high")
    assert plan([result(todo=todo)]).opened[0].due_on == MONDAY + timedelta(days=7)


def test_an_owner_that_the_brand_does_not_have_means_the_first_one():
    assert plan([result(owner="nobody")]).opened[0].owner == "lead"


def test_what_is_found_again_is_seen_and_not_opened_twice():
    again = plan([result(numbers={"clicks": 9.0})], [open_item()], as_of=MONDAY + timedelta(days=1))
    assert again.opened == ()
    assert [(it.item_id, it.numbers) for it in again.seen] == [(1, {"clicks": 9.0})]
    assert again.ended == ()


def test_what_a_run_sees_mended_is_done():
    [end] = plan([result(verdict="ok")], [open_item()]).ended
    assert (end.item_id, end.state) == (1, "done")


def test_a_page_that_is_gone_is_dropped():
    [end] = plan([], [open_item()]).ended
    assert end.state == "dropped"


@pytest.mark.parametrize(
    ("results", "scope"),
    [
        ([result(verdict="unknown")], SCOPE),
        ([], replace(SCOPE, judged=frozenset())),
    ],
    ids=["unknown", "the site could not be read"],
)
def test_what_could_not_be_judged_stays_open(results, scope):
    made = plan(results, [open_item()], scope=scope)
    assert made.ended == made.seen == ()


def test_a_check_that_was_switched_off_drops_its_items():
    scope = replace(SCOPE, checks=frozenset())
    [end] = plan([], [open_item()], scope=scope).ended
    assert end.state == "dropped"


def test_an_older_day_changes_nothing():
    scope = replace(SCOPE, latest_as_of=MONDAY)
    assert plan([result()], [], as_of=MONDAY - timedelta(days=1), scope=scope).opened == ()


def test_many_of_a_kind_are_one_item():
    [item] = plan([result(n) for n in range(SINGLE + 1)]).opened
    assert item.entity_key is None
    assert item.numbers == {"findings": SINGLE + 1.0}
    assert item.title.endswith(f"(and {SINGLE} more of this kind)")


def test_as_many_as_one_person_sees_at_a_glance_are_single():
    assert len(plan([result(n) for n in range(SINGLE)]).opened) == SINGLE


def test_one_item_about_many_lasts_until_none_is_found():
    [new] = plan([result(n) for n in range(20)]).opened
    item = stored(new)
    some = plan([result(n) for n in range(3)], [item])
    assert (some.opened, some.ended) == ((), ())
    assert some.seen[0].numbers == {"findings": 3.0}
    [end] = plan([result(n, verdict="ok") for n in range(3)], [item]).ended
    assert end.state == "done"


def test_one_item_about_many_is_not_done_while_some_cannot_be_judged():
    item = stored(plan([result(n) for n in range(20)]).opened[0])
    assert plan([result(3, verdict="unknown")], [item]).ended == ()


def test_a_single_item_is_not_counted_among_many_again():
    made = plan([result(n) for n in range(SINGLE + 2)], [open_item(0)])
    assert made.opened[0].numbers == {"findings": SINGLE + 1.0}
    assert [it.item_id for it in made.seen] == [1]


def test_what_a_person_dropped_is_not_opened_again_for_a_while():
    dropped = open_item(state="dropped", closed_at=NOON, closed_by="ana", closed_because="keep")
    later = MONDAY + timedelta(days=DECLINED_DAYS + 1)
    assert plan([result()], [dropped]).opened == ()
    assert len(plan([result()], [dropped], as_of=later).opened) == 1


def test_what_a_person_called_done_and_is_still_there_is_opened_again():
    done = open_item(state="done", closed_at=NOON, closed_by="ana", closed_because="mended")
    assert len(plan([result()], [done]).opened) == 1


def test_what_is_late_is_told_to_its_owner_and_to_the_first_once():
    item = open_item()
    late = item.due_on + timedelta(days=1)
    made = plan([result()], [item], as_of=late)
    assert [(it.item_id, it.to) for it in made.escalated] == [(1, "lead")]
    assert {m.owner for m in made.messages} == {"web", "lead"}
    assert all("LATE by 1 day" in m.body_text for m in made.messages)
    again = plan([result()], [replace(item, escalated_to="lead")], as_of=late)
    assert again.escalated == again.messages == ()


def test_it_is_not_late_on_the_day_it_is_due():
    item = open_item()
    assert plan([result()], [item], as_of=item.due_on).escalated == ()


def test_what_is_mended_late_is_done_and_nobody_is_told():
    item = open_item()
    made = plan([result(verdict="ok")], [item], as_of=item.due_on + timedelta(days=3))
    assert (made.escalated, made.messages) == ((), ())
    assert made.ended[0].state == "done"


def test_recurring_work_begins_with_its_period_and_is_told():
    made = plan(process=WEEKLY, as_of=MONDAY + timedelta(days=1))
    [item] = made.opened
    assert (item.owner, item.due_on) == ("web", MONDAY + timedelta(days=3))
    assert "Review the oldest pages" in made.messages[0].body_text


def test_recurring_work_that_begins_late_is_due_today_at_the_earliest():
    friday = MONDAY + timedelta(days=4)
    assert plan(process=WEEKLY, as_of=friday).opened[0].due_on == friday


def test_recurring_work_comes_once_a_period_and_not_while_the_last_is_open():
    item = stored(plan(process=WEEKLY).opened[0])
    next_week = MONDAY + timedelta(days=7)
    assert plan(items=[item], process=WEEKLY).opened == ()
    assert plan(items=[item], process=WEEKLY, as_of=next_week).opened == ()
    done = replace(item, state="done", closed_by="ana", closed_at=NOON)
    assert plan(items=[done], process=WEEKLY).opened == ()
    assert len(plan(items=[done], process=WEEKLY, as_of=next_week).opened) == 1


def test_the_same_plan_gives_the_same_messages():
    assert plan(process=WEEKLY).messages == plan(process=WEEKLY).messages


def test_names_are_data_in_a_message():
    item = open_item(title="<b>*x*</b>\nSubject: y")
    made = plan([result()], [item], as_of=item.due_on + timedelta(days=1))
    assert "<b>*x*" not in made.messages[0].body_html
    assert "\nSubject" not in made.messages[0].body_text


def test_another_brand_or_process_is_left_alone():
    other = open_item(brand="other")
    assert plan([], [other]).ended == ()
    assert plan([], [open_item(process="google_ads")]).ended == ()


def test_ends_name_their_day():
    [end] = plan([result(verdict="ok")], [open_item()]).ended
    assert isinstance(end, ItemEnd)
    assert end.as_of == MONDAY
