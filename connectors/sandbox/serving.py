"""How do requests come in over HTTP, and how do answers go out: whole, in drips, or not at all?"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from connectors.sandbox.exchange import Request, Response, answer
from connectors.sandbox.faults import Fault

if TYPE_CHECKING:
    from connectors.sandbox.server import Sandbox

DRIPS = 20
"""Into how many pieces a slow answer is cut."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was answered. Never a query, a header or a body: those carry secrets."""

    method: str
    path: str
    account: str
    moment: float  # seconds of a monotonic clock
    status: int  # 0: the connection was cut instead of an answer
    fault: str


class Server(ThreadingHTTPServer):
    """Listens, and has a thread for every connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: "Sandbox") -> None:
        super().__init__(address, Handler)
        self.sandbox = sandbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news; anything else is a bug of the sandbox: show it."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection: requests come one after the other, each is answered before the next."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _handle(self) -> None:
        sandbox = self.server.sandbox
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length) if length else b"",
            parts.query,
        )
        try:
            response, fault, account = sandbox.respond(request)
        except (KeyError, TypeError, ValueError) as error:
            if not parts.path.startswith("/_sandbox/"):
                raise
            response, fault, account = answer({"error": str(error)}, 400), None, ""
        if not parts.path.startswith("/_sandbox/"):
            status = response.status if response is not None else 0
            kind = fault.kind if fault is not None else ""
            moment = time.monotonic()
            sandbox.note(Call(self.command, parts.path, account, moment, status, kind))
        if response is None:
            self._cut()
        else:
            self._send(response, fault)

    do_GET = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815 - names that the base class calls
    do_PUT = do_PATCH = _handle  # noqa: N815

    def _send(self, response: Response, fault: Fault | None) -> None:
        if not isinstance(response.body, bytes):
            self._send_chunks(response, response.body)
            return
        head = self._head(response, ("Content-Length", str(len(response.body))))
        body = b"" if self.command == "HEAD" else response.body
        if fault is not None and fault.kind == "cut_body":
            self.connection.sendall(head + body[: len(body) // 2])
            self._cut()
        elif fault is not None and fault.kind == "slow_drip":
            self._drip(head + body, fault.seconds)
        else:
            self.connection.sendall(head + body)

    def _send_chunks(self, response: Response, chunks: Iterator[bytes]) -> None:
        self.connection.sendall(self._head(response, ("Transfer-Encoding", "chunked")))
        for chunk in chunks:
            self.connection.sendall(b"%x\r\n" % len(chunk) + chunk + b"\r\n")
        self.connection.sendall(b"0\r\n\r\n")

    def _drip(self, data: bytes, seconds: float) -> None:
        step = max(1, -(-len(data) // DRIPS))
        for start in range(0, len(data), step):
            self.connection.sendall(data[start : start + step])
            if self.server.sandbox.closing.wait(seconds / DRIPS):
                self._cut()
                return

    def _head(self, response: Response, framing: tuple[str, str]) -> bytes:
        phrase = self.responses.get(response.status, ("Unknown", ""))[0]
        headers = {"Content-Type": response.content_type, framing[0]: framing[1]}
        lines = [f"HTTP/1.1 {response.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in {**headers, **response.headers}.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: a query string may carry a token."""
