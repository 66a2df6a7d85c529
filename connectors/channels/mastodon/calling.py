"""How is a Mastodon server called? Single objects, pages of a list, one write.

Pages are turned by the `Link` header with rel="next". Only its `max_id` is taken: the address in it
could lead elsewhere, and the token with it. A page may be short, or empty, and not be the last one.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.utils import parse_header_links

from connectors.base import RejectedError, Throttle
from connectors.channels.mastodon.errors import Clock, Judge
from connectors.channels.mastodon.options import Options
from connectors.exchange import Reply
from connectors.fixed_token import FixedToken
from connectors.http import Http, PageTurn, expected_shape

PAGE = "40"
"""The most that a server gives of statuses (✔ reference); of notifications it would give 80."""

Row = Mapping[str, Any]


class Calls:
    """One account's calls to its server, over one pooled session."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle,
        clock: Clock,
    ) -> None:
        self._url = options.server_url
        self._name = options.name
        self._own_id = ""
        token = FixedToken(options.access_token)
        self._http = Http(session, auth=token, judge=Judge(clock), throttle=throttle)

    def shape(self, path: str) -> AbstractContextManager[None]:
        """Turn whatever breaks on JSON of an unknown shape into a `RejectedError`."""
        return expected_shape(f"{self._url}{path}")

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Row:
        """Return one object."""
        body = self._http.read("GET", f"{self._url}{path}", params=params)
        with self.shape(path):
            return _object(body)

    def rows(self, path: str) -> list[Row]:
        """Return a list that has no pages."""
        body = self._http.read("GET", f"{self._url}{path}")
        with self.shape(path):
            return _rows(body)

    def repeated(self, method: str, path: str, **request: Any) -> Reply:
        """Return the whole reply to a call that changes nothing people see: it may be repeated."""
        return self._http.read_whole(method, f"{self._url}{path}", **request)

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Send a write, once."""
        return self._http.send_whole(method, f"{self._url}{path}", **request)

    def pages(self, path: str, params: Mapping[str, str]) -> Iterator[list[Row]]:
        """Yield pages of a list, newest first."""
        turn = PageTurn(f"{self._url}{path}")
        asked = {**params, "limit": PAGE}
        while True:
            reply = self._http.read_whole("GET", f"{self._url}{path}", params=asked)
            with self.shape(path):
                rows = _rows(reply.body)
                after = _next(reply.headers)
            if rows:
                yield rows
            if not after:
                return
            asked["max_id"] = turn.to(after)

    def me(self) -> Row:
        """Return our account. Raise `RejectedError` if the token is another account's."""
        path = "/api/v1/accounts/verify_credentials"
        row = self.get(path)
        with self.shape(path):
            own_id, name = str(row["id"]), str(row["username"])
        if name.lower() != self._name.lower():
            raise RejectedError(
                f"GET {path}: the access token is another account's, not {self._name}'s; "
                "make one with this account"
            )
        self._own_id = own_id
        return row

    def own_id(self) -> str:
        """Return our account's id on its server; asked for once."""
        if not self._own_id:
            self.me()
        return self._own_id


def _object(body: Any) -> Row:
    if not isinstance(body, dict):
        raise TypeError("an object")
    return body


def _rows(body: Any) -> list[Row]:
    if not isinstance(body, list):
        raise TypeError("a list")
    return [_object(row) for row in body]


def _next(headers: Mapping[str, str]) -> str:
    """Return the `max_id` of the next page, '' on the last one."""
    for link in parse_header_links(headers.get("Link", "")):
        if link.get("rel") == "next":
            return parse_qs(urlsplit(link["url"]).query)["max_id"][0]
    return ""
