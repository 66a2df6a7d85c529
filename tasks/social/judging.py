"""How well does each post do, against the brand's own posts at the same age?

Posts are read now and then, never all at the same age: what each had earned at a common age is
taken between two readings, and never before the first or after the last. It is compared with what
the account's posts of the `BEFORE` days before it had earned when they were as old. Medians, so
that one great success does not make all others look poor; on logarithms, because luck multiplies.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from tasks.cube import Booleans, Floats, Integers

FIGURES = ("impressions", "reactions", "comments", "shares", "clicks")
AGES = (3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0)
"""Hours."""
BEFORE = timedelta(days=90)
"""How far back earlier posts are compared with."""
LEAST = 8
"""Fewer earlier posts say nothing of what is usual."""
SPREADS, TIMES = 2.0, 2.0
"""A post is above the usual if it lies so many spreads above the median and has so many times as
much; below it the same way. Facts have limits of their own."""

NORMAL = 1.4826
"""The standard deviation of a normal variable per median absolute deviation."""
LEAST_SPREAD = 0.1
"""Of the logarithm: posts that happen to be alike do not make the next one extraordinary."""

POST = ["account_key", "post_id", "published_at"]
COLUMNS = [
    *POST, "figure", "age_hours", "value", "sample", "median", "spread", "times", "rank", "z",
    "verdict",
]  # fmt: skip


def judge(
    snapshots: pd.DataFrame, ages: Sequence[float] = AGES, figures: Sequence[str] = FIGURES
) -> pd.DataFrame:
    """Return a row per post, figure and age at which the post's figure is known: `COLUMNS`.

    `snapshots` has account_key, post_id, published_at, taken_at, age_hours and the figures; NaN is
    unknown. `sample` is how many earlier posts are known at that age, `median` theirs, `spread` the
    robust standard deviation of their logarithms (of 1 + value), `z` how many of them the post lies
    above, `times` how many times the median it has (NaN where that is zero), `rank` its place among
    them and itself (1 is best). `verdict` is above, below, usual, or unknown with fewer than
    `LEAST` earlier posts, where the other numbers are NaN.
    """
    posts, grids = at_ages(snapshots, ages, figures)
    earlier, real = _earlier(posts)
    parts = []
    for name, grid in grids.items():
        for column, age in enumerate(ages):
            if np.isnan(grid[:, column]).all():
                continue
            part = _judged(grid[:, column], earlier, real)
            part = pd.concat([posts, part], axis=1).assign(figure=name, age_hours=age)
            parts.append(part[part["value"].notna()])
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def at_ages(
    snapshots: pd.DataFrame, ages: Sequence[float], figures: Sequence[str] = FIGURES
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Return the posts (account_key, post_id, published_at; by account, then the oldest first),
    and per figure an array of posts x ages; NaN where it is unknown.

    Between two readings straight on the logarithm of the age: a post earns ever more slowly. What
    was taken back, such as a reaction, is not subtracted: a figure never falls with the age.
    """
    posts = snapshots[POST].drop_duplicates(POST[:2]).sort_values(["account_key", "published_at",
                                                                   "post_id"])  # fmt: skip
    posts = posts.reset_index(drop=True)
    code = pd.MultiIndex.from_frame(posts[POST[:2]]).get_indexer(
        pd.MultiIndex.from_frame(snapshots[POST[:2]])
    )
    age = snapshots["age_hours"].to_numpy(np.float64)
    order = np.lexsort((age, code))
    code, age = code[order], age[order]
    wanted = np.asarray(ages, np.float64)
    grids = {}
    for name in figures:
        values = snapshots[name].to_numpy(np.float64)[order]
        seen = ~np.isnan(values) & ~np.isnan(age)
        grids[name] = _between(code[seen], age[seen], values[seen], len(posts), wanted)
    return posts, grids


