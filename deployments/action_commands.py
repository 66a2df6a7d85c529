"""`marketloop actions ...`, `stop` and `resume`: look at changes and decide on them.

Everything heavy is imported by the command that needs it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from getpass import getuser
from typing import Any

import click

from deployments.command import Command, Group

DAY = click.DateTime(["%Y-%m-%d"])
JSON = click.option("--json", "as_json", is_flag=True, help="Print the facts for programs.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


def who_and_why(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the two options that every decision has."""
    who = click.option(
        "--who", default=getuser, show_default="your login", help="Who decides; it is kept."
    )
    why = click.option("--why", required=True, help="The reason; it is kept.")
    return who(why(command))


@click.group(
    cls=Group,
    examples=(
        "marketloop actions list --state proposed",
        "marketloop actions explain 12",
        'marketloop actions approve 12 --why "agreed with sales"',
    ),
)
def actions() -> None:
    """Look at proposed and made changes, and decide on them."""


@actions.command(
    "list",
    examples=(
        "marketloop actions list --brand acme --state proposed",
        "marketloop actions list --state applied --json",
    ),
)
@click.option("--brand", help="Only this brand's.")
@click.option("--process", help="Only this process's.")
@click.option("--playbook", help="Only this playbook's.")
@click.option("--state", "states", multiple=True, help="Only in this state: proposed, applied ...")
@click.option("--limit", default=50, show_default=True, help="At most so many, newest first.")
@JSON
def list_actions(
    brand: str | None,
    process: str | None,
    playbook: str | None,
    states: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """List actions, newest first."""
    from deployments.showing_actions import show_list

    show_list(brand, process, playbook, states, limit, as_json)


@actions.command(examples=("marketloop actions show 12",))
@click.argument("action", type=click.IntRange(1))
@JSON
def show(action: int, as_json: bool) -> None:
    """Show one action with its evidence and its whole history."""
    from deployments.showing_actions import show_one

    show_one(action, as_json)


@actions.command(examples=("marketloop actions explain 12",))
@click.argument("action", type=click.IntRange(1))
def explain(action: int) -> None:
    """Say what an action rests on, and which limits would refuse it now."""
    from deployments.showing_actions import explain_one

    explain_one(action)


VERSION = click.option(
    "--version", type=int, help="Decide only if it is still in this version, as `explain` shows it."
)


@actions.command(examples=('marketloop actions approve 12 --why "agreed with sales"',))
@click.argument("action", type=click.IntRange(1))
@VERSION
@YES
@who_and_why
def approve(action: int, version: int | None, yes: bool, who: str, why: str) -> None:
    """Approve a change; it is made at once, if every limit still allows it.

    A part of a decision, such as a re-split of budgets, stands for the whole: all of it is shown
    and asked for.
    """
    from deployments.deciding_actions import approve_whole

    approve_whole(action, who, why, version, yes)


@actions.command(examples=('marketloop actions reject 12 --why "the sale ends on Friday"',))
@click.argument("action", type=click.IntRange(1))
@VERSION
@YES
@who_and_why
def reject(action: int, version: int | None, yes: bool, who: str, why: str) -> None:
    """Reject a proposed change, and all that is one decision with it."""
    from deployments.deciding_actions import reject_whole

    reject_whole(action, who, why, version, yes)


@actions.command(examples=('marketloop actions edit 12 42.50 --why "half of it is enough"',))
@click.argument("action", type=click.IntRange(1))
@click.argument("value")
@VERSION
@who_and_why
def edit(action: int, value: str, version: int | None, who: str, why: str) -> None:
    """Change what a proposed change sets; it then waits for an approval of the new value."""
    from deployments.deciding_actions import edit_one

    edit_one(action, value, who, why, version)


@actions.command(
    examples=(
        'marketloop actions undo 12 --why "the sale is over"',
        'marketloop actions undo --since 2026-11-01 --brand acme --why "wrong targets"',
    )
)
@click.argument("action", type=click.IntRange(1), required=False)
@click.option("--run", "run_id", help="Everything that this run changed.")
@click.option("--brand", help="With --since: only this brand's changes.")
@click.option("--since", type=DAY, help="Everything changed from this day on (UTC) ...")
@click.option("--until", type=DAY, help="... up to and with this day; left out: until now.")
@YES
@who_and_why
def undo(
    action: int | None,
    run_id: str | None,
    brand: str | None,
    since: datetime | None,
    until: datetime | None,
    yes: bool,
    who: str,
    why: str,
) -> None:
    """Take back one decision, those of a run, or those of a time span, the newest first.

    Says first what cannot be taken back. Every reversal passes the same limits.
    """
    from deployments.deciding_actions import undo_some

    if sum(bool(way) for way in (action, run_id, since)) != 1:
        raise click.UsageError("name one of: an action's number, --run, --since")
    span = (since.replace(tzinfo=UTC), until and until.replace(tzinfo=UTC)) if since else None
    undo_some(action, run_id, brand, span, yes, who, why)


@click.command(
    cls=Command,
    examples=(
        'marketloop stop --why "price error on the site"',
        'marketloop stop --brand acme --process google_ads --why "audit"',
        'marketloop stop --process posts --why "no jokes today"',
    ),
)
@click.option("--brand", default="", help="Only this brand; without it, all.")
@click.option(
    "--process",
    default="",
    help="Only this process, `posts` (all social networks) or `mail`; without it, all.",
)
@who_and_why
def stop(brand: str, process: str, who: str, why: str) -> None:
    """Stop all changes on all platforms at once; reading and checking go on."""
    from deployments.deciding_actions import turn_switch

    turn_switch(True, who, why, brand, process)


@click.command(cls=Command, examples=('marketloop resume --why "prices are right again"',))
@click.option("--brand", default="", help="The brand that was stopped; without it, all.")
@click.option("--process", default="", help="The process that was stopped; without it, all.")
@who_and_why
def resume(brand: str, process: str, who: str, why: str) -> None:
    """Allow changes again that `stop` has stopped."""
    from deployments.deciding_actions import turn_switch

    turn_switch(False, who, why, brand, process)
