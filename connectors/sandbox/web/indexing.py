"""What does a search engine's index have of a page? The page as it was when it was last read."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from connectors.sandbox import draws
from connectors.sandbox.web.shapes import Indexed
from connectors.sandbox.web.state import SiteState, read_on

if TYPE_CHECKING:
    from connectors.sandbox.web.world import SimulatedWeb

UNKNOWN = Indexed(
    verdict="NEUTRAL",
    coverage="URL is unknown to Google",
    robots_txt="ROBOTS_TXT_STATE_UNSPECIFIED",
    indexing="INDEXING_STATE_UNSPECIFIED",
    fetch="PAGE_FETCH_STATE_UNSPECIFIED",
    canonical="",
    crawled_at=None,
)
ERRORS = {
    404: ("NEUTRAL", "Not found (404)", "NOT_FOUND"),
    410: ("NEUTRAL", "Not found (404)", "NOT_FOUND"),
    500: ("FAIL", "Server error (5xx)", "SERVER_ERROR"),
}


def indexed(web: "SimulatedWeb", path: str) -> Indexed:
    """Return what the index has of a path on the web's day."""
    read = web.state(read_on(path, web.seed, web.today))
    if path not in read.redirects and (
        path not in read.by_path or read.by_path[path].published > read.day
    ):
        return UNKNOWN
    verdict, coverage, fetch = _judged(web, read, path)
    wrong = read.wrong_with(path)
    minutes = int(draws.key(web.seed, "read at", path)) % 1440
    at = datetime.combine(read.day, time(), tzinfo=UTC) + timedelta(minutes=minutes)
    chosen = wrong["canonical"].target if "canonical" in wrong else read.redirects.get(path, path)
    return Indexed(
        verdict=verdict,
        coverage=coverage,
        robots_txt="DISALLOWED" if "robots" in wrong else "ALLOWED",
        indexing="BLOCKED_BY_META_TAG" if "noindex" in wrong else "INDEXING_ALLOWED",
        fetch=fetch,
        canonical="" if fetch != "SUCCESSFUL" else f"{web.url}{chosen}",
        crawled_at=at,
    )


def _judged(web: "SimulatedWeb", read: SiteState, path: str) -> tuple[str, str, str]:
    """Return verdict, coverage and fetch."""
    wrong = read.wrong_with(path)
    status = read.status(path)
    if status in ERRORS:
        return ERRORS[status]
    if status == 301:
        return "NEUTRAL", "Page with redirect", "SUCCESSFUL"
    if "robots" in wrong:
        return "NEUTRAL", "Blocked by robots.txt", "BLOCKED_ROBOTS_TXT"
    if "noindex" in wrong:
        return (
            "NEUTRAL",
            "Excluded by \N{LEFT SINGLE QUOTATION MARK}noindex"
            + ("\N{RIGHT SINGLE QUOTATION MARK} tag"),
            "SUCCESSFUL",
        )
    if "canonical" in wrong:
        return "NEUTRAL", "Alternate page with proper canonical tag", "SUCCESSFUL"
    if "not_indexed" in web.state(web.today).wrong_with(path):
        return "NEUTRAL", "Crawled - currently not indexed", "SUCCESSFUL"
    if "sitemap_missing" in wrong:
        return "PASS", "Indexed, not submitted in sitemap", "SUCCESSFUL"
    return "PASS", "Submitted and indexed", "SUCCESSFUL"
