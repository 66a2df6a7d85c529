"""`marketloop mail ...`: check, approve, watch and stop what a brand writes to its customers.

Everything heavy is imported by the command that needs it.
"""

from pathlib import Path
from typing import Literal

import click

from deployments.action_commands import JSON, YES, who_and_why
from deployments.command import Group
from deployments.content_commands import BRAND, FILE, WHO, now

Kind = Literal["sequence", "campaign"]
"""As `connectors.mail.SourceKind`, which takes a while to import."""

KIND = click.argument("kind", type=click.Choice(["sequence", "campaign"]))
NAME = click.argument("name")


@click.group(
    cls=Group,
    examples=(
        "marketloop mail check --brand acme",
        "marketloop mail approve sequence welcome --brand acme",
        "marketloop mail status --brand acme",
    ),
)
def mail() -> None:
    """Check, approve, watch and stop what a brand writes to its customers.

    Sequences, campaigns and templates are files in the folder `mail` beside the brand's file.
    Nothing here says who somebody is.
    """


@mail.command(
    examples=(
        "marketloop mail check --brand acme",
        "marketloop mail check welcome_1 newsletter --brand acme --links",
    )
)
@click.argument("names", nargs=-1)
@click.option("--brand", default="", help="Only this brand's; without it, all.")
@click.option("--links", is_flag=True, help="Ask every address whether it answers.")
@JSON
def check(names: tuple[str, ...], brand: str, links: bool, as_json: bool) -> None:
    """Check templates, sequences and campaigns, also against what is known of the people.

    Ends with status 1 if something must be mended; a note stops nothing.
    """
    from deployments.checking_mail import show_check

    if names and not brand:
        raise click.UsageError("name the --brand whose mail it is")
    raise SystemExit(1 if show_check(brand, names, links, as_json, now()) else 0)


@mail.command(
    examples=(
        "marketloop mail preview welcome_1 --brand acme",
        "marketloop mail preview welcome_1 --brand acme --out welcome_1.html",
    )
)
@NAME
@BRAND
@click.option("--out", type=FILE, help="Write the page here; without it, below the state folder.")
def preview(name: str, brand: str, out: Path | None) -> None:
    """Write a page that shows a template as people with all kinds of names will read it."""
    from deployments.checking_mail import write_preview

    write_preview(brand, name, out, now())


@mail.command(
    examples=(
        "marketloop mail approve sequence welcome --brand acme",
        'marketloop mail approve campaign spring --brand acme --who Jane --why "legal has seen it"',
    )
)
@KIND
@NAME
@BRAND
@WHO
@click.option("--why", default="", help="The reason; it is kept.")
@YES
def approve(kind: Kind, name: str, brand: str, who: str, why: str, yes: bool) -> None:
    """Say that somebody has read all of a sequence or campaign, and let it run.

    Shows who gets what and when, and asks. The approval is written into the file and ends with
    the next edit of steps, segments or templates. Ends with status 1, and nothing written, if
    `check` would find an error.
    """
    from deployments.approving_mail import approve as approve_plan

    raise SystemExit(0 if approve_plan(brand, kind, name, who, why, yes, now()) else 1)


@mail.command(
    examples=("marketloop mail status --brand acme", "marketloop mail status --brand acme --json")
)
@BRAND
@JSON
def status(brand: str, as_json: bool) -> None:
    """Show sequences and campaigns: who is inside, what went out, what is stopped or in doubt."""
    from deployments.showing_mail import show_status

    show_status(brand, as_json, now())


@mail.command(examples=("marketloop mail doubts --brand acme",))
@BRAND
@JSON
def doubts(brand: str, as_json: bool) -> None:
    """List messages of which nobody knows whether they went out.

    They count as sent. The server's log or the sent folder knows more; then `settle` ends it.
    """
    from deployments.showing_mail import show_doubts

    show_doubts(brand, as_json)


@mail.command(
    examples=(
        'marketloop mail settle 1207 sent --brand acme --why "it is in the server\'s log"',
        'marketloop mail settle 1207 released --brand acme --why "the server never had it"',
    )
)
@click.argument("key", type=click.IntRange(1))
@click.argument("outcome", type=click.Choice(["sent", "released"]))
@BRAND
@who_and_why
def settle(key: int, outcome: Literal["sent", "released"], brand: str, who: str, why: str) -> None:
    """End a doubt: the message went (`sent`), or it surely did not (`released`).

    A released message may be sent again.
    """
    from deployments.deciding_mail import settle as settle_doubt

    settle_doubt(brand, key, outcome, who, why, now())


@mail.command(
    examples=('marketloop mail halt sequence welcome --brand acme --why "wrong price in step 2"',)
)
@KIND
@NAME
@BRAND
@who_and_why
def halt(kind: Kind, name: str, brand: str, who: str, why: str) -> None:
    """Stop one sequence or campaign at once. `marketloop stop --process mail` stops all mail."""
    from deployments.deciding_mail import halt as halt_plan

    halt_plan(brand, kind, name, who, why, now())


@mail.command(
    examples=('marketloop mail resume sequence welcome --brand acme --why "price is right again"',)
)
@KIND
@NAME
@BRAND
@who_and_why
def resume(kind: Kind, name: str, brand: str, who: str, why: str) -> None:
    """Let a sequence or campaign go on that a person or the breaker has stopped."""
    from deployments.deciding_mail import resume as resume_plan

    resume_plan(brand, kind, name, who, why, now())


@mail.command(examples=("marketloop mail serve", "marketloop mail serve --port 8025"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", default=8025, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Answer those who unsubscribe or follow a link, for all brands, until Ctrl-C.

    A proxy with a certificate stands before it; `mail.unsubscribe_url` in a brand's file is how
    others reach that.
    """
    from deployments.serving_mail import serve as serve_links

    serve_links(host, port)
