"""What may budgets add up to, so that the month ends within its plan?

Counted as the gate counts (`tasks/gate/rules_money.py`): what is spent, plus the daily budgets of
all that runs, spent or not, for the days that are left; and never more than a month's share of it
per day. Else a plan would be made of which every raise is refused.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from config.words import Level
from connectors.actions import Action
from connectors.changes import ENABLED
from tasks.cube import Floats
from tasks.open_actions import OpenActions
from tasks.playbooks.budget_units import Budgeted
from tasks.playbooks.situation import Situation

DAYS_OF_A_MONTH = 30.4
"""As the gate has it: the budgets of one day are at most the month's by this."""
LATELY = 7  # days that say what a campaign spends
OVER = 1.01
"""From so many times its plan on a month is expected to exceed it: no expectation is more exact."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a month may cost, and what counts against it."""

    monthly: float  # infinite: nobody has said
    spent: float  # so far; NaN where a day of an account is not known
    planned: float  # what all that runs, or comes back by itself, may spend per day


def amount_of(
    situation: Situation,
    found: Sequence[Budgeted],
    monthly: float | None,
    spenders: Collection[int],
    planners: Collection[int] | None = None,
) -> Amount:
    """Return how a month stands whose spend is that of the accounts `spenders`; all budgets that
    the run sees are planned with, or only those of `planners`."""
    planned = planned_a_day(situation, found, planners)
    if monthly is None:
        return Amount(float("inf"), 0.0, planned)
    return Amount(monthly, _spent(situation, found, spenders), planned)


def most_a_day(situation: Situation, amount: Amount) -> float:
    """Return what the running daily budgets may add up to from today on.

    Infinite without a monthly budget; NaN where the month's spend of an account is not known.
    """
    if np.isinf(amount.monthly):
        return float("inf")
    share = situation.guardrails.month_percent / 100
    least = [(amount.monthly * share - amount.spent) / _days_left(situation)]
    if situation.guardrails.daily_budget_ceiling is None:
        least.append(amount.monthly / DAYS_OF_A_MONTH)
    return float(np.min(least))


def spend_a_day(situation: Situation, others: Sequence[Budgeted], amount: Amount) -> float:
    """Return what the month has left for a day once the `others` have spent as they did lately."""
    usual = [np.nan_to_num(unit.spend[-LATELY:]).mean() for unit in others if len(unit.spend)]
    return (amount.monthly - amount.spent) / _days_left(situation) - float(sum(usual))


def runs_over(situation: Situation, found: Sequence[Budgeted], amount: Amount) -> bool:
    """Say whether the month is going to cost more than its plan, if each spends on as on its usual
    day lately: a day that ran away is gone, and no usual one."""
    usual = [np.nanmedian(unit.spend[-LATELY:]) for unit in found if _is_known(unit)]
    whole = amount.spent + float(sum(usual)) * _days_left(situation)
    return whole > amount.monthly * situation.guardrails.month_percent / 100 * OVER


def planned_a_day(
    situation: Situation, found: Sequence[Budgeted], accounts: Collection[int] | None = None
) -> float:
    """Return what all that runs, or comes back by itself, may spend per day; in these accounts.

    A budget counts as it was read now, where it was, else as it was pulled; a shared one once.
    NaN where neither a budget nor what is usually spent on it is known.
    """
    live = {(u.entity.level, u.entity.entity_key): u for u in found if u.setting is not None}
    back = {action.proposal.entity_key: action for action in _coming_back(situation)}
    shared: set[frozenset[str]] = set()
    total = 0.0
    for level, key, pulled in _running(situation, back.keys(), accounts):
        unit = live.get((level, key))
        sharers = frozenset(unit.setting.shared_by) if unit and unit.setting else frozenset()
        if len(sharers) > 1 and sharers in shared:
            continue
        shared.add(sharers)
        before = back[key].proposal.before if key in back else None
        total += max(
            float(unit.budget) if unit else pulled,
            float(before) if isinstance(before, Decimal) else 0.0,
        )
    return total


def _is_known(unit: Budgeted) -> bool:
    return bool((~np.isnan(unit.spend[-LATELY:])).any())


