"""Read from the warehouse what is paid for searches, for a run that is about being found unpaid."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from config.fact_words import limits_of
from config.library import Library
from config.models import Fact
from config.words import Level
from connectors.warehouse import Warehouse
from tasks.paid_and_found import PAID, Paid, folded
from tasks.run import Run
from tasks.site.evidence import Site
from tasks.site.searches import clicks_below_position
from tasks.steps.joined_figures import brand_accounts, recent_figures
from tasks.steps.reading import Reading

LEVELS: tuple[Level, ...] = ("search_term", "keyword")
METRICS = ("spend", "clicks", "conversions")


def paid_of(
    warehouse: Warehouse, library: Library, run: Run, reading: Reading, sites: Sequence[Site]
) -> Paid | None:
    """Return what the brand pays Google for searches; None where the run is not about queries, or
    the brand has no such account."""
    if "query" not in reading.entities:
        return None
    accounts = brand_accounts(warehouse, library, run)
    ads = accounts[accounts["platform"] == "google_ads"]
    if ads.empty:
        return None
    keys, currencies = ads["account_key"].tolist(), ads.set_index("account_key")["currency"]
    parts = [
        _searches(recent_figures(warehouse, library, run, keys, level, METRICS), currencies)
        for level in LEVELS
    ]
    return Paid(pd.concat(parts, ignore_index=True), _asked(reading.checks.facts, sites))


def _searches(rows: pd.DataFrame, currencies: "pd.Series[str]") -> pd.DataFrame:
    """Return the columns `PAID` of search terms or keywords that cost something or were clicked."""
    used = rows[(rows["spend"] > 0) | (rows["clicks"] > 0) | (rows["conversions"] > 0)]
    pairs = zip(used["name"], used["details"], strict=True)
    texts = [folded(_text(name, details)) for name, details in pairs]
    named = used.assign(text=texts, currency=used["account_key"].map(currencies))
    return named[[*PAID]]


def _text(name: str, details: Any) -> str:
    """Return a keyword's own words, of which its name has the match type too; a term's name."""
    return str(details.get("text") or name) if isinstance(details, dict) else name


def _asked(facts: Sequence[Fact], sites: Sequence[Site]) -> dict[tuple[str, int | None], str]:
    """Return the query that a finding of clicks below its position is about, by check and page."""
    found: dict[tuple[str, int | None], str] = {}
    for fact in facts:
        if fact.fact != "clicks_below_position":
            continue
        for site in sites:
            marks = clicks_below_position(site, limits_of(fact))
            rows: list[int] = np.flatnonzero(marks.so).tolist()
            keys = site.pages["entity_key"].tolist()
            found |= {(fact.name, int(keys[row])): marks.fields(row)["query"] for row in rows}
    return found
