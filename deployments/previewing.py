"""What a person sees of a preview and of a replay on the command line."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deployments.plain_data import plain_data
from tasks.change_wording import what
from tasks.preview import PlaybookPreview, Preview, Skipped
from tasks.replay import Fate, Replay, Said, Tally
from tasks.report.escape import plain
from tasks.report.markdown_replay import on_record
from tasks.report.numbers import plural
from tasks.steps.previewing import preview
from tasks.steps.replaying import replay

LONG = 300
"""Texts from outside are cut at this length."""

FATES: Mapping[Fate, tuple[str, str]] = {
    "waits": ("would wait for a person", "bold yellow"),
    "done": ("would be done alone", "green"),
    "refused": ("refused", "red"),
}


def show_preview(
    brand: str, process: str, accounts: Sequence[str], as_json: bool, now: datetime
) -> None:
    """Print what a process would do now."""
    found = preview(brand, process, now, list(accounts) or None)
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
        return
    console = Console()
    _say_freshness(found, console)
    quiet = []
    for playbook in found.playbooks:
        if playbook.said or playbook.skipped:
            console.print(_playbook_table(playbook))
        else:
            quiet.append(playbook)
    for playbook in quiet:
        console.print(_heading(playbook), style="dim")
    for off in found.switched_off:
        console.print(f"{off.name}: switched off: {plain(off.reason, LONG)}", style="dim")
    console.print(_in_short(found), style="bold")
    for entry, error in found.errors.items():
        click.secho(f"{entry}: {plain(error, LONG)}", fg="red", err=True)


def show_replay(
    brand: str,
    process: str,
    span: tuple[date | None, date | None],
    playbooks: Sequence[str],
    accounts: Sequence[str],
    as_if_known: bool,
    as_json: bool,
    now: datetime,
) -> None:
    """Print what a process would have done on past days."""
    found = replay(
        brand,
        process,
        now,
        first=span[0],
        last=span[1],
        playbooks=playbooks,
        accounts=list(accounts) or None,
        as_if_known=as_if_known,
    )
    if as_json:
        click.echo(json.dumps(_replay_facts(found), indent=2))
        return
    console = Console()
    console.print(
        f"{found.brand}, {found.process}: {found.first} to {found.last}. Runs on "
        f"{plural(len(found.days), 'day')}; something was known on {found.known_days}."
    )
    if any(tally.proposals for tally in found.tallies):
        console.print(_tally_table(found))
        console.print(_day_table(found))
    for tally in found.tallies:
        if not tally.proposals:
            line = f"{tally.playbook} ({tally.mode}): never fired, {_findings(tally)}"
            console.print(line, style="dim")
    for note in found.notes:
        console.print(Text(plain(note, 0)), style="dim")
    console.print(Text(plain(on_record(found), 0)), style="bold")


def _say_freshness(found: Preview, console: Console) -> None:
    console.print(f"{found.brand}, {found.process}, as of {found.as_of}. Nothing is written.")
    for account in found.accounts:
        pulled = f"{account.pulled_at:%Y-%m-%d %H:%M} UTC" if account.pulled_at else "never"
        line = f"  {account.account}: figures up to {account.last_day or 'no day'}, read {pulled}"
        console.print(
            line + (f"; since then: {plain(account.error, LONG)}" if account.error else "")
        )
    for stop in found.stops:
        why = f"Stopped by {plain(stop.who)}: {plain(stop.why, LONG)}. Proposals go on waiting."
        console.print(Text(why, style="bold red"))


def _heading(playbook: PlaybookPreview) -> str:
    looked = "" if playbook.evaluated is None else f"{playbook.evaluated:,} evaluated, "
    unknown = f"{playbook.unknown:,} not to be judged, " if playbook.unknown else ""
    counts = f"{looked}{unknown}{playbook.matched:,} matched, {len(playbook.skipped):,} skipped"
    return f"{playbook.playbook} ({playbook.mode}): {counts}, {len(playbook.said):,} proposed"


def _playbook_table(playbook: PlaybookPreview) -> Table:
    title = Text(f"{_heading(playbook)}\n{plain(playbook.title, LONG)}")
    table = Table(title=title, title_justify="left", title_style="", show_lines=False)
    for heading in ("What would become of it", "Change", "Why"):
        table.add_column(heading, overflow="fold")
    for said in playbook.said:
        words, colour = FATES[said.fate]
        late = said.fate == "done" and said.reason
        state = f"{words}, later: {said.reason}" if late else words
        if said.fate == "refused":
            state = f"refused: {said.reason}"
        table.add_row(
            Text(state, style=colour),
            Text(plain(what(said.proposal), LONG)),
            Text(plain(_reason(said), LONG)),
        )
    for one in playbook.skipped:
        table.add_row(
            Text(f"skipped: {one.why}", style="dim"),
            Text(_found(one)),
            Text(plain(one.sentence, LONG)),
        )
    return table


def _reason(said: Said) -> str:
    if said.fate == "refused":
        return said.explanation
    return f"{said.proposal.sentence} ({said.explanation})"


def _found(one: Skipped) -> str:
    return f"{one.check}: {one.level.replace('_', ' ')} {plain(one.name)}"


def _in_short(found: Preview) -> str:
    said = Counter(one.fate for playbook in found.playbooks for one in playbook.said)
    skips = sum(len(playbook.skipped) for playbook in found.playbooks)
    parts = [f"{said[fate]:,} {words}" for fate, (words, _) in FATES.items()]
    return f"{', '.join(parts)}; {plural(skips, 'finding')} skipped"


def _tally_table(found: Replay) -> Table:
    table = Table(title="Per playbook", title_justify="left", show_lines=True)
    for heading in ("Playbook", "Fired", "Would wait", "Would be done", "Refused", "Mostly on"):
        table.add_column(heading, overflow="fold")
    for tally in found.tallies:
        if not tally.proposals:
            continue
        table.add_row(
            f"{tally.playbook}\n{tally.mode}",
            f"on {plural(tally.days_fired, 'day')}\n{_findings(tally)}",
            f"{tally.waits:,}",
            f"{tally.done:,}",
            "\n".join(f"{reason} {count:,}" for reason, count in tally.refused.items()) or "0",
            Text("\n".join(f"{plain(one.name)} {one.times:,}" for one in tally.most)),
        )
    return table


def _findings(tally: Tally) -> str:
    return f"{plural(tally.findings, 'finding')} on {plural(tally.days_found, 'day')}"


def _day_table(found: Replay) -> Table:
    table = Table(title="Per day", title_justify="left")
    for heading in ("Day", "Would wait", "Would be done", "Refused", "Which"):
        table.add_column(heading, overflow="fold")
    for day in found.days:
        if day.said:
            fates = Counter(said.fate for said in day.said)
            numbers = [f"{fates[fate]:,}" for fate in FATES]
            table.add_row(str(day.day), *numbers, ", ".join(_playbooks(day.said)))
    return table


def _playbooks(said: Iterable[Said]) -> list[str]:
    counts = Counter(one.proposal.playbook for one in said if one.fate != "refused")
    return [f"{name} {count}" for name, count in counts.items()]


def _replay_facts(found: Replay) -> dict[str, Any]:
    """Return a replay for programs. Of each proposal what was changed and what became of it."""
    facts: dict[str, Any] = plain_data(found)
    facts["known_days"] = found.known_days
    for day, told in zip(found.days, facts["days"], strict=True):
        told["said"] = [_said_facts(said) for said in day.said]
    for tally, told in zip(found.tallies, facts["tallies"], strict=True):
        told["proposals"] = tally.proposals
    return facts


def _said_facts(said: Said) -> dict[str, Any]:
    proposal = said.proposal
    facts: dict[str, Any] = plain_data(
        {
            "playbook": proposal.playbook,
            "account_key": proposal.account_key,
            "level": proposal.subject.level,
            "entity_id": proposal.subject.entity_id,
            "field": proposal.subject.field,
            "item": proposal.subject.item,
            "name": proposal.name,
            "before": proposal.before,
            "after": proposal.after,
            "sentence": proposal.sentence,
            "fate": said.fate,
            "reason": said.reason,
            "explanation": said.explanation,
        }
    )
    return facts
