"""What will people read, and what will those with awkward names? One HTML page, side by side.

Each letter is shown as an inbox lists it, as HTML at the width of a screen, and as text; the first
one on a telephone too. The HTML parts are in frames that run nothing and load nothing, so that
pictures show their text, as in many inboxes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import FileSystemLoader

from config.mail_templates import MailTemplate
from config.models import Brand
from config.problems import Problem
from connectors.mail_links import Ticket
from connectors.people_keys import PeopleKeys
from tasks.letters.composing import links_of
from tasks.letters.links import Campaign, own_hosts
from tasks.letters.linting import sample
from tasks.letters.markup import seen_text
from tasks.letters.rendering import (
    LetterError,
    Rendered,
    Surroundings,
    prepare,
    render_mail,
)
from tasks.letters.variables import uses
from tasks.social.pages import environment

_HERE = Path(__file__).parent
_pages = environment.overlay(
    loader=FileSystemLoader([_HERE, _HERE.parent / "social"])  # the frame of all such pages
)

AWKWARD: Sequence[tuple[str, str]] = (
    ("Written from right to left", "محمد عبد الرحمن"),
    ("Emoji", "👩‍🚀 Zoë 🏳️‍🌈"),
    ("200 characters", "Wolfeschlegelsteinhausen" * 8 + "bergerdo"),
    ("Quotes and brackets", '"O\'Neil" <b>& Sons</b>'),
    ("A name that is code", "{{ 7 * 7 }}<script>alert(1)</script>"),
    ("A name that is an advertisement", "Win now www.win.example"),
    ("Line ends and controls", "Ann\r\nBcc: all\x07\u202etxet"),
)
"""What it is, and the value of every field that is no address."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody whose letter is looked at."""

    title: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter, or why there is none."""

    title: str
    fields: Mapping[str, str] = field(repr=False)
    rendered: Rendered | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """All that the page shows."""

    brand: str
    name: str
    facts: Sequence[tuple[str, str]]
    letters: Sequence[Shown]
    problems: Sequence[Problem]


def sample_surroundings(name: str, brand: Brand) -> Surroundings:
    """Return what stands around a letter that nobody gets: links that look like real ones and
    lead to nobody, clicks not counted, so that each link shows where it leads."""
    nobody = links_of(brand.mail, PeopleKeys(bytes(32)), Ticket(name, 0, 0))
    return Surroundings(
        brand.name,
        brand.mail.postal_address,
        own_hosts(brand),
        Campaign("preview"),
        replace(nobody, click=None),
    )


def awkward_people(template: MailTemplate) -> list[Viewer]:
    """Return people whose fields a template must bear, one of whom nothing is known."""
    names = {use.name for use in uses(template)}
    known = sample(template)
    found = [
        Viewer("Everything is known", known.fields, known.language),
        Viewer("Nothing is known"),
    ]
    for title, value in AWKWARD:
        fields = {it: known.fields[it] if it.endswith("_url") else value for it in sorted(names)}
        found.append(Viewer(title, fields, known.language))
    return found if names else found[:1]


def preview_of(
    template: MailTemplate,
    around: Surroundings,
    problems: Sequence[Problem],
    real: Sequence[Viewer] = (),
) -> LetterPreview:
    """Return what a template says to real and to awkward people, with what the linter found."""
    letter = prepare(template)
    people: Sequence[Viewer] = [*real, *awkward_people(template)]
    letters = []
    for person in people:
        try:
            rendered, error = render_mail(letter, person, around), ""
        except LetterError as reason:
            rendered, error = None, str(reason)
        letters.append(Shown(person.title, person.fields, rendered, error))
    first = next((it.rendered for it in letters if it.rendered), None)
    facts = [("Template", template.name), ("Language", template.front.language or "not said")]
    if first:
        facts.append(("HTML", f"{len(first.html.encode()) / 1024:.1f} KB of 102"))
        facts.append(("Words", str(len(seen_text(first.html).split()))))
    return LetterPreview(around.brand, template.name, facts, letters, problems)


def render_preview(preview: LetterPreview) -> str:
    """Return the page as one self-contained HTML document."""
    return _pages.get_template("preview_letters.html").render(preview=preview)
