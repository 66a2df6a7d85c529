"""How does what a run found become its report? Only here is anything computed or chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
import pandas as pd

from config.models import Brand, Process
from connectors.actions import Action, Stop
from connectors.base import Window
from connectors.records import OpenAlert, Result
from connectors.work import WorkItem
from tasks.cube import Cube, by_account
from tasks.landing_facts import Landings
from tasks.paid_and_found import Paid
from tasks.report.attention import (
    LONGEST_LIST,
    also_found,
    attention,
    check_title,
    count_verdicts,
    further_findings,
    needs_attention,
    unjudged,
)
from tasks.report.beside import beside, paid_and_found
from tasks.report.breakdowns import BreakdownFigures, breakdown_tables
from tasks.report.changes import Names, changes_of
from tasks.report.crawled import crawled, lacking
from tasks.report.figures import PERIOD, daily, measure
from tasks.report.kpi_tables import Ground, kpi_tables
from tasks.report.mail import MailMaterial, mail_of
from tasks.report.model import (
    Attention,
    FailedAccount,
    Freshness,
    Link,
    Report,
    Series,
    SwitchedOff,
)
from tasks.report.movers import movers
from tasks.report.plans import month_plans
from tasks.report.site_log import site_log
from tasks.report.social import Networks, accounts_on
from tasks.report.social_plan import plan_ahead
from tasks.report.trends import charted, trends_of
from tasks.report.work import work_of
from tasks.report.work_model import Work
from tasks.rules import ActingRule
from tasks.site.evidence import Site
from tasks.targets import Targets
from tasks.verdicts import Verdicts
from tasks.vocabulary import Vocabulary
from tasks.windows import compared, window_of

TREND_DAYS = 90
SPARK_DAYS = 30
MOST_CHARTS = 24
"""Trends beyond these are left out, the largest accounts first."""
NO_CURRENCY = "XXX"
"""What ISO 4217 calls it, of accounts without amounts."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that a report is made of."""

    brand: Brand
    process: Process
    as_of: date
    now: datetime
    """The moment of the run; aware. Actions are told as of then."""
    accounts: pd.DataFrame
    """account_key, entry, platform, account_id, name, currency; one row per account of the run."""
    cubes: Mapping[str, Cube]
    """By level, with at least 90 days. Tables need the report's level, charts whole accounts; if
    the level `account` is missing, they are summed from the report's."""
    vocabulary: Vocabulary
    targets: Targets
    verdicts: Verdicts
    results: Sequence[Result] = ()
    """Firing and not judged ones, of checks and facts."""
    open_alerts: Sequence[OpenAlert] = ()
    """After this run has been applied; they say since when."""
    breakdowns: Sequence[BreakdownFigures] = ()
    freshness: Sequence[Freshness] = ()
    failed: Sequence[FailedAccount] = ()
    switched_off: Mapping[str, str] = field(default_factory=dict)
    """Check to the brand's reason."""
    links: Sequence[Link] = ()
    actions: Sequence[Action] = ()
    """The brand's and process's, newest first: those of the last 90 days and all that wait."""
    action_links: Mapping[int, str] = field(default_factory=dict)
    """By action_id the address of its decision's form, where there is one."""
    stops: Sequence[Stop] = ()
    """The switches that are on for this brand and process."""
    items: Sequence[WorkItem] = ()
    """The brand's and process's: all that are open, and those closed within the last 7 days."""
    item_links: Mapping[int, str] = field(default_factory=dict)
    """By item_id the address of its form, where there is one."""
    sites: Sequence[Site] = ()
    site_changes: Mapping[int, pd.DataFrame] = field(default_factory=dict)
    """By account_key of a site the columns of `Warehouse.page_changes`, since `log_since`."""
    quality: Sequence[tuple[int, str, Sequence[str]]] = ()
    """account_key, level, and what its newest pull lacks in words."""
    landings: Landings | None = None
    """The pages that the run's ads lead to, as the site's processes know them."""
    paid: Paid | None = None
    """What ads cost on the searches that the run is about."""
    networks: Networks | None = None
    """What the run knows of the brand's accounts on social networks; None: it is about others."""
    mail: MailMaterial | None = None
    """What the run knows of the brand's mail to its customers; None: it is about something else."""
    rules: Sequence[ActingRule] = ()
    """The process's playbooks that may change things alone, with their replays."""


def build_report(material: Material) -> Report:
    """Compute, choose and order everything that the renderers show.

    Its size is bounded by the number of accounts and `process.report`, whatever the number of
    entities and findings. Without any cube the report still says what failed and how old the data
    is.
    """
    process, as_of = material.process, material.as_of
    period = window_of(PERIOD, as_of) or Window(as_of, as_of)
    fired = needs_attention(material.results, process.report.sort_by)
    ground = _ground(material)
    report = Report(
        brand=material.brand.name,
        process=process.title,
        objective=process.objective,
        as_of=as_of,
        mode=material.brand.mode,
        period=period,
        previous=compared("previous", period),
        counts=count_verdicts(material.verdicts, material.results),
        measures=tuple(measure(material.vocabulary, name) for name in process.report.kpis),
        changes=changes_of(
            material.actions, material.stops, material.action_links, _names(material), material.now
        ),
        attention=_attention(material, ground, fired[:LONGEST_LIST]),
        further=further_findings(fired[LONGEST_LIST:]),
        failed=tuple(material.failed),
        unjudged=unjudged(material.results),
        freshness=tuple(material.freshness),
        switched_off=tuple(
            SwitchedOff(check_title(check), reason)
            for check, reason in sorted(material.switched_off.items())
        ),
        links=tuple(material.links),
        sort_by=measure(material.vocabulary, process.report.sort_by).title,
        work=_work(material),
        also_found=also_found(material.results),
        site_log=site_log(material.sites, material.site_changes, material.as_of),
        crawled=tuple(map(crawled, material.sites)),
        lacking=lacking(material.quality, ground.titles),
        paid_and_found=paid_and_found(material.paid, material.cubes),
        social=accounts_on(material.networks, ground.titles),
        plan_ahead=plan_ahead(material.networks, _owners(material.brand)),
        mail=mail_of(material.mail, material.brand),
        rules=tuple(sorted(material.rules, key=lambda rule: not rule.unread)),
    )
    return _with_figures(report, material, ground) if "account" in ground.cubes else report


