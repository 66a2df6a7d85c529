"""What is true now of a campaign's status, budget, bids, and items, and why can it not be changed?

A number that is not set reads 0 and is always fixed: setting one would change how a campaign bids.
One that an ad group or keyword inherits reads as what holds, and is fixed too: setting it would
detach it from what it inherits from, and no value that could be set would attach it again.
Source of what holds under which strategy: `AdGroup` and `Campaign` of google-ads 34.0.0 (v26).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from config.words import Field, Level
from connectors.changes import ABSENT, ITEM_FIELDS, MONEY_FIELDS, REMOVED, Setting, Subject, Value
from connectors.channels.google_ads.reading import Things, budget_id
from connectors.channels.google_ads.rows import MICROS, STATUS, Row

MANUAL = frozenset({"MANUAL_CPC", "ENHANCED_CPC"})
"""Strategies that use the bids of ad groups and keywords."""
TARGET: Mapping[Field, Mapping[str, tuple[str, str]]] = {
    "target_cpa": {
        "TARGET_CPA": ("targetCpa", "targetCpaMicros"),
        "MAXIMIZE_CONVERSIONS": ("maximizeConversions", "targetCpaMicros"),
    },
    "target_roas": {
        "TARGET_ROAS": ("targetRoas", "targetRoas"),
        "MAXIMIZE_CONVERSION_VALUE": ("maximizeConversionValue", "targetRoas"),
    },
}
"""Where a campaign's target is, by its bidding strategy."""
UNSAID = frozenset({"", "UNSPECIFIED", "UNKNOWN", "UNAVAILABLE", "MULTIPLE"})
"""Statuses of a bidding strategy that leave open whether it is learning."""
PART: Mapping[Level, str] = {
    "campaign": "campaign",
    "ad_group": "adGroup",
    "ad": "adGroupAd",
    "keyword": "adGroupCriterion",
}
_OWN: Mapping[Field, tuple[str, str]] = {
    "cpc_bid": ("cpcBidMicros", "effectiveCpcBidMicros"),
    "target_cpa": ("targetCpaMicros", "effectiveTargetCpaMicros"),
    "target_roas": ("targetRoas", "effectiveTargetRoas"),
}
"""An own number of an ad group or keyword, and the one that holds if it has none."""
_ABOVE: Mapping[Level, str] = {"ad_group": "campaign", "keyword": "ad group"}
"""From what it inherits one."""
_WORDS: Mapping[Field, str] = {
    "cpc_bid": "bid",
    "target_cpa": "target CPA",
    "target_roas": "target ROAS",
}

Reading = tuple[Value, str]
"""A value, and why it cannot be changed ('' if it can)."""


def setting_of(subject: Subject, things: Things, smallest: Decimal) -> Setting | None:
    """Return what is true of a subject, None if its thing does not exist.

    `smallest` is the currency's minor unit, in major units.
    """
    row = things.rows.get((subject.level, subject.entity_id))
    if row is None:
        return None
    value, fixed = reading_of(subject, row, things)
    return Setting(
        subject=subject,
        value=value,
        fixed=fixed,
        shared_by=_sharing(row, things) if subject.field == "daily_budget" else (),
        learning=learning(row["campaign"]),
        unit=smallest if subject.field in MONEY_FIELDS else Decimal("0.01"),
        parent_paused=any(
            _status(level, row) != "enabled" for level in _above(subject) if PART[level] in row
        ),
        item_id=_item_id(subject, things),
    )


def reading_of(subject: Subject, row: Row, things: Things) -> Reading:
    """Return the value of a subject whose thing is there, and why it cannot be changed."""
    value, fixed = _reading(subject, row, things)
    return value, _removed(subject.level, row) or fixed


def learning(campaign: Mapping[str, Any]) -> bool | None:
    """Tell whether the bidding strategy is learning; None: Google does not say."""
    if campaign.get("biddingStrategyType") in MANUAL:
        return False
    status = campaign.get("biddingStrategySystemStatus", "")
    if status in UNSAID:
        return None
    return "LEARNING" in status


def _above(subject: Subject) -> tuple[Level, ...]:
    """Return the levels that must run for the subject to deliver anything."""
    if subject.level == "campaign":
        return ()
    inside = subject.level != "ad_group" or subject.field in ("keyword", "ad")
    return ("campaign", "ad_group") if inside else ("campaign",)


def _status(level: Level, row: Row) -> str:
    return STATUS.get(row[PART[level]].get("status", ""), "unknown")


