"""Which tables does the warehouse have? The migrations create what stands here.

The tables of actions stand in `action_tables.py`, those of websites in `site_tables.py`, those of
people's work in `work_tables.py`, those of social networks in `social_tables.py`, those of
customers and of mail to them in `mail_tables.py`.

Analysts read these tables and the views in `migrations/views.py`; both names and units stay.
Money is in major units of the account's currency, a day is a day of the account's time zone,
a moment is UTC. NULL in a figure means "does not apply or unknown", never zero.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

HEAD = "0008"
"""The migration that this code needs. A test keeps it equal to the newest one."""


class Moment(sa.TypeDecorator[datetime]):
    """An aware moment. SQLite has no time zones: there it is stored as UTC text."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments, for nobody could tell later when they were."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"moment {value.isoformat()} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's text its zone back; PostgreSQL answers in the session's zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_key", sa.Integer, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.UniqueConstraint("brand", "platform", "account_id"),
)

entities = sa.Table(
    "entities",
    metadata,
    sa.Column("entity_key", sa.Integer, primary_key=True),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("entity_id", sa.Text, nullable=False),
    sa.Column("parent_id", sa.Text),
    sa.Column("campaign_id", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("status_since", sa.Date),
    sa.Column("daily_budget", sa.Double),
    sa.Column("approval", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("end_date", sa.Date),
    sa.Column("labels", sa.JSON, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.UniqueConstraint("account_key", "level", "entity_id"),
)

pulls = sa.Table(
    "pulls",
    metadata,
    sa.Column("pull_id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("breakdown", sa.Text, nullable=False),
    sa.Column("window_start", sa.Date, nullable=False),
    sa.Column("window_end", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rows_pulled", sa.Integer, nullable=False),
    sa.Column("rows_changed", sa.Integer, nullable=False),
    sa.Column("metrics", sa.Text, nullable=False),  # comma-separated, those the pull brought
    sa.Column("error", sa.Text),
    sa.Column("pulled_at", Moment, nullable=False),
    sa.Column("quality", sa.JSON(none_as_null=True)),  # what the platform says the figures lack
    sa.Index(None, "account_key", "level", "breakdown", "window_end"),
    sa.Index(None, "run_id"),
)

# The two tables below have no foreign keys: PostgreSQL checks each row by itself, which doubles the
# time of a pull. Their keys are read from `entities` in the transaction that writes them, and no
# entity or pull is ever deleted.
performance_daily = sa.Table(
    "performance_daily",
    metadata,
    sa.Column("entity_key", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("breakdown", sa.Text, primary_key=True),
    sa.Column("date_day", sa.Date, primary_key=True),
    sa.Column("spend", sa.Double),
    sa.Column("impressions", sa.Double),
    sa.Column("clicks", sa.Double),
    sa.Column("conversions", sa.Double),
    sa.Column("conversions_value", sa.Double),
    sa.Column("more", sa.JSON),  # the other metrics that are known: {"reach": 12.0}
    sa.Column("pull_id", sa.Integer, nullable=False),  # which last changed the row
    sa.Column("first_pull_id", sa.Integer),  # which brought it; NULL if it was there before 0002
    sqlite_with_rowid=False,
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("entity_key", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("breakdown", sa.Text, primary_key=True),
    sa.Column("date_day", sa.Date, primary_key=True),
    sa.Column("metric", sa.Text, primary_key=True),
    sa.Column("pull_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("old_value", sa.Double),
    sa.Column("new_value", sa.Double),
    sa.Column("changed_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("prefect_run_id", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
)

check_results = sa.Table(
    "check_results",
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("process", sa.Text, primary_key=True),
    sa.Column("as_of", sa.Date, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("check_name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("entity_key", sa.ForeignKey("entities.entity_key")),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("kpi", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("value", sa.Double),
    sa.Column("target", sa.Double),
    sa.Column("previous", sa.Double),
    sa.Column("window_start", sa.Date, nullable=False),
    sa.Column("window_end", sa.Date, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("numbers", sa.JSON, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("alert_id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("check_name", sa.Text, nullable=False),
    sa.Column("entity_key", sa.ForeignKey("entities.entity_key")),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key")),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("last_seen_at", Moment, nullable=False),
    sa.Column("times_seen", sa.Integer, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("value", sa.Double),
    sa.Column("target", sa.Double),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("opened_as_of", sa.Date, nullable=False),
    sa.Column("last_as_of", sa.Date, nullable=False),
    sa.Column("worst", sa.Text, nullable=False),
    sa.Column("resolved_at", Moment),
    sa.Column("resolved_reason", sa.Text),
    sa.CheckConstraint("state IN ('open', 'acknowledged', 'snoozed', 'resolved')", name="state"),
    sa.Index(None, "brand", "process"),
)

STILL_OPEN = sa.text("state <> 'resolved'")
sa.Index(
    "uq_alerts_open_fingerprint",
    alerts.c.fingerprint,
    unique=True,
    sqlite_where=STILL_OPEN,
    postgresql_where=STILL_OPEN,
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body_text", sa.Text, nullable=False),
    sa.Column("body_html", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("in_doubt", sa.Boolean, nullable=False),
    sa.Column("claimed_at", Moment),
    sa.Column("retry_at", Moment),
    sa.Column("delivered_at", Moment),
    sa.Column("error", sa.Text),
    sa.CheckConstraint("state IN ('pending', 'claimed', 'delivered', 'given_up')", name="state"),
    sa.Index(None, "brand", "state"),
)

throttles = sa.Table(
    "throttles",
    metadata,
    sa.Column("throttle", sa.Text, primary_key=True),
    sa.Column("resume_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
