"""A mail server for the demo: takes what it is given, refuses mailboxes that do not exist.

It listens on this machine only and delivers nothing. What it took is counted, and kept in memory.
"""

from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

NOT_THERE = "gone."
"""So begin the mailboxes that do not exist."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken."""

    recipient: str
    content: bytes = field(repr=False)


class _AnyPort(Controller):
    """A server on a port that the system chooses; the library knocks at the one it was given."""

    def _trigger_server(self) -> None:
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class PostOffice:
    """A server at work while it is open."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []
        self._lock = Lock()
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    @property
    def taken(self) -> list[Taken]:
        """What it has taken so far."""
        with self._lock:
            return [*self._taken]

    async def handle_RCPT(  # noqa: N802  the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse a mailbox that does not exist."""
        del server, session, options
        if address.startswith(NOT_THERE):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        del server, session
        content = envelope.original_content or b""
        with self._lock:
            self._taken += [Taken(it, content) for it in envelope.rcpt_tos]
        return "250 2.0.0 taken"
