"""To whom is nothing sent any more, since when and why; and who took that back?"""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from connectors.base import RejectedError
from connectors.mail import SuppressionReason
from connectors.warehouse.among import among
from connectors.warehouse.database import Database
from connectors.warehouse.mail_consent import suppress_address, withdraw
from connectors.warehouse.mail_tables import consents, erasures, lifted_suppressions, people
from connectors.warehouse.mail_tables import suppressions as table


class SuppressionStore(Database):
    """Reads and writes of suppressions and withdrawals."""

    def suppress(
        self, brand: str, address_key: int, reason: SuppressionReason, source: str, at: datetime
    ) -> bool:
        """Let nothing be sent to an address; tell whether it was not suppressed so already."""
        with self.writing() as connection:
            return suppress_address(connection, brand, address_key, reason, source, at)

    def unsuppress(
        self, brand: str, address_key: int, *, who: str, why: str, now: datetime
    ) -> tuple[str, ...]:
        """Lift every suppression of an address, and keep who did so and why.

        A consent that was withdrawn stays so until the customer list has a later one. Of somebody
        who was erased, the next list may bring the person back. Returns the reasons that were
        lifted. Raises `RejectedError` without a person or a reason.
        """
        if not (who.strip() and why.strip()):
            raise RejectedError("lifting a suppression takes who does it and why")
        mine = (table.c.brand == brand) & (table.c.address_key == address_key)
        with self.writing("people", brand) as connection:
            gone = sa.delete(table).where(mine).returning(table)
            rows = connection.execute(gone).mappings().all()
            for row in rows:
                lifted = {"lifted_at": now, "who": who, "why": why}
                connection.execute(sa.insert(lifted_suppressions).values(**row, **lifted))
            connection.execute(
                sa.delete(erasures).where(
                    erasures.c.brand == brand, erasures.c.address_key == address_key
                )
            )
        return tuple(sorted(row["reason"] for row in rows))

    def suppressed(self, brand: str, address_keys: Collection[int]) -> set[int]:
        """Return those of these addresses that nothing is sent to."""
        with self.reading() as connection:
            its = among(connection, table.c.address_key, address_keys)
            query = sa.select(table.c.address_key).where(table.c.brand == brand, its)
            return {*connection.scalars(query)}

    def suppression_counts(self, brand: str) -> tuple[int, dict[str, int]]:
        """Return to how many addresses nothing is sent, and to how many of them for each reason:
        an address may have several."""
        mine = table.c.brand == brand
        all_ = sa.select(sa.func.count(sa.distinct(table.c.address_key))).where(mine)
        each = sa.select(table.c.reason, sa.func.count()).where(mine).group_by(table.c.reason)
        with self.reading() as connection:
            rows = connection.execute(each.order_by(table.c.reason)).all()
            return connection.scalar(all_) or 0, {row[0]: row[1] for row in rows}

    def withdraw_consent(
        self,
        brand: str,
        *,
        address_key: int | None = None,
        person_key: int | None = None,
        source: str,
        at: datetime,
        now: datetime,
    ) -> Sequence[int]:
        """Take back the consent of a person, or of whoever has an address; return the people whose
        consent that changes."""
        with self.writing() as connection:
            if address_key is not None:
                return withdraw(connection, brand, address_key, source, at, now)
            its = sa.update(people).where(
                people.c.brand == brand,
                people.c.person_key == person_key,
                people.c.consent != "unsubscribed",
            )
            values = {"consent": "unsubscribed", "consent_source": source, "consent_at": at}
            changed = connection.scalars(
                its.values(**values, updated_at=now).returning(people.c.person_key)
            ).all()
            for person in changed:
                row = {"person_key": person, "consent": "unsubscribed", "source": source}
                connection.execute(sa.insert(consents).values(**row, at=at, recorded_at=now))
            return changed
