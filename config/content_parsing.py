"""What does a post's Markdown file say, and on which line? Front matter as YAML, then the text."""

import re
from dataclasses import replace
from pathlib import Path

from config.content import Content, FrontMatter
from config.problems import Problem
from config.shapes import shape_at
from config.yaml_source import LARGEST_FILE, Source, parse

FENCE = "---"
BEGIN = "begin the file with a line ---, then `objective:` and `networks:`, then a line ---"
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls: no network shows them, and some refuse them."""


def read_text(path: Path, file: str) -> str | Problem:
    """Return a file's text as it stands, with its line ends and without a byte order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return Problem(file, 0, "", f"cannot be read: {error.strerror}")
    if len(content) > LARGEST_FILE:
        message = f"is larger than {LARGEST_FILE:,} bytes"
        return Problem(file, 0, "", message, "a post is one file; pictures are files beside it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(file, line, "", "is not UTF-8 text", "save the file in UTF-8")


def parse_content(text: str, file: str, name: str) -> tuple[Source, Content] | list[Problem]:
    """Return the post with where each value stands, or everything that is wrong with its shape.

    Keys are those of the front matter; the text below it is called `text`.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    end = front_end(lines)
    if isinstance(end, str):
        return [Problem(file, 1, "", end, BEGIN)]
    # An empty first line stands for the fence, so that lines are counted as in the file.
    source = parse("\n" + "\n".join(lines[1:end]), file)
    if isinstance(source, Problem):
        return [source]
    body = lines[end + 1 :]
    first = next((n for n, line in enumerate(body, end + 2) if line.strip()), end + 1)
    source = replace(source, lines={**source.lines, ("text",): first})
    problems = _invisible(source, body, end + 2)
    if source.value is None:
        return [*problems, Problem(file, 1, "", "has nothing in its front matter", BEGIN)]
    front = shape_at(source, (), source.value, FrontMatter)
    if isinstance(front, list) or problems:
        return [*problems, *(front if isinstance(front, list) else [])]
    return source, Content(name=name, front=front, text="\n".join(body).strip())


def front_end(lines: list[str]) -> int | str:
    """Return the index of the line that ends the front matter, or what is wrong."""
    if lines[0].rstrip() != FENCE:
        return "does not begin with front matter"
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return index
    return "has front matter that does not end"


def _invisible(source: Source, body: list[str], first: int) -> list[Problem]:
    return [
        Problem(source.file, number, "text", "has a character that is no text", "remove it")
        for number, line in enumerate(body, first)
        if _INVISIBLE.search(line)
    ]
