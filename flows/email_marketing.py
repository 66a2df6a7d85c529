"""Look after a brand's mail to its customers: who they are, what they got, what it did."""

from datetime import UTC, date, datetime

from prefect import flow, unmapped

from flows.paid_ads import failures
from tasks.run import Outcome
from tasks.steps.apply import apply_approved
from tasks.steps.audiences import propose_audiences
from tasks.steps.begin import begin
from tasks.steps.conclude import judge_changes
from tasks.steps.customers import know_customers
from tasks.steps.deliver import deliver
from tasks.steps.finish import finish
from tasks.steps.judge import judge
from tasks.steps.mail_upkeep import keep_mail
from tasks.steps.propose import propose
from tasks.steps.publish import publish
from tasks.steps.pull import pull_account
from tasks.steps.review import review_changes
from tasks.steps.work import track_work


@flow(flow_run_name="{brand}: e-mail marketing")
def email_marketing(
    brand: str, as_of: date | None = None, accounts: list[str] | None = None
) -> Outcome:
    """Read the lists of customers and orders, score everybody and say who moved; read what mail
    brought, sent by ourselves and by services; check it, keep the lists in order, and propose what
    should change. Messages themselves are sent by "marketing automation", at their moment.

    Args:
        brand: Name of a brand file, without its ending.
        as_of: Judge as of this day; the last day looked at is the one before. Empty means today
            in the brand's time zone.
        accounts: Only these entries of the brand file; empty means all of the process.
    """
    run = begin("email_marketing", brand, datetime.now(UTC), as_of, accounts)
    known = know_customers(run)
    failed = {**known.failed, **keep_mail(run)}
    pulls = pull_account.map(unmapped(run), list(run.accounts), return_state=True)
    failed |= failures(run.accounts, pulls)
    review_changes(run)
    judgement = judge(run, (), failed)
    judge_changes(run, judgement)
    propose(run, judgement, failed)
    failed |= propose_audiences(run)
    apply_approved(run, datetime.now(UTC))
    track_work(run, judgement)
    undelivered = deliver(run)
    report = publish(run, judgement, failed, known)
    return finish(run, judgement, failed, undelivered, report)
