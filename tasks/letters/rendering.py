"""What does a person read? A template in that person's words: subject, preheader, text and HTML.

A person's fields are data. Controls and signs that turn the direction of text around are taken out
of them, blank ones count as missing, as do such of more than 1,000 signs. A name that is an
address (`www.win.example`) counts as missing too: forms are filled in with such names to make a
shop send advertisements. Fields that are meant to be addresses are called `..._url`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jinja2 import Template, TemplateError, TemplateSyntaxError, UndefinedError

from config.mail_language import sandbox, write
from config.mail_templates import MailTemplate
from tasks.letters.links import (
    Campaign,
    MessageLinks,
    html_with_links,
    text_with_links,
    with_campaign,
)

LONGEST_FIELD = 1000
"""Characters."""

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_GAPS = re.compile(r"\n{3,}")


class Person(Protocol):
    """Whoever is written to."""

    @property
    def language(self) -> str:
        """BCP 47; '' if unknown."""
        ...

    @property
    def fields(self) -> Mapping[str, str]:
        """What is known of the person: first_name, ..."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A template, compiled: it is written to many."""

    template: MailTemplate
    subject: Template = field(repr=False)
    preheader: Template = field(repr=False)
    html: Template = field(repr=False)
    text: Template = field(repr=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message says that is neither the template's nor the person's."""

    brand: str  # as people write it
    postal_address: str
    hosts: frozenset[str]  # the brand's own, see `links.own_hosts`
    campaign: Campaign
    links: MessageLinks


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in one person's words."""

    subject: str = field(repr=False)
    preheader: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


class LetterError(Exception):
    """A template cannot be written to somebody; says where and why, and nothing of the person."""


def prepare(template: MailTemplate) -> Letter:
    """Compile a template. Raise `LetterError` for one whose syntax is wrong, as a subject that
    comes from elsewhere may be: the files' own was checked (see `config.mail_templates`)."""
    files = sandbox(template.files())
    names = ("subject", "preheader", f"{template.name}.html", f"{template.name}.txt")
    try:
        return Letter(template, *(files.get_template(name) for name in names))
    except TemplateSyntaxError as error:
        raise LetterError(f"{error.name}:{error.lineno}: {error.message}") from None


def render_mail(letter: Letter, person: Person, around: Surroundings) -> Rendered:
    """Return the message to a person. Raise `LetterError`: it cannot be sent to this one."""
    variables = _variables(letter.template, person, around)
    subject = " ".join(_write(letter, letter.subject, variables, around).split())
    if not subject:
        raise LetterError(f"{letter.template.name}.html: subject: nothing is left of it")
    variables["subject"] = subject
    variables["preheader"] = preheader = " ".join(
        _write(letter, letter.preheader, variables, around).split()
    )
    text = _write(letter, letter.text, variables, around)
    html = _write(letter, letter.html, variables, around)
    try:
        html = html_with_links(html, around.campaign, around.hosts, around.links)
    except ValueError as error:
        raise LetterError(f"{letter.template.name}.html: {error}") from None
    text = text_with_links(text, around.campaign, around.hosts, around.links)
    return Rendered(subject, preheader, _tidy(text), html)


def cleaned(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what of a person's fields can be written, see above."""
    found = {}
    for name, value in fields.items():
        text = value if value.isascii() and value.isprintable() else _UNSEEN.sub(" ", value)
        text = text.strip()
        if name.endswith("_url"):
            usable = _URL.fullmatch(text) is not None
        else:
            usable = not _ADDRESS.search(text)
        if text and usable and len(text) <= LONGEST_FIELD:
            found[name] = text
    return found


def _variables(template: MailTemplate, person: Person, around: Surroundings) -> dict[str, object]:
    ours = {
        "brand": around.brand,
        "language": template.front.language or person.language,
        "postal_address": around.postal_address,
        "unsubscribe_url": around.links.unsubscribe,
    }
    known = {name: value for name, value in ours.items() if value}
    return {**template.front.fallbacks, **cleaned(person.fields), **known}


def _write(
    letter: Letter, part: Template, variables: Mapping[str, object], around: Surroundings
) -> str:
    def link(url: str, content: str | None) -> str:
        return with_campaign(url, around.campaign, content)

    try:
        return write(part, variables, link)
    except TemplateError as error:
        raise LetterError(f"{_place(error, part, letter)}: {_said(error)}") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # What Python says may hold the value: somebody's name.
        said = f"{type(error).__name__} in a filter or calculation"
        raise LetterError(f"{_place(error, part, letter)}: {said}") from None


def _said(error: TemplateError) -> str:
    if not isinstance(error, UndefinedError):
        return error.message or type(error).__name__
    named = re.fullmatch(r"'(\w+)' is undefined", error.message or "")
    return f"{named[1] if named else 'what is written'} is not known, and has no fall-back"


def _place(error: BaseException, part: Template, letter: Letter) -> str:
    """Return file and line at which a template stopped: Jinja2 puts them into the traceback."""
    files = letter.template.files()
    file, line, trace = part.name or "", 0, error.__traceback__
    while trace:
        if (code := trace.tb_frame.f_code).co_filename in files:
            file, line = code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if "." not in file:  # subject and preheader stand in the front matter
        return f"{letter.template.name}.html: {file}"
    return f"{file}:{line}" if line else file


def _tidy(text: str) -> str:
    """Take out blanks at the ends of lines, and empty lines that conditions left behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _GAPS.sub("\n\n", lines).strip("\n") + "\n"
