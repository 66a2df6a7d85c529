"""Which pages do not answer as they should, or may not be found any more?

What became worse is told for as long as it stays so: against the full crawl before, and against
every change that our crawls have noted since (`Site.changes`), so that a crawl that sees the same
fault again does not take it for how the page is meant to be.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from connectors.sites import Spared
from tasks.cube import Booleans, Integers
from tasks.report.numbers import plural
from tasks.site.evidence import Limits, Marks, Site, is_page

GONE = (404, 410)
REFUSED = (401, 403, 407, 429, 451)
"""Asks for a password or does not want us: what visitors get is not known."""
LOST_DAYS = 28
"""So long a page that is not there any more is told: later, what it had in searches is gone."""


def page_gone(site: Site, _: Limits) -> Marks:
    """The page answers that it is not there, and links or sitemaps still lead to it."""
    linked, named = site.inlinks, site.listed
    gone = says_gone(site)
    so = gone & ((linked > 0) | named)
    told = site.answered & (~gone | so | site.complete)
    return Marks(so, told, lambda row: _answers(site, row, linked, named), _links(linked))


def page_fails(site: Site, _: Limits) -> Marks:
    """The page answers with an error, or with nothing while others answer.

    Where nothing at all answers, it may be the line from here that is broken: that is unknown.
    """
    linked, named = site.inlinks, site.listed
    status = site.pages["final_status"]
    refused = status.isin(REFUSED).to_numpy()
    spared = site.pages["spared"].notna().to_numpy(dtype=np.bool_)
    silent = site.current & ~site.answered & ~spared
    day = site.pages["asked_at"].dt.floor("D")
    heard = silent & day.isin(day[site.answered]).to_numpy()
    errors = (status >= 400).to_numpy() & ~status.isin(GONE).to_numpy() & ~refused
    so = (errors & site.answered) | heard
    told = (site.answered & ~refused) | heard
    return Marks(so, told, lambda row: _answers(site, row, linked, named), _links(linked))


def page_lost(site: Site, _: Limits) -> Marks:
    """A page that was there is not: it says so, or no link and no sitemap leads to it any more."""
    gone = says_gone(site)
    fresh = np.asarray(site.pages["fresh"], dtype=np.bool_)
    reached = (site.inlinks > 0) | site.listed
    was = is_page(_before(site)) | _left_lately(site) | _changed(site, "status", _taken_away)
    so = was & ~reached & (gone | ~fresh) & site.complete

    def fields(row: int) -> Mapping[str, str]:
        if gone[row]:
            return {"reason": _answer(site, row)}
        return {"reason": "our crawl no longer came upon it"}

    return Marks(so, (so | site.answered) & site.complete, fields)


def became_noindex(site: Site, _: Limits) -> Marks:
    """A page that could be found asks search engines to leave it out."""
    before = _before(site)
    was = is_page(before)
    now = noindex(site.pages) & site.known
    so = now & ((was & ~noindex(before)) | _changed(site, "robots", _closed))
    told = site.known & (was | so | (site.changes is not None))
    return Marks(so, told, lambda row: {"reason": ", ".join(site.pages["robots"].iloc[row])})


def canonical_elsewhere(site: Site, _: Limits) -> Marks:
    """A page that was its own canonical one names another as the one to be found."""
    before = _before(site)
    was = is_page(before)
    now = elsewhere(site.pages) & site.known
    so = now & ((was & ~elsewhere(before)) | _changed(site, "canonical", _turned_away))
    told = site.known & (was | so | (site.changes is not None))
    return Marks(so, told, lambda row: {"target": str(site.pages["canonical"].iloc[row])})


def blocked_by_robots(site: Site, _: Limits) -> Marks:
    """A page that was read before may not be any more: robots.txt forbids it."""
    kept_away = forbidden(site) & site.current
    was = is_page(_before(site))
    if site.history is not None:
        was = was | np.asarray(_of_history(site, "text_since").notna(), dtype=np.bool_)
    told = site.answered | kept_away
    return Marks(kept_away & was, told, lambda row: {"reason": _reason(site, row)})


def says_gone(site: Site) -> Booleans:
    """Tell of each page whether it answers that it is not there."""
    return site.pages["final_status"].isin(GONE).to_numpy(dtype=np.bool_) & site.answered


def forbidden(site: Site) -> Booleans:
    """Tell of each page whether robots.txt keeps us from it."""
    word: Spared = "forbidden"
    return np.asarray(site.pages["spared"] == word, dtype=np.bool_)


def noindex(pages: pd.DataFrame) -> Booleans:
    """Tell of each page whether it asks to be left out."""
    said = (isinstance(it, list) and _says_noindex(it) for it in pages["robots"])
    return np.fromiter(said, dtype=np.bool_, count=len(pages))


def elsewhere(pages: pd.DataFrame) -> Booleans:
    """Tell of each page whether it names another page as the one to be found."""
    named = pages["canonical"].notna() & (pages["canonical"] != "")
    other = pages["canonical"] != pages["url"]
    return np.asarray(named & other, dtype=np.bool_)


def _answers(site: Site, row: int, linked: Integers, named: Booleans) -> Mapping[str, str]:
    links = [plural(int(linked[row]), "page")] if linked[row] else []
    links += ["a sitemap"] if named[row] else []
    return {"reason": _answer(site, row), "links": " and ".join(links) or "no page"}


def _answer(site: Site, row: int) -> str:
    status = site.pages["final_status"].iloc[row]
    return _reason(site, row) if pd.isna(status) else f"answers {int(status)}"


def _reason(site: Site, row: int) -> str:
    return str(site.pages["reason"].iloc[row])


def _links(linked: Integers) -> Callable[[int], Mapping[str, float]]:
    return lambda row: {"links": float(linked[row])}


def _before(site: Site) -> pd.DataFrame:
    """Return each page as the full crawl before had it; a row of NaN where it did not."""
    before = site.before if site.before is not None else site.pages.iloc[:0]
    return before.set_index("url", drop=False).reindex(site.pages["url"]).reset_index(drop=True)


def _left_lately(site: Site) -> Booleans:
    """Tell which pages a full crawl of the last weeks no longer came upon."""
    if site.history is None or site.full is None:
        return np.zeros(len(site.pages), dtype=np.bool_)
    since = pd.Timestamp(site.full.at) - timedelta(days=LOST_DAYS)
    return np.asarray(_of_history(site, "gone_since") >= since, dtype=np.bool_)


def _of_history(site: Site, column: str) -> pd.Series:
    history = site.history if site.history is not None else pd.DataFrame(columns=["url", column])
    return history.set_index("url")[column].reindex(site.pages["url"])


def _changed(site: Site, field: str, worse: Callable[[str, str | None, str], bool]) -> Booleans:
    """Tell of which pages a field once changed for the worse: by address, old and new value."""
    if site.changes is None:
        return np.zeros(len(site.pages), dtype=np.bool_)
    mine = site.changes.loc[site.changes["field"] == field, ["url", "old_value", "new_value"]]
    urls = {
        url
        for url, old, new in mine.itertuples(index=False)
        if worse(url, None if pd.isna(old) else old, "" if pd.isna(new) else new)
    }
    return site.pages["url"].isin(urls).to_numpy(dtype=np.bool_)


def _taken_away(_: str, old: str | None, new: str) -> bool:
    return (old or "")[:1] == "2" and new in map(str, GONE)


def _closed(_: str, old: str | None, new: str) -> bool:
    return not _says_noindex((old or "").split(",")) and _says_noindex(new.split(","))


def _turned_away(url: str, old: str | None, new: str) -> bool:
    return old in (None, "", url) and new not in ("", url)


def _says_noindex(directives: list[str]) -> bool:
    return any(word in ("noindex", "none") for word in directives)
