"""How does a brand send mail by itself? The options of a brand file."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from connectors.mail_servers import Line, MailServer, Seconds, known_zone

PORTS = {"starttls": 587, "tls": 465, "none": 25}


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"{code!r} is no ISO 4217 code such as EUR")
    return code


class Options(MailServer):
    """What a brand file says of an account with `platform: smtp`."""

    name: str = ""
    """Empty: the account's id."""
    currency: Annotated[str, AfterValidator(_currency)] = "XXX"
    """Of what orders after a message are worth; XXX: of none."""
    time_zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    """Whose days the figures are counted by."""
    bounce_address: Line = ""
    """Where reports come back to (the envelope's sender); by default the sender of each message."""
    hello: Line = ""
    """The name by which we greet (EHLO); by default the domain of `account_id`."""
    delivery_timeout_seconds: Seconds = 600
    """How long the server may take with its answer to a whole message. RFC 5321, 4.5.3.2.6 asks for
    10 minutes: who goes earlier does not know whether it was taken."""
    largest_bytes: Annotated[int, Field(ge=1000)] = 10_000_000
    """Larger messages are not sent; the server's own limit (SIZE) holds too."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or PORTS[self.security]

    @property
    def place(self) -> str:
        """The server as errors name it."""
        host, port = self.address
        return f"smtp {host}:{port}"

    @property
    def greeting(self) -> str:
        """The name by which we greet."""
        return self.hello or self.account_id.rpartition("@")[2]
