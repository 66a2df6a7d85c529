from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from config.models import AccountEntry, Brand, Budget, Owner
from tasks.budgets import daily_budgets

NOVEMBER = date(2026, 11, 12)


def shares(budgets, entries=("shop",), currencies=("EUR",), as_of=NOVEMBER):
    brand = Brand(
        name="Acme",
        currency="EUR",
        time_zone="Europe/Berlin",
        owners={"ann": Owner(name="Ann")},
        accounts=tuple(
            AccountEntry(name=name, platform=platform, account_id="1")
            for name, platform in [*((e, "google_ads") for e in entries), ("social", "meta_ads")]
        ),
        budgets=tuple(
            Budget(platform=platform, account=account, monthly=Decimal(monthly))
            for platform, account, monthly in budgets
        ),
    )
    accounts = pd.DataFrame({"entry": entries[: len(currencies)], "currency": currencies})
    return daily_budgets(accounts.assign(platform="google_ads"), brand, as_of)


@pytest.mark.parametrize(
    ("as_of", "share"),
    [(NOVEMBER, 10.0), (date(2026, 12, 1), 300 / 31), (date(2028, 2, 29), 300 / 29)],
)
def test_the_month_is_spread_evenly(as_of, share):
    assert shares([("google_ads", "shop", 300)], as_of=as_of).tolist() == [share]


def test_a_budget_for_the_platform_is_its_only_account_s():
    assert shares([("google_ads", "", 300), ("meta_ads", "", 60)]).tolist() == [10.0]


def test_an_account_s_own_budget_comes_first():
    assert shares([("google_ads", "", 300), ("google_ads", "shop", 60)]).tolist() == [2.0]


@pytest.mark.parametrize("currencies", [("EUR", "EUR"), ("EUR",)])  # all accounts, and one of them
def test_a_budget_for_several_accounts_is_nobody_s_own(currencies):
    assert np.isnan(shares([("google_ads", "", 300)], ("shop", "other"), currencies)).all()


def test_a_budget_in_another_currency_is_none():
    assert np.isnan(shares([("google_ads", "shop", 300)], currencies=("USD",))).all()