def _spent(situation: Situation, found: Sequence[Budgeted], accounts: Collection[int]) -> float:
    """Return what the month has cost so far; NaN where a day of an account is not known.

    Of one whose figures end before yesterday the days since cost what is planned, as at the gate.
    """
    spent = float(sum(situation.month_spend.get(key, float("nan")) for key in accounts))
    for key, days in ((key, _days_behind(situation, key)) for key in accounts):
        spent += days * planned_a_day(situation, found, [key]) if days else 0.0
    return spent


def _days_behind(situation: Situation, account_key: int) -> int:
    """Return how many days of the month up to yesterday are not in what an account has spent."""
    yesterday = situation.as_of - timedelta(days=1)
    before = situation.as_of.replace(day=1) - timedelta(days=1)
    through = max(situation.spent_through.get(account_key, yesterday), before)
    return max((yesterday - through).days, 0)


def _days_left(situation: Situation) -> int:
    """Return how many days of the month are not in its spend: today and those after it."""
    day = situation.as_of
    return monthrange(day.year, day.month)[1] - day.day + 1


def _coming_back(situation: Situation) -> list[Action]:
    """Return what we have paused or cut for a time, and what comes back by itself."""
    among = OpenActions(situation.actions)
    return [
        action
        for action in situation.actions
        if action.proposal.subject.field in ("status", "daily_budget")
        and among.comes_back(action, situation.as_of)
    ]


def _running(
    situation: Situation, back: Collection[int | None], accounts: Collection[int] | None
) -> Iterator[tuple[Level, int, float]]:
    """Yield level, key and pulled daily budget of what runs with a budget of its own.

    What has one of which no daily amount is known, such as one for a whole period, yields what it
    spends on a usual day: the other ad sets of a campaign of which some have a daily budget, or a
    campaign in which nothing has one.
    """
    campaigns = situation.entities.get("campaign")
    if campaigns is None:
        return
    if accounts is not None:
        campaigns = campaigns[campaigns["account_key"].isin([*accounts])]
    ad_groups = situation.entities.get("ad_group", campaigns.iloc[:0])
    divided = set(_pairs(ad_groups[ad_groups["daily_budget"].notna()], "campaign_id"))
    campaigns = campaigns[_is_on(campaigns, back)]
    own = campaigns["daily_budget"].notna()
    whole = ~_among(campaigns, "entity_id", divided)
    yield from _budgeted(situation, "campaign", campaigns[own | whole])
    above = set(_pairs(campaigns, "entity_id"))
    running = ad_groups[_is_on(ad_groups, back) & _among(ad_groups, "campaign_id", above)]
    apart = divided.intersection(_pairs(campaigns[~own], "entity_id"))
    counts = running["daily_budget"].notna() | _among(running, "campaign_id", apart)
    yield from _budgeted(situation, "ad_group", running[counts])


def _is_on(frame: pd.DataFrame, back: Collection[int | None]) -> pd.Series:
    return (frame["status"] == ENABLED) | frame["entity_key"].isin([*back])


def _pairs(frame: pd.DataFrame, column: str) -> Iterator[tuple[int, str]]:
    return zip(frame["account_key"].tolist(), frame[column].tolist(), strict=True)


def _among(frame: pd.DataFrame, column: str, campaigns: Collection[tuple[int, str]]) -> pd.Series:
    found = [pair in campaigns for pair in _pairs(frame, column)]
    return pd.Series(found, index=frame.index, dtype=bool)


def _budgeted(
    situation: Situation, level: Level, frame: pd.DataFrame
) -> Iterator[tuple[Level, int, float]]:
    amounts: Floats = frame["daily_budget"].to_numpy(np.float64)
    usual = _usual(situation, level) if np.isnan(amounts).any() else {}
    for key, amount in zip(frame["entity_key"].tolist(), amounts.tolist(), strict=True):
        yield level, int(key), usual.get(key, amount) if np.isnan(amount) else amount


def _usual(situation: Situation, level: Level) -> dict[int, float]:
    """Return by key what entities spent on the median day lately; NaN: not known."""
    cube = situation.cubes[level]
    before = cube.days < situation.as_of.toordinal()
    lately = pd.DataFrame(cube.values["spend"][:, before][:, -LATELY:])
    usual = lately.median(axis=1).tolist()
    return dict(zip(cube.entities["entity_key"].tolist(), usual, strict=True))
