"""How do commands write into files that people edit too, and pages that people open?"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import click

from config.reading import shown
from tasks.run import WrongUseError


def one_line(values: Mapping[str, str]) -> str:
    """Return a YAML mapping on one line; every value is quoted, so that it is text."""
    pairs = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return f"{{{', '.join(pairs)}}}"


def replace_text(path: Path, before: str, after: str) -> None:
    """Put a new text in the place of the old one, at once: nobody ever reads half of it. Raise
    `WrongUseError` if it is not the old one any more."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(after.encode("utf-8"))
    shutil.copymode(path, fresh)
    if path.read_bytes() != before.encode("utf-8"):
        fresh.unlink()
        raise WrongUseError(f"{path.name} was changed by somebody else just now; look at it again")
    fresh.replace(path)


def write_page(path: Path, text: str) -> None:
    """Write a page and print where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    click.echo(f"Wrote {shown(path)}.")
