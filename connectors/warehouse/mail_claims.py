"""May this message be sent now, and by whom? Claims are made here and nowhere else.

One transaction looks at consent, suppression, caps, stops and at whether the message was claimed
before, and writes the claims; what it read stays true until it is done. A claim is not yet a
message: right before each hand-over `mail_desk.py` asks once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from config.mail import Cap
from connectors.mail import DueMail, MailClaim, NotClaimed
from connectors.people_keys import PeopleKeys
from connectors.warehouse.bulk import insert_rows, new_keys
from connectors.warehouse.database import Database
from connectors.warehouse.mail_claim_facts import (
    Facts,
    Source,
    facts_of,
    handed_since,
    message_of,
)
from connectors.warehouse.mail_claim_rules import refusal
from connectors.warehouse.mail_tables import mail_messages

AT_ONCE = 200
"""As many are claimed in one transaction at most: a worker that dies holds back no more."""

COLUMNS = (
    "message_key", "account_key", "brand", "kind", "source", "step", "round", "arm", "segment",
    "template", "person_key", "address_key", "provider", "message_id", "state", "due_at",
    "claimed_at", "worker", "attempts", "status", "sentence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """What holds for all messages of a brand's account, besides what the warehouse knows."""

    process: str  # whose stop switch counts
    domain: str  # the sender's, for the Message-ID
    keys: PeopleKeys
    caps: tuple[Cap, ...]  # over all that a person gets
    day_began: datetime  # the account's day
    a_day: int | None = None  # the most that goes out on that day; None: as many as there are
    own_caps: Mapping[Source, tuple[Cap, ...]] = field(default_factory=dict)
    """What a person gets at most of one sequence, beside the caps over all."""


class MailClaimStore(Database):
    """Claims on messages."""

    def claim_mail(
        self,
        account_key: int,
        brand: str,
        due: Sequence[DueMail],
        terms: ClaimTerms,
        worker: str,
        now: datetime,
    ) -> list[MailClaim | NotClaimed]:
        """Claim what may be sent now; return a claim or a refusal for each, in the same order.

        Over caps and ramp those of higher priority go first, then those due earlier. Of two workers
        that want the same message one gets it. Raises `ValueError` for more than `AT_ONCE`.
        """
        if len(due) > AT_ONCE:
            raise ValueError(f"{len(due)} messages at once; claim at most {AT_ONCE}")
        if not due:
            return []
        with self.writing("mail", brand) as connection:
            facts = facts_of(connection, account_key, brand, due, terms.process, terms.day_began)
            order = sorted(range(len(due)), key=lambda at: (-due[at].priority, due[at].due_at))
            refused: dict[int, NotClaimed] = {}
            for at in order:
                found = refusal(due[at], facts, terms.caps, terms.own_caps, terms.a_day, now)
                if found is not None:
                    refused[at] = found
                else:
                    facts.take(due[at], now)
            wanted = [at for at in range(len(due)) if at not in refused]
            made = _write(
                connection, account_key, [due[at] for at in wanted], facts, terms, worker, now
            )
        claims = dict(zip(wanted, made, strict=True))
        return [refused.get(at) or claims[at] for at in range(len(due))]

    def mail_handed(self, account_key: int, since: datetime) -> int:
        """Return how many messages an account has handed over since, those under way included."""
        with self.reading() as connection:
            return handed_since(connection, account_key, since)


def message_id_of(keys: PeopleKeys, domain: str, due: DueMail) -> str:
    """Return the Message-ID, the same whenever it is made. Only who has our key can tell from it
    whom it went to."""
    parts = due.brand, due.kind, due.source, due.step, str(due.round), str(due.person_key)
    return f"<{keys.token('message', *parts)}@{domain}>"


def _write(
    connection: Connection,
    account_key: int,
    wanted: Sequence[DueMail],
    facts: Facts,
    terms: ClaimTerms,
    worker: str,
    now: datetime,
) -> list[MailClaim]:
    """Write the claims; a message that was claimed and did not go keeps its row and its id."""
    fresh = [one for one in wanted if message_of(one) not in facts.earlier]
    keys = iter(new_keys(connection, mail_messages.c.message_key, len(fresh)) if fresh else [])
    rows, again, claims = [], [], []
    for one in wanted:
        earlier = facts.earlier.get(message_of(one))
        row = _row(account_key, one, facts, terms, worker, now)
        row["message_key"] = earlier.message_key if earlier else next(keys)
        if earlier:
            again.append({"b_" + name: value for name, value in row.items()})
        else:
            rows.append([row[name] for name in COLUMNS])
        attempts = earlier.attempts if earlier else 0
        claims.append(
            MailClaim(row["message_key"], one.person_key, row["message_id"], now, attempts)
        )
    insert_rows(connection, mail_messages, COLUMNS, rows)
    if again:
        connection.execute(_CLAIM_AGAIN, again)
    return claims


def _row(
    account_key: int,
    due: DueMail,
    facts: Facts,
    terms: ClaimTerms,
    worker: str,
    now: datetime,
) -> dict[str, Any]:
    person = facts.people[due.person_key]
    said = ("brand", "kind", "source", "step", "round", "arm", "segment", "template", "person_key")
    values = zip(said, attrgetter(*said)(due), strict=True)
    return dict(values) | {
        "account_key": account_key,
        "address_key": person.address_key,
        "provider": person.provider,
        "message_id": message_id_of(terms.keys, terms.domain, due),
        "state": "claimed",
        "due_at": due.due_at,
        "claimed_at": now,
        "worker": worker,
        "attempts": 0,
        "status": "",
        "sentence": "",
    }


_CHANGES_AGAIN = (
    "account_key", "arm", "segment", "template", "address_key", "provider", "message_id", "state",
    "due_at", "claimed_at", "worker",
)  # fmt: skip
_CLAIM_AGAIN = (
    sa.update(mail_messages)
    .where(mail_messages.c.message_key == sa.bindparam("b_message_key"))
    .values(
        {
            name: sa.bindparam(f"b_{name}", type_=mail_messages.c[name].type)
            for name in _CHANGES_AGAIN
        }
        | {"handed_at": None, "retry_at": None}
    )
)
