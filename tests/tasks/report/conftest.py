"""A small market for reports: accounts, campaigns and their daily figures, without a warehouse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from config.models import Brand, Check, Kpi, Metric, Process
from connectors.records import OpenAlert
from tasks.checks import evaluate
from tasks.cube import Cube, build_cube
from tasks.report.breakdowns import BreakdownFigures
from tasks.report.build import Material
from tasks.report.model import FailedAccount, Freshness, Link
from tasks.targets import Targets
from tasks.vocabulary import Vocabulary, vocabulary

AS_OF = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
DAYS = 100
METRICS = {
    "spend": Metric(title="Spend", unit="money"),
    "impressions": Metric(title="Impressions", unit="count"),
    "clicks": Metric(title="Clicks", unit="count"),
    "conversions": Metric(title="Conversions", unit="count"),
    "conversions_value": Metric(title="Conversion value", unit="money"),
    "share": Metric(title="Impression share", unit="percent", weight="impressions"),
}
KPIS = {
    "cpc": Kpi(title="CPC", formula="spend / clicks", unit="money", better="lower"),
    "ctr": Kpi(title="CTR", formula="clicks / impressions", unit="percent", better="higher"),
    "cpa": Kpi(title="CPA", formula="spend / conversions", unit="money", better="lower"),
    "roas": Kpi(title="ROAS", formula="conversions_value / spend", unit="ratio", better="higher"),
}
CHECKS = (
    Check.model_validate(
        {
            "name": "cpa_above_target",
            "level": "campaign",
            "kpi": "cpa",
            "window": "last_7_days",
            "minimum": {"clicks": 30},
            "filter": {"status": ["enabled"]},
            "cases": [
                {"when": "cpa > 1.5 * target(cpa)", "verdict": "critical"},
                {"when": "cpa > 1.15 * target(cpa)", "verdict": "warning"},
            ],
            "owner": "ads",
            "sentence": "{name} pays {value} per conversion, target {target}, over {window}",
        }
    ),
    Check.model_validate(
        {
            "name": "roas_drop",
            "level": "account",
            "kpi": "roas",
            "window": "last_7_days",
            "cases": [{"when": "roas < 0.98 * previous(roas)", "verdict": "warning"}],
            "owner": "ads",
            "sentence": "{name} returns {value} per unit spent, {change} against the week before",
        }
    ),
)
TASK = {"what": "check", "who": "flow", "by": "daily", "done_by": "flow"}
PLAYBOOKS = [
    {
        "name": "google_cut_budget",
        "does": "budget",
        "title": "Cut the budget of a campaign that costs too much",
        "on": ["cpa_above_target"],
        "percent": -20,
    },
    {
        "name": "google_split_budget",
        "does": "split_budget",
        "title": "Move budget to the campaigns where the next euro brings most",
    },
]


def process(rows: int = 5) -> Process:
    shape = {
        "kpis": ["spend", "clicks", "conversions", "cpc", "ctr", "cpa", "roas"],
        "charts": ["spend", "cpa", "roas"],
        "rows": rows,
    }
    return Process.model_validate(
        {
            "title": "Google Ads",
            "objective": "More sales from search at a return that pays for itself.",
            "platforms": ["google_ads"],
            "workflow": [{"step": "measure", "tasks": [TASK]}],
            "pulls": [{"level": "campaign"}],
            "kpis": list(KPIS),
            "playbooks": PLAYBOOKS,
            "report": shape,
        }
    )


def brand() -> Brand:
    accounts = [
        {"name": "main", "platform": "google_ads", "account_id": "444-555-6666"},
        {"name": "brand", "platform": "google_ads", "account_id": "777-888-9999"},
    ]
    return Brand.model_validate(
        {
            "name": "Bright Lamps",
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "owners": {"ads": {"name": "Search team"}, "lead": {"name": "Marketing lead"}},
            "accounts": accounts,
            "budgets": [
                {"platform": "google_ads", "monthly": "180000", "account": "main"},
                {"platform": "google_ads", "monthly": "56000", "account": "brand"},
            ],
        }
    )


@dataclass
class Market:
    """What a test may change before it asks for the material."""

    names: list[str]
    unknown_days: tuple[int, ...] = ()  # days before AS_OF that nobody pulled, in the first account
    scale: float = 1.0
    spending: bool = True
    rows: int = 5

    def accounts(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "account_key": [1, 2],
                "entry": ["main", "brand"],
                "platform": ["google_ads"] * 2,
                "account_id": ["444-555-6666", "777-888-9999"],
                "name": ["Bright Lamps Europe", "Bright Lamps Schweiz"],
                "currency": ["EUR", "CHF"],
            }
        )

    def entities(self) -> pd.DataFrame:
        count = len(self.names)
        return pd.DataFrame(
            {
                "entity_key": np.arange(10, 10 + count),
                "account_key": np.where(np.arange(count) % 3 == 2, 2, 1),
                "entity_id": [str(9000 + i) for i in range(count)],
                "name": self.names,
                "status": ["paused" if i % 7 == 6 else "enabled" for i in range(count)],
                "daily_budget": [100.0] * count,
                "labels": [()] * count,
            }
        )

    def cube(self) -> Cube:
        entities, last = self.entities(), AS_OF.toordinal() - 1
        days = np.arange(last - DAYS + 1, last + 1)
        count = len(entities) if self.spending else 0
        key = np.repeat(entities["entity_key"].to_numpy()[:count], DAYS)
        day = np.tile(days, count)
        figures = SimpleNamespace(entity_key=key, day=day, values=self._values(count))
        coverage = pd.DataFrame(
            [
                (account, int(d))
                for account in (1, 2)
                for d in days
                if account == 2 or AS_OF.toordinal() - d not in self.unknown_days
            ],
            columns=["account_key", "date_day"],
        )
        return build_cube(entities, figures, coverage, days, weights={"share": "impressions"})

    def _values(self, count: int) -> dict[str, np.ndarray]:
        random = np.random.default_rng(7)
        shape = (count, DAYS)
        size = (3000.0 / (1 + np.arange(count)) ** 1.1)[:, None] * self.scale
        week = 1 + 0.25 * np.sin(np.arange(DAYS) * 2 * np.pi / 7)[None, :]
        spend = size * week * random.uniform(0.85, 1.15, shape)
        clicks = np.round(spend / random.uniform(0.8, 1.4, shape))
        rate = np.where(np.arange(DAYS)[None, :] > DAYS - 6, 0.013, 0.034)
        rate = np.where(np.arange(count)[:, None] % 4 == 0, rate, 0.034)
        conversions = np.round(clicks * rate * random.uniform(0.8, 1.2, shape), 1)
        return {
            "spend": spend.round(2).ravel(),
            "impressions": np.round(clicks / 0.031).ravel(),
            "clicks": clicks.ravel(),
            "conversions": conversions.ravel(),
            "conversions_value": (conversions * 96 * random.uniform(0.9, 1.1, shape)).ravel(),
            "share": random.uniform(0.4, 0.8, shape).ravel(),
        }

    def material(self) -> Material:
        cube, accounts, words = self.cube(), self.accounts(), words_of()
        targets = Targets({"cpa": 38.0, "roas": 2.6}, "EUR")
        verdicts = evaluate(CHECKS, {"campaign": cube}, accounts, words, targets, AS_OF)
        results = verdicts.results()
        return Material(
            brand=brand(),
            process=process(self.rows),
            as_of=AS_OF,
            now=NOW,
            accounts=accounts,
            cubes={"campaign": cube},
            vocabulary=words,
            targets=targets,
            verdicts=verdicts,
            results=results,
            open_alerts=[opened(result) for result in results if result.verdict == "critical"],
            breakdowns=[breakdown()],
            freshness=freshness(),
            switched_off={"ctr_low": "Display campaigns distort it until the split in December"},
            links=[Link("This run", "http://127.0.0.1:4200/runs/flow-run/1")],
        )


def words_of() -> Vocabulary:
    return vocabulary(METRICS, KPIS)


def breakdown() -> BreakdownFigures:
    labels = [f"age={age},gender={g}" for age in ("18-24", "25-34", "35-44") for g in ("f", "m")]
    random = np.random.default_rng(3)
    return BreakdownFigures(
        account_key=1,
        kind="age,gender",
        labels=np.array(labels * 7),
        values={
            name: random.uniform(1, 100, 42).round() for name in ("spend", "impressions", "clicks")
        },
    )


def freshness() -> list[Freshness]:
    pulled = datetime(2026, 11, 10, 5, 2, tzinfo=UTC)
    late = "POST googleads.googleapis.com/v26/customers/777: 503 UNAVAILABLE; try again later"
    return [
        Freshness("Bright Lamps Europe", AS_OF - timedelta(days=1), pulled),
        Freshness("Bright Lamps Schweiz", AS_OF - timedelta(days=3), pulled, late),
    ]


def opened(result) -> OpenAlert:
    moment = datetime(2026, 11, 7, 5, 0, tzinfo=UTC)
    return OpenAlert(
        alert_id=1,
        fingerprint=f"acme/{result.check}/{result.entity_key}",
        brand="acme",
        process="google_ads",
        check=result.check,
        entity_key=result.entity_key,
        account_key=result.account_key,
        name=result.name,
        verdict=result.verdict,
        state="open",
        opened_at=moment,
        last_seen_at=moment,
        times_seen=4,
        sentence=result.sentence,
        value=result.value,
        target=result.target,
        owner=result.owner,
        opened_as_of=moment.date(),
        last_as_of=AS_OF,
    )


NAMES = [
    "Search | Brand | Exact",
    "Search - Generic - Desk lamps",
    "PMax Feed DE",
    "Search - Competitors",
    "Shopping - Standard lamps",
    "Display remarketing 30d",
    "Video - Autumn",
    "Search - Bulbs",
    "Test campaign",
    "Search - Outdoor lighting",
    "DSA catch-all",
    "Smart bulbs <launch>",
]


def made(**changes) -> Market:
    return Market(**{"names": list(NAMES), **changes})


@pytest.fixture(scope="session")
def make_market() -> Callable[..., Market]:
    return made


@pytest.fixture(scope="session")
def failures() -> list[FailedAccount]:
    return [FailedAccount("spare", "POST oauth2.googleapis.com/token: 400; reconnect")]
