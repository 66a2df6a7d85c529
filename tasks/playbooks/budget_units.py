"""Which budgets are there, and what did each spend and bring?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from config.playbooks import SplitPlaybook
from config.words import Level
from connectors.actions import DONE, Action
from connectors.changes import STEERING_FIELDS, Setting, Subject
from tasks.cube import Cube, Floats, Integers
from tasks.gate.protection import fits
from tasks.gate.state import Thing
from tasks.open_actions import OpenActions
from tasks.playbooks.figures import Figures
from tasks.playbooks.moves import decimal
from tasks.playbooks.proposing import Concerned, entities_of
from tasks.playbooks.situation import Situation

SPEND = "spend"
"""The strict defaults. What the gate would refuse is not proposed: one part refused refuses all."""


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A campaign or ad set with a daily budget of its own, and its days, the last one mature."""

    entity: Concerned
    subject: Subject
    setting: Setting | None
    """What the platform says now; None until it was read."""
    spend: Floats  # of complete days up to yesterday or the last one known
    history_spend: Floats  # of mature days
    outcome: Floats  # the same days
    end: date

    @property
    def budget(self) -> Decimal:
        """Return the daily budget; zero where it could not be read."""
        value = self.setting.value if self.setting else None
        return value if isinstance(value, Decimal) else Decimal(0)


def budgets_in(
    playbook: SplitPlaybook, situation: Situation, among: Collection[int] | None = None
) -> list[Budgeted]:
    """Return what runs with a budget of its own, in accounts of the brand's currency; `among` these
    alone, if they are given.

    An ad set counts where its campaign has no budget. Accounts whose figures' lag is not known, or
    of which no day was pulled, are left out.
    """
    figures = Figures(situation)
    accounts = situation.accounts
    usable = accounts.loc[accounts["currency"] == situation.currency, "account_key"].tolist()
    usable = [key for key in usable if among is None or key in among]
    found: list[Budgeted] = []
    for level, frame in _frames(situation):
        cube = situation.cubes[level]
        if {SPEND, playbook.goal} <= cube.values.keys():
            running = frame[frame["account_key"].isin(usable)]
            ends = {key: _ends(figures, level, key, playbook.goal) for key in usable}
            found += _units(playbook, situation, level, cube, running, ends)
    return found


def daily(units: Sequence[Budgeted]) -> tuple[Floats, Floats, Integers]:
    """Return spend and outcome, units x days, and each unit's account as 0, 1, ..."""
    accounts = np.unique([unit.entity.account_key for unit in units], return_inverse=True)[1]
    spend = np.array([unit.history_spend for unit in units])
    return spend, np.array([unit.outcome for unit in units]), accounts.astype(np.int64)


def is_protected(unit: Budgeted, situation: Situation) -> bool:
    """Tell whether the brand protects this budget's entity, or its campaign or account."""
    account_key, own = unit.entity.account_key, unit.entity
    accounts = situation.accounts
    ids = accounts.loc[accounts["account_key"] == account_key, "account_id"].tolist()
    above = [Thing("account", str(one), "", "unknown") for one in ids]
    lines: tuple[tuple[Level, str | None], ...] = (
        (own.level, own.entity_id),
        ("campaign", own.campaign_id),
    )
    for level, entity_id in lines:
        frame = situation.entities.get(level, pd.DataFrame())
        if not len(frame):
            continue
        rows = (frame["account_key"] == account_key) & (frame["entity_id"] == entity_id)
        for name, labels in zip(frame.loc[rows, "name"], frame.loc[rows, "labels"], strict=True):
            above.append(Thing(level, str(entity_id), name, "unknown", labels=(*(labels or ()),)))
    every = situation.guardrails.protected
    return any(fits(protected, thing) for protected in every for thing in above)


def is_busy(unit: Budgeted, situation: Situation) -> bool:
    """Tell whether a change of how much this runs waits or is not judged, or somebody else made
    one of its budget."""
    among = OpenActions(situation.actions)
    steered = (action for action in situation.actions if _steers(action, unit))
    if any(among.is_open(action, situation.as_of) for action in steered):
        return True
    changed = unit.setting.changed_at if unit.setting else None
    if changed is None or situation.now - changed > timedelta(
        days=situation.guardrails.hold_off_days
    ):
        return False
    ours = [one.applied_at for one in _actions(unit, situation) if one.applied_at is not None]
    return not any(abs(changed - at) < timedelta(hours=1) for at in ours)


