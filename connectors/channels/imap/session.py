"""How is a session with a mailbox opened, and what does it mean when something fails in it?

Never plain where encryption was asked for. A mailbox is only ever examined (EXAMINE) and peeked
into: nothing in it is marked, moved or deleted.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from connectors.base import ReconnectError, RejectedError, TransientError
from connectors.channels.imap.folder_names import encoded
from connectors.channels.imap.options import Options
from connectors.mail_servers import tls_advice, tls_context, xoauth2
from connectors.without_addresses import without_addresses

_MAY_PASS = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]|try again|temporar",
                       re.IGNORECASE)  # fmt: skip
"""Response codes of RFC 5530, and servers that have none."""


@contextmanager
def session(options: Options) -> Iterator[imaplib.IMAP4]:
    """Log in, and out at the end. Raises `ConnectorError` for all that fails inside."""
    imap: imaplib.IMAP4 | None = None
    try:
        imap = _welcomed(options)
        _log_in(imap, options)
        yield imap
    except imaplib.IMAP4.abort as error:
        raise TransientError(f"{options.place}: {_said(error, options)}; try again") from None
    except imaplib.IMAP4.error as error:
        raise RejectedError(f"{options.place}: {_said(error, options)}") from None
    except OSError as error:
        raise _failed(error, options) from None
    finally:
        if imap is not None:
            _end(imap)


def examine(imap: imaplib.IMAP4, options: Options, folder: str) -> tuple[int, int]:
    """Open a folder for reading; return its UIDVALIDITY and UIDNEXT."""
    kind, rows = imap.select(encoded(folder), readonly=True)
    if kind != "OK":
        raise RejectedError(
            f"{options.place}: folder {folder!r} cannot be read: {_first(rows, options)}; check "
            "the folder's name"
        )
    return _number(imap, options, folder, "UIDVALIDITY"), _number(imap, options, folder, "UIDNEXT")


def ask(imap: imaplib.IMAP4, options: Options, command: str, *words: str) -> list[object]:
    """Ask a UID command of the open folder; return the server's data."""
    kind, rows = imap.uid(command, *words)
    if kind != "OK":
        raise RejectedError(f"{options.place} refuses {command}: {_first(rows, options)}")
    return rows


def _number(imap: imaplib.IMAP4, options: Options, folder: str, name: str) -> int:
    rows = imap.response(name)[1]
    if rows and isinstance(rows[0], bytes) and rows[0].isdigit():
        return int(rows[0])
    kind, rows = imap.status(encoded(folder), f"({name})")  # older servers name it only here
    found = re.search(rf"{name} (\d{{1,10}})", str(rows[0])) if kind == "OK" and rows else None
    if not found:
        raise RejectedError(f"{options.place} tells no {name} of {folder!r}; reports need it")
    return int(found.group(1))


def _welcomed(options: Options) -> imaplib.IMAP4:
    try:
        return _connected(options)
    except imaplib.IMAP4.error as error:
        raise TransientError(f"{options.place} lets nobody in: {_said(error, options)}") from None


def _connected(options: Options) -> imaplib.IMAP4:
    host, port = options.address
    timeout, context = options.timeout_seconds, tls_context(options.ca_file)
    if options.security == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout)
    imap = imaplib.IMAP4(host, port, timeout=timeout)
    if options.security == "starttls":
        try:
            _encrypt(imap, options, context)
        except (OSError, imaplib.IMAP4.error, ReconnectError):
            _end(imap)
            raise
    return imap


def _encrypt(imap: imaplib.IMAP4, options: Options, context: ssl.SSLContext) -> None:
    if "STARTTLS" not in imap.capabilities:
        raise ReconnectError(
            f"{options.place} offers no STARTTLS, so nothing was said to it; check port, say "
            "security: tls, or find out who strips it"
        )
    imap.starttls(context)


def _log_in(imap: imaplib.IMAP4, options: Options) -> None:
    if not options.user or imap.state != "NONAUTH":
        return
    user, secret = options.user, options.secret
    try:
        if options.access_token:
            steps = iter([xoauth2(user, secret).encode()])
            imap.authenticate("XOAUTH2", lambda _: next(steps, b""))  # its reason is answered empty
        elif "AUTH=PLAIN" in imap.capabilities:
            imap.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())
        else:
            _by_login(imap, user, secret)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        said = _said(error, options)
        if _MAY_PASS.search(str(error)):
            raise TransientError(f"{options.place} lets nobody in now: {said}") from None
        raise ReconnectError(
            f"{options.place} refuses the login: {said}; check user and password or access_token, "
            "then reconnect"
        ) from None


def _by_login(imap: imaplib.IMAP4, user: str, secret: str) -> None:
    if not (user + secret).isascii():
        raise imaplib.IMAP4.error("it takes no login with signs beyond ASCII (no AUTH=PLAIN)")
    imap.login('"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"', secret)


def _failed(error: OSError, options: Options) -> TransientError | ReconnectError:
    if isinstance(error, ssl.SSLError) and (advice := tls_advice(error, options.security)):
        return ReconnectError(f"{options.place}: {advice}")
    said = without_addresses(error.strerror or str(error) or type(error).__name__)
    return TransientError(f"{options.place} cannot be reached: {said}; try again")


def _said(error: Exception, options: Options) -> str:
    """Return the server's words, neither our secret nor an address among them."""
    given = error.args[0] if error.args else ""
    text = given.decode(errors="replace") if isinstance(given, bytes) else str(given)
    if options.secret:
        text = text.replace(options.secret, "...")
    return without_addresses(text, options.user)


def _first(rows: Sequence[object], options: Options) -> str:
    return _said(imaplib.IMAP4.error(rows[0]), options) if rows else "no reason given"


def _end(imap: imaplib.IMAP4) -> None:
    with suppress(OSError, imaplib.IMAP4.error):
        imap.logout()
    with suppress(OSError):
        imap.shutdown()
