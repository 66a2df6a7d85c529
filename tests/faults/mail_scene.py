"""A campaign to many people, a mail server that misbehaves, and workers that are killed.

The server stands in this process and keeps what it took, before it answers or does not. Every
worker is a process of its own, forked from one that has imported everything.
"""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

from aiosmtpd.smtp import SMTP

from connectors.mail import DueMail, Mail
from connectors.warehouse import Warehouse
from tests.connectors.channels.smtp_server import (
    PASSWORD,
    USER,
    Logins,
    certificate,
    cut,
    server_tls,
    serving,
)
from tests.mail_people import NOON, add_people, address_of, due, save_sender, states, terms

ROOT = Path(__file__).parents[2]
PLACES = ("before claim", "after claim", "before mark", "before commit", "after mark",
          "before send", "message left", "after send")  # fmt: skip
PATIENCE = 0.3
"""Seconds that a worker waits for an answer to a message."""

FINAL = ("sent", "refused", "doubtful")


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one worker: where it is killed, at the n-th time it comes there, or after so
    many seconds; or nothing."""

    place: str = ""
    number: int = 1
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is told."""

    url: str
    port: int
    ca_file: Path
    account_key: int
    wanted: tuple[DueMail, ...]
    moment: datetime
    fate: Fate


@dataclass
class Server:
    """A mail server that does to each recipient what is written for him: `450` and `421` once,
    `550` and `511` always; `cut` and `stall` after it has taken the message."""

    ills: dict[str, str]
    log: list[tuple[str, str]] = field(default_factory=list)  # message id and recipient
    lost: int = 0  # answers
    took: Callable[[int], None] = lambda count: None
    _had: set[str] = field(default_factory=set)

    def _ill(self, address: str, *kinds: str, always: bool = False) -> str:
        ill = self.ills.get(address, "")
        if ill not in kinds or (not always and address in self._had):
            return ""
        self._had.add(address)
        return ill

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if ill := self._ill(address, "550", "511", always=True):
            return "550 5.1.1 no such mailbox" if ill == "511" else "550 5.7.1 not from you"
        if ill := self._ill(address, "450", "421"):
            return "450 4.2.0 greylisted" if ill == "450" else "421 4.3.2 too many messages"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope):  # noqa: N802
        text = envelope.content.decode()
        (said,) = [it for it in text.split("\r\n") if it.lower().startswith("message-id:")]
        (recipient,) = envelope.rcpt_tos
        self.log.append((said.partition(":")[2].strip(), recipient))
        self.took(len(self.log))
        ill = self._ill(recipient, "cut", "stall")
        self.lost += bool(ill)
        if ill == "cut":
            cut(server)
        elif ill == "stall":
            await asyncio.sleep(PATIENCE * 2)
        return "250 2.0.0 queued"


@dataclass
class Campaign:
    """The server, the warehouse, the people, and what has happened."""

    url: str
    folder: Path
    server: Server
    port: int
    people: int
    moment: datetime = NOON
    ends: Counter[str] = field(default_factory=Counter)
    account_key: int = 0

    def warehouse(self) -> Warehouse:
        return Warehouse(self.url)

    def unsettled(self) -> list[int]:
        """Return who may still get something."""
        with self.warehouse() as warehouse:
            known = states(warehouse)
        return [n for n in range(self.people) if known.get(n) not in FINAL]

    def work(self, persons: list[int], *fates: Fate) -> None:
        """Let workers send at the same time; note how each ended. Then time passes, so that what
        the dead have left lapses."""
        running = [self._start(persons, fate) for fate in fates]
        for worker, hear, fate in running:
            if fate.seconds is not None:
                worker.join(fate.seconds)
                if worker.is_alive():
                    os.kill(worker.pid, signal.SIGKILL)
            worker.join(120)
            said = ""
            with hear, suppress(EOFError):  # whoever is killed says nothing
                said = hear.recv()
            killed = worker.exitcode == -signal.SIGKILL
            self.ends["killed" if killed else said or f"ended {worker.exitcode}"] += 1
        self.moment += timedelta(minutes=61)

    def _start(self, persons: list[int], fate: Fate) -> tuple[Any, Any, Fate]:
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.faults.mail_scene", "tasks.steps.handing_over",
                                        "connectors.channels.smtp"])  # fmt: skip
        hear, tell = context.Pipe(duplex=False)
        wanted = tuple(due(person) for person in persons)
        job = Job(self.url, self.port, self.folder / "127.0.0.1.pem", self.account_key, wanted,
                  self.moment, fate)  # fmt: skip
        worker = context.Process(target=_work, args=(job, tell))
        with mock.patch.object(sys, "path", [str(ROOT), *sys.path]):  # where workers find us
            worker.start()
        tell.close()
        return worker, hear, fate


