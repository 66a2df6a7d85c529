"""What does an ad account's activity log tell? Every changed field is an entry, the newest first.

Amounts are in minor units. `extra_data` is JSON in a string with `old_value` and `new_value`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from connectors.sandbox.edits import Edit, Edits, Kind, Value
from connectors.sandbox.meta_errors import MetaError
from connectors.sandbox.meta_values import AdAccount, minor

EVENTS: Mapping[tuple[Kind, str], str] = {
    ("campaign", "status"): "update_campaign_run_status",
    ("campaign", "daily_budget"): "update_campaign_budget",
    ("campaign", "name"): "update_campaign_name",
    ("ad_group", "status"): "update_ad_set_run_status",
    ("ad_group", "daily_budget"): "update_ad_set_budget",
    ("ad_group", "bid_amount"): "update_ad_set_bidding",
    ("ad_group", "name"): "update_ad_set_name",
    ("ad", "status"): "update_ad_run_status",
    ("ad", "name"): "update_ad_friendly_name",
}
OBJECT_TYPES: Mapping[Kind, str] = {"campaign": "CAMPAIGN", "ad_group": "ADSET", "ad": "AD"}
STATUS_WORDS = {"enabled": "Active", "paused": "Inactive"}
ACTOR = "100900800700"
FIELDS = (
    "actor_id", "actor_name", "application_id", "application_name", "date_time_in_timezone",
    "event_time", "event_type", "extra_data", "object_id", "object_name", "object_type", "tool",
    "translated_event_type",
)  # fmt: skip


def activities(
    edits: Edits, place: AdAccount, form: Mapping[str, str], fields: list[str]
) -> list[dict[str, Any]]:
    """Return the entries that a call asks for, with these fields."""
    for name in fields:
        if name not in FIELDS:
            message = f"(#100) Tried accessing nonexisting field ({name}) on node type (AdActivity)"
            raise MetaError(100, message)
    since, until = _moment(form.get("since"), first=True), _moment(form.get("until"), first=False)
    entries = [
        entry
        for edit in reversed(edits.accepted(place.account.account_id))
        if since <= edit.at <= until
        for entry in _entries(place, edit)
    ]
    return [
        {name: entry[name] for name in fields or ("event_time", "event_type")} for entry in entries
    ]


def _moment(text: str | None, *, first: bool) -> datetime:
    """Read seconds, a day or a moment; a day as an end counts as a whole."""
    if not text:
        return datetime.min.replace(tzinfo=UTC) if first else datetime.max.replace(tzinfo=UTC)
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise MetaError(100, f"(#100) '{text}' is no date or time.") from error
    if len(text) == 10 and not first:
        found += timedelta(days=1)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _entries(place: AdAccount, edit: Edit) -> list[dict[str, Any]]:
    if edit.kind not in OBJECT_TYPES:
        return []
    if edit.operation == "create":
        return [_entry(place, edit, "create_ad", {})]
    if "other" in edit.new:
        return [_entry(place, edit, str(edit.new["other"]), {})]
    return [
        _entry(place, edit, EVENTS[edit.kind, name], _extra(place, edit, name))
        for name in edit.new
        if (edit.kind, name) in EVENTS and edit.new[name] != edit.old.get(name)
    ]


def _entry(place: AdAccount, edit: Edit, event: str, extra: dict[str, Any]) -> dict[str, Any]:
    moment = edit.at.strftime("%Y-%m-%dT%H:%M:%S+0000")
    name = place.settings.get(edit.kind, edit.key, "name")
    return {
        "actor_id": ACTOR if edit.tool == "Marketloop" else "100900800701",
        "actor_name": edit.who,
        "application_id": "600700800",
        "application_name": edit.tool,
        "date_time_in_timezone": edit.at.strftime("%m/%d/%Y at %I:%M %p"),
        "event_time": moment,
        "event_type": event,
        "extra_data": orjson.dumps(extra).decode(),
        "object_id": edit.key.rpartition("~")[2],
        "object_name": name,
        "object_type": OBJECT_TYPES[edit.kind],
        "tool": edit.tool,
        "translated_event_type": event.replace("_", " ").capitalize(),
    }


def _extra(place: AdAccount, edit: Edit, name: str) -> dict[str, Any]:
    def shown(value: Value) -> Any:
        if isinstance(value, Decimal):
            return int(minor(value, place.account.currency))
        if name == "status":
            gone = str(edit.new.get("gone", "Archived")).capitalize()
            return STATUS_WORDS.get(str(value), gone)
        return value

    extra = {"old_value": shown(edit.old.get(name)), "new_value": shown(edit.new[name])}
    if name == "status":
        return {**extra, "type": "run_status"}
    if name in ("daily_budget", "bid_amount"):
        per = "Per day" if name == "daily_budget" else "Per result"
        currency = place.account.currency
        return {**extra, "type": "payment_amount", "currency": currency, "additional_value": per}
    return extra
