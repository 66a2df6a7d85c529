"""Which tables hold customers, who of them agreed to mail, and what mail they got?

Beside those of `schema.py`, whose words on names, units and moments hold here too.

Addresses, names and whatever else says who somebody is stand in `people` alone. Every other table
knows a person by `person_key` and an address by `address_key` (see `connectors/people_keys.py`).
A person who is erased loses the row in `people` and all rows by `person_key`, except one in
`erasures`; suppressions stay. Both keep a promise and name nobody.
"""

from typing import get_args

import sqlalchemy as sa

from config.mail import Consent, Stage
from connectors.mail import ClaimState, ReportKind, SourceKind, SuppressionReason
from connectors.warehouse.action_tables import words
from connectors.warehouse.schema import Moment, metadata

people = sa.Table(
    "people",
    metadata,
    sa.Column("person_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("address", sa.Text),
    sa.Column("address_key", sa.BigInteger),
    sa.Column("fields", sa.JSON, nullable=False),  # first_name, birthday, ...
    sa.Column("consent", sa.Text, nullable=False),
    sa.Column("consent_source", sa.Text, nullable=False),
    sa.Column("consent_at", Moment),
    sa.Column("signed_up_at", Moment),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("first_seen_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.UniqueConstraint("brand", "customer_id"),
    sa.CheckConstraint(f"consent IN ({words(get_args(Consent))})", name="consent"),
    sa.Index(None, "brand", "address_key"),
    sa.Index(None, "brand", "signed_up_at"),
)

consents = sa.Table(
    "consents",  # append-only: each change of a person's consent, and where it comes from
    metadata,
    sa.Column("consent_id", sa.Integer, primary_key=True),
    sa.Column("person_key", sa.BigInteger, nullable=False),
    sa.Column("consent", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),  # when it was given or withdrawn
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Index(None, "person_key"),
    sa.Index(None, "at"),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("address_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # `imap INBOX;UID=7`, `one click`, a person
    sa.CheckConstraint(f"reason IN ({words(get_args(SuppressionReason))})", name="reason"),
    sqlite_with_rowid=False,
)

lifted_suppressions = sa.Table(
    "lifted_suppressions",  # append-only: who let somebody be written to again, and why
    metadata,
    sa.Column("lift_id", sa.Integer, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("address_key", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),  # `at` and `source` of the suppression
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("lifted_at", Moment, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Index(None, "brand", "address_key"),
)

erasures = sa.Table(
    "erasures",  # who is not to come back with the next list
    metadata,
    sa.Column("person_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("address_key", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
    sa.Index(None, "brand", "address_key"),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("person_key", sa.BigInteger, nullable=False),
    sa.Column("ordered_at", Moment, nullable=False),
    sa.Column("value", sa.Double, nullable=False),  # major units of the brand's currency
    sa.Index(None, "person_key", "ordered_at"),
    sa.Index(None, "brand", "ordered_at"),
)

customer_scores = sa.Table(
    "customer_scores",  # as of the last scoring; one row per person
    metadata,
    sa.Column("person_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("orders", sa.Integer, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("first_order", sa.Date),
    sa.Column("last_order", sa.Date),
    sa.Column("r", sa.Integer),  # quintiles, 5 is best; NULL without an order
    sa.Column("f", sa.Integer),
    sa.Column("m", sa.Integer),
    sa.Column("p_alive", sa.Double),  # NULL: no model could be fitted
    sa.Column("expected_orders", sa.Double),  # in the next 365 days
    sa.Column("expected_value", sa.Double),
    sa.CheckConstraint(f"stage IN ({words(get_args(Stage))})", name="stage"),
    sa.Index(None, "brand"),
)

segment_members = sa.Table(
    "segment_members",  # an interval per stay: who is in a segment has no `left_on`
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("segment", sa.Text, primary_key=True),
    sa.Column("person_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entered_on", sa.Date, primary_key=True),
    sa.Column("left_on", sa.Date),
    sa.Index(None, "person_key"),
)

enrolments = sa.Table(
    "enrolments",  # one row per person and sequence
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Text, primary_key=True),
    sa.Column("person_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("round", sa.Integer, nullable=False),  # how often the person has entered
    sa.Column("entered_at", Moment, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),  # what let the person in: `order 536365`
    sa.Column("version", sa.Text, nullable=False),  # digest of the sequence's steps
    sa.Column("step", sa.Text, nullable=False),  # the id of the step that comes next
    sa.Column("arms", sa.JSON, nullable=False),  # split to the arm that was drawn
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),  # why it ended; '' while it has not
    sa.Column("planned_at", Moment),  # when the plan wants the next step; NULL once it has ended
    sa.Column("due_at", Moment),  # when it is looked at: later, if caps or a ramp put it off
    sa.Column("updated_at", Moment, nullable=False),
    sa.CheckConstraint("state IN ('active', 'finished', 'left')", name="state"),
    sa.Index(None, "person_key"),
)

STILL_ACTIVE = sa.text("due_at IS NOT NULL")
sa.Index(
    "ix_enrolments_due",
    enrolments.c.brand,
    enrolments.c.sequence,
    enrolments.c.due_at,
    sqlite_where=STILL_ACTIVE,
    postgresql_where=STILL_ACTIVE,
)

sequence_versions = sa.Table(
    "sequence_versions",  # what the steps of a version were, for those who entered under it
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("steps", sa.JSON, nullable=False),  # their ids in order
    sa.Column("first_seen_at", Moment, nullable=False),
)

mail_skips = sa.Table(
    "mail_skips",  # messages that were due and will never be sent, each with its reason
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person_key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("skipped_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint(f"kind IN ({words(get_args(SourceKind))})", name="kind"),
    sa.Index(None, "person_key"),
    sa.Index(None, "brand", "skipped_at"),
)

campaign_decisions = sa.Table(
    "campaign_decisions",  # how a campaign's test ended; it ends once
    metadata,
    sa.Column("brand", sa.Text, primary_key=True),
    sa.Column("campaign", sa.Text, primary_key=True),
    sa.Column("arm", sa.Text, nullable=False),  # what the others get
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("numbers", sa.JSON, nullable=False),
)

mail_messages = sa.Table(
    "mail_messages",  # one row per message that was ever claimed
    metadata,
    sa.Column("message_key", sa.Integer, primary_key=True),
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # sequence, campaign
    sa.Column("source", sa.Text, nullable=False),  # the name of the sequence or campaign
    sa.Column("step", sa.Text, nullable=False),  # '' for a campaign
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("arm", sa.Text, nullable=False),  # of a test; '' if there is none
    sa.Column("segment", sa.Text, nullable=False),  # the segment that let the person in, or ''
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("person_key", sa.BigInteger, nullable=False),
    sa.Column("address_key", sa.BigInteger, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),  # of the mailbox: gmail, microsoft, other, ...
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("claimed_at", Moment, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),  # who claimed it
    sa.Column("handed_at", Moment),  # when it went out, or may have
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Moment),  # of a deferred one
    sa.Column("code", sa.Integer),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.UniqueConstraint("brand", "kind", "source", "step", "round", "person_key"),
    sa.UniqueConstraint("message_id"),
    sa.CheckConstraint(f"state IN ({words(get_args(ClaimState))})", name="state"),
    sa.CheckConstraint(f"kind IN ({words(get_args(SourceKind))})", name="kind"),
    sa.Index(None, "person_key", "handed_at"),
    sa.Index(None, "account_key", "handed_at"),
    sa.Index(None, "brand", "state"),
)

mail_settlements = sa.Table(
    "mail_settlements",  # append-only: how a doubt ended, and who or what says so
    metadata,
    sa.Column("settlement_id", sa.Integer, primary_key=True),
    sa.Column("message_key", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # sent, released
    sa.Column("at", Moment, nullable=False),
    sa.Column("who", sa.Text, nullable=False),  # a person, or `sent folder`
    sa.Column("why", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('sent', 'released')", name="state"),
    sa.Index(None, "message_key"),
)

mail_events = sa.Table(
    "mail_events",  # what came of messages; the same event is told once
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("message_key", sa.Integer),  # NULL: the report does not say which
    sa.Column("address_key", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # where it was read
    sa.UniqueConstraint("brand", "source", "kind", "address_key"),
    sa.CheckConstraint(f"kind IN ({words((*get_args(ReportKind), 'click'))})", name="kind"),
    sa.Index(None, "message_key"),
    sa.Index(None, "brand", "at"),
)

mail_stops = sa.Table(
    "mail_stops",  # a sequence or campaign that was stopped, by the breaker or a person
    metadata,
    sa.Column("stop_id", sa.Integer, primary_key=True),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("who", sa.Text, nullable=False),  # `breaker` or a person
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("released_at", Moment),
    sa.Column("released_by", sa.Text),
    sa.Column("released_because", sa.Text),
)

customer_list_readings = sa.Table(
    "customer_list_readings",  # what a complete reading of a list of customers found, by day
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("date_day", sa.Date, primary_key=True),
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("missing", sa.BigInteger),  # NULL: the brand has other lists
    sa.Column("still_unsubscribed", sa.BigInteger, nullable=False),
    sa.Column("unusable", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

sending_domains = sa.Table(
    "sending_domains",  # what the DNS said last of the domain that an account sends for
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("checked_at", Moment, nullable=False),
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("spf", sa.Text, nullable=False),  # ok, weak, wrong, missing, unknown
    sa.Column("dkim", sa.Text, nullable=False),
    sa.Column("dmarc", sa.Text, nullable=False),
    sa.Column("mx", sa.Text, nullable=False),
    sa.Column("problems", sa.JSON, nullable=False),  # sentences: what is wrong, what to do
)

mailbox_reads = sa.Table(
    "mailbox_reads",
    metadata,
    sa.Column("account_key", sa.ForeignKey("accounts.account_key"), primary_key=True),
    sa.Column("until", sa.Text, nullable=False),  # the place to go on from
)
