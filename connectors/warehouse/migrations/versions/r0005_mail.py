"""Customers, whether they agreed to mail, what mail they got and what came of it."""

import sqlalchemy as sa
from alembic import op

from connectors.warehouse.migrations.mailing_0005 import create_mailing
from connectors.warehouse.migrations.views import CUSTOMERS, mail_performance

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and the views."""
    create_people()
    create_consents()
    create_suppressions()
    create_lifted_suppressions()
    create_erasures()
    create_orders()
    create_customer_scores()
    create_segment_members()
    create_mailing()
    for name, query in (CUSTOMERS, mail_performance(op.get_bind().dialect.name)):
        op.execute(f"CREATE VIEW {name} AS {query}")


def create_people() -> None:
    op.create_table(
        "people",
        sa.Column("person_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("address_key", sa.BigInteger(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consent_source", sa.Text(), nullable=False),
        sa.Column("consent_at", MOMENT, nullable=True),
        sa.Column("signed_up_at", MOMENT, nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "consent IN ('subscribed', 'pending', 'unsubscribed', 'never')",
            name="ck_people_consent",
        ),
        sa.PrimaryKeyConstraint("person_key", name="pk_people"),
        sa.UniqueConstraint("brand", "customer_id", name="uq_people_brand_customer_id"),
    )
    op.create_index("ix_people_brand_address_key", "people", ["brand", "address_key"], unique=False)


def create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consents"),
    )
    op.create_index("ix_consents_person_key", "consents", ["person_key"], unique=False)


def create_suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("address_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('unsubscribed', 'hard_bounce', 'soft_bounces', 'complaint', 'erased', "
            "'by_hand')",
            name="ck_suppressions_reason",
        ),
        sa.PrimaryKeyConstraint("brand", "address_key", "reason", name="pk_suppressions"),
        sqlite_with_rowid=False,
    )


def create_lifted_suppressions() -> None:
    op.create_table(
        "lifted_suppressions",
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("address_key", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lift_id", name="pk_lifted_suppressions"),
    )
    op.create_index(
        "ix_lifted_suppressions_brand_address_key",
        "lifted_suppressions",
        ["brand", "address_key"],
        unique=False,
    )


def create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("person_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("address_key", sa.BigInteger(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("person_key", name="pk_erasures"),
    )
    op.create_index(
        "ix_erasures_brand_address_key", "erasures", ["brand", "address_key"], unique=False
    )


def create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("person_key", sa.BigInteger(), nullable=False),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "order_id", name="pk_orders"),
    )
    op.create_index(
        "ix_orders_person_key_ordered_at", "orders", ["person_key", "ordered_at"], unique=False
    )
    op.create_index("ix_orders_brand_ordered_at", "orders", ["brand", "ordered_at"], unique=False)


def create_customer_scores() -> None:
    op.create_table(
        "customer_scores",
        sa.Column("person_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("first_order", sa.Date(), nullable=True),
        sa.Column("last_order", sa.Date(), nullable=True),
        sa.Column("r", sa.Integer(), nullable=True),
        sa.Column("f", sa.Integer(), nullable=True),
        sa.Column("m", sa.Integer(), nullable=True),
        sa.Column("p_alive", sa.Double(), nullable=True),
        sa.Column("expected_orders", sa.Double(), nullable=True),
        sa.Column("expected_value", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('subscriber', 'new', 'active', 'at_risk', 'lapsed', 'won_back')",
            name="ck_customer_scores_stage",
        ),
        sa.PrimaryKeyConstraint("person_key", name="pk_customer_scores"),
    )
    op.create_index("ix_customer_scores_brand", "customer_scores", ["brand"], unique=False)


def create_segment_members() -> None:
    op.create_table(
        "segment_members",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("person_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint(
            "brand", "segment", "person_key", "entered_on", name="pk_segment_members"
        ),
    )
    op.create_index(
        "ix_segment_members_person_key", "segment_members", ["person_key"], unique=False
    )
