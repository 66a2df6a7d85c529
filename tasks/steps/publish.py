"""Publish what a run found: a report and tables in the Prefect UI, events, and one HTML file."""

import os
from collections.abc import Hashable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext

from config.library import Library
from config.models import Process
from config.settings import settings
from connectors.actions import STATES, WAITING, Action, Stop
from connectors.warehouse import Warehouse
from connectors.work import WorkItem
from tasks.joint import joints
from tasks.report.build import Material, account_titles, build_report
from tasks.report.html import render_html
from tasks.report.markdown import render_markdown
from tasks.report.model import FailedAccount, Freshness, Link, Report
from tasks.report.site_log import log_since
from tasks.report.social import Networks
from tasks.report.table import action_rows, finding_rows, kpi_rows, work_rows
from tasks.report.work import DONE_DAYS
from tasks.run import Run
from tasks.social.evidence import Presence
from tasks.steps.customers import Known
from tasks.steps.events import tell
from tasks.steps.judge import Judgement
from tasks.steps.landing_knowledge import landings_of
from tasks.steps.links import decision_links, work_links
from tasks.steps.mail_report import mail_material
from tasks.steps.opening import brand_library, open_warehouse
from tasks.steps.paid_knowledge import paid_of
from tasks.steps.rules import rules_told
from tasks.steps.social_knowledge import COMPARED, calendar_of

LEDGER = timedelta(days=90)
"""How far back the report tells of changes."""
REFUSED = timedelta(days=31)
"""The same of refusals, which are the many; a proposal lives for at most 30 days."""


@task(task_run_name="publish", timeout_seconds=900, cache_policy=NO_CACHE)
def publish(
    run: Run, judgement: Judgement, failed: Mapping[str, str], known: Known | None = None
) -> str:
    """Write the report and return the path of its HTML file; a rerun of the day replaces it. What
    is `known` of customers is told where the run has looked."""
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        report = _report(library, warehouse, run, judgement, failed, known)
        # What was decided since the last run, on the command line for instance, is told too.
        last = warehouse.last_finished(run.brand, run.process, but=run.run_id)
        tell(warehouse, run.brand, run.process, min(last or run.started_at, run.started_at))
    path = settings().state_dir / "reports" / run.brand / f"{run.process}-{run.as_of}.html"
    _write(path, render_html(report))
    if FlowRunContext.get():  # a run without Prefect has no UI to show anything in
        key = f"{run.brand}-{run.process}".replace("_", "-")
        title = f"{report.brand}, {report.process}, as of {run.as_of}"
        create_markdown_artifact(render_markdown(report), key=key, description=title)
        create_table_artifact(finding_rows(report), key=f"{key}-findings", description=title)
        create_table_artifact(kpi_rows(report), key=f"{key}-kpis", description=title)
        if actions := action_rows(report):
            create_table_artifact(actions, key=f"{key}-changes", description=title)
        if items := work_rows(report):
            create_table_artifact(items, key=f"{key}-to-do", description=title)
    return str(path)


def _report(
    library: Library,
    warehouse: Warehouse,
    run: Run,
    judgement: Judgement,
    failed: Mapping[str, str],
    known: Known | None,
) -> Report:
    reading = judgement.reading
    process = library.process(run.process)
    names = account_titles(reading.accounts).values()
    titles = dict(zip(reading.accounts["entry"], names, strict=True))
    actions, items = told_actions(warehouse, run), told_items(warehouse, run)
    return build_report(
        Material(
            brand=library.brand(run.brand),
            process=process,
            as_of=run.as_of,
            now=run.started_at,
            accounts=reading.accounts,
            cubes=reading.cubes,
            vocabulary=reading.vocabulary,
            targets=judgement.targets,
            verdicts=judgement.verdicts,
            results=judgement.results,
            open_alerts=judgement.open_alerts,
            breakdowns=reading.breakdowns,
            freshness=freshness_of(warehouse, reading.accounts, process),
            failed=[FailedAccount(titles.get(name, name), error) for name, error in failed.items()],
            switched_off={check.name: check.reason for check in reading.checks.off},
            links=[Link("This run in Prefect", run.link)] if run.link else [],
            actions=actions,
            action_links=_links(run, actions),
            stops=stops_for(warehouse, run),
            items=items,
            item_links=_item_links(run, items),
            sites=judgement.sites,
            site_changes=_site_changes(warehouse, run, reading.accounts),
            quality=_quality(warehouse, reading.accounts),
            landings=landings_of(warehouse, library, run, reading),
            paid=paid_of(warehouse, library, run, reading, judgement.sites),
            networks=_networks(warehouse, library, run, judgement.presences),
            mail=mail_material(warehouse, library, run, known.scored if known else None),
            rules=rules_told(warehouse, library, run),
        )
    )


