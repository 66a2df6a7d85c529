"""How are the brand's websites: read in full, answering, indexed, fast?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from connectors.addresses import path_of
from connectors.sites import CrawlState, Inspection, PageSpeed
from tasks.report.site_model import Crawled, Lacking, Speed
from tasks.site.evidence import Site

LONGEST_LIST = 10
WHOLE_SITE = "the whole site"
INDEXED = ("pass", "partial")
GOOD = {
    "largest_contentful_paint": 2500.0,
    "interaction_to_next_paint": 200.0,
    "cumulative_layout_shift": 0.1,
}
"""Up to where a page counts as good (web.dev/articles/vitals); times in milliseconds."""
LOW_SCORE = 0.5
"""Below this Lighthouse calls a score poor."""

_CLASSES = {2: "answered", 3: "redirected", 4: "not found or refused", 5: "failed"}
NO_ANSWER = "said nothing"
_IMPORTANCE = {"high": 0, "medium": 1, "low": 2}


def crawled(site: Site) -> Crawled:
    """Sum up what is known of a site: its newest full crawl, its index, its speed.

    Pages of which the search engine does not know itself whether they are indexed count for
    nothing. Speeds are of at most `LONGEST_LIST` pages, those that matter most first.
    """
    full = site.full
    told = [it for it in site.inspections.values() if it.verdict != "unknown"]
    state: CrawlState = "complete" if full is None or full.state == "complete" else "stopped"
    return Crawled(
        site=site.account,
        at=full.at if full else None,
        state=state,
        reason=full.reason if full else "",
        pages=len(full.pages) if full else 0,
        answers=_answers(full.pages["status"]) if full else (),
        indexed=_indexed(told),
        inspected=len(told),
        speeds=_speeds(site),
    )


def lacking(
    quality: Iterable[tuple[int, str, Sequence[str]]], titles: Mapping[int, str]
) -> tuple[Lacking, ...]:
    """Gather what the figures of accounts lack: the same reason of several levels is one line.

    `quality` has account key, level and the reasons; accounts without a title are left out.
    """
    found: dict[tuple[int, str], list[str]] = {}
    for key, level, reasons in quality:
        for reason in reasons:
            levels = found.setdefault((key, reason), [])
            levels += [level] if level not in levels else []
    return tuple(
        Lacking(titles[key], reason, tuple(levels))
        for (key, reason), levels in found.items()
        if key in titles
    )


def _answers(statuses: pd.Series) -> tuple[tuple[str, int], ...]:
    """Count the classes of status that there are."""
    counts = Counter((statuses // 100).dropna().astype(int).tolist())
    classes = [(f"{words} ({cls}xx)", counts[cls]) for cls, words in _CLASSES.items()]
    known = sum(count for _, count in classes)
    return tuple(it for it in (*classes, (NO_ANSWER, len(statuses) - known)) if it[1])


def _indexed(told: Iterable[Inspection]) -> int:
    return sum(it.verdict in INDEXED for it in told)


def _speeds(site: Site) -> tuple[Speed, ...]:
    """Return the measured pages; in front of them the whole site, where visitors' values are.

    Of pages that matter equally those that are slow come first, then those with the most clicks.
    """
    origin = _newest([it for of in site.speeds.values() for it in of], "field_origin")
    rows = [Speed(WHOLE_SITE, None, origin)] if origin else []
    for url in _by_importance(site)[:LONGEST_LIST]:
        lab, field = (_newest(site.speeds[url], source) for source in ("lab", "field"))
        if lab or field:
            rows.append(Speed(path_of(url), lab, field))
    return tuple(rows)


def _by_importance(site: Site) -> list[str]:
    """Return the measured pages in the order in which they are shown; strangers last."""
    clicks = np.nan_to_num(site.pages["clicks"].to_numpy(dtype=np.float64)).tolist()
    ranks = [_IMPORTANCE[importance] for importance in site.pages["importance"]]
    places = dict(zip(site.pages["url"], zip(ranks, clicks, strict=True), strict=True))

    def place(url: str) -> tuple[int, bool, float, str]:
        rank, count = places.get(url, (len(_IMPORTANCE), 0.0))
        newest = (_newest(site.speeds[url], source) for source in ("lab", "field"))
        return rank, not any(it is not None and is_slow(it) for it in newest), -count, url

    return sorted(site.speeds, key=place)


def is_slow(it: PageSpeed) -> bool:
    """Tell whether a measurement has something that does not count as good."""
    values = ((getattr(it, name), limit) for name, limit in GOOD.items())
    low = it.performance is not None and it.performance < LOW_SCORE
    return low or any(value is not None and value > limit for value, limit in values)


def _newest(speeds: Sequence[PageSpeed], source: str) -> PageSpeed | None:
    """Return the newest measurement: with values before without, of phones before desktops, of
    known days before unknown ones."""
    mine = [it for it in speeds if it.source == source]
    return max(
        mine,
        key=lambda it: (
            not it.reason,
            it.form_factor == "phone",
            it.period_end is not None,
            it.measured_at,
        ),
        default=None,
    )
