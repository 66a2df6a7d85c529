"""What happens when a person stops mail, lets it go on, or ends a doubt? It is kept, and told."""

from datetime import datetime

import click

from config.problems import choose
from config.settings import settings
from connectors.mail import SourceKind
from connectors.warehouse import Warehouse
from connectors.warehouse.mail_doubts import Settlement
from deployments.mail_office import mail_folder
from tasks.report.escape import plain
from tasks.run import WrongUseError

LONG = 300


def settle(brand: str, key: int, outcome: Settlement, who: str, why: str, now: datetime) -> None:
    """End a doubt as a person says. Raise `LookupError` for a message of the brand that is not in
    doubt."""
    _say_why(who, why)
    with _ledger() as warehouse:
        if key not in (open_ := {it.message_key for it in warehouse.mail_doubts(brand)}):
            there = choose(str(key), map(str, open_)) if open_ else "none is"
            raise LookupError(f"no message {key} of {brand} is in doubt; {there}")
        doubt = warehouse.settle_by_hand(key, outcome, who=who, why=why, now=now)
    what = f"Message {key} of {doubt.kind} {plain(doubt.source)}"
    said = "went out" if outcome == "sent" else "did not go out, and may be sent again"
    click.echo(f"{what} {said}.")


def halt(brand: str, kind: SourceKind, name: str, who: str, why: str, now: datetime) -> None:
    """Stop a sequence or campaign. Its file need not be right: only its name is looked for."""
    _say_why(who, why)
    _there("brand", brand, [path.stem for path in settings().brands_dir.glob("*.yaml")])
    _there(kind, name, [path.stem for path in (mail_folder(brand) / f"{kind}s").glob("*.yaml")])
    with _ledger() as warehouse:
        fresh = warehouse.stop_mail(brand, kind, name, who=who, why=why, now=now)
        (on,) = (it for it in warehouse.mail_stops(brand) if (it.kind, it.source) == (kind, name))
    already = "" if fresh else " already"
    since = f"{on.since:%Y-%m-%d %H:%M} UTC by {plain(on.who)}: {plain(on.why, LONG)}"
    click.echo(f"{kind} {name} is stopped{already}, since {since}")


def resume(brand: str, kind: SourceKind, name: str, who: str, why: str, now: datetime) -> None:
    """Let a sequence or campaign go on. Raise `LookupError` if it is not stopped."""
    _say_why(who, why)
    with _ledger() as warehouse:
        was = warehouse.release_mail(brand, kind, name, who=who, why=why, now=now)
    since = f"{was.since:%Y-%m-%d %H:%M} UTC by {plain(was.who)}: {plain(was.why, LONG)}"
    click.echo(f"{kind} {name} goes on. It was stopped on {since}")


def _ledger() -> Warehouse:
    return Warehouse(settings().warehouse_url.get_secret_value())


def _say_why(who: str, why: str) -> None:
    if not who.strip() or not why.strip():
        raise WrongUseError("say who decides, and why: both stay in the ledger")


def _there(what: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise LookupError(f"no {what} {name!r}; {choose(name, names)}")
