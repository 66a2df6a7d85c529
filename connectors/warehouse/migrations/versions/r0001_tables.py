"""The first tables and views."""

import sqlalchemy as sa
from alembic import op

from connectors.warehouse.migrations.views import VIEWS

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table, then the views on them."""
    create_accounts()
    create_entities()
    create_pulls()
    create_performance_daily()
    create_revisions()
    create_runs()
    create_check_results()
    create_alerts()
    create_outbox()
    create_throttles()
    for name, query in VIEWS:
        op.execute(f"CREATE VIEW {name} AS {query}")


def create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account_key", name="pk_accounts"),
        sa.UniqueConstraint(
            "brand", "platform", "account_id", name="uq_accounts_brand_platform_account_id"
        ),
    )


def create_entities() -> None:
    op.create_table(
        "entities",
        sa.Column("entity_key", sa.Integer(), nullable=False),
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_since", sa.Date(), nullable=True),
        sa.Column("daily_budget", sa.Double(), nullable=True),
        sa.Column("approval", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_entities_account_key"
        ),
        sa.PrimaryKeyConstraint("entity_key", name="pk_entities"),
        sa.UniqueConstraint(
            "account_key", "level", "entity_id", name="uq_entities_account_key_level_entity_id"
        ),
    )


def create_pulls() -> None:
    op.create_table(
        "pulls",
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_pulled", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pulled_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_pulls_account_key"
        ),
        sa.PrimaryKeyConstraint("pull_id", name="pk_pulls"),
    )
    op.create_index(
        "ix_pulls_account_key_level_breakdown_window_end",
        "pulls",
        ["account_key", "level", "breakdown", "window_end"],
        unique=False,
    )
    op.create_index("ix_pulls_run_id", "pulls", ["run_id"], unique=False)


def create_performance_daily() -> None:
    op.create_table(
        "performance_daily",
        sa.Column("entity_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("date_day", sa.Date(), nullable=False),
        sa.Column("spend", sa.Double(), nullable=True),
        sa.Column("impressions", sa.Double(), nullable=True),
        sa.Column("clicks", sa.Double(), nullable=True),
        sa.Column("conversions", sa.Double(), nullable=True),
        sa.Column("conversions_value", sa.Double(), nullable=True),
        sa.Column("more", sa.JSON(), nullable=True),
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entity_key", "breakdown", "date_day", name="pk_performance_daily"),
        sqlite_with_rowid=False,
    )


def create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("entity_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("date_day", sa.Date(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("pull_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("old_value", sa.Double(), nullable=True),
        sa.Column("new_value", sa.Double(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(
            "entity_key", "breakdown", "date_day", "metric", "pull_id", name="pk_revisions"
        ),
        sqlite_with_rowid=False,
    )


def create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("prefect_run_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )


def create_check_results() -> None:
    op.create_table(
        "check_results",
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("check_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("entity_key", sa.Integer(), nullable=True),
        sa.Column("account_key", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("previous", sa.Double(), nullable=True),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_check_results_account_key"
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"], ["entities.entity_key"], name="fk_check_results_entity_key"
        ),
        sa.PrimaryKeyConstraint("brand", "process", "as_of", "position", name="pk_check_results"),
    )


def create_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("check_name", sa.Text(), nullable=False),
        sa.Column("entity_key", sa.Integer(), nullable=True),
        sa.Column("account_key", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("opened_as_of", sa.Date(), nullable=False),
        sa.Column("last_as_of", sa.Date(), nullable=False),
        sa.Column("worst", sa.Text(), nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'snoozed', 'resolved')", name="ck_alerts_state"
        ),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_alerts_account_key"
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"], ["entities.entity_key"], name="fk_alerts_entity_key"
        ),
        sa.PrimaryKeyConstraint("alert_id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_brand_process", "alerts", ["brand", "process"], unique=False)
    op.create_index(
        "uq_alerts_open_fingerprint",
        "alerts",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("state <> 'resolved'"),
        postgresql_where=sa.text("state <> 'resolved'"),
    )


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("retry_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'delivered', 'given_up')", name="ck_outbox_state"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_brand_state", "outbox", ["brand", "state"], unique=False)


def create_throttles() -> None:
    op.create_table(
        "throttles",
        sa.Column("throttle", sa.Text(), nullable=False),
        sa.Column("resume_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("throttle", name="pk_throttles"),
    )
