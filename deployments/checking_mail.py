"""What is wrong with a brand's mail before anybody gets it? Templates, sequences, campaigns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import click

from config.mail_templates import MailTemplate
from config.problems import Problem, choose, errors
from config.reading import shown
from config.settings import settings
from connectors.landing_pages import probe
from deployments.file_edits import write_page
from deployments.mail_office import Office, audience_of, looking, open_office, open_offices
from tasks.letters.linting import Audience, lint
from tasks.letters.linting_links import written_addresses
from tasks.letters.previews import preview_of, render_preview, sample_surroundings
from tasks.report.escape import plain
from tasks.report.numbers import plural

Thing = tuple[str, str]
"""`template`, `sequence` or `campaign`, and its name."""

KINDS = ("template", "sequence", "campaign")
COLOURS = {"error": "red", "note": "yellow"}


def show_check(brand: str, names: Sequence[str], links: bool, as_json: bool, now: datetime) -> bool:
    """Print what is wrong with a brand's mail, or with all brands' without one; return whether
    something must be mended. `links`: every address is asked whether it answers."""
    offices = [open_office(brand, now)] if brand else open_offices(now)
    chosen = [(office, things_of(office, names)) for office in offices]
    answers = _asked(chosen) if links else {}
    found: list[Problem] = []
    strangers = []
    with looking() as warehouse:
        for office, things in chosen:
            audience = audience_of(warehouse, office.name)
            found += {it for thing in things for it in findings(office, thing, audience, answers)}
            if audience is None and any(kind == "template" for kind, _ in things):
                strangers.append(office.name)
    found.sort(key=lambda it: (it.file, it.line, it))
    if as_json:
        click.echo(json.dumps([asdict(it) for it in found], indent=2))
        return bool(errors(found))
    print_problems(found)
    for name in strangers:
        click.echo(f"{name}: no people are known yet, so nobody knows which fields they have.")
    things = [thing for _, some in chosen for thing in some]
    counts = (plural(sum(it[0] == kind for it in things), kind) for kind in KINDS)
    wrong = len(errors(found))
    ending = f"{wrong:,} must be mended" if wrong else "nothing must be mended"
    click.echo(f"{', '.join(counts)}: {ending}")
    return bool(wrong)


def write_preview(brand: str, name: str, out: Path | None, now: datetime) -> None:
    """Write the page that shows what people with awkward names will read; print where it is."""
    office = open_office(brand, now)
    template = office.library.template(brand, name)
    with looking() as warehouse:
        problems = of_template(office, template, audience_of(warehouse, brand))
    around = sample_surroundings(brand, office.brand)
    page = render_preview(preview_of(template, around, problems))
    write_page(out or settings().state_dir / "previews" / f"{brand}_mail_{name}.html", page)


def things_of(office: Office, names: Sequence[str] = ()) -> list[Thing]:
    """Return a brand's templates, sequences and campaigns, those too that cannot be read; or all
    of some names. Raise `LookupError` for a name that none of them has."""
    library, brand = office.library, office.name
    there: set[Thing] = {*library.plan_problems.get(brand, {})}
    for kind, some in (
        ("template", library.templates),
        ("template", library.template_problems),
        ("sequence", library.sequences),
        ("campaign", library.campaigns),
    ):
        there |= {(kind, name) for name in some.get(brand, {})}
    for name in names:
        if name not in (known := {it[1] for it in there}):
            what = f"template, sequence or campaign {name!r} of {brand}"
            raise LookupError(f"no {what}; {choose(name, known)}")
    wanted = (it for it in there if not names or it[1] in names)
    return sorted(wanted, key=lambda it: (KINDS.index(it[0]), it[1]))


def findings(
    office: Office,
    thing: Thing,
    audience: Audience | None,
    answers: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Return what is wrong with a template, sequence or campaign, placed in its files."""
    kind, name = thing
    library, brand = office.library, office.name
    if kind != "template":
        return [*library.plan_problems.get(brand, {}).get(thing, ())]
    if template := library.templates.get(brand, {}).get(name):
        return of_template(office, template, audience, answers)
    return [*library.template_problems.get(brand, {}).get(name, ())]


def of_template(
    office: Office,
    template: MailTemplate,
    audience: Audience | None,
    answers: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Return what the linter says, with files as people find them."""
    found = lint(template, sample_surroundings(office.name, office.brand), audience, answers)
    folder = office.folder / "templates"
    return [replace(it, file=shown(folder / it.file)) for it in found]


def print_problems(found: Sequence[Problem]) -> None:
    """Print a line per problem: where, what, and what to do."""
    for it in found:
        click.secho(f"{it.severity:5} {plain(str(it), 0)}", fg=COLOURS[it.severity])


def _asked(chosen: Sequence[tuple[Office, Sequence[Thing]]]) -> dict[str, str]:
    """Ask every address that the templates lead to; return to each why it does not answer, '' if
    it does."""
    return {it.url: it.reason for it in probe(dict.fromkeys(_addresses(chosen)))}


def _addresses(chosen: Sequence[tuple[Office, Sequence[Thing]]]) -> Iterator[str]:
    for office, things in chosen:
        templates = office.library.templates.get(office.name, {})
        for kind, name in things:
            if kind == "template" and name in templates:
                yield from written_addresses(templates[name])
