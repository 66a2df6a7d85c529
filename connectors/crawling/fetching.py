"""How is one address asked, within bounds of time and bytes, and what went wrong in words?

Everything that may go wrong with an answer ends here: as an `UnreadError` with a reason for people.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import brotli
from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from twisted.internet import error as network
from twisted.web import error as protocol

from connectors.crawling.places import GuardedResolver
from connectors.sites import Spared

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from backports import zstd

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"
FAILURES = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    network.ConnectError,
    network.ConnectionClosed,
    network.ConnectingCancelledError,
    protocol.Error,
    SSL.Error,
    ValueError,  # a host name that is none
)
UNPACKING = (OSError, EOFError, ValueError, zlib.error, brotli.error, zstd.ZstdError)


class UnreadError(IgnoreRequest):
    """An address that could not be read. Says why; `passing` if another try may help, `spared` if
    it was our own doing."""

    def __init__(self, reason: str, *, passing: bool = False, spared: Spared | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.spared = spared


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was asked for, at the end of its redirects."""

    asked: str
    url: str  # where the redirects ended
    asked_at: datetime
    status: int | None
    reason: str = ""
    body: bytes = b""
    content_type: str = ""


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler, with a clock from asking to the last byte and failures in words."""

    async def download_request(self, request: Request) -> Response:
        """Ask. `meta` gets `asked_at` and `seconds`; raises `UnreadError` only."""
        request.meta["asked_at"] = datetime.now(UTC)
        begun = monotonic()
        try:
            return await super().download_request(request)
        except FAILURES as failure:
            raise _unread(request, failure) from failure
        finally:
            request.meta["seconds"] = monotonic() - begun


def _unread(request: Request, failure: Exception) -> UnreadError:
    if isinstance(failure, CannotResolveHostError):
        if GuardedResolver.places.refused(request.url):
            return UnreadError("not asked: it leads to a private address", spared="not asked")
        return UnreadError("no answer: its host name is unknown", passing=True)
    if isinstance(failure, DownloadTimeoutError):
        return UnreadError(f"no whole answer in {request.meta['download_timeout']:g} s")
    if isinstance(failure, DownloadCancelledError):
        leave(request)
        return UnreadError(request.meta["reason"], spared="too big")
    if isinstance(failure, ResponseDataLossError):
        return UnreadError("the answer broke off", passing=True)
    if isinstance(failure, DownloadConnectionRefusedError):
        return UnreadError("no answer: connection refused", passing=True)
    if isinstance(failure, DownloadFailedError) and not _broke_off(failure):
        return UnreadError("what it answers is no HTTP")
    if isinstance(failure, DownloadFailedError | network.ConnectionClosed):
        return UnreadError("no answer: the connection broke off", passing=True)
    if isinstance(failure, SSL.Error):
        return UnreadError("no answer: no TLS connection comes about", passing=True)
    return UnreadError(f"no answer: {type(failure).__name__}", passing=True)


def _broke_off(failure: DownloadFailedError) -> bool:
    """Tell whether the other side hung up, and did not say something that is no HTTP."""
    reasons = getattr(failure.__cause__, "reasons", ())
    return any(reason.check(network.ConnectionClosed) for reason in reasons)


def leave(request: Request, more: str = "") -> None:
    """Note that a body is left unread for its size: `reason` and `spared` in `meta`."""
    limit = request.meta["download_maxsize"]
    request.meta["reason"] = f"over {limit / 1_000_000:g} MB{more}"
    request.meta["spared"] = "too big"


class Unpacking(HttpCompressionMiddleware):
    """Scrapy's decompression (gzip, deflate, br, zstd), whose failures leave the status known."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Unpack a body; what cannot be has none, and a reason in `meta`."""
        if "reason" in request.meta:
            return response.replace(body=b"")
        try:
            return super().process_response(request, response)
        except IgnoreRequest:
            leave(request, " when unpacked")
        except UNPACKING:
            request.meta["reason"] = "what is said to be compressed cannot be unpacked"
        return response.replace(body=b"")


def header(headers: Headers, name: str) -> str:
    """Return a header's text, '' if there is none. Its bytes may be anything."""
    value = headers.get(name)
    return value.decode("latin-1").strip() if value else ""


def media_type(headers: Headers) -> str:
    """Return the media type of an answer, in lower case and without parameters."""
    return header(headers, "Content-Type").partition(";")[0].strip().lower()[:100]
