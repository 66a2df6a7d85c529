"""What does a person see of the mail that a brand sends? States and counts, never who gets it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import click
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.mail_approval import is_approved
from config.mail_sequences import Campaign
from config.mail_sequences import Sequence as MailSequence
from config.problems import errors
from connectors.mail import SourceKind
from connectors.warehouse.looking import LookingWarehouse
from connectors.warehouse.mail_doubts import Doubt
from connectors.warehouse.mail_figures import MailTally
from deployments.mail_office import Office, open_office
from deployments.plain_data import plain_data
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.steps.looking import open_to_look

LATELY = timedelta(days=7)
LONG = 300
COLOURS = {"running": "green", "stopped": "bold red", "broken": "bold red", "paused": "yellow",
           "not approved": "bold red"}  # fmt: skip
"""Of states; others are dim."""


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A sequence or campaign, and what became of it lately."""

    kind: SourceKind
    name: str
    title: str
    state: str  # that of the file; `stopped`, `broken`, `not approved`, or `no file`
    why: str  # it is stopped or broken
    inside: Mapping[str, int]  # step to how many people come to it next
    ended: Mapping[str, int]  # how people left, or `finished`, to how many
    handed: int  # of the last 7 days, like all below
    hard_bounced: int
    complained: int
    given_up: Mapping[str, int]  # reason to messages
    doubts: int  # of whatever age


@dataclass(frozen=True, slots=True)
class MailStatus:
    """A brand's mail."""

    brand: str
    at: datetime
    next_due: datetime | None  # when the next person of a running sequence is looked at
    plans: Sequence[PlanStatus]
    suppressed: int  # addresses
    suppressions: Mapping[str, int]  # reason to addresses
    broken_templates: Sequence[str]


def show_status(brand: str, as_json: bool, now: datetime) -> None:
    """Print how a brand's mail is."""
    office = open_office(brand, now)
    with open_to_look() as warehouse:
        found = status_of(office, warehouse)
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
    else:
        _print_status(found)


def show_doubts(brand: str, as_json: bool) -> None:
    """Print the messages that are in doubt, the oldest first."""
    with open_to_look() as warehouse:
        found = warehouse.mail_doubts(brand)
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
    elif not found:
        click.echo(f"No message of {brand} is in doubt.")
    else:
        _print_doubts(found)
        click.echo(f"marketloop mail settle KEY sent|released --brand {brand} --why ... ends one.")


