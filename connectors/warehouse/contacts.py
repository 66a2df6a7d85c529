"""Whom can be written to at all, and whom mail is welcome to: for lists that others send to."""

from collections.abc import Iterator

import sqlalchemy as sa

from connectors.audience import Contact
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import people, suppressions

AT_ONCE = 5000  # people in one batch


class ContactStore(Database):
    """Reads of everybody who has an address."""

    def contacts(self, brand: str) -> Iterator[list[Contact]]:
        """Yield a brand's people with an address, in order of their keys, in batches.

        Mail is welcome to who is subscribed, whose address is not suppressed, and is that of nobody
        who has unsubscribed. Read them to the end before anything else is done: the view of the
        data stays open for so long.
        """
        other = people.alias()
        withdrawn = sa.exists().where(
            other.c.brand == people.c.brand,
            other.c.address_key == people.c.address_key,
            other.c.consent == "unsubscribed",
        )
        suppressed = sa.exists().where(
            suppressions.c.brand == people.c.brand,
            suppressions.c.address_key == people.c.address_key,
        )
        welcome = (people.c.consent == "subscribed") & ~suppressed & ~withdrawn
        query = (
            sa.select(
                people.c.person_key,
                people.c.address,
                welcome,
                people.c.consent_source,
                people.c.consent_at,
            )
            .where(people.c.brand == brand, people.c.address.is_not(None))
            .order_by(people.c.person_key)
        )
        with self.reading() as connection:
            rows = connection.execution_options(yield_per=AT_ONCE).execute(query)
            for part in rows.partitions():
                yield [Contact(key, at, bool(ok), *rest) for key, at, ok, *rest in part]
