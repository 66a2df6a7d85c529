"""A request that came in and the response that goes out, without any server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

import orjson

from connectors.sandbox.faults import Fault

JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` has no query string; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query_string: str = ""  # as it came, still encoded

    def form(self) -> dict[str, str]:
        """Return query and URL-encoded body as one mapping; the body wins."""
        sent = dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return {**self.query, **sent}

    def json(self) -> Any:
        """Return the decoded body, None if it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class Response:
    """What to answer. An iterator as body is sent in chunks as it comes."""

    status: int
    body: bytes | Iterator[bytes]
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(status, orjson.dumps(payload), headers=headers or {})


class Part(Protocol):
    """A part of the sandbox that answers requests under its own prefix."""

    def account_of(self, request: Request) -> str:
        """Return the account a request is about."""
        ...

    def respond(self, request: Request, fault: Fault | None = None) -> Response:
        """Answer a request."""
        ...
