"""The way a social network's process runs; each network's own flow gives it its name and its text.

Posts go out by `publish_posts`, to the minute; this is the daily look at what they did.
"""

from datetime import UTC, date, datetime

from prefect import unmapped

from flows.paid_ads import failures
from tasks.run import Outcome
from tasks.steps.begin import begin
from tasks.steps.deliver import deliver
from tasks.steps.finish import finish
from tasks.steps.judge import judge
from tasks.steps.listening import listen
from tasks.steps.publish import publish
from tasks.steps.pull import pull_account
from tasks.steps.review import review_changes
from tasks.steps.work import track_work


def look_after_network(
    process: str, brand: str, as_of: date | None, accounts: list[str] | None
) -> Outcome:
    """Pull the accounts' figures, read posts, comments and followers, check them, hand comments to
    be answered and holes of the calendar to their owners, leave a report.

    An account that fails stops no other; the run ends failed with all of them named.
    """
    run = begin(process, brand, datetime.now(UTC), as_of, accounts)
    pulls = pull_account.map(unmapped(run), list(run.accounts), return_state=True)
    failed = failures(run.accounts, pulls)
    failed |= listen(run)
    review_changes(run)
    judgement = judge(run, (), failed)
    track_work(run, judgement)
    undelivered = deliver(run)
    report = publish(run, judgement, failed)
    return finish(run, judgement, failed, undelivered, report)
