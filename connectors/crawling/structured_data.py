"""What does a page tell machines? The types of its JSON-LD, and what of it cannot be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

MOST = 50
LONGEST = 200


@dataclass(frozen=True, slots=True)
class StructuredData:
    """Types in the order of the page, each once; errors with the number of their block."""

    types: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    modified: str = ""  # the first dateModified


def read_structured_data(blocks: Iterable[str]) -> StructuredData:
    """Read blocks of JSON-LD; of nested things those of `@graph` and of lists count."""
    types: dict[str, None] = {}
    errors: list[str] = []
    modified = ""
    for number, block in enumerate(blocks, start=1):
        text = block.strip().removeprefix("<!--").removesuffix("-->").strip()
        try:
            things = _things(orjson.loads(text))
        except orjson.JSONDecodeError as error:
            errors.append(f"block {number}: {error}"[:LONGEST])
            continue
        for thing in things:
            types.update(dict.fromkeys(_types(thing)))
            said = thing.get("dateModified")
            modified = modified or (said if isinstance(said, str) else "")
    return StructuredData(tuple(types)[:MOST], tuple(errors[:MOST]), modified)


def _things(found: Any) -> list[dict[str, Any]]:
    waiting, things = [found], []
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, list):
            waiting.extend(reversed(thing))
        elif isinstance(thing, dict):
            things.append(thing)
            waiting.append(thing.get("@graph"))
    return things


def _types(thing: dict[str, Any]) -> list[str]:
    said = thing.get("@type")
    named = said if isinstance(said, list) else [said]
    return [name[:LONGEST] for name in named if isinstance(name, str)]
