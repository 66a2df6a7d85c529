"""`marketloop preview` and `marketloop replay`: what would happen, and what would have happened.

Everything heavy is imported by the command that needs it.
"""

from datetime import UTC, datetime

import click

from deployments.command import Command

DAY = click.DateTime(["%Y-%m-%d"])
JSON = click.option("--json", "as_json", is_flag=True, help="Print the facts for programs.")
BRAND = click.option("--brand", required=True, help="Name of a brand file, without its ending.")
ACCOUNT = click.option(
    "--account", "accounts", multiple=True, help="Only this entry of the brand file."
)

PREVIEW_EXAMPLES = (
    "marketloop preview google_ads --brand acme",
    "marketloop preview google_ads --brand acme --account main --json",
)

REPLAY_EXAMPLES = (
    "marketloop replay google_ads --brand acme",
    "marketloop replay google_ads --brand acme --playbook google_cut_budget --as-if-known",
    "marketloop replay google_ads --brand acme --from 2026-08-01 --to 2026-10-31 --json",
)


def now() -> datetime:
    """Return the moment from which one looks."""
    return datetime.now(UTC)


@click.command(cls=Command, examples=PREVIEW_EXAMPLES)
@click.argument("process")
@BRAND
@ACCOUNT
@JSON
def preview(process: str, brand: str, accounts: tuple[str, ...], as_json: bool) -> None:
    """Say what a process would propose and do now, and why it would leave out the rest.

    It uses the figures that were pulled last, and reads settings and change history now. Nothing
    is written: not to the warehouse, not to a platform.
    """
    from deployments.previewing import show_preview

    show_preview(brand, process, accounts, as_json, now())


@click.command(cls=Command, examples=REPLAY_EXAMPLES)
@click.argument("process")
@BRAND
@click.option("--from", "first", type=DAY, help="The first day; left out, 89 days before the last.")
@click.option("--to", "last", type=DAY, help="The last day; left out, the newest with figures.")
@click.option(
    "--playbook", "playbooks", multiple=True, help="Only this playbook; left out, all together."
)
@ACCOUNT
@click.option(
    "--as-if-known",
    is_flag=True,
    help="Every day sees what is known today of the days before it, not what was known then.",
)
@JSON
def replay(
    process: str,
    brand: str,
    first: datetime | None,
    last: datetime | None,
    playbooks: tuple[str, ...],
    accounts: tuple[str, ...],
    as_if_known: bool,
    as_json: bool,
) -> None:
    """Run a process's checks and playbooks over past days: how often, on what, refused by what?

    Run this before you switch a playbook from observe to propose or act, and after you change one:
    the files are read as they are now, and without further options the last 90 days are replayed.
    Each day sees only what was known then. What passes counts as done from that day on, in a
    ledger that is thrown away; nothing is changed anywhere.

    A rule in mode act that is new or changed asks a person before every change, until it was
    replayed as it is now, over the last 90 days at least and with all accounts.
    """
    from deployments.previewing import show_replay

    span = (first.date() if first else None, last.date() if last else None)
    show_replay(brand, process, span, playbooks, accounts, as_if_known, as_json, now())
