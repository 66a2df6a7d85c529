"""How is a session with the server opened: connected, encrypted, logged in?

Never plain where encryption was asked for: a server, or somebody between, that does not offer
STARTTLS gets no login and no message.
"""

import base64
import smtplib
import ssl

from connectors.base import ReconnectError
from connectors.channels.smtp.options import Options
from connectors.mail import Handed
from connectors.mail_servers import tls_advice, tls_context, xoauth2
from connectors.without_addresses import status_and_sentence, without_addresses

LOGIN_OK = 235
GO_ON = 334


def open_session(options: Options) -> smtplib.SMTP | Handed:
    """Return a session that a message can be handed to, or what to say of every message while
    there is none: `not_sent`.

    Raises `ReconnectError` where a person must do something: the login is refused, the certificate
    is not trusted, the server does not encrypt.
    """
    try:
        smtp = _connected(options)
    except OSError as error:
        return _failed(options, error)
    try:
        stopped = _set_up(smtp, options)
    except OSError as error:
        smtp.close()
        return _failed(options, error)
    except ReconnectError:
        smtp.close()
        raise
    if stopped:
        smtp.close()
    return stopped or smtp


def _connected(options: Options) -> smtplib.SMTP:
    host, port = options.address
    name, timeout = options.greeting, options.timeout_seconds
    if options.security == "tls":
        context = tls_context(options.ca_file)
        return smtplib.SMTP_SSL(host, port, name, timeout=timeout, context=context)
    return smtplib.SMTP(host, port, name, timeout=timeout)


def _set_up(smtp: smtplib.SMTP, options: Options) -> Handed | None:
    """Greet, encrypt, log in; return what stopped it, if it may pass by itself."""
    smtp.ehlo_or_helo_if_needed()
    if options.security == "starttls":
        _encrypt(smtp, options)
    return _log_in(smtp, options) if options.user else None


def _encrypt(smtp: smtplib.SMTP, options: Options) -> None:
    if not smtp.has_extn("starttls"):
        raise ReconnectError(
            f"{options.place} offers no STARTTLS, so nothing was said to it; check port, say "
            "security: tls, or find out who strips it"
        )
    try:
        smtp.starttls(context=tls_context(options.ca_file))
    except smtplib.SMTPResponseException as error:
        if 400 <= error.smtp_code < 500:
            raise  # it may pass
        raise _refused(options, "STARTTLS", error.smtp_code, _octets(error)) from None
    smtp.ehlo_or_helo_if_needed()


def _log_in(smtp: smtplib.SMTP, options: Options) -> Handed | None:
    offered = str(smtp.esmtp_features.get("auth", "")).upper().split()
    known = ("XOAUTH2",) if options.access_token else ("PLAIN", "LOGIN")
    mechanism = next((name for name in known if name in offered), None)
    if mechanism is None:
        has = ", ".join(offered) or "none"
        raise ReconnectError(
            f"{options.place} takes no login by {' or '.join(known)} (it offers: {has}); use "
            f"{'password' if options.access_token else 'access_token'}, or another port"
        )
    code, said = _shown(smtp, mechanism, options)
    if code == LOGIN_OK:
        return None
    if 400 <= code < 500:
        return _not_now(code, said)
    raise _refused(options, "the login", code, said)


def _shown(smtp: smtplib.SMTP, mechanism: str, options: Options) -> tuple[int, bytes]:
    """Show the secret; return the server's last word."""
    user, secret = options.user, options.secret
    if mechanism == "LOGIN":
        steps = [user, secret]
        code, said = smtp.docmd("AUTH", "LOGIN")
    else:
        token = xoauth2(user, secret) if mechanism == "XOAUTH2" else f"\0{user}\0{secret}"
        steps = [""]  # after a refused token its reason comes as a challenge, to be answered empty
        code, said = smtp.docmd("AUTH", f"{mechanism} {_base64(token)}")
    for step in steps:
        if code != GO_ON:
            break
        code, said = smtp.docmd(_base64(step))
    return code, said


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _failed(options: Options, error: OSError) -> Handed:
    """Return what a connection that failed means. Raise where waiting will not help."""
    if isinstance(error, ssl.SSLError) and (advice := tls_advice(error, options.security)):
        raise ReconnectError(f"{options.place}: {advice}; nothing was sent") from None
    if isinstance(error, smtplib.SMTPResponseException):
        return _not_now(error.smtp_code, _octets(error))
    said = error.strerror or str(error) or type(error).__name__
    return Handed("not_sent", sentence=without_addresses(said), whole_session=True)


def _octets(error: smtplib.SMTPResponseException) -> bytes:
    said = error.smtp_error
    return said if isinstance(said, bytes) else said.encode()


def _not_now(code: int, said: bytes) -> Handed:
    status, sentence = status_and_sentence(said)
    return Handed("not_sent", code, status, sentence, whole_session=True)


def _refused(options: Options, what: str, code: int, said: bytes) -> ReconnectError:
    status, sentence = status_and_sentence(said, options.user)
    answer = " ".join(part for part in (str(code), status, sentence) if part)
    return ReconnectError(
        f"{options.place} refuses {what}: {answer}; check user and password or access_token, then "
        "reconnect"
    )
