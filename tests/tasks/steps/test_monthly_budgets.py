"""What may a platform cost in a month? Its own budget; without one, its accounts' together."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from config.models import Budget
from tasks.steps.situating import _monthly_budgets

WHOLE = Budget(platform="google_ads", monthly=Decimal(10_000))
NORTH, SOUTH = (
    Budget(platform="google_ads", account=name, monthly=Decimal(4_000))
    for name in ("north", "south")
)
OTHER = Budget(platform="meta_ads", monthly=Decimal(500))


@pytest.mark.parametrize(
    ("budgets", "google"),
    [
        ((WHOLE, NORTH), 10_000.0),
        ((NORTH, WHOLE, SOUTH), 10_000.0),
        ((NORTH, SOUTH), 8_000.0),
        ((WHOLE,), 10_000.0),
        ((), None),
    ],
)
def test_a_platforms_own_budget_holds_all_of_its_accounts(budgets, google):
    library = SimpleNamespace(brand=lambda _: SimpleNamespace(budgets=(*budgets, OTHER)))
    found = _monthly_budgets(library, "shop")
    assert (found.get("google_ads"), found["meta_ads"]) == (google, 500.0)
