"""Which messages still have to be sent, and who is sending them?

A sender claims a message, sends it and reports; a crash in between leaves a claim, which lapses.
The message may have gone out by then: it is in doubt, the receiver can tell by its id.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from connectors.records import Message
from connectors.warehouse.database import Database
from connectors.warehouse.schema import outbox

PENDING, CLAIMED, DELIVERED, GIVEN_UP = "pending", "claimed", "delivered", "given_up"

LEASE = timedelta(minutes=10)
"""How long a claim holds without a report. Longer than any sending may take."""


class Outbox(Database):
    """Messages on their way to people."""

    def pending_messages(self, brand: str, now: datetime) -> list[Message]:
        """Return the messages that may be claimed now, oldest first."""
        names = [name for name in Message.__dataclass_fields__ if name != "in_doubt"]
        query = (
            sa.select(*(outbox.c[name] for name in names), _in_doubt().label("in_doubt"))
            .where(outbox.c.brand == brand, _claimable(now))
            .order_by(outbox.c.created_at, outbox.c.message_id)
        )
        with self.reading() as connection:
            return [Message(**row) for row in connection.execute(query).mappings()]

    def claim(self, message_id: str, now: datetime) -> bool:
        """Take a message for sending. Of several senders one gets True; no other may send it."""
        with self.writing() as connection:
            result = connection.execute(
                sa.update(outbox)
                .where(outbox.c.message_id == message_id, _claimable(now))
                .values(
                    state=CLAIMED,
                    claimed_at=now,
                    attempts=outbox.c.attempts + 1,
                    in_doubt=_in_doubt(),
                )
            )
            return result.rowcount == 1

    def delivered(self, message_id: str, now: datetime) -> None:
        """Note that the message was sent."""
        self._report(message_id, state=DELIVERED, delivered_at=now, error=None)

    def failed(
        self,
        message_id: str,
        error: str,
        retry_at: datetime | None,
        now: datetime,
        *,
        in_doubt: bool = False,
    ) -> None:
        """Note that sending failed; try again from `retry_at`, or give up if that is None.

        `in_doubt`: the receiver may have the message all the same, from this try or an earlier one.
        """
        self._report(
            message_id,
            state=PENDING if retry_at else GIVEN_UP,
            retry_at=retry_at,
            error=error,
            claimed_at=now,
            in_doubt=in_doubt,
        )

    def release_claims(self, brand: str, older_than: datetime) -> int:
        """Make messages claimable again that were claimed before a moment and never reported.

        For a process that knows that its earlier self, which claimed them, is dead.
        """
        with self.writing() as connection:
            result = connection.execute(
                sa.update(outbox)
                .where(
                    outbox.c.brand == brand,
                    outbox.c.state == CLAIMED,
                    outbox.c.claimed_at < older_than,
                )
                .values(state=PENDING, in_doubt=True)
            )
            return int(result.rowcount)

    def _report(self, message_id: str, **values: object) -> None:
        with self.writing() as connection:
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.message_id == message_id, outbox.c.state != DELIVERED)
                .values(values)
            )


def _in_doubt() -> sa.ColumnElement[bool]:
    """Nobody knows of a claim that lapsed whether the message went out."""
    return outbox.c.in_doubt | (outbox.c.state == CLAIMED)


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    waiting = (outbox.c.state == PENDING) & (
        outbox.c.retry_at.is_(None) | (outbox.c.retry_at <= now)
    )
    lapsed = (outbox.c.state == CLAIMED) & (outbox.c.claimed_at <= now - LEASE)
    return waiting | lapsed
