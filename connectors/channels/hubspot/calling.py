"""How is HubSpot's API called? Single things, questions, pages, what is sent once.

A page says by `paging.next.after` that another one follows; however short or empty it is, it is not
the last one without that. What comes twice counts once. All contacts and deals are read as such
pages, which have no end: a search shows 10,000 results and no more.
Source: the reference, section 2.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import requests

from connectors.base import Throttle
from connectors.channels.hubspot.errors import Judge
from connectors.channels.hubspot.options import Options
from connectors.fixed_token import FixedToken
from connectors.http import Http, PageTurn, expected_shape
from connectors.throttle import LocalThrottle

OBJECT_PAGE = 100

Row = Mapping[str, Any]


class Calls:
    """The calls about one account, over one pooled session."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle | None,
        judge: Judge,
    ) -> None:
        self.throttle = throttle or LocalThrottle()
        self.judge = judge
        self._base, self._version = options.base_url.rstrip("/"), options.version
        self._http = Http(
            session, auth=FixedToken(options.access_token), judge=judge, throttle=self.throttle
        )

    def url(self, path: str) -> str:
        """Return the address of a resource: `crm/lists/{version}/12`."""
        return f"{self._base}/{path.format(version=self._version)}"

    def shape(self, path: str) -> AbstractContextManager[None]:
        """Turn whatever breaks on the JSON of an unknown shape into a `RejectedError`."""
        return expected_shape(self.url(path))

    def get(self, path: str, **params: str) -> Any:
        """Return a document."""
        return self._http.read("GET", self.url(path), params=params)

    def ask(self, path: str, body: Any) -> Any:
        """Return the answer to a question that changes nothing, or may be repeated safely."""
        return self._http.read("POST", self.url(path), body=body)

    def send(self, method: str, path: str, body: Any) -> Any:
        """Send something, once, and return the answer."""
        self.judge.request_id = ""
        return self._http.send(method, self.url(path), body=body)

    def pages(self, path: str, key: str = "id", **params: str) -> Iterator[list[Row]]:
        """Yield the results of each page of a collection, each thing once."""
        turn, seen, after = PageTurn(self.url(path)), set[str](), ""
        while True:
            asked = {**params, "after": turn.to(after)} if after else params
            body = self.get(path, **asked)
            with self.shape(path):
                new = _unseen(body["results"], key, seen)
                after = _following(body)
            if new:
                yield new
            if not after:
                return

    def objects(self, kind: str, properties: Sequence[str], **more: str) -> Iterator[list[Row]]:
        """Yield pages of all contacts or deals, with some of their properties."""
        asked = {"limit": str(OBJECT_PAGE), "properties": ",".join(properties), **more}
        return self.pages(f"crm/objects/{{version}}/{kind}", **asked, archived="false")


def _unseen(rows: Sequence[Row], key: str, seen: set[str]) -> list[Row]:
    """Return the rows that have not come before, and remember them."""
    new = {str(row[key]): row for row in rows if str(row[key]) not in seen}
    seen |= set(new)
    return list(new.values())


def _following(body: Row) -> str:
    """Return the mark of the next page, '' after the last one."""
    following = (body.get("paging") or {}).get("next") or {}
    return str(following.get("after") or "")


def moment(text: str | None) -> datetime | None:
    """Return a moment as HubSpot writes it, None if it says none."""
    return datetime.fromisoformat(text) if text else None
