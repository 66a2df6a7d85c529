"""Sends one message to one Apprise URL (Apprise 1.13).

What we know of Apprise, from its code:

- `notify()` answers yes or no. Why it failed stands only in its log records: `error=503` for HTTP,
  `Socket Exception: (550, b'...')` for SMTP. So we read the records of a delivery.
- Its URLs hold passwords and tokens. Its records quote URLs, recipients and login names, and
  urllib3 logs request paths, which hold tokens too. So no record of theirs reaches a handler.
- A URL may say `optional=yes` (a failure counts as sent), `retry=` and `overflow=split` (several
  requests): each would cost us the knowledge of what was delivered, so they are overruled.
- A redirected POST becomes a GET that answers 200: redirects are refused, unless the URL asks.
- E-mail services take HTML and make the plain part themselves. Chat services take Markdown by
  default; they get plain text, in which names are inert (`tasks/report/escape.py`).
- E-mail gets a Message-ID of its own making; ours travels in the header `X-Marketloop-Message-Id`
  where a service has headers, and in the text everywhere.
- Plain SMTP is `mailto://user@domain:port?smtp=host&to=...`; `mailtos://` starts TLS.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from connectors.base import RejectedError, TransientError
from connectors.records import Message, Verdict

if TYPE_CHECKING:  # takes half a second to import, and two more to find its services
    from apprise import Apprise

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
LONGEST_DELIVERY = 60.0  # seconds for everything; a slow drip never ends a read

MESSAGE_ID_HEADER = "X-Marketloop-Message-Id"
REPEAT = "This may be a repeat of an earlier message."

_NOTIFY_TYPES: dict[Verdict, str] = {
    "critical": "failure",
    "warning": "warning",
    "unknown": "info",
    "ok": "success",
}
_HTTP_PERMANENT = frozenset({400, 401, 403, 404, 405, 410, 413, 414, 415, 422})
_TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib", "paho", "slixmpp")

_HTTP_STATUS = re.compile(r"\berror=(\d{3})\b")
_SMTP_STATUS = re.compile(r"\((\d{3}), b['\"]")
_UNREACHED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused|unreachable"
    r"|No route to host|Name or service not known|name resolution|CERTIFICATE_VERIFY_FAILED"
)
_SMTP_LACKS = re.compile(r"(AUTH|STARTTLS) extension not supported")


class UnconfirmedError(TransientError):
    """The receiver may have the message, or may not: send it again, marked as a possible repeat."""


def send(message: Message, url: SecretStr, *, longest: float = LONGEST_DELIVERY) -> None:
    """Send a message once. Returning means that the service took it.

    Raises:
        RejectedError: the URL cannot be used, or the service refused for good.
        UnconfirmedError: it may have arrived, as after a cut connection or a time-out.
        TransientError: it did not arrive, and may later.
    """
    with _listening() as attempt:
        service = _open(url, message.destination)
        letter = _prepare(service, message)
        worker = Thread(
            target=copy_context().run, args=(_notify, attempt, service, letter), daemon=True
        )
        worker.start()
        worker.join(longest)
    if not attempt.delivered:
        raise _failure(attempt, f"{message.destination} ({service[0].service_name})")


@dataclass(slots=True)
class _Attempt:
    """What the log records of one delivery tell, without their text."""

    delivered: bool = False
    took: int = 0  # recipients that have it
    unclear: int = 0  # requests without an answer
    unreached: int = 0  # connections that never came about
    refusals: list[str] = field(default_factory=list)
    permanent: list[bool] = field(default_factory=list)

    def note(self, level: int, text: str) -> None:
        if text.startswith("Sent "):
            self.took += 1
        elif level >= logging.WARNING and (found := _HTTP_STATUS.search(text)):
            status = int(found[1])
            self.refusals.append(f"HTTP {status}")
            self.permanent.append(status in _HTTP_PERMANENT or status < 400)
        elif text.startswith("Socket Exception: "):
            self._note_exception(text)

    def _note_exception(self, text: str) -> None:
        statuses = [int(status) for status in _SMTP_STATUS.findall(text)]
        self.refusals += [f"SMTP {status}" for status in statuses]
        self.permanent += [status >= 500 for status in statuses]
        if lacks := _SMTP_LACKS.search(text):
            self.refusals.append(f"the mail server offers no {lacks[1]}")
            self.permanent.append(True)
        elif not statuses and _UNREACHED.search(text):
            self.unreached += 1
        elif not statuses:
            self.unclear += 1


_current: ContextVar[_Attempt | None] = ContextVar("_current", default=None)


class _Listener(logging.Filter):
    """Notes what a delivery's log records tell, and drops them. Apprise's are always dropped."""

    def filter(self, record: logging.LogRecord) -> bool:
        if (attempt := _current.get()) is not None:
            if record.name == "apprise":
                attempt.note(record.levelno, record.getMessage())
            return False
        return record.name != "apprise"


_listener = _Listener()


@contextmanager
def _listening() -> Iterator[_Attempt]:
    """Hear and silence everything that Apprise and the libraries below it log in this context."""
    logging.getLogger("apprise").setLevel(logging.DEBUG)  # the reason is a DEBUG record
    _silence()
    attempt = _Attempt()
    token = _current.set(attempt)
    try:
        yield attempt
    finally:
        _current.reset(token)


def _silence() -> None:
    """Filter the loggers that exist. Filters are not inherited, so each logger gets its own."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in _TALKATIVE:
            logging.getLogger(name).addFilter(_listener)


