"""Watch a brand's websites and how they are found."""

from datetime import UTC, date, datetime

from prefect import flow, unmapped

from flows.paid_ads import failures
from tasks.run import Outcome
from tasks.steps.begin import begin
from tasks.steps.deliver import deliver
from tasks.steps.finish import finish
from tasks.steps.judge import judge
from tasks.steps.publish import publish
from tasks.steps.pull import pull_account
from tasks.steps.sites import Depth, look_at_pages, read_sites
from tasks.steps.work import track_work


@flow(flow_run_name="{brand}: SEO")
def seo(
    brand: str,
    as_of: date | None = None,
    accounts: list[str] | None = None,
    depth: Depth = "as due",
) -> Outcome:
    """Pull what searches and analytics tell of a brand's websites, read the sites themselves, check
    both, and hand what people have to mend to its owners. Nothing is changed on a site.

    Args:
        brand: Name of a brand file, without its ending.
        as_of: Judge as of this day; the last day looked at is the one before. Empty means today
            in the brand's time zone.
        accounts: Only these entries of the brand file; empty means all of the process.
        depth: watch asks the site's files and its important pages; full crawls all of it; as due
            does what the brand file's `site` says.
    """
    run = begin("seo", brand, datetime.now(UTC), as_of, accounts)
    pulls = pull_account.map(unmapped(run), list(run.accounts), return_state=True)
    failed = failures(run.accounts, pulls)
    failed |= read_sites(run, depth)
    failed |= look_at_pages(run)
    judgement = judge(run, (), failed)
    track_work(run, judgement)
    undelivered = deliver(run)
    report = publish(run, judgement, failed)
    return finish(run, judgement, failed, undelivered, report)
