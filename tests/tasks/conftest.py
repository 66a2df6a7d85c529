"""A small market that tests fill by hand: campaigns, their days, and what of them was pulled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from config.models import Case, Check, Kpi, Metric
from tasks.checks import evaluate
from tasks.cube import Cube, build_cube
from tasks.targets import Targets
from tasks.verdicts import Verdicts
from tasks.vocabulary import vocabulary

AS_OF = date(2026, 11, 12)  # a Thursday

METRICS = {
    "spend": Metric(title="Spend", unit="money"),
    "impressions": Metric(title="Impressions", unit="count"),
    "clicks": Metric(title="Clicks", unit="count"),
    "conversions": Metric(title="Conversions", unit="count"),
    "share": Metric(title="Share", unit="ratio", weight="impressions"),
}
KPIS = {
    "cpa": Kpi(title="CPA", formula="spend / conversions", unit="money", better="lower"),
    "ctr": Kpi(title="CTR", formula="clicks / impressions", unit="percent", better="higher"),
}


@dataclass
class Market:
    """Campaign 1, 2, ... of account 1 unless said otherwise; all days pulled unless said otherwise.

    `days` is a row per campaign and day: (campaign, days before as_of, figures).
    """

    days: Sequence[tuple[int, int, Mapping[str, float]]] = ()
    campaigns: Sequence[Mapping[str, Any]] = ({},)
    history: int = 60
    not_pulled: Sequence[tuple[int, int]] = ()  # account, days before as_of
    accounts: Sequence[int] = (1,)
    currencies: Mapping[int, str] = field(default_factory=dict)
    metrics: Sequence[str] = tuple(METRICS)

    def entities(self) -> pd.DataFrame:
        """Return the campaigns as the warehouse has them."""
        return pd.DataFrame(
            [
                {
                    "entity_key": key,
                    "account_key": 1,
                    "entity_id": str(key),
                    "campaign_id": str(key),
                    "campaign_name": f"Campaign {key}",
                    "name": f"Campaign {key}",
                    "status": "enabled",
                    "status_since": None,
                    "end_date": None,
                    "daily_budget": np.nan,
                    "labels": [],
                    **given,
                }
                for key, given in enumerate(self.campaigns, 1)
            ]
        )

    def accounts_frame(self) -> pd.DataFrame:
        """Return the accounts as the warehouse has them."""
        return pd.DataFrame(
            [
                {
                    "account_key": key,
                    "entry": f"account_{key}",
                    "name": f"Account {key}",
                    "currency": self.currencies.get(key, "EUR"),
                }
                for key in self.accounts
            ]
        )

    def cube(self) -> Cube:
        """Return the figures laid out."""
        day = AS_OF.toordinal() - np.arange(self.history, 0, -1)
        figures = SimpleNamespace(
            entity_key=np.array([key for key, _, _ in self.days], dtype=np.int64),
            day=np.array([AS_OF.toordinal() - ago for _, ago, _ in self.days], dtype=np.int64),
            values={
                name: np.array(
                    [row.get(name, _absent(name)) for _, _, row in self.days], dtype=float
                )
                for name in self.metrics
            },
        )
        holes = {(key, AS_OF.toordinal() - ago) for key, ago in self.not_pulled}
        pulled = [(key, d) for key in self.accounts for d in day if (key, d) not in holes]
        coverage = pd.DataFrame(pulled, columns=["account_key", "date_day"], dtype=np.int64)
        weights = vocabulary(METRICS, KPIS).weights
        return build_cube(self.entities(), figures, coverage, day, weights=weights)

    def judge(self, *checks: Check, as_of: date = AS_OF, **options: Any) -> Verdicts:
        """Evaluate checks on the campaigns."""
        targets = options.pop("targets", Targets())
        words = vocabulary(METRICS, KPIS)
        cubes = {"campaign": self.cube()}
        return evaluate(checks, cubes, self.accounts_frame(), words, targets, as_of, **options)

    def verdict(self, *conditions: str, campaign: int = 1, **check: Any) -> str:
        """Return the verdict of a check with these conditions, the first critical, on a campaign.

        An unknown one is returned as its reason.
        """
        options = {
            key: check.pop(key) for key in ("as_of", "targets", "stale_after_days") if key in check
        }
        judged = self.judge(a_check(*conditions, **check), **options)
        account = int(self.entities()["account_key"].iloc[campaign - 1])
        verdict = judged.verdict_of("a_check", account, campaign)
        if verdict != "unknown":
            return str(verdict)
        found = judged.results([("a_check", account, campaign)])
        return next(result.reason for result in found if result.entity_key == campaign)


def a_check(*conditions: str, **given: Any) -> Check:
    """Return a check: the first condition is critical, the others warn."""
    verdicts = ["critical"] + ["warning"] * len(conditions)
    cases = [Case(when=w, verdict=v) for w, v in zip(conditions, verdicts, strict=False)]
    settings = {
        "name": "a_check",
        "level": "campaign",
        "kpi": "spend",
        "window": "last_7_days",
        "sentence": "{name} spent {value}",
        "owner": "ann",
        "cases": tuple(cases),
    }
    return Check.model_validate(settings | given)


def _absent(metric: str) -> float:
    return np.nan if metric == "share" else 0.0


@pytest.fixture(scope="session")
def market() -> type[Market]:
    """Return the class that tests make their markets with."""
    return Market


@pytest.fixture(scope="session")
def check() -> Any:
    """Return the function that makes a check."""
    return a_check


@pytest.fixture(scope="session")
def as_of() -> date:
    """Return the day the market is judged as of."""
    return AS_OF


@pytest.fixture(scope="session")
def ago() -> Any:
    """Return the function from a number of days to the day so long before `as_of`."""
    return lambda days: AS_OF - timedelta(days=days)
