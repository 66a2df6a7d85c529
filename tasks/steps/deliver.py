"""Tell the owners: send what waits in the outbox."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.secrets import MissingSecretError
from connectors.base import RejectedError
from connectors.notifiers import outbox
from tasks.run import Run
from tasks.steps.opening import open_warehouse, resolve_secret, run_log


@task(task_run_name="deliver", timeout_seconds=900, cache_policy=NO_CACHE)
def deliver(run: Run) -> tuple[str, ...]:
    """Send every message of the brand that is due; return a sentence for each that did not go.

    An owner without an address is a choice that the brand may make: the log says so, no more.
    """
    with open_warehouse() as warehouse:
        report = outbox.deliver(warehouse, run.brand, _address)
    for sentence in report.unaddressed:
        run_log().warning("Nobody was told: %s", sentence)
    return report.problems


def _address(reference: str) -> str:
    """Return an Apprise URL. A reference to nothing is a refusal that a person can mend."""
    try:
        return resolve_secret(reference)
    except MissingSecretError as error:
        raise RejectedError(str(error)) from error
