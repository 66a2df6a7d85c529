"""What a person sees of suggestions for a post."""

import json
from datetime import datetime

import click

from deployments.plain_data import plain_data
from deployments.showing_actions import ledger
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.steps.opening import brand_library
from tasks.steps.suggesting import suggest


def show_suggestions(brand: str, name: str, now: datetime, as_json: bool) -> None:
    """Print hashtags and times that fit a post, each with its reason."""
    library = brand_library(brand)
    with ledger() as warehouse:
        found = suggest(warehouse, library, brand, name, now)
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
        return
    if not found:
        raise LookupError(
            f"no account of {brand} on {name}'s networks has been read yet: run the network's "
            "process first"
        )
    for one in found:
        sample = plural(one.posts, "post")
        click.secho(f"{one.account}, by {sample} whose earnings are known", bold=True)
        for test in one.tests:
            click.echo(f"  {plain(test, 0)}")
        for tag in one.hashtags:
            click.echo(f"  #{plain(tag.hashtag)}: {plain(tag.reason, 0)}")
        for slot in one.slots:
            click.echo(f"  {slot.publish_at}: {plain(slot.reason, 0)}")
