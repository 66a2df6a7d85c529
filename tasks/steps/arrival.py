"""Measure, per account and metric, how many days figures need to arrive."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from config.library import Library
from connectors.registry import restatement_days
from connectors.warehouse import Warehouse
from tasks.maturity import lags
from tasks.vocabulary import vocabulary

MEASURED_DAYS = 120
"""On how many past days the lag is measured."""

Lags = Mapping[int, Mapping[str, int]]


def lags_of(
    warehouse: Warehouse,
    library: Library,
    brand: str,
    process: str,
    accounts: pd.DataFrame,
    as_of: date,
) -> Lags:
    """Return the lag in days by account key and metric, for what the process is measured by.

    `accounts` has entry and account_key.

    A metric whose growth was not watched for long enough has the longest lag that its platform's
    conversion window allows.
    """
    words = vocabulary(library.metrics, library.kpis)
    kpis = library.process(process).kpis
    metrics = sorted(words.metrics_of([*kpis, "spend", "clicks", "conversions"]))
    since = as_of - timedelta(days=MEASURED_DAYS)
    found: dict[int, Mapping[str, int]] = {}
    for entry, key in zip(accounts["entry"], accounts["account_key"], strict=True):
        settled = restatement_days(library.entry(brand, str(entry)))
        arrived = warehouse.arrivals([int(key)], "campaign", metrics, since)
        found[int(key)] = lags(arrived, int(key), settled)
    return found


def lags_of_brand(warehouse: Warehouse, library: Library, brand: str, as_of: date) -> Lags:
    """Return the same for all accounts of a brand that a process may change, for what any of these
    processes is measured by."""
    accounts = warehouse.accounts(brand)
    found: dict[int, Mapping[str, int]] = {}
    for name, process in library.processes.items():
        if not process.playbooks:
            continue
        named = {entry.name for entry in library.entries(brand, name)}
        mine = accounts[(accounts["platform"] == process.platform) & accounts["entry"].isin(named)]
        for key, known in lags_of(warehouse, library, brand, name, mine, as_of).items():
            found[key] = {**found.get(key, {}), **known}
    return found
