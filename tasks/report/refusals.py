"""Why was a change refused? Every closed reason in people's words."""

from collections.abc import Mapping

REFUSALS: Mapping[str, str] = {
    "stopped": "the stop switch is on",
    "mode": "the mode only observes",
    "not_writable": "cannot be changed here by a program",
    "blocked_field": "this kind of change is blocked for the brand",
    "protected": "protected from changes",
    "account_state": "the account is not running, or in another currency than the brand",
    "immature": "the conversions of these days have not all arrived yet",
    "stale": "figures or settings are missing or out of date",
    "learning": "the platform is still learning",
    "pending_action": "an earlier change of the same thing waits or is not judged yet",
    "conflict": "another proposal for the same thing came first",
    "hold_off": "somebody else changed it lately",
    "cool_down": "it was changed too short a time ago",
    "changes_per_day": "it was changed often enough for a day",
    "below_minimum": "below the least value allowed",
    "above_maximum": "above the largest value allowed",
    "step_percent": "too large a step at once",
    "percent_7_days": "too far from where it was 7 days ago",
    "percent_30_days": "too far from where it was 30 days ago",
    "shared_budget": "a budget that several campaigns share",
    "account_ceiling": "above the account's ceiling of daily budgets",
    "brand_ceiling": "above the brand's ceiling of daily budgets",
    "no_ceiling": "no monthly budget and no ceiling is set, so nothing is raised",
    "month_spend": "the month's budget would be exceeded",
    "delivery_share": "it would take away too much of a day's delivery",
    "delivery_share_7_days": "it would take away too much of a week's delivery",
    "last_of_its_kind": "nothing would be left running in its place",
    "actions_per_run": "enough changes for one run",
    "actions_per_day": "enough changes in the account for one day",
    "brand_actions_per_day": "enough changes of the brand for one day",
    "weekday": "not on this day of the week",
    "hours": "not at this hour",
    "errors": "too many changes failed today",
    "worse": "the playbook's changes turned out worse too often",
    "refusals": "the platform refused the playbook's changes too often",
    "invalid": "the platform would not accept it",
    "early": "not due yet",
    "late": "too long after its time",
    "quiet_hours": "at this hour the brand says nothing",
    "holiday": "on this day the brand says nothing",
    "spacing": "too soon after the account's last post",
    "repeated": "the account said the same not long ago",
    "list_removal": "it would take too many people out of a list at once",
    "list_emptied": "it would leave nobody in a list",
    "group": "another part of the same decision was refused",
    "no_change": "it is so already",
    "moved": "the value on the platform has moved since",
}


def refusal_words(reason: str) -> str:
    """Return a reason in words. The ledger may hold one that a later version knows."""
    return REFUSALS.get(reason) or reason.replace("_", " ") or "no reason given"
