"""What else does an event of the change history say was changed, beside what we can set ourselves?

Such as a bidding strategy, an ad's texts, networks or locations: named in Google's own words, with
no values. What hangs on a campaign or an ad group (a location, an audience, a sitelink) is a
change of that. What Google sets by itself (review, serving, what is in effect) is no change, and
neither is what moves no figure (names, labels). How a thing was made is no change of it either.
"""

import re
from collections.abc import Iterable, Mapping

from config.words import Level
from connectors.channels.google_ads.rows import Row

PARTS: Mapping[str, Level] = {
    "CAMPAIGN_CRITERION": "campaign",
    "CAMPAIGN_ASSET": "campaign",
    "CAMPAIGN_ASSET_SET": "campaign",
    "AD_GROUP_CRITERION": "ad_group",
    "AD_GROUP_BID_MODIFIER": "ad_group",
    "AD_GROUP_ASSET": "ad_group",
}
"""What hangs on something, by its type; its id begins with that one's: `801~31`."""
NO_CHANGE = (
    "name",
    "displayName",
    "labels",
    "resourceName",
    "status",  # of what has one that counts, a status is a field of ours
    "primaryStatus",  # and primaryStatusReasons, primaryStatusDetails
    "servingStatus",
    "systemServingStatus",
    "biddingStrategySystemStatus",
    "approvalStatus",
    "disapprovalReasons",
    "policySummary",
    "adStrength",
    "actionItems",
    "qualityInfo",
    "positionEstimates",
    "optimizationScore",
    "effective",  # effectiveCpcBidMicros and its like: what holds, wherever it was set
    "recommendedBudget",
    "hasRecommendedBudget",
    "referenceCount",
    "acaMigration",
    "broadMatchMigration",
    "missingEuPoliticalAdvertisingDeclaration",
)
"""How fields begin that Google sets by itself or that move no figure."""
BY_GOOGLE = "AUTOMATICALLY_CREATED"
"""The source of assets that Google makes and links by itself."""


def other_words(paths: Iterable[str]) -> str:
    """Return in words which other fields changed, of paths that are not ours; '' if none did."""
    return ", ".join(dict.fromkeys(filter(None, map(_word, paths))))


def part_words(event: Row, resource: Row) -> str:
    """Return in words what was made, changed or taken away that hangs on something; '' if nothing
    that a person did. An update does not say what it is, only which of its fields changed."""
    if resource.get("source") == BY_GOOGLE:
        return ""
    changed = [path for path in event.get("changedFields", "").split(",") if path != "status"]
    if event["resourceChangeOperation"] == "UPDATE" and changed and not other_words(changed):
        return ""
    kind = resource.get("type") or resource.get("fieldType") or kind_of(resource)
    return _spoken(kind) or other_words(changed) or _spoken(event["changeResourceType"])


def kind_of(resource: Row) -> str:
    """Return what a criterion is, by the part that says so: `location`, `adSchedule`; '' if none
    does."""
    kinds = (key for key, value in resource.items() if isinstance(value, Mapping))
    return next((key for key in kinds if not key.startswith(NO_CHANGE)), "")


def _word(path: str) -> str:
    """Return `network settings` of `networkSettings.targetSearchNetwork`; of an ad what is in it:
    `headlines` of `responsiveSearchAd.headlines`."""
    outer, _, inner = path.partition(".")
    if inner and (outer == "ad" or outer.endswith("Ad")):
        return _word(inner)
    return "" if outer.startswith(NO_CHANGE) else _spoken(outer)


def _spoken(name: str) -> str:
    """Return `ad schedule` of `adSchedule` or `AD_SCHEDULE`."""
    apart = name if name.isupper() else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return apart.replace("_", " ").lower()
