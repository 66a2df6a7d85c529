"""How is Search Console called? Search analytics page by page, the rest one call each."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import requests

from connectors.base import Throttle
from connectors.channels.search_console.errors import judge
from connectors.channels.search_console.options import Options
from connectors.google_access import token_of
from connectors.http import Http, expected_shape

SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"
MOST_ROWS = 25_000
"""Rows of one page, at most."""

Row = Mapping[str, Any]


class Calls:
    """The calls of one login about one property, over one pooled session."""

    def __init__(
        self, options: Options, session: requests.Session | None, throttle: Throttle | None
    ) -> None:
        session = session or requests.Session()
        self._property = options.account_id
        base = options.base_url.rstrip("/")
        self.url = f"{base}/webmasters/v3/sites/{quote(options.account_id, safe='')}"
        self._inspecting = f"{base}/v1/urlInspection/index:inspect"
        token = token_of(options, session, SCOPE)
        self._http = Http(session, auth=token, judge=judge, throttle=throttle)

    def site(self) -> Any:
        """Return the property and what this login may do with it."""
        return self._http.read("GET", self.url)

    def sitemaps(self) -> Any:
        """Return the sitemaps that were handed in, all in one answer."""
        return self._http.read("GET", f"{self.url}/sitemaps")

    def inspect(self, url: str) -> Any:
        """Return what the index has of a page."""
        body = {"inspectionUrl": url, "siteUrl": self._property, "languageCode": "en-US"}
        return self._http.read("POST", self._inspecting, body=body)

    def rows(self, question: Mapping[str, Any], most: int) -> Iterator[list[Row]]:
        """Yield pages of rows, those with most clicks first, `most` at most."""
        start = 0
        while start < most:
            limit = min(MOST_ROWS, most - start)
            page = self._query({**question, "rowLimit": limit, "startRow": start})
            with expected_shape(self.url):
                rows = page.get("rows", [])
                start += len(rows)
            if rows:
                yield rows
            if len(rows) < limit:
                return

    def first_incomplete(self, question: Mapping[str, Any]) -> date | None:
        """Return the first day whose figures are not final; None if Google does not say."""
        answer = self._query({**question, "rowLimit": MOST_ROWS})
        with expected_shape(self.url):
            day = answer.get("metadata", {}).get("firstIncompleteDate")
            return date.fromisoformat(day) if day else None

    def _query(self, body: Mapping[str, Any]) -> Any:
        return self._http.read("POST", f"{self.url}/searchAnalytics/query", body=body)
