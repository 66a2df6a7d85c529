"""Keep mail in order: read what came back, end doubts, ask the DNS, forget what is old."""

from collections.abc import Callable
from datetime import timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.base import ConnectorError
from connectors.sending_domain import DnsNames, check_sending_domain
from tasks.run import Run
from tasks.steps.mailing import read_reports, sending_account, settle_doubts
from tasks.steps.opening import brand_library, open_warehouse, run_log


@task(task_run_name="keep-mail", timeout_seconds=3600, cache_policy=NO_CACHE)
def keep_mail(run: Run) -> dict[str, str]:
    """Do the daily upkeep of a brand's mail; return the error of each part that could not be done,
    by its account. A brand that sends no mail by itself has none."""
    rules = brand_library(run.brand).brand(run.brand).mail
    failed: dict[str, str] = {}
    if rules.mailbox in run.accounts:
        _try(failed, rules.mailbox, lambda: read_reports.fn(run))
    if rules.account in run.accounts:
        _try(failed, rules.mailbox or rules.account, lambda: settle_doubts.fn(run))
        if rules.check_domain:
            _try(failed, rules.account, lambda: _ask_dns(run))
        with open_warehouse() as warehouse:
            before = run.started_at - timedelta(days=rules.keep_days)
            forgotten = warehouse.forget_mail(run.brand, before)
        run_log().info("forgotten: %s", forgotten)
    return failed


@task(task_run_name="read-mailbox", timeout_seconds=1800, cache_policy=NO_CACHE)
def read_mailbox(run: Run) -> dict[str, str]:
    """Read bounces, complaints and unsubscriptions since the last time; return the mailbox's error
    if it could not be read. A brand without a mailbox has none."""
    failed: dict[str, str] = {}
    if mailbox := brand_library(run.brand).brand(run.brand).mail.mailbox:
        _try(failed, mailbox, lambda: read_reports.fn(run))
    return failed


def _try(failed: dict[str, str], name: str, act: Callable[[], object]) -> None:
    try:
        run_log().info("%s: %s", name, act())
    except ConnectorError as error:
        failed.setdefault(name, str(error))


def _ask_dns(run: Run) -> str:
    """Ask the DNS of the sender's domain and keep what it says."""
    library = brand_library(run.brand)
    rules = library.brand(run.brand).mail
    found = check_sending_domain(rules.sender, rules.dkim_selectors, DnsNames())
    with open_warehouse() as warehouse:
        _, _, key = sending_account(warehouse, library, run)
        warehouse.save_sending_domain(key, found, run.started_at)
    return f"SPF {found.spf}, DKIM {found.dkim}, DMARC {found.dmarc}, MX {found.mx}"
