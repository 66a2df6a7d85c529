"""The mailbox that reports of our mail come back to, read over IMAP (RFC 3501, 9051).

Port 993 with TLS or 143 with STARTTLS; the certificate is checked. Login by PLAIN, LOGIN or
XOAUTH2. Nothing in the mailbox is changed: folders are examined, mails peeked into, so that a
person who reads it too sees what is new. Of each mail the first 64 kB are read, of bounces and
complaints up to a megabyte; what they say is found out in `connectors/mail_reports/`.

A reading that is cut ends with `TransientError`; the next goes on from the last batch. A mailbox
has no figures: nothing is `covered`, and a pull leaves its days unknown.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import requests

from config.models import Level
from connectors.base import Account, Entity, Throttle, Window
from connectors.channels.imap.options import Options
from connectors.channels.imap.reading import reports_after
from connectors.channels.imap.sent_mail import sent_among
from connectors.channels.imap.session import session as opened
from connectors.mail import MailReport

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Connector", "Options"]


class Connector:
    """One mailbox."""

    restatement_days = 0

    def __init__(
        self,
        options: Options,
        session: requests.Session | None = None,
        *,
        throttle: Throttle | None = None,
    ) -> None:
        """Neither session nor throttle is used: one connection reads, now and then."""
        self._options = options
        self.account_id = options.account_id

    def account(self) -> Account:
        """Return the mailbox as the brand file describes it."""
        name = self._options.name or self.account_id
        return Account("imap", self.account_id, name, "XXX", "UTC")

    def entities(self, levels: Sequence[Level]) -> Iterator[list[Entity]]:
        """Yield nothing: mails that came back are reports of messages, not things of their own."""
        yield from ()

    def covered(self, level: Level, window: Window, breakdown: str = "") -> list[Window]:
        """Return no days: a mailbox knows no figures."""
        return []

    def performance(
        self, level: Level, window: Window, breakdown: str = ""
    ) -> Iterator["pd.DataFrame"]:
        """Yield nothing, see `covered`."""
        yield from ()

    def reports(self, after: str) -> Iterator[tuple[list[MailReport], str]]:
        """Yield batches of reports that came after a place, each with the place to go on from; a
        batch may be empty. '' is the beginning, and so is a place in a folder that the server has
        rebuilt since.

        Raises:
            TransientError: the connection was cut, or the server lets nobody in now.
            RejectedError: there is no such folder, or `after` is no place.
            ReconnectError: login, certificate or encryption need a person.
        """
        with opened(self._options) as imap:
            yield from reports_after(imap, self._options, after)

    def sent(self, message_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these messages stand in the sent folder. That one does not stand there
        proves nothing where the server does not keep what is sent over SMTP.

        Raises as `reports` does; `RejectedError` if there is no such folder.
        """
        if not message_ids:
            return frozenset()
        with opened(self._options) as imap:
            return sent_among(imap, self._options, message_ids)
