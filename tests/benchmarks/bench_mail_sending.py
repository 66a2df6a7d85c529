"""What does it cost to send every message once, surely, beside a bare loop over smtplib?

Both write each person's message (text and HTML) and hand it to the same server over one connection
on loopback; the server has a process of its own and keeps nothing. The loop remembers nothing. We
claim in batches, look at consent, suppression and stops before each message, and mark and record
every one in a transaction of its own.
"""

import shutil
import smtplib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from aiosmtpd.controller import Controller

from config.mail import MailRules
from connectors.channels.smtp import Connector, Options
from connectors.mail import Mail
from connectors.warehouse import Warehouse
from tasks.steps.handing_over import HandingOver
from tests.benchmarks.measure import Line, in_turns
from tests.mail_people import NOON, add_people, address_of, due, save_sender, terms

TEXT = "Hello Ann,\nspring is here, and so are the new shoes.\n" * 20
HTML = "<p>Hello Ann, spring is here, and so are the new shoes.</p>\n" * 60
HEADERS = {
    "List-Unsubscribe": "<https://shop.example/u/1>",
    "Feedback-ID": "spring:acme:campaign:a",
}
SENDER = "Shop <news@shop.example>"


def run(*, small: bool) -> list[Line]:
    """Send 2,000 messages in each of 9 rounds; small: 100 in 1."""
    messages, rounds = (100, 1) if small else (2000, 9)
    with _server() as port, tempfile.TemporaryDirectory() as folder:
        template = _warehouse(Path(folder), messages)

        def ours() -> Callable[[], object]:
            file = shutil.copy(template, Path(folder) / "warehouse.db")
            return lambda: _sent(f"sqlite:///{file}", port, messages)

        found = in_turns(
            rounds,
            {
                "ours": ours,
                "loop": lambda: lambda: _loop(port, messages),
                "octets": lambda: _octets(port, messages),
            },
        )
    return [
        Line(
            f"sending {messages:,} messages over loopback, over a bare smtplib loop",
            found.ratios("ours", "loop"),
            "times",
            at_most=1.3,
            detail=found.seconds("ours", "loop"),
        ),
        Line(
            f"the same, over a loop that only hands over {messages:,} times the same octets",
            found.ratios("ours", "octets"),
            "times",
            detail=found.seconds("octets"),
        ),
    ]


def _sent(url: str, port: int, messages: int) -> None:
    options = Options(account_id="shop.example", host="127.0.0.1", port=port, security="none")
    sender = Connector(options)
    with Warehouse(url) as warehouse:
        worker = HandingOver(
            warehouse, sender, _write, account_key=1, brand="acme", rules=MailRules(),
            terms=terms((1, 1), (3, 7)), clock=lambda: NOON,
        )  # fmt: skip
        sent = worker.send([due(number) for number in range(messages)])
    sender.close()
    if sent.counts != {"sent": messages}:
        raise RuntimeError(f"not all went: {sent.counts}, {sent.rests}, {sent.problems[:1]}")


def _write(claim, one, person) -> Mail:  # type: ignore[no-untyped-def]
    return Mail(
        claim.message_id, SENDER, "", person.address, f"Spring for {one.person_key}",
        TEXT, HTML, HEADERS,
    )  # fmt: skip


def _loop(port: int, messages: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(messages):
            server.send_message(_message(number))


def _octets(port: int, messages: int) -> Callable[[], object]:
    content = _message(1).as_bytes()

    def loop() -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for number in range(messages):
                server.sendmail("news@shop.example", [address_of(number)], content)

    return loop


def _message(number: int) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"], message["To"] = SENDER, address_of(number)
    message["Subject"] = f"Spring for {number}"
    message["Message-ID"] = f"<{number:032x}@shop.example>"
    message["Date"] = NOON
    for name, value in HEADERS.items():
        message[name] = value
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html")
    return message


def _warehouse(folder: Path, people: int) -> Path:
    """Make a warehouse with everybody in it."""
    file = folder / "template.db"
    with Warehouse.create(f"sqlite:///{file}") as warehouse:
        save_sender(warehouse)
        add_people(warehouse, range(people))
    return file


@contextmanager
def _server() -> Iterator[int]:
    context = get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its,), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()
    process.join()


class _Nowhere:
    async def handle_DATA(self, server, session, envelope) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        return "250 2.0.0 queued"


class _Anywhere(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _serve(tell: Connection) -> None:
    controller = _Anywhere(_Nowhere(), hostname="127.0.0.1", port=0)
    controller.start()
    tell.send(controller.port)
    tell.recv()
