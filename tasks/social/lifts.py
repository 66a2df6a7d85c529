"""What do hashtags, hours and weekdays bring, as far as an account's own posts tell?

One regression on the logarithm of what posts had earned at a common age, so that a good hashtag
that was always used at a good hour is not taken for two good things. All effects are drawn towards
nothing, those of a kind by the spread that this kind shows (empirical Bayes: variance components
by expectation-maximisation, Dempster, Laird and Rubin, JRSS B 39, 1977, section 4.4). A steady
growth of the account is taken out; a post of extraordinary luck counts less (Huber, Annals of
Mathematical Statistics 35, 1964).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tasks.cube import Booleans, Floats
from tasks.social.judging import at_ages
from tasks.statistics.normal import two_sided

AGE = 48.0
"""Hours at which posts are compared."""
LEAST_USES = 3
"""Of something used less often only a part of what its posts show is taken, 1/3 or 2/3, and it
does not tell how far effects of its kind lie apart."""
USUAL_SPREAD, USUAL_LUCK, FREEDOM = 0.2, 0.4, 2.0
"""How far effects of a kind and lucks of posts lie apart (standard deviation of the logarithm)
where the posts do not tell, and how many of them that is worth."""
EXTRAORDINARY = 2.5
"""A luck of more standard deviations than this weighs less."""
WIDE = 10.0
"""The spread of what is not drawn towards nothing: the account's level and its growth."""
ROUNDS, STILL = 200, 1e-3

Kind = Literal["hashtag", "hour", "weekday"]


@dataclass(frozen=True, slots=True)
class Lift:
    """How many times the usual something brings. Of an hour or a weekday against all of them."""

    times: float
    low: float  # of an interval of 80 %
    high: float
    posts: int  # that had it


@dataclass(frozen=True, slots=True)
class Lifts:
    """What an account's posts tell."""

    figure: str  # what was counted: "impressions", or "reactions, comments and shares"
    posts: int  # of which that is known
    luck: float  # the standard deviation of the logarithm that nothing explains
    hashtags: Mapping[str, Lift]  # lower case, without #
    hours: Mapping[int, Lift]  # all 24, local
    weekdays: Mapping[int, Lift]  # all 7, Monday is 0, local
    untried: Lift  # a hashtag that was never used

    def hashtag(self, tag: str) -> Lift:
        """Return what is known of a hashtag, however it is written."""
        return self.hashtags.get(plain_tag(tag), self.untried)


def plain_tag(tag: str) -> str:
    """Return a hashtag as it is compared: without #, lower case."""
    return tag.lstrip("#").casefold()


def posts_at(
    snapshots: pd.DataFrame, hashtags: Mapping[str, Sequence[str]], age: float = AGE
) -> pd.DataFrame:
    """Return one account's posts with what they had earned at an age: post_id, published_at,
    hashtags, and the figures (NaN: unknown). `hashtags` is by post_id."""
    posts, grids = at_ages(snapshots, [age])
    tags = [tuple(hashtags.get(post, ())) for post in posts["post_id"]]
    figures = {name: grid[:, 0] for name, grid in grids.items()}
    posts = posts.drop(columns="account_key").assign(**figures)
    posts["hashtags"] = pd.Series(tags, index=posts.index, dtype=object)
    return posts


def earned(posts: pd.DataFrame) -> tuple[str, Floats]:
    """Return what posts are compared by, and how much of it each has.

    Impressions where the network tells them; else the sum of those of reactions, comments and
    shares that it tells, unknown for a post that lacks one of them.
    """
    impressions = posts["impressions"].to_numpy(np.float64)
    if not np.isnan(impressions).all():
        return "impressions", impressions
    there = [name for name in ("reactions", "comments", "shares") if posts[name].notna().any()]
    if not there:
        return "impressions", impressions
    total = np.sum([posts[name].to_numpy(np.float64) for name in there], axis=0)
    return " and ".join(filter(None, (", ".join(there[:-1]), there[-1]))), total


