"""What did an account's last week bring, beside the week before? Monday to Sunday, local days.

What posts earned in a week is the difference of their figures between its end and its beginning, of
all posts that are still read, not only those of the week. Posts are read now and then: a figure at
midnight is taken between two readings, and is unknown before the first and after the last. A sum
is of what is known, and it is said of how many posts it is not; without any it is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tasks.cube import Floats
from tasks.social.judging import FIGURES

DAYS = timedelta(days=7)
FIRST_READ = timedelta(days=2)
"""A post that was read for the first time so soon has earned its figures since it came out."""


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """One week. None: unknown."""

    posts: int
    objectives: Mapping[str, int]  # posts by objective; '' for those that no file here tells of
    earned: Mapping[str, float | None]  # by figure
    lacking: Mapping[str, int]  # by figure: posts that it is not known of, while it is of others
    followers: float | None  # gained, or lost below zero
    answers: int | None
    answer_hours: float | None  # the median; None without answers, too
    late: int | None


@dataclass(frozen=True, slots=True)
class Weeks:
    """Two weeks side by side."""

    first: date  # the Monday of the last one
    last: WeekFigures
    before: WeekFigures


@dataclass(frozen=True, slots=True)
class Heard:
    """What an account's weeks are told from."""

    snapshots: pd.DataFrame  # columns of `Warehouse.engagement`
    objectives: Mapping[str, str]  # by post
    followers: pd.DataFrame  # day, followers
    answers: pd.DataFrame  # `at` and `answered_at` of what others said and we answered
    answers_until: datetime | None  # up to when that is known; None: it never was
    answer_hours: int  # by when it should have been


def weeks(heard: Heard, zone: ZoneInfo, as_of: date) -> Weeks:
    """Return the last week that was over before a day, and the one before."""
    first = as_of - timedelta(days=as_of.weekday()) - DAYS
    return Weeks(first, _week(heard, zone, first), _week(heard, zone, first - DAYS))


def _week(heard: Heard, zone: ZoneInfo, first: date) -> WeekFigures:
    start, end = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, first + DAYS)
    )
    posts = heard.snapshots.drop_duplicates("post_id")
    published = posts[posts["published_at"].between(start, end, inclusive="left")]
    names = [heard.objectives.get(post, "") for post in published["post_id"]]
    gained = _gained(heard.snapshots, start, end)
    told = {name: known for name, known in gained.items() if not np.isnan(known).all()}
    answers, hours, late = _answers(heard, start, end)
    return WeekFigures(
        posts=len(published),
        objectives={
            name: names.count(name) for name in sorted({*names}, key=lambda it: (not it, it))
        },
        earned={name: float(np.nansum(told[name])) if name in told else None for name in FIGURES},
        lacking={name: n for name, it in told.items() if (n := int(np.isnan(it).sum()))},
        followers=_followers(heard.followers, first),
        answers=answers,
        answer_hours=hours,
        late=late,
    )


def _gained(snapshots: pd.DataFrame, start: datetime, end: datetime) -> dict[str, Floats]:
    """Return by figure what each post that was out by the end gained in between."""
    then = snapshots[snapshots["published_at"] < end]
    if then.empty:
        return {}
    readings = _from_birth(then)
    before, after = _at(readings, start), _at(readings, end)
    young = after.index.isin(then.loc[then["published_at"] >= start, "post_id"])
    found = {}
    for name in FIGURES:
        at_start = np.where(young, 0.0, before[name].to_numpy(np.float64))
        found[name] = np.maximum(after[name].to_numpy(np.float64) - at_start, 0.0)
    return found


def _at(snapshots: pd.DataFrame, moment: datetime) -> pd.DataFrame:
    """Return each post's figures at a moment, between the readings beside it; by post_id."""
    posts = snapshots[["post_id"]].drop_duplicates().sort_values("post_id")
    asked = posts.assign(moment=pd.Timestamp(moment).as_unit("us"))
    readings = snapshots[["post_id", "taken_at", *FIGURES]].sort_values("taken_at")
    readings["taken_at"] = readings["taken_at"].dt.as_unit("us")
    sides = [
        pd.merge_asof(
            asked, readings, left_on="moment", right_on="taken_at", by="post_id", direction=side
        ).set_index("post_id")
        for side in ("backward", "forward")
    ]  # fmt: skip
    left, right = sides
    span = (right["taken_at"] - left["taken_at"]).dt.total_seconds()
    part = (left["moment"] - left["taken_at"]).dt.total_seconds() / span.where(span > 0, 1.0)
    low = left[[*FIGURES]].astype("float64")
    return low.add((right[[*FIGURES]].astype("float64") - low).mul(part, axis=0))


def _from_birth(snapshots: pd.DataFrame) -> pd.DataFrame:
    """Add that a post has earned nothing when it comes out, where it was read soon after that."""
    first = snapshots.sort_values("taken_at").drop_duplicates("post_id")
    soon = first[first["age_hours"] <= FIRST_READ / timedelta(hours=1)]
    nothing = {name: soon[name] * 0.0 for name in FIGURES}  # what is untold stays unknown
    born = soon.assign(taken_at=soon["published_at"], age_hours=0.0, **nothing)
    return pd.concat([born[born["age_hours"] < soon["age_hours"]], snapshots], ignore_index=True)


def _followers(counts: pd.DataFrame, first: date) -> float | None:
    known = dict(zip(counts["day"], counts["followers"].astype("float64"), strict=True))
    ends = [
        known.get(day, np.nan) for day in (first - timedelta(days=1), first + timedelta(days=6))
    ]
    gained = float(ends[1] - ends[0])
    return None if np.isnan(gained) else gained


def _answers(
    heard: Heard, start: datetime, end: datetime
) -> tuple[int | None, float | None, int | None]:
    """Return how many were given in between, their median hours, and how many came too late."""
    if heard.answers_until is None or heard.answers_until < end:
        return None, None, None
    given = heard.answers[heard.answers["answered_at"].between(start, end, inclusive="left")]
    hours = (given["answered_at"] - given["at"]).dt.total_seconds() / 3600
    late = int((hours > heard.answer_hours).sum())
    return len(given), float(hours.median()) if len(given) else None, late


def objectives_of(
    digests: Mapping[str, str], said: Sequence[tuple[str, str]], objectives: Mapping[str, str]
) -> dict[str, str]:
    """Return the objective of each post whose file is known.

    `digests` is post to its text's digest, `said` the digests and file names of what we published,
    `objectives` file name to objective.
    """
    files = dict(said)
    known = {post: objectives.get(files.get(digest, ""), "") for post, digest in digests.items()}
    return {post: objective for post, objective in known.items() if objective}
