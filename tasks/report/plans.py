"""What has the month cost so far, against its budget?"""

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from config.models import Brand
from connectors.base import Window
from tasks.cube import Booleans, Cube
from tasks.report.model import Plan


def month_plans(
    brand: Brand,
    platforms: Collection[str],
    whole: Cube,
    accounts: pd.DataFrame,
    titles: Mapping[int, str],
    as_of: date,
) -> tuple[Plan, ...]:
    """Return how each of the brand's budgets of these platforms stands, in the order of its file;
    one over several platforms only where all of them are here.

    The month is that of the last complete day, so the first of a month still shows the month
    before, complete. A day on which the spend of one account is unknown is unknown for the budget,
    never zero. Budgets are in the brand's currency; nothing is compared with it that was spent in
    another, for lack of a rate. A budget whose accounts are not part of the run is left out.
    """
    found: list[Plan] = []
    for budget in brand.budgets:
        rows = np.array(accounts["platform"].isin(budget.over), dtype=np.bool_)
        if budget.account:
            rows &= accounts["entry"].to_numpy(dtype=object) == budget.account
        if not {*budget.over} <= {*platforms} or not rows.any():
            continue
        keys = accounts["account_key"].to_numpy()[rows].tolist()
        plan = Plan(
            scope=titles[keys[0]] if len(keys) == 1 else f"All {len(keys)} accounts",
            currency=brand.currency,
            month=_month(as_of),
            through=as_of - timedelta(days=1),
            budget=float(budget.monthly),
            spent=None,
            unknown_days=as_of.day - 1 or _month(as_of).days,
            other_currency=bool((accounts["currency"][rows] != brand.currency).any()),
        )
        known = "spend" in whole.values and not plan.other_currency
        found.append(_with_spend(plan, whole, rows) if known else plan)
    return tuple(found)


def _month(as_of: date) -> Window:
    last = as_of - timedelta(days=1)
    return Window(last.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1]))


def _with_spend(plan: Plan, whole: Cube, rows: Booleans) -> Plan:
    days = (whole.days >= plan.month.start.toordinal()) & (whole.days <= plan.through.toordinal())
    per_day = whole.values["spend"][np.ix_(rows, days)].sum(axis=0)
    known = per_day[~np.isnan(per_day)]
    return replace(
        plan,
        spent=float(known.sum()) if len(known) else None,
        unknown_days=plan.elapsed_days - len(known),
    )
