"""How is Mailchimp's Marketing API 3.0 called? Single things, pages, and what is sent once.

Every call says which fields it wants: what is personal is not asked for. One call at a time is
made, of the ten that a user may make at once. Things shift while pages are read; what comes twice
counts once.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import requests

from connectors.base import Throttle
from connectors.channels.mailchimp.errors import judge
from connectors.channels.mailchimp.options import Options
from connectors.fixed_token import FixedToken
from connectors.http import Http, expected_shape
from connectors.throttle import LocalThrottle

PAGE = 1000
"""Things of one page, at most."""
TIMEOUT = 120.0
"""Seconds: after so many Mailchimp itself gives up."""

Row = Mapping[str, Any]


class Calls:
    """The calls about one account, over one pooled session."""

    def __init__(
        self, options: Options, session: requests.Session | None, throttle: Throttle | None
    ) -> None:
        self.throttle = throttle or LocalThrottle()
        self.url = f"{options.address}/3.0"
        self._http = Http(
            session, auth=FixedToken(options.api_key), judge=judge, throttle=self.throttle
        )

    def shape(self, path: str) -> AbstractContextManager[None]:
        """Turn whatever breaks on the JSON of an unknown shape into a `RejectedError`."""
        return expected_shape(self.url + path)

    def get(self, path: str, fields: str, **params: str) -> Any:
        """Return one thing, with these fields."""
        asked = {**params, "fields": fields}
        return self._http.read("GET", self.url + path, params=asked, read_timeout=TIMEOUT)

    def pages(self, path: str, fields: tuple[str, ...], **params: str) -> Iterator[list[Row]]:
        """Yield pages of a collection, each thing once; its name is the end of the path."""
        name = path.rpartition("/")[2]
        wanted = ",".join([*(f"{name}.{field}" for field in ("id", *fields)), "total_items"])
        seen: set[Any] = set()
        offset = 0
        while True:
            place = {"count": str(PAGE), "offset": str(offset)}
            body = self.get(path, wanted, **params, **place)
            with self.shape(path):
                rows, total = body[name], int(body["total_items"])
                new = {row["id"]: row for row in rows if row["id"] not in seen}
            if new:
                yield list(new.values())
            seen |= set(new)
            offset += len(rows)
            if not rows or offset >= total:
                return

    def send(self, path: str, body: Any = None, fields: str = "") -> Any:
        """Send something, once; `fields` are those that should come back."""
        params = {"fields": fields} if fields else None
        return self._http.send("POST", self.url + path, body=body, params=params)
