"""What is so of a site's files and of the site as a whole: robots.txt, sitemaps, certificate?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import unified_diff
from urllib.parse import urlsplit

from connectors.addresses import path_of, same_site
from connectors.sites import Inspection, SiteFile
from tasks.report.numbers import day, plural
from tasks.site.answering import GONE
from tasks.site.evidence import Limits, Site, SiteMark

CHANGED_DAYS = 7
"""So long a change of robots.txt is told."""
SHOWN_LINES = 12
SHOWN_LETTERS = 200
TINY = 1e-9
"""What a difference of two shares may be off by: 0.9 - 0.8 is a little less than 0.1."""
USUAL_SITEMAP = "/sitemap.xml"
"""Where crawlers look for a sitemap that nobody has named."""


def robots_changed(site: Site, _: Limits, as_of: date) -> SiteMark:
    """robots.txt is not what it was a week ago; the difference is shown.

    No answer is no change: it is unknown what the file would have said.
    """
    told = any(file.kind == "robots" and file.status is not None for file in site.files)
    for old, new in _robots_changes(site, as_of - timedelta(days=CHANGED_DAYS)):
        lines = difference(old.text, new.text)
        if lines or old.status != new.status:
            fields = {
                "url": new.url,
                "difference": lines or "No line is known to differ",
                "reason": _answer(old, new),
            }
            return SiteMark(True, True, fields)
    return SiteMark(False, told)


def difference(old: str, new: str) -> str:
    """Return the lines that went and came, marked - and +; '' if only line ends differ."""
    lines = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    changed = [it[:SHOWN_LETTERS] for it in list(lines)[2:] if it[:1] in ("+", "-")]
    shown = changed[:SHOWN_LINES]
    more = len(changed) - len(shown)
    return "; ".join(shown) + (f"; and {plural(more, 'more line')}" if more else "")


def certificate_ends(site: Site, limits: Limits, as_of: date) -> SiteMark:
    """A certificate is not to be trusted, or ends soon; the first to end is told."""
    seen = [it for it in site.certificates if it.ends_at or it.reason]
    now = datetime.combine(as_of, time(), tzinfo=UTC)
    soon = now + timedelta(days=limits["days"] + 1)
    wrong = [it for it in seen if it.reason or (it.ends_at and it.ends_at < soon)]
    if not wrong:
        return SiteMark(False, told=bool(seen))
    worst = min(wrong, key=lambda it: (it.ends_at or now, it.host))
    if worst.ends_at is None:
        fields = {"url": worst.host, "ends": "an unknown day", "days": "unknown"}
        return SiteMark(True, True, fields | {"reason": worst.reason})
    left = max(0, (worst.ends_at - now).days)
    fields = {
        "url": worst.host,
        "ends": day(worst.ends_at.date()),
        "days": plural(left, "day"),
        "reason": worst.reason or ("it ends soon" if worst.ends_at > now else "it has ended"),
    }
    return SiteMark(True, True, fields, {"days": float(left)})


def sitemap_unreadable(site: Site, _: Limits, __: date) -> SiteMark:
    """A sitemap of the site cannot be read, wholly or from some place on."""
    broken = broken_sitemaps(site)
    if not broken:
        return SiteMark(False, told=bool(_sitemaps(site)))
    first = broken[0]
    reason = first.reason or f"answers {first.status}"
    more = f" (and {plural(len(broken) - 1, 'other')})" if len(broken) > 1 else ""
    fields = {"url": path_of(first.url) + more, "reason": reason}
    return SiteMark(True, True, fields, {"sitemaps": float(len(broken))})


def broken_sitemaps(site: Site) -> list[SiteFile]:
    """Return the sitemaps that cannot be read now."""
    return [it for it in _sitemaps(site) if it.reason or it.status is None or it.status >= 400]


def _sitemaps(site: Site) -> list[SiteFile]:
    """Return the sitemaps that the site has now, as the last crawl saw them.

    A crawl asks robots.txt before it asks for sitemaps: what it has seen before that, it was not
    told of any more. Where nobody names a sitemap and there never was one, the usual address that
    does not answer is none.
    """
    robots = [it for it in site.files if it.kind == "robots" and same_site(it.url, site.start)]
    begun = max((it.seen_at for it in robots), default=None)
    named = any("sitemap:" in it.text.lower() for it in robots)
    return [
        it
        for it in site.files
        if it.kind == "sitemap"
        and (begun is None or it.seen_at >= begun)
        and not (it.status in GONE and not named and path_of(it.url) == USUAL_SITEMAP
                 and all(it.url != new.url for _, new in site.file_changes))
    ]  # fmt: skip


def sitemap_errors(site: Site, limits: Limits, _: date) -> SiteMark:
    """A search engine found errors in a sitemap that was handed in."""
    wrong = [it for it in site.submitted if it.errors >= limits["errors"]]
    if not wrong:
        return SiteMark(False, told=bool(site.submitted))
    worst = max(wrong, key=lambda it: it.errors)
    fields = {
        "url": path_of(worst.url),
        "errors": plural(worst.errors, "error"),
        "warnings": plural(worst.warnings, "warning"),
        "reason": plural(worst.errors, "error"),
    }
    return SiteMark(True, True, fields, {"errors": float(worst.errors)})


def indexed_share_fell(site: Site, limits: Limits, _: date) -> SiteMark:
    """Of the pages that were inspected both times, clearly fewer are in the index than before."""
    both = [url for url in site.inspections if _said(site.inspections, url)
            and _said(site.inspected_before, url)]  # fmt: skip
    if len(both) < limits["pages"]:
        return SiteMark(False, told=False)
    now = sum(site.inspections[url].verdict == "pass" for url in both) / len(both)
    before = sum(site.inspected_before[url].verdict == "pass" for url in both) / len(both)
    fields = {
        "share": f"{now:.0%}",
        "previous": f"{before:.0%}",
        "pages": plural(len(both), "page"),
        "reason": f"from {before:.0%} to {now:.0%}",
    }
    numbers = {"share": now, "previous": before, "pages": float(len(both))}
    return SiteMark(before - now >= limits["fall"] - TINY, True, fields, numbers)


def crawl_incomplete(site: Site, _: Limits, __: date) -> SiteMark:
    """The last full crawl ended before it had read everything."""
    if site.full is None:
        return SiteMark(False, told=False)
    pages = plural(len(site.full.pages), "page")
    fields = {"pages": pages, "reason": site.full.reason}
    return SiteMark(site.full.state != "complete", True, fields)


def competitor_published(site: Site, limits: Limits, as_of: date) -> SiteMark:
    """Competitors' sitemaps and feeds name something new."""
    if site.published is None:
        return SiteMark(False, told=False)
    since = datetime.combine(as_of - timedelta(days=int(limits["days"])), time(), tzinfo=UTC)
    new = site.published[site.published["first_seen"] >= since]
    if new.empty:
        return SiteMark(False)
    titles = [str(title or path_of(url)) for title, url in new[["title", "url"]].to_numpy()]
    fields = {
        "site": ", ".join(sorted({urlsplit(it).netloc or it for it in new["site"]})),
        "entries": plural(len(new), "page"),
        "examples": _examples(titles),
        "window": f"the last {plural(int(limits['days']), 'day')}",
        "reason": plural(len(new), "new page"),
    }
    return SiteMark(True, True, fields, {"entries": float(len(new))})


def _examples(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
    return ", ".join(titles[:3]) + more


def _said(inspections: Mapping[str, Inspection], url: str) -> bool:
    return url in inspections and inspections[url].verdict != "unknown"


def _robots_changes(site: Site, since: date) -> Iterable[tuple[SiteFile, SiteFile]]:
    """Return of each robots.txt that changed how it was before the first change, and how it is."""
    spans: dict[str, tuple[SiteFile, SiteFile]] = {}
    for old, new in site.file_changes:
        if new.kind == "robots" and new.status is not None and new.seen_at.date() >= since:
            first, _ = spans.get(new.url, (old, new))
            spans[new.url] = first, new
    return [spans[url] for url in sorted(spans)]


def _answer(old: SiteFile, new: SiteFile) -> str:
    if old.status != new.status:
        return f"it answered {old.status}, and now {new.status}"
    return "its lines changed"
