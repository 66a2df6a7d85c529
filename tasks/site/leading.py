"""Where do pages lead: to what is not there, around in a circle, or through too many redirects?

The same broken link stands on many pages, often on all of them: it is one fact. It is told of the
page that matters most among those that have it, with their number.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from connectors.addresses import path_of, same_site
from tasks.cube import Booleans
from tasks.report.numbers import plural
from tasks.site.answering import GONE
from tasks.site.evidence import Limits, Marks, Site

_RANK = {"high": 0, "medium": 1, "low": 2}
BROKEN_OUTSIDE = (404, 410)
"""Other sites refuse polite questions for reasons of their own; only these say that it is gone."""
ENDLESS = 10
"""Redirects in a row that arrive nowhere are a circle: nobody follows that many."""


def broken_internal_link(site: Site, _: Limits) -> Marks:
    """A link of the page leads to a page of the site that is not there or fails."""
    status = site.pages["final_status"]
    bad = site.answered & (status.isin(GONE) | (status >= 500)).to_numpy(dtype=np.bool_)
    reasons = _answers(site.pages["url"][bad], status[bad])
    return _of_links(site, reasons, site.known & site.complete)


def broken_outbound_link(site: Site, _: Limits) -> Marks:
    """A link of the page leads to a page of another site that is not there.

    Unknown of a page with a link to what was not asked, or did not answer.
    """
    if site.full is None:
        return _nothing(site)
    outside = site.full.outside
    gone = outside[outside["status"].isin(BROKEN_OUTSIDE)]
    told = site.known & site.complete & ~_leads_to_silence(site)
    return _of_links(site, _answers(gone["url"], gone["status"]), told)


def redirect_chain(site: Site, limits: Limits) -> Marks:
    """An address of the site leads through several redirects."""
    linked = site.inlinks
    hops = site.pages["redirects"].map(len).to_numpy(dtype=np.int64)
    so = (hops >= limits["hops"]) & ~_loops(site) & site.current

    def fields(row: int) -> Mapping[str, str]:
        redirects = site.pages["redirects"].iloc[row]
        return {
            "target": _shown(redirects[-1], site),
            "hops": plural(len(redirects), "redirect"),
            "pages": plural(int(linked[row]), "page"),
            "reason": _way(redirects, site),
        }

    told = site.answered | so
    return Marks(so, told, fields, lambda row: {"hops": float(hops[row])})


def redirect_loop(site: Site, _: Limits) -> Marks:
    """An address of the site leads back to itself, or never arrives."""
    linked = site.inlinks
    so = _loops(site) & site.current

    def fields(row: int) -> Mapping[str, str]:
        redirects = site.pages["redirects"].iloc[row]
        return {
            "target": _shown(redirects[0], site),
            "pages": plural(int(linked[row]), "page"),
            "reason": _way(redirects, site),
        }

    return Marks(so, site.answered | so, fields)


def _of_links(site: Site, reasons: Mapping[str, str], told: Booleans) -> Marks:
    """Mark for every broken target the most important page that links to it.

    `told`: which of the other pages are known to have no such link.
    """
    if site.full is None:
        return _nothing(site)
    worst = _where(site, reasons)
    rows = {int(row): worst[worst["row"] == row] for row in worst["row"].unique()}
    so = np.zeros(len(site.pages), dtype=np.bool_)
    so[list(rows)] = True

    def fields(row: int) -> Mapping[str, str]:
        first = rows[row].iloc[0]
        target, more = str(first["target"]), len(rows[row]) - 1
        others = f" (and {plural(more, 'more link')})" if more else ""
        return {
            "target": _shown(target, site) + others,
            "text": str(first["text"]),
            "pages": plural(int(first["pages"]), "page"),
            "reason": reasons[target],
        }

    def numbers(row: int) -> Mapping[str, float]:
        return {"links": float(len(rows[row])), "pages": float(rows[row]["pages"].max())}

    return Marks(so, told | so, fields, numbers)


def _where(site: Site, reasons: Mapping[str, str]) -> pd.DataFrame:
    """Return every broken target once: target, text, pages that have it, row of the first page."""
    columns = ["target", "text", "pages", "row"]
    if site.full is None or not reasons:
        return pd.DataFrame(columns=columns)
    known = np.flatnonzero(site.known)
    pages = pd.DataFrame(
        {
            "source": site.pages["url"].iloc[known].to_numpy(),
            "row": known,
            "rank": site.pages["importance"].iloc[known].map(_RANK).to_numpy(),
        }
    )
    links = site.full.links
    broken = links[links["target"].isin(list(reasons)) & (links["source"] != links["target"])]
    here = broken.merge(pages, on="source").sort_values(["target", "rank", "source"])
    here["pages"] = here.groupby("target")["source"].transform("nunique")
    return here.drop_duplicates("target")[columns]


def _answers(urls: pd.Series, statuses: pd.Series) -> Mapping[str, str]:
    pairs = zip(urls, statuses, strict=True)
    return {str(url): f"answers {int(status)}" for url, status in pairs}


def _leads_to_silence(site: Site) -> Booleans:
    """Tell which pages link to other sites' addresses of which no answer is known."""
    if site.full is None:
        return np.ones(len(site.pages), dtype=np.bool_)
    links, outside = site.full.links, site.full.outside
    targets = links["target"].drop_duplicates()
    other = [not same_site(url, site.start) for url in targets]
    silent = targets[other][~targets[other].isin(outside.loc[outside["status"].notna(), "url"])]
    sources = links.loc[links["target"].isin(silent), "source"]
    return site.pages["url"].isin(sources).to_numpy(dtype=np.bool_)


def _loops(site: Site) -> Booleans:
    """Tell which addresses lead in a circle: one is met twice, or there are too many in a row."""
    pages = site.pages
    circle = [
        len({url, *redirects}) < 1 + len(redirects)
        for url, redirects in zip(pages["url"], pages["redirects"], strict=True)
    ]
    many = pages["redirects"].map(len) >= ENDLESS
    endless = pages["final_status"].between(300, 399) & many
    return np.asarray(circle, dtype=np.bool_) | np.asarray(endless, dtype=np.bool_)


def _shown(url: str, site: Site) -> str:
    """Return the path of what is on the site, else the whole address."""
    return path_of(url) if same_site(url, site.start) else url


def _way(redirects: list[str], site: Site) -> str:
    return " → ".join(_shown(url, site) for url in redirects)


def _nothing(site: Site) -> Marks:
    none = np.zeros(len(site.pages), dtype=np.bool_)
    return Marks(none, none, lambda _: {})
