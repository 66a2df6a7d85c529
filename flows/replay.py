"""Run a process's checks and playbooks over past days, before one of them is switched on."""

from datetime import date

from prefect import flow

from tasks.steps.replaying import replay_days


@flow(flow_run_name="replay {brand}: {process}")
def replay(
    brand: str,
    process: str,
    first: date | None = None,
    last: date | None = None,
    playbooks: list[str] | None = None,
    as_if_known: bool = False,
) -> str:
    """Show what the playbooks, as the files have them now, would have done on past days: how often,
    on what, and what the limits would have refused. Nothing is changed anywhere. A rule in mode act
    that is new or changed asks before every change until its last 90 days were replayed.

    Args:
        brand: Name of a brand file, without its ending.
        process: Name of a process, such as google_ads.
        first: The first day; empty means 89 days before the last.
        last: The last day; empty means the newest with figures.
        playbooks: Only these playbooks; empty means all together.
        as_if_known: Let every day see what is known today of the days before it, and not only what
            was known then.
    """
    return replay_days(brand, process, first, last, tuple(playbooks or ()), as_if_known)
