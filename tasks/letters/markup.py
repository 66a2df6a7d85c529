"""What does an HTML part consist of? Its tags with their lines, and the words that are seen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

WRITTEN = "\ue000"
"""Stands for what a template writes there (a sign of Unicode's private use)."""

_TEMPLATE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_UNSEEN = ("style", "script", "title", "head")
_VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")
_BLOCKS = ("br", "div", "h1", "h2", "h3", "li", "p", "table", "td", "tr")


@dataclass(slots=True)
class Tag:
    """A tag, and the words inside it if it is a link."""

    name: str
    line: int
    attributes: Mapping[str, str]
    words: str = ""


@dataclass(slots=True)
class _Reader(HTMLParser):
    tags: list[Tag] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    links: list[Tag] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Tag(tag, self.getpos()[0], {name: value or "" for name, value in attrs})
        self.tags.append(found)
        if tag in _BLOCKS:
            self.seen.append(" ")
        if tag == "img" and self.links:
            self.links[-1].words += found.attributes.get("alt", "")
        if tag in _VOID:
            return
        style = found.attributes.get("style", "").replace(" ", "").lower()
        if self.hidden or tag in _UNSEEN or "display:none" in style:
            self.hidden.append(tag)
        elif tag == "a":
            self.links.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            while self.hidden.pop() != tag:
                pass
        elif tag == "a" and self.links:
            self.links.pop()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        self.seen.append(data)
        if self.links:
            self.links[-1].words += data


def tags(source: str) -> list[Tag]:
    """Return the tags of a template's source; where the template writes something, an attribute
    has `WRITTEN`."""
    return _read(_TEMPLATE.sub(_blot, source)).tags


def seen_text(html: str) -> str:
    """Return the words of an HTML part that somebody sees, without those of pictures."""
    return " ".join("".join(_read(html).seen).split())


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


def _blot(match: re.Match[str]) -> str:
    """Keep lines where they are."""
    sign = WRITTEN if match[0].startswith("{{") else ""
    return sign + "\n" * match[0].count("\n")
