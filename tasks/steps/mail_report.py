"""Read from the warehouse and the files what a report tells of a brand's mail to customers."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from config.library import Library
from config.models import Level
from connectors.base import Window
from connectors.mail_lists import Turnover
from connectors.warehouse import Warehouse
from tasks.mailing.evidence import Halted
from tasks.report.mail import MailMaterial
from tasks.report.mail_customers import ListMaterial
from tasks.report.mail_sent import METRICS, RunningTest, SendingMaterial
from tasks.report.mail_words import GROWTH_DAYS
from tasks.run import Run
from tasks.sequences.campaigns import active_from, tested_until
from tasks.steps.customers import STAGE, Scored, segments_of
from tasks.steps.mail_knowledge import FRESH

WEEK = timedelta(days=7)


def mail_material(
    warehouse: Warehouse, library: Library, run: Run, scored: Scored | None
) -> MailMaterial | None:
    """Return what is told of a brand's mail; None if the run's process is about something else.

    The customers are left out where the run has not `scored` them, or has no list of them, and what
    was sent where the brand sends nothing by itself.
    """
    platforms = library.process(run.process).platforms
    if not {"customers", "smtp"} & {*platforms}:
        return None
    listed = any(it.platform == "customers" for it in library.entries(run.brand, run.process))
    made = MailMaterial(
        customers=_customers(warehouse, library, run, scored)
        if "customers" in platforms and listed and scored is not None
        else None,
        sending=_sending(warehouse, library, run) if "smtp" in platforms else None,
    )
    return None if made.customers is None and made.sending is None else made


def _customers(warehouse: Warehouse, library: Library, run: Run, scored: Scored) -> ListMaterial:
    brand, since = run.brand, run.started_at - timedelta(days=GROWTH_DAYS)
    week_ago = run.as_of - WEEK
    turnover = {it.segment: it for it in warehouse.segment_turnover(brand, week_ago, run.as_of)}
    moves = warehouse.moves_between(brand, STAGE, week_ago, run.as_of)
    for name in ("left", "entered"):
        moves[name] = [segment.removeprefix(STAGE) for segment in moves[name]]
    return ListMaterial(
        counts=warehouse.list_counts(brand),
        ages=warehouse.list_ages(brand, run.started_at),
        growth=warehouse.list_growth(brand, since, run.started_at),
        asked_since=since,
        stages=[_stage(it) for name, it in turnover.items() if name.startswith(STAGE)],
        moves=moves,
        facts=scored.facts,
        model=scored.model,
        titles={it.name: it.title for it in segments_of(library, brand)},
        segments=[it for name, it in turnover.items() if not name.startswith(STAGE)],
        unknown=scored.unknown,
        shared=scored.shared,
        week_ago=week_ago,
    )


def _stage(its: Turnover) -> Turnover:
    name = its.segment.removeprefix(STAGE)
    return Turnover(name, its.first, its.now, its.before, its.entered, its.left)


def _sending(warehouse: Warehouse, library: Library, run: Run) -> SendingMaterial | None:
    """Return what is known of the account that sends; None without one."""
    brand = library.brand(run.brand)
    accounts = warehouse.accounts(run.brand)
    mine = accounts[(accounts["entry"] == brand.mail.account) & (accounts["platform"] == "smtp")]
    if not brand.mail.account or mine.empty:
        return None
    key, zone = int(mine["account_key"].iloc[0]), ZoneInfo(brand.time_zone)
    window = Window(run.as_of - timedelta(days=GROWTH_DAYS), run.as_of - timedelta(days=1))
    start = datetime.combine(window.start, time(), zone)
    domain = warehouse.sending_domain(key)
    return SendingMaterial(
        window=window,
        known_days=len(warehouse.coverage([key], "message", window)),
        messages=_sums(warehouse, key, "message", window),
        providers=_sums(warehouse, key, "mailbox_provider", window),
        sequences=library.sequences.get(run.brand, {}),
        campaigns=library.campaigns.get(run.brand, {}),
        enrolments=warehouse.enrolment_counts(run.brand),
        skips=warehouse.skip_counts(run.brand, start),
        doubts=[(it.kind, it.source, it.handed_at) for it in warehouse.mail_doubts(run.brand)],
        halted=[
            Halted(it.kind, it.source, it.since, it.who, it.why)
            for it in warehouse.mail_stops(run.brand)
        ],
        tests=[*_tests(warehouse, library, run, start)],
        domain=domain,
        domain_old=domain is not None and domain[1] <= run.started_at - FRESH,
        domain_asked=brand.mail.check_domain,
    )


def _sums(warehouse: Warehouse, account_key: int, level: Level, window: Window) -> pd.DataFrame:
    """Return what each entity of a level has in a window, all days together."""
    found = warehouse.performance([account_key], level, window, [*METRICS])
    names = warehouse.entities([account_key], level).set_index("entity_key")["entity_id"]
    frame = pd.DataFrame({name: found.values[name] for name in METRICS})
    sums = frame.groupby(found.entity_key).sum(min_count=1)
    unknown = frame.isna().groupby(found.entity_key).any()
    sums = sums.mask(unknown)
    return sums.assign(entity_id=names.reindex(sums.index)).reset_index(drop=True)


def _tests(
    warehouse: Warehouse, library: Library, run: Run, since: datetime
) -> Iterator[RunningTest]:
    """Yield the tests that have begun, and have not ended before the window."""
    ends = warehouse.test_ends(run.brand)
    zone = library.brand(run.brand).time_zone
    for name, campaign in library.campaigns.get(run.brand, {}).items():
        until, ended = tested_until(campaign, zone), ends.get(name)
        if campaign.test is None or until is None or (ended.at if ended else until) < since:
            continue
        if ended is None and active_from(campaign, zone) > run.started_at:
            continue
        conversion = campaign.test.metric == "conversion"
        results: Mapping[str, tuple[int, int]] = {}
        if ended is None:
            results = warehouse.test_results(run.brand, name, conversion, run.started_at)
        yield RunningTest(name, until, ended, results)
