"""How long do 20 checks of many campaigns over 90 days take, against the least they could take?

The floor reads the same rows from SQLite into arrays and takes one grouped sum per metric and
distinct window, without weighing anything. Both run in turns in this process; the ratio of a round
is judged, and the median of the rounds is reported.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from config.formula import parse_condition
from config.models import Case, Check, Filter, Kpi, Metric
from connectors.base import CORE_METRICS, Window
from connectors.records import Result
from tasks.checks import evaluate
from tasks.cube import build_cube
from tasks.targets import Targets
from tasks.vocabulary import Vocabulary, vocabulary
from tasks.windows import compared, window_of

AS_OF = date(2026, 11, 10)
DAYS = 90
WINDOW = Window(AS_OF - timedelta(days=DAYS), AS_OF - timedelta(days=1))
ROUNDS = {1_000: 15, 10_000: 7, 100_000: 3}
JULIAN = 1721424.5
"""What `julianday` adds to a day's `date.toordinal()`."""

TABLE = """
CREATE TABLE performance_daily (
    entity_key INTEGER NOT NULL, breakdown TEXT NOT NULL, date_day DATE NOT NULL,
    spend DOUBLE, impressions DOUBLE, clicks DOUBLE, conversions DOUBLE, conversions_value DOUBLE,
    PRIMARY KEY (entity_key, breakdown, date_day)
) WITHOUT ROWID
"""

