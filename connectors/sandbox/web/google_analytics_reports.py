"""What does Google Analytics answer to a report? Days of sessions, filtered, grouped, ordered.

What is true of the real one and kept here: paid visits have the platform's click id in the landing
page's query string; of each day so many different rows are kept and the rest is one row "(other)";
users and rates have no sum. Simpler: figures are final at once, everybody is in one country, and
who comes to a page from one origin uses one kind of device.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from connectors.sandbox.web.google_analytics_errors import invalid
from connectors.sandbox.web.google_analytics_fields import METRICS, RATIO, USERS, MetricField
from connectors.sandbox.web.google_analytics_filters import numbers_pass, passes, texts_pass
from connectors.sandbox.web.google_analytics_questions import DATE_RANGE, Asked, Order
from connectors.sandbox.web.shapes import Origin, Web

CARDINALITY = 50_000
"""Different rows of a day that are kept; the rest is "(other)"."""
OTHER = "(other)"
COUNTRY = "Germany"
DEVICES = ("mobile", "desktop", "tablet")
USED_ON = np.array([0, 1, 0, 0, 1, 0, 2, 0, 1, 0], np.int64)
"""Which of them is used for a page and origin."""
CLICK_IDS = {"google": "gclid=Cj0KCQ", "facebook": "fbclid=IwAR0"}
"""What the platforms add to the addresses of their ads, by the source of paid visits."""
SUMS = ("sessions", "engaged", "key_events", "revenue")
SAFE = "/-._~!$&'()*+,;=:@?%"
ONE = timedelta(days=1)

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Table:
    """A whole report: one place per row, in its order."""

    def __init__(self, labels: list[list[str]], sums: dict[str, Floats]) -> None:
        self.labels = labels  # by dimension, then by row
        self.sums = sums
        self.has_other = False

    def __len__(self) -> int:
        return len(self.sums["sessions"])

    def at(self, places: npt.NDArray[Any]) -> "Table":
        """Return some of the rows."""
        labels = [[column[place] for place in places] for column in self.labels]
        table = Table(labels, {name: values[places] for name, values in self.sums.items()})
        table.has_other = self.has_other
        return table

    def values(self, metric: str) -> Floats:
        """Return a metric of every row."""
        return _values(METRICS[metric], self.sums)

    def total(self, metric: str) -> float:
        """Return a metric of all rows together, which is not always their sum."""
        whole = {name: np.array([values.sum()]) for name, values in self.sums.items()}
        return float(_values(METRICS[metric], whole)[0])


def reported(asked: Asked, web: Web, cardinality: int = CARDINALITY) -> Table:
    """Return the whole report that is asked for."""
    tables = [_in_range(asked, web, *each, cardinality) for each in asked.ranges]
    labels = [[text for t in tables for text in t.labels[i]] for i in range(len(asked.headers))]
    sums = {name: np.concatenate([table.sums[name] for table in tables]) for name in SUMS}
    whole = Table(labels, sums)
    whole.has_other = any(table.has_other for table in tables)
    if asked.metric_filter:
        whole = whole.at(np.flatnonzero(passes(asked.metric_filter, _leaf_of_metrics(whole))))
    if not asked.keep_empty and asked.metrics:
        some = np.any([whole.values(name) != 0 for name in asked.metrics], axis=0)
        whole = whole.at(np.flatnonzero(some))
    return whole.at(_ordered(whole, asked))


def _in_range(asked: Asked, web: Web, name: str, start: date, end: date, cardinality: int) -> Table:
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    codes, sums = _visits(web, days)
    texts = _texts(web, days)
    if asked.dimension_filter:
        mask = passes(asked.dimension_filter, _leaf_of_dimensions(codes, texts))
        codes = {dimension: column[mask] for dimension, column in codes.items()}
        sums = {metric: values[mask] for metric, values in sums.items()}
    labels, sums, has_other = _grouped(asked.dimensions, codes, sums, texts, cardinality)
    if DATE_RANGE in asked.headers:
        labels.append([name] * len(sums["sessions"]))
    table = Table(labels, sums)
    table.has_other = has_other
    return table


def _visits(web: Web, days: Sequence[date]) -> tuple[dict[str, Codes], dict[str, Floats]]:
    """Return a place per day, page and origin: codes, and figures."""
    found = [web.sessions(day) for day in days]
    day = np.concatenate([np.full(len(it.page), i) for i, it in enumerate(found)])
    page = np.concatenate([it.page for it in found]).astype(np.int64)
    origin = np.concatenate([it.origin for it in found]).astype(np.int64)
    whole = {name: np.concatenate([getattr(it, name) for it in found]) for name in SUMS}
    codes = {"day": day.astype(np.int64), "page": page, "origin": origin}
    codes["device"] = USED_ON[(7 * page + origin) % len(USED_ON)]
    return codes, {name: values.astype(np.float64) for name, values in whole.items()}


def _texts(web: Web, days: Sequence[date]) -> dict[str, tuple[str, Sequence[str]]]:
    """Return for each dimension by which codes it goes, and the text of each code."""
    pages = [quote(path, safe=SAFE) for path in web.pages]
    origins = web.origins
    return {
        "date": ("day", [f"{day:%Y%m%d}" for day in days]),
        "landingPage": ("page", [page.partition("?")[0] for page in pages]),
        "landingPagePlusQueryString": (
            "landing",
            [_landing(page, origin) for page in pages for origin in origins],
        ),
        "sessionSource": ("origin", [it.source for it in origins]),
        "sessionMedium": ("origin", [it.medium for it in origins]),
        "sessionSourceMedium": ("origin", [f"{it.source} / {it.medium}" for it in origins]),
        "sessionCampaignName": ("origin", [it.campaign for it in origins]),
        "sessionDefaultChannelGroup": ("origin", [it.channel for it in origins]),
        "deviceCategory": ("device", DEVICES),
        "country": ("", [COUNTRY]),
    }


def _landing(page: str, origin: Origin) -> str:
    is_paid = origin.channel.startswith("Paid") or origin.medium in ("cpc", "paid_social")
    click = CLICK_IDS.get(origin.source) if is_paid else None
    return f"{page}{'&' if '?' in page else '?'}{click}" if click else page


def _codes(
    dimension: str,
    codes: Mapping[str, Codes],
    texts: Mapping[str, tuple[str, Sequence[str]]],
) -> tuple[Codes, Sequence[str]]:
    """Return the code of every place for a dimension, and the text of each code."""
    of, known = texts[dimension]
    if of == "":
        found = np.zeros(len(codes["day"]), np.int64)
    elif of == "landing":
        found = (
            codes["page"] * (len(known) // max(1, len(texts["landingPage"][1]))) + codes["origin"]
        )
    else:
        found = codes[of]
    different, same = np.unique(np.array(known, dtype=object).astype(str), return_inverse=True)
    return same.astype(np.int64)[found], [str(text) for text in different]


def _grouped(
    dimensions: Sequence[str],
    codes: Mapping[str, Codes],
    sums: Mapping[str, Floats],
    texts: Mapping[str, tuple[str, Sequence[str]]],
    cardinality: int,
) -> tuple[list[list[str]], dict[str, Floats], bool]:
    """Sum by the dimensions; what is too much of a day goes to its "(other)"."""
    places = len(codes["day"])
    coded = [_codes(dimension, codes, texts) for dimension in dimensions]
    slots = np.zeros(places, np.int64)
    for column, known in coded:
        slots = slots * (len(known) + 1) + column
    _, first, group = np.unique(slots, return_index=True, return_inverse=True)
    summed = _summed(group, sums, len(first))
    columns = [column[first] for column, _ in coded]
    rest = _beyond(codes["day"][first], summed["sessions"], cardinality)
    if not rest.any():
        return _labelled(columns, coded), summed, False
    for i, dimension in enumerate(dimensions):
        if dimension != "date":
            columns[i] = np.where(rest, len(coded[i][1]), columns[i])
    keys, back = np.unique(np.stack(columns), axis=1, return_inverse=True)
    again = _summed(back.ravel(), summed, keys.shape[1])
    return _labelled(list(keys), coded), again, True


def _summed(group: Codes, sums: Mapping[str, Floats], size: int) -> dict[str, Floats]:
    return {name: np.bincount(group, v, size).astype(np.float64) for name, v in sums.items()}


def _labelled(
    columns: Sequence[Codes], coded: Sequence[tuple[Codes, Sequence[str]]]
) -> list[list[str]]:
    named = [[*known, OTHER] for _, known in coded]
    return [[names[code] for code in column] for names, column in zip(named, columns, strict=True)]


def _beyond(day: Codes, sessions: Floats, cardinality: int) -> npt.NDArray[np.bool_]:
    """Return which groups are not among the day's largest."""
    order = np.lexsort((-sessions, day))
    starts = np.searchsorted(day[order], day[order])
    rest = np.zeros(len(day), np.bool_)
    rest[order] = np.arange(len(day)) - starts >= cardinality
    return rest


