"""Judge a run: check every entity, keep the verdicts, open and resolve alerts."""

from collections.abc import Mapping, Sequence

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from config.entity_targets import COLUMNS
from config.library import Library
from connectors.landing_pages import PageAnswer
from connectors.records import OpenAlert, Result
from connectors.target_queries import read_targets
from connectors.warehouse import Warehouse
from tasks.alerts import Scope, plan_alerts
from tasks.checks import evaluate
from tasks.evidence import Evidence
from tasks.facts import establish
from tasks.mailing.evidence import CustomerList, Mailing
from tasks.run import Run
from tasks.site.evidence import Site
from tasks.social.evidence import Presence
from tasks.steps.mail_knowledge import customer_lists_of, mailings_of
from tasks.steps.opening import brand_library, open_warehouse, resolve_secret
from tasks.steps.reading import Reading, read
from tasks.steps.site_knowledge import sites_of
from tasks.steps.social_knowledge import presences_of
from tasks.targets import Targets, targets_of
from tasks.verdicts import Verdicts


class Judgement:
    """What was read and found. In memory only; the warehouse has what must last.

    A plain class, not a dataclass: Prefect searches dataclasses for futures, and here that would
    be every one of thousands of results.
    """

    def __init__(
        self,
        reading: Reading,
        targets: Targets,
        verdicts: Verdicts,
        results: Sequence[Result],
        open_alerts: Sequence[OpenAlert],
        new_alerts: int,
        scope: Scope | None = None,
        sites: Sequence[Site] = (),
        presences: Sequence[Presence] = (),
        mailings: Sequence[Mailing] = (),
    ) -> None:
        """`scope` is what could be judged; None where nothing is recorded."""
        self.reading = reading
        self.targets = targets
        self.verdicts = verdicts
        self.results = results
        self.open_alerts = open_alerts
        self.new_alerts = new_alerts
        self.scope = scope
        self.sites = sites
        self.presences = presences
        self.mailings = mailings


@task(task_run_name="judge", timeout_seconds=3600, cache_policy=NO_CACHE)
def judge(run: Run, pages: Sequence[PageAnswer], failed: Mapping[str, str]) -> Judgement:
    """Check every entity of the run's accounts; store verdicts, then alerts with their messages.

    `failed` maps an account entry to the error that ended its pull. Verdicts of one brand,
    process and day replace each other, and alerts are told apart by what they are about, so that
    a run that was cut off here can simply be run again.
    """
    library = brand_library(run.brand)
    with open_warehouse() as warehouse:
        reading = read(warehouse, library, run)
        targets = targets_now(library, run)
        sites = sites_of(warehouse, library, run)
        presences = presences_of(warehouse, library, run)
        mailings = mailings_of(warehouse, library, run)
        lists = customer_lists_of(warehouse, library, run)
        verdicts, evidence = look(
            library, run, reading, targets, pages, failed, sites, presences, mailings, lists
        )
        results, new_alerts, scope = _record(warehouse, library, run, reading, verdicts, evidence)
        still_open = warehouse.open_alerts(run.brand, run.process)
    return Judgement(
        reading, targets, verdicts, results, still_open, new_alerts, scope, sites, presences,
        mailings,
    )  # fmt: skip


def look(
    library: Library,
    run: Run,
    reading: Reading,
    targets: Targets,
    pages: Sequence[PageAnswer] = (),
    failed: Mapping[str, str] | None = None,
    sites: Sequence[Site] = (),
    presences: Sequence[Presence] = (),
    mailings: Sequence[Mailing] = (),
    lists: Sequence[CustomerList] = (),
) -> tuple[Verdicts, Evidence]:
    """Judge by every check, and gather what the facts are asked of. Nothing is recorded."""
    stale_after = library.process(run.process).stale_after_days
    verdicts = evaluate(
        reading.checks.checks,
        reading.cubes,
        reading.accounts,
        reading.vocabulary,
        targets,
        run.as_of,
        stale_after_days=stale_after,
    )
    evidence = Evidence(
        run.as_of,
        reading.accounts,
        reading.entities,
        reading.cubes,
        failed or {},
        pages,
        stale_after,
        sites,
        presences,
        mailings,
        lists,
    )
    return verdicts, evidence


def _record(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    reading: Reading,
    verdicts: Verdicts,
    evidence: Evidence,
) -> tuple[list[Result], int, Scope]:
    """Store verdicts, then alerts and messages; return the records, how many alerts opened, and
    what the run could judge.

    It is decided anew whenever another run has changed the alerts meanwhile, so that of several
    runs at once only one tells what they all see.
    """
    while True:
        alerts_so_far = warehouse.alerts_so_far(run.brand)  # before the open ones, see Scope
        alerts = warehouse.open_alerts(run.brand)
        asked = [(alert.check, alert.account_key, alert.entity_key) for alert in alerts]
        asked += warehouse.recorded_ok(run.brand, run.process, run.as_of)  # after the open ones
        facts = establish(reading.checks.facts, evidence, asked)
        results = [*verdicts.results(asked), *facts]
        scope = _scope(warehouse, library, run, reading, evidence.failures, alerts_so_far)
        plan = plan_alerts(run, alerts, results, library.brand(run.brand).owners, scope)
        warehouse.save_results(run.brand, run.process, run.as_of, run.run_id, results)
        if warehouse.apply_alerts(plan, run.started_at, brand=run.brand, known=alerts):
            return results, len(plan.opened), scope


def targets_now(library: Library, run: Run) -> Targets:
    """Return the brand's targets on the process's platform, those of its queries read now."""
    brand = library.brand(run.brand)
    platform = library.process(run.process).platform
    entries = [entry.name for entry in brand.accounts]
    rows = [*library.csv_targets.get(run.brand, ())]
    for table in brand.entity_targets:
        if table.sql and table.url:
            url = SecretStr(resolve_secret(table.url))
            rows += read_targets(url, table.sql, entries, library.kpis)
    own = pd.DataFrame(rows, columns=[*COLUMNS])
    return targets_of(brand.targets, platform, brand.currency, own)


def _scope(
    warehouse: Warehouse,
    library: Library,
    run: Run,
    reading: Reading,
    failed: Mapping[str, str],
    alerts_so_far: int,
) -> Scope:
    accounts, every = reading.accounts, warehouse.accounts(run.brand)
    entries = [entry.name for entry in library.brand(run.brand).accounts]
    judged = accounts.loc[~accounts["entry"].isin([*failed]), "account_key"]
    checks, facts = reading.checks.checks, reading.checks.facts
    names = [*(check.name for check in checks), *(fact.name for fact in facts)]
    return Scope(
        checks=frozenset(names),
        accounts=frozenset(every.loc[every["entry"].isin(entries), "account_key"].tolist()),
        judged=frozenset(judged.tolist()),
        latest_as_of=warehouse.latest_as_of(run.brand, run.process),
        currencies=dict(zip(accounts["account_key"], accounts["currency"], strict=True)),
        alerts_so_far=alerts_so_far,
    )
