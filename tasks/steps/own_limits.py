"""What does the brand itself allow? Its monthly budgets, its rules of posting and what it said."""

from datetime import datetime, timedelta

import pandas as pd

from config.models import Brand
from config.networks import NETWORKS
from connectors.warehouse import Warehouse
from tasks.gate.state import MonthlyBudget, Posting, SaidBefore


def budgets_of(brand: Brand, accounts: pd.DataFrame) -> list[MonthlyBudget]:
    """Return the brand's monthly budgets with the accounts that each is for."""
    budgets = []
    for budget in brand.budgets:
        of_platforms = accounts["platform"].isin(budget.over)
        mine = (
            accounts[of_platforms & accounts["entry"].eq(budget.account)]
            if budget.account
            else (accounts[of_platforms])
        )
        keys = frozenset(int(key) for key in mine["account_key"])
        name = budget.account or " and ".join(budget.over)
        budgets.append(MonthlyBudget(name, keys, budget.monthly))
    return budgets


def posting_of(
    warehouse: Warehouse, brand: Brand, accounts: pd.DataFrame, now: datetime
) -> Posting:
    """Return the brand's rules of posting, and what its accounts show of what they said."""
    networks = accounts.loc[accounts["platform"].isin(NETWORKS), "account_key"].tolist()
    said: dict[int, list[SaidBefore]] = {}
    if networks:
        since = now - timedelta(days=brand.content.cool_down_days + 1)
        posts = warehouse.social_posts(networks, since)
        there = posts[posts["gone_at"].isna()]
        rows = zip(there["account_key"], there["published_at"], there["digest"], strict=True)
        for key, at, digest in rows:
            said.setdefault(int(key), []).append(SaidBefore(at.to_pydatetime(), digest))
    return Posting(brand.content, brand.time_zone, said)
