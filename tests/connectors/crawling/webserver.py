"""A website of a test's own: real HTTP on loopback, every path an answer or a handler."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = BaseHTTPRequestHandler
Special = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Reply:
    """What a path answers."""

    body: bytes | str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = "text/html; charset=utf-8"


@dataclass
class Site:
    """A running site. `asked` are method and path of every request, in the order of arrival."""

    url: str
    port: int
    paths: dict[str, Reply | Special]
    asked: list[tuple[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0

    def gets(self) -> list[str]:
        """Return the paths that were asked for by GET, but for robots.txt and sitemaps."""
        known = ("/robots.txt", "/sitemap.xml")
        return [path for method, path in self.asked if method == "GET" and path not in known]


def page(*links: str, title: str = "A page", text: str = "Some words", head: str = "") -> Reply:
    """Return a small page with links."""
    anchors = "".join(f'<p><a href="{link}">to {link}</a></p>' for link in links)
    return Reply(
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><h1>{title}</h1><p>{text}</p>{anchors}</body></html>"
    )


def moved(to: str, status: int = 301) -> Reply:
    """Return a redirect."""
    return Reply(status=status, headers={"Location": to})


@contextmanager
def serving(
    paths: Mapping[str, Reply | Special] | None = None,
    otherwise: Callable[[str], Reply | None] = lambda path: None,
) -> Iterator[Site]:
    """Serve paths (with their query), what is missing by `otherwise`, the rest as 404."""
    held = threading.Lock()

    class Serving(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            with held:
                site.asked.append((self.command, self.path))
                site.agents.add(self.headers.get("User-Agent", ""))
                site.at_once += 1
                site.most_at_once = max(site.most_at_once, site.at_once)
            reply = site.paths.get(self.path) or otherwise(self.path)
            with held:
                site.at_once -= 1  # before the caller can have the answer and ask again
            try:
                self._answer(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the caller has read enough

        do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

        def _answer(self, reply: Reply | Special | None) -> None:
            if callable(reply):
                return reply(self)
            send(self, reply or Reply("not here", 404))
            return None

    server = _Server(("127.0.0.1", 0), Serving)
    site = Site(f"http://127.0.0.1:{server.server_port}/", server.server_port, dict(paths or {}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is what some tests are about."""


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Write a reply."""
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    handler.send_response(reply.status)
    if reply.content_type is not None:
        handler.send_header("Content-Type", reply.content_type)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def drip(stop: threading.Event, pause: float = 0.05) -> Special:
    """Send a byte now and then, for ever, or until the test is over."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not stop.wait(pause):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return answer


def flood(size: int) -> Special:
    """Send a page of any size in chunks, without saying how long it is."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        piece = b"<p>and more</p>" * 5_000
        for _ in range(size // len(piece)):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def break_off(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"<html><title>Half")
    handler.close_connection = True