def _open(url: SecretStr, reference: str) -> "Apprise":
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id="Marketloop",
        app_desc="Marketloop",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        interpret_emojis=False,
        http_redirects=False,
        storage_mode="memory",
    )
    service = Apprise(asset=asset)
    try:
        usable = service.add(url.get_secret_value().strip())
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ):  # what some services' parsers raise
        usable = False
    if not usable:
        raise RejectedError(
            f"{reference} does not hold an Apprise URL that can be used, or its service needs a"
            " package that is not installed; see https://appriseit.com/services/"
        )
    if (reached := sum(len(plugin) // (plugin.retry + 1) for plugin in service.servers)) > 1:
        raise RejectedError(
            f"{reference} reaches {reached} receivers, of which one could fail; give each its own"
            " variable and list them under the owner's `notify`"
        )
    _silence()  # the services' libraries are imported by now
    return service


def _prepare(service: "Apprise", message: Message) -> dict[str, Any]:
    """Set the service up for exactly one bounded request; return the arguments of `notify()`."""
    from apprise import NotifyFormat, OverflowMode

    plugin: Any = service.servers[0]
    plugin.optional, plugin.retry, plugin.overflow_mode = False, 0, OverflowMode.UPSTREAM
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    if plugin.notify_format == NotifyFormat.MARKDOWN:
        plugin.notify_format = NotifyFormat.TEXT
    if isinstance(getattr(plugin, "headers", None), dict):  # what `?+Name=value` in a URL fills
        plugin.headers[MESSAGE_ID_HEADER] = message.message_id
    as_html = plugin.notify_format == NotifyFormat.HTML and plugin.title_maxlen > 0
    return {
        "title": " ".join(message.subject.split()),  # a line end would open a mail header
        "body": _html(message) if as_html else _text(message, _room(plugin, message)),
        "body_format": NotifyFormat.HTML if as_html else NotifyFormat.TEXT,
        "notify_type": _NOTIFY_TYPES[message.verdict],
    }


def _room(plugin: Any, message: Message) -> int:
    """Return how many characters of text the service takes beside the title.

    Services without a title, and Discord for plain text, put it in front of the body. A twentieth
    is left for the marks and line ends that Apprise adds.
    """
    return int(plugin.body_maxlen * 0.95) - len(message.subject)


def _html(message: Message) -> str:
    return f"<p><b>{REPEAT}</b></p>\n{message.body_html}" if message.in_doubt else message.body_html


def _text(message: Message, room: int) -> str:
    text = f"{REPEAT}\n\n{message.body_text}" if message.in_doubt else message.body_text
    return shorten(text, room)


def shorten(text: str, length: int) -> str:
    """Cut text to `length` characters at the end of a line, keeping its last paragraph.

    The last paragraph holds the link and the reference. Where not even that fits, it is cut.
    """
    if len(text) <= length:
        return text
    head, _, last = text.rpartition("\n\n")
    room = length - len(last) - len("\n…\n\n")
    if room <= 0:
        return last[: max(length, 0)]
    kept = head[: room + 1].rpartition("\n")[0].rstrip() or head[:room].rstrip()
    return f"{kept}\n…\n\n{last}"


def _notify(attempt: _Attempt, service: "Apprise", letter: dict[str, Any]) -> None:
    attempt.delivered = bool(service.notify(**letter))


def _failure(attempt: _Attempt, where: str) -> TransientError | RejectedError:
    answers = ", ".join(dict.fromkeys(attempt.refusals))
    if attempt.refusals and all(attempt.permanent) and not attempt.unclear and not attempt.took:
        return RejectedError(
            f"{where} refused the message: {answers}; check the URL and its rights"
        )
    if attempt.took or attempt.unclear or not (attempt.refusals or attempt.unreached):
        return UnconfirmedError(
            f"{where} did not confirm the message{answers and f' ({answers})'}; it will be sent"
            " again, marked as a possible repeat"
        )
    return TransientError(f"{where} did not take the message: {answers or 'not reached'}")
