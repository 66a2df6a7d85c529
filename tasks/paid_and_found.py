"""What is paid for searches for which we are found, and for which are we not found that pay?

Amounts of different currencies are never added. Search Console hides searches that few people make,
so "not found" is what it tells, not what there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

import numpy as np
import pandas as pd

from tasks.report.numbers import day, number, plural

PAID = ("text", "level", "currency", "spend", "clicks", "conversions", "until")
FOUND = ("text", "clicks", "impressions", "position")
FIRST_PLACES = 3.0
HIGH_RATE = 0.2
"""Clicks per impression. With an ad above it, a result that every fifth still clicks is sought."""
LEAST_IMPRESSIONS = 100.0
"""A click rate rests on at least so many."""
NOBODY_LOOKS = 20.0
"""Beyond this position we count as not found."""
LONGEST_LIST = 10


@dataclass(frozen=True, slots=True)
class PaidQuery:
    """A search that is paid for, over 28 days, and how we are found for it without paying."""

    text: str
    currency: str
    spend: float
    clicks: float
    conversions: float
    impressions: float = 0.0  # of the unpaid results
    position: float | None = None  # None: not shown
    rate: float | None = None  # clicks per impression, unpaid


@dataclass(frozen=True, slots=True)
class Total:
    """What all searches of a list cost in one currency, those without a place in it too."""

    currency: str
    queries: int
    spend: float
    clicks: float
    conversions: float


@dataclass(frozen=True, slots=True)
class PaidAndFound:
    """Searches that are paid for, beside what is found unpaid. Each list is bounded."""

    until: date  # the last day of the ads' figures
    saved: tuple[PaidQuery, ...] = ()  # we rank first there; by currency, the dearest first
    at_most: tuple[Total, ...] = ()  # what they cost, by currency
    uncovered: tuple[PaidQuery, ...] = ()  # they convert and we are not found; most first
    uncovered_queries: int = 0  # how many there are


@dataclass(frozen=True)
class Paid:
    """What a run of another family knows of paid searches.

    `searches`: columns `PAID`, one row per search term or keyword of an account; `text` is folded.
    """

    searches: pd.DataFrame
    asked: Mapping[tuple[str, int | None], str] = field(default_factory=dict)
    """By check and entity_key of a page the query that its finding speaks of."""


def folded(text: str) -> str:
    """Return a search as it is compared: case and spaces aside."""
    return " ".join(text.casefold().split())


def compare(paid: pd.DataFrame, found: pd.DataFrame) -> PaidAndFound | None:
    """Lay what is paid beside what is found; None where either is not known.

    `paid` has the columns `PAID`, of which search terms alone count here: a keyword's figures have
    theirs in them. `found` has `FOUND`, of which rows of one text add up; a NaN in its impressions
    means that an account's days are unknown, and then nothing can be said to be missing.
    """
    terms = paid[(paid["level"] == "search_term") & paid["spend"].notna()]
    if terms.empty or found.empty or found["impressions"].isna().any():
        return None
    sums = _sums(terms).merge(_organic(found), on="text", how="left")
    shown = sums["impressions"].fillna(0.0)
    rate = sums["found_clicks"] / shown.where(shown > 0)
    first = (sums["position"] <= FIRST_PLACES) & (rate >= HIGH_RATE) & (sums["spend"] > 0)
    saved = sums.assign(rate=rate)[first & (shown >= LEAST_IMPRESSIONS)]
    nowhere = (shown == 0) | (sums["position"] > NOBODY_LOOKS)
    missing = sums.assign(rate=rate)[nowhere & (sums["conversions"] >= 1)]
    dearest = saved.sort_values(["currency", "spend", "text"], ascending=[True, False, True])
    best = missing.sort_values(["conversions", "text", "currency"], ascending=[False, True, True])
    return PaidAndFound(
        until=terms["until"].max(),
        saved=_records(dearest.groupby("currency", sort=False).head(LONGEST_LIST)),
        at_most=_totals(saved),
        uncovered=_records(best.head(LONGEST_LIST)),
        uncovered_queries=best["text"].nunique(),
    )


def paid_for(paid: Paid, text: str) -> str:
    """Say what is paid for a search, each currency by itself; '' if nothing is known of it.

    Search terms tell where there are any, else keywords of the same words: the same clicks are
    counted in both.
    """
    known = paid.searches[paid.searches["spend"].notna()]
    same = known[known["text"] == folded(text)]
    terms = same[same["level"] == "search_term"]
    rows = terms if len(terms) else same
    if rows.empty:
        return ""
    what = "the same search" if len(terms) else "a keyword of the same words"
    spent = "; ".join(
        f"{number(spend, 'money', currency)} for {_counted(clicks, 'click')}, "
        f"{_counted(conversions, 'conversion')}"
        for currency, spend, clicks, conversions in _sums(rows)[
            ["currency", "spend", "clicks", "conversions"]
        ].itertuples(index=False)
    )
    return f"Paid on Google Ads for {what} in 28 days to {day(rows['until'].max())}: {spent}"


def _counted(count: float, one: str) -> str:
    """Write a count that may have a fraction, as conversions do."""
    if count % 1:
        return f"{number(count, 'count')} {one}s"
    return plural(int(count), one)


def _sums(paid: pd.DataFrame) -> pd.DataFrame:
    """Return text, currency, spend, clicks, conversions: one row per search and currency."""
    figures = ["spend", "clicks", "conversions"]
    return paid.groupby(["text", "currency"], as_index=False)[figures].sum()


def _organic(found: pd.DataFrame) -> pd.DataFrame:
    """Return text, found_clicks, impressions, position (NaN: not shown): one row per search."""
    shown = found["impressions"].where(found["impressions"] > 0, 0.0)
    weighted = np.where(shown > 0, found["position"] * shown, 0.0)
    rows = found.assign(weighted=weighted, found_clicks=found["clicks"])
    sums = rows.groupby("text", as_index=False)[["found_clicks", "impressions", "weighted"]].sum()
    some = sums["impressions"].where(sums["impressions"] > 0)
    return sums.assign(position=sums.pop("weighted") / some)


def _records(rows: pd.DataFrame) -> tuple[PaidQuery, ...]:
    return tuple(
        PaidQuery(
            text=str(row["text"]),
            currency=str(row["currency"]),
            spend=float(row["spend"]),
            clicks=float(row["clicks"]),
            conversions=float(row["conversions"]),
            impressions=_or_none(row["impressions"]) or 0.0,
            position=_or_none(row["position"]),
            rate=_or_none(row["rate"]),
        )
        for row in rows.to_dict("records")
    )


def _totals(rows: pd.DataFrame) -> tuple[Total, ...]:
    return tuple(
        Total(
            str(currency),
            len(mine),
            *(float(mine[name].sum()) for name in ("spend", "clicks", "conversions")),
        )
        for currency, mine in rows.groupby("currency")
    )


def _or_none(value: object) -> float | None:
    figure = cast(float, value)
    return None if np.isnan(figure) else float(figure)
