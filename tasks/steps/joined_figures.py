"""Read the last 28 known days of accounts of another family of processes."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from config.library import Library
from config.words import Level
from connectors.base import Window
from connectors.warehouse import Warehouse
from tasks.needs import Need
from tasks.recent import RECENT_DAYS, recent_sums
from tasks.run import Run
from tasks.steps.reading import cube_of
from tasks.vocabulary import vocabulary

LATE = 7
"""By how many days an account's figures may be behind."""


def brand_accounts(warehouse: Warehouse, library: Library, run: Run) -> pd.DataFrame:
    """Return the accounts that the brand's file names, whichever process they belong to."""
    accounts = warehouse.accounts(run.brand)
    entries = [entry.name for entry in library.brand(run.brand).accounts]
    return accounts[accounts["entry"].isin(entries)].reset_index(drop=True)


def recent_figures(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    keys: Sequence[int],
    level: Level,
    metrics: tuple[str, ...],
) -> pd.DataFrame:
    """Return the entities of a level with the sums of `recent_sums`; without accounts no row."""
    end = run.as_of - timedelta(days=1)
    window = Window(end - timedelta(days=RECENT_DAYS + LATE - 1), end)
    words = vocabulary(library.metrics, library.kpis)
    entities = warehouse.entities(keys, level)
    cube = cube_of(warehouse, keys, level, Need(metrics, (window,)), entities, words)
    return recent_sums(cube, metrics)
