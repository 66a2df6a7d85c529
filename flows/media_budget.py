"""Split a brand's month over its ads platforms."""

from datetime import date

from prefect import flow

from flows.paid_ads import check_accounts
from tasks.run import Outcome


@flow(flow_run_name="{brand}: Media budget")
def media_budget(
    brand: str, as_of: date | None = None, accounts: list[str] | None = None
) -> Outcome:
    """Pull a brand's campaigns on all its ads platforms, and propose to move budget to where the
    next unit of money brings most, within the one amount that the brand states for a month. Changes
    are made only as far as the brand's mode and limits allow, or a person approved them.

    Args:
        brand: Name of a brand file, without its ending.
        as_of: Judge as of this day; the last day looked at is the one before. Empty means today
            in the brand's time zone.
        accounts: Only these entries of the brand file; empty means all accounts of ads.
    """
    return check_accounts("media_budget", brand, as_of, accounts)
