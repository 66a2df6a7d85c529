"""How did the mail do that we send ourselves? Daily figures, as other channels report theirs.

A message counts on the day it was handed over, in the account's time zone, whatever comes of it
later. What may have gone counts as sent. An order within the brand's conversion days belongs to the
last message that its buyer got before it; money that went back is no conversion.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from config.models import Level
from connectors.base import Entity, Status, Window
from connectors.mail import SourceKind
from connectors.warehouse.database import Database
from connectors.warehouse.mail_tables import mail_events, mail_messages, mail_stops, orders
from connectors.warehouse.schema import accounts

LEVELS: tuple[Level, ...] = ("account", "campaign", "message", "segment", "mailbox_provider")
HANDED = ("sending", "sent", "doubtful", "refused")
METRICS = (
    "sent", "delivered", "bounced", "hard_bounced", "complaints", "unsubscribes", "clicks",
    "conversions", "conversions_value",
)  # fmt: skip
EVENTS = {
    "hard_bounced": ("hard_bounce",),
    "bounced": ("hard_bounce", "soft_bounce"),
    "complaints": ("complaint",),
    "unsubscribes": ("unsubscribe",),
    "clicks": ("click",),
}
"""Metric to the events that make a message count, once."""


@dataclass(frozen=True, slots=True)
class MailTally:
    """What became of a sequence's or campaign's messages that were handed over since a moment."""

    kind: SourceKind
    source: str
    handed: int
    hard_bounced: int
    complained: int

    @property
    def delivered(self) -> int:
        """Those that did not bounce for good."""
        return self.handed - self.hard_bounced


class MailFigureStore(Database):
    """Reads the figures of our own sending."""

    def mail_figures(
        self, account_key: int, window: Window, *, conversion_days: int
    ) -> Mapping[Level, pd.DataFrame]:
        """Return the daily figures of an account, by level, shaped as `Channel.performance` says.

        A `campaign` is `sequence/welcome` or `campaign/spring`, a `message` has the step and the
        arm behind that. People whom no segment let in are in no `segment`.
        """
        with self.reading() as connection:
            brand, name, zone = _account(connection, account_key)
            start = datetime.combine(window.start, time(), zone)
            end = datetime.combine(window.end + timedelta(days=1), time(), zone)
            until = end + timedelta(days=conversion_days)
            all_messages = _messages(connection, brand, start, until)
            its = (all_messages["account_key"] == account_key) & (all_messages["handed_at"] < end)
            mine = all_messages[its].copy()
            _add_events(mine, _events(connection, brand, start, end))
            bought = _orders(connection, brand, start, until)
        _add_conversions(mine, all_messages, bought, conversion_days)
        mine["date_day"] = mine["handed_at"].dt.tz_convert(str(zone)).dt.strftime("%Y-%m-%d")
        mine["account"] = name
        return {level: _daily(mine, level) for level in LEVELS}

    def mail_entities(self, account_key: int) -> list[Entity]:
        """Return what the figures are of: every campaign, message, segment and provider ever."""
        it = mail_messages.c
        columns = (it.kind, it.source, it.step, it.arm, it.segment, it.provider)
        with self.reading() as connection:
            brand, name, _ = _account(connection, account_key)
            query = sa.select(*columns).where(it.account_key == account_key).distinct()
            rows = connection.execute(query).all()
            off = sa.select(mail_stops.c.kind, mail_stops.c.source).where(
                mail_stops.c.brand == brand, mail_stops.c.released_at.is_(None)
            )
            stopped = {(kind, source) for kind, source in connection.execute(off)}
        found = {("account", name): Entity("account", name, name, "enabled")}
        for kind, source, step, arm, segment, provider in rows:
            status: Status = "paused" if (kind, source) in stopped else "enabled"
            campaign, message = f"{kind}/{source}", _message_id(kind, source, step, arm)
            for one in (
                Entity("campaign", campaign, source, status),
                Entity("message", message, " ".join(filter(None, (source, step, arm))), status,
                       parent_id=campaign, campaign_id=campaign),
                Entity("segment", segment, segment, "unknown"),
                Entity("mailbox_provider", provider, provider, "unknown"),
            ):  # fmt: skip
                found[one.level, one.entity_id] = one
        return [one for (_, entity_id), one in sorted(found.items()) if entity_id]

    def mail_tallies(self, brand: str, since: datetime) -> list[MailTally]:
        """Return for each sequence and campaign of a brand what the breaker looks at."""
        it = mail_messages.c
        query = (
            sa.select(
                it.kind,
                it.source,
                sa.func.count().label("handed"),
                sa.func.coalesce(sa.func.sum(_has("hard_bounce")), 0).label("hard_bounced"),
                sa.func.coalesce(sa.func.sum(_has("complaint")), 0).label("complained"),
            )
            .where(it.brand == brand, it.handed_at >= since, it.state.in_(HANDED))
            .group_by(it.kind, it.source)
            .order_by(it.kind, it.source)
        )
        with self.reading() as connection:
            return [MailTally(**row) for row in connection.execute(query).mappings()]


def _has(kind: str) -> sa.ColumnElement[int]:
    event = mail_events.c
    told = sa.exists().where(event.message_key == mail_messages.c.message_key, event.kind == kind)
    return sa.case((told, 1), else_=0)


def _account(connection: Connection, account_key: int) -> tuple[str, str, ZoneInfo]:
    it = accounts.c
    query = sa.select(it.brand, it.account_id, it.time_zone).where(it.account_key == account_key)
    brand, name, zone = connection.execute(query).one()
    return brand, name, ZoneInfo(zone)


def _messages(connection: Connection, brand: str, start: datetime, until: datetime) -> pd.DataFrame:
    it = mail_messages.c
    names = ("message_key", "account_key", "kind", "source", "step", "arm", "segment", "provider",
             "person_key", "handed_at", "state")  # fmt: skip
    query = sa.select(*(it[name] for name in names)).where(
        it.brand == brand, it.handed_at >= start, it.handed_at < until, it.state.in_(HANDED)
    )
    frame = pd.DataFrame(connection.execute(query).all(), columns=[*names])
    return _timed(frame, "handed_at")


def _events(connection: Connection, brand: str, start: datetime, end: datetime) -> pd.DataFrame:
    it, event = mail_messages.c, mail_events.c
    query = (
        sa.select(event.message_key, event.kind)
        .join_from(mail_events, mail_messages, it.message_key == event.message_key)
        .where(it.brand == brand, it.handed_at >= start, it.handed_at < end)
        .distinct()
    )
    return pd.DataFrame(connection.execute(query).all(), columns=["message_key", "kind"])


def _orders(connection: Connection, brand: str, start: datetime, until: datetime) -> pd.DataFrame:
    it = orders.c
    query = sa.select(it.person_key, it.ordered_at, it.value).where(
        it.brand == brand, it.ordered_at >= start, it.ordered_at < until, it.value > 0
    )
    names = ["person_key", "ordered_at", "value"]
    return _timed(pd.DataFrame(connection.execute(query).all(), columns=names), "ordered_at")


def _timed(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Make a column one of moments, also of a frame without rows, and sort by it."""
    frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
    frame["person_key"] = frame["person_key"].astype(np.int64)
    return frame.sort_values(column, kind="stable", ignore_index=True)


