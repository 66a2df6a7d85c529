"""Which deployments are there? A (brand, process) pair each, scheduled as the brand file says."""

from datetime import date
from importlib import import_module
from typing import Any, cast

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.brand_splits import is_for
from config.library import Library
from config.networks import NETWORKS

FORMS = ("decide_action", "stop_switch", "replay", "todo", "reply")
"""Flows that people start by hand; `tasks/steps/links.py` links to the first."""

PUBLISH_EVERY = 5
"""Minutes between two runs that publish posts; each stays until the next one, so that a post goes
out at its minute."""

FORM_NAME = "marketloop"


def flow_of(process: str) -> Flow[..., Any]:
    """Return the flow of a process: `flows/<process>.py` has one of the same name."""
    return cast(Flow[..., Any], getattr(import_module(f"flows.{process}"), process))


def deployments(library: Library, as_of: date | None = None) -> list[RunnerDeployment]:
    """Return one deployment for each process that a brand has accounts for.

    `as_of` fixes the day for every run of them; the demo's market stands still on one.
    """
    return [
        _deployment(library, brand, process, as_of)
        for brand in library.brands
        for process in library.processes
        if library.entries(brand, process)
        and is_for(library.brand(brand), library.process(process))
    ]


def publishing(library: Library) -> list[RunnerDeployment]:
    """Return one deployment for each brand that has an account on a social network."""
    return [
        _publishing(brand)
        for brand, its in library.brands.items()
        if any(entry.platform in NETWORKS for entry in its.accounts)
    ]


def forms() -> list[RunnerDeployment]:
    """Return the deployments whose forms people fill in to steer all others."""
    made = [
        flow_of(name).to_deployment(
            name=FORM_NAME, tags=["decisions"], entrypoint_type=EntrypointType.MODULE_PATH
        )
        for name in FORMS
    ]
    return cast("list[RunnerDeployment]", made)


def _publishing(brand: str) -> RunnerDeployment:
    made = flow_of("publish_posts").to_deployment(
        name=brand,
        parameters={"brand": brand, "minutes": PUBLISH_EVERY},
        schedule=Cron(f"*/{PUBLISH_EVERY} * * * *"),
        tags=[brand, "publish posts"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast(RunnerDeployment, made)


def _deployment(library: Library, brand: str, process: str, as_of: date | None) -> RunnerDeployment:
    when = library.schedule(brand, process)
    parameters: dict[str, Any] = {"brand": brand}
    if as_of:
        parameters["as_of"] = as_of
    schedule = Cron(when.cron, timezone=when.time_zone, active=when.active) if when else None
    deployment = flow_of(process).to_deployment(
        name=brand,
        parameters=parameters,
        schedule=schedule,
        tags=[brand, library.process(process).title],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return cast(RunnerDeployment, deployment)
