"""How did an entity change, beyond what others like it did that nobody touched?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp
from typing import Literal

import numpy as np

from connectors.base import Window
from tasks.cube import Booleans, Cube, Floats
from tasks.report.numbers import day, number, plural
from tasks.statistics.differences import Change, contrast, dispersion
from tasks.statistics.normal import two_sided

LEAST_EVENTS = 5.0
"""Fewer conversions in both windows together tell nothing."""
NAMED = 6
"""Of more changes that happened besides, the rest is counted: nobody reads forty."""


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that happened to an entity, a part or a parent of it: another action, an edit, an
    alert."""

    on: date
    what: str  # for people: `daily budget 40 to 50 by a person`


@dataclass(frozen=True, slots=True)
class Figures:
    """What an action is judged by. Days are those of the account."""

    cube: Cube
    """Of `judged_level`; comparable are the other entities of the same account in it."""
    entity_key: int  # in the cube
    applied_on: date
    mature_until: date | None
    """The last day whose figures have arrived; None: not known."""
    goal: Literal["conversions", "conversions_value"]
    target: float | None = None
    """What a conversion may cost; of a goal in money, what a unit of money spent must bring."""
    touches: Mapping[int, Sequence[Touch]] = field(default_factory=dict)
    """By entity_key: what happened to it, its parts or its parents besides this action. Of whole
    accounts by account_key."""
    incidents: Sequence[Touch] = ()
    """Of the whole account: broken tracking, alerts."""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The change of an entity's ratio beyond the others', on logarithms: 0.1 is about 10 %."""

    change: float
    half: float  # half of its 80 % range
    now: float  # the ratio in the days after; of a sum per day
    days: int
    compared: int  # with how many others
    spread: float  # what entities change by themselves

    @property
    def bounds(self) -> tuple[float, float, float]:
        """Return the change with its range: likely, low, high."""
        return self.change, self.change - self.half, self.change + self.half

    @property
    def gained(self) -> tuple[float, float, float]:
        """Return what a sum has more than without the change, in all days: likely, low, high."""
        likely, low, high = (self.now * self.days * (1 - exp(-log)) for log in self.bounds)
        return likely, low, high


def compare(figures: Figures, above: str, below: str, before: Window, after: Window) -> Found | str:
    """Compare a ratio (a sum per day without `below`) with the entities that nobody touched.

    Return why that cannot be done, where the entity's own days are not known or too few events.
    """
    daily = [_days(figures.cube, above, below, window) for window in (before, after)]
    mine = _row(figures)
    if not all(np.isfinite(part[mine]).all() for pair in daily for part in pair):
        return "Days of the windows are not known"
    known = np.all([np.isfinite(part).all(axis=1) for pair in daily for part in pair], axis=0)
    counts = above not in ("spend", "conversions_value")
    event = max(dispersion(a[known], b[known], float(counts)) for a, b in daily)
    sums = [(a.sum(axis=1), b.sum(axis=1)) for a, b in daily]
    change = Change(sums[0][0], sums[1][0], sums[0][1], sums[1][1])
    events = (change.above_before[mine] + change.above_after[mine]) / event
    if min(change.below_before[mine], change.below_after[mine]) <= 0 or events < LEAST_EVENTS:
        return "Too few figures in the windows to tell anything"
    others = known & _untouched(figures, Window(before.start, after.end))
    found = contrast(change, mine, others, two_sided(), event=event)
    now = max(change.above_after[mine], event / 2) / change.below_after[mine]
    return Found(
        found.change, found.half, float(now), after.days, found.compared, found.spread
    )  # fmt: skip


def _days(cube: Cube, above: str, below: str, window: Window) -> tuple[Floats, Floats]:
    """Return two metrics, entities x days; NaN for days that are not there, ones for no metric."""
    wanted = np.arange(window.start.toordinal(), window.end.toordinal() + 1)
    inside = np.isin(cube.days, wanted)
    shape = (len(cube.entities), window.days)
    if int(inside.sum()) < window.days:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    return cube.values[above][:, inside], cube.values[below][:, inside] if below else np.ones(shape)


def _untouched(figures: Figures, days: Window) -> Booleans:
    """Return which other entities of the account nothing happened to; of accounts, which others."""
    cube, mine = figures.cube, _row(figures)
    of_accounts = "entity_key" not in cube.entities
    same = (
        np.ones(len(cube.entities), np.bool_) if of_accounts else cube.account == cube.account[mine]
    )
    touched = [bool(_within(figures.touches.get(key, ()), days)) for key in _keys(cube)]
    same &= ~np.array(touched, dtype=np.bool_)
    same[mine] = False
    return same


def _within(touches: Sequence[Touch], days: Window) -> list[Touch]:
    return [touch for touch in touches if days.start <= touch.on <= days.end]


def confounders(figures: Figures, days: Window) -> tuple[str, ...]:
    """Return what else happened to the entity and in its account in these days, in sentences."""
    own = _within(figures.touches.get(figures.entity_key, ()), days)
    own.sort(key=lambda touch: touch.on)
    rest = len(own) - NAMED
    return (
        *(f"Also on {day(touch.on)}: {touch.what}" for touch in own[:NAMED]),
        *([f"And {plural(rest, 'more change')} of it in these days"] if rest > 0 else ()),
        *(f"In the account, {day(t.on)}: {t.what}" for t in _within(figures.incidents, days)),
    )


def comparison(found: Found) -> str:
    """Say what an entity was compared with."""
    if not found.compared:
        return "Nothing untouched to compare with: season and chance are in it, the range is wide"
    others = plural(found.compared, "other entity", "other entities")
    return (
        f"Compared with {others} that nobody touched; such change by "
        f"{number(found.spread, 'percent')} by themselves"
    )


def _row(figures: Figures) -> int:
    return _keys(figures.cube).index(figures.entity_key)


def _keys(cube: Cube) -> list[int]:
    """Return the entities' keys; of whole accounts the accounts'."""
    own = "entity_key" if "entity_key" in cube.entities else "account_key"
    return [int(key) for key in cube.entities[own].tolist()]
