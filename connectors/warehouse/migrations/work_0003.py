"""The tables of people's work, as migration 0003 makes them."""

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)


def create_work() -> None:
    """Create the items and their histories, to which entries are only ever added."""
    create_work_items()
    create_work_events()
    forbid_changes_of_events()


def create_work_items() -> None:
    op.create_table(
        "work_items",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("check_name", sa.Text(), nullable=False),
        sa.Column("entity_key", sa.Integer(), nullable=True),
        sa.Column("account_key", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_as_of", sa.Date(), nullable=False),
        sa.Column("last_as_of", sa.Date(), nullable=False),
        sa.Column("escalated_to", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_because", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name="ck_work_items_state"),
        sa.ForeignKeyConstraint(
            ["account_key"], ["accounts.account_key"], name="fk_work_items_account_key"
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"], ["entities.entity_key"], name="fk_work_items_entity_key"
        ),
        sa.PrimaryKeyConstraint("item_id", name="pk_work_items"),
    )
    op.create_index("ix_work_items_fingerprint", "work_items", ["fingerprint"], unique=False)
    op.create_index("ix_work_items_brand_state", "work_items", ["brand", "state"], unique=False)
    where = sa.text("state = 'open'")
    op.create_index(
        "uq_work_items_open_fingerprint",
        "work_items",
        ["fingerprint"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def create_work_events() -> None:
    op.create_table(
        "work_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["work_items.item_id"], name="fk_work_events_item_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_work_events"),
        sa.UniqueConstraint("item_id", "version", name="uq_work_events_item_id_version"),
    )


def forbid_changes_of_events() -> None:
    """Make the database itself refuse to change or remove an entry of the history."""
    if op.get_bind().dialect.name == "postgresql":
        forbid_in_postgresql()
    else:
        forbid_in_sqlite()


def forbid_in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION work_events_are_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'work_events: entries are only ever added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER work_events_only_added "
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON work_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION work_events_are_only_added()"
    )


def forbid_in_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'work_events: entries are only ever added'); END"
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER work_events_no_{act.lower()} BEFORE {act} ON work_events {refuse}"
        )
    # INSERT OR REPLACE deletes the row that it replaces without asking a DELETE trigger.
    same = "event_id = NEW.event_id OR (item_id = NEW.item_id AND version = NEW.version)"
    there = f"EXISTS (SELECT 1 FROM work_events WHERE {same})"  # noqa: S608, no text from outside
    op.execute(
        f"CREATE TRIGGER work_events_no_replace BEFORE INSERT ON work_events WHEN {there} {refuse}"
    )
