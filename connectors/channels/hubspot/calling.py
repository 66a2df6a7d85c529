"""How is HubSpot's API called? Single things, questions, pages, searches, what is sent once.

A page says by `paging.next.after` that another one follows; however short or empty it is, it is not
the last one without that. What comes twice counts once.

A search shows 10,000 results and no more. It is asked for by id, and goes on from the last id that
it showed: never from one that we think is the greatest, and by no moment, of which any number of
rows may share one. Its rows come out of order and some minutes late.
Source: the reference, section 2; HubSpot's "Search the CRM".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import requests

from connectors.base import Throttle
from connectors.channels.hubspot.errors import Judge
from connectors.channels.hubspot.options import Options
from connectors.http import Http, PageTurn, expected_shape
from connectors.throttle import LocalThrottle

SEARCH_PAGE, SEARCH_MOST = 200, 10_000
OBJECT_PAGE = 100
LATE = timedelta(minutes=5)
"""So late may something that has changed be found by a search."""
CHANGED = {"contacts": "lastmodifieddate"}
"""The property of when something changed, where it is not `hs_lastmodifieddate`."""

Row = Mapping[str, Any]


class Token:
    """A static token; an `Auth` of `http.py`."""

    def __init__(self, options: Options) -> None:
        self._token = options.access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return request

    def renew(self) -> bool:
        """Say that only a person can get another one."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self._token.get_secret_value(),)


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
        self._http = Http(session, auth=Token(options), judge=judge, throttle=self.throttle)

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

    def changed(
        self, kind: str, properties: Sequence[str], since: datetime | None
    ) -> Iterator[list[Row]]:
        """Yield pages of contacts or deals that changed since a moment; of all without one, with
        no limit. Some that changed shortly before may be among them."""
        path = f"crm/objects/{{version}}/{kind}"
        if since is None:
            asked = {"limit": str(OBJECT_PAGE), "properties": ",".join(properties)}
            yield from self.pages(path, **asked, archived="false")
            return
        at = round((since - LATE).timestamp() * 1000)
        named = CHANGED.get(kind, "hs_lastmodifieddate")
        wanted = {"propertyName": named, "operator": "GTE", "value": str(at)}
        yield from self._search(f"{path}/search", properties, wanted)

    def _search(self, path: str, properties: Sequence[str], wanted: Row) -> Iterator[list[Row]]:
        """Yield pages of what meets a filter, each thing once, however many there are."""
        turn, seen = PageTurn(self.url(path)), set[str]()
        last, latest, after = "", "", "0"
        while True:
            beyond = {"propertyName": "hs_object_id", "operator": "GT", "value": last}
            body = {
                "filterGroups": [{"filters": [wanted, beyond] if last else [wanted]}],
                "sorts": ["hs_object_id"],
                "properties": list(properties),
                "limit": SEARCH_PAGE,
                "after": after,
            }
            turn.to(f"{last}/{after}")
            told = self.ask(path, body)
            with self.shape(path):
                rows, after = told["results"], _following(told)
                new = _unseen(rows, "id", seen)
                latest = str(rows[-1]["id"]) if rows else latest
                if after and int(after) + SEARCH_PAGE > SEARCH_MOST:
                    last, after = latest, "0"
            if new:
                yield new
            if not after:
                return


def _unseen(rows: Sequence[Row], key: str, seen: set[str]) -> list[Row]:
    """Return the rows that have not come before, and remember them."""
    new = {str(row[key]): row for row in rows if str(row[key]) not in seen}
    seen |= set(new)
    return list(new.values())


def _following(body: Row) -> str:
    """Return the mark of the next page, '' after the last one."""
    following = (body.get("paging") or {}).get("next") or {}
    return str(following.get("after") or "")
