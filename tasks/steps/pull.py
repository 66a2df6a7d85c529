"""Pull one account: what it is, what is in it, and its figures for the days that may have moved."""

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.models import AccountEntry, Brand, Process, Pull
from connectors.base import (
    Account,
    Channel,
    ConnectorError,
    DescribingChannel,
    PartialChannel,
    Window,
)
from connectors.mail import MailSender
from connectors.sites import CandidChannel
from connectors.warehouse import Warehouse
from tasks.pulling import window_to_pull
from tasks.run import Run
from tasks.steps.connecting import connect
from tasks.steps.opening import brand_library, open_warehouse, run_log
from tasks.steps.own_mail import OwnMail


# No timeout: Prefect cannot interrupt a worker thread. Every call has its own, in `http.py`.
@task(task_run_name="pull-{name}", cache_policy=NO_CACHE)
def pull_account(run: Run, name: str) -> int:
    """Store what the account's platform says now; return how many daily rows it sent.

    Every level has its own line in the pull ledger: what arrived completely stays when a later
    level fails. Raises the connector's error, after the ledger has it.
    """
    library = brand_library(run.brand)
    process, entry = library.process(run.process), library.entry(run.brand, name)
    with open_warehouse() as warehouse:
        brand, channel = library.brand(run.brand), connect(warehouse, library, entry)
        key = _account_key(warehouse, channel, run, brand, entry)
        if isinstance(channel, MailSender):
            channel = OwnMail(warehouse, key, channel, brand.mail)
        pulls = process.pulls_of(entry.platform)
        reported = channel.reported if isinstance(channel, DescribingChannel) else ()
        levels = list(dict.fromkeys(it.level for it in pulls if it.level not in reported))
        try:
            warehouse.save_account(run.brand, name, channel.account(), run.started_at)
            if levels:
                pages = channel.entities(levels)
                warehouse.save_entities(key, pages, run.started_at, complete_for=levels)
        except ConnectorError as error:
            window = window_to_pull(run.as_of, None, channel.restatement_days, 1)
            warehouse.record_pull_failure(
                key,
                levels[0] if levels else "account",
                window,
                run_id=run.run_id,
                error=str(error),
                now=run.started_at,
            )
            raise
        rows = sum(_pull(warehouse, channel, key, run, process, pull) for pull in pulls)
    run_log().info("%s: %s daily rows", name, f"{rows:,}")
    return rows


def _account_key(
    warehouse: Warehouse, channel: Channel, run: Run, brand: Brand, entry: AccountEntry
) -> int:
    """Return the account's key; a new account is kept as the brand file has it until it answers.

    So an account whose very first pull fails is there to be reported.
    """
    known = warehouse.accounts(run.brand, entry.platform)
    keys = known.loc[known["account_id"] == channel.account_id, "account_key"]
    if len(keys):
        return int(keys.iloc[0])
    zone, currency = brand.time_zone, brand.currency
    placeholder = Account(entry.platform, channel.account_id, entry.name, currency, zone, "unknown")
    return warehouse.save_account(run.brand, entry.name, placeholder, run.started_at)


def _pull(
    warehouse: Warehouse, channel: Channel, key: int, run: Run, process: Process, pull: Pull
) -> int:
    last = warehouse.last_complete_day(key, pull.level, pull.breakdown)
    history = pull.history_days or process.history_days
    wanted = window_to_pull(run.as_of, last, channel.restatement_days, history)
    rows = 0
    for window in _known(channel, wanted, pull):
        with warehouse.pull(
            key,
            pull.level,
            window,
            breakdown=pull.breakdown,
            run_id=run.run_id,
            now=run.started_at,
        ) as writer:
            if isinstance(channel, DescribingChannel) and pull.level in channel.reported:
                writer.describe = partial(channel.describe, pull.level)
            for frame in channel.performance(pull.level, window, pull.breakdown):
                writer.add(frame)
            if isinstance(channel, CandidChannel):
                writer.quality = channel.quality()
            rows += writer.rows
    return rows


def _known(channel: Channel, wanted: Window, pull: Pull) -> list[Window]:
    """Return what the channel can say of a window; platforms know every day, files do not."""
    if isinstance(channel, PartialChannel):
        return channel.covered(pull.level, wanted, pull.breakdown)
    return [wanted]
