"""A warehouse with 90 days of many campaigns, filled past the connectors and much faster."""

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from connectors.base import CORE_METRICS, Account, Window
from connectors.warehouse import Warehouse
from tests.benchmarks.accounts import NOW

AS_OF = date(2026, 11, 10)  # in the middle of a week and of a month
DAYS = 90
WINDOW = Window(AS_OF - timedelta(days=DAYS), AS_OF - timedelta(days=1))
BRAND = "bench"
FIRST_KEY = 1_001
CAMPAIGNS_AT_ONCE = 1_000

ENTITIES = """
INSERT INTO entities
    (entity_key, account_key, level, entity_id, name, status, daily_budget, labels, details)
VALUES (?, ?, 'campaign', ?, ?, ?, 60, '[]', '{}')
"""
FIGURES = f"""
INSERT INTO performance_daily (entity_key, breakdown, date_day, {", ".join(CORE_METRICS)}, pull_id)
VALUES (?, '', ?, ?, ?, ?, ?, ?, 1)
"""


def fill(file: Path, campaigns: int) -> None:
    """Write four accounts; a tenth of the campaigns is paused, one in twenty goes wrong lately."""
    with Warehouse.create(f"sqlite:///{file}") as warehouse:
        accounts = [_account(warehouse, name) for name in "abcd"]
    connection = sqlite3.connect(file)
    for first in range(FIRST_KEY, FIRST_KEY + campaigns, CAMPAIGNS_AT_ONCE):
        keys = np.arange(first, min(first + CAMPAIGNS_AT_ONCE, FIRST_KEY + campaigns))
        connection.executemany(ENTITIES, _entities(keys, accounts))
        connection.executemany(FIGURES, _figures(keys))
    connection.commit()
    connection.close()


def _account(warehouse: Warehouse, name: str) -> int:
    """Store an account and a complete pull of the window, which covers its days."""
    account = Account("google_ads", name, name.upper(), "EUR", "Europe/Berlin")
    key = warehouse.save_account(BRAND, name, account, NOW)
    with warehouse.pull(key, "campaign", WINDOW, run_id="bench", now=NOW):
        pass
    return key


def _entities(keys: np.ndarray, accounts: list[int]) -> Iterator[tuple[object, ...]]:
    for key in keys.tolist():
        status = "paused" if key % 10 == 0 else "enabled"
        yield key, accounts[key % len(accounts)], str(key), f"Campaign {key}", status


def _figures(keys: np.ndarray) -> Iterator[tuple[object, ...]]:
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
