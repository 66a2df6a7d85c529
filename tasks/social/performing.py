"""Which posts did far worse or better than usual, and is the account losing followers?"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from tasks.report.numbers import day, plural
from tasks.social.evidence import Limits, Presence, Telling

BEFORE_DAYS, LEAST_DAYS = 28, 14
"""Days with which a change of followers is compared, and how many of them must be known."""
SHOWN = ("impressions", "reactions")
"""By which figure a post is told to do well: the first that the account knows at that age."""


def post_below_usual(presence: Presence, limits: Limits, _: date) -> Iterator[Telling]:
    """A post of the last days had, at a certain age, far less than the posts before it."""
    return _posts(presence, limits, lambda times, z: times <= limits["times"] and -z >= limits["z"])


def post_above_usual(presence: Presence, limits: Limits, _: date) -> Iterator[Telling]:
    """A post of the last days had far more."""
    return _posts(presence, limits, lambda times, z: times >= limits["times"] and z >= limits["z"])


def followers_falling(presence: Presence, limits: Limits, as_of: date) -> Iterator[Telling]:
    """An account lost a part of its followers in a week, and that is not what its weeks are like.

    The change of the last days is compared with what the daily changes of the `BEFORE_DAYS` before
    would have made of as many days, give or take so many of their own spreads.
    """
    days = int(limits["days"])
    known = presence.followers.dropna().set_index("day")["followers"].astype("float64")
    last = as_of - timedelta(days=1)
    span = [last - timedelta(days=ago) for ago in range(BEFORE_DAYS + days, -1, -1)]
    levels = known.reindex(span).to_numpy(np.float64)
    changes = np.diff(levels[: BEFORE_DAYS + 1])
    changes = changes[~np.isnan(changes)]
    now, then = float(levels[-1]), float(levels[BEFORE_DAYS])
    if np.isnan(now + then) or then <= 0 or len(changes) < LEAST_DAYS:
        yield Telling(presence.name, told=False)
        return
    usual = days * float(changes.mean())
    # of a sum of so many days, and of the mean that it is compared with
    spread = float(changes.std(ddof=1)) * np.sqrt(days * (1 + days / len(changes)))
    lost = then - now
    fields = {
        "lost": plural(round(lost), "follower"),
        "followers": f"{now:,.0f}",
        "change": f"{usual:+,.0f}".replace("-", "−"),
        "window": f"{plural(days, 'day')} to {day(last)}",
        "reason": f"{lost / then:.1%} of them",
    }
    so = lost > 0 and lost >= limits["part"] * then and -lost < usual - limits["z"] * spread
    numbers = {"followers": now, "lost": lost, "usual": usual, "spread": float(spread)}
    yield Telling(presence.name, so=so, fields=fields, numbers=numbers)


def _posts(
    presence: Presence, limits: Limits, so: Callable[[float, float], bool]
) -> Iterator[Telling]:
    since = presence.at - timedelta(days=limits["days"])
    posts = presence.posts[presence.posts["published_at"] >= since]
    judged = _judged(presence, limits["hours"])
    for post in posts.to_dict("records"):
        name, key = str(post["name"]), int(post["entity_key"])
        row = judged.loc[post["post_id"]] if post["post_id"] in judged.index else None
        if row is None or row["verdict"] == "unknown":
            yield Telling(name, key, told=False)
            continue
        fields = {
            "url": str(post["url"]),
            "published": day(post["published_at"].astimezone(presence.zone).date()),
            "figure": str(row["figure"]),
            "value": f"{row['value']:,.0f}",
            "usual": f"{row['median']:,.0f}",
            "times": f"{row['times']:.2f}",
            "age": plural(int(limits["hours"]), "hour"),
            "sample": plural(int(row["sample"]), "post"),
            "reason": f"rank {row['rank']:.0f} of {row['sample'] + 1:.0f}",
        }
        numbers = {
            str(row["figure"]): float(row["value"]),
            **{name: float(row[name]) for name in ("median", "times", "z", "sample", "rank")
               if not np.isnan(row[name])},
        }  # fmt: skip
        found = so(float(row["times"]), float(row["z"]))
        yield Telling(name, key, found, fields=fields, numbers=numbers)


def _judged(presence: Presence, hours: float) -> pd.DataFrame:
    """Return the judgement of each post at an age, by its id."""
    judged = presence.judgements
    at_age = judged[judged["age_hours"] == hours]
    there = [name for name in SHOWN if (at_age["figure"] == name).any()]
    return at_age[at_age["figure"] == (there or SHOWN)[0]].set_index("post_id")
