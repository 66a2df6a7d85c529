"""Ask the landing pages of the ads that run whether they answer."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from connectors.landing_pages import PageAnswer, probe
from tasks.landing import pages_to_probe
from tasks.run import Run
from tasks.steps.opening import brand_library, open_warehouse, run_log


@task(task_run_name="probe-landing-pages", timeout_seconds=900, cache_policy=NO_CACHE)
def probe_landing_pages(run: Run) -> list[PageAnswer]:
    """Return what each page answered. A brand without ads that name a page has none."""
    platform = brand_library(run.brand).process(run.process).platform
    with open_warehouse() as warehouse:
        accounts = warehouse.accounts(run.brand, platform)
        keys = accounts.loc[accounts["entry"].isin(run.accounts), "account_key"].tolist()
        ads = warehouse.entities(keys, "ad")
    answers = probe(pages_to_probe(ads))
    if answers and all(answer.status is None for answer in answers):
        run_log().warning(
            "No landing page answered: is this machine cut off? %s", answers[0].reason
        )
    return answers
