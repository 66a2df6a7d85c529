"""What do a preview and a replay start from? Accounts, figures and facts as they are stored."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.library import Library
from config.settings import settings
from connectors.records import Result
from connectors.warehouse import Warehouse
from connectors.warehouse.looking import LookingWarehouse
from tasks.run import Run, WrongUseError


def open_to_look() -> LookingWarehouse:
    """Open the warehouse that the settings name; nothing can be written to it."""
    return LookingWarehouse(settings().warehouse_url.get_secret_value())


def account_keys(
    warehouse: Warehouse, library: Library, brand: str, process: str, entries: Sequence[str]
) -> list[int]:
    """Return the keys of those of these accounts that the warehouse knows."""
    accounts = warehouse.accounts(brand)
    mine = accounts["platform"].isin(library.process(process).platforms)
    return [int(key) for key in accounts.loc[mine & accounts["entry"].isin(entries), "account_key"]]


def newest_day(warehouse: Warehouse, keys: Sequence[int], time_zone: str, now: datetime) -> date:
    """Return the last day that can be judged: today, or the one after the last day with figures.

    Raise `WrongUseError` if nothing was ever pulled.
    """
    last = [day for day in warehouse.last_pulls(keys)["last_day"] if isinstance(day, date)]
    if not last:
        raise WrongUseError("nothing was pulled yet; run the process first: marketloop run")
    return min(max(last) + timedelta(days=1), now.astimezone(ZoneInfo(time_zone)).date())


def stored_facts(warehouse: Warehouse, library: Library, run: Run) -> list[Result]:
    """Return what the newest run of the day found to be so: pages, approvals, failed pulls.

    They are not asked again: pages are not called, and what was so then is known from nowhere else.
    """
    names = {fact.name for fact in library.checks_for(run.brand, run.process).facts}
    results = warehouse.results(run.brand, run.process, run.as_of)
    return [result for result in results if result.check in names]
