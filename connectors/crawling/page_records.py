"""What is told of an address before its page is read, or where nothing can be read?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from connectors.crawling.fetching import media_type
from connectors.crawling.frontier import Visit
from connectors.sites import CrawledPage, Spared


def answered(visit: Visit, response: Response) -> CrawledPage:
    """Return the record of an answer: all but what the page itself says."""
    meta = response.meta
    return CrawledPage(
        url=visit.url,
        asked_at=meta["asked_at"],
        status=response.status,
        reason=meta.get("reason", ""),
        spared=meta.get("spared"),
        final_status=response.status,
        content_type=media_type(response.headers),
        size=len(response.body),
        seconds=round(meta["seconds"], 4),
        depth=visit.depth,
        found_by=visit.found_by,
    )


def silent(
    visit: Visit, meta: Mapping[str, Any], reason: str, spared: Spared | None
) -> CrawledPage:
    """Return the record of an address that gave no answer, or was not asked at all."""
    return CrawledPage(
        url=visit.url,
        asked_at=meta.get("asked_at") or datetime.now(UTC),
        status=None,
        reason=reason,
        spared=spared,
        seconds=round(meta.get("seconds", 0.0), 4),
        depth=visit.depth,
        found_by=visit.found_by,
    )
