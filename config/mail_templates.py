"""What does a mail to a customer read like? An HTML file and a text file of one name.

    mail/templates/welcome_1.html     front matter between two lines `---`, then the HTML part
    mail/templates/welcome_1.txt      the text part
    mail/templates/_footer.html       a part that others include, extend or import

Files of this folder only can be included, by name; what may stand in them says
`config/mail_language.py`. A mistake stops the templates that have it, and nothing else.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.content_parsing import front_end, read_text
from config.problems import Problem, choose, quoted
from config.secret_scan import secrets_in
from config.shapes import shape_at
from config.words import NAME_PATTERN, Model, Name
from config.yaml_source import Source, parse

BEGIN = "begin the file with a line ---, then `subject:`, then a line ---"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
"""Controls, and what turns the direction of text around: no mail needs them."""

Text = Annotated[str, Field(min_length=1)]


class TemplateFront(Model):
    """What stands above the HTML part. `subject` and `preheader` are templates too."""

    subject: Text
    preheader: str = ""
    """What an inbox shows after the subject."""
    language: str = ""
    """BCP 47 of the words: `en`, `de`, `pt-BR`."""
    fallbacks: dict[Name, Text] = {}
    """A person's field to what is said for somebody who has none."""


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A template with all that it needs, its syntax checked."""

    name: str
    front: TemplateFront
    html: str
    """Below the front matter."""
    html_line: int
    """Of the file, at which `html` begins."""
    text: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """File to the text of what it includes, directly or not."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hexadecimal) of all that readers will see."""
        seen = [self.front.model_dump_json(), self.html, self.text]
        seen += [text for both in sorted(self.parts.items()) for text in both]
        return sha256("\0".join(seen).encode()).hexdigest()

    def files(self) -> dict[str, str]:
        """Return all files by name as Jinja2 reads them, with the lines as in the files; subject
        and preheader are files of these names."""
        return {
            **self.parts,
            f"{self.name}.html": _comment(self.html_line) + self.html,
            f"{self.name}.txt": self.text,
            "subject": self.front.subject,
            "preheader": self.front.preheader,
        }


@dataclass(slots=True)
class TemplateFolder:
    """The templates of a brand."""

    templates: dict[str, MailTemplate] = field(default_factory=dict)
    """By name, those that can be used."""
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    """By name, what is wrong with a template or with a part of it; a part that no template
    uses stands under its file's name."""


@dataclass(frozen=True, slots=True)
class _File:
    """One file as it was read, front matter blotted out by an empty comment of so many lines."""

    shown: str
    text: str = ""
    front: TemplateFront | None = None
    line: int = 1  # below the front matter
    parts: Mapping[str, int] = field(default_factory=dict)  # included file to line
    problems: tuple[Problem, ...] = ()


def read_templates(folder: Path, shown: Callable[[Path], str]) -> TemplateFolder:
    """Read a folder, which need not be there; `shown` writes a path as messages name it."""
    found = TemplateFolder()
    paths = [it for it in sorted(folder.glob("*")) if it.suffix in (".html", ".txt")]
    files = {path.name: _read(path, shown(path)) for path in paths}
    used: set[str] = set()
    for name in sorted({path.stem for path in paths if not path.name.startswith("_")}):
        html, txt = files.get(f"{name}.html"), files.get(f"{name}.txt")
        reached, problems = _reached(name, files)
        used |= reached
        problems += _misnamed(name, html, txt, shown(folder / f"{name}.html"))
        for file in (f"{name}.html", f"{name}.txt", *reached):
            problems += files[file].problems if file in files else ()
        if problems:
            found.problems[name] = sorted(set(problems))
        elif html and txt and html.front:
            parts = {file: files[file].text for file in sorted(reached)}
            body = html.text.partition("#}")[2]
            found.templates[name] = MailTemplate(name, html.front, body, html.line, txt.text, parts)
    for part, read in files.items():
        if part.startswith("_") and part not in used and read.problems:
            found.problems[part] = list(read.problems)
    return found


def _read(path: Path, file: str) -> _File:
    text = read_text(path, file)
    if isinstance(text, Problem):
        remedy = text.remedy if text.line else "a mail is smaller; pictures are not in it"
        return _File(file, problems=(replace(text, remedy=remedy),))
    front, line, problems = None, 1, list[Problem]()
    if path.suffix == ".html" and not path.name.startswith("_"):
        front, line, problems = _front(text, file)
        text = _comment(line) + "\n".join(text.split("\n")[line - 1 :])
    parts, wrong = _syntax(text, file)
    return _File(file, text, front, line, parts, (*problems, *wrong))


