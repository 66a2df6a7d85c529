"""A real SMTP server on loopback that does what a test asks for, and keeps what it was given."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER = "news@acme.example"
PASSWORD = "planted-pässword"


def certificate(folder: Path, host: str = "127.0.0.1") -> Path:
    """Write a key and a certificate of its own for a host into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    begin, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, end)
    made = made.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), False
    )
    pem = serialization.Encoding.PEM
    form, secret = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / f"{host}.pem"
    signed = made.sign(key, hashes.SHA256())
    file.write_bytes(key.private_bytes(pem, form, secret) + signed.public_bytes(pem))
    return file


def server_tls(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@dataclass
class Took:
    """A message that arrived."""

    sender: str
    recipient: str
    content: bytes
    options: list[str]


Hook = Callable[[SMTP], str | None]


@dataclass
class Handler:
    """Says what is scripted to each step; a text is the reply, None is the usual one. A hook may
    cut the connection."""

    took: list[Took] = field(default_factory=list)
    sessions: int = 0
    resets: int = 0
    mail: Hook = lambda server: None
    rcpt: Callable[[SMTP, str], str | None] = lambda server, address: None
    data: Hook = lambda server: None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if reply := self.mail(server):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if reply := self.rcpt(server, address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        content, options = envelope.content, envelope.mail_options
        self.took += [Took(envelope.mail_from, to, content, options) for to in envelope.rcpt_tos]
        return self.data(server) or "250 2.0.0 queued"

    async def handle_RSET(self, server, session, envelope):  # noqa: N802
        self.resets += 1
        return "250 OK"


def cut(server: SMTP) -> None:
    """End the connection without a word."""
    server.transport.abort()


@dataclass
class Logins:
    """Who showed what, and what was said to it."""

    shown: list[str] = field(default_factory=list)
    reply: str = ""

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        self.shown.append(mechanism)
        right = (USER.encode(), PASSWORD.encode()) == (data.login, data.password)
        if self.reply:
            return AuthResult(success=False, handled=False, message=self.reply)
        return AuthResult(success=right, handled=False)


class Anywhere(Controller):
    """A server on a port that the machine chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(handler: Any, **options: Any) -> Iterator[int]:
    """Run a server and yield its port."""
    controller = Anywhere(handler, hostname="127.0.0.1", port=0, ready_timeout=30, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


STALL = b"(nothing more is said)"
CUT = b"(the connection ends)"
GREETING = b"220 mail.example ESMTP\r\n"
HELLO = b"250-mail.example\r\n250 SIZE 100000\r\n"
OK = b"250 OK\r\n"
GO_AHEAD = b"354 go ahead\r\n"


class Scripted:
    """A server whose every word is written down: one list of replies per connection."""

    def __init__(self, *connections: list[bytes]) -> None:
        self.heard: list[bytes] = []
        self._connections = connections
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = self._listening.getsockname()[1]

    def __enter__(self) -> "Scripted":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)  # who waits for a connection waits no longer
        self._listening.close()
        self._thread.join(10)

    def _run(self) -> None:
        for replies in self._connections:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as stream:
                self._talk(stream, replies)

    def _talk(self, stream: Any, replies: list[bytes]) -> None:
        """Say the greeting, then a reply to each line, or to a whole message after 354."""
        stream.write(replies[0])
        whole = False
        for reply in replies[1:]:
            if reply == CUT:
                self.heard.append(stream.readline())
                return
            heard = stream.readline()
            while whole and heard[-5:] != b"\r\n.\r\n":
                heard += stream.readline()
            self.heard.append(heard)
            if reply == STALL:
                self._over.wait(10)
                return
            stream.write(reply)
            whole = reply == GO_AHEAD
