"""Read what the brand's analytics tells of the campaigns of posts, whichever process pulled it."""

import pandas as pd

from config.library import Library
from connectors.warehouse import Warehouse
from tasks.run import Run
from tasks.social.visits import FIGURES, Campaigns, Joined, visits_of
from tasks.steps.joined_figures import brand_accounts, recent_figures


def joined_visits(
    warehouse: Warehouse, library: Library, run: Run, campaigns: Campaigns
) -> Joined | None:
    """Return what campaigns brought to the website; None where the brand has no analytics."""
    accounts = brand_accounts(warehouse, library, run)
    counted = accounts[accounts["platform"] == "google_analytics"]
    if counted.empty:
        return None
    keys = counted["account_key"].tolist()
    figures = recent_figures(warehouse, library, run, keys, "campaign", FIGURES)
    visits = [
        visits_of(
            campaigns,
            str(row["name"] or row["entry"]),
            str(row["currency"]),
            _of(figures, int(row["account_key"])),
        )
        for row in counted.to_dict("records")
    ]
    return Joined(campaigns, tuple(visits))


def _of(figures: pd.DataFrame, key: int) -> pd.DataFrame:
    return figures[figures["account_key"] == key]
