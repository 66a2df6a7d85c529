"""`marketloop sequence ...`: see what sequences will do; `marketloop mail` approves and stops.

Everything heavy is imported by the command that needs it.
"""

import click

from deployments.action_commands import JSON
from deployments.command import Group
from deployments.content_commands import BRAND, now


@click.group(cls=Group, examples=("marketloop sequence simulate --brand acme",))
def sequence() -> None:
    """See what sequences of mail will do before they do it."""


@sequence.command(
    examples=(
        "marketloop sequence simulate --brand acme",
        "marketloop sequence simulate --brand acme --sequence welcome --days 60",
    )
)
@BRAND
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 366), help="So many.")
@click.option(
    "--sequence", "name", default="", help="Only this one, as if it ran; without it, all that run."
)
@JSON
def simulate(brand: str, days: int, name: str, as_json: bool) -> None:
    """Show who would get what in the next days. Nothing is sent or written.

    Starts with the people who are inside or may come in now, and says what it cannot know.
    """
    from deployments.showing_simulation import show_simulation

    show_simulation(brand, days, name, as_json, now())
