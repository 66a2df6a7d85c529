"""One HTTP exchange: ask once, read the whole answer in bounded time and memory, decode its JSON.

What a status means, whether to ask again, and whose turn it is to ask, is decided in `http.py`.
"""

import gc
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
import urllib3

from connectors.base import RejectedError, TransientError

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
"""Seconds without a byte."""
DEADLINE = 300.0
"""Seconds for a whole body: a server that drips bytes never runs into the read timeout."""
LARGEST_BODY = 128 * 2**20
"""Bytes after decompression. A page of 10,000 Google Ads rows has about 5 MB."""
CHUNK = 2**18
CREATED, NO_CONTENT = 201, 204
MALFORMED = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)

AddCredential = Callable[[requests.PreparedRequest], requests.PreparedRequest]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the decoded body, or None if it was no JSON or empty."""

    where: str  # `POST host/path`: no query, which may hold credentials
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def quote(self, text: object, longest: int = 200) -> str:
        """Return the service's sentence fit for a message: short, one line, without secrets."""
        line = " ".join(str(text).split())
        for secret in self.secrets:
            line = line.replace(secret, "***")
        return line if len(line) <= longest else f"{line[:longest]}..."


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    auth: AddCredential,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | bytes | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    read_timeout: float = READ_TIMEOUT,
    deadline: float = DEADLINE,
    limit: int = LARGEST_BODY,
) -> Reply:
    """Make one request, read its body whole and decode it; whatever the status, return it.

    Raises `TransientError` when no answer came, when it was cut, too slow, or with a status of
    success but no JSON inside; `RejectedError` when it is larger than `limit` bytes.
    A redirect is returned, not followed: it could carry the credential to another host.
    """
    where = place(method, url)
    as_json = {} if body is None else {"Content-Type": "application/json"}
    try:
        with session.request(
            method,
            url,
            params=params,
            data=form if body is None else orjson.dumps(body),
            headers={**as_json, **(headers or {})},
            auth=auth,  # a callable: without one requests would send what ~/.netrc has
            timeout=(CONNECT_TIMEOUT, read_timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            content = drain(response, where, deadline, limit)
    # `from None`: the original's text holds the whole URL
    except MALFORMED as error:
        raise RejectedError(f"{where}: {type(error).__name__}; check base_url") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise TransientError(f"{where}: {type(error).__name__}; may pass") from None
    return Reply(where, response.status_code, response.headers, _decode(response, content, where))


def drain(response: requests.Response, where: str, deadline: float, limit: int) -> bytes:
    """Return the body, taken as it arrives: `iter_content` would wait for a chunk to be full."""
    end = time.monotonic() + deadline
    chunks, size = [], 0
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise RejectedError(
                f"{where}: {response.status_code} and more than {limit:,} bytes; ask for less"
            )
        if time.monotonic() > end:
            raise TransientError(
                f"{where}: {response.status_code} but no whole body after {deadline:g} s; may pass"
            )
    return b"".join(chunks)


def _decode(response: requests.Response, content: bytes, where: str) -> Any:
    """Return the JSON, or None if there need be none: an empty 204, the HTML of a proxy's 502, an
    empty 201 whose headers name what was made."""
    if not content and response.status_code == CREATED:
        return None
    try:
        with _no_collector():
            return orjson.loads(content)
    except orjson.JSONDecodeError:
        if not 200 <= response.status_code < 300 or response.status_code == NO_CONTENT:
            return None
    kind = word(response.headers.get("Content-Type", "no content type"))
    got = f"{response.status_code} but no whole JSON ({kind}, {len(content):,} bytes)"
    raise TransientError(f"{where}: {got}; may pass")


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the garbage collector from walking new dicts for cycles: JSON has none.

    A page has tens of thousands of dicts; looking through them took a fifth of a pull's time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def place(method: str, url: str) -> str:
    """Return `POST host/path`, without the query."""
    parts = urlsplit(url)
    return f"{method} {parts.hostname}{parts.path}"


def word(text: object, longest: int = 80) -> str:
    """Return a service's own code fit for a message: one line of harmless signs."""
    return re.sub(r"[^\w.,:;/ +-]", "", str(text))[:longest].strip()


def _without_query(record: logging.LogRecord) -> bool:
    """Cut queries from urllib3's debug lines: Meta's hold the proof of the app's secret."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args
        )
    return True


logging.getLogger("urllib3.connectionpool").addFilter(_without_query)
