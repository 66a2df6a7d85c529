"""The way every paid-ads process runs; a platform's own flow gives it its name and its text."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from prefect import State, unmapped

from tasks.run import Outcome
from tasks.steps.apply import apply_approved
from tasks.steps.begin import begin
from tasks.steps.conclude import judge_changes
from tasks.steps.deliver import deliver
from tasks.steps.finish import finish
from tasks.steps.judge import judge
from tasks.steps.probe import probe_landing_pages
from tasks.steps.propose import propose
from tasks.steps.publish import publish
from tasks.steps.pull import pull_account
from tasks.steps.review import review_changes
from tasks.steps.work import track_work


def check_accounts(
    process: str, brand: str, as_of: date | None, accounts: list[str] | None
) -> Outcome:
    """Pull the brand's accounts concurrently, check them, change what may be changed, tell the
    owners, leave a report.

    An account that fails stops no other; the run ends failed with all of them named.
    """
    run = begin(process, brand, datetime.now(UTC), as_of, accounts)
    pulls = pull_account.map(unmapped(run), list(run.accounts), return_state=True)
    failed = failures(run.accounts, pulls)
    review_changes(run)
    pages = probe_landing_pages(run)
    judgement = judge(run, pages, failed)
    judge_changes(run, judgement)
    propose(run, judgement, failed)
    apply_approved(run, datetime.now(UTC))
    track_work(run, judgement)
    undelivered = deliver(run)
    report = publish(run, judgement, failed)
    return finish(run, judgement, failed, undelivered, report)


def failures(names: Iterable[str], pulls: Iterable[State[Any]]) -> dict[str, str]:
    """Return the error of each account that failed."""
    return {
        name: str(pull.result(raise_on_failure=False))
        for name, pull in zip(names, pulls, strict=True)
        if not pull.is_completed()
    }
