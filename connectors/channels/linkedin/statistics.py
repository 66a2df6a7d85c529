"""What do LinkedIn's organic statistics say: of posts since they are there, of the page per day?

What is left out of the answer about posts had no activity. Only twelve months are kept, so of an
older post that is left out nothing is known. Reactions of all kinds are `likeCount`. Sponsored
activity is not counted. Counts of people who saw something cannot be summed over days.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from math import nan
from typing import Any

import pandas as pd

from connectors.base import Window
from connectors.channels.linkedin.calling import Calls, Row
from connectors.channels.linkedin.restli import days_of, listed, moment, query
from connectors.social import Engagement

SHARES, FOLLOWERS = "organizationalEntityShareStatistics", "organizationalEntityFollowerStatistics"
MOST_POSTS = 50
"""Posts of one question."""
HISTORY_DAYS = 365
"""Twelve months, rolling: what LinkedIn keeps."""
SETTLED_AFTER = 3
"""Days after which a day is told of for sure; mostly it takes one or two."""
FOLLOWER_GAINS = "followerGains"
CORE = {"impressions": "impressionCount", "clicks": "clickCount"}
KINDS = {"share": "shares", "ugcPost": "ugcPosts"}
"""The kind of a post's URN to the name of the list that asks about such posts."""
EARNED = {
    "impressions": "impressionCount",
    "reactions": "likeCount",
    "comments": "commentCount",
    "shares": "shareCount",
    "clicks": "clickCount",
}
NOTHING = Engagement(0, 0, 0, 0, 0)


def engagements(
    calls: Calls, published: Mapping[str, datetime], now: datetime
) -> dict[str, Engagement]:
    """Return what posts have earned since they were published, by their URN."""
    told: dict[str, Engagement] = {}
    for kind, name in KINDS.items():
        posts = iter(urn for urn in published if urn.split(":")[2] == kind)
        while asked := list(islice(posts, MOST_POSTS)):
            parts = {**_of(calls), name: listed(asked)}
            for rows in calls.found(SHARES, query(**parts)):
                with calls.shape(SHARES):
                    told |= {row[kind]: _earned(row["totalShareStatistics"]) for row in rows}
    kept = now - timedelta(days=HISTORY_DAYS)
    return {
        urn: told.get(urn, NOTHING if at >= kept else Engagement()) for urn, at in published.items()
    }


def daily(calls: Calls, window: Window, metrics: Mapping[str, str], entity_id: str) -> pd.DataFrame:
    """Return the page's figures of the days that LinkedIn tells of, by our names.

    Followers of a day that is not told of are missing, not zero.
    """
    named = {**CORE, **metrics}
    gains = _gains(calls, window) if FOLLOWER_GAINS in named.values() else {}
    rows = [
        {"entity_id": entity_id, "date_day": f"{day}"}
        | {
            ours: gains.get(day, nan) if name == FOLLOWER_GAINS else float(figures.get(name, 0))
            for ours, name in named.items()
        }
        for day, figures in _days(calls, window).items()
    ]
    columns = ["entity_id", "date_day", *named]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(named, "float64"))


def last_day(calls: Calls, today: date) -> date:
    """Return the last day whose figures LinkedIn tells."""
    days = _days(calls, Window(today - timedelta(days=2 * SETTLED_AFTER), today - timedelta(1)))
    return max([today - timedelta(days=SETTLED_AFTER), *days])


def _days(calls: Calls, window: Window) -> dict[date, Row]:
    """Return the share statistics of each day that is told of."""
    found: dict[date, Row] = {}
    for rows in _series(calls, SHARES, window):
        with calls.shape(SHARES):
            found |= {_day(row): row["totalShareStatistics"] for row in rows}
    return found


def _gains(calls: Calls, window: Window) -> dict[date, float]:
    """Return by how many the followers of each day grew; it may be fewer than none."""
    found: dict[date, float] = {}
    for rows in _series(calls, FOLLOWERS, window):
        with calls.shape(FOLLOWERS):
            for row in rows:
                gained = row[FOLLOWER_GAINS]
                paid = gained.get("paidFollowerGain", 0)
                found[_day(row)] = float(gained["organicFollowerGain"] + paid)
    return found


def _series(calls: Calls, path: str, window: Window) -> Iterator[list[Row]]:
    return calls.found(path, query(**_of(calls), timeIntervals=days_of(window)))


def _of(calls: Calls) -> dict[str, str]:
    return {"q": "organizationalEntity", "organizationalEntity": calls.of_author()}


def _day(row: Row) -> date:
    return moment(row["timeRange"]["start"]).date()


def _earned(figures: Mapping[str, Any]) -> Engagement:
    return Engagement(**{ours: int(figures.get(name, 0)) for ours, name in EARNED.items()})
