"""Which Google Ads v26 attributes does the sandbox know, and what are their values?

Values are as JSON has them: int64 as text, enums by name, a field that does not apply is None and
left out of the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.sandbox.effects import paused_since
from connectors.sandbox.incidents import Incident
from connectors.sandbox.layout import Cell
from connectors.sandbox.structure import Account, Campaign

MICROS = 1_000_000
CHANNEL_TYPES = {"search": "SEARCH", "shopping": "SHOPPING", "display": "DISPLAY"}
AD_GROUP_TYPES = {
    "search": "SEARCH_STANDARD",
    "shopping": "SHOPPING_PRODUCT_ADS",
    "display": "DISPLAY_STANDARD",
}
AD_TYPES = {
    "search": "RESPONSIVE_SEARCH_AD",
    "shopping": "SHOPPING_PRODUCT_AD",
    "display": "RESPONSIVE_DISPLAY_AD",
}
BUDGET_OFFSET = 70_000_000_000  # a budget's id is its campaign's plus this
CONVERSION_ACTIONS = {"910001": ("Purchase or booking", 850), "910002": ("Call from the site", 150)}


@dataclass(frozen=True, slots=True)
class Customer:
    """The customer a query is about, and when."""

    customer_id: str
    name: str
    currency: str
    time_zone: str
    account: Account | None  # None: a manager
    clock: date
    incidents: Sequence[Incident] = ()
    site: str = ""  # where the brand's pages are

    @property
    def path(self) -> str:
        """Return the customer's resource name."""
        return f"customers/{self.customer_id}"


@dataclass(frozen=True, slots=True)
class Client:
    """A row of `customer_client`."""

    customer: Customer
    level: int


Attribute = Callable[[Customer, Any], Any]


def campaign_status(customer: Customer, campaign: Campaign) -> str:
    """Return what is set on the campaign as of the clock."""
    paused = paused_since(campaign, customer.incidents)
    if campaign.removed and campaign.removed <= customer.clock:
        return "REMOVED"
    return "PAUSED" if paused and paused <= customer.clock else "ENABLED"


def ad_approval(customer: Customer, cell: Cell) -> str:
    """Return the review's verdict on the ad as of the clock."""
    for incident in customer.incidents:
        named = incident.ad_id in (None, cell.ad.ad_id)
        mine = incident.campaign_id == cell.campaign.campaign_id and named
        if incident.kind == "disapproved_ad" and mine and incident.active(customer.clock):
            return "DISAPPROVED"
    return "APPROVED"


def _primary_status(customer: Customer, cell: Cell) -> str:
    status = campaign_status(customer, cell.campaign)
    if status != "ENABLED":
        return status
    if cell.campaign.end_date and cell.campaign.end_date < customer.clock:
        return "ENDED"
    short = any(
        i.kind == "exhausted_budget"
        and i.campaign_id == cell.campaign.campaign_id
        and i.active(customer.clock)
        for i in customer.incidents
    )
    return "LIMITED" if short else "ELIGIBLE"


