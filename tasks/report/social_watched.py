"""How is it written down how often watched words were used?"""

from collections.abc import Iterable, Sequence
from typing import Literal

from tasks.report.numbers import day, number
from tasks.report.social_model import SocialAccount, WatchedRow, WatchedWords
from tasks.social.preview import TITLES
from tasks.social.volume import DAYS
from tasks.social.watched import Watched

WATCHED = "Watched words"
HEADS = ("Word", "Posts", "Usual", "Times the usual", "Verdict")

_UNKNOWN = "unknown"
_VERDICTS = {"more": "far more than usual", "usual": "as usual"}


def watched_words(watched: Sequence[Watched] | None) -> WatchedWords | None:
    """Return the words' rows; None without any."""
    if not watched:
        return None
    return WatchedWords(watched[0].day, tuple(map(_row, watched)))


def caption(words: WatchedWords) -> str:
    """Say what is counted, and what it is compared with."""
    return (
        f"Posts of others with the word on {day(words.day)}; the usual is a day's mean over the "
        f"{DAYS} days before."
    )


def cells(row: WatchedRow) -> list[str]:
    """Write a word's figures; why there is none says the verdict."""
    return [
        number(row.count, "count", none=_UNKNOWN),
        number(row.usual, "count"),
        number(row.times, "ratio"),
    ]


def verdict(row: WatchedRow) -> str:
    """Say what a word's day was like, or why nobody can say."""
    return _VERDICTS.get(row.verdict, f"{_UNKNOWN}: {row.why}")


def untellable(accounts: Iterable[SocialAccount]) -> str:
    """Say which networks tell of no word, once for all accounts; '' for none."""
    names = dict.fromkeys(TITLES[it.network] for it in accounts if it.untellable)
    verb = "tells" if len(names) == 1 else "tell"
    return f"{' and '.join(names)} {verb} nobody how often a word is used." if names else ""


def _row(watched: Watched) -> WatchedRow:
    found = watched.volume
    if found is None:
        return WatchedRow(watched.term, watched.count, None, None, "unknown", watched.why)
    what: Literal["more", "usual"] = "more" if found.unusual else "usual"
    return WatchedRow(watched.term, watched.count, found.usual, found.times, what)
