"""What did crawls see changed about the brand's websites?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

from connectors.addresses import path_of, same_site
from connectors.sites import SiteFile
from tasks.report.escape import plain
from tasks.report.numbers import plural
from tasks.report.site_model import SiteChange, SiteLog
from tasks.site.evidence import Site
from tasks.site.files import difference

LOG_DAYS = 7
LONGEST_LOG = 40
MOST_OF_KIND = 6
"""So many of one kind that one crawl saw are listed, the others counted: a new template changes
every page."""
SIDE = 90
"""Characters of a text before and after."""

KINDS = {
    "robots.txt": "robots.txt",
    "status": "answer",
    "robots": "noindex and other directives",
    "page gone": "gone page",
    "redirect": "redirect",
    "canonical": "canonical",
    "sitemap": "sitemap",
    "title": "title",
    "page back": "page that is back",
    "page new": "new page",
    "text": "changed text",
}
"""Kind to what one of it is called; of one moment the first of these come first."""

_EVENTS = {"gone": "no link leads there any more", "back": "it is there again", "new": "it is new"}
_ORDER = {kind: place for place, kind in enumerate(KINDS)}


def site_log(
    sites: Iterable[Site], changes: Mapping[int, pd.DataFrame], as_of: date
) -> SiteLog | None:
    """List what changed since `log_since`, and count what the list has no room for.

    `changes` has by account key the columns of `Warehouse.page_changes`; the files' changes are in
    the sites. The result is bounded. None without a site: nothing was watched.
    """
    since = log_since(as_of)
    watched = list(sites)
    found = [entry for site in watched for entry in _of_files(site.file_changes, site.account)]
    for site in watched:
        if (frame := changes.get(site.account_key)) is not None:
            found += _of_pages(frame, site.account)
    recent = sorted((entry for entry in found if entry.at >= since), key=_place)
    listed = _listed(recent)
    counts = Counter(entry.what for entry in recent) - Counter(entry.what for entry in listed)
    rest = tuple((kind, counts[kind]) for kind in KINDS if counts[kind])
    return SiteLog(since.date(), tuple(listed), rest) if watched else None


def log_since(as_of: date) -> datetime:
    """Return from which moment on a run as of a day tells changes."""
    return datetime.combine(as_of - timedelta(days=LOG_DAYS), time(), UTC)


def _listed(recent: Iterable[SiteChange]) -> list[SiteChange]:
    """Return the first of each kind, site and crawl, as many as there is room for."""
    seen: Counter[tuple[datetime, str, str]] = Counter()
    listed = []
    for entry in recent:
        group = (entry.at, entry.what, entry.site)
        seen[group] += 1
        if seen[group] <= MOST_OF_KIND:
            listed.append(entry)
    return listed[:LONGEST_LOG]


def _place(entry: SiteChange) -> tuple[float, int, str, str]:
    return -entry.at.timestamp(), _ORDER[entry.what], entry.site, entry.page


def _of_pages(frame: pd.DataFrame, site: str) -> Iterator[SiteChange]:
    columns = ("at", "url", "field", "old_value", "new_value")
    cells = zip(*(frame[name].tolist() for name in columns), strict=True)
    for at, url, field, old, new in cells:
        kind = f"page {new}" if field == "page" else str(field)
        how = _EVENTS[str(new)] if field == "page" else _how(kind, url, _text(old), _text(new))
        yield SiteChange(pd.Timestamp(at).to_pydatetime(), site, path_of(str(url)), kind, how)


def _how(kind: str, url: str, old: str, new: str) -> str:
    """Say how it was and how it is."""
    if kind == "text":
        return "its text is another"
    if kind in ("redirect", "canonical"):
        old, new = (path_of(it) if it and same_site(it, url) else it for it in (old, new))
    nothing = "no answer" if kind == "status" else "none"
    form = "“{}”" if kind == "title" else "{}"
    return " → ".join(form.format(plain(it, SIDE)) if it else nothing for it in (old, new))


def _of_files(changes: Sequence[tuple[SiteFile, SiteFile]], site: str) -> Iterator[SiteChange]:
    for old, new in changes:
        kind = "robots.txt" if new.kind == "robots" else "sitemap"
        yield SiteChange(new.seen_at, site, path_of(new.url), kind, _file_change(old, new))


def _file_change(old: SiteFile, new: SiteFile) -> str:
    """Say what is different: the answer, the lines of robots.txt, the addresses of a sitemap."""
    if new.reason or old.status != new.status:
        return f"{_answer(old)} → {_answer(new)}"
    if new.kind == "robots":
        return difference(old.text, new.text) or "only its spaces or the order of its lines"
    one, other = "address", "addresses"
    if old.entries == new.entries:
        return f"its contents are others, {plural(new.entries, one, other)}"
    return f"{old.entries:,} → {plural(new.entries, one, other)}"


def _answer(file: SiteFile) -> str:
    return file.reason or (f"answered {file.status}" if file.status else "no answer")


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)