def account_titles(accounts: pd.DataFrame) -> dict[int, str]:
    """Return what people call each account.

    Of several with one name, the name with the platform, or with the id if they are of one.
    """
    names = [
        str(name or entry) for name, entry in zip(accounts["name"], accounts["entry"], strict=True)
    ]
    kinds = [*zip(names, accounts["platform"], strict=True)]
    titles = {}
    for key, (name, platform), account_id in zip(
        accounts["account_key"], kinds, accounts["account_id"], strict=True
    ):
        alone = kinds.count((name, platform)) == 1
        which = platform.replace("_", " ") if alone else account_id
        titles[int(key)] = f"{name} ({which})" if names.count(name) > 1 else name
    return titles


def _names(material: Material) -> Names:
    return Names(
        accounts=account_titles(material.accounts),
        playbooks={playbook.name: playbook.title for playbook in material.process.playbooks},
        owners=_owners(material.brand),
        vocabulary=material.vocabulary,
    )


def _work(material: Material) -> Work:
    owners = _owners(material.brand)
    return work_of(material.items, owners, material.item_links, material.as_of, material.now)


def _owners(brand: Brand) -> dict[str, str]:
    """Return what people call each owner."""
    return {name: owner.name for name, owner in brand.owners.items()}


def _ground(material: Material) -> Ground:
    """Return the figures, with whole accounts among them: one row per row of the accounts."""
    cubes, level = dict(material.cubes), material.process.report.level
    currencies = material.accounts["currency"].replace(NO_CURRENCY, "")
    accounts = material.accounts.assign(currency=currencies)
    if (whole := cubes.get("account", cubes.get(level))) is not None:
        cubes["account"] = by_account(whole, accounts)
    return Ground(
        cubes=cubes,
        accounts=accounts,
        own_totals="account" in material.cubes,
        titles=account_titles(material.accounts),
        vocabulary=material.vocabulary,
        targets=material.targets,
        verdicts=material.verdicts,
        as_of=material.as_of,
        stale_after_days=material.process.stale_after_days,
    )


def _with_figures(report: Report, material: Material, ground: Ground) -> Report:
    """Add whatever needs daily figures."""
    process, shape = material.process, material.process.report
    mine = shape.platform
    pulled = [name for name in process.platforms if any(
        pull.level == shape.level for pull in process.pulls_of(name))]  # fmt: skip
    platforms = (mine,) if mine else tuple(pulled) or (process.platform,)
    charts = charted(ground, process)
    return replace(
        report,
        tables=kpi_tables(ground, shape, platforms) if shape.level in ground.cubes else (),
        movers=movers(ground, platforms[0]),
        trends=trends_of(ground, charts[:MOST_CHARTS], material.actions, TREND_DAYS),
        trends_left_out=max(len(charts) - MOST_CHARTS, 0),
        plans=month_plans(
            material.brand,
            process.platforms,
            ground.cubes["account"],
            ground.accounts,
            ground.titles,
            report.as_of,
        ),
        breakdowns=breakdown_tables(ground, material.breakdowns, shape),
    )


def _attention(
    material: Material, ground: Ground, fired: Sequence[Result]
) -> tuple[Attention, ...]:
    """Return the findings with all that people need to know about them."""
    alerts = {(a.check, a.account_key, a.entity_key): a for a in material.open_alerts}
    currencies = dict(zip(ground.accounts["account_key"], ground.accounts["currency"], strict=True))
    owners = _owners(material.brand)
    first = next(iter(owners.values()))
    known = {*material.vocabulary.kpis, *material.vocabulary.metrics}
    return tuple(
        attention(
            result,
            account=ground.titles.get(result.account_key or 0, ""),
            currency=str(currencies.get(result.account_key, "")),
            owner=owners.get(result.owner, first),
            alert=alerts.get((result.check, result.account_key, result.entity_key)),
            measure=measure(material.vocabulary, result.kpi) if result.kpi in known else None,
            series=_course(ground, result) if result.kpi in known else None,
            beside=beside(result, material.landings, material.paid),
        )
        for result in fired
    )


def _course(ground: Ground, result: Result) -> Series | None:
    """Return the last days of the figure a finding is about; None if its entity has no figures."""
    key, wanted, level = "entity_key", result.entity_key, result.level
    if wanted is None or level == "account":
        key, wanted, level = "account_key", result.account_key, "account"
    if (cube := ground.cubes.get(level)) is None or key not in cube.entities:
        return None
    rows = np.flatnonzero(cube.entities[key].to_numpy() == wanted)
    if not len(rows):
        return None
    return daily(ground.vocabulary, cube, result.kpi, int(rows[0]), ground.as_of, SPARK_DAYS)
