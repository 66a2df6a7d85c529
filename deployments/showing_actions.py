"""What a person sees of actions on the command line."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

import click

from config.problems import choose
from config.settings import settings
from connectors.actions import STATES, Action, ActionState
from connectors.warehouse import Warehouse
from deployments.plain_data import plain_data
from tasks.change_wording import effect, ending, what
from tasks.gate.passing import refusals
from tasks.gate.state import GateState
from tasks.joint import Joint, summary
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.steps.apply import place
from tasks.steps.arrival import lags_of_brand
from tasks.steps.decide import whole_of
from tasks.steps.gating import gate_state
from tasks.steps.opening import brand_library
from tasks.steps.platforms import Platforms

LONG = 400
"""Texts from outside are cut at this length."""

COLOURS = {
    "proposed": "bold yellow",
    "approved": "cyan",
    "applying": "cyan",
    "applied": "green",
    "verified": "green",
    "judged": "green",
    "failed": "bold red",
    "drifted": "red",
}


def show_list(
    brand: str | None,
    process: str | None,
    playbook: str | None,
    states: Sequence[str],
    limit: int,
    as_json: bool,
) -> None:
    """Print a table of actions, newest first."""
    if wrong := [state for state in states if state not in STATES]:
        raise LookupError(f"no state {wrong[0]!r}; {choose(wrong[0], STATES)}")
    with ledger() as warehouse:
        found = warehouse.actions(
            brand=brand,
            process=process,
            playbook=playbook,
            states=cast("tuple[ActionState, ...]", tuple(states)) or None,
            limit=limit,
        )
        stops = warehouse.stops()
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
        return
    for on in stops:
        scope = f"{on.brand or 'all brands'}, {on.process or 'all processes'}"
        click.secho(f"Stopped: {scope}, by {on.who}: {on.why}", fg="red", bold=True)
    _print_table(found)


def show_one(action_id: int, as_json: bool) -> None:
    """Print everything that the ledger has about an action, and of what it is a part."""
    with ledger() as warehouse:
        action = warehouse.action(action_id)
        events = warehouse.events(action_id)
        whole = whole_of(warehouse, action)
    if as_json:
        decision = {"version": whole.version, "parts": [one.action_id for one in whole.parts]}
        facts = plain_data(action) | {"events": plain_data(events), "decision": decision}
        click.echo(json.dumps(facts, indent=2))
        return
    for line in _described(action, whole):
        click.echo(line)
    click.echo("\nHistory")
    for event in events:
        note = plain(event.explanation, LONG) if event.explanation else ""
        reason = f" ({event.reason})" if event.reason else ""
        click.echo(
            f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.state}{reason}  by {plain(event.actor)}"
            + (f": {note}" if note else "")
        )


def explain_one(action_id: int) -> None:
    """Print what an action rests on, and every limit that would refuse it or its whole now."""
    with ledger() as warehouse:
        action = warehouse.action(action_id)
        whole = whole_of(warehouse, action)
        parts = whole.waiting if len(whole.parts) > 1 and whole.waiting else (action,)
        state, failed = _now(warehouse, parts)
    for line in _described(action, whole):
        click.echo(line)
    against = [(part, refusal) for part in parts for refusal in refusals(part, state)]
    click.echo("\nLimits, as things are now")
    for part, refusal in against:
        of = f"{part.action_id}: " if len(parts) > 1 else ""
        click.echo(f"  {of}{refusal.reason}: {plain(refusal.sentence, LONG)}")
    if not against:
        click.echo("  none refuses it")
    if whole.waiting:
        click.echo(f"\nApproving carries out {plural(len(whole.waiting), 'change')}.")
    if whole.broken:
        click.secho(f"It cannot be approved: {plain(whole.broken, LONG)}", fg="red")
    for entry, error in failed.items():
        click.secho(f"  {entry} could not be read: {error}", fg="red", err=True)


def _now(warehouse: Warehouse, parts: Sequence[Action]) -> tuple[GateState, Mapping[str, str]]:
    """Read what the gate asks for; the second are accounts that could not be read."""
    now, brand = datetime.now(UTC), parts[0].proposal.brand
    library = brand_library(brand)
    platforms = Platforms(warehouse, library, brand)
    settings = platforms.settings(map(place, parts))
    lags = lags_of_brand(warehouse, library, brand, now.date())
    state = gate_state(warehouse, library, brand, settings, lags, now)
    return state, platforms.failed


def lines_of(whole: Joint) -> list[str]:
    """Return the parts of a decision as lines of text, under what it comes to."""
    return [
        f"{summary(whole)}, version {whole.version}",
        *(
            f"  {part.action_id} {part.state}: {plain(what(part.proposal), LONG)}"
            for part in whole.parts
        ),
    ]


def ledger() -> Warehouse:
    """Open the warehouse that the settings name."""
    return Warehouse(settings().warehouse_url.get_secret_value())


def _print_table(found: Sequence[Action]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for heading in ("Id", "State", "Change", "Why"):
        table.add_column(heading, overflow="fold")
    for action in found:
        proposal = action.proposal
        table.add_row(
            str(action.action_id),
            Text(action.state, style=COLOURS.get(action.state, "dim")),
            Text(f"{plain(proposal.brand)}: {plain(what(proposal), LONG)}"),
            Text(plain(action.explanation or proposal.sentence, LONG)),
        )
    Console().print(table if found else "There are no such actions.")


def _described(action: Action, whole: Joint) -> list[str]:
    """Return an action as lines of text, with the others of its decision."""
    proposal = action.proposal
    facts: list[tuple[str, str]] = [
        ("Action", f"{action.action_id}, version {action.version}"),
        ("State", ending(action)),
        ("Change", what(proposal)),
        ("Where", f"{proposal.brand}, {proposal.process}, account {proposal.account_key}"),
        ("Why", proposal.sentence),
        ("Playbook", f"{proposal.playbook}, answering {proposal.check or 'no check'}"),
        ("Owner", proposal.owner),
        ("Figures up to", str(proposal.window_end)),
        ("Numbers", ", ".join(f"{k} {v:g}" for k, v in proposal.numbers.items())),
        ("Expected", effect(proposal.expected, proposal.currency) if proposal.expected else ""),
        ("Wrong if", proposal.risk),
        ("Taken back by", proposal.undo or "cannot be taken back"),
        ("Comes back on", str(proposal.restore_on or "")),
        ("Takes back", f"action {proposal.takes_back}" if proposal.takes_back else ""),
        ("Approved by", ", ".join(action.approvals)),
        ("Waits until", f"{proposal.expires_at:%Y-%m-%d %H:%M} UTC"),
        ("Turned out", _outcome(action)),
    ]
    lines = [f"{name:<14} {plain(text, LONG)}" for name, text in facts if text]
    lines += [f"{'':<14} {plain(line, LONG)}" for line in proposal.evidence]
    if len(whole.parts) > 1:
        lines += ["", *lines_of(whole)]
    return lines


def _outcome(action: Action) -> str:
    if action.judged is None:
        return ""
    measured = effect(action.outcome, action.proposal.currency) if action.outcome else ""
    return f"{action.judged}: {measured}" if measured else action.judged