def status_of(office: Office, warehouse: LookingWarehouse) -> MailStatus:
    """Return how a brand's mail is, with what went before whose file is gone."""
    facts = _Facts.of(warehouse, office.name, office.now - LATELY)
    library, brand = office.library, office.name
    there: dict[tuple[SourceKind, str], MailSequence | Campaign | None] = {}
    for kind, name in library.plan_problems.get(brand, {}):
        there["campaign" if kind == "campaign" else "sequence", name] = None
    there |= {("sequence", name): it for name, it in library.sequences.get(brand, {}).items()}
    there |= {("campaign", name): it for name, it in library.campaigns.get(brand, {}).items()}
    names = sorted({*there, *facts.named()}, key=lambda it: (it[0] == "campaign", it[1]))
    all_, reasons = warehouse.suppression_counts(brand)
    return MailStatus(
        brand=brand,
        at=office.now,
        next_due=warehouse.next_due(brand, [*library.running_sequences(brand)]),
        plans=[_plan(office, facts, which, there.get(which), which in there) for which in names],
        suppressed=all_,
        suppressions=reasons,
        broken_templates=sorted(
            name for name, it in library.template_problems.get(brand, {}).items() if errors(it)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the warehouse has about a brand's mail, read once."""

    enrolled: pd.DataFrame
    skips: pd.DataFrame
    tallies: Mapping[tuple[SourceKind, str], MailTally]
    doubts: Mapping[tuple[str, str], int]
    stops: Mapping[tuple[SourceKind, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, warehouse: LookingWarehouse, brand: str, since: datetime) -> "_Facts":
        return cls(
            warehouse.enrolment_counts(brand),
            warehouse.skip_counts(brand, since),
            {(it.kind, it.source): it for it in warehouse.mail_tallies(brand, since)},
            Counter((it.kind, it.source) for it in warehouse.mail_doubts(brand)),
            {
                (it.kind, it.source): f"{it.since:%Y-%m-%d %H:%M} UTC by {it.who}: {it.why}"
                for it in warehouse.mail_stops(brand)
            },
        )

    def named(self) -> Iterable[tuple[SourceKind, str]]:
        """Yield whatever anybody is in, or something went out of lately, or is stopped."""
        yield from (("sequence", str(name)) for name in self.enrolled["sequence"].unique())
        yield from self.tallies
        yield from self.stops


def _plan(
    office: Office,
    facts: _Facts,
    which: tuple[SourceKind, str],
    plan: MailSequence | Campaign | None,
    has_file: bool,
) -> PlanStatus:
    kind, name = which
    state, why = _state(office, facts, which, plan) if has_file else ("no file", "")
    tally = facts.tallies.get(which)
    inside, ended = Counter[str](), Counter[str]()
    if kind == "sequence":
        for row in facts.enrolled[facts.enrolled["sequence"] == name].itertuples():
            if row.state == "active":
                inside[str(row.step)] += int(str(row.people))
            else:
                ended[str(row.reason or row.state)] += int(str(row.people))
    given_up = Counter[str]()
    skips = facts.skips[(facts.skips["kind"] == kind) & (facts.skips["source"] == name)]
    for row in skips.itertuples():
        given_up[str(row.reason)] += int(str(row.messages))
    return PlanStatus(
        kind=kind,
        name=name,
        title=plan.title if plan else "",
        state=state,
        why=why,
        inside=_in_order(inside, plan),
        ended=ended,
        handed=tally.handed if tally else 0,
        hard_bounced=tally.hard_bounced if tally else 0,
        complained=tally.complained if tally else 0,
        given_up=given_up,
        doubts=facts.doubts.get(which, 0),
    )


def _state(
    office: Office,
    facts: _Facts,
    which: tuple[SourceKind, str],
    plan: MailSequence | Campaign | None,
) -> tuple[str, str]:
    """Return the state that counts, and why."""
    if on := facts.stops.get(which):
        return "stopped", f"since {on}"
    words = office.library.mail_words[office.name]
    if plan and plan.state == "running" and not is_approved(plan, words.segments, words.templates):
        kind, name = which
        command = f"marketloop mail approve {kind} {name} --brand {office.name}"
        return "not approved", f"as it is now; {command}"
    wrong = errors(office.library.plan_problems.get(office.name, {}).get(which, ()))
    if wrong and (plan is None or plan.state == "running"):
        return "broken", str(wrong[0])
    return (plan.state, "") if plan else ("broken", "")


def _in_order(inside: Mapping[str, int], plan: MailSequence | Campaign | None) -> dict[str, int]:
    """Return the steps in the order of the file, then those that it has no more."""
    steps = [step.id for step in plan.steps] if isinstance(plan, MailSequence) else []
    return {step: inside[step] for step in dict.fromkeys([*steps, *inside]) if step in inside}


def _print_status(found: MailStatus) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "name", "state", "people inside, by next step", "ended",
                   "sent in 7 days", "given up in 7 days", "in doubt"):  # fmt: skip
        table.add_column(column, overflow="fold")
    for it in found.plans:
        table.add_row(
            it.kind,
            plain(it.name),
            Text(it.state, style=COLOURS.get(it.state, "dim")),
            _counts(it.inside),
            _counts(it.ended),
            _sent(it),
            _counts(it.given_up),
            f"{it.doubts:,}" if it.doubts else "",
        )
    console = Console()
    console.print(table if found.plans else f"{found.brand} has no sequences and no campaigns.")
    for it in found.plans:
        if it.why:
            line = f"{it.kind} {it.name} is {it.state}: {it.why}"
            console.print(Text(plain(line, LONG), style="red"))
    if found.broken_templates:
        names = ", ".join(found.broken_templates)
        click.secho(f"Templates that cannot be used: {names}; marketloop mail check", fg="red")
    if found.next_due:
        click.echo(f"The next person is due at {found.next_due:%Y-%m-%d %H:%M} UTC.")
    reasons = f" ({_counts(found.suppressions)})" if found.suppressions else ""
    click.echo(f"{plural(found.suppressed, 'address', 'addresses')} suppressed{reasons}.")


def _sent(it: PlanStatus) -> str:
    back = {"hard bounces": it.hard_bounced, "complaints": it.complained}
    parts = [f"{it.handed:,}", *(f"{count:,} {what}" for what, count in back.items() if count)]
    return ", ".join(parts)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(name)} {count:,}" for name, count in counts.items())


def _print_doubts(found: Sequence[Doubt]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("key", "of", "step", "handed over (UTC)", "to person", "message id", "why"):
        table.add_column(column, overflow="fold")
    for it in found:
        row: list[Any] = [str(it.message_key), f"{it.kind} {plain(it.source)}", plain(it.step)]
        row += [f"{it.handed_at:%Y-%m-%d %H:%M}", str(it.person_key), Text(plain(it.message_id, 0))]
        table.add_row(*row, Text(plain(it.sentence, LONG)))
    Console().print(table)
