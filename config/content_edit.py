"""How is one value of a post's front matter changed, and every other sign of the file kept?

People's files hold comments, an order and line ends of their own. So only the signs of the value
are replaced, and what comes out is read again: it must say the same but for what was changed.
"""

from collections.abc import Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from config.content_parsing import BEGIN, front_end
from config.problems import ConfigurationError, Problem
from config.yaml_source import Source, parse

MARK = "\ufeff"
"""The byte order mark that some editors put first."""


def with_values(text: str, values: Mapping[str, str], file: str) -> str:
    """Return a post's text with these keys of the front matter set; a new key comes last.

    A value is YAML on one line. Raise `ConfigurationError` for a file (`file` in messages) in
    which it cannot be done without touching something else.
    """
    start, front, rest = _parts(text.removeprefix(MARK), file)
    before = parse(front, file)
    if isinstance(before, Problem):
        raise ConfigurationError([before])
    changed = _changed(front, values)
    wanted = {**(before.value or {}), **_meaning(values, file)}
    after = parse(changed, file)
    if isinstance(after, Problem) or after.value != wanted:
        keys = " and ".join(f"`{key}:`" for key in values)
        remedy = "write each key on a line of its own, its value behind it"
        problem = Problem(file, 1, "", f"{keys} cannot be set without touching the rest", remedy)
        raise ConfigurationError([problem])
    return (MARK if text.startswith(MARK) else "") + start + changed + rest


def _parts(text: str, file: str) -> tuple[str, str, str]:
    """Cut a text into its first line, the front matter, and all from the closing line on."""
    lines = text.split("\n")
    end = front_end(lines)
    if isinstance(end, str):
        raise ConfigurationError([Problem(file, 1, "", end, BEGIN)])
    front = "".join(line + "\n" for line in lines[1:end])
    return lines[0] + "\n", front, "\n".join(lines[end:])


def _meaning(values: Mapping[str, str], file: str) -> dict[str, object]:
    source = parse("".join(f"{key}: {value}\n" for key, value in values.items()), file)
    return dict(source.value) if isinstance(source, Source) else {}


def _changed(front: str, values: Mapping[str, str]) -> str:
    line_end = "\r\n" if "\r\n" in front else "\n"
    spans = {key: span for key, span in _spans(front) if key in values}
    for key, (start, end) in sorted(spans.items(), key=lambda it: it[1], reverse=True):
        blank = "" if front[:start].endswith((" ", "\n")) else " "
        front = front[:start] + blank + values[key] + front[end:]
    new = [f"{key}: {value}{line_end}" for key, value in values.items() if key not in spans]
    return front + "".join(new)


def _spans(front: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each key of the outermost mapping, and from where to where its value stands."""
    events = iter(YAML(typ="safe", pure=True).parse(front))
    for event in events:
        if isinstance(event, MappingStartEvent):
            break
    while not isinstance(key := next(events, None), MappingEndEvent | None):
        start, end = _span(next(events), events)
        if isinstance(key, ScalarEvent):
            if start == end:  # nothing stands there, and the mark may be lines below
                start = end = front.index(":", key.end_mark.index) + 1
            yield str(key.value), (start, end)


def _span(first: Event, events: Iterator[Event]) -> tuple[int, int]:
    """Return where a value begins and ends; what follows a block's last scalar is not its own."""
    end, depth = first.end_mark.index, 0
    event = first
    while True:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        closing = isinstance(event, CollectionEndEvent)
        if isinstance(event, NodeEvent) or (
            closing and event.end_mark.index > event.start_mark.index
        ):
            end = event.end_mark.index
        if depth == 0:
            return first.start_mark.index, end
        event = next(events)
