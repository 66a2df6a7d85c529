"""What are the account, campaigns, ad sets and ads of Graph v26.0? Fields and their values.

Budgets and caps are text in minor units; a field that does not apply is None and left out. A field
may name fields of an object inside it: `creative{id,link_url}`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.sandbox.effects import paused_since
from connectors.sandbox.incidents import Incident
from connectors.sandbox.layout import Cell
from connectors.sandbox.meta_errors import MetaError
from connectors.sandbox.structure import Account, Campaign

WHOLE_UNITS = frozenset(
    ["CLP", "COP", "CRC", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND"]
)
"""Currencies that Meta counts without decimals; not the ISO 4217 list."""

OBJECTIVES = {"sales": "OUTCOME_SALES", "leads": "OUTCOME_LEADS", "traffic": "OUTCOME_TRAFFIC"}
GOALS = {"sales": "OFFSITE_CONVERSIONS", "leads": "LEAD_GENERATION", "traffic": "LINK_CLICKS"}
CREATIVE_OFFSET = 500_000_000
LEVELS = {"campaigns": "campaign", "adsets": "ad_group", "ads": "ad"}
"""Edges of an ad account and the level of the market they list."""


@dataclass(frozen=True, slots=True)
class AdAccount:
    """The ad account a call is about, and when."""

    account: Account
    clock: date
    incidents: Sequence[Incident]
    site: str


Field = Callable[[AdAccount, Any], Any]


def minor(amount: float, currency: str) -> str:
    """Return an amount in the minor units that Meta uses for the currency."""
    return str(round(amount if currency in WHOLE_UNITS else amount * 100))


def _paused(place: AdAccount, campaign: Campaign) -> bool:
    since = paused_since(campaign, place.incidents)
    return since is not None and since <= place.clock


def _campaign_status(place: AdAccount, cell: Cell) -> str:
    if cell.campaign.removed and cell.campaign.removed <= place.clock:
        return "ARCHIVED"
    return "PAUSED" if _paused(place, cell.campaign) else "ACTIVE"


def _child_effective_status(place: AdAccount, cell: Cell) -> str:
    status = _campaign_status(place, cell)
    return "CAMPAIGN_PAUSED" if status == "PAUSED" else status


def _ad_effective_status(place: AdAccount, cell: Cell) -> str:
    rejected = any(
        i.kind == "disapproved_ad" and i.ad_id in (None, cell.ad.ad_id) and i.active(place.clock)
        for i in place.incidents
        if i.campaign_id == cell.campaign.campaign_id
    )
    return "DISAPPROVED" if rejected else _child_effective_status(place, cell)


def _review(place: AdAccount, cell: Cell) -> Any:
    if _ad_effective_status(place, cell) != "DISAPPROVED":
        return None
    return {"global": {"Personal health": "The ad makes a claim that the policy does not allow."}}


def _campaign_budget(place: AdAccount, cell: Cell) -> str | None:
    if cell.campaign.ad_group_budgets:
        return None
    return minor(cell.campaign.daily_budget, place.account.currency)


def _ad_set_budget(place: AdAccount, cell: Cell) -> str:
    """The ad sets' budget is "0" while the campaign has one."""
    if not cell.campaign.ad_group_budgets:
        return "0"
    total = sum(group.weight for group in cell.campaign.ad_groups)
    return minor(cell.campaign.daily_budget * cell.ad_group.weight / total, place.account.currency)


def _started(_: AdAccount, cell: Cell) -> str:
    return f"{cell.campaign.started}T00:00:00+0100"


def _ended(_: AdAccount, cell: Cell) -> str | None:
    return f"{cell.campaign.end_date}T23:59:59+0200" if cell.campaign.end_date else None


def _updated(place: AdAccount, cell: Cell) -> str:
    since = paused_since(cell.campaign, place.incidents)
    return f"{since or cell.campaign.started}T09:12:44+0100"


def _labels(_: AdAccount, cell: Cell) -> list[dict[str, str]] | None:
    return [{"id": str(i + 1), "name": n} for i, n in enumerate(cell.campaign.labels)] or None


def _page(place: AdAccount, cell: Cell) -> str:
    return f"{place.site}/{cell.ad.path}"


def _account_text(place: AdAccount, _: Any) -> str:
    return place.account.account_id


