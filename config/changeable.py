"""What can be changed where, and what does each kind of playbook change?

The same as the connectors' `writable`, which this part of the program cannot import: a test
compares the two.
"""

from collections.abc import Mapping
from typing import get_args

from config.playbooks import BidPlaybook, Playbook
from config.words import Field, Level

CHANGEABLE: Mapping[str, Mapping[Level, tuple[Field, ...]]] = {
    "google_ads": {
        "campaign": (
            "status", "daily_budget", "target_cpa", "target_roas", "negative_keyword", "label",
        ),
        "ad_group": (
            "status", "cpc_bid", "target_cpa", "target_roas", "negative_keyword", "keyword", "ad",
            "label",
        ),
        "ad": ("status",),
        "keyword": ("status", "cpc_bid"),
    },
    "meta_ads": {
        "campaign": ("status", "daily_budget", "label"),
        "ad_group": ("status", "daily_budget", "cpc_bid", "ad", "label"),
        "ad": ("status",),
    },
    "linkedin": {"account": ("post",), "post": ("reply",)},
    "bluesky": {"account": ("post",), "post": ("reply",)},
    "mastodon": {"account": ("post",), "post": ("reply",)},
    "mailchimp": {"account": ("audience",), "campaign": ("status",)},
    "klaviyo": {"account": ("audience",), "campaign": ("status",)},
    "hubspot": {"account": ("audience",)},
}  # fmt: skip
"""Platform to level to fields."""

FIELDS: Mapping[str, Field] = {
    "pause": "status",
    "enable": "status",
    "budget": "daily_budget",
    "negative_keywords": "negative_keyword",
    "new_keywords": "keyword",
    "losing_ads": "status",
    "split_budget": "daily_budget",
    "draft_ads": "ad",
    "label": "label",
    "publish": "post",
    "reply": "reply",
    "push_audience": "audience",
    "adjust": "advice",
    "keyword_research": "advice",
    "audience_research": "advice",
    "note": "advice",
}
"""Kind of playbook to what it changes; that of a bid stands in the playbook itself."""

ANSWERING = ("pause", "enable", "budget", "bid", "label", "note")
"""Kinds that only answer what checks find."""

NEEDED_PULLS: Mapping[str, Level] = {
    "negative_keywords": "search_term",
    "new_keywords": "search_term",
    "losing_ads": "ad",
}
"""Kinds that need the figures of a level."""

PLANNERS = ("google_ads",)
"""Platforms that tell what people search for."""


def field_of(playbook: Playbook) -> Field:
    """Return what a playbook changes."""
    return playbook.field if isinstance(playbook, BidPlaybook) else FIELDS[playbook.does]


def levels_of(field: Field, platform: str) -> tuple[Level, ...]:
    """Return at which levels a platform lets us change a field; of advice, all below accounts."""
    if field == "advice":
        return tuple(level for level in get_args(Level) if level != "account")
    fields = CHANGEABLE.get(platform, {})
    return tuple(level for level, several in fields.items() if field in several)
