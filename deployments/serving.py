"""One machine: all deployments served with their schedules, beside a Prefect server if need be."""

import os
import sys
from datetime import date

import click

from config.library import load
from config.settings import settings
from deployments.server import end_like_interrupt, some_server


def serve_all(port: int) -> None:
    """Serve until Ctrl-C. With `PREFECT_API_URL` set that server is used, else one is started.

    Raise `LookupError` if there is nothing to serve.
    """
    if not load(settings().library_dir, settings().brands_dir).brands:
        raise LookupError(f"{settings().brands_dir} has no brand file; marketloop init writes one")
    end_like_interrupt()
    with some_server(settings().state_dir.resolve(), port, tell=click.echo):
        _serve()


def _serve(as_of: date | None = None) -> None:
    from prefect import serve

    from deployments.running import prepare_warehouse
    from deployments.schedule import deployments, forms, publishing
    from tasks.steps.opening import whole_library

    prepare_warehouse()
    library = whole_library()
    posts = [] if as_of else publishing(library)  # on a day that stands still nothing becomes due
    serve(*deployments(library, as_of), *posts, *forms(), limit=os.cpu_count())


if __name__ == "__main__":
    from connectors.sandbox.demo import DEMO_TODAY

    _serve(DEMO_TODAY if "--demo" in sys.argv else None)
