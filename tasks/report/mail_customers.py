"""Who are the brand's customers: how many, where in their life with it, in which segments?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pandas as pd

from config.mail import Stage
from connectors.mail_lists import ListAges, ListCounts, ListGrowth, Turnover
from tasks.customers.maximum import NoFit
from tasks.customers.value_model import ValueModel
from tasks.report.mail_model import (
    CustomerList,
    Growth,
    Move,
    SegmentRow,
    Shared,
    Size,
    StageRow,
)

MOST_MOVES, MOST_SHARED = 8, 12
STAGES: tuple[Stage, ...] = get_args(Stage)
NO_ORDERS = "no order is known"


@dataclass(frozen=True, slots=True)
class ListMaterial:
    """What is known of a brand's customers. Counts, and columns without anybody's name."""

    counts: ListCounts
    ages: ListAges
    growth: ListGrowth | None
    asked_since: datetime
    """The moment that growth was asked for."""
    stages: Sequence[Turnover]
    """By the name of the stage."""
    moves: pd.DataFrame
    """Columns of `MailListStore.moves_between`, by the names of the stages."""
    facts: pd.DataFrame
    """`stage` and `expected_value` of everybody, as `customer_facts` has them."""
    model: ValueModel | None
    titles: Mapping[str, str]
    """Segment to its title, in the order of the file."""
    segments: Sequence[Turnover]
    unknown: Mapping[str, int]
    """Segment to people of whom it cannot be told whether they are in it."""
    shared: pd.DataFrame
    """segment, other, people: how many are in both."""
    week_ago: date


def customer_list(material: ListMaterial, currency: str, zone: ZoneInfo) -> CustomerList:
    """Sum up a brand's customers."""
    moves = [
        Move(row["left"], row["entered"], int(row["people"]))
        for row in material.moves.to_dict("records")
    ]
    pairs = material.shared[material.shared["people"] > 0]
    shared = [
        Shared(_title(material, row["segment"]), _title(material, row["other"]), int(row["people"]))
        for row in pairs.sort_values("people", ascending=False, kind="stable").to_dict("records")
    ]
    return CustomerList(
        currency=currency,
        counts=material.counts,
        ages=material.ages,
        growth=_growth(material, zone),
        stages=_stages(material),
        moves=tuple(moves[:MOST_MOVES]),
        moves_left=max(len(moves) - MOST_MOVES, 0),
        no_model=_no_model(material.model),
        segments=_segments(material),
        shared=tuple(shared[:MOST_SHARED]),
        shared_left=max(len(shared) - MOST_SHARED, 0),
    )


def _growth(material: ListMaterial, zone: ZoneInfo) -> Growth | None:
    found = material.growth
    if found is None:
        return None
    late = found.since > material.asked_since
    since = found.since.astimezone(zone).date() if late else None
    return Growth(found.came, found.unsubscribed, found.bounced, since)


def _stages(material: ListMaterial) -> tuple[StageRow, ...]:
    """Return all stages; none where nobody is in any, as without orders nobody can be told one.

    A week ago is unknown where nobody was in any stage then.
    """
    found = {it.segment: it for it in material.stages}
    if not any(it.now for it in found.values()):
        return ()
    counted = any(it.before for it in found.values())
    facts = material.facts
    expected = facts["expected_value"].groupby(facts["stage"].astype(object)).agg(["sum", "count"])
    rows = []
    for stage in STAGES:
        told = int(expected["count"].get(stage, 0))
        size = _size(found[stage], counted) if stage in found else _nobody(counted)
        rows.append(StageRow(stage, size, float(expected["sum"][stage]) if told else None, told))
    return tuple(rows)


def _segments(material: ListMaterial) -> tuple[SegmentRow, ...]:
    """Return the segments of the file, in its order. A week ago is unknown of those that nobody
    was ever in by then: they may not have been there."""
    found = {it.segment: it for it in material.segments}
    rows = []
    for name, title in material.titles.items():
        its = found.get(name)
        size = Size(0) if its is None else _size(its, its.first <= material.week_ago)
        rows.append(SegmentRow(title, size, material.unknown.get(name, 0)))
    return tuple(rows)


def _size(found: Turnover, counted: bool) -> Size:
    return Size(found.now, found.before, found.entered, found.left) if counted else Size(found.now)


def _nobody(counted: bool) -> Size:
    return Size(0, 0, 0, 0) if counted else Size(0)


def _no_model(model: ValueModel | None) -> str:
    if model is None:
        return NO_ORDERS
    reasons = [it.reason for it in (model.buying, model.spending) if isinstance(it, NoFit)]
    return "; ".join(dict.fromkeys(reasons))


def _title(material: ListMaterial, segment: str) -> str:
    return material.titles.get(segment, segment)
