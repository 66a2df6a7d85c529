"""What does a person see of content on the command line, and in the pages that it writes?"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.content import Content, ContentState
from config.networks import Network
from config.problems import errors
from config.reading import shown
from config.settings import settings
from deployments.content_desk import Desk, Finding, findings, open_desk, open_desks
from deployments.plain_data import plain_data
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.social.calendar import Calendar, Day
from tasks.social.calendar import calendar as calendar_of
from tasks.social.calendar_ics import render_ics
from tasks.social.calendar_page import Slot, render_calendar, slots
from tasks.social.checking import problems
from tasks.social.composing import compositions
from tasks.social.preview import Preview, render_preview

LONG = 300
SEVERITIES = {"error": "bold red", "note": "yellow"}
STATES: dict[ContentState, str] = {
    "idea": "dim",
    "draft": "yellow",
    "review": "yellow",
    "approved": "green",
    "scheduled": "bold green",
    "published": "dim",
    "retired": "dim",
}


def show_check(brand: str, names: Sequence[str], as_json: bool, now: datetime) -> bool:
    """Print what is wrong with posts; return whether something must be mended."""
    desks = [open_desk(brand, now)] if brand else open_desks(now)
    checked = [(desk, name) for desk in desks for name in desk.names(names)]
    found = [it for desk, name in checked for it in findings(desk, name)]
    wrong = [it for it in found if it.severity == "error"]
    if as_json:
        click.echo(json.dumps([asdict(it) for it in found], indent=2))
        return bool(wrong)
    print_findings(found, several=not brand)
    ending = f"{len(wrong)} must be mended" if wrong else "nothing must be mended"
    click.echo(f"{plural(len(checked), 'post')}: {ending}")
    return bool(wrong)


def print_findings(found: Sequence[Finding], several: bool = False) -> None:
    """Print a table of what is wrong with posts; `several`: of more than one brand."""
    if not found:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in (*(["brand"] if several else []), "post", "", "where", "what"):
        table.add_column(column, overflow="fold")
    for it in found:
        row = [it.brand] if several else []
        words = f"{it.message}; {it.remedy}" if it.remedy else it.message
        severity = Text(it.severity, style=SEVERITIES[it.severity])
        table.add_row(*row, plain(it.name), severity, plain(it.where), Text(plain(words, LONG)))
    Console().print(table)


def write_preview(brand: str, name: str, out: Path | None, now: datetime) -> None:
    """Write a post's preview and print where it is."""
    desk = open_desk(brand, now)
    content = desk.library.content(brand, name)
    page = render_preview(_preview(desk, content))
    path = out or settings().state_dir / "previews" / f"{brand}_{name}.html"
    _write(path, page)


def show_calendar(
    brand: str, days: int, html: Path | None, ics: Path | None, as_json: bool, now: datetime
) -> None:
    """Print what is planned and what is missing, and write it to files if wanted."""
    desk = open_desk(brand, now)
    contents, today = desk.library.contents[brand], now.astimezone(desk.zone).date()
    found = calendar_of(brand, contents, desk.rules, desk.zone, desk.owners, today, days)
    if as_json:
        click.echo(json.dumps(plain_data(found), indent=2))
    else:
        _print_calendar(found, desk)
    if html:
        _write(html, render_calendar(found, desk.brand.name, desk.zone.key), quiet=as_json)
    if ics:
        posts = [post for day in found.days for post in day.posts]
        _write(ics, render_ics(brand, f"{desk.brand.name}: content", posts, now), quiet=as_json)


def _preview(desk: Desk, content: Content) -> Preview:
    front, library = content.front, desk.library
    posts = compositions(content, desk.rules, library.picture_digests(desk.name))
    pictures = library.pictures[desk.name]
    handles: dict[Network, str] = {
        network: _handle(entry.account_id)
        for network in front.networks
        for entry in desk.brand.accounts
        if entry.platform == network
    }
    wrong = errors(library.content_problems[desk.name].get(content.name, ()))
    approved = f"by {front.approval.by} on {front.approval.on}" if front.approval else "not yet"
    facts = [
        ("State", front.state),
        ("Objective", front.objective),
        ("For", front.audience),
        ("Owner", front.owner or desk.owners[0]),
        ("Publication", f"{front.publish_at} {desk.zone.key}" if front.publish_at else ""),
        ("Approved", approved),
        ("Evergreen", "yes" if front.evergreen else ""),
        ("Test", _test(content)),
    ]
    return Preview(
        desk.brand.name,
        content.name,
        [fact for fact in facts if fact[1]],
        posts,
        handles,
        problems(content, posts, desk.rules, pictures),
        [f"{it.key}: {it.message}; {it.remedy}" for it in wrong],
        {
            it.file: _data_uri(desk.folder / it.file, pictures[it.file].kind)
            for it in front.images
            if it.file in pictures and pictures[it.file].kind
        },
    )


def _test(content: Content) -> str:
    if (test := content.front.test) is None:
        return ""
    arms = " against ".join(test.arms)
    each = plural(test.posts_per_arm, "publication")
    return f"{content.test_name}: {arms}, by {test.figure}, {each} each"


def _handle(account_id: str) -> str:
    return f"page {account_id}" if account_id.isdigit() else f"@{account_id.removeprefix('@')}"


def _data_uri(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(path.read_bytes()).decode()}"


def _print_calendar(found: Calendar, desk: Desk) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("day", "time", "post", "state", "networks", "objective", "owner"):
        table.add_column(column, overflow="fold")
    kinds = groupby(found.days, key=lambda it: (not it.posts and not it.holiday, it.empty))
    for (nothing, _), days in kinds:
        if nothing:
            _add_nothing(table, list(days))
            continue
        for day in days:
            if day.holiday:
                table.add_row(_day(day), "", Text("holiday", style="dim"), "", "", "", "")
            for slot in slots(day):
                _add_post(table, day, slot)
    console = Console()
    console.print(table)
    click.echo(f"Times are in {desk.zone.key}.")
    if found.waiting:
        click.echo(f"Approved, without a time: {', '.join(found.waiting)}")
    if found.holes:
        click.secho(f"\n{plural(len(found.holes), 'hole')}", bold=True)
    for hole in found.holes:
        console.print(Text(f"  {plain(hole.sentence, LONG)} Owner: {plain(hole.owner)}", "yellow"))
    wrong = desk.library.content_problems[desk.name]
    if names := [name for name in desk.names() if errors(wrong.get(name, ()))]:
        click.secho(f"\nNot published as they are: {', '.join(names)}", fg="red")
        click.echo(f"marketloop content check --brand {desk.name} says why")


def _add_nothing(table: Table, days: Sequence[Day]) -> None:
    first, last = days[0], days[-1]
    span = _day(first) if first is last else f"{_day(first)} – {_day(last)}"
    style = "yellow" if any(day.empty for day in days) else "dim"
    table.add_row(Text(span, style), "", Text("nothing", style), "", "", "", "")


def _add_post(table: Table, day: Day, slot: Slot) -> None:
    post = slot.post
    table.add_row(
        _day(day),
        post.time,
        plain(post.name),
        Text(post.state, style=STATES[post.state]),
        ", ".join(slot.networks),
        plain(post.objective),
        plain(post.owner),
    )


def _day(day: Day) -> str:
    return f"{day.day:%a} {day.day}"


def _write(path: Path, text: str, quiet: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    click.echo(f"Wrote {shown(path)}.", err=quiet)
