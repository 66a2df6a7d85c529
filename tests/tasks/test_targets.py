import numpy as np
import pandas as pd
import pytest

from config.models import Target
from tasks.targets import Targets, targets_of

ACCOUNTS = pd.DataFrame(
    {"account_key": [1, 2], "entry": ["shop", "abroad"], "currency": ["EUR", "USD"]}
)
ENTITIES = pd.DataFrame({"account_key": [1, 1, 2], "entity_id": ["8", "9", "8"]})
OWN = pd.DataFrame(
    [
        ("shop", "campaign", "8", "cpa", 7.0),
        ("abroad", "campaign", 8, "cpa", 5.0),
        ("shop", "account", "", "cpa", 3.0),
        ("shop", "campaign", "9", "roas", 2.0),
    ],
    columns=["account", "level", "entity_id", "kpi", "target"],
)


def of(targets, kpi="cpa", level="campaign", entities=ENTITIES, *, money=True):
    return targets.of(kpi, level, entities, ACCOUNTS, money=money)


def test_the_general_target_holds_for_every_entity():
    assert of(Targets({"cpa": 12.0})).tolist() == [12.0, 12.0, 12.0]


def test_an_amount_holds_in_the_currency_of_the_brand_only():
    np.testing.assert_array_equal(of(Targets({"cpa": 12.0}, "EUR")), [12.0, 12.0, np.nan])


def test_a_ratio_holds_in_every_currency():
    assert of(Targets({"roas": 4.0}, "EUR"), "roas", money=False).tolist() == [4.0, 4.0, 4.0]


def test_an_entity_s_own_target_comes_first_and_is_in_its_account_s_currency():
    np.testing.assert_array_equal(of(Targets({"cpa": 12.0}, "EUR", OWN)), [7.0, 12.0, 5.0])


def test_an_account_may_have_its_own_target():
    accounts = ACCOUNTS[["account_key"]]
    targets = Targets({"cpa": 12.0}, own=OWN)
    assert of(targets, level="account", entities=accounts).tolist() == [3.0, 12.0]


@pytest.mark.parametrize("own", [None, OWN.iloc[:0], OWN[OWN["kpi"] == "roas"]])
def test_without_any_target_there_is_none(own):
    assert np.isnan(of(Targets(own=own))).all()


def test_the_last_of_two_rows_counts():
    twice = pd.concat([OWN, OWN.iloc[[0]].assign(target=9.0)])
    assert of(Targets(own=twice))[0] == 9.0


@pytest.mark.parametrize("order", [1, -1])
def test_the_platform_s_target_comes_before_that_for_all(order):
    given = [Target(kpi="cpa", target=9.0, platform="google_ads"), Target(kpi="cpa", target=5.0)]
    assert targets_of(given[::order], "google_ads").general == {"cpa": 9.0}
    assert targets_of(given[::order], "meta_ads").general == {"cpa": 5.0}
