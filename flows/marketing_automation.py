"""Write to each customer what is due, at his moment."""

from collections import Counter
from datetime import date

from prefect import flow

from tasks.steps.automation import nothing_runs
from tasks.steps.begin import begin, present
from tasks.steps.deliver import deliver
from tasks.steps.finish import end
from tasks.steps.mail_upkeep import read_mailbox
from tasks.steps.sending import send_what_is_due, tell_of_mail


@flow(flow_run_name="{brand}: marketing automation")
def marketing_automation(
    brand: str, as_of: date | None = None, accounts: list[str] | None = None
) -> dict[str, int]:
    """Let people into sequences and out of them, move them on, and send what is due: each message
    once, to people who agreed, inside their hours and caps. Bounces and complaints are read first.
    Returns how many messages ended how; nothing is done where no sequence or campaign runs.

    Args:
        brand: Name of a brand file, without its ending.
        as_of: The day that the run is filed under; empty means today in the brand's time zone.
        accounts: Only these entries of the brand file; empty means all of the process.
    """
    now = present()
    if nothing_runs(brand, now):
        return {}
    run = begin("marketing_automation", brand, now, as_of, accounts)
    failed = read_mailbox(run)
    sent, unsent = send_what_is_due(run, now)
    tell_of_mail(run, sent)
    end(run, failed | unsent, deliver(run))
    return dict(sum((one.counts for one in sent), Counter[str]()))
