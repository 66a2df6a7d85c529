"""`marketloop todo ...`: look at what people have to do, assign it, close it.

Everything heavy is imported by the command that needs it.
"""

from datetime import datetime

import click

from deployments.action_commands import DAY, JSON, who_and_why
from deployments.command import Group

ITEM = click.argument("item", type=click.IntRange(1))
VERSION = click.option("--version", type=int, help="Only if it is still in this version.")


@click.group(
    cls=Group,
    examples=(
        "marketloop todo list --brand acme --late",
        "marketloop todo assign 7 web --why 'it is their template'",
        "marketloop todo done 7 --why 'title written'",
    ),
)
def todo() -> None:
    """Look at what people have to do, assign it, close it."""


@todo.command(
    "list",
    examples=("marketloop todo list --owner web", "marketloop todo list --brand acme --json"),
)
@click.option("--brand", default="", help="Only this brand's.")
@click.option("--process", default="", help="Only this process's.")
@click.option("--owner", default="", help="Only this owner's.")
@click.option("--state", "states", multiple=True, help="open (without this option), done, dropped.")
@click.option("--late", is_flag=True, help="Only what is late.")
@click.option("--limit", default=50, show_default=True, help="At most so many, first due first.")
@JSON
def list_items(
    brand: str,
    process: str,
    owner: str,
    states: tuple[str, ...],
    late: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List work items, the first due first."""
    from deployments.showing_work import show_list

    show_list(brand, process, owner, states or ("open",), late, limit, as_json)


@todo.command(examples=("marketloop todo show 7",))
@ITEM
@JSON
def show(item: int, as_json: bool) -> None:
    """Show one item with its evidence, its remedy and its history."""
    from deployments.showing_work import show_one

    show_one(item, as_json)


@todo.command(examples=("marketloop todo done 7 --why 'title written'",))
@ITEM
@VERSION
@who_and_why
def done(item: int, version: int | None, who: str, why: str) -> None:
    """Say that it is done. If the next run still finds it, it is opened again."""
    _note(item, "done", who, why, version)


@todo.command(examples=("marketloop todo drop 7 --why 'the page goes next month'",))
@ITEM
@VERSION
@who_and_why
def drop(item: int, version: int | None, who: str, why: str) -> None:
    """Say that it is not wanted; for 90 days it is not opened again."""
    _note(item, "drop", who, why, version)


@todo.command(examples=("marketloop todo assign 7 web --why 'it is their template'",))
@ITEM
@click.argument("owner")
@VERSION
@who_and_why
def assign(item: int, owner: str, version: int | None, who: str, why: str) -> None:
    """Give it to another owner of the brand file."""
    _note(item, "assign", who, why, version, owner=owner)


@todo.command(examples=("marketloop todo postpone 7 2026-12-15 --why 'after the relaunch'",))
@ITEM
@click.argument("due_on", type=DAY)
@VERSION
@who_and_why
def postpone(item: int, due_on: datetime, version: int | None, who: str, why: str) -> None:
    """Give it another day by which it is due."""
    _note(item, "postpone", who, why, version, due_on=due_on)


@todo.command(examples=("marketloop todo comment 7 --why 'waiting for the agency'",))
@ITEM
@VERSION
@who_and_why
def comment(item: int, version: int | None, who: str, why: str) -> None:
    """Leave a remark."""
    _note(item, "comment", who, why, version)


@todo.command(examples=("marketloop todo reopen 7 --why 'it came back'",))
@ITEM
@VERSION
@who_and_why
def reopen(item: int, version: int | None, who: str, why: str) -> None:
    """Take it up again."""
    _note(item, "reopen", who, why, version)


def _note(
    item: int,
    said: str,
    who: str,
    why: str,
    version: int | None,
    *,
    owner: str = "",
    due_on: datetime | None = None,
) -> None:
    from deployments.showing_work import note

    note(item, said, who, why, owner, due_on.date() if due_on else None, version)
