"""Which tables hold actions, their history, stops, platforms' change history, replays of rules?

Beside those of `schema.py`, whose words on names, units and moments hold here too. A value stands
as `connectors.changes.text_of` writes it, exact; `number_before` and the like are the same number
as a double, for analysts to reckon with and never to be written to a platform.
"""

from typing import get_args

import sqlalchemy as sa

from connectors.actions import DONE, STATES, WAITING, Judged
from connectors.warehouse.schema import Moment, metadata

SUPERSEDED = ("refused", "expired", "failed")
"""Ends after which the same proposal may be recorded anew."""


def words(values: tuple[str, ...]) -> str:
    """Return words of our own as an SQL list."""
    return ", ".join(f"'{value}'" for value in values)


actions = sa.Table(
    "actions",
    metadata,
    sa.Column("action_id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),  # which recorded it
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("playbook", sa.Text, nullable=False),
    sa.Column("check_name", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("entity_key", sa.ForeignKey("entities.entity_key")),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("entity_id", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("campaign_id", sa.Text),
    sa.Column("value_before", sa.Text, nullable=False),
    sa.Column("value_after", sa.Text, nullable=False),
    sa.Column("number_before", sa.Double),
    sa.Column("number_after", sa.Double),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("numbers", sa.JSON, nullable=False),
    sa.Column("window_end", sa.Date, nullable=False),
    sa.Column("metrics", sa.JSON, nullable=False),
    sa.Column("expected", sa.JSON(none_as_null=True)),
    sa.Column("risk", sa.Text, nullable=False),
    sa.Column("undo", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("judge_after_days", sa.Integer, nullable=False),
    sa.Column("restore_on", sa.Date),
    sa.Column("group_name", sa.Text, nullable=False),
    sa.Column("takes_back", sa.ForeignKey("actions.action_id")),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("approvals", sa.JSON, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("applied_at", Moment),
    sa.Column("judge_on", sa.Date),  # UTC; from when on it may be judged
    sa.Column("judged", sa.Text),
    sa.Column("outcome", sa.JSON(none_as_null=True)),
    sa.CheckConstraint(f"state IN ({words(STATES)})", name="state"),
    sa.CheckConstraint(f"judged IN ({words(get_args(Judged))})", name="judged"),
    sa.Index(None, "fingerprint"),
    sa.Index(None, "brand", "state"),
    sa.Index(None, "brand", "created_at"),
    sa.Index(None, "account_key", "applied_at"),
)

SUBJECT = ("account_key", "level", "entity_id", "field", "item")


def _unique(name: str, columns: tuple[str, ...], condition: str) -> None:
    """Let a combination occur once among the actions that a condition holds for."""
    where = sa.text(condition)
    found = [actions.c[column] for column in columns]
    sa.Index(name, *found, unique=True, sqlite_where=where, postgresql_where=where)


_unique("uq_actions_waiting", SUBJECT, f"state IN ({words(WAITING)})")
_unique("uq_actions_fingerprint", ("fingerprint",), f"state NOT IN ({words(SUPERSEDED)})")
_unique("uq_actions_takes_back", ("takes_back",), f"state IN ({words((*WAITING, *DONE))})")

# Triggers refuse every UPDATE and DELETE here; see migration 0002.
action_events = sa.Table(
    "action_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("action_id", sa.ForeignKey("actions.action_id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of the action, from this event on
    sa.Column("at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.UniqueConstraint("action_id", "version"),
)

stops = sa.Table(
    "stops",
    metadata,
    sa.Column("stop_id", sa.Integer, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("released_at", Moment),
    sa.Column("released_by", sa.Text),
    sa.Column("released_because", sa.Text),
)

STILL_ON = sa.text("released_at IS NULL")
sa.Index(
    "uq_stops_on",
    stops.c.brand,
    stops.c.process,
    unique=True,
    sqlite_where=STILL_ON,
    postgresql_where=STILL_ON,
)

platform_edits = sa.Table(
    "platform_edits",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("edit_id", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("entity_id", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("old_value", sa.Text),
    sa.Column("new_value", sa.Text),
    sa.Column("old_number", sa.Double),
    sa.Column("new_number", sa.Double),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("tool", sa.Text, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),  # when we first read it
    sa.Index(None, "account_key", "at"),
)

edit_reads = sa.Table(
    "edit_reads",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("until", Moment, nullable=False),  # all edits up to then are in `platform_edits`
)

rule_replays = sa.Table(
    "rule_replays",  # every replay that stands for having read a rule, as the rule then was
    metadata,
    sa.Column("replay_id", sa.Integer, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("playbook", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("known_days", sa.Integer, nullable=False),
    sa.Column("as_if_known", sa.Boolean, nullable=False),
    sa.Column("days_fired", sa.Integer, nullable=False),
    sa.Column("waits", sa.Integer, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("refused", sa.JSON, nullable=False),  # reason to how many
    sa.Index(None, "brand", "process"),
)
