"""Which tables hold what people have to do, and how each item came to be as it is?

Beside those of `schema.py`, whose words on names, units and moments hold here too.
"""

from typing import get_args

import sqlalchemy as sa

from connectors.warehouse.action_tables import words
from connectors.warehouse.schema import Moment, metadata
from connectors.work import WorkState

work_items = sa.Table(
    "work_items",
    metadata,
    sa.Column("item_id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),  # which opened it
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("check_name", sa.Text, nullable=False),
    sa.Column("entity_key", sa.ForeignKey("entities.entity_key")),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("numbers", sa.JSON, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("opened_as_of", sa.Date, nullable=False),
    sa.Column("last_as_of", sa.Date, nullable=False),
    sa.Column("escalated_to", sa.Text, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("closed_by", sa.Text, nullable=False),
    sa.Column("closed_because", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(f"state IN ({words(get_args(WorkState))})", name="state"),
    sa.Index(None, "brand", "state"),
    sa.Index(None, "fingerprint"),
)

OPEN_ITEM = sa.text("state = 'open'")
sa.Index(
    "uq_work_items_open_fingerprint",
    work_items.c.fingerprint,
    unique=True,
    sqlite_where=OPEN_ITEM,
    postgresql_where=OPEN_ITEM,
)

# Triggers refuse every UPDATE and DELETE here; see migration 0003.
work_events = sa.Table(
    "work_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.ForeignKey("work_items.item_id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of the item, from this event on
    sa.Column("at", Moment, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.UniqueConstraint("item_id", "version"),
)
