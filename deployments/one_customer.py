"""What may one customer ask of us? All that is held of him, and that it goes."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from config.library import load
from config.reading import shown
from config.settings import settings
from connectors.people_keys import PeopleKeys, people_keys
from connectors.warehouse import Warehouse
from tasks.report.numbers import plural
from tasks.steps.looking import open_to_look
from tasks.steps.mailing import KEY_FILE

OWNER = 0o600
"""Mode of a file that nobody else reads."""

KEPT = ("erasures", "suppressions", "lifted_suppressions")
"""Tables that outlive an erasure: they name nobody, and keep him from being written to again."""


def export_customer(brand: str, who: str, out: Path | None) -> None:
    """Print all that is held of a customer, or write it to a file that only its owner reads."""
    held = _held(brand, who)
    text = json.dumps(held, indent=2, ensure_ascii=False, default=str) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER), "w") as file:
        out.chmod(OWNER)  # it may have been there, open to others
        file.write(text)
    click.echo(f"Wrote {shown(out)}: {_counted({name: len(rows) for name, rows in held.items()})}.")


def erase_customer(brand: str, who: str, yes: bool, now: datetime) -> None:
    """Say what goes and what stays, ask, and erase a customer."""
    held = {name: len(rows) for name, rows in _held(brand, who).items()}
    goes = {name: count for name, count in held.items() if name not in KEPT}
    stays = {name: count for name, count in held.items() if name in KEPT}
    click.echo(f"Goes: {_counted(goes) or 'nothing more, it is gone already'}.")
    click.echo(
        "Stays, without a name or an address: that this customer was erased and gets no mail"
        f"{f' (so far {_counted(stays)})' if stays else ''}."
    )
    click.echo(
        "Not reached from here: the brand's own lists, mail services, the mail server's log and "
        "sent folder, backups, and files that were exported."
    )
    if not yes:
        click.confirm("Erase for good?", abort=True)
    with Warehouse(settings().warehouse_url.get_secret_value()) as warehouse:
        gone = warehouse.erase_person(brand, who, _keys(), now=now)
    click.echo(f"Erased: {_counted(gone) or 'nothing was left'}.")


def _held(brand: str, who: str) -> Mapping[str, list[Any]]:
    """Return all rows of a customer by table. Raise `LookupError` where there is none, without
    repeating who was asked for: it may be an address."""
    load(settings().library_dir, settings().brands_dir, brand)  # is there such a brand?
    with open_to_look() as warehouse:
        held = warehouse.export_person(brand, who, _keys())
    if not held:
        raise LookupError(
            f"nothing is held of this customer of {brand}; look at the spelling of the customer id "
            "or address"
        )
    return held


def _keys() -> PeopleKeys:
    return people_keys(settings().state_dir / KEY_FILE)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {plural(count, 'row')}" for name, count in sorted(counts.items()))
