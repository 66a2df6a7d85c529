"""A usual message, and how tests of SMTP hand it over."""

from datetime import UTC, datetime

from connectors.channels.smtp import Connector, Options
from connectors.mail import Handed, Mail, MailClaim

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
RECIPIENT = "jane.doe@example.com"
UNSUBSCRIBE = {
    "List-Unsubscribe": "<https://shop.example/u/acme/7/" + "0" * 32 + ">, <mailto:u@acme.example>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def mail(**changes) -> Mail:
    given = {
        "message_id": "<1a2b@acme.example>",
        "sender": "Acme Shop <news@acme.example>",
        "reply_to": "",
        "recipient": RECIPIENT,
        "subject": "Schöne Grüße",
        "text": "Hallo\n.\n..zwei Punkte\n",
        "html": "<p>Hallo</p>",
        "headers": UNSUBSCRIBE,
    }
    return Mail(**given | changes)


def send(connector: Connector, letter: Mail | None = None) -> Handed:
    letter = letter or mail()
    return connector.send(MailClaim(1, 2, letter.message_id, NOW), letter)


def connect(port: int, **changes) -> Connector:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 5}
    options = Options(account_id="acme.example", **given | changes)
    return Connector(options, clock=lambda: NOW)
