"""Which pages compete for one query, and which get fewer clicks than their places usually bring?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from config.words import Importance
from connectors.addresses import path_of
from tasks.cube import Booleans, Floats
from tasks.evidence import Answers, Story
from tasks.report.numbers import day
from tasks.site.evidence import Limits, Marks, Searches, Site

PLACES = 20
"""Positions beyond are not compared: nobody looks that far."""
LEAST_IMPRESSIONS = 50.0
LEAST_PAIRS = 5
"""A place of the curve rests on at least so many queries, each shown so often."""
CHANCE = 3.0
"""Clicks are missed only if they are below what is expected by this many standard deviations: of
a thousand queries about one is so by chance."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What each query brought each page, over some days; one place per pair."""

    query: Sequence[str]
    url: Sequence[str]
    clicks: Floats
    impressions: Floats
    position: Floats
    brand: Booleans  # asks for the brand by name
    window: str


def pages_compete(sites: Sequence[Site], limits: Limits) -> Answers:
    """A query shows two pages of the site by turns, so that neither gets all of its clicks.

    Whoever asks for the brand by name is shown several of its pages at once: that is no rivalry.
    """
    found = [_competing(site, limits) for site in sites]
    frames = [
        site.searches.queries.assign(site=place)
        for place, site in enumerate(sites)
        if site.searches is not None and site.searches.queries is not None
    ]
    columns = ["account_key", "entity_key", "name", "site"]
    subjects = (
        pd.concat([frame[columns] for frame in frames], ignore_index=True)
        if frames
        else pd.DataFrame(columns=columns)
    )
    keys = list(zip(subjects["site"].tolist(), subjects["name"].tolist(), strict=True))
    so = np.asarray([name in found[place][0] for place, name in keys], dtype=np.bool_)
    told = np.asarray([found[place][1] for place, _ in keys], dtype=np.bool_)

    def story(row: int) -> Story:
        place, name = keys[row]
        site = sites[place]
        about = {"account": site.account, "reason": ""}
        pair = found[place][0].get(name)
        if pair is None:
            return Story(about)
        owner = _owner(site, str(pair["first_url"]))
        fields = {key: str(value) for key, value in pair.items() if key != "first_url"}
        return Story(about | fields, importance=_importance(site, pair), owner=owner)

    return Answers("query", subjects, so, told, story)


def clicks_below_position(site: Site, limits: Limits) -> Marks:
    """A query shows the page often at a place that usually brings clearly more clicks."""
    pairs = _pairs(site.searches, limits["days"])
    size = len(site.pages)
    usual = usual_rate(pairs) if pairs is not None else None
    if pairs is None or usual is None:
        none = np.zeros(size, dtype=np.bool_)
        return Marks(none, none, lambda _: {})
    expected = pairs.impressions * usual(pairs.position)
    missed = expected - pairs.clicks
    rare = missed > CHANCE * np.sqrt(np.maximum(expected, 1))
    few = pairs.clicks < limits["share"] * expected
    shown = (pairs.impressions >= limits["impressions"]) & ~pairs.brand
    place = {url: row for row, url in enumerate(site.pages["url"])}
    worst: dict[int, int] = {}
    pair: int
    for pair in np.flatnonzero(rare & few & shown).tolist():
        row = place.get(pairs.url[pair])
        if row is not None and (row not in worst or missed[pair] > missed[worst[row]]):
            worst[row] = pair
    so = np.zeros(size, dtype=np.bool_)
    so[list(worst)] = True

    def fields(row: int) -> Mapping[str, str]:
        pair = worst[row]
        rate = pairs.clicks[pair] / pairs.impressions[pair]
        deserved = expected[pair] / pairs.impressions[pair]
        return {
            "query": pairs.query[pair],
            "ctr": f"{rate:.1%}",
            "expected": f"{deserved:.1%}",
            "position": f"{pairs.position[pair]:.1f}",
            "impressions": f"{pairs.impressions[pair]:,.0f}",
            "missed": f"{missed[pair]:,.0f}",
            "window": pairs.window,
            "reason": f"{rate:.1%} instead of {deserved:.1%}",
        }

    def numbers(row: int) -> Mapping[str, float]:
        pair = worst[row]
        return {"clicks": float(pairs.clicks[pair]), "missed": float(missed[pair])}

    return Marks(so, np.ones(size, dtype=np.bool_), fields, numbers)


