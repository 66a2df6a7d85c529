"""Which words and hashtags does a brand watch on social networks, and how is one written?

A watched word may have several words (`Acme Shop`); what networks take for their own language of
searching (quotes, colons, a minus at the beginning) is none. How a word is written does not matter
to what it finds: see `watched_key`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from config.problems import Problem, quoted
from config.yaml_source import Source

MOST_WATCHED = 10
"""Each is asked for on each network every day."""
LONGEST = 60

_HASHTAG = re.compile(r"#\w+")
_WORDS = re.compile(r"\w+(?:[-'’.&]\w+|\.? (?:& )?\w+)*")


def is_hashtag(term: str) -> bool:
    """Tell whether it is a hashtag that is watched, and no word."""
    return term.startswith("#")


def watched_key(term: str) -> str:
    """Return what is the same for all ways of writing it: case, white space, composed signs."""
    return " ".join(unicodedata.normalize("NFC", term).casefold().split())


def watched_problems(source: Source, terms: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the `content.watched` of a brand file."""
    seen: dict[str, int] = {}
    for position, term in enumerate(terms):
        path = ("content", "watched", position)
        if problem := _wrong(term):
            yield source.problem(path, f"{quoted(term)} {problem[0]}", problem[1])
        elif (key := watched_key(term)) in seen:
            first = source.line(("content", "watched", seen[key]))
            message = f"{quoted(term)} is watched twice, first on line {first}"
            yield source.problem(path, message, "remove one of the two: case does not matter")
        else:
            seen[key] = position


def _wrong(term: str) -> tuple[str, str] | None:
    """Return what is wrong with one, and the remedy."""
    word = term.removeprefix("#")
    if len(term) > LONGEST:
        return f"is longer than {LONGEST} characters", "watch a part of it"
    if is_hashtag(term) and not _HASHTAG.fullmatch(term):
        return "is no hashtag", "letters, digits and _ only, without blanks: '#TrailRunning'"
    if not is_hashtag(term) and not _WORDS.fullmatch(term):
        return "is no word", "write words as people do, without quotes or signs around: Acme Shop"
    if len(word) < 2 or not any(sign.isalpha() for sign in word):
        return "is too little to be watched", "at least two signs, one of them a letter"
    return None
