"""What happens when a person decides on the command line: it is shown, asked for, and told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from connectors.actions import Action
from connectors.base import ConnectorError
from connectors.warehouse import Warehouse
from deployments.showing_actions import LONG, ledger, lines_of
from tasks.change_wording import ending, what
from tasks.joint import Joint
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.run import RunFailedError, WrongUseError
from tasks.steps.decide import decide_action, whole_of
from tasks.steps.switch import turn
from tasks.undoing import why_not

Span = tuple[datetime, datetime | None]


def approve_whole(action_id: int, who: str, why: str, version: int | None, yes: bool) -> None:
    """Approve an action and all that is one decision with it; show and ask first if it is many."""
    seen = _shown(action_id, version, "Carry out", yes)
    _say(decide_action.fn(action_id, "approve", who, why, "", seen))


def reject_whole(action_id: int, who: str, why: str, version: int | None, yes: bool) -> None:
    """Reject an action and all that is one decision with it; show and ask first if it is many."""
    seen = _shown(action_id, version, "Reject", yes)
    _say(decide_action.fn(action_id, "reject", who, why, "", seen))


def edit_one(action_id: int, value: str, who: str, why: str, version: int | None) -> None:
    """Change the value that is wanted, and show what the decision comes to then."""
    _say(decide_action.fn(action_id, "edit", who, why, value, version))
    whole = _whole(action_id)
    if len(whole.parts) > 1:
        click.echo("\n".join(lines_of(whole)))


def undo_some(
    action_id: int | None,
    run_id: str | None,
    brand: str | None,
    span: Span | None,
    yes: bool,
    who: str,
    why: str,
) -> None:
    """Take changes back, the newest first; say before which cannot be."""
    with ledger() as warehouse:
        chosen = _chosen(warehouse, action_id, run_id, brand, span)
    able = [action for action in chosen if not why_not(action)]
    for action in chosen:
        if reason := why_not(action):
            click.secho(f"Cannot be taken back: {reason}", fg="yellow", err=True)
    if not able:
        raise LookupError("there is nothing that can be taken back")
    for action in able:
        click.echo(f"{action.action_id}: {plain(what(action.proposal), LONG)}")
    if not yes:
        click.confirm(f"Take back {plural(len(able), 'change')}?", abort=True)
    failed, gone = False, set[int | None]()
    for action in able:
        if action.action_id in gone:
            continue  # with another part of its decision
        try:
            backs = decide_action.fn(action.action_id, "undo", who, why, "", None)
            gone |= {back.proposal.takes_back for back in backs}
            _say(backs)
        except (ConnectorError, RunFailedError, WrongUseError) as error:
            failed = True
            click.secho(plain(str(error), 0), fg="red", err=True)
    if failed:
        raise SystemExit(3)


def turn_switch(stopped: bool, who: str, why: str, brand: str, process: str) -> None:
    """Turn the stop switch and say what holds now."""
    click.echo(turn.fn(stopped, who, why, brand, process))


def _whole(action_id: int) -> Joint:
    with ledger() as warehouse:
        return whole_of(warehouse, warehouse.action(action_id))


def _shown(action_id: int, version: int | None, verb: str, yes: bool) -> int | None:
    """Show a decision of several changes and ask; return the version that the person decides on."""
    whole = _whole(action_id)
    count = len(whole.waiting)
    if len(whole.parts) < 2 or not count:
        return version
    click.echo("\n".join(lines_of(whole)))
    if not yes:
        click.confirm(f"{verb} {plural(count, 'change')}?", abort=True)
    return whole.version if version is None else version


def _chosen(
    warehouse: Warehouse,
    action_id: int | None,
    run_id: str | None,
    brand: str | None,
    span: Span | None,
) -> list[Action]:
    """Return the actions that were named, newest first, with all that is one decision with them."""
    if action_id is not None:
        named = [warehouse.action(action_id)]
    elif run_id is not None:
        named = warehouse.changed_by(run_id)
        if not named:
            raise LookupError(
                f"run {run_id} changed nothing; marketloop actions show ID names the run that did"
            )
    else:
        since, until = span or (datetime.min.replace(tzinfo=UTC), None)
        end = until + timedelta(days=1) if until else datetime.now(UTC)
        named = [
            one
            for one in warehouse.actions(brand=brand)
            if one.applied_at is not None and since <= one.applied_at < end
        ]
    others = (part for one in named for part in whole_of(warehouse, one).parts)
    found = {one.action_id: one for one in others if one.applied_at is not None}
    found |= {one.action_id: one for one in named}
    return sorted(found.values(), key=lambda one: -one.action_id)


def _say(actions: Sequence[Action]) -> None:
    for action in actions:
        colour = "red" if action.state in ("failed", "refused", "expired") else "green"
        click.secho(f"{action.action_id} {plain(ending(action), LONG)}", fg=colour)
        click.echo(f"  {plain(what(action.proposal), LONG)}")
