"""What became of messages whose worker fell silent, or whose server did not answer?

What was only claimed was surely not handed over: it is released. What was `sending` may have gone:
it becomes doubtful, counts as sent, and is told of until the sent folder or a person knows more. A
machine that was restarted since may have lost `sending` marks of a SQLite file, so all that its
workers had claimed is doubtful then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from connectors.base import RejectedError
from connectors.mail import SourceKind
from connectors.this_machine import same_boot
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import mail_messages, mail_settlements

LEASE = timedelta(minutes=30)
"""A worker that has not said for so long that it lives is dead. Longer than any hand-over takes: a
server may think about a message for 10 minutes (RFC 5321, 4.5.3.2.6)."""

FOLDER_TAKES = timedelta(hours=1)
"""How late a server may show a message in the sent folder."""

WITNESSES = 5
"""So many messages that surely went before, and as many after, have to be in the sent folder before
it is believed that one that is not there did not go: many servers keep no copies."""

FELL_SILENT = "its worker fell silent before it handed it over"
IN_BETWEEN = "its worker fell silent while it handed it over"
POWER = "the machine was restarted while its worker was at it"

Settlement = Literal["sent", "released"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message of which nobody knows whether it went."""

    message_key: int
    message_id: str
    kind: SourceKind
    source: str
    step: str
    person_key: int
    handed_at: datetime
    sentence: str  # why it is in doubt


