"""Run processes from the command line, and show people and programs what was found."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import click

from config.library import load
from config.settings import settings
from connectors.records import Result
from connectors.warehouse import Warehouse
from deployments.server import some_server

SEVERITY = {"critical": 0, "warning": 1, "unknown": 2, "ok": 3}
SENTENCE = 300
"""A sentence longer than this is cut in the table; the report has all of it."""

LISTED = 20
"""So many findings stand in the table, all critical ones among them; the report has the others."""

HAND_OVER_SECONDS = 10
SERVER_PORT = 4200

COLOURS = {"critical": "bold red", "warning": "yellow", "unknown": "dim", "ok": "green"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One result, with the run it belongs to."""

    brand: str
    process: str
    as_of: date
    account: str
    result: Result


@dataclass(frozen=True, slots=True)
class Found:
    """What one or more runs found, and what went wrong in them."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    waiting: tuple[int, ...] = ()  # numbers of the changes that wait for somebody's decision

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.findings + other.findings,
            self.problems + other.problems,
            self.waiting + other.waiting,
        )

    def at_least(self, verdict: str) -> bool:
        """Tell whether something was found that is as bad as `verdict`, or worse."""
        worst = min((SEVERITY[f.result.verdict] for f in self.findings), default=len(SEVERITY))
        return worst <= SEVERITY.get(verdict, -1)

    def show(self, as_json: bool) -> None:
        """Print a table for people, or the same facts for programs."""
        if as_json:
            facts = {
                "findings": [_facts(finding) for finding in self.findings],
                "problems": self.problems,
                "waiting": self.waiting,
            }
            click.echo(json.dumps(facts, indent=2))
        else:
            _print_table(self.findings)
            if self.waiting:
                from tasks.report.numbers import plural

                count = plural(len(self.waiting), "proposed change")
                click.echo(f"{count} waiting for a decision: marketloop actions list")
            for problem in self.problems:
                click.secho(problem, fg="red", err=True)


def prepare_warehouse(*, migrate: bool = False) -> str:
    """Make the warehouse's tables if there are none, and say where it is.

    An older schema is an error unless `migrate` says to bring it up to date: other machines may
    still run the older code.
    """
    url = settings().warehouse_url.get_secret_value()
    with Warehouse.create(url) if migrate else Warehouse.prepare(url) as warehouse:
        return warehouse.place


def run_now(process: str, brand: str, as_of: date | None, accounts: list[str] | None) -> Found:
    """Run a process here and return what it found."""
    library = load(settings().library_dir, settings().brands_dir, brand)
    library.entries(brand, process, accounts)  # wrong names are told before anything starts
    prepare_warehouse()
    tell = partial(click.echo, err=True)
    with some_server(settings().state_dir.resolve(), SERVER_PORT, tell):
        from deployments.schedule import flow_of

        flow = flow_of(process)
        state = flow(brand=brand, as_of=as_of, accounts=accounts, return_state=True)
        hand_over_logs()
    return _found(state, brand, process)


def run_deployment(deployment: Any) -> Found:
    """Run a deployment once, in this process, so that the UI shows it under the deployment."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Pending

    from deployments.schedule import flow_of

    with get_client(sync_client=True) as client:
        # Pending, not scheduled: no worker may take it while it runs here.
        flow_run = client.create_flow_run_from_deployment(deployment.apply(), state=Pending())
    parameters = flow_run.parameters
    process = deployment.flow_name.replace("-", "_")
    flow = flow_of(process)
    parameters = flow.validate_parameters(parameters)
    state = run_flow(flow, flow_run=flow_run, parameters=parameters, return_type="state")
    return _found(state, str(parameters["brand"]), process)


def hand_over_logs() -> None:
    """Send what Prefect still holds back; it would keep trying after its server has ended."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=HAND_OVER_SECONDS)


def _found(state: Any, brand: str, process: str) -> Found:
    """Return what a run of a brand's process found.

    Raise what ended the run, unless it is only some of its accounts or messages that failed.
    """
    from tasks.run import RunFailedError

    failure = None if state.is_completed() else state.result(raise_on_failure=False)
    if failure is not None and not isinstance(failure, RunFailedError):
        raise failure
    with Warehouse(settings().warehouse_url.get_secret_value()) as warehouse:
        as_of = warehouse.as_of(str(state.state_details.flow_run_id))
        accounts = warehouse.accounts(brand)
        entries = dict(zip(accounts["account_key"], accounts["entry"], strict=True))
        results = warehouse.results(brand, process, as_of)
        waiting = warehouse.actions(brand=brand, process=process, states=("proposed",))
    findings = [
        Finding(brand, process, as_of, str(entries.get(result.account_key, "")), result)
        for result in sorted(results, key=lambda result: SEVERITY[result.verdict])
    ]
    return Found(
        tuple(findings),
        (str(failure),) if failure else (),
        tuple(action.action_id for action in waiting),
    )


def _facts(finding: Finding) -> dict[str, Any]:
    result = finding.result
    facts = {name: getattr(result, name) for name in result.__dataclass_fields__}
    return {
        "brand": finding.brand,
        "process": finding.process,
        "account": finding.account,
        **facts,
        "as_of": str(finding.as_of),
        "window_start": str(result.window_start),
        "window_end": str(result.window_end),
        "numbers": dict(result.numbers),
    }


def _print_table(findings: Sequence[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from tasks.report.escape import plain

    firing = [finding for finding in findings if finding.result.verdict in ("critical", "warning")]
    critical = sum(finding.result.verdict == "critical" for finding in firing)
    ordered = sorted(firing, key=lambda finding: SEVERITY[finding.result.verdict])
    shown = ordered[: max(critical, LISTED)]
    table = Table(title="What needs attention", title_justify="left", show_lines=True)
    for heading in ("Verdict", "Where and whose", "What"):
        table.add_column(heading, overflow="fold")
    for finding in shown:
        result = finding.result
        table.add_row(
            Text(result.verdict, style=COLOURS[result.verdict]),
            f"{finding.brand}: {finding.account}\n{result.owner}",
            Text(plain(result.sentence, SENTENCE)),
        )
    console = Console()
    console.print(table if shown else "Nothing needs attention.")
    if len(ordered) > len(shown):
        console.print(
            f"and {len(ordered) - len(shown):,} more warnings: see the reports", style="dim"
        )
    unknown = sum(finding.result.verdict == "unknown" for finding in findings)
    if unknown:
        console.print(f"{unknown} groups could not be judged; the report says why.", style="dim")
