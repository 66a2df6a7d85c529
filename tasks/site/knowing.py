"""How does what was read of a website become what facts are asked of?

A full crawl has every page; a watch has only some, and newer. Each page is as it was read last.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from config.models import SiteRules
from connectors.addresses import path_of, same_site
from tasks.site.importance import importance, owners

FIGURES = ("clicks", "impressions", "revenue")


def pages_now(full: pd.DataFrame | None, watched: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return each page once, as it was read last, ordered by address.

    `watched` are crawls after the full one, oldest first. All of them are `fresh`.
    """
    parts = [part for part in (full, *watched) if part is not None and len(part)]
    if not parts:
        return pd.DataFrame()
    now = pd.concat(parts, ignore_index=True).drop_duplicates("url", keep="last")
    if full is not None:  # a watch does not know how far a page is from the start
        depth = dict(zip(full["url"], full["depth"], strict=True))
        known = now["url"].map(depth)
        now = now.assign(depth=known.where(known.notna(), now["depth"]))
    return now.assign(fresh=True).sort_values("url").reset_index(drop=True)


def not_older(part: pd.DataFrame, full: pd.DataFrame | None) -> pd.DataFrame:
    """Return the pages that were not read before a full crawl read them, or began to read."""
    if full is None or full.empty or part.empty:
        return part
    asked = part["url"].map(full.set_index("url")["asked_at"]).fillna(full["asked_at"].min())
    return part[part["asked_at"] >= asked]


def before_now(
    full: pd.DataFrame | None, watched: Sequence[pd.DataFrame], earlier: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return each page as it was before it was read last: what a watch has read is compared with
    the full crawl, and what that has read with the full crawl before."""
    if full is None or not any(map(len, watched)):
        return earlier
    again = pd.concat([part["url"] for part in watched])
    was = full[full["url"].isin(again)]
    if earlier is None:
        return was
    rest = earlier[~earlier["url"].isin(was["url"])]
    return pd.concat([was, rest], ignore_index=True)


def with_lost(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Add the pages of the full crawl before that are met no more, marked as not fresh."""
    if before is None or not len(before) or now.empty:
        return now
    lost = before[~before["url"].isin(now["url"])].assign(fresh=False)
    joined = pd.concat([now, lost], ignore_index=True)
    return joined.sort_values("url").reset_index(drop=True)


def described(
    pages: pd.DataFrame,
    account_key: int,
    keys: Mapping[str, int],
    figures: pd.DataFrame,
    rules: SiteRules,
) -> pd.DataFrame:
    """Return pages with what every finding says of them: key, name, importance, owner.

    `keys` are entity keys by address; a page without one was never stored and is left out.
    `figures` has url and `FIGURES`, the sums of 28 days.
    """
    known = pages[pages["url"].isin(list(keys))].reset_index(drop=True)
    sums = figures.set_index("url").reindex(known["url"])
    for name in FIGURES:
        known[name] = sums[name].to_numpy(dtype=np.float64)
    known["account_key"] = account_key
    known["entity_key"] = [keys[url] for url in known["url"]]
    known["name"] = [path_of(url) for url in known["url"]]
    known["importance"] = importance(known, rules)
    known["owner"] = owners(known["url"], rules)
    return known


def of_site(frame: pd.DataFrame, column: str, start: str) -> pd.DataFrame:
    """Return the rows whose address is of a site."""
    mine = [same_site(str(url), start) for url in frame[column]]
    return frame[np.asarray(mine, dtype=np.bool_)]


def is_due(last: date | None, as_of: date, days: int) -> bool:
    """Tell whether something that comes every so many days is due."""
    return last is None or (as_of - last).days >= days
