"""The tables of sequences, campaigns, messages and reports, as migration 0005 makes them."""

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)


def create_mailing() -> None:
    """Create the plans, the messages, and what came of them."""
    create_enrolments()
    create_sequence_versions()
    create_mail_skips()
    create_campaign_decisions()
    create_mail_messages()
    create_mail_settlements()
    create_mail_events()
    create_mail_stops()
    create_mailbox_reads()
    create_sending_domains()


def create_enrolments() -> None:
    op.create_table(
        "enrolments",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Text(), nullable=False),
        sa.Column("person_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("arms", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('active', 'finished', 'left')", name="ck_enrolments_state"),
        sa.PrimaryKeyConstraint("brand", "sequence", "person_key", name="pk_enrolments"),
    )
    op.create_index("ix_enrolments_person_key", "enrolments", ["person_key"], unique=False)
    op.create_index(
        "ix_enrolments_due",
        "enrolments",
        ["brand", "sequence", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def create_sequence_versions() -> None:
    op.create_table(
        "sequence_versions",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("brand", "sequence", "version", name="pk_sequence_versions"),
    )


def create_mail_skips() -> None:
    op.create_table(
        "mail_skips",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("skipped_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('sequence', 'campaign')", name="ck_mail_skips_kind"),
        sa.PrimaryKeyConstraint(
            "brand", "kind", "source", "step", "round", "person_key", name="pk_mail_skips"
        ),
    )
    op.create_index("ix_mail_skips_person_key", "mail_skips", ["person_key"], unique=False)
    op.create_index(
        "ix_mail_skips_brand_skipped_at", "mail_skips", ["brand", "skipped_at"], unique=False
    )


def create_campaign_decisions() -> None:
    op.create_table(
        "campaign_decisions",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "campaign", name="pk_campaign_decisions"),
    )


def create_mail_messages() -> None:
    op.create_table(
        "mail_messages",
        sa.Column("message_key", sa.Integer(), nullable=False),
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("person_key", sa.BigInteger(), nullable=False),
        sa.Column("address_key", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("handed_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT, nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('sequence', 'campaign')", name="ck_mail_messages_kind"),
        sa.CheckConstraint(
            "state IN ('claimed', 'sending', 'sent', 'refused', 'deferred', 'doubtful', "
            "'released')",
            name="ck_mail_messages_state",
        ),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_mail_messages_account_key"
        ),
        sa.PrimaryKeyConstraint("message_key", name="pk_mail_messages"),
        sa.UniqueConstraint(
            "brand",
            "kind",
            "source",
            "step",
            "round",
            "person_key",
            name="uq_mail_messages_brand_kind_source_step_round_person_key",
        ),
        sa.UniqueConstraint("message_id", name="uq_mail_messages_message_id"),
    )
    for columns in (("person_key", "handed_at"), ("account_key", "handed_at"), ("brand", "state")):
        name = "_".join(("ix_mail_messages", *columns))
        op.create_index(name, "mail_messages", [*columns], unique=False)


def create_mail_settlements() -> None:
    op.create_table(
        "mail_settlements",
        sa.Column("settlement_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('sent', 'released')", name="ck_mail_settlements_state"),
        sa.PrimaryKeyConstraint("settlement_id", name="pk_mail_settlements"),
    )
    op.create_index(
        "ix_mail_settlements_message_key", "mail_settlements", ["message_key"], unique=False
    )


def create_mail_events() -> None:
    op.create_table(
        "mail_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("message_key", sa.Integer(), nullable=True),
        sa.Column("address_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('hard_bounce', 'soft_bounce', 'delayed', 'complaint', 'unsubscribe', "
            "'reply', 'auto_reply', 'click')",
            name="ck_mail_events_kind",
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_mail_events"),
        sa.UniqueConstraint(
            "brand",
            "source",
            "kind",
            "address_key",
            name="uq_mail_events_brand_source_kind_address_key",
        ),
    )
    op.create_index("ix_mail_events_message_key", "mail_events", ["message_key"], unique=False)
    op.create_index("ix_mail_events_brand_at", "mail_events", ["brand", "at"], unique=False)


def create_mail_stops() -> None:
    op.create_table(
        "mail_stops",
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("stop_id", name="pk_mail_stops"),
    )


def create_sending_domains() -> None:
    op.create_table(
        "sending_domains",
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("spf", sa.Text(), nullable=False),
        sa.Column("dkim", sa.Text(), nullable=False),
        sa.Column("dmarc", sa.Text(), nullable=False),
        sa.Column("mx", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_sending_domains_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", name="pk_sending_domains"),
    )


def create_mailbox_reads() -> None:
    op.create_table(
        "mailbox_reads",
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_mailbox_reads_account_key"
        ),
        sa.PrimaryKeyConstraint("account_key", name="pk_mailbox_reads"),
    )
