"""How is a mail server reached safely: who may be spoken to plainly, whose certificate counts, how
is an access token shown?

What `smtp` and `imap` share of the way to a server; each speaks its own protocol.
"""

import ipaddress
import ssl
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator

Security = Literal["starttls", "tls", "none"]
"""`starttls`: the connection starts in plain and is encrypted before anything is said (RFC 3207);
`tls`: encrypted from the start (RFC 8314). `none` is for servers on this machine."""


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must have no line breaks or other control signs")
    return text


def _host(text: str) -> str:
    if not text or not text.isprintable() or set(" /@") & set(text):
        raise ValueError(f"{text!r} is no host such as smtp.example.com")
    return text


def known_zone(name: str) -> str:
    """Return the name of an IANA time zone. Raise `ValueError` for what is none."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"no time zone {name!r}; take an IANA name such as Europe/Berlin"
        ) from error
    return name


Line = Annotated[str, AfterValidator(_plain)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class MailServer(BaseModel, extra="forbid", frozen=True):
    """What a brand file says of a mail server, whatever is spoken with it."""

    account_id: Line
    """The domain or the address that the account is for: `acme.example`."""
    host: Annotated[str, AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """By default the one that belongs to `security`."""
    security: Security = "starttls"
    ca_file: Path | None = None
    """Certificates (PEM) that sign the server's; by default those that this machine trusts."""
    user: Line = ""
    """Empty: no login."""
    password: SecretStr | None = None
    access_token: SecretStr | None = None
    """OAuth 2.0 token instead of a password (XOAUTH2: Google, Microsoft)."""
    timeout_seconds: Seconds = 60
    """Of a connection and of each answer."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError("security: none is for servers on this machine; say starttls or tls")
        if self.password and self.access_token:
            raise ValueError("either password or access_token, not both")
        if bool(self.user) != bool(self.password or self.access_token):
            raise ValueError("a login needs user, and password or access_token")
        return self

    @property
    def secret(self) -> str:
        """The password or the token; '' without a login."""
        secret = self.password or self.access_token
        return secret.get_secret_value() if secret else ""


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return how a connection is encrypted: TLS 1.2 or newer, certificate and host name checked."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def tls_advice(error: ssl.SSLError, security: Security) -> str:
    """Return what is wrong with a connection's encryption, and what a person does about it; '' if
    it may pass by itself."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({error.verify_message}); check host, or name the "
            "certificate of its issuer as ca_file"
        )
    if error.reason == "WRONG_VERSION_NUMBER" and security == "tls":
        return "it does not speak TLS from the start; say security: starttls, or check port"
    return ""


def xoauth2(user: str, token: str) -> str:
    """Return what shows an access token (Google's and Microsoft's XOAUTH2), before base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"
