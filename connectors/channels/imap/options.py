"""How is the mailbox reached that reports come back to? The options of a brand file."""

from typing import Annotated

from pydantic import AfterValidator, Field

from connectors.mail_servers import MailServer, Security

PORTS = {"starttls": 143, "tls": 993, "none": 143}


def _folder(name: str) -> str:
    if not name.isprintable() or set('"\\') & set(name):
        raise ValueError(f"{name!r} is no folder's name")
    return name


Folder = Annotated[str, AfterValidator(_folder)]


class Options(MailServer):
    """What a brand file says of an account with `platform: imap`."""

    security: Security = "tls"
    name: str = ""
    """Empty: the account's id."""
    folder: Annotated[Folder, Field(min_length=1)] = "INBOX"
    """Where bounces, complaints and unsubscriptions arrive."""
    sent_folder: Folder = ""
    """Where the server keeps what was sent; by default the folder that it calls so (RFC 6154)."""
    largest_bytes: Annotated[int, Field(ge=10_000, le=1_000_000)] = 1_000_000
    """Of a report; what is beyond is not read. Of other mail only the beginning is read."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or PORTS[self.security]

    @property
    def place(self) -> str:
        """The server as errors name it."""
        host, port = self.address
        return f"imap {host}:{port}"
