"""What may an account spend per day, if its month's budget is spread evenly?"""

from calendar import monthrange
from datetime import date

import numpy as np
import pandas as pd

from config.models import Brand
from tasks.cube import Floats


def daily_budgets(accounts: pd.DataFrame, brand: Brand, as_of: date) -> Floats:
    """Return the daily share of the month of `as_of` per row of `accounts`, NaN without a budget.

    `accounts` has entry, platform and currency.

    A budget for the whole platform is an account's own where the brand has no other account there;
    one over several platforms is nobody's own.
    Budgets are in the brand's currency; an account in another has none, for lack of a rate. The
    column `daily_budget` of accounts is where conditions find it.
    """
    days = monthrange(as_of.year, as_of.month)[1]
    monthly = {platform: _monthly(brand, platform) for platform in {*accounts["platform"]}}
    shares = [
        monthly[platform].get(entry, np.nan) / days if currency == brand.currency else np.nan
        for entry, platform, currency in zip(
            accounts["entry"], accounts["platform"], accounts["currency"], strict=True
        )
    ]
    return np.asarray(shares, dtype=np.float64)


def _monthly(brand: Brand, platform: str) -> dict[str, float]:
    """Return the monthly budget of each entry of a platform that has one."""
    budgets = [budget for budget in brand.budgets if budget.platform == platform]
    monthly = {budget.account: float(budget.monthly) for budget in budgets}
    entries = [entry.name for entry in brand.accounts if entry.platform == platform]
    if len(entries) == 1 and "" in monthly:
        monthly.setdefault(entries[0], monthly[""])
    return monthly