def _leaf_of_dimensions(
    codes: Mapping[str, Codes], texts: Mapping[str, tuple[str, Sequence[str]]]
) -> Any:
    def leaf(filter_: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
        name = filter_.get("fieldName")
        if name not in texts:
            raise invalid(f"Field {name} is not a valid dimension.")
        column, known = _codes(str(name), codes, texts)
        return texts_pass(filter_, known)[column]

    return leaf


def _leaf_of_metrics(table: Table) -> Any:
    def leaf(filter_: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
        name = filter_.get("fieldName")
        if name not in METRICS:
            raise invalid(f"Field {name} is not a valid metric.")
        return numbers_pass(filter_, table.values(str(name)))

    return leaf


def _ordered(table: Table, asked: Asked) -> npt.NDArray[np.int64]:
    """Return the rows' order: as asked, else the largest of the first metric first."""
    orders = asked.orders or tuple(Order(name, True) for name in asked.metrics[:1])
    ranks = [_ranks(table, asked, order) for order in orders]
    if not ranks:
        return np.arange(len(table))
    return np.lexsort(ranks[::-1])


def _ranks(table: Table, asked: Asked, order: Order) -> Floats:
    if order.name in METRICS:
        values = table.values(order.name)
    else:
        texts = table.labels[asked.dimensions.index(order.name)]
        if order.type == "CASE_INSENSITIVE_ALPHANUMERIC":
            texts = [text.lower() for text in texts]
        if order.type == "NUMERIC":
            values = np.array([float(t) if t.isdigit() else np.inf for t in texts], np.float64)
        else:
            column = np.array(texts, dtype=object).astype(str)
            values = np.unique(column, return_inverse=True)[1].astype(np.float64)
    return -values if order.descending else values


def _values(metric: MetricField, sums: Mapping[str, Floats]) -> Floats:
    if metric.kind == USERS:
        return np.ceil(sums[metric.of] ** 0.97)
    if metric.kind == RATIO:
        whole = sums[metric.per]
        share = np.divide(sums[metric.of], whole, out=np.zeros(len(whole)), where=whole > 0)
        return 1 - share if metric.inverse else share
    return np.round(sums[metric.of], 2)
