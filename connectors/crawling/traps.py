"""Is this address worth asking, or part of something endless?

A crawler cannot know that a calendar has no end; it can only notice that addresses grow without
saying anything new. Each bound that is reached is told once, at the address where it was reached.
"""

import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import translate
from urllib.parse import urlsplit

from connectors.addresses import path_of

LONGEST = 2_000
"""Characters of an address."""
MOST_REPEATS = 3
"""How often one segment may stand in a path: /a/b/a/b/a/b/a/b is a link relative by mistake."""
_NUMBER = re.compile(r"\d+")


class Traps:
    """What was counted so far, and what was told already."""

    def __init__(self, max_depth: int, max_per_path: int, exclude: Iterable[str]) -> None:
        self._max_depth = max_depth
        self._max_per_path = max_per_path
        patterns = [translate(pattern) for pattern in exclude]
        self._excluded = re.compile("|".join(patterns) or r"(?!)")
        self._counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._told: set[object] = set()

    def excluded(self, url: str) -> bool:
        """Tell whether the options leave an address out."""
        return self._excluded.match(path_of(url)) is not None

    def refusal(self, url: str, steps: int) -> str | None:
        """Count an address. Return why it is not asked: None if it is, '' if that is known."""
        if len(url) > LONGEST:
            return self._once("long", f"its address is longer than {LONGEST:,} characters")
        if steps > self._max_depth:
            return self._once("deep", f"more than {self._max_depth} clicks away")
        if _repeats(url):
            return self._once("repeats", f"a folder repeats more than {MOST_REPEATS} times")
        if self._one_too_many(url):
            most = self._max_per_path
            return self._once(_kind(url), f"over {most:,} addresses differ in parameters only")
        return None

    def _one_too_many(self, url: str) -> bool:
        if not (kind := _kind(url)):
            return False
        self._counts[kind] += 1
        return self._counts[kind] > self._max_per_path

    def _once(self, what: object, why: str) -> str:
        if what in self._told:
            return ""
        self._told.add(what)
        return f"not asked: {why}; others like it are left out without a word"


def _repeats(url: str) -> bool:
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return len(segments) > MOST_REPEATS and max(Counter(segments).values()) > MOST_REPEATS


def _kind(url: str) -> tuple[str, tuple[str, ...]] | None:
    """Return what addresses with parameters have in common; None for one without."""
    parts = urlsplit(url)
    if not parts.query:
        return None
    names = {pair.partition("=")[0] for pair in parts.query.split("&")}
    return _NUMBER.sub("#", parts.path), tuple(sorted(names))
