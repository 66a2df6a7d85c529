"""How is one value of a YAML file changed, and every other sign of the file kept?

As in front matter (`content_edit.py`): the file is taken for the front matter of a text without
words.
"""

from collections.abc import Mapping

from config.content_edit import MARK, with_values
from config.content_parsing import FENCE

_LINE = f"{FENCE}\n"


def with_yaml_values(text: str, values: Mapping[str, str], file: str) -> str:
    """Return a YAML file's text with these keys of its outermost mapping set; a new key comes last.

    A value is YAML on one line. Raise `ConfigurationError` for a file (`file` in messages) in
    which it cannot be done without touching something else.
    """
    head, body = _parts(text)
    end = "" if body.endswith("\n") or not body else "\n"
    changed = with_values(f"{_LINE}{body}{end}{_LINE}", values, file)
    return head + changed.removeprefix(_LINE).removesuffix(_LINE)


def _parts(text: str) -> tuple[str, str]:
    """Cut off a byte order mark, and what stands above a line that begins the document."""
    lines = text.removeprefix(MARK).splitlines(keepends=True)
    starts = (n for n, line in enumerate(lines, 1) if line.rstrip() == FENCE)
    start = next(starts, 0)
    return text[: len(text) - sum(map(len, lines[start:]))], "".join(lines[start:])
