"""What is wrong with a letter before anybody gets it? Each finding with file, line and remedy.

An error keeps a letter from doing what it is for, or is against the rules of mail; a note costs
readers. What is looked at in the files has a line; what only the finished letter shows has none.
Limits and habits of mail programs: Gmail clips HTML at 102 KB; a subject is cut at some 70
characters on a screen and 40 on a telephone; filters trust neither pictures without words nor
shortened links.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape

from config.mail_templates import MailTemplate
from config.problems import Problem, choose, quoted
from tasks.letters.linting_links import link_problems
from tasks.letters.markup import WRITTEN, Tag, seen_text, tags
from tasks.letters.rendering import LetterError, Rendered, Surroundings, prepare, render_mail
from tasks.letters.variables import uses
from tasks.report.numbers import plural

CLIPPED, NEARLY_CLIPPED = 102 * 1024, 90 * 1024
"""Bytes of HTML."""
COUNTED = 200
"""Bytes by which a link grows where clicks are counted."""
LONG_SUBJECT, LONG_PREHEADER = 70, 140
LEAST_WORDS, LEAST_COMPARED = 20, 5
SOMETHING_ELSE, DIFFERENT = 0.3, 0.6
"""Share of the HTML part's words that are in the text part."""
DROPPED = ("script", "form", "iframe", "video", "audio", "object", "embed")
"""Tags that mail programs take out."""


@dataclass(frozen=True, slots=True)
class Audience:
    """What is known of the people that may get a letter."""

    people: int
    having: Mapping[str, int]  # field to how many have it


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody of whom everything is known."""

    fields: Mapping[str, str] = field(repr=False)
    language: str = "en"


def lint(
    template: MailTemplate,
    around: Surroundings,
    audience: Audience | None = None,
    answers: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Return the findings, errors first.

    Without an `audience` nobody knows which fields people have. `answers` is address to '' if it
    answers, else to why not; an address that is not in it was not asked.
    """
    found = [*_front(template), *_variables(template, audience), *_markup(template)]
    found += [*link_problems(template, around, answers or {}), *_of_brand(template, around)]
    around = _filled(around)
    try:
        rendered = render_mail(prepare(template), sample(template), around)
    except LetterError as error:
        message = f"cannot be written: {error}"
        found.append(Problem(f"{template.name}.html", 0, "", message, "mend the template"))
    else:
        found += [*_subject(template, rendered), *_parts(template, rendered, around)]
        found += _obligations(template, rendered, around)
    return sorted(set(found), key=lambda it: (it.severity != "error", it.file, it.line, it))


def sample(template: MailTemplate) -> Sample:
    """Return somebody who has every field that a template uses."""
    names = {use.name for use in uses(template)}
    return Sample(
        {it: "https://www.example.com/" if it.endswith("_url") else "Robin" for it in names},
        template.front.language or "en",
    )


def _note(file: str, line: int, message: str, remedy: str) -> Problem:
    return Problem(file, line, "", message, remedy, "note")


def _front(template: MailTemplate) -> Iterator[Problem]:
    file, front = f"{template.name}.html", template.front
    if not front.language:
        remedy = "add `language: en`, and <html lang>: screen readers pronounce by it"
        yield _note(file, 1, "says no language", remedy)
    if not front.preheader.strip():
        remedy = "add `preheader:`; without one an inbox shows the first words of the letter"
        yield _note(file, 1, "has no preheader", remedy)


def _variables(template: MailTemplate, audience: Audience | None) -> Iterator[Problem]:
    for use in uses(template):
        shown = use.file if "." in use.file else f"{template.name}.html"
        key = "" if "." in use.file else use.file
        line = use.line if not key else 1
        remedy = f'write {{{{ {use.name} | or("...") }}}}, or ask with {{% if {use.name} %}}'
        if audience is None:
            if use.minds:
                message = f"{use.name} has no fall-back"
                yield Problem(shown, line, key, message, remedy, "note")
            continue
        having = audience.having.get(use.name, 0)
        if not having:
            what = choose(use.name, [name for name, count in audience.having.items() if count])
            message = f"nobody has a field {quoted(use.name)}"
            yield Problem(shown, line, key, message, what, "error" if use.minds else "note")
        elif use.minds and having < audience.people:
            lacking = audience.people - having
            share = f"{100 * lacking / audience.people:.1f} %"
            message = f"{plural(lacking, 'person', 'people')} ({share}) have no {use.name}"
            yield Problem(shown, line, key, f"{message}, and get nothing", remedy)


def _markup(template: MailTemplate) -> Iterator[Problem]:
    for file, source in template.files().items():
        if file.endswith(".html"):
            for tag in tags(source):
                yield from _tag(file, tag)