def told_actions(warehouse: Warehouse, run: Run) -> list[Action]:
    """Return what waits, what was refused lately, and the rest of 90 days, newest first.

    What another worker moves on between the readings is told as it was found last.
    """
    mine = partial(warehouse.actions, brand=run.brand, process=run.process)
    rest = [state for state in STATES if state not in (*WAITING, "refused")]
    now = run.started_at
    found = [
        *mine(states=WAITING),
        *mine(states=["refused"], since=now - REFUSED),
        *mine(states=rest, since=now - LEDGER),
    ]
    last = {action.action_id: action for action in found}
    return sorted(last.values(), key=lambda action: -action.action_id)


def _links(run: Run, actions: Sequence[Action]) -> dict[int, str]:
    """Return the forms of those that wait, one for a whole decision; without Prefect none."""
    if not FlowRunContext.get() or all(action.state != "proposed" for action in actions):
        return {}
    link = decision_links(run)
    return {part.action_id: link(whole) for whole in joints(actions) for part in whole.waiting}


def _item_links(run: Run, items: Sequence[WorkItem]) -> dict[int, str]:
    """Return the forms that say that work is done; without Prefect there are none."""
    return work_links(run, items) if items and FlowRunContext.get() else {}


def stops_for(warehouse: Warehouse, run: Run) -> list[Stop]:
    """Return the switches that hold back this process of this brand."""
    return [stop for stop in warehouse.stops() if stop.holds(run.brand, run.process)]


def told_items(warehouse: Warehouse, run: Run) -> list[WorkItem]:
    """Return the work items that are open, and those that were closed within the last days."""
    since = run.started_at - timedelta(days=DONE_DAYS)
    return warehouse.work_items(run.brand, run.process, closed_since=since)


def _site_changes(
    warehouse: Warehouse, run: Run, accounts: pd.DataFrame
) -> dict[int, pd.DataFrame]:
    """Return by website what crawls saw changed lately."""
    since = log_since(run.as_of)
    sites = accounts.loc[accounts["platform"] == "website", "account_key"].tolist()
    return {key: warehouse.page_changes(key, since) for key in sites}


def _networks(
    warehouse: Warehouse, library: Library, run: Run, presences: Sequence[Presence]
) -> Networks | None:
    """Return what is told of the accounts on social networks; None if the run has none."""
    if not presences:
        return None
    keys, since = [it.account_key for it in presences], run.started_at - COMPARED
    return Networks(
        presences,
        posts=warehouse.social_posts(keys, since),
        snapshots=warehouse.engagement(keys, since),
        calendar=calendar_of(library, run),
    )


def _quality(
    warehouse: Warehouse, accounts: pd.DataFrame
) -> list[tuple[int, str, tuple[str, ...]]]:
    """Return what the newest pulls of the accounts lack: account, level, reasons."""
    told = warehouse.pull_quality(accounts["account_key"].tolist())
    return [(it.account_key, it.level, it.quality.reasons) for it in told]


def freshness_of(warehouse: Warehouse, accounts: pd.DataFrame, process: Process) -> list[Freshness]:
    """Return how fresh each account with daily figures is.

    One that was never pulled has no day and no moment.
    """
    titles = account_titles(accounts)
    rows = warehouse.last_pulls([*titles]).to_dict("records")
    pulled = {row["account_key"]: row for row in rows}
    daily = {platform for platform in process.platforms if process.pulls_of(platform)}
    return [
        _fresh(titles[key], pulled.get(key, {}))
        for key, platform in zip(accounts["account_key"], accounts["platform"], strict=True)
        if platform in daily
    ]


def _fresh(title: str, row: Mapping[Hashable, Any]) -> Freshness:
    known = {name: value for name, value in row.items() if not pd.isna(value)}
    moment = known.get("pulled_at")
    return Freshness(
        account=title,
        last_day=known.get("last_day"),
        last_pull=moment and pd.Timestamp(moment).to_pydatetime(),
        error=known.get("error", ""),
    )


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole: a reader sees the old report or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