def _comment(line: int) -> str:
    """Return what is nothing in a template and ends at the beginning of a line."""
    return "{#" + "\n" * (line - 1) + "#}"


def _misnamed(name: str, html: _File | None, txt: _File | None, file: str) -> Iterator[Problem]:
    if not re.fullmatch(NAME_PATTERN, name):
        remedy = "use lower-case letters, digits and underscores, a letter first"
        yield Problem(file, 0, "", "the file's name is used as a name, and is none", remedy)
    if txt is None:
        message = f"there is no {name}.txt beside it"
        yield Problem(file, 0, "", message, "write the text part: many read it, and filters do")
    if html is None:
        message = f"there is no such file for {name}.txt"
        yield Problem(file, 0, "", message, "write the HTML part, with its front matter")


def _front(text: str, file: str) -> tuple[TemplateFront | None, int, list[Problem]]:
    """Return the front matter, the line below it, and what is wrong."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    end = front_end(lines)
    if isinstance(end, str):
        return None, 1, [Problem(file, 1, "", end, BEGIN)]
    source = parse("\n" + "\n".join(lines[1:end]), file)
    if isinstance(source, Problem):
        return None, end + 2, [source]
    front = shape_at(source, (), source.value or {}, TemplateFront)
    if isinstance(front, list):
        return None, end + 2, front
    return front, end + 2, list(_front_problems(source, front))


def _front_problems(source: Source, front: TemplateFront) -> Iterator[Problem]:
    from config.mail_language import OURS

    if front.language and not _LANGUAGE.fullmatch(front.language):
        message = f"{quoted(front.language)} is no language"
        yield source.problem(("language",), message, "write it as BCP 47 has it: en, de, pt-BR")
    for key in ("subject", "preheader"):
        text = getattr(front, key)
        if _CONTROL.search(text) or "\n" in text:
            yield source.problem((key,), "must be one line of text", "remove the line end")
        else:
            included, wrong = _syntax(text, source.file)
            where = source.line((key,))
            yield from (replace(it, line=where, key=key) for it in wrong)
            if included:
                yield source.problem((key,), "includes a file", "write its words here")
    for name in front.fallbacks:
        if name in OURS:
            message = f"{name} is always known, and no field of a person"
            yield source.problem(("fallbacks", name), message, "remove it")
    for path in secrets_in(source.value):
        yield source.problem(path[:1], "holds a secret, or what looks like one", "take it out")


@lru_cache(maxsize=2048)  # every step of a run reads the same files
def _syntax(text: str, file: str) -> tuple[dict[str, int], list[Problem]]:
    """Return the files that a text includes, each with its line, and what is wrong with it."""
    from jinja2 import TemplateSyntaxError  # takes a while, and many brands write no mail

    from config.mail_language import compile_template, parts_of, sandbox

    problems = [
        Problem(file, number, "", "has a character that is no text", "remove it")
        for number, line in enumerate(text.split("\n"), 1)
        if _CONTROL.search(line.removesuffix("\r"))
    ]
    try:
        compile_template(text, file)
    except TemplateSyntaxError as error:
        message = f"is not valid: {error.message}"
        return {}, [*problems, Problem(file, error.lineno, "", message, "mend the template")]
    return dict(parts_of(sandbox({}).parse(text))), problems


def _reached(name: str, files: Mapping[str, _File]) -> tuple[set[str], list[Problem]]:
    """Return the parts that a template includes, directly or not, and those that it cannot."""
    reached: set[str] = set()
    lost: list[Problem] = []
    there = [file for file in files if file.startswith("_")]

    def visit(file: str, above: tuple[str, ...]) -> None:
        for part, line in files[file].parts.items():
            if part in above:
                message = f"{part} includes itself"
                lost.append(Problem(files[file].shown, line, "", message, "remove one of the two"))
            elif part not in there:
                message = f"there is no part {quoted(part)}"
                remedy = f"{choose(part, there)}; a part's name begins with _"
                lost.append(Problem(files[file].shown, line, "", message, remedy))
            elif part not in reached:
                reached.add(part)
                visit(part, (*above, part))

    for file in (f"{name}.html", f"{name}.txt"):
        if file in files:
            visit(file, (file,))
    return reached, lost
