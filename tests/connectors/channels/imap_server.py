"""A real IMAP server (pymap) on loopback with one mailbox, and one whose every word is scripted."""

import asyncio
import socket
import threading
from argparse import Namespace
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.backend.dict.mailbox import MailboxData
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pysasl.hashing import BuiltinHash

USER = "bounces@acme.example"
PASSWORD = "planted-password"
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Mailbox:
    """The mailbox behind a running server, as tests fill and rebuild it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, backend: DictBackend, port: int) -> None:
        self.port = port
        self._loop = loop
        self._backend = backend

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Append mails; they came at `AT`."""

        async def append() -> None:
            box = await self._folder(folder)
            for raw in mails:
                await box.append(AppendMessage(raw, AT, frozenset()))

        self._run(append())

    def make(self, folder: str) -> None:
        self._run(self._make(folder))

    def rebuild(self) -> None:
        """Give the mails of INBOX new numbers, as a server does that lost its index."""

        async def renew() -> None:
            box = await self._folder("INBOX")
            kept, box._messages = list(box._messages.values()), {}  # noqa: SLF001
            box._uid_validity += 1  # noqa: SLF001
            box._max_uid = 0  # noqa: SLF001
            for message in kept:
                await box.append(AppendMessage(bytes(message._content), AT, frozenset()))  # noqa: SLF001

        self._run(renew())

    def forget(self, uid: int) -> None:
        async def delete() -> None:
            await (await self._folder("INBOX")).delete([uid])

        self._run(delete())

    def uids(self) -> list[int]:
        async def read() -> list[int]:
            return sorted((await self._folder("INBOX"))._messages)  # noqa: SLF001

        return self._run(read())

    def flags(self) -> set[str]:
        """Return the flags that any mail of INBOX has."""

        async def read() -> set[str]:
            mails = (await self._folder("INBOX"))._messages.values()  # noqa: SLF001
            return {str(flag) for mail in mails for flag in mail.permanent_flags}

        return self._run(read())

    async def _mailboxes(self) -> Any:
        identity = self._backend.login.demo_user_identity
        async with identity.new_session():
            return self._backend.config.set_cache[USER][0]

    async def _folder(self, name: str) -> MailboxData:
        return await (await self._mailboxes()).get_mailbox(name)

    async def _make(self, name: str) -> None:
        await (await self._mailboxes()).add_mailbox(name)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)


@contextmanager
def serving(pem: Path) -> Iterator[Mailbox]:
    """Run a server that offers STARTTLS and lets `USER` in."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    args = Namespace(
        host="127.0.0.1", port="0", debug=False, cert=str(pem), key=str(pem), tls=True,
        passlib_cfg=None, proxy_protocol=None, demo_data=False, demo_user=USER,
        demo_password=PASSWORD,
    )  # fmt: skip

    async def start() -> tuple[asyncio.Server, DictBackend]:
        backend, config = await DictBackend.init(
            args, invalid_user_sleep=0, hash_context=BuiltinHash(rounds=1)
        )
        config.apply_context()
        reader = ProxyProtocolReader(config.proxy_protocol)
        talk = reader.get_callback(IMAPServer(backend.login, config))
        return await asyncio.start_server(talk, "127.0.0.1", 0), backend

    async def stop(server: asyncio.Server) -> None:
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    server, backend = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield Mailbox(loop, backend, server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


CUT = "(the connection ends)"
STALL = "(nothing more is said)"


class Scripted:
    """An IMAP server that gives one reply to each line; `{tag}` is the line's tag."""

    def __init__(self, greeting: str, *replies: str) -> None:
        self.heard: list[str] = []
        self._replies = [greeting, *replies]
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = self._listening.getsockname()[1]

    def __enter__(self) -> "Scripted":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.close()
        self._thread.join(10)

    def _run(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as stream:
            stream.write(self._replies[0].encode() + b"\r\n")
            tag = ""
            for reply in self._replies[1:]:
                line = stream.readline().decode()
                if not line:
                    return
                self.heard.append(line.partition(" ")[2].strip() or line.strip())
                if reply == STALL:
                    self._over.wait(10)
                if reply in (CUT, STALL):
                    return
                said = reply.replace("{tag} OK", "{tag} OK done")
                tag = line.partition(" ")[0] if " " in line else tag
                said = said.replace("{tag}", tag)
                stream.write(said.encode() + b"\r\n")