def usual_rate(pairs: Pairs) -> Callable[[Floats], Floats] | None:
    """Return a function from position to the click rate that this site usually has there.

    The median over the site's own queries per place, never rising with the place; between places a
    power of the position, as click rates fall (straight on logarithms of both). The median leaves
    the few queries in question, and those with the brand's name, without weight. Before the first
    place that is known it is as there; beyond the last one NaN, which is below nothing. None where
    too few queries tell of any place.
    """
    places = np.arange(1, PLACES + 1)
    medians = np.full(PLACES, np.nan)
    at = np.rint(np.maximum(pairs.position, 1))
    enough = (pairs.impressions >= LEAST_IMPRESSIONS) & ~pairs.brand
    for place in places:
        mine = enough & (at == place)
        if mine.sum() >= LEAST_PAIRS:
            medians[place - 1] = np.median(pairs.clicks[mine] / pairs.impressions[mine])
    known = medians > 0
    if not known.any():
        return None
    logs = np.log(np.minimum.accumulate(medians[known]))
    steps = np.log(places[known])
    last = places[known][-1] + 0.5

    def rate(position: Floats) -> Floats:
        here = np.log(np.maximum(position, 1))
        return np.where(position <= last, np.exp(np.interp(here, steps, logs)), np.nan)

    return rate


def _competing(site: Site, limits: Limits) -> tuple[dict[str, Mapping[str, object]], bool]:
    pairs = _pairs(site.searches, limits["days"])
    if pairs is None:
        return {}, False
    frame = pd.DataFrame(
        {"query": pairs.query, "url": pairs.url, "impressions": pairs.impressions,
         "clicks": pairs.clicks}
    )  # fmt: skip
    frame = frame[~pairs.brand].sort_values(
        ["query", "impressions", "url"], ascending=[True, False, True]
    )
    frame["total"] = frame.groupby("query")["impressions"].transform("sum")
    place = frame.groupby("query").cumcount()
    first, second = frame[place == 0], frame[place == 1]
    both = first.merge(second, on="query", suffixes=("_first", "_second"))
    often = both["total_first"] >= limits["impressions"]
    share = both["impressions_second"] >= limits["share"] * both["total_first"]
    found: dict[str, Mapping[str, object]] = {
        str(row["query"]): {
            "first": path_of(row["url_first"]),
            "second": path_of(row["url_second"]),
            "first_url": row["url_first"],
            "impressions": f"{row['total_first']:,.0f}",
            "window": pairs.window,
            "reason": f"{path_of(row['url_second'])} has "
            f"{row['impressions_second'] / row['total_first']:.0%} of its impressions",
        }
        for row in both[often & share].to_dict("records")
    }
    return found, True


def _pairs(searches: Searches | None, days: float) -> Pairs | None:
    """Return the sums of the last days that are known; None if a day of them is not."""
    if searches is None or searches.pairs is None:
        return None
    cube, end = searches.pairs, searches.last
    start = end - timedelta(days=int(days) - 1)
    clicks, impressions, position = (
        cube.window_sum(name, start, end) for name in ("clicks", "impressions", "position")
    )
    if len(clicks) and np.isnan(clicks).all():
        return None
    there = impressions > 0
    entities = cube.entities[there]
    queries = entities["name"].tolist()
    asked = [any(term in query.lower() for term in searches.brand_terms) for query in queries]
    return Pairs(
        queries,
        entities["parent_id"].tolist(),
        clicks[there],
        impressions[there],
        position[there],
        np.asarray(asked, dtype=np.bool_),
        f"{int(days)} days to {day(end)}",
    )


def _importance(site: Site, pair: Mapping[str, object]) -> Importance | None:
    mine = site.pages.loc[site.pages["url"] == pair["first_url"], "importance"]
    found: Importance | None = mine.iloc[0] if len(mine) else None
    return found


def _owner(site: Site, url: str) -> str:
    mine = site.pages.loc[site.pages["url"] == url, "owner"]
    return str(mine.iloc[0]) if len(mine) else ""
