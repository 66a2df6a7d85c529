r"""What do readers see of a "little text"? The way back from `little_text.py`.

    \(                                    (
    {hashtag|\#|word}, #word              #word
    @[Name](urn:li:organization:1337)     Name

What is none of these stays as it is: people write posts too, by other ways than ours.
"""

import re

_ESCAPED = r"(?:\\.|[^\\|{}])*?"
_ELEMENTS = re.compile(
    rf"""
    \{{hashtag\|\\?(?P<sign>[#＃])\|(?P<word>{_ESCAPED})\}}
    | @\[(?P<name>(?:\\.|[^\\\[\]])*)\]\(urn:li:[a-zA-Z]+:[^()\s]+\)
    | \\(?P<literal>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def plain_text(commentary: str) -> str:
    """Return what readers see."""
    return _ELEMENTS.sub(_shown, commentary)


def _shown(element: re.Match[str]) -> str:
    if element["sign"]:
        return element["sign"] + _unescaped(element["word"])
    if element["name"] is not None:
        return _unescaped(element["name"])
    return str(element["literal"])


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