def _removed(level: Level, row: Row) -> str:
    """Return a sentence if the thing, or what it is in, is gone for good."""
    for name in ("campaign", "ad_group", level):
        if PART[name] in row and _status(name, row) == REMOVED:
            return f"the {name.replace('_', ' ')} was removed, which is final"
    return ""


def _reading(subject: Subject, row: Row, things: Things) -> Reading:
    if subject.field in ITEM_FIELDS:
        return _item(subject, things)
    if subject.field == "status":
        return _status(subject.level, row), ""
    if subject.field == "daily_budget":
        return _budget(row, things)
    if subject.field == "cpc_bid":
        return _bid(subject, row)
    return _target(subject, row)


def _item(subject: Subject, things: Things) -> Reading:
    value = things.item(subject).value
    if subject.field == "ad" and value == REMOVED:
        return value, "an ad of this content was removed, which is final: change a text"
    if subject.field == "label" and value == ABSENT and not 0 < len(subject.item) <= 80:
        return value, "a label has 1 to 80 signs"
    return value, ""


def _item_id(subject: Subject, things: Things) -> str:
    """Return a keyword's or ad's own id, as `9001~55`, '' if it is not there."""
    if subject.field not in ("keyword", "ad"):
        return ""
    return things.item(subject).resource.rpartition("/")[2]


def _budget(row: Row, things: Things) -> Reading:
    budget = row.get("campaignBudget", {})
    amount = _money(budget.get("amountMicros"))
    if budget.get("period") == "CUSTOM_PERIOD":
        return amount, "the campaign has a total budget for its whole period, no daily one"
    if not amount:
        return amount, "Google names no daily amount for the campaign's budget"
    known, used = len(things.sharers.get(budget_id(row), ())), int(budget.get("referenceCount", 1))
    if used > max(known, 1):
        return amount, f"{used} campaigns share the budget, of which only {known} can be seen"
    return amount, ""


def _sharing(row: Row, things: Things) -> tuple[str, ...]:
    campaigns = things.sharers.get(budget_id(row), ())
    return campaigns if len(campaigns) > 1 else ()


def _bid(subject: Subject, row: Row) -> Reading:
    value, inherited = _own(subject, row)
    strategy = row["campaign"].get("biddingStrategyType", "UNKNOWN")
    if strategy not in MANUAL:
        return value, f"the campaign bids by {strategy}, which sets the bids itself"
    return value, _portfolio(row) or inherited or _unset(value, "bid")


def _target(subject: Subject, row: Row) -> Reading:
    campaign = row["campaign"]
    strategy = campaign.get("biddingStrategyType", "UNKNOWN")
    place = TARGET[subject.field].get(strategy)
    if place is None:
        missing = f"the campaign bids by {strategy}, which has no {subject.field}"
        return Decimal(0), _portfolio(row) or missing
    outer, inner = place
    if subject.level == "campaign":
        value, inherited = NUMBER[subject.field](campaign.get(outer, {}).get(inner)), ""
    else:
        value, inherited = _own(subject, row)
    return value, _portfolio(row) or inherited or _unset(value, subject.field)


def _own(subject: Subject, row: Row) -> tuple[Decimal, str]:
    """Return an ad group's or keyword's number, or else the one that it inherits, with a sentence
    that says so."""
    own, holds = _OWN[subject.field]
    read, thing = NUMBER[subject.field], row[PART[subject.level]]
    if value := read(thing.get(own)):
        return value, ""
    value, what = read(thing.get(holds)), _WORDS[subject.field]
    if not value:
        return value, ""
    return value, (
        f"it inherits the {what} of its {_ABOVE[subject.level]}: change that, or set one of its "
        "own in Google Ads first"
    )


def _portfolio(row: Row) -> str:
    """Return a sentence if the campaign bids by a strategy that it shares with others."""
    if not row["campaign"].get("biddingStrategy"):
        return ""
    return "the campaign's bids belong to a portfolio strategy: change it in Google Ads"


def _unset(value: Decimal, what: str) -> str:
    return "" if value else f"no {what} is set: set one in Google Ads first"


def _money(micros: str | int | None) -> Decimal:
    return Decimal(micros or 0) / MICROS


def _ratio(number: float | None) -> Decimal:
    """Return the shortest decimal that means this double: what was written is read again."""
    return Decimal(repr(float(number or 0))).normalize() + 0


NUMBER: Mapping[Field, Callable[[Any], Decimal]] = {
    "daily_budget": _money,
    "cpc_bid": _money,
    "target_cpa": _money,
    "target_roas": _ratio,
}
