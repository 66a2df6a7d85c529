"""How often was each watched word used on a day, beside the days before it?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from config.watched import watched_key
from tasks.report.numbers import plural
from tasks.social.volume import DAYS, LEAST_DAYS, Volume, volume

NOT_COUNTED = "nobody counted it"


@dataclass(frozen=True, slots=True)
class Watched:
    """A word on the last day that is over."""

    term: str  # as the brand writes it
    day: date
    count: float | None  # posts of others; None: unknown
    volume: Volume | None  # None: it cannot be judged
    why: str  # it cannot; '' if it can


def watched_terms(
    terms: Sequence[str], counts: pd.DataFrame, as_of: date
) -> tuple[Watched, ...]:  # fmt: skip
    """Judge the day before `as_of` of each word.

    `counts` has columns of `Warehouse.watched_days`, of one account.
    """
    return tuple(_judged(counts, terms, as_of - timedelta(days=1)))


def _judged(counts: pd.DataFrame, terms: Sequence[str], day: date) -> Iterator[Watched]:
    for term in terms:
        mine = counts[counts["term"] == watched_key(term)].set_index("date_day")
        span = [day - timedelta(days=ago) for ago in range(DAYS, -1, -1)]
        posts = mine["posts"].astype("float64").reindex(span)
        *before, last = posts.tolist()
        if pd.isna(last):
            why = str(mine["why"].get(day, "")) or NOT_COUNTED
            yield Watched(term, day, None, None, why)
        elif (found := volume(before, last)) is None:
            known = plural(int(posts.notna().sum()) - 1, "day")
            why = f"{known} before it known, {LEAST_DAYS} are needed"
            yield Watched(term, day, last, None, why)
        else:
            yield Watched(term, day, last, found, "")
