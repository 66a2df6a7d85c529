"""Who changed what on Google Ads? The account's change history, in our words.

`change_event` reaches back 30 days, runs up to 3 minutes late and gives at most 10,000 rows; more
are asked for from the last one's moment on. Its moments are in the account's time zone: of the
hour that comes twice in autumn the first is taken. It does not know of labels. Recommendations that
Google applies by itself, rules and scripts are another tool, whose name is the `clientType`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.words import Field, Level
from connectors.base import RejectedError
from connectors.changes import ABSENT, PRESENT, REMOVED, Edit, Subject, Value
from connectors.channels.google_ads.other_edits import PARTS, kind_of, other_words, part_words
from connectors.channels.google_ads.rows import STATUS, Row
from connectors.channels.google_ads.settings import NUMBER
from connectors.channels.google_ads.subjects import WRITABLE, keyword_item

PAGE = 10_000
MOMENT = "%Y-%m-%d %H:%M:%S.%f"
FIELDS = (
    "change_event.resource_name",
    "change_event.change_date_time",
    "change_event.change_resource_type",
    "change_event.change_resource_name",
    "change_event.ad_group",
    "change_event.client_type",
    "change_event.user_email",
    "change_event.resource_change_operation",
    "change_event.changed_fields",
    "change_event.old_resource",
    "change_event.new_resource",
)
TYPES: Mapping[str, tuple[str, Level]] = {
    "CAMPAIGN": ("campaign", "campaign"),
    "CAMPAIGN_BUDGET": ("campaignBudget", "campaign"),
    "CAMPAIGN_CRITERION": ("campaignCriterion", "campaign"),
    "AD_GROUP": ("adGroup", "ad_group"),
    "AD_GROUP_CRITERION": ("adGroupCriterion", "keyword"),
    "AD_GROUP_AD": ("adGroupAd", "ad"),
    "AD": ("ad", "ad"),
    "AD_GROUP_BID_MODIFIER": ("adGroupBidModifier", "ad_group"),
    "AD_GROUP_ASSET": ("adGroupAsset", "ad_group"),
    "CAMPAIGN_ASSET": ("campaignAsset", "campaign"),
    "CAMPAIGN_ASSET_SET": ("campaignAssetSet", "campaign"),
}
"""What is looked at: the key of its resource, and the level of what it says."""
PATHS: Mapping[str, Field] = {
    "status": "status",
    "amountMicros": "daily_budget",
    "cpcBidMicros": "cpc_bid",
    "targetCpaMicros": "target_cpa",
    "targetCpa.targetCpaMicros": "target_cpa",
    "maximizeConversions.targetCpaMicros": "target_cpa",
    "targetRoas": "target_roas",
    "targetRoas.targetRoas": "target_roas",
    "maximizeConversionValue.targetRoas": "target_roas",
}

Search = Callable[[str], Iterator[list[Row]]]
Sharers = Callable[[Iterable[str]], Mapping[str, tuple[str, ...]]]
"""Gives the campaigns on budgets, by the budget's id."""
Values = tuple[Subject, Value | None, Value | None]


