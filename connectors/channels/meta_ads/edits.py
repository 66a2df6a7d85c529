"""Who changed what in an ad account, and when? Meta's activity log as edits.

The shape of `extra_data` is documented nowhere. Seen in the field: JSON in a string, with
`old_value` and `new_value` that are words (`Active`, `Inactive`, `Pending Process`) or amounts in
minor units, bare or as `{"old_value": 5000, "type": "Per day"}`. What has another shape is still
an edit: its values are None. Words come in the language of the token's owner unless `locale` is
named. One pause may leave several entries, with states of Meta's own in between.
Event types: the SDK's `AdActivity.EventType`. Some call an ad set `campaign` and a campaign
`campaign_group`, as Meta once did; its list of the types of each category tells which.

Left out is what nobody edits: review, learning, delivery and money, which have event types of their
own; a status that Meta itself moves (actor 0, such as `Pending Review` to `Active`); names and
labels; and how a thing was made, whose entries stand beside `create_ad_set` and the like.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from config.words import Field, Level
from connectors.base import RejectedError
from connectors.changes import ENABLED, PAUSED, REMOVED, Edit, Subject, Value
from connectors.channels.meta_ads.account_money import AccountMoney
from connectors.channels.meta_ads.graph import Graph, Row

HISTORY_DAYS = 90
"""Unverified: Meta states no limit. Others who read the log report 90 to 180 days."""
CHUNK = timedelta(days=30)
"""Longer spans of busy accounts end in Meta's error 1."""
PAGE = "200"

FIELDS = (
    "event_time,event_type,actor_id,actor_name,application_name,object_id,object_name,object_type,"
    "extra_data"
)
EVENTS: Mapping[str, tuple[Level, Field]] = {
    "update_campaign_run_status": ("campaign", "status"),
    "update_campaign_budget": ("campaign", "daily_budget"),
    "update_ad_set_run_status": ("ad_group", "status"),
    "update_ad_set_budget": ("ad_group", "daily_budget"),
    "update_ad_set_bidding": ("ad_group", "cpc_bid"),
    "update_ad_set_bid_strategy": ("ad_group", "cpc_bid"),
    "update_ad_run_status": ("ad", "status"),
    "update_ad_run_status_to_be_set_after_review": ("ad", "status"),
}
OTHERS: Mapping[str, tuple[Level, str]] = {
    "merge_campaigns": ("campaign", "merging"),
    "update_campaign_ad_scheduling": ("ad_group", "ad scheduling"),
    "update_campaign_budget_optimization_toggling_status": ("campaign", "budget optimization"),
    "update_campaign_budget_split": ("campaign", "budget split"),
    "update_campaign_conversion_goal": ("ad_group", "conversion goal"),
    "update_campaign_delivery_destination": ("ad_group", "delivery destination"),
    "update_campaign_delivery_type": ("ad_group", "delivery type"),
    "update_campaign_group_ad_scheduling": ("campaign", "ad scheduling"),
    "update_campaign_group_budget_scaling_cost_target": ("campaign", "budget scaling"),
    "update_campaign_group_budget_scaling_extra_budget": ("campaign", "budget scaling"),
    "update_campaign_group_budget_scaling_status": ("campaign", "budget scaling"),
    "update_campaign_group_delivery_type": ("campaign", "delivery type"),
    "update_campaign_group_high_demand_periods": ("campaign", "high demand periods"),
    "update_campaign_group_spend_cap": ("campaign", "spending limit"),
    "update_campaign_high_demand_periods": ("ad_group", "high demand periods"),
    "update_campaign_schedule": ("ad_group", "schedule"),
    "update_campaign_value_adjustment_rule": ("ad_group", "value adjustment rule"),
    "update_budget_flex_toggle_status": ("campaign", "budget flexibility"),
    "conversion_event_updated": ("ad_group", "conversion event"),
    "update_ad_set_ad_keywords": ("ad_group", "keywords"),
    "update_ad_set_bid_adjustments": ("ad_group", "bid adjustments"),
    "update_ad_set_budget_scaling_cost_target": ("ad_group", "budget scaling"),
    "update_ad_set_budget_scaling_extra_budget": ("ad_group", "budget scaling"),
    "update_ad_set_budget_scaling_status": ("ad_group", "budget scaling"),
    "update_ad_set_cost_bidding_mode": ("ad_group", "cost bidding mode"),
    "update_ad_set_duration": ("ad_group", "duration"),
    "update_ad_set_min_spend_target": ("ad_group", "minimum spend"),
    "update_ad_set_optimization_goal": ("ad_group", "optimization goal"),
    "update_ad_set_spend_cap": ("ad_group", "spending limit"),
    "update_ad_set_target_spec": ("ad_group", "targeting"),
    "update_ad_set_value_rules": ("ad_group", "value rules"),
    "update_ad_audience_persona": ("ad", "audience persona"),
    "update_ad_bid_info": ("ad", "bid"),
    "update_ad_bid_type": ("ad", "bid type"),
    "update_ad_creative": ("ad", "creative"),
    "edit_and_update_ad_creative": ("ad", "creative"),
    "update_ad_targets_spec": ("ad", "targeting"),
}
"""What we cannot set ourselves: whose it is, and how Meta calls it."""
MAKING = ("create_campaign_group", "create_campaign_legacy", "create_ad_set", "create_ad")
MADE_WITHIN = timedelta(minutes=1)
"""How long after a thing was made its entries still tell how. Seen: up to 3 seconds."""
META_ITSELF = "0"
"""The `actor_id` of what Meta does; the name beside it is `Meta`."""
WORDS = {
    "active": ENABLED,
    "inactive": PAUSED,
    "paused": PAUSED,
    "archived": REMOVED,
    "deleted": REMOVED,
}


