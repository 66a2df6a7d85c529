"""How often watched words are used on social networks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "social_watched",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("date_day", sa.Date(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_social_watched_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "term", "date_day", name="pk_social_watched"),
        sqlite_with_rowid=False,
    )
