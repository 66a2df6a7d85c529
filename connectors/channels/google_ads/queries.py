"""What is asked of Google Ads: GAQL put together from fixed parts and validated field names."""

import re
from collections.abc import Mapping, Sequence

from config.models import Level
from connectors.base import Window

FROM: dict[Level, str] = {
    "account": "customer",
    "campaign": "campaign",
    "ad_group": "ad_group",
    "ad": "ad_group_ad",
    "keyword": "keyword_view",
    "search_term": "search_term_view",
}

KEY: dict[Level, tuple[str, ...]] = {
    "account": ("customer.id",),
    "campaign": ("campaign.id",),
    "ad_group": ("ad_group.id",),
    "ad": ("ad_group.id", "ad_group_ad.ad.id"),
    "keyword": ("ad_group.id", "ad_group_criterion.criterion_id"),
    "search_term": ("ad_group.id", "search_term_view.search_term"),
}
"""Ids of ads and criteria are unique only inside their ad group: ours are `ad group~id`, as in
Google's resource names."""

CORE = (
    "metrics.cost_micros",
    "metrics.impressions",
    "metrics.clicks",
    "metrics.conversions",
    "metrics.conversions_value",
)
"""In the order of `CORE_METRICS`."""

ATTRIBUTES: dict[Level, tuple[str, ...]] = {
    "account": (
        "customer.descriptive_name",
        "customer.currency_code",
        "customer.time_zone",
        "customer.status",
        "customer.manager",
    ),
    "campaign": (
        "campaign.name",
        "campaign.status",
        "campaign.primary_status",
        "campaign.advertising_channel_type",
        "campaign.bidding_strategy_type",
        "campaign.end_date_time",
        "campaign.labels",
        "campaign_budget.id",
        "campaign_budget.amount_micros",
        "campaign_budget.explicitly_shared",
    ),
    "ad_group": (
        "campaign.id",
        "ad_group.name",
        "ad_group.status",
        "ad_group.type",
        "ad_group.labels",
    ),
    "ad": (
        "campaign.id",
        "ad_group_ad.ad.name",
        "ad_group_ad.ad.type",
        "ad_group_ad.ad.final_urls",
        "ad_group_ad.status",
        "ad_group_ad.ad_strength",
        "ad_group_ad.labels",
        "ad_group_ad.policy_summary.approval_status",
        "ad_group_ad.policy_summary.review_status",
        "ad_group_ad.policy_summary.policy_topic_entries",
    ),
    "keyword": (
        "campaign.id",
        "ad_group_criterion.keyword.text",
        "ad_group_criterion.keyword.match_type",
        "ad_group_criterion.status",
        "ad_group_criterion.quality_info.quality_score",
        "ad_group_criterion.labels",
    ),
    "search_term": ("campaign.id", "search_term_view.status"),
}

FILTER: dict[Level, str] = {
    "ad": " WHERE ad_group_ad.status != 'REMOVED'",
    "keyword": " WHERE ad_group_criterion.status != 'REMOVED'",
    "search_term": " WHERE segments.date DURING LAST_30_DAYS",
}
"""Removed campaigns and ad groups are few and may have spent in the window; removed ads and
keywords pile up over years. Search terms exist only where there were figures."""

SELECTABLE: tuple[tuple[str, frozenset[str]], ...] = (
    (r"metrics\.historical_", frozenset({"keyword"})),
    (r"metrics\..*budget_lost.*_share", frozenset({"account", "campaign"})),
    (r"metrics\..*impression_share", frozenset({"account", "campaign", "ad_group", "keyword"})),
)
"""Where Google has a field; elsewhere it refuses the whole query. The first that matches counts.
Budgets belong to campaigns, so what they cost in impressions does too."""

CLIENTS = (
    "SELECT customer_client.id, customer_client.descriptive_name, customer_client.manager, "
    "customer_client.status, customer_client.currency_code, customer_client.time_zone "
    "FROM customer_client WHERE customer_client.status = 'ENABLED'"
)
"""The accounts below a manager, at any depth."""
LABELS = "SELECT label.resource_name, label.name FROM label"
"""Everything else names labels by their resource."""


def listing(level: Level) -> str:
    """Return the query for all entities of a level, whether or not they had any delivery."""
    return _query(level, ATTRIBUTES[level], FILTER.get(level, ""))


def figures(level: Level, window: Window, fields: Sequence[str]) -> str:
    """Return the query for the core metrics and these further ones by day."""
    between = f" WHERE segments.date BETWEEN '{window.start}' AND '{window.end}'"
    return _query(level, ("segments.date", *CORE, *fields), between)


def _query(level: Level, fields: Sequence[str], where: str) -> str:
    """Every part stands in this file, is a date, or passed the pattern of `Options.metrics`."""
    return f"SELECT {', '.join((*KEY[level], *fields))} FROM {FROM[level]}{where}"  # noqa: S608


def available(metrics: Mapping[str, str], level: Level) -> dict[str, str]:
    """Return the metrics that Google has at this level."""
    return {name: path for name, path in metrics.items() if level in _levels_of(path)}


def _levels_of(path: str) -> frozenset[str]:
    rules = (levels for pattern, levels in SELECTABLE if re.match(pattern, path))
    return next(rules, frozenset(FROM))
