"""What does Meta say of a campaign's, an ad set's or an ad's settings now, and can they be changed?

A budget lives on the campaign or on its ad sets; the level without one has the value 0 and is
fixed, as is what has a lifetime budget. A bid is fixed where the bidding strategy sets it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from config.words import Field, Level
from connectors.base import RejectedError
from connectors.changes import ABSENT, MONEY_FIELDS, PRESENT, Setting, Subject, Value
from connectors.channels.meta_ads.account_money import AccountMoney
from connectors.channels.meta_ads.drafts import NO_PAGE, drafts_of, name_of
from connectors.channels.meta_ads.entities import STATUS, labels
from connectors.channels.meta_ads.graph import Graph, Row

WRITABLE: frozenset[tuple[Level, Field]] = frozenset(
    [
        ("campaign", "status"),
        ("campaign", "daily_budget"),
        ("campaign", "label"),
        ("ad_group", "status"),
        ("ad_group", "daily_budget"),
        ("ad_group", "cpc_bid"),
        ("ad_group", "label"),
        ("ad_group", "ad"),
        ("ad", "status"),
    ]
)

OWN = "id,account_id,name,status,effective_status,updated_time"
BUDGETS = "daily_budget,lifetime_budget,adlabels"
FIELDS: Mapping[Level, str] = {
    "campaign": f"{OWN},{BUDGETS}",
    "ad_group": f"{OWN},{BUDGETS},campaign_id,bid_strategy,bid_amount,learning_stage_info",
    "ad": OWN,
}

GONE = ("ARCHIVED", "DELETED")
PARENT_PAUSED = ("CAMPAIGN_PAUSED", "ADSET_PAUSED")
AUTOMATIC_BIDS = ("LOWEST_COST_WITHOUT_CAP", "LOWEST_COST_WITH_MIN_ROAS")
"""Bidding strategies that take no `bid_amount`."""
LEARNING = {"LEARNING": True, "SUCCESS": False, "FAIL": False}
"""Of `learning_stage_info.status`. FAIL is "learning limited": it learns no more."""

Said = tuple[Value, str]
"""A value, and why it is fixed if it is."""


def refuse_unwritable(subjects: Iterable[Subject]) -> None:
    """Raise `RejectedError` for what Meta does not let us change, and for an id it cannot have."""
    for subject in subjects:
        if not (subject.entity_id.isascii() and subject.entity_id.isdigit()):
            raise RejectedError(f"meta_ads has no id {subject.entity_id!r}: ids are digits")
        if (subject.level, subject.field) not in WRITABLE:
            raise RejectedError(f"meta_ads cannot change {subject.field} of {subject.level}")


def read(
    graph: Graph, subjects: Sequence[Subject], money: AccountMoney, page_id: str
) -> dict[Subject, Setting]:
    """Return what is true now of subjects that exist in this account; see `WritableChannel`.

    A thing of another account is left out like one that does not exist: it is not ours to change.
    """
    refuse_unwritable(subjects)
    rows = graph.nodes({subject.entity_id: FIELDS[subject.level] for subject in subjects})
    with graph.shape(""):
        own = {node for node, row in rows.items() if str(row["account_id"]) == graph.account_id}
    drafted = {s.entity_id for s in subjects if s.field == "ad"} & own
    ads = {ad_set: drafts_of(graph, ad_set) for ad_set in sorted(drafted)}
    settings = {}
    for subject in (subject for subject in subjects if subject.entity_id in own):
        row = rows[subject.entity_id]
        with graph.shape(subject.entity_id):
            if subject.field == "ad":
                ad = ads[subject.entity_id].get(name_of(subject.item))
                settings[subject] = _draft(subject, row, ad, page_id)
            else:
                settings[subject] = setting_of(subject, row, money)
    return settings


def setting_of(subject: Subject, row: Row, money: AccountMoney) -> Setting:
    """Return what a node says of one of its own fields."""
    value, fixed = VALUES[subject.field](subject, row, money)
    of_money = subject.field in MONEY_FIELDS
    return Setting(
        subject=subject,
        value=value,
        fixed=_gone(row) or fixed,
        learning=LEARNING.get((row.get("learning_stage_info") or {}).get("status", "")),
        minimum=money.minimum if subject.field == "daily_budget" else None,
        unit=money.unit if of_money else Decimal("0.01"),
        changed_at=_moment(row.get("updated_time")),
        parent_paused=row.get("effective_status") in PARENT_PAUSED,
    )


def _draft(subject: Subject, ad_set: Row, ad: Row | None, page_id: str) -> Setting:
    """Return whether an ad set has this draft: its status, or absent."""
    return Setting(
        subject=subject,
        value=ABSENT if ad is None else _status(subject, ad)[0],
        fixed=_gone(ad_set) or ("" if page_id else NO_PAGE),
        changed_at=_moment(ad.get("updated_time")) if ad is not None else None,
        parent_paused="PAUSED" in ad_set["status"] or "PAUSED" in ad_set["effective_status"],
        item_id="" if ad is None else str(ad["id"]),
    )


def _moment(text: str | None) -> datetime | None:
    """Return a moment such as `2026-11-18T09:12:44-0500` in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _gone(row: Row) -> str:
    """Return why nothing can be changed on what is archived or deleted, itself or its parent."""
    for whose, state in (("it is", row["status"]), ("its parent is", row["effective_status"])):
        if state in GONE:
            return f"{whose} {state.lower()}"
    return ""


def _status(_: Subject, row: Row, __: AccountMoney | None = None) -> Said:
    status = row["status"]
    if status in STATUS:
        return STATUS[status], ""
    return "unknown", f"its status is {status}, which marketloop does not know"


def _daily_budget(subject: Subject, row: Row, money: AccountMoney) -> Said:
    if amount := money.major(row.get("daily_budget") or 0):
        return amount, ""
    if lifetime := money.major(row.get("lifetime_budget") or 0):
        return Decimal(0), f"it has a lifetime budget of {lifetime:f} {money.currency}, none a day"
    if subject.level == "campaign":
        return Decimal(0), "its budget lives on its ad sets"
    return Decimal(0), (
        f"its budget lives on campaign {row['campaign_id']}, which spreads it over its ad sets"
    )


def _bid(_: Subject, row: Row, money: AccountMoney) -> Said:
    bid, strategy = money.major(row.get("bid_amount") or 0), row.get("bid_strategy")
    if strategy in AUTOMATIC_BIDS:
        return bid, f"the bidding strategy {strategy} sets its bids"
    return bid, "" if bid else "it has no bid amount"


def _label(subject: Subject, row: Row, _: AccountMoney) -> Said:
    return PRESENT if subject.item in labels(row) else ABSENT, ""


VALUES: Mapping[Field, Callable[[Subject, Row, AccountMoney], Said]] = {
    "status": _status,
    "daily_budget": _daily_budget,
    "cpc_bid": _bid,
    "label": _label,
}
