"""`marketloop publish`: publish what is due now, from the command line."""

from datetime import UTC, datetime

import click

from deployments.command import Command


@click.command(cls=Command, examples=("marketloop publish --brand acme",))
@click.option("--brand", required=True, help="Name of a brand file, without its ending.")
def publish(brand: str) -> None:
    """Publish the posts of a brand that are due; `marketloop up` does so by itself."""
    from deployments.running import prepare_warehouse
    from deployments.showing_actions import LONG
    from tasks.change_wording import ending, what
    from tasks.report.escape import plain
    from tasks.steps.publishing import publish_due

    prepare_warehouse()
    done = publish_due.fn(brand, datetime.now(UTC))
    for action in done:
        click.echo(f"{action.action_id} {plain(ending(action), LONG)}")
        click.echo(f"  {plain(what(action.proposal), LONG)}")
    if not done:
        click.echo("Nothing is due.")