ACCOUNT: dict[str, Field] = {
    "id": lambda p, _: f"act_{p.account.account_id}",
    "account_id": _account_text,
    "name": lambda p, _: p.account.name,
    "currency": lambda p, _: p.account.currency,
    "timezone_name": lambda p, _: p.account.time_zone,
    "timezone_id": lambda _p, _: 47,
    "timezone_offset_hours_utc": lambda _p, _: 1,
    "account_status": lambda _p, _: 1,
    "disable_reason": lambda _p, _: 0,
    "amount_spent": lambda _p, _: "1250000",
    "balance": lambda _p, _: "31250",
    "spend_cap": lambda _p, _: "0",
    "min_daily_budget": lambda _p, _: 100,
    "created_time": lambda _p, _: "2023-05-02T10:00:00+0200",
}
CAMPAIGN: dict[str, Field] = {
    "id": lambda _, x: str(x.campaign.campaign_id),
    "account_id": _account_text,
    "name": lambda _, x: x.campaign.name,
    "objective": lambda _, x: OBJECTIVES[x.campaign.kind],
    "status": _campaign_status,
    "configured_status": _campaign_status,
    "effective_status": _campaign_status,
    "buying_type": lambda _p, _x: "AUCTION",
    "bid_strategy": lambda _p, _x: "LOWEST_COST_WITHOUT_CAP",
    "daily_budget": _campaign_budget,
    "lifetime_budget": lambda _p, _x: None,
    "budget_remaining": lambda _p, _x: "0",
    "spend_cap": lambda _p, _x: None,
    "start_time": _started,
    "stop_time": _ended,
    "created_time": _started,
    "updated_time": _updated,
    "special_ad_categories": lambda _p, _x: [],
    "adlabels": _labels,
    "issues_info": lambda _p, _x: None,
}
AD_SET: dict[str, Field] = {
    "id": lambda _, x: str(x.ad_group.ad_group_id),
    "account_id": _account_text,
    "name": lambda _, x: x.ad_group.name,
    "campaign_id": lambda _, x: str(x.campaign.campaign_id),
    "campaign": lambda p, x: {name: read(p, x) for name, read in CAMPAIGN.items()},
    "status": lambda _p, _x: "ACTIVE",
    "configured_status": lambda _p, _x: "ACTIVE",
    "effective_status": _child_effective_status,
    "daily_budget": _ad_set_budget,
    "lifetime_budget": lambda _p, _x: "0",
    "budget_remaining": lambda _p, _x: "0",
    "bid_amount": lambda _p, _x: None,
    "bid_strategy": lambda _p, _x: "LOWEST_COST_WITHOUT_CAP",
    "optimization_goal": lambda _, x: GOALS[x.campaign.kind],
    "billing_event": lambda _p, _x: "IMPRESSIONS",
    "attribution_spec": lambda _p, _x: [
        {"event_type": "CLICK_THROUGH", "window_days": 7},
        {"event_type": "VIEW_THROUGH", "window_days": 1},
    ],
    "targeting": lambda _p, _x: {
        "geo_locations": {"countries": ["DE"], "location_types": ["home", "recent"]},
        "age_min": 18,
        "age_max": 65,
        "targeting_automation": {"advantage_audience": 1},
    },
    "learning_stage_info": lambda _p, _x: {"status": "SUCCESS"},
    "start_time": _started,
    "end_time": _ended,
    "created_time": _started,
    "updated_time": _updated,
    "adlabels": _labels,
    "issues_info": lambda _p, _x: None,
}
CREATIVE: dict[str, Field] = {
    "id": lambda _, x: str(x.ad.ad_id + CREATIVE_OFFSET),
    "name": lambda _, x: x.ad.name,
    "title": lambda _, x: x.ad.name,
    "body": lambda _p, _x: "Have a look",
    "link_url": _page,
    "object_url": _page,
    "object_story_spec": lambda p, x: {
        "page_id": "100200300",
        "link_data": {"link": _page(p, x), "message": "Have a look", "name": x.ad.name},
    },
    "effective_object_story_id": lambda _, x: f"100200300_{x.ad.ad_id}",
    "thumbnail_url": lambda _p, _x: None,
    "asset_feed_spec": lambda _p, _x: None,
    "url_tags": lambda _p, _x: None,
}
AD: dict[str, Field] = {
    "id": lambda _, x: str(x.ad.ad_id),
    "account_id": _account_text,
    "name": lambda _, x: x.ad.name,
    "campaign_id": lambda _, x: str(x.campaign.campaign_id),
    "adset_id": lambda _, x: str(x.ad_group.ad_group_id),
    "campaign": lambda p, x: {name: read(p, x) for name, read in CAMPAIGN.items()},
    "adset": lambda p, x: {name: read(p, x) for name, read in AD_SET.items()},
    "creative": lambda p, x: {name: read(p, x) for name, read in CREATIVE.items()},
    "status": lambda _p, _x: "ACTIVE",
    "configured_status": lambda _p, _x: "ACTIVE",
    "effective_status": _ad_effective_status,
    "ad_review_feedback": _review,
    "created_time": _started,
    "updated_time": _updated,
    "preview_shareable_link": lambda _p, _x: None,
    "adlabels": _labels,
    "issues_info": lambda _p, _x: None,
}
NODES: Mapping[str, tuple[str, Mapping[str, Field]]] = {
    "account": ("AdAccount", ACCOUNT),
    "campaign": ("Campaign", CAMPAIGN),
    "ad_group": ("AdSet", AD_SET),
    "ad": ("Ad", AD),
}
"""Level of the market to Meta's node type and its fields."""

EFFECTIVE_STATUS: Mapping[str, Field] = {
    level: fields["effective_status"]
    for level, (_, fields) in NODES.items()
    if "effective_status" in fields
}


def parse_fields(text: str) -> dict[str, list[str]]:
    """Split `id,creative{id,link_url}` into names with the names inside them."""
    fields: dict[str, list[str]] = {}
    name, depth, inside = "", 0, ""
    for letter in text + ",":
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
        elif letter == "," and depth == 0:
            if name.strip():
                fields[name.strip()] = [part.strip() for part in inside.split(",") if part.strip()]
            name, inside = "", ""
        elif depth:
            inside += letter
        else:
            name += letter
    return fields


def describe(level: str, fields: Mapping[str, list[str]], place: AdAccount, thing: Any) -> Any:
    """Return an object with these fields; `id` is always there. Unknown fields raise."""
    node, known = NODES[level]
    result = {"id": known["id"](place, thing)}
    for name, inside in fields.items():
        if name not in known:
            message = f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})"
            raise MetaError(100, message)
        value = known[name](place, thing)
        if name in ("creative", "campaign", "adset"):
            value = {part: value.get(part) for part in ("id", *inside) if value.get(part)}
        if value is not None:
            result[name] = value
    return result
