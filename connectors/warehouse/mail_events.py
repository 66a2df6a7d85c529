"""What came back for messages: bounces, complaints, unsubscriptions, clicks?

Each is kept once, however often it is read. What must have consequences has them in the same
transaction: a hard bounce, a complaint and an unsubscription suppress the address, the last two
withdraw the person's consent as well, and so many soft bounces in a row suppress too.

A bounce or complaint counts only if it is about a message of ours: anybody can write one. It names
its Message-ID, or brings along what its List-Unsubscribe carried, where a provider has made the
address and the Message-ID unreadable. An unsubscription counts from anybody who knows the address:
one mail too few does less harm.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.mail import MailReport, SuppressionReason
from connectors.mail_links import Ticket, leaving_by_mail
from connectors.people_keys import PeopleKeys
from connectors.warehouse.database import Database
from connectors.warehouse.mail_consent import suppress_address, withdraw
from connectors.warehouse.mail_tables import mail_events, mail_messages

SUPPRESSES: Mapping[str, SuppressionReason] = {
    "hard_bounce": "hard_bounce",
    "complaint": "complaint",
    "unsubscribe": "unsubscribed",
}
WITHDRAWS = ("complaint", "unsubscribe")

SOFT_FOR = timedelta(days=7)
"""A mailbox that is full for a weekend is not dead: soft bounces in a row suppress only if they lie
this far apart."""


@dataclass(slots=True)
class Recorded:
    """What a batch of reports brought. The counts are of events that were not known before."""

    new: Counter[str] = field(default_factory=Counter)  # by kind
    strangers: int = 0  # about no message and no person of ours
    suppressed: int = 0  # addresses that now are and were not

    def add(self, other: "Recorded") -> None:
        """Add what another batch brought."""
        self.new += other.new
        self.strangers += other.strangers
        self.suppressed += other.suppressed


@dataclass(frozen=True, slots=True)
class _About:
    """Whom a report is about."""

    message_key: int | None
    address_key: int


class MailEventStore(Database):
    """Keeps what came of messages, and acts on it."""

    def record_reports(
        self,
        brand: str,
        reports: Sequence[MailReport],
        keys: PeopleKeys,
        now: datetime,
        *,
        soft_bounces: int = 5,
    ) -> Recorded:
        """Keep reports and do what follows from them, in one transaction.

        `soft_bounces`: so many in a row, over a week at least, suppress an address. The place a
        report was read at (`source`) makes it the same one when it is read again.
        """
        recorded = Recorded()
        with self.writing("mail", brand) as connection:
            known = _messages(connection, brand, [one.message_id for one in reports])
            for report in reports:
                about = _about(brand, report, known, keys)
                if about is None:
                    recorded.strangers += 1
                    continue
                if self._keep_event(connection, brand, report, about):
                    recorded.new[report.kind] += 1
                recorded.suppressed += _follow(connection, brand, report, about, now, soft_bounces)
        return recorded

    def record_click(self, ticket: Ticket, source: str, at: datetime) -> bool:
        """Keep that a link of a message was followed; tell whether that is new. `source` says
        which link: `link 2`."""
        row = {
            "brand": ticket.brand, "message_key": ticket.message_key, "kind": "click", "at": at,
            "address_key": ticket.address_key, "status": "",
            "source": f"{source} of message {ticket.message_key}",
        }  # fmt: skip
        with self.writing() as connection:
            return self._insert(connection, row)

    def unsubscribe(self, ticket: Ticket, source: str, at: datetime) -> bool:
        """Unsubscribe whoever got a message, as its link asks; tell whether that is new. `source`
        says how: `one click`."""
        told = f"{source} of message {ticket.message_key}"
        report = MailReport("unsubscribe", at, "", "", source=told)
        about = _About(ticket.message_key, ticket.address_key)
        with self.writing("mail", ticket.brand) as connection:
            new = self._keep_event(connection, ticket.brand, report, about)
            _follow(connection, ticket.brand, report, about, at, soft_bounces=1)
        return new

    def _keep_event(
        self, connection: Connection, brand: str, report: MailReport, about: _About
    ) -> bool:
        return self._insert(connection, {
            "brand": brand, "message_key": about.message_key, "address_key": about.address_key,
            "kind": report.kind, "at": report.at, "status": report.status, "source": report.source,
        })  # fmt: skip

    def _insert(self, connection: Connection, row: Mapping[str, object]) -> bool:
        insert = self.upsert(mail_events).values(row).on_conflict_do_nothing()
        return connection.scalar(insert.returning(mail_events.c.event_id)) is not None


def _messages(connection: Connection, brand: str, message_ids: Sequence[str]) -> dict[str, _About]:
    it = mail_messages.c
    query = sa.select(it.message_id, it.message_key, it.address_key).where(
        it.brand == brand, it.message_id.in_({one for one in message_ids if one})
    )
    return {
        row.message_id: _About(row.message_key, row.address_key)
        for row in connection.execute(query)
    }


def _about(
    brand: str, report: MailReport, known: Mapping[str, _About], keys: PeopleKeys
) -> _About | None:
    """Return whom a report is about: whoever got the message that it names, or the one whose ticket
    it brings along, which only we can make."""
    if found := known.get(report.message_id):
        return found
    ticket = leaving_by_mail(keys, report.token)
    if ticket is not None and ticket.brand == brand:
        return _About(ticket.message_key, ticket.address_key)
    if report.kind != "unsubscribe":
        return None
    return _About(None, keys.address(report.address)) if "@" in report.address else None


def _follow(
    connection: Connection,
    brand: str,
    report: MailReport,
    about: _About,
    now: datetime,
    soft_bounces: int,
) -> int:
    """Do what follows from a report; return how many addresses are suppressed that were not."""
    reason = SUPPRESSES.get(report.kind)
    if report.kind == "soft_bounce" and _softly_dead(connection, brand, about, soft_bounces):
        reason = "soft_bounces"
    if reason is None:
        return 0
    new = suppress_address(connection, brand, about.address_key, reason, report.source, report.at)
    if report.kind in WITHDRAWS:
        source = f"{report.kind}, {report.source}" if report.source else report.kind
        withdraw(connection, brand, about.address_key, source, report.at, now)
    return int(new)


def _softly_dead(connection: Connection, brand: str, about: _About, least: int) -> bool:
    """Tell whether the last messages to an address all bounced softly, for long enough.

    Messages after the last one that bounced may bounce yet and say nothing.
    """
    it, event = mail_messages.c, mail_events.c
    bounced = sa.exists().where(event.message_key == it.message_key, event.kind == "soft_bounce")
    query = (
        sa.select(it.handed_at, bounced.label("bounced"))
        .where(it.brand == brand, it.address_key == about.address_key, it.handed_at.isnot(None))
        .order_by(it.handed_at.desc())
    )
    row: list[datetime] = []
    for moment, its in connection.execute(query):
        if its:
            row.append(moment)
        elif row:
            break
    return len(row) >= least and row[0] - row[-1] >= SOFT_FOR
