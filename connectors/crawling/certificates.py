"""Until when does a site's certificate hold, and is it trusted?"""

import socket
import ssl
from datetime import UTC
from urllib.parse import urlsplit

from cryptography import x509

from connectors.sites import Certificate

TIMEOUT = 10.0


def read_certificate(start: str, trusted: ssl.SSLContext | None = None) -> Certificate | None:
    """Shake hands with a site and read its certificate; None if it is not asked over TLS.

    `trusted` replaces the system's list of authorities.
    """
    parts = urlsplit(start)
    if parts.scheme != "https" or not parts.hostname:
        return None
    place = (parts.hostname, parts.port or 443)
    reason = ""
    try:
        _shake(place, trusted or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_message or "it is not trusted"
    except OSError as error:
        return Certificate(place[0], None, f"no answer: {error.strerror or type(error).__name__}")
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    try:
        found = x509.load_der_x509_certificate(_shake(place, blind))
    except (OSError, ValueError) as error:
        return Certificate(place[0], None, reason or f"cannot be read: {type(error).__name__}")
    return Certificate(place[0], found.not_valid_after_utc.astimezone(UTC), reason)


def _shake(place: tuple[str, int], context: ssl.SSLContext) -> bytes:
    with (
        socket.create_connection(place, TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=place[0]) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""
