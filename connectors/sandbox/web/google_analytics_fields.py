"""Which dimensions and metrics has the simulated Google Analytics, and how does it list them?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RATIO, COUNT, USERS, MONEY = "ratio", "count", "users", "money"


@dataclass(frozen=True, slots=True)
class MetricField:
    """A metric: its type on the wire and what it is made of."""

    title: str
    type: str
    kind: str  # count: a sum of `of`; ratio: `of` in `per`; users: fewer than `of`, no sum
    of: str
    per: str = ""
    inverse: bool = False  # of a ratio: one less it


DIMENSIONS: Mapping[str, str] = {
    "date": "Date",
    "landingPage": "Landing page",
    "landingPagePlusQueryString": "Landing page + query string",
    "sessionSource": "Session source",
    "sessionMedium": "Session medium",
    "sessionSourceMedium": "Session source / medium",
    "sessionCampaignName": "Session campaign",
    "sessionDefaultChannelGroup": "Session default channel group",
    "deviceCategory": "Device category",
    "country": "Country",
}
"""API name to the name that people see."""

METRICS: Mapping[str, MetricField] = {
    "sessions": MetricField("Sessions", "TYPE_INTEGER", COUNT, "sessions"),
    "engagedSessions": MetricField("Engaged sessions", "TYPE_INTEGER", COUNT, "engaged"),
    "keyEvents": MetricField("Key events", "TYPE_FLOAT", COUNT, "key_events"),
    "totalRevenue": MetricField("Total revenue", "TYPE_CURRENCY", MONEY, "revenue"),
    "totalUsers": MetricField("Total users", "TYPE_INTEGER", USERS, "sessions"),
    "engagementRate": MetricField("Engagement rate", "TYPE_FLOAT", RATIO, "engaged", "sessions"),
    "bounceRate": MetricField("Bounce rate", "TYPE_FLOAT", RATIO, "engaged", "sessions", True),
}


def metadata(property_id: str) -> dict[str, Any]:
    """Return the answer of `getMetadata`."""
    return {
        "name": f"properties/{property_id}/metadata",
        "dimensions": [dimension(name) for name in DIMENSIONS],
        "metrics": [metric(name) for name in METRICS],
    }


def dimension(name: str) -> dict[str, str]:
    """Return what is told of a dimension."""
    title = DIMENSIONS[name]
    return {"apiName": name, "uiName": title, "description": title, "category": "Session"}


def metric(name: str) -> dict[str, str]:
    """Return what is told of a metric."""
    found = METRICS[name]
    return {
        "apiName": name,
        "uiName": found.title,
        "description": found.title,
        "type": found.type,
        "category": "Session",
    }
