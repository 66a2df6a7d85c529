"""Mail handed to a server of the brand's own choice over SMTP (RFC 5321), one by one.

Submission on port 587 with STARTTLS or 465 with TLS (RFC 6409, 8314); the certificate is checked.
Login by PLAIN, LOGIN or XOAUTH2. One envelope per recipient, one connection kept for many messages;
where the server ended it meanwhile (idle, or its count of messages is full), a new one is opened
before anything of the next message is said. Nothing is sent a second time by itself: SMTP has no
idempotency, so `unknown` stays unknown (see `handing.py`).

Servers take 25 MB as a rule (SIZE in EHLO), and put off senders who are too quick with 4yz or 421.
Big providers want SPF, DKIM, DMARC and one-click unsubscription (RFC 8058) of whoever sends 5,000
a day. A server's sentences are kept without addresses. Source: the reference, section 1.3.

SMTP has no figures. What our own mail brought is counted in the warehouse, and nothing is `covered`
here: a pull of this account leaves days unknown and never reads them as zero.
"""

import smtplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import requests

from config.models import Level
from connectors.base import Account, Entity, RejectedError, Throttle, Window
from connectors.channels.smtp.composing import Letter, compose
from connectors.channels.smtp.handing import CLOSING, begin, hand_over
from connectors.channels.smtp.options import Options
from connectors.channels.smtp.session import open_session
from connectors.mail import Handed, Mail, MailClaim

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Connector", "Options"]

NO_UTF8 = "the server takes no address with signs beyond ASCII before the @ (no SMTPUTF8)"


class Connector:
    """One account at a mail server. Not to be used by two threads at once."""

    restatement_days = 30
    """Bounces, complaints and orders still come so many days after a message."""

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Neither session nor throttle is used: how much is sent is decided before a message is
        claimed."""
        self._options = options
        self._clock = clock
        self._smtp: smtplib.SMTP | None = None
        self.account_id = options.account_id

    def account(self) -> Account:
        """Return the account as the brand file describes it."""
        options = self._options
        name = options.name or self.account_id
        return Account("smtp", self.account_id, name, options.currency, options.time_zone)

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield nothing: sequences, campaigns and messages are the brand's own files."""
        yield from ()

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return no days: the server knows no figures, the warehouse counts them."""
        return []

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator["pd.DataFrame"]:
        """Yield nothing, see `covered`."""
        yield from ()

    def send(self, claim: MailClaim, mail: Mail) -> Handed:
        """Hand a message over, once, and return what came of it.

        Raises:
            RejectedError: it cannot be sent as it is; nothing was sent.
            ReconnectError: login, certificate or encryption need a person; nothing was sent.
        """
        if claim.message_id != mail.message_id:
            raise RejectedError(
                f"message {mail.message_id} is not the one that was claimed ({claim.message_id}); "
                "nothing was sent"
            )
        letter = compose(mail, self._options.bounce_address, self._clock())
        with ExitStack() as stack:
            stack.callback(self._drop)  # whatever interrupts leaves no half a conversation behind
            handed = self._hand_over(letter)
            if self._is_in_step(handed):
                stack.pop_all()
        return handed

    def close(self) -> None:
        """Take leave of the server. The next `send` opens a new connection."""
        if self._smtp:
            with suppress(OSError):
                self._smtp.quit()
        self._drop()

    def _hand_over(self, letter: Letter) -> Handed:
        options = self._options
        if (stopped := self._begin(letter)) or self._smtp is None:
            return stopped or Handed("not_sent", whole_session=True)
        patience, usual = options.delivery_timeout_seconds, options.timeout_seconds
        return hand_over(self._smtp, letter, patience, usual)

    def _begin(self, letter: Letter) -> Handed | None:
        """Begin the transaction on the kept connection, or on a new one if that has ended; return
        what stopped it."""
        if self._smtp:
            stopped = self._refused_here(self._smtp, letter) or begin(self._smtp, letter)
            if stopped is None or not _has_ended(stopped):
                return stopped
            self._drop()
        opened = open_session(self._options)
        if isinstance(opened, Handed):
            return opened
        self._smtp = opened
        return self._refused_here(opened, letter) or begin(opened, letter)

    def _refused_here(self, smtp: smtplib.SMTP, letter: Letter) -> Handed | None:
        """Refuse what this server does not take, before it is asked."""
        limit = str(smtp.esmtp_features.get("size", "")).strip()
        largest = self._options.largest_bytes
        if limit.isdecimal() and int(limit):
            largest = min(largest, int(limit))
        if len(letter.content) > largest:
            raise RejectedError(
                f"{self._options.place} takes messages up to {largest} bytes, this one has "
                f"{len(letter.content)}; make it smaller; nothing was sent"
            )
        if letter.utf8 and not smtp.has_extn("smtputf8"):
            return Handed("refused", status="5.6.7", sentence=NO_UTF8)
        return None

    def _is_in_step(self, handed: Handed) -> bool:
        """Tell whether the connection is good for another message, and make it so."""
        smtp = self._smtp
        if smtp is None or smtp.sock is None:
            return False
        if handed.state == "accepted":
            return True
        if _has_ended(handed):
            return False
        try:
            return smtp.rset()[0] == 250
        except OSError:
            return False

    def _drop(self) -> None:
        if self._smtp:
            self._smtp.close()
        self._smtp = None


def _has_ended(handed: Handed) -> bool:
    """Tell whether a server has ended, or is about to end, the connection."""
    return handed.whole_session and handed.code in (None, CLOSING)
