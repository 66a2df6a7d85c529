"""`marketloop customers ...`: how many are who, and what one of them may ask of us.

Everything heavy is imported by the command that needs it.
"""

from pathlib import Path

import click

from deployments.action_commands import JSON, YES
from deployments.command import Group
from deployments.content_commands import BRAND, FILE, now

WHO = click.argument("who")


@click.group(
    cls=Group,
    examples=(
        "marketloop customers segments --brand acme",
        "marketloop customers export 10482 --brand acme --out 10482.json",
        "marketloop customers erase 10482 --brand acme",
    ),
)
def customers() -> None:
    """See how many customers are in which segment; export or erase one of them."""


@customers.command(
    examples=(
        "marketloop customers segments --brand acme",
        "marketloop customers segments --brand acme --json",
    )
)
@BRAND
@JSON
def segments(brand: str, as_json: bool) -> None:
    """Show the segments: how many people, of how many it is not known, who came and who left.

    Sequences and campaigns go by the segments as of the last run; beside them stands how they
    would come out now.
    """
    from deployments.showing_customers import show_segments

    show_segments(brand, as_json, now())


@customers.command(
    examples=(
        "marketloop customers export 10482 --brand acme",
        "marketloop customers export jane@example.com --brand acme --out jane.json",
    )
)
@WHO
@BRAND
@click.option("--out", type=FILE, help="Write it here, readable by you only; without it, print it.")
def export(who: str, brand: str, out: Path | None) -> None:
    """Write all that is held of a customer, by customer id or address, as JSON.

    The only command that shows an address.
    """
    from deployments.one_customer import export_customer

    export_customer(brand, who, out)


@customers.command(
    examples=(
        "marketloop customers erase 10482 --brand acme",
        "marketloop customers erase jane@example.com --brand acme --yes",
    )
)
@WHO
@BRAND
@YES
def erase(who: str, brand: str, yes: bool) -> None:
    """Erase a customer for good, by customer id or address.

    Says first what goes and what stays, and asks. The customer does not come back with the next
    list.
    """
    from deployments.one_customer import erase_customer

    erase_customer(brand, who, yes, now())
