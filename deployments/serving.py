"""One machine: all deployments served with their schedules, beside a Prefect server if need be."""

import os
import sys
from contextlib import ExitStack
from datetime import date

import click

from config.settings import settings
from deployments.server import end_like_interrupt, free_port, prefect_env, prefect_server


def serve_all(port: int) -> None:
    """Serve until Ctrl-C. With `PREFECT_API_URL` set that server is used, else one is started."""
    end_like_interrupt()
    with ExitStack() as started:
        if not os.environ.get("PREFECT_API_URL"):
            state_dir = settings().state_dir.resolve()
            port = free_port(port)
            os.environ |= prefect_env(state_dir, f"http://127.0.0.1:{port}/api")
            click.echo(f"Starting the Prefect server on http://127.0.0.1:{port} ...")
            started.enter_context(prefect_server(state_dir, port, tell=click.echo))()
        _serve()


def _serve(as_of: date | None = None) -> None:
    from prefect import serve

    from deployments.running import prepare_warehouse
    from deployments.schedule import deployments
    from tasks.steps.opening import whole_library

    prepare_warehouse()
    serve(*deployments(whole_library(), as_of), limit=os.cpu_count())


if __name__ == "__main__":
    from connectors.sandbox.demo import DEMO_TODAY

    _serve(DEMO_TODAY if "--demo" in sys.argv else None)
