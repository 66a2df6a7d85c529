"""What comes back of inspected pages and sitemaps, in our words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from connectors.addresses import normal
from connectors.sites import Inspection, SubmittedSitemap

Verdict = Literal["pass", "partial", "fail", "neutral", "unknown"]
VERDICTS: Mapping[str, Verdict] = {
    "PASS": "pass",
    "PARTIAL": "partial",
    "FAIL": "fail",
    "NEUTRAL": "neutral",
}
DOMAIN = "sc-domain:"


def is_part_of(url: str, site: str) -> bool:
    """Tell whether a page belongs to a property."""
    if not site.startswith(DOMAIN):
        return url.startswith(site)
    host, domain = urlsplit(url).hostname or "", site.removeprefix(DOMAIN)
    return host == domain or host.endswith(f".{domain}")


def stranger(url: str, site: str, now: datetime) -> Inspection:
    """Return the inspection of a page that Google would refuse to inspect."""
    return Inspection(url, now, "unknown", f"not a page of {site}")


def to_inspection(url: str, answer: Mapping[str, Any], now: datetime) -> Inspection:
    """Turn an answer into a record; what Google leaves out stays empty or None."""
    result = answer["inspectionResult"]
    index = result.get("indexStatusResult", {})
    return Inspection(
        url=url,
        inspected_at=now,
        verdict=VERDICTS.get(index.get("verdict", ""), "unknown"),
        coverage=index.get("coverageState", ""),
        robots_txt=_state(index, "robotsTxtState"),
        indexing=_state(index, "indexingState"),
        fetch=_state(index, "pageFetchState"),
        last_crawl=_moment(index.get("lastCrawlTime")),
        google_canonical=_address(index.get("googleCanonical")),
        user_canonical=_address(index.get("userCanonical")),
        sitemaps=tuple(filter(None, map(_address, index.get("sitemap", ())))),
        link=result.get("inspectionResultLink", ""),
    )


def to_sitemap(row: Mapping[str, Any]) -> SubmittedSitemap:
    """Turn a sitemap into a record; its counts come as text."""
    contents = row.get("contents")
    return SubmittedSitemap(
        url=normal(row["path"]) or row["path"],
        errors=int(row.get("errors", 0)),
        warnings=int(row.get("warnings", 0)),
        submitted=sum(int(part.get("submitted", 0)) for part in contents) if contents else None,
        pending=bool(row.get("isPending")),
        last_submitted=_moment(row.get("lastSubmitted")),
        last_downloaded=_moment(row.get("lastDownloaded")),
    )


def _state(index: Mapping[str, Any], key: str) -> str:
    state = str(index.get(key, "")).lower()
    return "" if state.endswith("_unspecified") else state


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _address(url: str | None) -> str | None:
    return (normal(url) or url) if url else None
