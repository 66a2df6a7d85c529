"""How are pages reached: by links, by sitemaps, by neither, or by what should not be there?"""

from collections.abc import Mapping, Sequence

import numpy as np

from connectors.addresses import path_of
from tasks.cube import Booleans
from tasks.site.answering import elsewhere, forbidden, noindex, says_gone
from tasks.site.evidence import Limits, Marks, Site
from tasks.site.files import broken_sitemaps
from tasks.site.heads import findable


def orphan_page(site: Site, _: Limits) -> Marks:
    """No page links to it: only who knows its address, or a sitemap, gets there.

    Only a crawl that came upon everything can tell. What a linked address redirects to is linked.
    """
    start = (site.pages["url"] == site.start).to_numpy(dtype=np.bool_)
    linked = site.inlinks > 0
    so = findable(site) & ~linked & ~_led_to(site, linked) & ~start & site.complete
    named = site.listed

    def fields(row: int) -> Mapping[str, str]:
        who = "a sitemap names it" if named[row] else "its address leads there"
        return {"reason": f"only {who}"}

    return Marks(so, site.known & site.complete, fields)


def sitemap_lists_wrong(site: Site, _: Limits) -> Marks:
    """A sitemap names what is no page to be found: gone, forbidden, redirected, left out."""
    why = _why_wrong(site)
    sitemap = _sitemaps(site)
    so = site.listed & np.asarray([bool(it) for it in why], dtype=np.bool_)
    told = (site.answered | (forbidden(site) & site.current)) & (site.full is not None)

    def fields(row: int) -> Mapping[str, str]:
        url = str(site.pages["url"].iloc[row])
        return {"reason": why[row], "sitemap": path_of(sitemap[url])}

    return Marks(so & told, told, fields)


def sitemap_misses(site: Site, _: Limits) -> Marks:
    """A page that matters is in no sitemap, though the site has sitemaps and all can be read."""
    matters = (site.pages["importance"] == "high").to_numpy(dtype=np.bool_)
    there = site.full is not None and len(site.full.listed) > 0
    told = site.known & (site.full is not None and not broken_sitemaps(site))
    so = findable(site) & matters & ~site.listed & there & told
    return Marks(so, told, lambda _: {"reason": "it is in no sitemap"})


def _led_to(site: Site, linked: Booleans) -> Booleans:
    """Tell which pages redirects lead to whose own address is linked."""
    hops = {url for urls in site.pages["redirects"][linked] for url in urls}
    return site.pages["url"].isin(hops).to_numpy(dtype=np.bool_)


def _why_wrong(site: Site) -> Sequence[str]:
    """Return of each page why no sitemap should name it; '' if one may."""
    pages = site.pages
    rows = zip(
        forbidden(site) & site.current,
        pages["redirects"],
        says_gone(site),
        noindex(pages) & site.known,
        elsewhere(pages) & site.known,
        pages["final_status"],
        pages["canonical"],
        strict=True,
    )
    return [_wrong(*row) for row in rows]


def _wrong(
    kept_away: bool,
    redirects: Sequence[str],
    gone: bool,
    left_out: bool,
    other: bool,
    status: float,
    canonical: str,
) -> str:
    if kept_away:
        return "robots.txt forbids it"
    if redirects:
        return f"it leads to {path_of(redirects[-1])}"
    if gone:
        return f"it answers {int(status)}"
    if left_out:
        return "it asks to be left out"
    return f"it names {path_of(canonical)} as the page to be found" if other else ""


def _sitemaps(site: Site) -> Mapping[str, str]:
    """Return of each address the first sitemap that names it."""
    if site.full is None:
        return {}
    entries = site.full.listed.sort_values("sitemap", ascending=False)
    return dict(zip(entries["url"], entries["sitemap"], strict=True))
