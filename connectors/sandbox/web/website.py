"""A simulated site over real HTTP, on a loopback port of its own; its competitor on another.

    with Website(simulated_web("shop")) as website:
        website.url, website.competitor_url     # http://127.0.0.1:8123
        website.web.today = date(2026, 11, 3)
        website.faults.add("status", status=503, path="/blog", count=2)
        website.requests                        # what was asked for

The server is one thread with an event loop and a parser of its own, so that a crawl of thousands of
pages is slowed by the crawler alone. It knows GET and HEAD, keeps connections open, and answers 304
where the `ETag` or the date fits. Of the faults (`connectors/sandbox/faults.py`) it knows status,
html, stall, cut_before, cut_body and delay; their platform is `site` or `competitor`.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import cast

from connectors.sandbox.exchange import Response
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.web.answers import HTML, competitor_answer, site_answer
from connectors.sandbox.web.world import SimulatedWeb

BACKLOG = 128
MAX_HEAD = 32 * 1024
PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    host: str  # site or competitor
    method: str
    path: str  # without its query
    agent: str
    moment: float  # seconds of a monotonic clock
    status: int  # 0: the connection was cut instead of an answer


class Website:
    """A served site. Use it as a context manager, or call `start` and `close`.

    The addresses are known, and set in `web`, from the beginning. `slow_seconds` is how long pages
    with the incident `slow` take.
    """

    def __init__(
        self,
        web: SimulatedWeb,
        *,
        port: int = 0,
        competitor_port: int = 0,
        slow_seconds: float = 0.0,
        faults: Faults | None = None,
    ) -> None:
        self.web = web
        self.slow_seconds = slow_seconds
        self.faults = Faults() if faults is None else faults
        self.requests: list[Asked] = []
        self._sockets = {"site": _bound(port), "competitor": _bound(competitor_port)}
        web.host, web.competitor_host = (_address(made) for made in self._sockets.values())
        self.url, self.competitor_url = web.url, web.competitor_url
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._open: set[asyncio.Transport] = set()
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Website":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Serve in a thread until `close`."""
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """Stop serving, cut what is still open, wait until the thread is gone."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        elif not self._loop.is_closed():
            self._loop.close()
        for made in self._sockets.values():
            made.close()

    def forget_requests(self) -> None:
        """Empty the log."""
        self.requests.clear()

    def answer(self, host: str, path: str) -> Response:
        """Return what the site, or its competitor, answers to a path."""
        asked = site_answer if host == "site" else competitor_answer
        return asked(self.web, path)

    def delay(self, host: str, path: str) -> float:
        """Return how many seconds a page takes."""
        if not self.slow_seconds or host != "site":
            return 0.0
        slow = "slow" in self.web.state(self.web.today).wrong_with(path)
        return self.slow_seconds if slow else 0.0

    def _serve(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        servers = [
            loop.run_until_complete(loop.create_server(self._protocol(host), sock=made))
            for host, made in self._sockets.items()
        ]
        loop.call_soon(self._ready.set)
        loop.run_forever()
        for server in servers:
            server.close()
        for transport in list(self._open):
            transport.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    def _protocol(self, host: str) -> Callable[[], asyncio.Protocol]:
        return lambda: _Connection(self, host, self._open)


def bound(webs: Mapping[str, SimulatedWeb], today: date, faults: Faults) -> dict[str, Website]:
    """Return every brand's website, on that day and with its ports, yet to be started."""
    for web in webs.values():
        web.today = today
    return {brand: Website(web, faults=faults) for brand, web in webs.items()}


class _Connection(asyncio.Protocol):
    """One connection: requests come one after the other, each is answered before the next."""

    def __init__(self, website: Website, host: str, connections: set[asyncio.Transport]) -> None:
        self._website, self._host, self._connections = website, host, connections
        self._buffer = b""
        self._waiting = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it, so that it can be cut."""
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        """Answer as many requests as there are."""
        self._buffer += data
        self._next()

    def _next(self) -> None:
        while not self._waiting and not self._transport.is_closing():
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                if len(head) > MAX_HEAD:
                    self._transport.abort()
                return
            self._buffer = rest
            self._handle(head)

    def _handle(self, head: bytes) -> None:
        line, _, fields = head.decode("latin-1").partition("\r\n")
        method, _, target = line.partition(" ")
        path = target.partition(" ")[0].partition("?")[0]
        headers = _headers(fields)
        fault = self._website.faults.due(self._host, "", path, method)
        if fault is not None and fault.kind in ("stall", "cut_before"):
            self._note(method, path, headers, 0)
            seconds = fault.seconds if fault.kind == "stall" else 0.0
            self._after(seconds, self._transport.abort)
            return
        response = self._response(method, path, headers, fault)
        self._note(method, path, headers, response.status)
        sent = _bytes(response, method)
        seconds = self._website.delay(self._host, path)
        if fault is not None and fault.kind == "delay":
            seconds = fault.seconds
        closing = headers.get("connection", "").lower() == "close" or response.status == 405
        if fault is not None and fault.kind == "cut_body":
            sent, closing = sent[: -(len(sent) // 4)], True
        if seconds:
            self._after(seconds, lambda: self._send(sent, closing))
        else:
            self._send(sent, closing)

    def _response(
        self, method: str, path: str, headers: Mapping[str, str], fault: Fault | None
    ) -> Response:
        if method not in ("GET", "HEAD"):
            return Response(405, b"", HTML, {"Allow": "GET, HEAD", "Connection": "close"})
        if fault is not None and fault.kind in ("status", "html"):
            return Response(fault.status, b"<!doctype html><title>Fault</title>", HTML)
        response = self._website.answer(self._host, path)
        return Response(304, b"", HTML, response.headers) if _known(response, headers) else response

    def _send(self, data: bytes, closing: bool) -> None:
        self._transport.write(data)
        if closing:
            self._transport.close()

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do it later; what comes on this connection waits until then."""
        self._waiting = True

        def _do() -> None:
            self._waiting = False
            act()
            self._next()

        asyncio.get_running_loop().call_later(seconds, _do)

    def _note(self, method: str, path: str, headers: Mapping[str, str], status: int) -> None:
        agent = headers.get("user-agent", "")
        asked = Asked(self._host, method, path, agent, monotonic(), status)
        self._website.requests.append(asked)


def _headers(fields: str) -> dict[str, str]:
    pairs = (field.partition(":") for field in fields.split("\r\n"))
    return {name.lower(): value.strip() for name, _, value in pairs}


def _known(response: Response, headers: Mapping[str, str]) -> bool:
    """Tell whether the caller has it already (RFC 9110, 13.1: the ETag goes before the date)."""
    if "if-none-match" in headers:
        return headers["if-none-match"] == response.headers.get("ETag")
    since = headers.get("if-modified-since")
    return since is not None and since == response.headers.get("Last-Modified")


def _bytes(response: Response, method: str) -> bytes:
    body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    length = "" if response.status == 304 else f"Content-Length: {len(body)}\r\n"
    more = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    head = (
        f"HTTP/1.1 {response.status} {PHRASES.get(response.status, '')}\r\n"
        f"Content-Type: {response.content_type}\r\n{length}{more}\r\n"
    ).encode("latin-1")
    return head if method == "HEAD" else head + body


def _bound(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=BACKLOG)


def _address(made: socket.socket) -> str:
    host, port = made.getsockname()
    return f"{host}:{port}"
