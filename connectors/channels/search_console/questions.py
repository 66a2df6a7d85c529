"""What is asked of search analytics for each level, and about which days?

Totals of the site and what its queries brought are counted per property: a search that shows two
pages is one impression. Whatever is about pages is counted per page, and sums to more. A question
about queries leaves out those that too few people asked, so brand and other sum to less.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from config.models import Level
from connectors.addresses import normal, path_of
from connectors.base import Window
from connectors.channels.search_console.options import Options

BRAND, OTHER = "queries:brand", "queries:other"
SECTION = "section:"

DIMENSIONS: dict[Level, tuple[str, ...]] = {
    "account": (),
    "segment": (),
    "page": ("page",),
    "query": ("query",),
    "query_page": ("query", "page"),
}
"""What tells the things of a level apart, besides the day."""

DEEP: tuple[Level, ...] = ("page", "query", "query_page")
"""Levels of many rows: Google tells the top ones of each question only, see `spans`."""

HISTORY_DAYS = 485
"""The shortest 16 months: what Google keeps."""
SETTLED_AFTER = 4
"""Days after which a day is final if Google does not say which are not; it takes two to three."""

Filter = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the site's traffic that is asked for by a filter."""

    entity_id: str
    name: str
    filter: Filter


def segments(options: Options) -> list[Segment]:
    """Return the parts that the options name: brand and other queries, then the sections."""
    found = []
    if options.brand_terms:
        terms = f"(?i){'|'.join(map(_literal, options.brand_terms))}"
        found += [
            Segment(BRAND, "brand queries", _filter("query", "includingRegex", terms)),
            Segment(OTHER, "other queries", _filter("query", "excludingRegex", terms)),
        ]
    for name, prefix in options.sections.items():
        pattern = f"^https?://[^/]+{_literal(path_of(normal(f'https://host{prefix}')))}"
        filter_ = _filter("page", "includingRegex", pattern)
        found.append(Segment(f"{SECTION}{name}", name, filter_))
    return found


def question(
    options: Options,
    level: Level,
    window: Window,
    *,
    only: Filter | None = None,
) -> dict[str, Any]:
    """Return the body of a query for final figures, without its paging."""
    dimensions = DIMENSIONS[level]
    about_pages = "page" in dimensions or (only is not None and only["dimension"] == "page")
    body = {
        "startDate": f"{window.start}",
        "endDate": f"{window.end}",
        "dimensions": ["date", *dimensions],
        "type": options.search_type,
        "dataState": "final",
        "aggregationType": "byPage" if about_pages else "byProperty",
    }
    return body | ({"dimensionFilterGroups": [{"filters": [only]}]} if only else {})


def freshness(options: Options, today: date) -> dict[str, Any]:
    """Return the query whose answer says from which day on figures are not final."""
    window = Window(today - timedelta(days=HISTORY_DAYS), today)
    return question(options, "account", window) | {"dataState": "all"}


def final_days(window: Window, today: date, first_incomplete: date | None) -> Window | None:
    """Return the part of a window whose figures are kept and final; None if there is none."""
    end = first_incomplete or today - timedelta(days=SETTLED_AFTER - 1)
    first, last = today - timedelta(days=HISTORY_DAYS), end - timedelta(days=1)
    start, end = max(window.start, first), min(window.end, last)
    return Window(start, end) if start <= end else None


def _filter(dimension: Literal["query", "page"], operator: str, expression: str) -> Filter:
    return {"dimension": dimension, "operator": operator, "expression": expression}


def _literal(text: str) -> str:
    """Return text as RE2 takes it for itself: only what has a meaning is escaped."""
    return re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", text)
