"""Which replays of rules were shown, and of which rule as it then was."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "rule_replays",
        sa.Column("replay_id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("known_days", sa.Integer(), nullable=False),
        sa.Column("as_if_known", sa.Boolean(), nullable=False),
        sa.Column("days_fired", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("replay_id", name="pk_rule_replays"),
    )
    op.create_index(
        "ix_rule_replays_brand_process", "rule_replays", ["brand", "process"], unique=False
    )
