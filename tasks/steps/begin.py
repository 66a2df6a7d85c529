"""Begin a run: what will be done, on which accounts, as of which day; recorded first."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from config.settings import settings
from tasks.run import Run, WrongUseError
from tasks.steps.opening import brand_library, open_warehouse, run_log


def present() -> datetime:
    """Return the present moment; in a simulated market that stands still, this time on its day."""
    now, today = datetime.now(UTC), settings().today
    return now if today is None else datetime.combine(today, now.timetz())


@task(task_run_name="begin", timeout_seconds=120, cache_policy=NO_CACHE)
def begin(
    process: str, brand: str, now: datetime, as_of: date | None, accounts: Sequence[str] | None
) -> Run:
    """Return the run's context.

    Raise `LookupError` for a name that the configuration lacks, `WrongUseError` for a day to come:
    its verdicts would stand in the way of all days until then.
    """
    library = brand_library(brand)
    today = now.astimezone(ZoneInfo(library.brand(brand).time_zone)).date()
    if as_of and as_of > today:
        raise WrongUseError(f"as_of {as_of} is still to come; today is {today} for {brand}")
    run = Run(
        run_id=flow_run.id or str(uuid4()),
        brand=brand,
        process=process,
        as_of=as_of or today,
        started_at=now,
        accounts=tuple(entry.name for entry in library.entries(brand, process, accounts)),
        link=flow_run.ui_url or "",
    )
    with open_warehouse() as warehouse:
        warehouse.start_run(run.run_id, brand, process, run.as_of, flow_run.id, now)
    run_log().info("As of %s, accounts: %s", run.as_of, ", ".join(run.accounts))
    return run
