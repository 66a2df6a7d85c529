"""How do the pages about content look alike? One frame, no script, no request to anybody."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.report.escape import plain
from tasks.report.numbers import day, plural

environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _sentence(text: str) -> str:
    return plain(text, 0)


environment.filters |= {"name": plain, "sentence": _sentence, "day": day, "plural": plural}