def room(unit: Budgeted, situation: Situation, most: float) -> tuple[Decimal, Decimal]:
    """Return between which amounts a budget may be set: by `most`, and by all limits on budgets.

    Limits over 7 and 30 days count from where the budget stood before our changes of those days.
    """
    limits, now = situation.guardrails.limits("daily_budget"), unit.budget
    steps = (
        (now, decimal(min(most, limits.step_percent / 100))),
        (_stood(unit, situation, 7), decimal(limits.percent_7_days) / 100),
        (_stood(unit, situation, 30), decimal(limits.percent_30_days) / 100),
    )
    low = max(stood * (1 - part) for stood, part in steps)
    high = min(stood * (1 + part) for stood, part in steps)
    minimum = unit.setting.minimum if unit.setting else None
    return min(now, max(low, minimum or low)), max(now, high)


def _stood(unit: Budgeted, situation: Situation, days: int) -> Decimal:
    """Return the budget before our first change of the last `days` days."""
    since = situation.as_of - timedelta(days=days - 1)
    changes = [
        (action.applied_at or action.updated_at, action.proposal.before)
        for action in _actions(unit, situation)
        if action.state in DONE
    ]
    first = min((change for change in changes if change[0].date() >= since), default=None)
    return first[1] if first and isinstance(first[1], Decimal) else unit.budget


def _steers(action: Action, unit: Budgeted) -> bool:
    """Tell whether an action is on the status or a number of what has this budget."""
    proposal, own = action.proposal, unit.subject
    return (
        (proposal.account_key, proposal.subject.level, proposal.subject.entity_id)
        == (unit.entity.account_key, own.level, own.entity_id)
    ) and proposal.subject.field in STEERING_FIELDS


def _actions(unit: Budgeted, situation: Situation) -> list[Action]:
    key, subject = unit.entity.account_key, unit.subject
    return [
        action
        for action in situation.actions
        if (action.proposal.account_key, action.proposal.subject) == (key, subject)
    ]


def _frames(situation: Situation) -> list[tuple[Level, pd.DataFrame]]:
    """Return the running entities that have a budget, campaigns before ad sets."""
    result: list[tuple[Level, pd.DataFrame]] = []
    levels: tuple[Level, ...] = ("campaign", "ad_group")
    taken: set[tuple[int, str]] = set()
    for level in levels:
        if level not in situation.cubes or level not in situation.entities:
            continue
        frame = situation.entities[level]
        frame = frame[(frame["status"] == "enabled") & (frame["daily_budget"] > 0)]
        keys = list(zip(frame["account_key"], frame["campaign_id"], strict=True))
        own = np.array([key not in taken for key in keys], dtype=np.bool_)
        result.append((level, frame[own]))
        taken |= set(keys)
    return result


def _ends(figures: Figures, level: Level, account_key: int, goal: str) -> tuple[date, date] | None:
    """Return the last days of which the spend, and the goal too, have arrived."""
    spent = figures.last_day(level, account_key, (SPEND,))
    mature = figures.last_day(level, account_key, (SPEND, goal))
    return (spent, mature) if spent and mature else None


def _units(
    playbook: SplitPlaybook,
    situation: Situation,
    level: Level,
    cube: Cube,
    frame: pd.DataFrame,
    ends: dict[int, tuple[date, date] | None],
) -> list[Budgeted]:
    rows = {key: row for row, key in enumerate(cube.entities["entity_key"].tolist())}
    spend, outcome = cube.values[SPEND], cube.values[playbook.goal]
    result = []
    for entity in entities_of(frame, level):
        row, known = rows.get(entity.entity_key or 0), ends[entity.account_key]
        if row is None or known is None:
            continue
        subject = entity.subject("daily_budget")
        lately, mature = (_columns(cube, end, playbook.history_days) for end in known)
        result.append(
            Budgeted(
                entity,
                subject,
                situation.settings.get((entity.account_key, subject)),
                _at(spend[row], lately),
                _at(spend[row], mature),
                _at(outcome[row], mature),
                known[1],
            )
        )
    return result


def _columns(cube: Cube, end: date, days: int) -> Integers:
    """Return where each of the days up to `end` stands, -1 for a day that is not there."""
    wanted = np.arange(end.toordinal() - days + 1, end.toordinal() + 1)
    if not len(cube.days):
        return np.full(days, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(cube.days, wanted), len(cube.days) - 1)
    return np.where(cube.days[at] == wanted, at, -1).astype(np.int64)


def _at(row: Floats, columns: Integers) -> Floats:
    return np.asarray(np.where(columns >= 0, row[columns], np.nan)) if len(row) else row