def _tag(file: str, tag: Tag) -> Iterator[Problem]:
    if tag.name in DROPPED:
        yield Problem(file, tag.line, "", f"has <{tag.name}>", "mail programs take it out; link")
    if tag.name == "html" and not tag.attributes.get("lang"):
        yield _note(file, tag.line, "<html> says no language", 'write <html lang="{{ language }}">')
    if tag.name != "img":
        return
    alt, src = tag.attributes.get("alt"), tag.attributes.get("src", "")
    if alt is None:
        remedy = 'say what is to be seen: alt="..."; alt="" if it only adorns'
        yield Problem(file, tag.line, "", "a picture has no text", remedy)
    elif re.search(r"\.(png|jpe?g|gif|webp|svg)$", alt, re.IGNORECASE):
        yield _note(file, tag.line, "a picture's text is a file's name", "say what is to be seen")
    if src.startswith("data:"):
        yield _note(
            file, tag.line, "a picture is inside the letter", "Gmail does not show it; host it"
        )
    elif not src.startswith(("https://", WRITTEN)):
        yield Problem(file, tag.line, "", "a picture has no https address", "host it, with https")


def _subject(template: MailTemplate, rendered: Rendered) -> Iterator[Problem]:
    file, subject, preheader = f"{template.name}.html", rendered.subject, rendered.preheader
    letters = [sign for sign in subject if sign.isalpha()]
    said = [
        (len(subject) > LONG_SUBJECT, f"has {len(subject)} characters", "most see the first 40"),
        (
            len(letters) >= 8 and "".join(letters).isupper(),
            "is all capitals",
            "write, do not shout",
        ),
        (re.search(r"[!?$€£]{2,}", subject), "has several signs in a row", "one is enough"),
    ]
    for wrong, message, remedy in said:
        if wrong:
            yield Problem(file, 1, "subject", message, remedy, "note")
    if re.match(r"(re|aw|fwd?|wg)\s*:", subject, re.IGNORECASE):
        message = "pretends to be an answer or to be forwarded"
        yield Problem(file, 1, "subject", message, "say what it is; the law wants that too")
    if preheader and preheader == subject:
        yield Problem(file, 1, "preheader", "repeats the subject", "say what comes next", "note")
    if len(preheader) > LONG_PREHEADER:
        message = f"has {len(preheader)} characters"
        yield Problem(
            file, 1, "preheader", message, f"nobody sees more than {LONG_PREHEADER}", "note"
        )


def _parts(template: MailTemplate, rendered: Rendered, around: Surroundings) -> Iterator[Problem]:
    html, text = f"{template.name}.html", f"{template.name}.txt"
    size = len(rendered.html.encode()) + COUNTED * rendered.html.count("href=")
    if size > NEARLY_CLIPPED:
        clipped = size > CLIPPED
        message = f"has {size / 1024:.0f} KB of HTML; Gmail clips at 102, unsubscribe link included"
        yield Problem(html, 0, "", message, "shorten it", "error" if clipped else "note")
    seen = seen_text(rendered.html)
    if "<img" in rendered.html and len(seen.split()) < LEAST_WORDS:
        yield _note(html, 0, "has few words beside its pictures", "many see no pictures; write it")
    words = _words(seen) - _words(around.postal_address)
    theirs = _words(rendered.text)
    if not rendered.text.strip():
        yield Problem(text, 0, "", "is empty", "say in it what the HTML part says")
    elif len(words) >= LEAST_COMPARED and (share := len(words & theirs) / len(words)) < DIFFERENT:
        message = f"says something else: {share:.0%} of the HTML part's words are in it"
        severe = share < SOMETHING_ELSE
        remedy = "say in it what the HTML part says; filters compare the two"
        yield Problem(text, 0, "", message, remedy, "error" if severe else "note")
    if template.front.preheader and rendered.preheader not in unescape(rendered.html):
        yield Problem(
            html, 0, "preheader", "is not in the HTML part", "write {{ preheader }} there"
        )


def _obligations(
    template: MailTemplate, rendered: Rendered, around: Surroundings
) -> Iterator[Problem]:
    """What the law and the mailbox providers want of every letter."""
    postal = " ".join(around.postal_address.split())
    parts = {
        f"{template.name}.html": unescape(rendered.html),
        f"{template.name}.txt": rendered.text,
    }
    for file, part in parts.items():
        if around.links.unsubscribe not in part:
            yield Problem(file, 0, "", "nobody can unsubscribe", "link to {{ unsubscribe_url }}")
        if postal not in " ".join(part.split()):
            yield Problem(file, 0, "", "does not say who writes", "write {{ postal_address }}")


def _of_brand(template: MailTemplate, around: Surroundings) -> Iterator[Problem]:
    """What the brand file has to say before any letter can go out."""
    needed = (
        ("unsubscribe_url", around.links.unsubscribe),
        ("postal_address", around.postal_address),
    )
    for key, value in needed:
        if not value:
            message = f"the brand has no {key}, and no letter goes out without"
            yield Problem(f"{template.name}.html", 0, "", message, f"say `mail.{key}` in its file")


def _filled(around: Surroundings) -> Surroundings:
    """Stand in for what the brand file does not say, so that the rest can be looked at."""
    links = around.links
    if not links.unsubscribe:
        links = replace(links, unsubscribe="https://unsubscribe.invalid/")
    return replace(around, postal_address=around.postal_address or "(address)", links=links)


def _words(text: str) -> set[str]:
    plain = re.sub(r"https?://\S+", " ", text.casefold())
    return {word for word in re.findall(r"\w+", plain) if len(word) >= 4}
