"""The demo: every process once, on a simulated market, with servers and a warehouse of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from config.settings import HERE, settings
from deployments.server import (
    child,
    end_like_interrupt,
    free_port,
    prefect_env,
    prefect_server,
)


@dataclass(frozen=True, slots=True)
class Market:
    """Where the simulated market is, and its brands' websites, and which day it is there."""

    url: str
    today: str
    site_urls: Mapping[str, str]
    competitor_urls: Mapping[str, str]
    smtp_port: int


def run_demo(once: bool, port: int) -> None:
    """Start everything, run every process, show what was found; stay until Ctrl-C unless `once`.

    Runs of the demo judge as of the day on which its market stands still, whatever today is.
    """
    end_like_interrupt()
    state_dir = (settings().state_dir / "demo").resolve()
    port = free_port(port)
    try:
        with ExitStack() as started:
            with _progress("Starting the simulated market and its websites"):
                market = started.enter_context(_market(state_dir))
            _configure(state_dir, market, port)
            ready = started.enter_context(prefect_server(state_dir, port))
            with _progress("Loading"):
                wanted = _wanted()
            with _progress("Starting the Prefect server"):
                ready()
            _run_everything(wanted)
            click.echo(f"\nPrefect UI   http://127.0.0.1:{port}")
            click.echo(f"Reports      {state_dir / 'reports'}")
            if not once:
                _stay(state_dir)
    except KeyboardInterrupt:
        click.echo("\nStopped.")


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """Say what begins, and how long it took when it is done."""
    click.echo(f"{what} ... ", nl=False)
    started = time.monotonic()
    yield
    click.echo(f"{time.monotonic() - started:.1f} s")


@contextmanager
def _market(state_dir: Path) -> Iterator[Market]:
    command = [sys.executable, "-m", "connectors.sandbox", "--scenario", "demo", "--port", "0"]
    with child(command, {}, state_dir / "sandbox.log", listen=True) as process:
        ready = json.loads(_first_line(process))
        yield Market(**{name: ready[name] for name in Market.__slots__})


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101  child() pipes it
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the simulated market did not start; see sandbox.log")
    return line


def environment(state_dir: Path, market_url: str) -> dict[str, str]:
    """Return the variables under which the demo's brands run, on a market and in a folder."""
    return {
        "MARKETLOOP_WAREHOUSE_URL": f"sqlite:///{state_dir / 'warehouse.db'}",
        "MARKETLOOP_BRANDS_DIR": str(HERE / "demo"),
        "MARKETLOOP_STATE_DIR": str(state_dir),
        "MARKETLOOP_SANDBOX_URL": market_url,
        "MARKETLOOP_DEMO_INBOX": f"json://{market_url.removeprefix('http://')}/inbox",
        "MARKETLOOP_DEMO_SECRET": "demo",
        "MARKETLOOP_DEMO_MAIL_KEY": "demo-us1",
    }


def site_environment(
    today: str, site_urls: Mapping[str, str], competitor_urls: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables under which the brands' websites are looked at, on a day (ISO 8601).

    The addresses are by brand, without a slash at the end.
    """
    sites = {f"MARKETLOOP_{brand.upper()}_SITE_URL": url for brand, url in site_urls.items()}
    competitors = {
        f"MARKETLOOP_{brand.upper()}_COMPETITOR_URL": url for brand, url in competitor_urls.items()
    }
    return {"MARKETLOOP_TODAY": today} | sites | competitors


def mail_environment(state_dir: Path, smtp_port: int) -> dict[str, str]:
    """Return the variables under which the demo's shop writes to its customers; their lists are
    written first."""
    from connectors.sandbox.mail.lists import write_lists

    write_lists(state_dir / "lists")
    return {
        "MARKETLOOP_DEMO_LISTS": str(state_dir / "lists"),
        "MARKETLOOP_DEMO_SMTP_PORT": str(smtp_port),
    }


def _configure(state_dir: Path, market: Market, port: int) -> None:
    """Point this process, and those it starts, at the demo's own parts and nothing else."""
    os.environ |= environment(state_dir, market.url)
    os.environ |= site_environment(market.today, market.site_urls, market.competitor_urls)
    os.environ |= mail_environment(state_dir, market.smtp_port)
    os.environ |= prefect_env(state_dir, f"http://127.0.0.1:{port}/api")
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "ERROR"
    settings.cache_clear()


def _wanted() -> list[Any]:
    """Return the demo's deployments, its warehouse ready. What this imports takes seconds."""
    from connectors.sandbox.demo import DEMO_TODAY
    from deployments.running import prepare_warehouse
    from deployments.schedule import deployments
    from tasks.steps.opening import whole_library

    prepare_warehouse(migrate=True)
    return deployments(whole_library(), DEMO_TODAY)


def _run_everything(wanted: list[Any]) -> None:
    from deployments.running import Found, hand_over_logs, run_deployment
    from deployments.schedule import forms

    for form in forms():
        form.apply()  # before the runs, whose messages link to them
    found = Found()
    for deployment in wanted:
        with _progress(f"{deployment.name}: {deployment.flow_name}"):
            found += run_deployment(deployment)
    hand_over_logs()
    found.show(as_json=False)


def _stay(state_dir: Path) -> None:
    """Serve the deployments, so that the UI can start runs, until Ctrl-C."""
    command = [sys.executable, "-m", "deployments.serving", "--demo"]
    with child(command, {}, state_dir / "serving.log") as process:
        click.echo("Serving the schedules; Ctrl-C ends everything.")
        process.wait()
        raise RuntimeError(f"serving ended by itself; see {state_dir / 'serving.log'}")