def _add_events(messages: pd.DataFrame, events: pd.DataFrame) -> None:
    """Count each message once per metric that something came back for."""
    for metric, kinds in EVENTS.items():
        told = events.loc[events["kind"].isin(kinds), "message_key"]
        messages[metric] = messages["message_key"].isin(told).astype(np.float64)
    refused = messages["state"] == "refused"
    messages["bounced"] = messages["bounced"].where(~refused, 1.0)
    messages["sent"] = 1.0
    messages["delivered"] = 1.0 - messages["bounced"]


def _add_conversions(
    mine: pd.DataFrame, all_messages: pd.DataFrame, bought: pd.DataFrame, days: int
) -> None:
    """Give each order to the last message before it, of whatever account of the brand."""
    got = all_messages.loc[all_messages["state"] != "refused"]
    touched = pd.merge_asof(
        bought,
        got[["person_key", "handed_at", "message_key"]],
        left_on="ordered_at",
        right_on="handed_at",
        by="person_key",
        tolerance=pd.Timedelta(days=days),
    ).dropna(subset=["message_key"])
    per_message = touched.groupby("message_key")["value"].agg(["size", "sum"])
    for metric, column in (("conversions", "size"), ("conversions_value", "sum")):
        values = mine["message_key"].map(per_message[column])
        mine[metric] = values.astype(np.float64).fillna(0.0)


def _daily(messages: pd.DataFrame, level: Level) -> pd.DataFrame:
    ids = _entity_ids(messages, level)
    named = messages.assign(entity_id=ids)[ids != ""]
    grouped = named.groupby(["entity_id", "date_day"], as_index=False)[[*METRICS]].sum()
    return grouped.astype({"entity_id": object, "date_day": object})


def _entity_ids(messages: pd.DataFrame, level: Level) -> pd.Series:
    if level == "campaign":
        return messages["kind"] + "/" + messages["source"]
    if level == "message":
        columns = (messages[name] for name in ("kind", "source", "step", "arm"))
        ids = [_message_id(*parts) for parts in zip(*columns, strict=True)]
        return pd.Series(ids, index=messages.index, dtype=object)
    column = {"mailbox_provider": "provider"}.get(level, level)
    return messages[column]


def _message_id(kind: str, source: str, step: str, arm: str) -> str:
    return "/".join(part for part in (kind, source, step, arm) if part)