def _micros(amount: float) -> str:
    return str(round(amount * 100) * (MICROS // 100))


def _policy_topics(customer: Customer, cell: Cell) -> list[dict[str, str]] | None:
    if ad_approval(customer, cell) != "DISAPPROVED":
        return None
    return [{"type": "PROHIBITED", "topic": "HEALTHCARE_AND_MEDICINES"}]


def _keyword(cell: Cell, name: str) -> Any:
    return getattr(cell.keyword, name)


def _term_status(_customer: Customer, cell: Cell) -> str:
    added = cell.keyword and cell.term and cell.term.text == cell.keyword.text
    return "ADDED" if added else "NONE"


def _labels(customer: Customer, cell: Cell) -> list[str] | None:
    return [f"{customer.path}/labels/{label_id(n)}" for n in cell.campaign.labels] or None


def label_id(name: str) -> str:
    """Return a stable id for a label's name."""
    return str(600_000 + sum(ord(letter) * (i + 1) for i, letter in enumerate(name)) % 100_000)


CUSTOMER: dict[str, Attribute] = {
    "resource_name": lambda c, _: c.path,
    "id": lambda c, _: c.customer_id,
    "descriptive_name": lambda c, _: c.name,
    "currency_code": lambda c, _: c.currency,
    "time_zone": lambda c, _: c.time_zone,
    "manager": lambda c, _: c.account is None,
    "test_account": lambda _c, _: False,
    "auto_tagging_enabled": lambda _c, _: True,
    "status": lambda _c, _: "ENABLED",
}
CAMPAIGN: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/campaigns/{x.campaign.campaign_id}",
    "id": lambda _, x: str(x.campaign.campaign_id),
    "name": lambda _, x: x.campaign.name,
    "status": lambda c, x: campaign_status(c, x.campaign),
    "primary_status": _primary_status,
    "serving_status": lambda c, x: "ENDED" if _primary_status(c, x) == "ENDED" else "SERVING",
    "advertising_channel_type": lambda _, x: CHANNEL_TYPES[x.campaign.kind],
    "bidding_strategy_type": lambda _, x: "MAXIMIZE_CONVERSIONS",
    "campaign_budget": lambda c, x: f"{c.path}/campaignBudgets/{_budget_id(x)}",
    "start_date_time": lambda _, x: f"{x.campaign.started} 00:00:00",
    "end_date_time": lambda _, x: x.campaign.end_date and f"{x.campaign.end_date} 23:59:59",
    "labels": _labels,
    "payment_mode": lambda _, x: "CLICKS",
    "experiment_type": lambda _, x: "BASE",
}
BUDGET: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/campaignBudgets/{_budget_id(x)}",
    "id": lambda _, x: _budget_id(x),
    "name": lambda _, x: x.campaign.name,
    "amount_micros": lambda _, x: _micros(x.campaign.daily_budget),
    "status": lambda _c, _x: "ENABLED",
    "delivery_method": lambda _c, _x: "STANDARD",
    "period": lambda _c, _x: "DAILY",
    "explicitly_shared": lambda _c, _x: False,
    "reference_count": lambda _c, _x: "1",
}
AD_GROUP: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/adGroups/{x.ad_group.ad_group_id}",
    "id": lambda _, x: str(x.ad_group.ad_group_id),
    "name": lambda _, x: x.ad_group.name,
    "status": lambda _c, _x: "ENABLED",
    "type": lambda _, x: AD_GROUP_TYPES[x.campaign.kind],
    "campaign": lambda c, x: f"{c.path}/campaigns/{x.campaign.campaign_id}",
    "cpc_bid_micros": lambda _, x: _micros(x.campaign.cpc),
    "target_cpa_micros": lambda _c, _x: None,
    "effective_target_cpa_micros": lambda _c, _x: None,
    "labels": lambda _c, _x: None,
}
AD_GROUP_AD: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/adGroupAds/{_ad_path(x)}",
    "status": lambda _c, _x: "ENABLED",
    "ad_group": lambda c, x: f"{c.path}/adGroups/{x.ad_group.ad_group_id}",
    "ad.resource_name": lambda c, x: f"{c.path}/ads/{x.ad.ad_id}",
    "ad.id": lambda _, x: str(x.ad.ad_id),
    "ad.name": lambda _, x: x.ad.name,
    "ad.type": lambda _, x: AD_TYPES[x.campaign.kind],
    "ad.final_urls": lambda c, x: [f"{c.site}/{x.ad.path}"],
    "ad_strength": lambda _, x: "GOOD" if x.ad.click_quality >= 100 else "AVERAGE",
    "policy_summary.approval_status": ad_approval,
    "policy_summary.review_status": lambda _c, _x: "REVIEWED",
    "policy_summary.policy_topic_entries": _policy_topics,
    "labels": lambda _c, _x: None,
}
CRITERION: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/adGroupCriteria/{_criterion_path(x)}",
    "criterion_id": lambda _, x: str(_keyword(x, "criterion_id")),
    "status": lambda _c, _x: "ENABLED",
    "type": lambda _c, _x: "KEYWORD",
    "negative": lambda _c, _x: False,
    "ad_group": lambda c, x: f"{c.path}/adGroups/{x.ad_group.ad_group_id}",
    "approval_status": lambda _c, _x: "APPROVED",
    "system_serving_status": lambda _c, _x: "ELIGIBLE",
    "keyword.text": lambda _, x: _keyword(x, "text"),
    "keyword.match_type": lambda _, x: _keyword(x, "match_type"),
    "cpc_bid_micros": lambda _c, _x: None,
    "effective_cpc_bid_micros": lambda _, x: _micros(x.campaign.cpc),
    "quality_info.quality_score": lambda _, x: _keyword(x, "quality_score"),
    "final_urls": lambda _c, _x: None,
    "labels": lambda _c, _x: None,
}
SEARCH_TERM_VIEW: dict[str, Attribute] = {
    "resource_name": lambda c, x: (
        f"{c.path}/searchTermViews/{x.campaign.campaign_id}~{x.ad_group.ad_group_id}"
        f"~{x.term.text.encode().hex()}"
    ),
    "search_term": lambda _, x: x.term.text,
    "status": _term_status,
    "ad_group": lambda c, x: f"{c.path}/adGroups/{x.ad_group.ad_group_id}",
}
CLIENT: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/customerClients/{x.customer.customer_id}",
    "client_customer": lambda _, x: x.customer.path,
    "id": lambda _, x: x.customer.customer_id,
    "descriptive_name": lambda _, x: x.customer.name,
    "manager": lambda _, x: x.customer.account is None,
    "level": lambda _, x: str(x.level),
    "status": lambda _c, _x: "ENABLED",
    "currency_code": lambda _, x: x.customer.currency,
    "time_zone": lambda _, x: x.customer.time_zone,
    "hidden": lambda _c, _x: False,
    "test_account": lambda _c, _x: False,
}
CONVERSION_ACTION: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/conversionActions/{x}",
    "id": lambda _, x: x,
    "name": lambda _, x: CONVERSION_ACTIONS[x][0],
    "status": lambda _c, _x: "ENABLED",
    "type": lambda _c, _x: "WEBPAGE",
    "category": lambda _, x: "PURCHASE" if x == "910001" else "PHONE_CALL_LEAD",
    "primary_for_goal": lambda _c, _x: True,
    "counting_type": lambda _c, _x: "ONE_PER_CLICK",
    "include_in_conversions_metric": lambda _c, _x: True,
    "click_through_lookback_window_days": lambda _c, _x: "30",
    "view_through_lookback_window_days": lambda _c, _x: "1",
    "attribution_model_settings.attribution_model": lambda _c, _x: (
        "GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN"
    ),
}
LABEL: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/labels/{label_id(x)}",
    "id": lambda _, x: label_id(x),
    "name": lambda _, x: x,
    "status": lambda _c, _x: "ENABLED",
}
NEGATIVE: dict[str, Attribute] = {
    "resource_name": lambda c, x: (
        f"{c.path}/campaignCriteria/{x.campaign.campaign_id}~{x.campaign.campaign_id}7"
    ),
    "campaign": lambda c, x: f"{c.path}/campaigns/{x.campaign.campaign_id}",
    "criterion_id": lambda _, x: f"{x.campaign.campaign_id}7",
    "keyword.text": lambda _c, _x: "jobs",
    "keyword.match_type": lambda _c, _x: "BROAD",
    "negative": lambda _c, _x: True,
    "type": lambda _c, _x: "KEYWORD",
    "status": lambda _c, _x: "ENABLED",
}
KEYWORD_VIEW: dict[str, Attribute] = {
    "resource_name": lambda c, x: f"{c.path}/keywordViews/{_criterion_path(x)}",
}
SEGMENTS_OF_TERM: dict[str, Attribute] = {
    "search_term_match_type": lambda _, x: _keyword(x, "match_type"),
    "keyword.info.text": lambda _, x: _keyword(x, "text"),
    "keyword.info.match_type": lambda _, x: _keyword(x, "match_type"),
    "keyword.ad_group_criterion": lambda c, x: f"{c.path}/adGroupCriteria/{_criterion_path(x)}",
}

ATTRIBUTES: Mapping[str, Mapping[str, Attribute]] = {
    "customer": CUSTOMER,
    "campaign": CAMPAIGN,
    "campaign_budget": BUDGET,
    "ad_group": AD_GROUP,
    "ad_group_ad": AD_GROUP_AD,
    "ad_group_criterion": CRITERION,
    "keyword_view": KEYWORD_VIEW,
    "search_term_view": SEARCH_TERM_VIEW,
    "customer_client": CLIENT,
    "conversion_action": CONVERSION_ACTION,
    "label": LABEL,
    "campaign_criterion": NEGATIVE,
}


def _budget_id(cell: Cell) -> str:
    return str(cell.campaign.campaign_id + BUDGET_OFFSET)


def _ad_path(cell: Cell) -> str:
    return f"{cell.ad_group.ad_group_id}~{cell.ad.ad_id}"


def _criterion_path(cell: Cell) -> str:
    return f"{cell.ad_group.ad_group_id}~{_keyword(cell, 'criterion_id')}"
