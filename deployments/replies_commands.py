"""`marketloop replies ...`: see who waits for an answer on social networks, and answer.

Everything heavy is imported by the command that needs it.
"""

from getpass import getuser
from pathlib import Path

import click

from deployments.action_commands import JSON
from deployments.command import Group

BRAND = click.option("--brand", required=True, help="Name of a brand file, without its ending.")
ACCOUNT = click.argument("account")
COMMENT = click.argument("comment")
WHO = click.option(
    "--who", default=getuser, show_default="your login", help="Who answers; it is kept."
)


@click.group(
    cls=Group,
    examples=(
        "marketloop replies list --brand acme",
        'marketloop replies write linkedin 726510002 --brand acme --text "Yes, until 6 pm."',
        "marketloop replies close linkedin 726510002 --brand acme",
    ),
)
def replies() -> None:
    """See who waits for an answer on social networks, and answer."""


@replies.command(
    "list",
    examples=("marketloop replies list --brand acme", "marketloop replies list --brand acme --all"),
)
@BRAND
@click.option("--all", "every", is_flag=True, help="Thanks and remarks too, which need no answer.")
@JSON
def list_comments(brand: str, every: bool, as_json: bool) -> None:
    """List comments and mentions that nobody has answered, the most urgent first."""
    from deployments.showing_replies import show_list

    show_list(brand, every, as_json)


@replies.command(
    examples=(
        'marketloop replies write mastodon 117020585924712638 --brand acme --text "We do."',
        "marketloop replies write linkedin 7265100000000000002 --brand acme --file answer.txt",
    )
)
@ACCOUNT
@COMMENT
@BRAND
@click.option("--text", default="", help="What you answer, as people will read it.")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Or a file of it."
)
@WHO
def write(account: str, comment: str, brand: str, text: str, file: Path | None, who: str) -> None:
    """Answer a comment: it is published at once, through the limits that hold for all we say."""
    from deployments.showing_replies import answer

    if bool(text) == bool(file):
        raise click.UsageError("give --text or --file, one of them")
    answer(brand, account, comment, file.read_text(encoding="utf-8") if file else text, who)


@replies.command(examples=("marketloop replies close linkedin 7265100000000000002 --brand acme",))
@ACCOUNT
@COMMENT
@BRAND
def close(account: str, comment: str, brand: str) -> None:
    """Note that a comment needs no answer."""
    from tasks.steps.replying import needs_no_reply

    needs_no_reply.fn(brand, account, comment)
    click.echo(f"{comment} needs no answer.")