UNITS = {"spend": "money", "conversions_value": "money"}
METRICS = {name: Metric(title=name, unit=UNITS.get(name, "count")) for name in CORE_METRICS}
KPIS = {
    "cpc": Kpi(title="CPC", formula="spend / clicks", unit="money", better="lower"),
    "ctr": Kpi(title="CTR", formula="clicks / impressions", unit="percent", better="higher"),
    "cvr": Kpi(title="CVR", formula="conversions / clicks", unit="percent", better="higher"),
    "cpa": Kpi(title="CPA", formula="spend / conversions", unit="money", better="lower"),
    "roas": Kpi(title="ROAS", formula="conversions_value / spend", unit="ratio", better="higher"),
}
CONDITIONS = (  # window, KPI, critical, warning
    ("last_7_days", "cpa", "cpa > 4 * target(cpa)", "cpa > 3 * target(cpa)"),
    ("last_14_days", "cpa", "cpa > 3.5 * usual(cpa)", "cpa > 2.5 * usual(cpa)"),
    ("last_28_days", "cpa", "cpa > 5 * account(cpa)", "cpa > 4 * account(cpa)"),
    ("last_7_days", "roas", "roas < 0.2 * target(roas)", "roas < 0.3 * target(roas)"),
    ("last_28_days", "roas", "roas < 0.2 * account(roas)", "roas < 0.3 * account(roas)"),
    ("last_7_days", "ctr", "ctr < 0.3 * previous(ctr)", "ctr < 0.5 * previous(ctr)"),
    ("last_14_days", "ctr", "ctr < 0.3 * usual(ctr)", "ctr < 0.5 * usual(ctr)"),
    ("last_7_days", "cvr", "cvr < 0.1 * usual(cvr)", "cvr < 0.2 * usual(cvr)"),
    ("last_28_days", "cvr", "cvr < 0.1 * account(cvr)", "cvr < 0.2 * account(cvr)"),
    ("last_7_days", "cpc", "cpc > 4 * last_week(cpc)", "cpc > 3 * last_week(cpc)"),
    ("last_28_days", "cpc", "cpc > 5 * account(cpc)", "cpc > 4 * account(cpc)"),
    ("yesterday", "spend", "spend > 4 * usual(spend)", "spend > 3 * usual(spend)"),
    ("yesterday", "spend", "spend > 2.5 * daily_budget", "spend > 2 * daily_budget"),
    ("yesterday", "clicks", "clicks < 0.1 * last_week(clicks)", "clicks < 0.2 * last_week(clicks)"),
    ("last_7_days", "spend", "spend > 3 * previous(spend)", "spend > 2.5 * previous(spend)"),
    (
        "month_to_date",
        "spend",
        "spend > 2 * days * daily_budget",
        "spend > 1.8 * days * daily_budget",
    ),
    (
        "week_to_date",
        "spend",
        "spend > 2.5 * days * daily_budget",
        "spend > 2 * days * daily_budget",
    ),
    ("last_7_days", "impressions", "impressions == 0", "impressions < 0.2 * usual(impressions)"),
    (
        "last_7_days",
        "conversions",
        "conversions == 0 and usual(conversions) > 10",
        "conversions < 1 and usual(conversions) > 5 and clicks > 100",
    ),
    ("last_28_days", "spend", "spend > 10000 and conversions == 0", "spend > 500 and roas < 0.1"),
)
CHECKS = tuple(
    Check(
        name=f"check_{number}",
        level="campaign",
        filter=Filter(status=("enabled",), not_name="*test*"),
        kpi=kpi,
        window=window,
        minimum={"clicks": 5} if window != "yesterday" else {},
        cases=(Case(when=critical, verdict="critical"), Case(when=warning, verdict="warning")),
        sentence="{name}: {value} over {window} ({change}), target {target}, spend {spend}",
    )
    for number, (window, kpi, critical, warning) in enumerate(CONDITIONS, 1)
)
TARGETS = Targets({"cpa": 25.0, "roas": 4.0}, "EUR")
ACCOUNTS = pd.DataFrame(
    {"account_key": range(1, 5), "entry": list("abcd"), "name": list("ABCD"), "currency": "EUR"}
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The rows as arrays, as the warehouse reads them."""

    entity_key: np.ndarray
    day: np.ndarray
    values: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the benchmark's table; times are medians in seconds."""

    campaigns: int
    rows: int
    read: float
    floor: float  # reading included
    checks: float  # reading included
    ratio: float  # median of the rounds' checks / floor
    results: int

    @property
    def own_share(self) -> float:
        """Seconds of cube, verdicts and records together, per 10,000 campaigns."""
        return (self.checks - self.read) / self.campaigns * 10_000


def run(sizes: Sequence[int] = (1_000, 10_000, 100_000)) -> list[Row]:
    """Measure each number of campaigns, print the table and return it."""
    table = []
    print(f"{'campaigns':>9} {'rows':>9} {'read':>8} {'floor':>8} {'checks':>8} ", end="")
    print(f"{'ratio':>6} {'own s/10k':>9} {'records':>8}")
    for size in sizes:
        row = measure(size, ROUNDS.get(size, 3))
        table.append(row)
        print(f"{row.campaigns:>9,} {row.rows:>9,} {row.read:>7.3f}s {row.floor:>7.3f}s ", end="")
        print(f"{row.checks:>7.3f}s {row.ratio:>6.2f} {row.own_share:>9.4f} {row.results:>8,}")
    return table


def measure(campaigns: int, rounds: int) -> Row:
    """Time floor and checks in turns on a file of this many campaigns."""
    words = vocabulary(METRICS, KPIS)
    entities = _entities(campaigns)
    coverage = _coverage()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.db"
        rows = _write(path, campaigns)
        times = []
        for _ in range(rounds):
            begun = perf_counter()
            figures = _read(path)
            read = perf_counter()
            _grouped_sums(figures, campaigns, words)
            summed = perf_counter()
            del figures
            again = perf_counter()
            results = _checked(_read(path), entities, coverage, words)
            times.append((read - begun, summed - begun, perf_counter() - again))
    return Row(
        campaigns,
        rows,
        read=median(read for read, _, _ in times),
        floor=median(floor for _, floor, _ in times),
        checks=median(checks for _, _, checks in times),
        ratio=median(checks / floor for _, floor, checks in times),
        results=len(results),
    )


def _checked(
    figures: Figures, entities: pd.DataFrame, coverage: pd.DataFrame, words: Vocabulary
) -> list[Result]:
    days = np.arange(WINDOW.start.toordinal(), WINDOW.end.toordinal() + 1)
    cube = build_cube(entities, figures, coverage, days)
    return evaluate(CHECKS, {"campaign": cube}, ACCOUNTS, words, TARGETS, AS_OF).results()


def _grouped_sums(figures: Figures, campaigns: int, words: Vocabulary) -> None:
    """Sum every metric per campaign over each distinct window that the checks look at."""
    for window in _distinct_windows(words):
        first, last = window.start.toordinal(), window.end.toordinal()
        inside = np.flatnonzero((figures.day >= first) & (figures.day <= last))
        keys = figures.entity_key[inside]
        for values in figures.values.values():
            np.bincount(keys, weights=values[inside], minlength=campaigns + 1)


def _distinct_windows(words: Vocabulary) -> set[Window]:
    found: set[Window] = set()
    for check in CHECKS:
        if window := window_of(check.window, AS_OF):
            found |= {window, compared("previous", window)}
            for case in check.cases:
                condition = parse_condition(case.when, words.metrics, words.kpis)
                found |= {compared(asked.function, window) for asked in condition.references}
    return found


def _read(path: Path) -> Figures:
    columns = ", ".join(f"coalesce({name}, 9e999)" for name in CORE_METRICS)
    query = f"SELECT entity_key, julianday(date_day), {columns} FROM performance_daily"  # noqa: S608, our own names
    with sqlite3.connect(path) as connection:
        cursor = connection.execute(f"{query} WHERE breakdown = ''")
        table = np.fromiter(chain.from_iterable(cursor), np.float64).reshape(-1, 7)
    connection.close()
    table[np.isinf(table)] = np.nan
    days = (table[:, 1] - JULIAN).astype(np.int64)
    values = {name: table[:, 2 + place] for place, name in enumerate(CORE_METRICS)}
    return Figures(table[:, 0].astype(np.int64), days, values)


def _write(path: Path, campaigns: int) -> int:
    """Fill a file with a made-up market, a campaign in twenty of which goes wrong lately."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(TABLE)
        for first in range(1, campaigns + 1, 1_000):
            keys = np.arange(first, min(first + 1_000, campaigns + 1))
            connection.executemany(
                "INSERT INTO performance_daily VALUES (?, '', ?, ?, ?, ?, ?, ?)", _rows(keys)
            )
        (rows,) = connection.execute("SELECT count(*) FROM performance_daily").fetchone()
    connection.close()
    return int(rows)


def _rows(keys: np.ndarray) -> Iterator[tuple[object, ...]]:
    chance = np.random.default_rng(int(keys[0]))
    shape = (len(keys), DAYS)
    impressions = np.round(chance.lognormal(7, 1, (len(keys), 1)) * chance.uniform(0.8, 1.2, shape))
    clicks = chance.binomial(impressions.astype(np.int64), 0.04)
    conversions = chance.binomial(clicks, 0.05).astype(np.float64)
    wrong = chance.random((len(keys), 1)) < 0.05
    conversions[np.broadcast_to(wrong, shape) & (np.arange(DAYS) >= DAYS - 7)] = 0
    spend = np.round(clicks * chance.uniform(0.8, 1.2, shape), 2)
    value = np.round(conversions * chance.uniform(60, 140, shape), 2)
    texts = [(WINDOW.start + timedelta(days=day)).isoformat() for day in range(DAYS)]
    columns = [np.repeat(keys, DAYS), np.tile(texts, len(keys))]
    columns += [column.ravel() for column in (spend, impressions, clicks, conversions, value)]
    return zip(*(column.tolist() for column in columns), strict=True)


def _entities(campaigns: int) -> pd.DataFrame:
    keys = np.arange(1, campaigns + 1)
    return pd.DataFrame(
        {
            "entity_key": keys,
            "account_key": keys % len(ACCOUNTS) + 1,
            "entity_id": keys.astype(str),
            "name": [f"Campaign {key}" for key in keys],
            "status": np.where(keys % 10 == 0, "paused", "enabled"),
            "daily_budget": 60.0,
            "labels": [()] * campaigns,
        }
    )


def _coverage() -> pd.DataFrame:
    days = np.arange(WINDOW.start.toordinal(), WINDOW.end.toordinal() + 1)
    keys = ACCOUNTS["account_key"].to_numpy()
    return pd.DataFrame(
        {"account_key": np.repeat(keys, DAYS), "date_day": np.tile(days, len(keys))}
    )


if __name__ == "__main__":
    run()