def read_edits(
    search: Search, sharers: Sharers, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[list[Edit]]:
    """Yield pages of edits, oldest first. Raise `RejectedError` for more than 30 days ago."""
    start, end = (moment.astimezone(zone).strftime(MOMENT) for moment in (since, until))
    seen: set[str] = set()
    while True:
        rows = [row["changeEvent"] for page in search(query(start, end)) for row in page]
        new = [event for event in rows if event["resourceName"] not in seen]
        if edits := _edits(new, sharers, zone):
            yield edits
        if len(rows) < PAGE:
            return
        if not new:
            raise RejectedError(
                f"google_ads: more than {PAGE:,} changes at {start}, which its change history "
                "cannot list; look at them in Google Ads"
            )
        start = rows[-1]["changeDateTime"]
        seen = {event["resourceName"] for event in rows}


def query(start: str, end: str) -> str:
    """Return the query for the changes between two moments of the account's time zone."""
    types = ", ".join(f"'{name}'" for name in TYPES)
    return (
        f"SELECT {', '.join(FIELDS)} FROM change_event"  # noqa: S608  made of this file's words
        f" WHERE change_event.change_date_time >= '{start}'"
        f" AND change_event.change_date_time <= '{end}'"
        f" AND change_event.change_resource_type IN ({types})"
        f" ORDER BY change_event.change_date_time LIMIT {PAGE}"
    )


def _edits(events: Sequence[Row], sharers: Sharers, zone: ZoneInfo) -> list[Edit]:
    """Return the edits in some events; what is none of our subjects is left out."""
    on_budgets = sharers({_id(e) for e in events if e["changeResourceType"] == "CAMPAIGN_BUDGET"})
    return [
        _edit(event, values, zone)
        for event in events
        if event["changeResourceType"] in TYPES
        for values in _values(event, on_budgets)
    ]


def _edit(event: Row, values: Values, zone: ZoneInfo) -> Edit:
    subject, old, new = values
    change = event["resourceName"].rpartition("/")[2]
    local = datetime.fromisoformat(event["changeDateTime"]).replace(tzinfo=zone)
    return Edit(
        edit_id=f"{change}:{subject.field}:{subject.entity_id}",
        at=local.astimezone(UTC),
        subject=subject,
        old=old,
        new=new,
        who=event.get("userEmail", ""),
        tool=event.get("clientType", ""),
    )


def _id(event: Row) -> str:
    """Return `9001~55` of `customers/4/adGroupCriteria/9001~55`."""
    return str(event["changeResourceName"]).rpartition("/")[2]


def _values(event: Row, on_budgets: Mapping[str, Sequence[str]]) -> Iterator[Values]:
    """Yield what an event changed, from what to what."""
    kind = event["changeResourceType"]
    part, level = TYPES[kind]
    old, new = (event.get(key, {}).get(part, {}) for key in ("oldResource", "newResource"))
    if kind in ("CAMPAIGN_CRITERION", "AD_GROUP_CRITERION"):
        yield from _item(event, _id(event), old, new)
    if kind in PARTS and not _may_be_keyword(event, old | new):
        yield from _part(event, old | new)
        return
    for thing in _things(event, on_budgets):
        for field, before, after in _numbers(event, level, old, new):
            yield Subject(level, thing, field), before, after
        if words := _others(event, level):
            yield Subject(level, thing, "other", words), None, None


def _things(event: Row, on_budgets: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the ids of what an event is about: of a budget the campaigns on it. An ad's texts have
    the ad's own id, to which its ad group's belongs."""
    kind, own = event["changeResourceType"], _id(event)
    if kind == "CAMPAIGN_BUDGET":
        return on_budgets.get(own, ())
    if kind == "AD":
        group = str(event.get("adGroup", "")).rpartition("/")[2]
        return (f"{group}~{own}",) if group else ()
    return (own,)


def _may_be_keyword(event: Row, resource: Row) -> bool:
    """Tell whether a part may be a keyword that shows ads. An update does not say, but no keyword
    has a bid modifier."""
    if event["changeResourceType"] != "AD_GROUP_CRITERION" or resource.get("negative"):
        return False
    if "bidModifier" in event.get("changedFields", "").split(","):
        return False
    return str(resource.get("type") or kind_of(resource) or "KEYWORD").upper() == "KEYWORD"


def _part(event: Row, resource: Row) -> Iterator[Values]:
    """Yield that something was made, changed or taken away that hangs on a campaign or an ad
    group; negative keywords are items."""
    if "keyword" not in resource and (words := part_words(event, resource)):
        kind, owner = event["changeResourceType"], _id(event).partition("~")[0]
        yield Subject(PARTS[kind], owner, "other", words), None, None


def _others(event: Row, level: Level) -> str:
    """Return in words what else an update changed than the fields that are ours."""
    if event["resourceChangeOperation"] != "UPDATE":
        return ""
    paths = event.get("changedFields", "").split(",")
    return other_words(path for path in paths if PATHS.get(path) not in WRITABLE[level])


def _item(event: Row, entity_id: str, old: Row, new: Row) -> Iterator[Values]:
    """Yield the keyword or negative keyword that was made or taken away."""
    operation = event["resourceChangeOperation"]
    resource = old if operation == "REMOVE" else new
    if operation not in ("CREATE", "REMOVE") or "keyword" not in resource:
        return
    in_campaign = event["changeResourceType"] == "CAMPAIGN_CRITERION"
    negative = resource.get("negative", False)
    if in_campaign and not negative:
        return
    subject = Subject(
        level="campaign" if in_campaign else "ad_group",
        entity_id=entity_id.partition("~")[0],
        field="negative_keyword" if negative else "keyword",
        item=keyword_item(resource["keyword"]),
    )
    there = PRESENT if negative else STATUS.get(resource.get("status", "ENABLED"), "unknown")
    yield (subject, there, ABSENT) if operation == "REMOVE" else (subject, ABSENT, there)


def _numbers(
    event: Row, level: Level, old: Row, new: Row
) -> Iterator[tuple[Field, Value | None, Value | None]]:
    """Yield the fields that changed, of a thing that has one value of each."""
    if event["resourceChangeOperation"] == "REMOVE":
        if event["changeResourceType"] != "CAMPAIGN_BUDGET":
            yield "status", _value("status", old, "status"), REMOVED
        return
    for path in event.get("changedFields", "").split(","):
        field = PATHS.get(path)
        if field in WRITABLE[level]:
            yield field, _value(field, old, path), _value(field, new, path)


def _value(field: Field, resource: Row, path: str) -> Value | None:
    found: Any = resource
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, Mapping):
        return None
    return STATUS.get(found, "unknown") if field == "status" else NUMBER[field](found)
