r"""How is plain text written in LinkedIn's "little text", the format of a post's `commentary`?

Its reserved signs are escaped with a backslash; one that is not ends the text for its readers, and
LinkedIn says nothing. A hashtag is `{hashtag|\#|word}`. Everything else stays as it is. Comments
are plain text and are not written like this.
Source: LinkedIn's "little Text Format", and the reports of posts that ended at their first `(`.
"""

import re
import unicodedata

RESERVED = frozenset("\\|{}@[]()<>#*_~")
BEFORE = frozenset("([{<\"'«“„‘‚¿¡")
"""What may stand right before a hashtag, besides the beginning and white space: `https://a/#b`,
`C#net` and `&#39;` have none."""


def little_text(text: str) -> str:
    """Return plain text as little text that shows the same to its readers."""
    written: list[str] = []
    place = 0
    for match in re.finditer("#", text):
        start = match.start()
        end = _end_of_word(text, start + 1)
        if start < place or not _is_hashtag(text, start, end):
            continue
        word = _escaped(text[start + 1 : end])
        written += [_escaped(text[place:start]), f"{{hashtag|\\#|{word}}}"]
        place = end
    return "".join([*written, _escaped(text[place:])])


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in RESERVED else sign for sign in text)


def _is_hashtag(text: str, start: int, end: int) -> bool:
    """Tell whether a hashtag stands there: a word with a letter, on its own."""
    alone = start == 0 or text[start - 1].isspace() or text[start - 1] in BEFORE
    return alone and any(sign.isalpha() for sign in text[start + 1 : end])


def _end_of_word(text: str, start: int) -> int:
    """Return where letters, digits and underscores end, in any script: vowel signs are marks."""
    end = start
    while end < len(text) and (unicodedata.category(text[end])[0] in "LMN" or text[end] == "_"):
        end += 1
    return end