@contextmanager
def campaign(url: str, folder: Path, people: int, ills: dict[str, str]) -> Iterator[Campaign]:
    """Make everything that a campaign needs."""
    server = Server(ills)
    with Warehouse(url) as warehouse:
        key = save_sender(warehouse)
        add_people(warehouse, range(people))
    options = {
        "tls_context": server_tls(certificate(folder)),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": Logins(),
    }
    with serving(server, **options) as port:
        yield Campaign(url, folder, server, port, people, account_key=key)


def write(claim: Any, one: DueMail, person: Any) -> Mail:
    """Write a person's message."""
    return Mail(
        message_id=claim.message_id, sender="Shop <news@acme.example>", reply_to="",
        recipient=person.address, subject=f"Spring for {one.person_key}",
        text="Hello Ann\n" * 20, html="<p>Hello Ann</p>\n" * 40,
        headers={"List-Unsubscribe": "<https://shop.example/u/1>"},
    )  # fmt: skip


def _work(job: Job, tell: Any) -> None:
    """Be a worker, in a process of its own."""
    from config.mail import Breaker, MailRules
    from connectors.channels.smtp import Connector, Options
    from tasks.steps.handing_over import HandingOver

    reached: Counter[str] = Counter()

    def reach(place: str) -> None:
        reached[place] += 1
        if (place, reached[place]) == (job.fate.place, job.fate.number):
            os.kill(os.getpid(), signal.SIGKILL)

    options = Options(
        account_id="acme.example", host="127.0.0.1", port=job.port, ca_file=job.ca_file,
        user=USER, password=PASSWORD, delivery_timeout_seconds=PATIENCE, timeout_seconds=10,
    )  # fmt: skip
    began = time.monotonic()
    rules = MailRules(breaker=Breaker(bounced=1, complained=1, deferrals=1000))
    try:
        with marked(reach), Warehouse(job.url) as warehouse:
            sender = Connector(options)
            HandingOver(
                warehouse, sender, write, account_key=job.account_key, brand="acme", rules=rules,
                terms=terms(now=job.moment),
                clock=lambda: job.moment + timedelta(seconds=time.monotonic() - began),
            ).send(job.wanted)  # fmt: skip
            sender.close()
    except Exception as error:  # whatever it is, the test has to see it
        tell.send(f"{type(error).__name__}: {error}")
    else:
        tell.send("well")


@contextmanager
def marked(reach: Callable[[str], None]) -> Iterator[None]:
    """Within the block a worker tells of the places it comes to."""
    from connectors.channels.smtp import Connector, handing
    from connectors.warehouse.mail_claims import MailClaimStore
    from connectors.warehouse.mail_desk import MailDesk

    def around(name: str, method: Any) -> Any:
        def run(*arguments: Any, **known: Any) -> Any:
            reach(f"before {name}")
            result = method(*arguments, **known)
            reach(f"after {name}")
            return result

        return run

    run, wait = MailDesk._run, handing._wait  # noqa: SLF001

    def running(desk: MailDesk, *arguments: Any) -> Any:
        result = run(desk, *arguments)
        reach("before commit")
        return result

    def waiting(*arguments: Any) -> None:
        reach("message left")
        wait(*arguments)

    with ExitStack() as stack:
        for place, name, method in (
            (MailClaimStore, "claim_mail", around("claim", MailClaimStore.claim_mail)),
            (MailDesk, "next", around("mark", MailDesk.next)),
            (MailDesk, "_run", running),
            (Connector, "send", around("send", Connector.send)),
            (handing, "_wait", waiting),
        ):
            stack.enter_context(mock.patch.object(place, name, method))
        yield


def everybody(people: int) -> dict[str, int]:
    """Return address to person."""
    return {address_of(number): number for number in range(people)}
