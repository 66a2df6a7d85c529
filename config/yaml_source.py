"""What does a YAML file say, and on which line? Plain values only, every key's line remembered.

YAML 1.2 as people expect it: `yes`, `on` and dates are text, a key stands once, there are no tags,
so no object can be made. Anchors and aliases work. Built on ruamel.yaml's parser events, because
its loaders forget lines and follow tags.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from config.problems import Problem

LARGEST_FILE = 300_000  # bytes; a brand file of 100 accounts has some 50,000
MOST_VALUES = 100_000  # counted with aliases spelled out, so that nested aliases cannot explode
DEEPEST = 30  # levels of nesting

Where = tuple[str | int, ...]
"""Where a value stands: `("accounts", 0, "name")`."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# A leading zero makes an id or a post code, not a number; 18 digits are enough for any quantity.
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.\d+|\d{1,18}(\.\d*)?)([eE][-+]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's values, and the line of each."""

    file: str
    """The path as it was given: what a message names."""
    value: Any
    lines: dict[Where, int] = field(repr=False)

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of a value, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            if (line := self.lines.get(tuple(path[:length]))) is not None:
                return line
        return 0

    def problem(self, path: Sequence[str | int], message: str, remedy: str = "") -> Problem:
        """Return a problem with the value at `path`."""
        return Problem(self.file, self.line(path), spell(path), message, remedy)

    def note(self, path: Sequence[str | int], message: str, remedy: str = "") -> Problem:
        """Return a note on the value at `path`."""
        return Problem(self.file, self.line(path), spell(path), message, remedy, "note")


def spell(path: Sequence[str | int]) -> str:
    """Return a path the way people write it: `accounts[0].options.token`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(path: Path, file: str) -> Source | Problem:
    """Read a file that messages call `file`, or say what is wrong with it as YAML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return Problem(file, 0, "", f"cannot be read: {error.strerror}")
    if len(content) > LARGEST_FILE:
        return Problem(
            file, 0, "", f"is larger than {LARGEST_FILE:,} bytes", "split it into several files"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(file, line, "", "is not UTF-8 text", "save the file in UTF-8")
    return parse(text, file)


@lru_cache(maxsize=2048)  # every step of a run reads the same files; a brand's takes 40 ms
def parse(text: str, file: str) -> Source | Problem:
    """Read the text of a file called `file`, or say what is wrong with it as YAML."""
    builder = _Builder(file)
    try:
        return builder.document(iter(YAML(typ="safe", pure=True).parse(text)))
    except _RefusedError as refused:
        return refused.problem
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        return Problem(
            file,
            mark.line + 1 if mark else 0,
            "",
            f"is not valid YAML: {what}",
            "look at the indentation, the quotes and the colons of this line and the one before",
        )
    except (YAMLError, ValueError) as error:  # a character that YAML forbids, a bad escape
        what = str(error).splitlines()[0]
        return Problem(file, 0, "", f"is not valid YAML: {what}")


class _RefusedError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Builder:
    """Turns parser events into values. `count` is how many values were made, aliases included."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Where, int] = {}
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.count = 0

    def document(self, events: Iterator[Event]) -> Source:
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused(
                        event, (), "a second document starts here", "make it a file of its own"
                    )
                value = self.value(next(events), events, ())
            elif isinstance(event, StreamEndEvent):
                break
        return Source(self.file, value, self.lines)

    def value(self, event: Event, events: Iterator[Event], path: Where) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        self._allowed(event, path)
        before = self.count
        self.count += 1
        value: Any
        if isinstance(event, ScalarEvent):
            value = self._scalar(event, path)
        elif isinstance(event, SequenceStartEvent):
            value = list(self._items(events, path))
        else:
            value = dict(self._pairs(events, path))
        if isinstance(event, NodeEvent) and event.anchor:
            self.anchors[event.anchor] = (value, self.count - before)
        return value

    def _items(self, events: Iterator[Event], path: Where) -> Iterator[Any]:
        position = 0
        while not isinstance(event := next(events), SequenceEndEvent):
            yield self.value(event, events, (*path, position))
            position += 1

    def _pairs(self, events: Iterator[Event], path: Where) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, ScalarEvent):
                raise self._refused(event, path, "a key must be plain text", "write `name: value`")
            key = self._text(event, path)
            here = (*path, key)
            if key in first:
                message = f"the key stands twice, first on line {first[key]}"
                raise self._refused(event, here, message, "remove one of the two")
            if key == "<<" and event.style is None:
                message = "merge keys (`<<`) are not part of YAML 1.2"
                raise self._refused(event, here, message, "write the keys out")
            self._allowed(event, here)
            first[key] = self.lines[here] = line
            yield key, self.value(next(events), events, here)

    def _alias(self, event: AliasEvent, path: Where) -> Any:
        if event.anchor not in self.anchors:
            message = f"no anchor &{event.anchor} stands before this alias"
            raise self._refused(event, path, message, choose_anchor(self.anchors))
        value, size = self.anchors[event.anchor]
        self.count += size
        self._counted(event, path)
        return value

    def _allowed(self, event: Event, path: Where) -> None:
        if getattr(event, "ctag", None) is not None:
            message = "tags (`!...`) are not used here"
            raise self._refused(event, path, message, "remove the tag; quote what is to be text")
        if len(path) > DEEPEST:
            raise self._refused(event, path[:3], f"is nested more than {DEEPEST} levels deep")
        self._counted(event, path)

    def _counted(self, event: Event, path: Where) -> None:
        if self.count > MOST_VALUES:
            message = f"has more than {MOST_VALUES:,} values with its aliases spelled out"
            raise self._refused(event, path[:3], message, "split the file")

    def _scalar(self, event: ScalarEvent, path: Where) -> Any:
        text = self._text(event, path)
        return plain(text) if event.style is None else text

    def _text(self, event: ScalarEvent, path: Where) -> str:
        text: str = event.value
        if any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in text):
            raise self._refused(event, path, "has a character that is no text", "remove it")
        return text

    def _refused(self, event: Event, path: Where, message: str, remedy: str = "") -> _RefusedError:
        line = event.start_mark.line + 1
        return _RefusedError(Problem(self.file, line, spell(path), message, remedy))


def choose_anchor(anchors: dict[str, Any]) -> str:
    """Return the remedy for an unknown alias."""
    return (
        f"anchors so far: {', '.join(anchors)}" if anchors else "text that begins with * is quoted"
    )


def plain(text: str) -> str | int | float | bool | None:
    """Return what an unquoted YAML 1.2 scalar means; what looks like no number is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not re.fullmatch(r"[-+]?0\d+", text):
        return float(text)
    return text
