"""One machine: all deployments served with their schedules, beside a Prefect server if need be.

There are as many runs at a time as cores, but for the forms that somebody waits for: above all the
stop switch must not wait until the runs that it is to stop are over. Prefect's limit is one of a
`Runner`, so there are two of them.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import click

from config.library import Library, load
from config.settings import settings
from deployments.server import end_like_interrupt, some_server

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

LONG_FORMS = ("replay",)
"""Forms whose runs reckon for up to hours: they take their turn with the processes."""

FORM_SECONDS = 2
"""How often we look whether somebody has sent a form; Prefect's own 10 s are not at once."""


class Served(NamedTuple):
    """What is served, by whether it may wait for other runs."""

    in_turn: Sequence["RunnerDeployment"]
    at_once: Sequence["RunnerDeployment"]


def serve_all(port: int) -> None:
    """Serve until Ctrl-C. With `PREFECT_API_URL` set that server is used, else one is started.

    Raise `LookupError` if there is nothing to serve.
    """
    if not load(settings().library_dir, settings().brands_dir).brands:
        raise LookupError(f"{settings().brands_dir} has no brand file; marketloop init writes one")
    end_like_interrupt()
    with some_server(settings().state_dir.resolve(), port, tell=click.echo):
        _serve()


def served(library: Library, as_of: date | None = None) -> Served:
    """Return all deployments there are. With `as_of` every process runs on that day."""
    from deployments.schedule import deployments, forms, publishing

    posts = [] if as_of else publishing(library)  # on a day that stands still nothing becomes due
    asked = forms()
    long = [form for form in asked if form.flow_name in LONG_FORMS]
    at_once = [form for form in asked if form.flow_name not in LONG_FORMS]
    return Served([*deployments(library, as_of), *posts, *long], at_once)


def serve_apart(what: Served, limit: int) -> None:
    """Serve until Ctrl-C or SIGTERM: `limit` runs in turn, and beside them any number at once.

    Whichever of the two fails ends the other too, and its failure is raised, in a group. At the end
    the runs end and the schedules pause.
    """
    from prefect.runner import Runner

    in_turn = Runner(limit=limit)
    at_once = Runner(limit=None, query_seconds=FORM_SECONDS)
    click.echo("Deployments:")
    for runner, its in ((in_turn, what.in_turn), (at_once, what.at_once)):
        for deployment in its:
            runner.add_deployment(deployment)
            click.echo(f"  {deployment.flow_name}/{deployment.name}")
    click.echo("They are being served, until Ctrl-C.")
    end_like_interrupt()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(together(in_turn, at_once))


async def together(*runners: "Runner") -> None:
    """Run until one of them ends, for whatever reason; then all end."""
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(runner.start()) for runner in runners]
        await asyncio.sleep(0)
        # Each has taken SIGTERM for itself by now, and would leave the other running. Let it end
        # this program as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()


def _serve(as_of: date | None = None) -> None:
    from deployments.running import prepare_warehouse
    from tasks.steps.opening import whole_library

    prepare_warehouse()
    serve_apart(served(whole_library(), as_of), os.cpu_count() or 1)


if __name__ == "__main__":
    from connectors.sandbox.demo import DEMO_TODAY

    _serve(DEMO_TODAY if "--demo" in sys.argv else None)
