"""How is Google Ads called? Queries page by page, changes once, ideas page by page."""

import logging
from collections.abc import Iterator
from typing import Any

import requests

from connectors.base import Throttle
from connectors.channels.google_ads.errors import StalePageError, judge
from connectors.channels.google_ads.options import Options
from connectors.channels.google_ads.rows import Row
from connectors.channels.google_ads.writing import Listener
from connectors.google_access import revealed, token_of
from connectors.http import Http, PageTurn, expected_shape

log = logging.getLogger(__name__)

VERSION = "v26"
SCOPE = "https://www.googleapis.com/auth/adwords"
TIMEOUT = 120.0
"""Seconds without a byte: long queries and large changes are silent until they are done."""
RESTARTS = 2
"""How often a query is begun again because its page token ran out."""


class Calls:
    """The calls of one login, over one pooled session."""

    def __init__(
        self, options: Options, session: requests.Session | None, throttle: Throttle | None
    ) -> None:
        session = session or requests.Session()
        token = token_of(options, session, SCOPE)
        self._headers = _headers(options)
        self.listener = Listener(judge)
        self.url = f"{options.base_url.rstrip('/')}/{VERSION}"
        self._http = Http(session, auth=token, judge=self.listener, throttle=throttle)
        log.debug("Google Ads API %s, sunset expected in November 2027", VERSION)

    def search(self, query: str, customer: str) -> Iterator[list[Row]]:
        """Yield the query's pages; from the start again if a page token runs out on the way.

        Rows that were already yielded then come twice, which replaces and never adds.
        """
        url = f"{self.url}/customers/{customer}/googleAds:search"
        for restarts_left in reversed(range(RESTARTS + 1)):
            try:
                yield from self._pages(url, {"query": query})
            except StalePageError:
                if not restarts_left:
                    raise
                log.info("Google Ads %s: a page token ran out; beginning again", customer)
            else:
                return

    def ideas(self, body: dict[str, Any], customer: str) -> Iterator[list[Row]]:
        """Yield pages of the keyword planner's ideas."""
        yield from self._pages(f"{self.url}/customers/{customer}:generateKeywordIdeas", body)

    def mutate(self, body: dict[str, Any], customer: str) -> Any:
        """Send changes once; if they are only to be validated, as often as it takes."""
        url = f"{self.url}/customers/{customer}/googleAds:mutate"
        send = self._http.read if body["validateOnly"] else self._http.send
        self.listener.forget()
        return send("POST", url, body=body, headers=self._headers, read_timeout=TIMEOUT)

    def _pages(self, url: str, body: dict[str, Any]) -> Iterator[list[Row]]:
        turn = PageTurn(url)
        token = ""
        while True:
            asked = body | ({"pageToken": token} if token else {})
            page = self._http.read(
                "POST", url, body=asked, headers=self._headers, read_timeout=TIMEOUT
            )
            with expected_shape(url):
                rows, token = page.get("results", []), page.get("nextPageToken")
            if rows:
                yield rows
            if not token:
                return
            turn.to(token)


def _headers(options: Options) -> dict[str, str]:
    headers = {
        "login-customer-id": options.login_customer_id,
        "developer-token": revealed(options.developer_token),
    }
    return {name: value for name, value in headers.items() if value}
