"""Posts on social networks, what they earned, followers, comments."""

import sqlalchemy as sa
from alembic import op

from connectors.warehouse.migrations.views import social_post_performance

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and the view."""
    create_posts()
    create_engagement()
    create_followers()
    create_comments()
    create_comment_reads()
    name, query = social_post_performance(op.get_bind().dialect.name)
    op.execute(f"CREATE VIEW {name} AS {query}")


def create_posts() -> None:
    op.create_table(
        "social_posts",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_social_posts_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "post_id", name="pk_social_posts"),
    )
    op.create_index(
        "ix_social_posts_account_key_published_at",
        "social_posts",
        ["account_key", "published_at"],
        unique=False,
    )


def create_engagement() -> None:
    op.create_table(
        "social_engagement",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("reactions", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_key", "post_id", "taken_at", name="pk_social_engagement"),
        sqlite_with_rowid=False,
    )


def create_followers() -> None:
    op.create_table(
        "social_followers",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date_day", sa.Date(), nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_social_followers_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "date_day", name="pk_social_followers"),
    )


def create_comments() -> None:
    op.create_table(
        "social_comments",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("by_us", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("forgotten_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('comment', 'mention')", name="ck_social_comments_kind"),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_social_comments_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", "comment_id", name="pk_social_comments"),
    )
    op.create_index(
        "ix_social_comments_account_key_parent_id",
        "social_comments",
        ["account_key", "parent_id"],
        unique=False,
    )


def create_comment_reads() -> None:
    op.create_table(
        "comment_reads",
        sa.Column("account_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_comment_reads_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", name="pk_comment_reads"),
    )
