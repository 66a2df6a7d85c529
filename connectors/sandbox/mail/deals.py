"""What has been sold, deal by deal? Each belongs to somebody whom the account knows.

Deals follow from the seed and the day alone: one or two are opened a day, each is decided some
weeks later, and a third of them is won. Nothing says which mailing a deal came of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from connectors.sandbox.mail.accounts import Key
from connectors.sandbox.mail.world import MailWorld

WON = 0.35
"""Share of the decided deals."""
MORNING = time(8)


@dataclass(frozen=True, slots=True)
class StoredDeal:
    """Something that may be sold. Numbers count from 1."""

    number: int
    person: int
    opened_at: datetime  # UTC, as are the others
    decided_at: datetime | None  # None: not yet
    won: bool
    value: float | None  # major units; None: nobody filled it in
    currency: str  # ISO 4217; '' for the account's own

    @property
    def changed_at(self) -> datetime:
        """When something about it changed last."""
        return self.decided_at or self.opened_at


def deals(mail: MailWorld, key: Key) -> Iterator[StoredDeal]:
    """Yield what was opened by now, oldest first."""
    account, now, number = mail.accounts[key], mail.now(), 0
    luck = Random(f"{mail.seed}/{key}/deals")  # noqa: S311  a simulation
    opened = datetime.combine(account.began, MORNING, UTC)
    while opened <= now:
        for minutes in range(luck.choice((1, 2))):
            number += 1
            yield _deal(luck, number, account.people, opened + timedelta(minutes=minutes), mail)
        opened += timedelta(days=1)


def _deal(
    luck: Random, number: int, people: int, opened_at: datetime, mail: MailWorld
) -> StoredDeal:
    person = luck.randint(1, max(1, people))
    decided_at = opened_at + timedelta(days=luck.randint(3, 60))
    won, value = luck.random() < WON, round(luck.uniform(150, 4_000), 2)
    currency = "USD" if luck.random() < 0.1 else ""
    decided = decided_at <= mail.now()
    return StoredDeal(
        number=number,
        person=person,
        opened_at=opened_at,
        decided_at=decided_at if decided else None,
        won=won and decided,
        value=None if luck.random() < 0.05 else value,
        currency=currency,
    )
