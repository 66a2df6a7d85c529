"""What each reading of a list of customers found; who signed up or agreed lately, found fast."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_table(
        "customer_list_readings",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date_day", sa.Date(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=True),
        sa.Column("still_unsubscribed", sa.BigInteger(), nullable=False),
        sa.Column("unusable", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"],
            ["accounts.account_key"],
            name="fk_customer_list_readings_account_key",
        ),
        sa.PrimaryKeyConstraint("account_key", "date_day", name="pk_customer_list_readings"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_people_brand_signed_up_at", "people", ["brand", "signed_up_at"], unique=False
    )
    op.create_index("ix_consents_at", "consents", ["at"], unique=False)