def _between(
    code: npt.NDArray[np.intp], age: Floats, values: Floats, posts: int, wanted: Floats
) -> Floats:
    """Interpolate each post's readings, which lie post by post and the youngest first."""
    if not len(code):
        return np.full((posts, len(wanted)), np.nan)
    values = np.asarray(pd.Series(values).groupby(code).cummax(), np.float64)
    step = max(float(age.max()), float(wanted.max())) + 1.0
    keys = code * step + age
    right = np.searchsorted(keys, np.arange(posts)[:, None] * step + wanted)
    left, right = np.maximum(right - 1, 0), np.minimum(right, len(keys) - 1)
    own = np.arange(posts)[:, None]
    exact = (code[right] == own) & (age[right] == wanted)
    inside = (code[left] == own) & (code[right] == own) & (age[left] <= wanted)
    inside &= age[right] >= wanted
    low, high = np.log1p(age[left]), np.log1p(age[right])
    width = np.where(high > low, high - low, 1.0)
    between = values[left] + (values[right] - values[left]) * (np.log1p(wanted) - low) / width
    return np.where(exact, values[right], np.where(inside, between, np.nan))


def _earlier(posts: pd.DataFrame) -> tuple[Integers, Booleans]:
    """Return the rows of each post's earlier posts, posts x the most that one has, and which of
    these places are real."""
    at = pd.to_datetime(posts["published_at"], utc=True).dt.as_unit("s").astype("int64").to_numpy()
    account = posts["account_key"].to_numpy()
    first, end = np.zeros(len(posts), np.int64), np.zeros(len(posts), np.int64)
    for start, stop in _runs(account):
        mine = at[start:stop]
        first[start:stop] = start + np.searchsorted(mine, mine - int(BEFORE.total_seconds()))
        end[start:stop] = start + np.searchsorted(mine, mine)
    width = int((end - first).max(initial=0))
    places = first[:, None] + np.arange(width)
    return np.minimum(places, max(len(posts) - 1, 0)), places < end[:, None]


def _runs(values: npt.NDArray[np.generic]) -> list[tuple[int, int]]:
    """Return where each run of equal values begins and ends."""
    cuts = np.flatnonzero(values[1:] != values[:-1]) + 1
    edges = [0, *cuts.tolist(), len(values)]
    return list(pairwise(edges))


def _judged(values: Floats, earlier: Integers, real: Booleans) -> pd.DataFrame:
    """Compare one figure of every post at one age with that of its earlier posts."""
    others = np.where(real, values[earlier], np.nan)
    sample = (~np.isnan(others)).sum(axis=1)
    enough = (sample >= LEAST) & ~np.isnan(values)
    others, mine = others[enough], values[enough]
    median = _medians(others)
    logs = np.log1p(others)
    middle = _medians(logs)
    spread = np.maximum(NORMAL * _medians(np.abs(logs - middle[:, None])), LEAST_SPREAD)
    z = (np.log1p(mine) - middle) / spread
    times = np.divide(mine, median, out=np.full(len(mine), np.nan), where=median > 0)
    rank = 1 + (others > mine[:, None]).sum(axis=1)
    numbers = {"median": median, "spread": spread, "times": times, "rank": rank, "z": z}
    frame = pd.DataFrame({"value": values, "sample": sample})
    for name, known in numbers.items():
        column = np.full(len(values), np.nan)
        column[enough] = known
        frame[name] = column
    return frame.assign(verdict=_verdicts(frame, enough))


def _medians(rows: Floats) -> Floats:
    """Return the median of what is known in each row, which is something in every row."""
    return np.asarray(np.nanmedian(rows, axis=1) if len(rows) else np.zeros(0), np.float64)


def _verdicts(frame: pd.DataFrame, enough: Booleans) -> npt.NDArray[np.object_]:
    ratio = (1.0 + frame["value"]) / (1.0 + frame["median"])  # with a median of zero too
    verdict = np.full(len(frame), "unknown", dtype=object)
    verdict[enough] = "usual"
    verdict[enough & np.asarray((frame["z"] >= SPREADS) & (ratio >= TIMES))] = "above"
    verdict[enough & np.asarray((frame["z"] <= -SPREADS) & (ratio <= 1 / TIMES))] = "below"
    return verdict
