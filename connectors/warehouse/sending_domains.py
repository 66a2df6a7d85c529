"""What did the DNS say last of the domains that mail is sent for?"""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from connectors.sending_domain.facts import SendingDomain
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import sending_domains as table


class SendingDomainStore(Database):
    """The newest answer for each account that sends."""

    def save_sending_domain(self, account_key: int, found: SendingDomain, now: datetime) -> None:
        """Keep what was found in place of what was found before."""
        row = {**asdict(found), "problems": [*found.problems], "checked_at": now}
        insert = self.upsert(table).values(account_key=account_key, **row)
        with self.writing("sending domains", account_key) as connection:
            connection.execute(
                insert.on_conflict_do_update(index_elements=["account_key"], set_=row)
            )

    def sending_domain(self, account_key: int) -> tuple[SendingDomain, datetime] | None:
        """Return what was found last, and when; None if nobody has looked."""
        names = [*SendingDomain.__dataclass_fields__]
        query = sa.select(*(table.c[name] for name in names), table.c.checked_at).where(
            table.c.account_key == account_key
        )
        with self.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        found = {name: row[name] for name in names}
        return SendingDomain(**{**found, "problems": tuple(row["problems"])}), row["checked_at"]
