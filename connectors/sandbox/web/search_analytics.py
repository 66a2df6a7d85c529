"""What does search analytics answer to a question? Days of searches, filtered, grouped, cut.

What is true of the real one and kept here: figures are final after two days, with `all` come fresh
ones that are still growing; history is 16 months; of each day the top 50,000 pairs of query and
page are known; queries that too few people asked are in totals only; counted `byProperty` a search
that shows two pages is one impression, at the higher place.

Simpler than the real one: everything is found on the web, in one country, on one kind of device,
without search appearances; no hours. What rare queries brought is in no page's figures.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import orjson

from connectors.sandbox.web.search_questions import Filter, Question
from connectors.sandbox.web.shapes import Web

FRESH = {1: 0.4, 2: 0.85}
"""What is known of a day so many days later; from the third day on it is final."""
HISTORY_DAYS = 487
DEPTH = 50_000
COUNTRY, DEVICE = "usa", "MOBILE"
ONE = timedelta(days=1)
SAFE = "/-._~!$&'()*+,;=:@?%"
"""Signs that an address may have as they are."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Pairs:
    """Figures of queries and pages by day; one place per day, query and page."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        """Put six columns together, each of any number of pieces."""
        whole = [np.concatenate([np.empty(0, np.int64), *column]) for column in columns]
        self.day, self.query, self.page, self.clicks, self.impressions = (
            column.astype(np.int64) for column in whole[:5]
        )
        self.position: Floats = whole[5].astype(np.float64)

    def at(self, chosen: npt.NDArray[Any]) -> "Pairs":
        """Return these places: a mask, or positions."""
        names = ("day", "query", "page", "clicks", "impressions", "position")
        return Pairs([[getattr(self, name)[chosen]] for name in names])


def analysed(asked: Question, web: Web, origin: str, prefix: str) -> bytes:
    """Return the answer's JSON; `origin` is where the pages are, `prefix` the property's."""
    urls = [f"{origin}{quote(path, safe=SAFE)}" for path in web.pages]
    days = _days(asked, web.today)
    pairs, hidden = _searches(web, days)
    pairs = pairs.at(np.array([url.startswith(prefix) for url in urls], bool)[pairs.page])
    pairs = _filtered(pairs, asked.filters, web.queries, urls)
    if asked.aggregation == "byProperty":
        pairs = _by_property(pairs)
    about = {*asked.dimensions, *(filter_.dimension for filter_ in asked.filters)}
    names = {"date": days, "query": web.queries, "page": urls}
    if not about & {"query", "page"}:
        pairs, names["query"] = _with_hidden(pairs, hidden), [*web.queries, ""]
    rows = _grouped(pairs, asked, names) if asked.type == "web" else []
    body: dict[str, Any] = {"rows": rows} if rows else {}
    body["responseAggregationType"] = asked.aggregation
    if asked.state == "all" and "date" in asked.dimensions and asked.end >= _incomplete(web.today):
        first = max(asked.start, _incomplete(web.today))
        body["metadata"] = {"firstIncompleteDate": f"{first}"}
    return orjson.dumps(body)


def _incomplete(today: date) -> date:
    return today - timedelta(days=max(FRESH))


def _days(asked: Question, today: date) -> list[date]:
    """Return the days of the question that there are figures for."""
    end = today if asked.state == "all" else _incomplete(today)
    first, last = max(asked.start, today - timedelta(days=HISTORY_DAYS)), min(asked.end + ONE, end)
    return [first + timedelta(days=n) for n in range((last - first).days)]


def _searches(web: Web, days: Sequence[date]) -> tuple[Pairs, list[tuple[int, int]]]:
    """Return the top of every day, and what its rare queries brought: clicks, impressions."""
    columns: list[list[Any]] = [[] for _ in range(6)]
    hidden = []
    for place, day in enumerate(days):
        found = web.search(day)
        share = FRESH.get((web.today - day).days, 1.0)
        impressions = (found.impressions[:DEPTH] * share).astype(np.int64)
        clicks = np.minimum((found.clicks[:DEPTH] * share).astype(np.int64), impressions)
        seen = np.flatnonzero(impressions > 0)
        values = (found.query[:DEPTH], found.page[:DEPTH], clicks, impressions)
        for column, value in zip(
            columns,
            (np.full(len(impressions), place), *values, found.position[:DEPTH]),
            strict=True,
        ):
            column.append(value[seen])
        rare = (found.anonymous_clicks, found.anonymous_impressions)
        hidden.append((int(rare[0] * share), int(rare[1] * share)))
    return Pairs(columns), hidden


def _filtered(
    pairs: Pairs, filters: Sequence[Filter], queries: Sequence[str], urls: Sequence[str]
) -> Pairs:
    constant = {"country": COUNTRY, "device": DEVICE, "searchAppearance": ""}
    for filter_ in filters:
        texts = {"query": queries, "page": urls}.get(filter_.dimension)
        if texts is None:
            passes = _passes(filter_, constant[filter_.dimension])
            pairs = pairs.at(np.full(len(pairs.day), passes))
            continue
        good = np.array([_passes(filter_, text) for text in texts], bool)
        pairs = pairs.at(good[pairs.query if filter_.dimension == "query" else pairs.page])
    return pairs


def _passes(filter_: Filter, text: str) -> bool:
    """Tell whether a value passes: `contains` takes upper and lower case alike, the rest do not."""
    operator, expression = filter_.operator, filter_.expression
    if operator in ("equals", "notEquals"):
        return (text == expression) == (operator == "equals")
    if operator in ("contains", "notContains"):
        return (expression.lower() in text.lower()) == (operator == "contains")
    return (re.search(expression, text) is not None) == (operator == "includingRegex")


def _by_property(pairs: Pairs) -> Pairs:
    """Make one place per day and query: all its clicks, one impression per search."""
    slots = pairs.day * (int(pairs.query.max(initial=0)) + 1) + pairs.query
    _, first, group = np.unique(slots, return_index=True, return_inverse=True)
    count = len(first)
    clicks = np.bincount(group, pairs.clicks, count).astype(np.int64)
    impressions, position = np.zeros(count, np.int64), np.full(count, np.inf)
    np.maximum.at(impressions, group, pairs.impressions)
    np.minimum.at(position, group, pairs.position)
    merged = pairs.at(first)
    merged.clicks, merged.impressions = clicks, np.maximum(impressions, clicks)
    merged.position = position
    return merged


def _with_hidden(pairs: Pairs, hidden: Sequence[tuple[int, int]]) -> Pairs:
    """Add what rare queries brought, as far behind as the others of the day are on average."""
    days = np.flatnonzero([shown > 0 for _, shown in hidden])
    totals = np.bincount(pairs.day, pairs.impressions, len(hidden))
    places = np.bincount(pairs.day, pairs.position * pairs.impressions, len(hidden))
    mean = places / np.maximum(totals, 1)
    nobody = np.full(len(days), max(int(pairs.query.max(initial=0)) + 1, 0))
    rare = np.array(hidden, np.int64).reshape(-1, 2)[days]
    added = (days, nobody, np.zeros_like(days), rare[:, 0], rare[:, 1], np.maximum(mean[days], 1.0))
    own = (pairs.day, pairs.query, pairs.page, pairs.clicks, pairs.impressions, pairs.position)
    return Pairs([[mine, more] for mine, more in zip(own, added, strict=True)])


def _grouped(
    pairs: Pairs, asked: Question, names: dict[str, Sequence[Any]]
) -> list[dict[str, Any]]:
    """Sum by the dimensions, most clicks first, and cut the page that was asked for."""
    if "searchAppearance" in asked.dimensions or not len(pairs.day):
        return []
    columns = {"date": pairs.day, "query": pairs.query, "page": pairs.page}
    slots = np.zeros(len(pairs.day), np.int64)
    for name in asked.dimensions:
        if name in columns:
            slots = slots * (int(columns[name].max()) + 1) + columns[name]
    _, first, group = np.unique(slots, return_index=True, return_inverse=True)
    clicks = np.bincount(group, pairs.clicks)
    impressions = np.bincount(group, pairs.impressions)
    position = np.bincount(group, pairs.position * pairs.impressions) / impressions
    order = np.lexsort((-impressions, -clicks))[asked.first : asked.first + asked.limit]
    constant = {"country": COUNTRY, "device": DEVICE}
    texts = [
        [str(names[name][code]) for code in columns[name][first[order]]]
        if name in columns
        else [constant[name]] * len(order)
        for name in asked.dimensions
    ]
    keys = [*zip(*texts, strict=True)] if texts else [()] * len(order)
    figures = (clicks[order], impressions[order], position[order])
    return [
        {
            **({"keys": key} if key else {}),
            "clicks": c,
            "impressions": i,
            "ctr": c / i,
            "position": p,
        }
        for key, c, i, p in zip(keys, *(column.tolist() for column in figures), strict=True)
    ]
