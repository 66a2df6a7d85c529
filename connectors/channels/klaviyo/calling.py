"""How is Klaviyo's API called? JSON:API documents, pages by links, reports, what is sent once.

A next page is only asked for where it is on the host that we call: the call carries the key.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.base import RejectedError, Throttle
from connectors.channels.klaviyo.errors import Judge, ReportTurns
from connectors.channels.klaviyo.options import Options
from connectors.exchange import place
from connectors.fixed_token import FixedToken
from connectors.http import Http, PageTurn, expected_shape
from connectors.throttle import LocalThrottle

REPORT_TIMEOUT = 120.0
"""Seconds without a byte of a report."""
MEDIA = "application/vnd.api+json"

Row = Mapping[str, Any]


class Calls:
    """The calls about one account, over one pooled session."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle | None,
        clock: Callable[[], datetime],
    ) -> None:
        session = session or requests.Session()
        self.throttle = throttle or LocalThrottle()
        self._base = options.base_url.rstrip("/")
        self._headers = {"revision": options.revision, "Accept": MEDIA}
        self.judge = Judge(clock)
        auth = FixedToken(options.api_key, "Klaviyo-API-Key")
        self._http = Http(session, auth=auth, judge=self.judge, throttle=self.throttle)
        turns = ReportTurns(self.throttle)
        self._reports = Http(session, auth=auth, judge=self.judge, throttle=turns)

    def url(self, path: str) -> str:
        """Return the address of a resource: `flows/AbC123`."""
        return f"{self._base}/api/{path}"

    def shape(self, path: str) -> AbstractContextManager[None]:
        """Turn whatever breaks on the JSON of an unknown shape into a `RejectedError`."""
        return expected_shape(self.url(path))

    def get(self, path: str, **params: str) -> Any:
        """Return a document."""
        return self._http.read("GET", self.url(path), params=params, headers=self._headers)

    def pages(self, path: str, **params: str) -> Iterator[list[Row]]:
        """Yield the data of each page of a collection, until no link leads on."""
        for body in self.documents(path, params):
            with self.shape(path):
                rows = list(body["data"])
            if rows:
                yield rows

    def documents(self, path: str, params: Mapping[str, str]) -> Iterator[Any]:
        """Yield the documents of a collection, with what they include."""
        url, asked = self.url(path), dict(params)
        turn = PageTurn(url)
        body = self._http.read("GET", url, params=asked, headers=self._headers)
        while True:
            following = self._following(path, body)
            yield body
            if not following:
                return
            body = self._http.read("GET", turn.to(following), headers=self._headers)

    def report(self, kind: str, attributes: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the attributes of each page of a report such as `flow-series-report`."""
        path = f"{kind}s"
        url: str | None = self.url(path)
        sent = {"data": {"type": kind, "attributes": attributes}}
        turn = PageTurn(self.url(path))
        while url:
            headers, patience = self._sending, REPORT_TIMEOUT
            asked = {"body": sent, "headers": headers, "read_timeout": patience}
            body = self._reports.read("POST", turn.to(url), **asked)
            with self.shape(path):
                yield body["data"]["attributes"]
            url = self._following(path, body)

    def upsert(self, path: str, body: Any) -> Any:
        """Send what may be sent again, and return the answer."""
        return self._http.read("POST", self.url(path), body=body, headers=self._sending)

    def send(self, method: str, path: str, body: Any) -> Any:
        """Send something, once, and return the answer."""
        self.judge.request_id = ""
        return self._http.send(method, self.url(path), body=body, headers=self._sending)

    @property
    def _sending(self) -> dict[str, str]:
        return {**self._headers, "Content-Type": MEDIA}

    def _following(self, path: str, body: Any) -> str | None:
        """Return where the next page is, None after the last one."""
        with self.shape(path):
            following: str | None = (body.get("links") or {}).get("next")
            if "data" not in body:
                raise ValueError
            there, here = urlsplit(following or self._base), urlsplit(self._base)
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise RejectedError(f"{place('GET', self.url(path))}: the next page is at another host")
        return following
