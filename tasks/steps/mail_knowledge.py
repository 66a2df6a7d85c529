"""Read from the warehouse and the files what a run knows of the mail that a brand sends."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from config.library import Library
from config.problems import errors
from connectors.warehouse import Warehouse
from connectors.warehouse.customer_lists import ListReading
from tasks.mailing.evidence import CustomerList, Halted, Mailing
from tasks.run import Run
from tasks.steps.reading import accounts_of

GIVEN_UP = timedelta(days=1)
"""What was given up within so long before a run is told."""
FRESH = timedelta(days=3)
"""What the DNS said, or a list of customers, longer ago than this is not known any more."""
REMEMBERED = timedelta(days=14)
"""Who is missing in a list is compared with the readings of so many days."""


def mailings_of(warehouse: Warehouse, library: Library, run: Run) -> list[Mailing]:
    """Return what is known of the account that the brand sends from; none if the run's process
    does not look after one."""
    sends = library.brand(run.brand).mail.account
    if not sends or "smtp" not in library.process(run.process).platforms:
        return []
    accounts = accounts_of(warehouse, library, run)
    mine = accounts[accounts["entry"] == sends].to_dict("records")
    return [
        _mailing(warehouse, library, run, int(row["account_key"]), str(row["name"] or sends))
        for row in mine
    ]


def customer_lists_of(warehouse: Warehouse, library: Library, run: Run) -> list[CustomerList]:
    """Return what is known of the run's lists of customers that were ever read."""
    accounts = accounts_of(warehouse, library, run)
    mine = accounts[accounts["platform"] == "customers"].set_index("account_key")
    readings: dict[int, list[ListReading]] = {}
    since = run.as_of - REMEMBERED
    for it in warehouse.list_readings([int(key) for key in mine.index], since):
        readings.setdefault(it.account_key, []).append(it)
    return [
        _list(str(mine.loc[key, "entry"]), of_list, run.as_of) for key, of_list in readings.items()
    ]


def _list(name: str, readings: Sequence[ListReading], as_of: date) -> CustomerList:
    *before, last = readings
    missing = [it.missing for it in before if it.missing is not None]
    return CustomerList(
        account_key=last.account_key,
        name=name,
        fresh=last.date_day > as_of - FRESH,
        seen=last.seen,
        missing=last.missing,
        missing_before=min(missing, default=last.missing),
        unusable=last.unusable,
        still_unsubscribed=last.still_unsubscribed,
    )


def broken_plans(library: Library, brand: str) -> list[str]:
    """Return what is wrong with whatever should run: sequences, campaigns, templates."""
    found = []
    for (kind, name), problems in library.plan_problems.get(brand, {}).items():
        there = library.sequences if kind == "sequence" else library.campaigns
        plan = there.get(brand, {}).get(name)
        if plan is None or plan.state == "running":
            found += [f"{kind} {name}: {it.message}" for it in errors(problems)[:1]]
    for name, problems in library.template_problems.get(brand, {}).items():
        found += [f"template {name}: {it.message}" for it in errors(problems)[:1]]
    return found


def _mailing(
    warehouse: Warehouse, library: Library, run: Run, account_key: int, name: str
) -> Mailing:
    doubts = Counter(f"{it.kind} {it.source}" for it in warehouse.mail_doubts(run.brand))
    skips = warehouse.skip_counts(run.brand, run.started_at - GIVEN_UP)
    given_up: Counter[tuple[str, str]] = Counter()
    for row in skips.itertuples():
        given_up[f"{row.kind} {row.source}", str(row.reason)] += int(str(row.messages))
    halted = [
        Halted(it.kind, it.source, it.since, it.who, it.why)
        for it in warehouse.mail_stops(run.brand)
    ]
    asked = warehouse.sending_domain(account_key)
    domain, problems = "", None
    if asked is not None and asked[1] > run.started_at - FRESH:
        domain, problems = asked[0].domain, asked[0].problems
    return Mailing(
        account_key=account_key,
        name=name,
        doubts=dict(doubts.most_common()),
        halted=halted,
        given_up=dict(given_up.most_common()),
        broken=broken_plans(library, run.brand),
        domain=domain,
        domain_problems=problems,
    )
