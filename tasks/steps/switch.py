"""The stop switch: at once, for a process, a brand, or everything."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.problems import choose
from config.settings import settings
from config.stop_scopes import SCOPES
from tasks.run import WrongUseError
from tasks.steps.opening import open_warehouse


@task(task_run_name="stop-switch", timeout_seconds=120, cache_policy=NO_CACHE)
def turn(stopped: bool, who: str, why: str, brand: str, process: str) -> str:
    """Turn the switch and say what holds now. Raises `LookupError` for a name that is not there."""
    if not who.strip() or not why.strip():
        raise WrongUseError("say who turns the switch, and why: both stay in the ledger")
    _there("brand", brand, settings().brands_dir)
    _there("process", process, settings().library_dir / "processes", *SCOPES)
    scope = f"{brand or 'all brands'}, {process or 'all processes'}"
    with open_warehouse() as warehouse:
        turned = warehouse.stop if stopped else warehouse.release
        switch = turned(brand=brand, process=process, who=who, why=why, now=datetime.now(UTC))
    if stopped:
        return f"{scope}: stopped since {switch.since:%Y-%m-%d %H:%M} UTC by {switch.who}"
    return f"{scope}: changes are allowed again"


def _there(what: str, name: str, folder: Path, *others: str) -> None:
    """Raise `LookupError` for a name without a file. Files are not read: a switch must turn even
    while some other part of the configuration is broken."""
    names = sorted([*(path.stem for path in folder.glob("*.yaml")), *others])
    if name and name not in names:
        raise LookupError(f"no {what} {name!r}; {choose(name, names)}")
