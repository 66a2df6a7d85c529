"""Which pages that should be found does a search engine not have in its index, and why?"""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from connectors.addresses import path_of
from connectors.sites import Inspection
from tasks.cube import Booleans
from tasks.report.numbers import day
from tasks.site.evidence import Limits, Marks, Site
from tasks.site.heads import findable

FETCHES = {"not_found": "it was not found", "soft_404": "it looks empty to it",
           "server_error": "the site failed when it asked"}  # fmt: skip
OUT = ("fail", "neutral")
FIRST_CRAWL = timedelta(days=1)
"""What is met within so much time of the first page is no newer than that."""


def not_indexed(site: Site, limits: Limits) -> Marks:
    """The page may be found and was inspected, and it is not in the index; new pages get time."""
    inspected = [site.inspections.get(url) for url in site.pages["url"]]
    verdicts = np.asarray([it.verdict if it else "unknown" for it in inspected], dtype=object)
    so = findable(site) & np.isin(verdicts, OUT) & ~_new(site, limits["days"])
    told = site.known & (verdicts != "unknown")

    def fields(row: int) -> Mapping[str, str]:
        it = inspected[row]
        if it is None:
            return {}
        crawled = f"last read on {day(it.last_crawl.date())}" if it.last_crawl else "never read"
        return {"reason": _why(it), "last_crawl": crawled}

    return Marks(so, told, fields)


def _why(it: Inspection) -> str:
    """Say why in our words where the vendor's closed words tell, else in its own sentence."""
    if it.robots_txt == "disallowed":
        return "robots.txt kept it away when it asked"
    if "blocked" in it.indexing:
        return "the page asked to be left out when it was read"
    if it.fetch in FETCHES:
        return FETCHES[it.fetch]
    if it.google_canonical and it.user_canonical and it.google_canonical != it.user_canonical:
        return f"it takes {path_of(it.google_canonical)} for the original"
    return it.coverage


def _new(site: Site, days: float) -> Booleans:
    """Tell which pages were first seen less than so many days ago, and after the first crawl."""
    if site.history is None or site.full is None:
        return np.zeros(len(site.pages), dtype=np.bool_)
    first = site.history.set_index("url")["first_seen"].reindex(site.pages["url"])
    oldest = site.history["first_seen"].min()
    young = first > pd.Timestamp(site.full.at) - timedelta(days=days)
    later = first > oldest + FIRST_CRAWL
    return np.asarray(young & later, dtype=np.bool_)
