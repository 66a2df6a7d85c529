"""How is LinkedIn's REST API called? Single calls, pages, things made and deleted, uploads."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from connectors.base import RejectedError, Throttle
from connectors.channels.linkedin.errors import Judge
from connectors.channels.linkedin.options import Options
from connectors.channels.linkedin.restli import encoded
from connectors.channels.linkedin.token import LinkedInToken
from connectors.exchange import Reply, place
from connectors.http import Http, PageTurn, expected_shape
from connectors.throttle import LocalThrottle

MOST = 100
"""Elements of one page, at most."""
OWN_DOMAIN = ".linkedin.com"

Row = Mapping[str, Any]


class Calls:
    """The calls of one login about one organisation, over one pooled session."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None,
        throttle: Throttle | None,
        clock: Callable[[], datetime],
    ) -> None:
        session = session or requests.Session()
        self.author = f"urn:li:organization:{options.account_id}"
        self.throttle = throttle or LocalThrottle()
        self._base = options.base_url.rstrip("/")
        self._judge = Judge(clock)
        self._headers = {
            "LinkedIn-Version": options.api_version,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        token = LinkedInToken(options, session)
        self._http = Http(session, auth=token, judge=self._judge, throttle=self.throttle)

    def url(self, path: str, query: str = "") -> str:
        """Return the address of a resource; path and query are encoded already."""
        return f"{self._base}/rest/{path}{'?' if query else ''}{query}"

    def shape(self, path: str) -> AbstractContextManager[None]:
        """Turn whatever breaks on the JSON of an unknown shape into a `RejectedError`."""
        return expected_shape(self.url(path))

    def get(self, path: str, query: str = "") -> Any:
        """Return what a GET answers."""
        return self._http.read("GET", self.url(path, query), headers=self._headers)

    def act(self, path: str, action: str, body: Mapping[str, Any]) -> Any:
        """Return what an action answers that may be asked for again, such as an upload's start."""
        url = self.url(path, f"action={action}")
        return self._http.read("POST", url, body=body, headers=self._headers)

    def pages(self, path: str, query: str = "") -> Iterator[list[Row]]:
        """Yield pages of a collection until LinkedIn names no next one.

        A page may be shorter than asked for: what may not be seen is left out of it.
        """
        return self._pages(path, query, {}, MOST)

    def found(self, path: str, query: str) -> Iterator[list[Row]]:
        """Yield pages of what a finder answers. Statistics come whole, however many there are: they
        are asked for without a size of page."""
        return self._pages(path, query, {"X-RestLi-Method": "FINDER"}, None)

    def listed(self, path: str, query: str) -> Iterator[list[Row]]:
        """Yield pages of what a finder of many things answers."""
        return self._pages(path, query, {"X-RestLi-Method": "FINDER"}, MOST)

    def _pages(
        self, path: str, query: str, headers: Mapping[str, str], count: int | None
    ) -> Iterator[list[Row]]:
        url, start = self.url(path), 0
        turn = PageTurn(url)
        while True:
            paging = f"start={start}&count={count}" if count else f"start={start}" if start else ""
            whole = "&".join(filter(None, (query, paging)))
            body = self._http.read("GET", f"{url}?{whole}", headers={**self._headers, **headers})
            with self.shape(path):
                rows = body["elements"]
                start += count or len(rows)
                more = _has_more(body, start)
            if rows:
                yield rows
            if not rows or not more:
                return
            turn.to(orjson.dumps(rows[0]).decode())

    def create(self, path: str, body: Mapping[str, Any]) -> Reply:
        """Make something, once, and return the reply: its header `x-restli-id` names it."""
        self._judge.request_id = ""
        return self._http.send_whole("POST", self.url(path), body=body, headers=self._headers)

    def delete(self, path: str, query: str = "") -> None:
        """Delete something, once."""
        self._judge.request_id = ""
        self._http.send("DELETE", self.url(path, query), headers=self._headers)

    def upload(self, address: str, content: bytes, media_type: str) -> None:
        """Put bytes where LinkedIn said that it wants them; the same bytes may be put again.

        Raises `RejectedError` for an address of somebody else: the call carries the token.
        """
        if not is_own(address, self._base):
            raise RejectedError(f"{place('PUT', address)}: not LinkedIn's host; not uploaded")
        self._http.read("PUT", address, form=content, headers={"Content-Type": media_type})

    @property
    def request_id(self) -> str:
        """By what LinkedIn's support finds the last write."""
        return self._judge.request_id

    def of_author(self) -> str:
        """Return the organisation's URN as queries and paths have it."""
        return encoded(self.author)


def _has_more(body: Any, reached: int) -> bool:
    """Tell whether there is another page: by the link to it, else by the total."""
    paging = body.get("paging") or {}
    if any(link["rel"] == "next" for link in paging.get("links") or []):
        return True
    return reached < (paging.get("total") or 0)


def is_own(address: str, base: str) -> bool:
    """Tell whether an address is of the host that we call, or of LinkedIn if that is LinkedIn's."""
    there, here = urlsplit(address), urlsplit(base)
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return True
    hosts = (f".{there.hostname}", f".{here.hostname}")
    return there.scheme == "https" and all(host.endswith(OWN_DOMAIN) for host in hosts)