@dataclass(frozen=True, slots=True)
class LookUp:
    """What to look for in the sent folder: doubts, and messages that surely went."""

    doubts: tuple[Doubt, ...]
    witnesses: frozenset[str]

    @property
    def message_ids(self) -> list[str]:
        """All of them."""
        return sorted({one.message_id for one in self.doubts} | self.witnesses)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a look into the sent folder brought."""

    sent: tuple[Doubt, ...] = ()
    released: tuple[Doubt, ...] = ()
    open: tuple[Doubt, ...] = ()


class MailDoubtStore(Database):
    """Ends what others have left undone."""

    def end_dead_claims(self, brand: str, now: datetime) -> list[Doubt]:
        """Release or doubt what silent workers have left; return the new doubts."""
        it = mail_messages.c
        with self.writing("mail", brand) as connection:
            left = connection.execute(
                sa.select(it.message_key, it.state, it.worker).where(
                    it.brand == brand,
                    it.state.in_(("claimed", "sending")),
                    it.claimed_at < now - LEASE,
                )
            ).all()
            lost = [row for row in left if self.sqlite and not same_boot(row.worker)]
            cut = [row for row in left if row not in lost and row.state == "sending"]
            idle = [row for row in left if row not in lost and row.state == "claimed"]
            _end(connection, _keys(idle), state="released", handed_at=None, sentence=FELL_SILENT)
            for rows, why in ((cut, IN_BETWEEN), (lost, POWER)):
                at = sa.func.coalesce(it.handed_at, it.claimed_at)
                _end(connection, _keys(rows), state="doubtful", handed_at=at, sentence=why)
            return _doubts(connection, it.message_key.in_(_keys(cut) + _keys(lost)))

    def mail_doubts(self, brand: str) -> list[Doubt]:
        """Return all messages of a brand that are in doubt, the oldest first."""
        it = mail_messages.c
        with self.reading() as connection:
            return _doubts(connection, (it.brand == brand) & (it.state == "doubtful"))

    def doubts_to_look_up(self, brand: str, account_key: int, now: datetime) -> LookUp:
        """Return what the sent folder of an account should know by now."""
        it = mail_messages.c
        with self.reading() as connection:
            doubts = _doubts(
                connection,
                (it.brand == brand) & (it.account_key == account_key) & (it.state == "doubtful"),
            )
            doubts = [one for one in doubts if one.handed_at <= now - FOLDER_TAKES]
            if not doubts:
                return LookUp((), frozenset())
            sure = sa.select(it.message_id).where(it.account_key == account_key, it.state == "sent")
            before = sure.where(it.handed_at < doubts[0].handed_at)
            after = sure.where(it.handed_at.between(doubts[-1].handed_at, now - FOLDER_TAKES))
            known = [
                *connection.scalars(before.order_by(it.handed_at.desc()).limit(WITNESSES)),
                *connection.scalars(after.order_by(it.handed_at).limit(WITNESSES)),
            ]
        return LookUp(tuple(doubts), frozenset(known))

    def settle_doubts(
        self, brand: str, look: LookUp, found: Collection[str], now: datetime
    ) -> Settled:
        """End the doubts that the sent folder can end: what it has was sent; what it lacks did not
        go, if it has every witness and they are `WITNESSES` at least. The others stay open."""
        faithful = len(look.witnesses) >= WITNESSES and look.witnesses <= {*found}
        sent = [one for one in look.doubts if one.message_id in found]
        absent = [one for one in look.doubts if one.message_id not in found]
        released = absent if faithful else []
        with self.writing("mail", brand) as connection:
            why = f"it is there; looked at {now:%Y-%m-%d %H:%M} UTC"
            _settle(connection, sent, "sent", "sent folder", why, now)
            why = f"it is not there, {len(look.witnesses)} others of that time are"
            _settle(connection, released, "released", "sent folder", why, now)
        return Settled(tuple(sent), tuple(released), tuple(absent if not faithful else ()))

    def settle_by_hand(
        self, message_key: int, settlement: Settlement, *, who: str, why: str, now: datetime
    ) -> Doubt:
        """End a doubt as a person says: it went (`sent`), or it did not (`released`: it may be sent
        again). Raises `LookupError` for a message that does not exist, `RejectedError` for one that
        is not in doubt, or without who and why."""
        if not who.strip() or not why.strip():
            raise RejectedError("say who ends the doubt, and why: both stay in the ledger")
        it = mail_messages.c
        with self.writing() as connection:
            state = connection.scalar(
                sa.select(it.state).where(it.message_key == message_key).with_for_update()
            )
            if state is None:
                raise LookupError(f"no message {message_key}")
            if state != "doubtful":
                raise RejectedError(f"message {message_key} is {state}, not in doubt")
            (doubt,) = _doubts(connection, it.message_key == message_key)
            _settle(connection, [doubt], settlement, who, why, now)
        return doubt


def _doubts(connection: Connection, which: sa.ColumnElement[bool]) -> list[Doubt]:
    columns = [mail_messages.c[name] for name in Doubt.__dataclass_fields__]
    query = sa.select(*columns).where(which).order_by("handed_at", "message_key")
    return [Doubt(**row) for row in connection.execute(query).mappings()]


def _keys(rows: Sequence[sa.Row[Any, Any, Any]]) -> list[int]:
    return [row.message_key for row in rows]


def _end(connection: Connection, keys: Sequence[int], **values: object) -> None:
    if keys:
        update = sa.update(mail_messages).where(mail_messages.c.message_key.in_(keys))
        connection.execute(update.values(values))


def _settle(
    connection: Connection,
    doubts: Sequence[Doubt],
    state: Settlement,
    who: str,
    why: str,
    now: datetime,
) -> None:
    """Change those that are still in doubt and keep who says so."""
    it = mail_messages.c
    values = {"state": state, "sentence": f"{who}: {why}"}
    if state == "released":
        values["handed_at"] = sa.null()  # type: ignore[assignment]
    for doubt in doubts:
        changed = connection.execute(
            sa.update(mail_messages)
            .where(it.message_key == doubt.message_key, it.state == "doubtful")
            .values(values)
        )
        if changed.rowcount == 1:
            row = {
                "message_key": doubt.message_key,
                "state": state,
                "at": now,
                "who": who,
                "why": why,
            }
            connection.execute(sa.insert(mail_settlements).values(row))
