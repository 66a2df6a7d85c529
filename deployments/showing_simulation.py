"""What does a person see of a simulation? How much goes out when, and the first messages."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
import pandas as pd
from rich.console import Console
from rich.table import Table

from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.sequences.simulate import per_day
from tasks.steps.simulating import Simulation, simulation

FIRST = 10
"""Messages that are shown one by one."""


def show_simulation(brand: str, days: int, sequence: str, as_json: bool, now: datetime) -> None:
    """Print who would get what in the next days; people are shown by their keys."""
    found = simulation(brand, now, days, sequence)
    if as_json:
        click.echo(json.dumps(_facts(found), indent=2))
        return
    console, zone = Console(), ZoneInfo(found.zone)
    first = now.astimezone(zone)
    click.echo(
        f"{brand}: {', '.join(found.sequences)}, {plural(days, 'day')} from {first:%Y-%m-%d %H:%M} "
        f"({zone.key}). Nothing is sent or written."
    )
    people = found.messages["person_key"].nunique()
    counts = f"{plural(len(found.messages), 'message')} to {plural(people, 'person', 'people')}"
    inside = plural(found.inside, "person is", "people are")
    click.echo(f"{inside} inside now. {counts} would go out.\n")
    if len(found.messages):
        console.print(_table(_per_day(found), ("day", "sequence", "step", "messages")))
        click.echo("\nThe first of them")
        console.print(
            _table(_first(found), ("at", "sequence", "step", "arm", "template", "person"))
        )
    click.echo("\nWhat this cannot know")
    for note in found.notes:
        click.echo(f"  {plain(note, 0)}")


def _per_day(found: Simulation) -> list[dict[str, Any]]:
    return [
        {"day": str(row.day), "sequence": row.source, "step": row.step, "messages": row.messages}
        for row in per_day(found.messages, found.zone).itertuples()
    ]


def _first(found: Simulation) -> list[dict[str, Any]]:
    zone = ZoneInfo(found.zone)
    return [
        {
            "at": pd.Timestamp(row["at"]).astimezone(zone).isoformat(" ", "minutes"),
            "sequence": row["source"],
            "step": row["step"],
            "arm": row["arm"],
            "template": row["template"],
            "person": int(row["person_key"]),
        }
        for row in found.messages.head(FIRST).to_dict("records")
    ]


def _facts(found: Simulation) -> dict[str, Any]:
    return {
        "brand": found.brand,
        "from": found.start.isoformat(),
        "days": found.days,
        "sequences": [*found.sequences],
        "inside": found.inside,
        "messages": len(found.messages),
        "per_day": _per_day(found),
        "first": _first(found),
        "notes": [*found.notes],
    }


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column, overflow="fold", justify="right" if column == "messages" else "left"
        )
    for row in rows:
        values = (row[column] for column in columns)
        table.add_row(*(f"{it:,}" if column == "messages" else plain(str(it)) if it else ""
                        for column, it in zip(columns, values, strict=True)))  # fmt: skip
    return table
