"""`marketloop content ...`: write posts, check them, look at them, approve and schedule them.

Everything heavy is imported by the command that needs it.
"""

from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

import click

from config.networks import NETWORKS
from deployments.command import Group

JSON = click.option("--json", "as_json", is_flag=True, help="Print the facts for programs.")
BRAND = click.option("--brand", required=True, help="Name of a brand file, without its ending.")
NAME = click.argument("name")
WHO = click.option(
    "--who", default=getuser, show_default="your login", help="Who decides; it is kept."
)
FILE = click.Path(dir_okay=False, path_type=Path)


def now() -> datetime:
    """Return the present moment; in a simulated market that stands still, on its day."""
    from config.settings import settings

    present, today = datetime.now(UTC), settings().today
    return present if today is None else datetime.combine(today, present.timetz())


@click.group(
    cls=Group,
    examples=(
        "marketloop content new winter_sale --brand acme",
        "marketloop content approve winter_sale --brand acme",
        'marketloop content schedule winter_sale --brand acme --at "2026-12-01 09:00"',
    ),
)
def content() -> None:
    """Write posts for social networks, check them, look at them, approve and schedule them.

    A post is a Markdown file in the folder `content` beside the brand's file: edit it wherever
    you like.
    """


@content.command(
    examples=(
        "marketloop content new winter_sale --brand acme",
        "marketloop content new winter_sale --brand acme --objective traffic --network linkedin",
    )
)
@NAME
@BRAND
@click.option("--objective", default="", help="One of the brand's; without it, the first one.")
@click.option(
    "--network",
    "networks",
    multiple=True,
    type=click.Choice(NETWORKS),
    help="Where it goes; without it, wherever the brand has an account.",
)
def new(name: str, brand: str, objective: str, networks: tuple[str, ...]) -> None:
    """Write a commented file for a new post, an idea so far."""
    from deployments.content_writing import write_new

    write_new(brand, name, objective, networks, now())


@content.command(
    examples=(
        "marketloop content check --brand acme",
        "marketloop content check winter_sale spring_sale --brand acme --json",
    )
)
@click.argument("names", nargs=-1)
@click.option("--brand", default="", help="Only this brand's; without it, all.")
@JSON
def check(names: tuple[str, ...], brand: str, as_json: bool) -> None:
    """Check posts against the networks' limits and the brand's rules.

    Ends with status 1 if a post has an error; a note stops nothing.
    """
    from deployments.content_showing import show_check

    if names and not brand:
        raise click.UsageError("name the --brand whose posts these are")
    raise SystemExit(1 if show_check(brand, names, as_json, now()) else 0)


@content.command(
    examples=(
        "marketloop content preview winter_sale --brand acme",
        "marketloop content preview winter_sale --brand acme --out winter_sale.html",
    )
)
@NAME
@BRAND
@click.option("--out", type=FILE, help="Write the page here; without it, below the state folder.")
def preview(name: str, brand: str, out: Path | None) -> None:
    """Write a page that shows the post as each of its networks will."""
    from deployments.content_showing import write_preview

    write_preview(brand, name, out, now())


@content.command(
    examples=(
        "marketloop content approve winter_sale --brand acme",
        'marketloop content approve winter_sale --brand acme --who Jane --why "legal has seen it"',
    )
)
@NAME
@BRAND
@WHO
@click.option("--why", default="", help="The reason; it is kept.")
def approve(name: str, brand: str, who: str, why: str) -> None:
    """Say that somebody has read every word of a post and seen every picture.

    The approval is written into the file and ends with the next edit of what readers will see. A
    post that was scheduled stays so. Ends with status 1, and nothing written, if `check` would
    find an error.
    """
    from deployments.content_writing import approve as approve_post

    raise SystemExit(0 if approve_post(brand, name, who, why, now()) else 1)


@content.command(
    examples=('marketloop content schedule winter_sale --brand acme --at "2026-12-01 09:00"',)
)
@NAME
@BRAND
@click.option("--at", required=True, help='The brand\'s local time: "2026-12-01 09:00".')
def schedule(name: str, brand: str, at: str) -> None:
    """Give an approved post its time.

    Quiet hours, holidays, the distance to other posts and times that the clock leaves out are
    looked at; what is in the way is said, and nothing is written then.
    """
    from deployments.content_writing import schedule as schedule_post

    schedule_post(brand, name, at, now())


@content.command(examples=("marketloop content suggest winter_sale --brand acme",))
@NAME
@BRAND
@JSON
def suggest(name: str, brand: str, as_json: bool) -> None:
    """Propose hashtags and times by what the brand's own posts earned, each with how sure it is.

    Some are there to be tried out: else nothing new is ever learned."""
    from deployments.content_suggesting import show_suggestions

    show_suggestions(brand, name, now(), as_json)


@content.command(
    examples=(
        "marketloop content calendar --brand acme",
        "marketloop content calendar --brand acme --days 60 --html plan.html --ics plan.ics",
    )
)
@BRAND
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 366), help="So many.")
@click.option("--html", type=FILE, help="Write a page with months here as well.")
@click.option("--ics", type=FILE, help="Write an iCalendar file here as well.")
@JSON
def calendar(brand: str, days: int, html: Path | None, ics: Path | None, as_json: bool) -> None:
    """Show what is planned from today on, and the holes: days and objectives without a post, posts
    that are due and not approved."""
    from deployments.content_showing import show_calendar

    show_calendar(brand, days, html, ics, as_json, now())
