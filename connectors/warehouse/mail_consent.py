"""How is an address suppressed and a consent withdrawn, inside somebody else's transaction?"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from connectors.mail import SuppressionReason
from connectors.warehouse.mail_tables import consents, people, suppressions


def suppress_address(
    connection: Connection,
    brand: str,
    address_key: int,
    reason: SuppressionReason,
    source: str,
    at: datetime,
) -> bool:
    """Let nothing be sent to an address any more; tell whether it was not suppressed for that
    reason already, which stays as it is."""
    of = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"brand": brand, "address_key": address_key, "reason": reason, "at": at, "source": source}
    insert = of.insert(suppressions).values(row).on_conflict_do_nothing()
    # The count of inserted rows is not known on PostgreSQL; what is returned is.
    return connection.scalar(insert.returning(suppressions.c.reason)) is not None


def withdraw(
    connection: Connection, brand: str, address_key: int, source: str, at: datetime, now: datetime
) -> list[int]:
    """Withdraw the consent of whoever has an address; return the persons whose consent that
    changes."""
    changed = connection.scalars(
        sa.update(people)
        .where(
            people.c.brand == brand,
            people.c.address_key == address_key,
            people.c.consent != "unsubscribed",
        )
        .values(consent="unsubscribed", consent_source=source, consent_at=at, updated_at=now)
        .returning(people.c.person_key)
    ).all()
    for person in changed:
        connection.execute(
            sa.insert(consents).values(
                person_key=person, consent="unsubscribed", source=source, at=at, recorded_at=now
            )
        )
    return [*changed]
