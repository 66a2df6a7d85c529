"""Real receivers on this machine that count what arrives, and an outbox to send from."""

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from connectors.records import AlertPlan, Message
from connectors.warehouse import Warehouse

NOW = datetime(2026, 11, 3, 6, tzinfo=UTC)
ID = "0123456789abcdef0123456789abcdef"


def _message(message_id: str = ID, destination: str = "env:CHAT", **changes: object) -> Message:
    fields = {
        "brand": "acme",
        "owner": "ana",
        "process": "google_ads",
        "subject": "[acme] google ads: 1 critical – Brand",
        "body_text": f"CRITICAL: Brand & Söhne\n\nMessage {message_id[:10]}",
        "body_html": f"<p>CRITICAL: Brand &amp; Söhne</p>\n<p>Message {message_id[:10]}</p>",
        "verdict": "critical",
        "created_at": NOW,
    }
    return Message(message_id=message_id, destination=destination, **(fields | changes))


@pytest.fixture
def message() -> Callable[..., Message]:
    """Make a message; every field can be given."""
    return _message


@dataclass
class Received:
    path: str
    message_id: str
    body: dict[str, str]

    @property
    def repeat(self) -> bool:
        return "may be a repeat" in self.body["message"]


@dataclass
class WebReceiver:
    """An HTTP server that keeps what it gets. The last part of a path says how it answers."""

    port: int
    received: list[Received] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, answer: str = "200", login: str = "", query: str = "") -> str:
        return f"json://{login}127.0.0.1:{self.port}/{answer}{query}"


class WebHandler(BaseHTTPRequestHandler):
    receiver: WebReceiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message_id = self.headers["X-Marketloop-Message-Id"]
        self.receiver.received.append(Received(self.path, message_id, body))
        answer = self.path.partition("?")[0].rpartition("/")[2]
        if answer == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "hang":
            self.receiver.released.wait(10)
        elif answer == "drip":
            self._drip()
        else:
            self.send_response(int(answer))
            self.send_header("Location", f"http://127.0.0.1:{self.receiver.port}/200")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_POST  # noqa: N815 - the name that http.server looks for

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not self.receiver.released.wait(0.05):
            try:
                self.wfile.write(b".")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="session")
def web_server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), WebHandler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def web(web_server, monkeypatch) -> Iterator[WebReceiver]:
    receiver = WebReceiver(web_server.server_port)
    monkeypatch.setattr(WebHandler, "receiver", receiver, raising=False)
    yield receiver
    receiver.released.set()


@dataclass
class MailReceiver:
    """An SMTP server that keeps what it gets and answers what the recipient's name says."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)

    def url(self, to: str = "ana") -> str:
        return f"mailto://127.0.0.1:{self.port}?from=alerts@acme.example&to={to}@acme.example"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd
        if address[:3].isdigit():
            return f"{address[:3]} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailReceiver]:
    receiver = MailReceiver()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        receiver.port = probe.getsockname()[1]
    controller = Controller(receiver, hostname="127.0.0.1", port=receiver.port)
    controller.start()
    yield receiver
    controller.stop()


@pytest.fixture
def mail(mail_server) -> MailReceiver:
    mail_server.received.clear()
    return mail_server


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("warehouse") / "empty.db"
    Warehouse.create(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def warehouse_url(empty_warehouse, tmp_path) -> str:
    return f"sqlite:///{shutil.copy(empty_warehouse, tmp_path / 'warehouse.db')}"


@pytest.fixture
def warehouse(warehouse_url) -> Iterator[Warehouse]:
    with Warehouse(warehouse_url) as warehouse:
        yield warehouse


@pytest.fixture
def put(warehouse) -> Callable[..., None]:
    """Leave messages in the outbox, as a run does."""

    def leave(*messages: Message) -> None:
        warehouse.apply_alerts(AlertPlan(messages=messages), NOW)

    return leave
