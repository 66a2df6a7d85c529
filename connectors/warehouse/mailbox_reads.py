"""Up to where has a mailbox been read?"""

import sqlalchemy as sa

from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import mailbox_reads


class MailboxReadStore(Database):
    """The places that reading goes on from."""

    def mailbox_place(self, account_key: int) -> str:
        """Return the place to go on from, as the mailbox itself has said it; '' for the start."""
        it = mailbox_reads.c
        query = sa.select(it.until).where(it.account_key == account_key)
        with self.reading() as connection:
            return connection.scalar(query) or ""

    def save_mailbox_place(self, account_key: int, until: str) -> None:
        """Keep a place, after what stands before it has been recorded."""
        insert = self.upsert(mailbox_reads).values(account_key=account_key, until=until)
        with self.writing() as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[mailbox_reads.c.account_key], set_={"until": until}
                )
            )