def lifts_of(posts: pd.DataFrame, zone: ZoneInfo) -> Lifts:
    """Return what hashtags, hours and weekdays bring. `posts` is like that of `posts_at`; the
    order does not matter. Without posts nothing is told: every interval is the widest."""
    figure, amounts = earned(posts)
    there = ~np.isnan(amounts)
    mine = posts[there]
    local = pd.to_datetime(mine["published_at"], utc=True).dt.tz_convert(zone)
    tags = [{plain_tag(tag) for tag in said} for said in mine["hashtags"]]
    names = sorted(set().union(*tags))
    kinds: dict[Kind, Floats] = {
        "hashtag": np.array([[name in said for name in names] for said in tags], np.float64)
        .reshape(len(tags), len(names)),
        "hour": _marks(local.dt.hour, range(24)),
        "weekday": _marks(local.dt.day_of_week, range(7)),
    }  # fmt: skip
    fit = _fit(np.log1p(amounts[there]), _growth(local), kinds)
    return Lifts(
        figure=figure,
        posts=len(mine),
        luck=fit.luck,
        hashtags=dict(zip(names, _lifts(fit, kinds, "hashtag"), strict=True)),
        hours=dict(enumerate(_lifts(fit, kinds, "hour"))),
        weekdays=dict(enumerate(_lifts(fit, kinds, "weekday"))),
        untried=_lift(0.0, fit.spreads["hashtag"], 0),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    effects: Mapping[Kind, tuple[Floats, Floats]]  # on the logarithm, and their standard errors
    spreads: Mapping[Kind, float]
    luck: float


def _marks(values: pd.Series, among: Iterable[int]) -> Floats:
    return np.asarray(values.to_numpy()[:, None] == np.array([*among]), np.float64)


def _growth(local: pd.Series) -> Floats:
    """Return when each post was published, from -1 to 1."""
    seconds: Floats = local.dt.as_unit("s").astype("int64").to_numpy(np.float64)
    if not len(seconds) or seconds.max() == seconds.min():
        return np.zeros(len(seconds))
    first, last = float(seconds.min()), float(seconds.max())
    return np.asarray(2.0 * (seconds - first) / (last - first) - 1.0, np.float64)


def _fit(logs: Floats, growth: Floats, kinds: Mapping[Kind, Floats]) -> _Fit:
    y = logs - (np.median(logs) if len(logs) else 0.0)
    design = np.column_stack([np.ones(len(y)), growth, *kinds.values()])
    edges = 2 + np.cumsum([0, *(part.shape[1] for part in kinds.values())])
    places = {kind: slice(edges[n], edges[n + 1]) for n, kind in enumerate(kinds)}
    uses = np.count_nonzero(design, axis=0)
    telling = np.asarray(uses >= LEAST_USES, np.bool_)
    spreads: dict[Kind, float] = dict.fromkeys(kinds, USUAL_SPREAD)
    luck, weights = USUAL_LUCK, np.ones(len(y))
    for _ in range(ROUNDS):
        prior = np.full(design.shape[1], WIDE)
        for kind, place in places.items():
            prior[place] = spreads[kind]
        mean, variance = _posterior(design, y, weights / luck**2, prior)
        before = np.array([luck, *spreads.values()])
        second = mean**2 + np.diag(variance)
        for kind, place in places.items():
            spreads[kind] = _pooled(second[place][telling[place]], USUAL_SPREAD)
        residual = y - design @ mean
        unsure = ((design @ variance) * design).sum(axis=1)
        luck = _pooled(weights * (residual**2 + unsure), USUAL_LUCK)
        weights = np.minimum(1.0, EXTRAORDINARY * luck / np.maximum(np.abs(residual), 1e-12))
        if np.abs(before / [luck, *spreads.values()] - 1).max() < STILL:
            break
    effects: dict[Kind, tuple[Floats, Floats]] = {}
    for kind, place in places.items():
        about = (uses[place] > 0) & (kind != "hashtag")
        effects[kind] = _effects(mean[place], variance[place, place], about)
    return _Fit(effects, spreads, luck)


def _posterior(
    design: Floats, y: Floats, certainty: Floats, prior: Floats
) -> tuple[Floats, Floats]:
    """Return the effects' means and their covariance, given each post's 1 / variance."""
    weighted = design * certainty[:, None]
    variance = np.asarray(np.linalg.inv(weighted.T @ design + np.diag(prior**-2)), np.float64)
    return variance @ (weighted.T @ y), variance


def _effects(mean: Floats, variance: Floats, about: Booleans) -> tuple[Floats, Floats]:
    """Return effects and their standard errors, against the average of those `about`, if any.

    A post always has some hour: what all hours bring together is not told from the account's level.
    """
    against = np.eye(len(mean))
    if about.any():
        against -= about / about.sum()
    return against @ mean, np.sqrt(((against @ variance) * against).sum(axis=1))


def _pooled(squares: Floats, usual: float) -> float:
    """Return a standard deviation from expected squares, drawn towards what is usual."""
    return float(np.sqrt((squares.sum() + FREEDOM * usual**2) / (len(squares) + FREEDOM)))


def _lifts(fit: _Fit, kinds: Mapping[Kind, Floats], kind: Kind) -> list[Lift]:
    uses = kinds[kind].sum(axis=0).astype(int).tolist()
    mean, error = fit.effects[kind]
    rows = zip(mean.tolist(), error.tolist(), uses, strict=True)
    return [_lift(*row) for row in rows]


def _lift(mean: float, error: float, posts: int) -> Lift:
    """Return a lift; of what was hardly used a part of the effect, in the interval of the whole."""
    half = two_sided() * error
    part = mean * min(1.0, posts / LEAST_USES)
    low, high = min(mean - half, part), max(mean + half, part)
    return Lift(exp(part), exp(low), exp(high), posts)
