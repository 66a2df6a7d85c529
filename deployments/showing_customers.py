"""What does a person see of customers? How many are who, and who went where; never which."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import click
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from config.formula import TRUE, UNKNOWN
from config.mail import Stage
from config.mail_segments import Segment
from connectors.warehouse.segment_members import Keys
from deployments.plain_data import plain_data
from tasks.customers.movement import movements
from tasks.customers.segments import Truth, memberships
from tasks.report.numbers import plural
from tasks.steps.customers import STAGE, facts_of, segments_of
from tasks.steps.looking import open_to_look
from tasks.steps.opening import brand_library

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SegmentStatus:
    """A segment in numbers of people."""

    segment: str
    title: str
    people: int  # as of the last run: what sequences and campaigns go by
    now: int  # as it would come out now
    unknown: int  # of whom it cannot be told now
    entered: int  # in the last 7 days
    left: int


@dataclass(frozen=True, slots=True)
class Flow:
    """People who went from one stage of life to another in the last 7 days; '' is none."""

    came_from: str
    went_to: str
    people: int


@dataclass(frozen=True, slots=True)
class Shared:
    """People who are in two segments at once, as of the last run."""

    segment: str
    other: str
    people: int


@dataclass(frozen=True, slots=True)
class Customers:
    """A brand's customers in numbers."""

    brand: str
    people: int
    stages: Mapping[str, int]
    segments: Sequence[SegmentStatus]
    moved: Sequence[Flow]
    shared: Sequence[Shared]


def show_segments(brand: str, as_json: bool, now: datetime) -> None:
    """Print segments, stages, how people moved, and which segments share people."""
    found = customers_of(brand, now)
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
    elif not found.people:
        click.echo(
            f"No customers of {brand} are known; marketloop run email_marketing --brand {brand} "
            "reads its lists."
        )
    else:
        _print(found)


def customers_of(brand: str, now: datetime) -> Customers:
    """Return a brand's customers in numbers."""
    library = brand_library(brand)
    today = now.astimezone(ZoneInfo(library.brand(brand).time_zone)).date()
    stages = [STAGE + stage for stage in get_args(Stage)]
    names = [it.name for it in segments_of(library, brand)]
    with open_to_look() as warehouse:
        facts = facts_of(warehouse, library, brand, today)
        then, here = (
            {name: warehouse.segment_members(brand, name, day) for name in (*names, *stages)}
            for day in (today - LATELY, None)
        )
        overlap = warehouse.segment_overlap(brand)
    fresh = memberships(segments_of(library, brand), facts)
    both = overlap[overlap["segment"].isin(names) & overlap["other"].isin(names)]
    lines = movements(*(_rows({name: days[name] for name in stages}) for days in (then, here)))
    return Customers(
        brand=brand,
        people=len(facts),
        stages={name.removeprefix(STAGE): len(here[name]) for name in stages},
        segments=[
            _segment(it, then[it.name], here[it.name], truth)
            for it, truth in zip(segments_of(library, brand), fresh.truth, strict=True)
        ],
        moved=[
            Flow(source.removeprefix(STAGE), target.removeprefix(STAGE), people)
            for source, target, people in lines.itertuples(index=False, name=None)
            if source != target
        ],
        shared=[Shared(*row) for row in both.itertuples(index=False, name=None)],
    )


def _segment(segment: Segment, then: Keys, here: Keys, truth: Truth) -> SegmentStatus:
    return SegmentStatus(
        segment=segment.name,
        title=segment.title,
        people=len(here),
        now=int((truth == TRUE).sum()),
        unknown=int((truth == UNKNOWN).sum()),
        entered=len(np.setdiff1d(here, then)),
        left=len(np.setdiff1d(then, here)),
    )


def _rows(groups: Mapping[str, Keys]) -> pd.DataFrame:
    parts = [pd.DataFrame({"person_key": keys, "group": name}) for name, keys in groups.items()]
    return pd.concat(parts, ignore_index=True)


def _print(found: Customers) -> None:
    click.echo(f"{plural(found.people, 'customer')} of {found.brand}")
    console = Console()
    segments = _table(("segment", "title", "people", "as of now", "not known", "entered in 7 days",
                       "left in 7 days"))  # fmt: skip
    for it in found.segments:
        counts = (it.people, it.now, it.unknown, it.entered, it.left)
        segments.add_row(it.segment, it.title, *(f"{count:,}" for count in counts))
    console.print(segments if found.segments else "No segments are written yet.")
    shared = _table(("segment", "other", "people in both"))
    for both in found.shared:
        shared.add_row(both.segment, both.other, f"{both.people:,}")
    if found.shared:
        console.print(shared)
    stages = ", ".join(f"{name} {count:,}" for name, count in found.stages.items())
    click.echo(f"Stages of life: {stages}")
    moved = _table(("from", "to", "people in 7 days"))
    for flow in found.moved:
        moved.add_row(flow.came_from or "none", flow.went_to or "none", f"{flow.people:,}")
    if found.moved:
        console.print(moved)


def _table(columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for n, column in enumerate(columns):
        table.add_column(column, overflow="fold", justify="left" if n < 2 else "right")
    return table
