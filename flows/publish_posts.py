"""Publish a brand's posts on its social networks when they are due."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from prefect import flow
from pydantic import Field

from tasks.steps.publishing import due_next, publish_due
from tasks.steps.waiting import wait_until


@flow(flow_run_name="{brand}: publish posts")
def publish_posts(brand: str, minutes: Annotated[int, Field(ge=0, le=60)] = 0) -> int:
    """Publish the approved posts of a brand that are due, each once and to the minute. A post that
    missed its time is not sent late: its owner is asked.

    Args:
        brand: Name of a brand file, without its ending.
        minutes: Stay for so long and publish what becomes due meanwhile; 0 looks once.
    """
    now = datetime.now(UTC)
    until = now + timedelta(minutes=minutes)
    looked_after = len(publish_due(brand, now))
    while due := due_next(brand, now, until):
        now = wait_until(due)
        looked_after += len(publish_due(brand, now))
    return looked_after
