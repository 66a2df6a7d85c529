"""Which contents decay, are thin, or out of date?"""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from connectors.addresses import path_of
from tasks.cube import Booleans, Floats
from tasks.report.numbers import change_text, day, plural
from tasks.site.evidence import Limits, Marks, Site
from tasks.site.heads import findable
from tasks.site.importance import fits

YEAR = 364
"""Days: whole weeks, so that weekdays meet."""


def content_decays(site: Site, limits: Limits) -> Marks:
    """The page gets clearly fewer clicks from searches than in the best span of the year before.

    Where the same days of the last year are known, it also gets clearly fewer than then: what only
    has its season does not decay.
    """
    length = int(limits["days"])
    now, best, year_ago = _spans(site, length)
    keep = 1 - limits["fall"]
    so = (best >= limits["clicks"]) & (now <= keep * best)
    so &= ~(year_ago > 0) | (now <= keep * year_ago)
    told = ~np.isnan(now) & ~np.isnan(best)

    def fields(row: int) -> Mapping[str, str]:
        return {
            "clicks": f"{now[row]:,.0f}",
            "previous": f"{best[row]:,.0f}",
            "change": change_text(now[row] / best[row] - 1, none="unknown"),
            "window": f"{length} days",
            "reason": f"{now[row]:,.0f} clicks in {length} days, once {best[row]:,.0f}",
        }

    def numbers(row: int) -> Mapping[str, float]:
        return {"clicks": float(now[row]), "previous": float(best[row])}

    return Marks(so & told & site.known, told & site.known, fields, numbers)


def content_thin(site: Site, _: Limits) -> Marks:
    """The page may be found and has fewer words than the brand wants."""
    words = site.pages["words"].to_numpy(dtype=np.float64)
    least = site.rules.thin_words
    so = findable(site) & (words < least)

    def fields(row: int) -> Mapping[str, str]:
        said = plural(int(words[row]), "word")
        return {"words": said, "limit": plural(least, "word"), "reason": said}

    return Marks(so, site.known, fields, lambda row: {"words": float(words[row])})


def content_outdated(site: Site, _: Limits) -> Marks:
    """The text stands unchanged for longer than the brand wants, as the page itself says, or as
    our own crawls have seen.

    What our crawls saw goes before what the page says: many pages say that they were changed today.
    """
    since, told = _since(site)
    now = site.pages["asked_at"].max()
    limit = now - timedelta(days=site.rules.outdated_after_days)
    may = fits([path_of(url) for url in site.pages["url"]], site.rules.dated)
    so = findable(site) & may & np.asarray(since < limit, dtype=np.bool_)

    def fields(row: int) -> Mapping[str, str]:
        said = day(since.iloc[row].date())
        return {"since": said, "reason": f"unchanged since {said}"}

    return Marks(so, site.known & (told | so | ~may), fields)


def _since(site: Site) -> tuple[pd.Series, Booleans]:
    """Return since when each text is as it is at least, NaT if nothing tells; and whether that is
    more than that it was so when we first looked."""
    said = pd.to_datetime(site.pages["modified"].reset_index(drop=True), utc=True)
    if site.history is None:
        return said, np.asarray(said.notna(), dtype=np.bool_)
    mine = site.history.set_index("url").reindex(site.pages["url"]).reset_index(drop=True)
    seen = mine["text_since"]
    changed = seen > mine["first_seen"]
    since = seen.where(changed | said.isna() | (seen < said), said)
    return since, np.asarray(said.notna() | changed, dtype=np.bool_)


def _spans(site: Site, length: int) -> tuple[Floats, Floats, Floats]:
    """Return the clicks of each page: now, in the best span of the year before, a year ago."""
    size = len(site.pages)
    unknown = np.full(size, np.nan)
    if site.searches is None or site.searches.pages is None:
        return unknown, unknown, unknown
    cube, last = site.searches.pages, site.searches.last
    rows = pd.Index(cube.entities["entity_id"]).get_indexer(pd.Index(site.pages["url"]))

    def clicks(end: date) -> Floats:
        sums = cube.window_sum("clicks", end - timedelta(days=length - 1), end)
        return np.where(rows >= 0, sums[rows], 0.0 if not np.isnan(sums).all() else np.nan)

    now = clicks(last)
    ends = [last - timedelta(days=length * back) for back in range(1, YEAR // length + 1)]
    earlier = np.stack([clicks(end) for end in ends])
    whole = ~np.isnan(earlier).all(axis=0)
    best = np.full(size, np.nan)
    best[whole] = np.nanmax(earlier[:, whole], axis=0)
    return now, best, clicks(last - timedelta(days=YEAR))
