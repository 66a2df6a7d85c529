"""What is wrong with a letter's links? Where they lead, how, and whether anything answers."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from config.mail_templates import MailTemplate
from config.problems import Problem, quoted
from tasks.letters.links import addresses, has_campaign, hosts_sentence, is_own
from tasks.letters.markup import WRITTEN, Tag, tags
from tasks.letters.rendering import Surroundings

SHORTENERS = (
    "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly",
    "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "v.gd",
)  # fmt: skip
EMPTY_WORDS = ("here", "click here", "link", "this link", "hier", "hier klicken")
_NOT_LINKED = re.compile(
    r"""(src|xmlns(:\w+)?|background)\s*=\s*("[^"]*"|'[^']*')|url\([^)]*\)|<!--.*?-->""",
    re.IGNORECASE,
)
_LINK = r"""link\(\s*["']{0}|{0}["']\s*\|\s*link"""


def link_problems(
    template: MailTemplate, around: Surroundings, answers: Mapping[str, str]
) -> Iterator[Problem]:
    """Yield what is wrong with the links in a template's files; `answers` as `linting.lint`."""
    for file, source in template.files().items():
        if file.endswith(".html"):
            for tag in tags(source):
                if tag.name in ("a", "area"):
                    yield from _link(file, tag)
        shown = file if "." in file else f"{template.name}.html"
        for address, line, with_link in _written(source):
            yield from _address(shown, line, address, with_link, around)
            if reason := answers.get(address, ""):
                message = f"{quoted(address)} does not answer: {reason}"
                yield Problem(shown, line, "", message, "correct the address")


def written_addresses(template: MailTemplate) -> list[str]:
    """Return the addresses that stand in a template's files, without campaign parameters: those
    that somebody can ask whether they answer."""
    found = [it[0] for source in template.files().values() for it in _written(source)]
    return list(dict.fromkeys(found))


def _written(source: str) -> Iterator[tuple[str, int, bool]]:
    """Yield addresses that links lead to, each with its line and whether `link` is said of it."""
    for number, line in enumerate(source.split("\n"), 1):
        bare = re.sub(r"""["'<>{}|]""", " ", _NOT_LINKED.sub("", line))
        for address in addresses("", bare):
            with_link = re.search(_LINK.format(re.escape(address)), line) is not None
            yield address, number, with_link


def _link(file: str, tag: Tag) -> Iterator[Problem]:
    url = tag.attributes.get("href", "").strip()
    words = " ".join(tag.words.split())
    if not words:
        yield Problem(file, tag.line, "", "a link has no words", "say where it leads")
    elif words.casefold() in EMPTY_WORDS:
        message = f"a link says only {quoted(words)}"
        yield Problem(file, tag.line, "", message, "say where it leads", "note")
    if url in ("", "#"):
        yield Problem(file, tag.line, "", "a link leads nowhere", "give it an address")
    elif not url.startswith(WRITTEN) and not re.match(
        r"(https?|mailto|tel):|#", url, re.IGNORECASE
    ):
        message = f"{quoted(url)} is no whole address"
        yield Problem(
            file, tag.line, "", message, "write https://...; a mail has no site around it"
        )


def _address(
    file: str, line: int, url: str, with_link: bool, around: Surroundings
) -> Iterator[Problem]:
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        yield Problem(file, line, "", f"{quoted(url)} is no address", "correct it")
        return
    if url.startswith("http://"):
        yield Problem(file, line, "", f"{quoted(url)} is not safe on its way", "write https://")
    if host in SHORTENERS:
        message, remedy = (
            f"{host} hides where a link leads",
            "write it out; filters block this",
        )
        yield Problem(file, line, "", message, remedy)
    elif not (with_link or is_own(url, around.hosts) or has_campaign(url)):
        message = f"{quoted(url)} gets no campaign parameters: {host} is not the brand's"
        remedy = f'write link("...") if they are wanted; yours: {hosts_sentence(around.hosts)}'
        yield Problem(file, line, "", message, remedy, "note")
