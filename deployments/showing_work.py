"""What a person sees of work items on the command line, and what they can say of them."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.problems import choose
from connectors.work import WorkItem, WorkState
from deployments.plain_data import plain_data
from deployments.showing_actions import LONG, ledger
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.steps.opening import brand_library
from tasks.steps.work import Said, note_work

STATES: tuple[WorkState, ...] = ("open", "done", "dropped")
COLOURS = {"high": "bold red", "medium": "yellow", "low": "dim"}


def show_list(
    brand: str,
    process: str,
    owner: str,
    states: Sequence[str],
    late: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Print a table of work items, the first due first."""
    if wrong := [state for state in states if state not in STATES]:
        raise LookupError(f"no state {wrong[0]!r}; {choose(wrong[0], STATES)}")
    with ledger() as warehouse:
        found = warehouse.work_items(
            brand=brand, process=process, owner=owner, states=cast("Sequence[WorkState]", states)
        )
    today = {name: _today(name) for name in {item.brand for item in found}}
    found = [item for item in found if not late or item.is_late(today[item.brand])]
    if as_json:
        click.echo(json.dumps(plain_data(found[:limit]), indent=2))
        return
    if not found:
        click.echo("Nothing to do." if "open" in states else "None.")
        return
    _print(found[:limit], today)
    if len(found) > limit:
        click.echo(f"and {len(found) - limit:,} more: --limit {len(found)} shows them")


def show_one(item_id: int, as_json: bool) -> None:
    """Print everything that is known of a work item."""
    with ledger() as warehouse:
        item, events = warehouse.work_item(item_id), warehouse.work_events(item_id)
    if as_json:
        click.echo(json.dumps(plain_data(item) | {"events": plain_data(events)}, indent=2))
        return
    for line in _described(item):
        click.echo(line)
    click.echo("\nHistory")
    for event in events:
        said = f": {plain(event.why, LONG)}" if event.why else ""
        click.echo(
            f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.event}  by {plain(event.actor)}{said}"
        )


def note(
    item: int,
    said: str,
    who: str,
    why: str,
    owner: str,
    due_on: date | None,
    version: int | None,
) -> None:
    """Record what a person says, and print what holds now."""
    noted = note_work.fn(item, cast(Said, said), who, why, owner, due_on, version)
    click.echo(f"{_state(noted, _today(noted.brand))}: {plain(noted.title, LONG)}")


def _described(item: WorkItem) -> list[str]:
    about = [item.process, item.check] if item.check else [item.process]
    lines = [
        f"{item.item_id}: {plain(item.title, LONG)}",
        _state(item, _today(item.brand)),
        f"{item.brand}, {', '.join(about)}; {item.priority} priority",
        "",
        plain(item.evidence, LONG),
    ]
    if item.remedy:
        lines.append(f"How: {plain(item.remedy, LONG)}")
    if item.closed_because:
        closed = f"{item.state} by {plain(item.closed_by)}: {plain(item.closed_because, LONG)}"
        lines.append(closed.capitalize())
    return lines


def _state(item: WorkItem, today: date) -> str:
    if item.state != "open":
        return f"{item.item_id} {item.state}"
    late = (today - item.due_on).days
    when = f"late by {plural(late, 'day')}" if late > 0 else f"due {item.due_on}"
    return f"{item.item_id} open, {item.owner}, {when}"


def _print(items: Sequence[WorkItem], today: dict[str, date]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("item", justify="right")
    for column in ("due", "owner", "brand", "what"):
        table.add_column(column, overflow="fold")
    for item in items:
        late = item.is_late(today[item.brand])
        due = Text(f"{item.due_on}" + (" late" if late else ""), style="bold red" if late else "")
        if item.state != "open":
            due = Text(item.state, style="dim")
        style = COLOURS[item.priority] if item.state == "open" else "dim"
        what = Text(plain(item.title, LONG), style=style)
        table.add_row(str(item.item_id), due, item.owner, item.brand, what)
    Console().print(table)


def _today(brand: str) -> date:
    return datetime.now(ZoneInfo(brand_library(brand).brand(brand).time_zone)).date()