def read(
    graph: Graph, money: AccountMoney, since: datetime, until: datetime
) -> Iterator[list[Edit]]:
    """Yield a month's edits at a time; an edit may come twice, under the same id.

    How far back the log reaches is counted from `until`. Raises `RejectedError` beyond that.
    """
    if until - since > timedelta(days=HISTORY_DAYS):
        raise RejectedError(f"Meta's activity log is read for {HISTORY_DAYS} days at most")
    path = f"{graph.act}/activities"
    while since < until:
        end = min(since + CHUNK, until)
        span = {"since": str(int(since.timestamp())), "until": str(int(end.timestamp()))}
        pages = graph.pages(path, {"fields": FIELDS, "locale": "en_US", **span}, PAGE)
        rows = [row for page in pages for row in page]
        with graph.shape(path):
            found = [edit_of(row, money) for row in _edits(rows)]
        if found:
            yield found
        since = end


def _edits(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the entries that are edits of people and tools, ours among them."""
    told = [row for row in rows if row["event_type"] in (*EVENTS, *OTHERS, *MAKING)]
    made = {
        str(row["object_id"]): _moment(row["event_time"])
        for row in told
        if row["event_type"] in MAKING
    }
    for row in told:
        kind, thing = row["event_type"], str(row["object_id"])
        if kind in EVENTS:
            by_meta = str(row.get("actor_id")) == META_ITSELF and EVENTS[kind][1] == "status"
            if not by_meta:
                yield row
        elif kind in OTHERS:
            since = made.get(thing)
            if since is None or abs(_moment(row["event_time"]) - since) > MADE_WITHIN:
                yield row


def edit_of(row: Row, money: AccountMoney) -> Edit:
    """Return one entry of the log as an edit."""
    subject = _subject(row)
    old, new = _values(row, subject.field, money)
    return Edit(
        edit_id=_id(row),
        at=_moment(row["event_time"]),
        subject=subject,
        old=old,
        new=new,
        who=str(row.get("actor_name") or row.get("actor_id") or ""),
        tool=str(row.get("application_name") or ""),
    )


def _subject(row: Row) -> Subject:
    kind, thing = row["event_type"], str(row["object_id"])
    if kind in EVENTS:
        level, field = EVENTS[kind]
        return Subject(level, thing, field)
    level, word = OTHERS[kind]
    return Subject(level, thing, "other", word)


def _values(row: Row, field: Field, money: AccountMoney) -> tuple[Value | None, Value | None]:
    """Return the old and the new value, each None if it is not told in a shape that is known."""
    if field == "other":
        return None, None
    read_value = _word if field == "status" else _amount_in(money)
    extra = _extra(row)
    return read_value(_side(extra, "old_value")), read_value(_side(extra, "new_value"))


def _id(row: Row) -> str:
    """Return an id that the same entry has whenever it is read; Meta gives it none."""
    names = ("event_time", "event_type", "object_id", "actor_id", "extra_data")
    key = orjson.dumps([row.get(name) for name in names])
    return hashlib.sha256(key).hexdigest()[:32]


def _moment(value: str | int) -> datetime:
    """Return a moment that came as text or as seconds."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(value).astimezone(UTC)


def _extra(row: Row) -> Mapping[str, Any]:
    """Return the details; nothing where they are no JSON object."""
    found = row.get("extra_data")
    if isinstance(found, str):
        try:
            found = orjson.loads(found)
        except orjson.JSONDecodeError:
            return {}
    return found if isinstance(found, Mapping) else {}


def _side(extra: Mapping[str, Any], name: str) -> Any:
    """Return the old or new value, out of its own object if it has one; None for another kind."""
    value = extra.get(name)
    if not isinstance(value, Mapping):
        return value
    lifetime = "lifetime" in str(value.get("type", "")).lower()
    return None if lifetime else value.get(name)


def _word(value: Any) -> Value | None:
    return WORDS.get(value.lower()) if isinstance(value, str) else None


def _amount_in(money: AccountMoney) -> Callable[[Any], Value | None]:
    def amount(value: Any) -> Value | None:
        minor = str(value)
        if isinstance(value, bool) or not (minor.isascii() and minor.isdigit()):
            return None
        found: Decimal = money.major(minor)
        return found

    return amount
