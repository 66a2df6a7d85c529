"""The command line: `marketloop COMMAND --help` shows what each command does, with an example.

Exit status: 0 fine; 1 findings at or above --fail-on; 2 wrong use or configuration; 3 a platform
or the database failed. Everything heavy is imported by the command that needs it.
"""

from datetime import date, datetime
from typing import Any, Literal

import click

from deployments.action_commands import actions, resume, stop
from deployments.command import Command
from deployments.content_commands import content
from deployments.customer_commands import customers
from deployments.mail_commands import mail
from deployments.preview_commands import preview, replay
from deployments.publish_command import publish
from deployments.replies_commands import replies
from deployments.sequence_commands import sequence
from deployments.todo_commands import todo

FINDINGS, WRONG_USE, OUTSIDE_FAILED = 1, 2, 3


class Commands(click.Group):
    """Turns our errors into a sentence and the exit status that the module docstring names."""

    command_class = Command

    def invoke(self, ctx: click.Context) -> Any:
        from config.problems import ConfigurationError
        from connectors.base import ConnectorError
        from tasks.run import RunFailedError, WrongUseError

        try:
            return super().invoke(ctx)
        except (ConfigurationError, WrongUseError, LookupError) as error:
            message = str(error.args[0] if isinstance(error, KeyError) else error)
            click.secho(message, fg="red", err=True)
            ctx.exit(WRONG_USE)
        except (ConnectorError, RunFailedError) as error:
            click.secho(str(error), fg="red", err=True)
            ctx.exit(OUTSIDE_FAILED)


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(package_name="marketloop")
def main() -> None:
    """Digital marketing run as scheduled, checked, accountable processes on Prefect."""


JSON = click.option("--json", "as_json", is_flag=True, help="Print the facts for programs.")
DAY = click.DateTime(["%Y-%m-%d"])


def _address(text: str) -> str:
    from connectors.addresses import normal

    if text and not normal(text):
        raise click.BadParameter(f"{text!r} is no address such as https://www.example.com/")
    return normal(text)


def day(moment: datetime | None) -> date | None:
    """Return the day that a `--as-of` option names, None without one."""
    return moment.date() if moment else None


@main.command(
    examples=(
        "marketloop run google_ads --brand acme",
        "marketloop run google_ads --brand acme --as-of 2026-11-01 --fail-on warning",
    )
)
@click.argument("process")
@click.option("--brand", required=True, help="Name of a brand file, without its ending.")
@click.option("--as-of", type=DAY, help="Judge as of this day; without it, today.")
@click.option("--account", "accounts", multiple=True, help="Only this entry of the brand file.")
@click.option(
    "--fail-on",
    type=click.Choice(["critical", "warning", "never"]),
    default="critical",
    show_default=True,
    help="End with status 1 when something at least as bad was found.",
)
@JSON
def run(
    process: str,
    brand: str,
    as_of: datetime | None,
    accounts: tuple[str, ...],
    fail_on: str,
    as_json: bool,
) -> None:
    """Run a process now, here; on the Prefect server if one is configured (PREFECT_API_URL)."""
    from deployments.running import run_now

    found = run_now(process, brand, day(as_of), list(accounts) or None)
    found.show(as_json)
    if found.problems:
        raise SystemExit(OUTSIDE_FAILED)
    if fail_on != "never" and found.at_least(fail_on):
        raise SystemExit(FINDINGS)


@main.command(examples=("marketloop validate", "marketloop validate --no-secrets --json"))
@click.option("--secrets/--no-secrets", default=True, help="Look whether each secret can be read.")
@JSON
def validate(secrets: bool, as_json: bool) -> None:
    """Check every file of the configuration: where, what is wrong, and the valid choices."""
    from deployments.validating import validate_files

    raise SystemExit(WRONG_USE if validate_files(secrets, as_json) else 0)


@main.command(
    examples=(
        "marketloop init",
        "marketloop init --brand acme --name Acme --platform google_ads --account-id 444-555-6666",
        "marketloop init --brand acme --name Acme --platform google_ads --account-id 444-555-6666 "
        "--file 'exports/*.csv'",
        "marketloop init --brand acme --name Acme --platform google_ads --account-id 444-555-6666 "
        "--site https://www.example.com/",
    )
)
@click.option("--brand", prompt="Short name of the brand, in lower case", help="The file's name.")
@click.option("--name", prompt="Name of the business", help="As people write it.")
@click.option("--currency", prompt=True, default="EUR", show_default=True, help="ISO 4217.")
@click.option("--time-zone", prompt=True, default="Europe/Berlin", show_default=True, help="IANA.")
@click.option(
    "--platform",
    prompt="Platform of the first account",
    type=click.Choice(["google_ads", "meta_ads"]),
    default="google_ads",
    show_default=True,
)
@click.option("--account-id", prompt="Account id, as the platform shows it")
@click.option("--manager-id", default="", help="Google: the manager account, if there is one.")
@click.option("--file", "path", default="", help="Read exports from here, not from the platform.")
@click.option(
    "--site",
    default="",
    callback=lambda _context, _option, value: _address(value),
    help="Where the website starts; without it, it is not read.",
)
def init(
    brand: str,
    name: str,
    currency: str,
    time_zone: str,
    platform: Literal["google_ads", "meta_ads"],
    account_id: str,
    manager_id: str,
    path: str,
    site: str,
) -> None:
    """Write a commented brand file that editors complete and check."""
    from config.init import AccountAnswer, BrandAnswers, variables
    from deployments.validating import write_brand

    way: Literal["file"] | None = "file" if path else None
    account = AccountAnswer(platform, account_id, way, manager_id, path)
    answers = BrandAnswers(brand, name, currency, time_zone, [account], site=site)
    click.echo(f"Wrote {write_brand(answers)}.")
    if names := variables(answers):
        click.echo(f"Put these into the environment or .env: {', '.join(names)}")
    click.echo("Next: marketloop validate")


@main.command(examples=("marketloop up", "marketloop up --port 4200"))
@click.option(
    "--port", default=4200, show_default=True, help="Of the Prefect server, if one is started."
)
def up(port: int) -> None:
    """Serve all deployments with their schedules, with a Prefect server if none is configured."""
    from deployments.serving import serve_all

    serve_all(port)


@main.command(examples=("marketloop demo", "marketloop demo --once"))
@click.option("--once", is_flag=True, help="End after the runs, with status 0.")
@click.option("--port", default=4200, show_default=True, help="Of the Prefect server.")
def demo(once: bool, port: int) -> None:
    """Run every process on a simulated market, with a server and a warehouse of its own."""
    from deployments.demo import run_demo

    run_demo(once, port)


@main.command(examples=("marketloop migrate",))
def migrate() -> None:
    """Bring the warehouse's tables to the shape that this version needs."""
    from deployments.running import prepare_warehouse

    click.echo(f"{prepare_warehouse(migrate=True)} is up to date")


main.add_command(actions)
main.add_command(content)
main.add_command(publish)
main.add_command(replies)
main.add_command(mail)
main.add_command(sequence)
main.add_command(customers)
main.add_command(stop)
main.add_command(resume)
main.add_command(preview)
main.add_command(replay)
main.add_command(todo)
