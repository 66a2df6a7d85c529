"""A small brand for the gate: ten campaigns of 100 EUR a day, each a twentieth of the delivery.

Campaign c1 has the ad groups g1 and g2; g1 has two ads and two keywords. Everything passes here:
a test changes what it is about.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from config.content_rules import ContentRules
from config.guardrails import Guardrails
from connectors.actions import Action, Proposal
from connectors.changes import Edit, Setting, Subject, Value
from connectors.social import item_of
from tasks.gate.state import AccountState, Delivery, GateState, MonthlyBudget, Posting, Thing

NOW = datetime(2026, 11, 12, 10, tzinfo=UTC)  # a Thursday, 11:00 in Berlin
TODAY = NOW.date()
LAGS = {"spend": 1, "conversions": 6}
MATURE = TODAY - timedelta(days=7)

TWENTIETH = Delivery(50.0, 5.0)


def campaign(number: int, **changes: Any) -> Thing:
    key = f"c{number}"
    made = Thing(
        "campaign",
        key,
        f"Campaign {number}",
        "enabled",
        campaign_id=key,
        daily_budget=Decimal(100),
        delivery=TWENTIETH,
    )
    return replace(made, **changes)


def below(level: str, entity_id: str, parent: str, **changes: Any) -> Thing:
    made = Thing(
        level,
        entity_id,
        f"{level} {entity_id}",
        "enabled",
        parent_id=parent,
        campaign_id="c1",
        delivery=Delivery(10.0, 1.0),
    )
    return replace(made, **changes)


def things(*changed: Thing) -> dict[tuple[Any, str], Thing]:
    whole = [
        *(campaign(number) for number in range(1, 11)),
        below("ad_group", "g1", "c1"),
        below("ad_group", "g2", "c1"),
        below("ad", "a1", "g1"),
        below("ad", "a2", "g1"),
        below("keyword", "k1", "g1", item="exact:red shoes"),
        below("keyword", "k2", "g1", item="exact:blue shoes"),
        below("search_term", "g1~cheap shoes", "g1"),
        below("search_term", "g2~old cheap shoes", "g2"),
        *changed,
    ]
    return {(thing.level, thing.entity_id): thing for thing in whole}


def account(**changes: Any) -> AccountState:
    made = AccountState(
        account_key=1,
        account_id="111",
        name="Shop",
        currency="EUR",
        time_zone="Europe/Berlin",
        status="enabled",
        things=things(),
        levels=frozenset({"campaign", "ad_group", "ad", "keyword", "search_term"}),
        delivery=Delivery(1000.0, 100.0),
        last_day=TODAY - timedelta(days=1),
        lags=LAGS,
        month_spend=Decimal(11000),
        spend_through=TODAY - timedelta(days=1),
        edits=(),
    )
    return replace(made, **changes)


def network(**changes: Any) -> AccountState:
    """The account on a social network, of which there are no figures at all."""
    made = account(
        account_key=2, account_id="222", name="Our page", currency="XXX", things={},
        levels=frozenset(), delivery=None, last_day=None, lags={}, month_spend=None,
        spend_through=None, edits=None,
    )  # fmt: skip
    return replace(made, **changes)


def budget_of(entity_id: str = "c1", level: str = "campaign") -> Subject:
    return Subject(level, entity_id, "daily_budget")


def status_of(entity_id: str = "c1", level: str = "campaign") -> Subject:
    return Subject(level, entity_id, "status")


def proposal(subject: Subject, before: Value, after: Value, **changes: Any) -> Proposal:
    made = Proposal(
        brand="shop",
        process="google_ads",
        playbook="mend",
        check="dear",
        as_of=TODAY,
        account_key=1,
        entity_key=1,
        subject=subject,
        name=f"the {subject.level} {subject.entity_id}",
        campaign_id="c1",
        before=before,
        after=after,
        unit="",
        currency="EUR",
        verdict="critical",
        sentence="It costs too much.",
        numbers={"cpa": 60.0},
        window_end=MATURE,
        metrics=("spend", "conversions"),
        expected=None,
        risk="",
        undo="",
        priority=50,
        owner="",
        mode="propose",
        expires_at=NOW + timedelta(days=3),
        judge_after_days=7,
    )
    return replace(made, **changes)


def money(before: str, after: str, entity_id: str = "c1", **changes: Any) -> Proposal:
    return proposal(budget_of(entity_id), Decimal(before), Decimal(after), **changes)


def pause(entity_id: str = "c1", level: str = "campaign", **changes: Any) -> Proposal:
    return proposal(status_of(entity_id, level), "enabled", "paused", **changes)


def enable(entity_id: str = "c1", level: str = "campaign", **changes: Any) -> Proposal:
    return proposal(status_of(entity_id, level), "paused", "enabled", **changes)


def negative(item: str, entity_id: str = "g1", level: str = "ad_group", **changes: Any) -> Proposal:
    subject = Subject(level, entity_id, "negative_keyword", item)
    return proposal(subject, "absent", "present", **changes)


def action(action_id: int, done: Proposal, days_ago: float = 0, **changes: Any) -> Action:
    """An action that was carried out and judged, unless said otherwise."""
    at = NOW - timedelta(days=days_ago)
    made = Action(
        action_id,
        done,
        "judged",
        3,
        created_at=at,
        updated_at=at,
        attempts=1,
        applied_at=at,
        judged="improved",
    )
    return replace(made, **changes)


def edit(subject: Subject, old: Value | None, new: Value | None, days_ago: float = 0) -> Edit:
    at = NOW - timedelta(days=days_ago)
    return Edit(f"{subject} {at}", at, subject, old, new, "somebody@example.com", "WEB")


def post(text: str = "Our new shop is open", due: datetime = NOW, **changes: Any) -> Proposal:
    """A post of account 2, on a social network: it rests on no figures."""
    subject = Subject("account", "222", "post", item_of(due, text))
    plain = {"account_key": 2, "campaign_id": None, "metrics": (), "playbook": "publish_posts",
             "check": "", "process": "linkedin_post", "currency": "XXX"}  # fmt: skip
    return proposal(subject, "absent", "present", **{**plain, **changes})


def audience(people: int = 100, added: int = 0, removed: int = 0, **changes: Any) -> Proposal:
    """A change of who is in a list of a mail service: it rests on no figures."""
    subject = Subject("account", "111", "audience", changes.pop("item", "b1/49382"))
    plain = {"campaign_id": None, "metrics": (), "playbook": "push_lists", "check": "",
             "process": "email_marketing", "name": "Mailchimp list b1/49382",
             "content": {"added": str(added), "removed": str(removed), "segment": "lapsed"},
             }  # fmt: skip
    before, after = f"{people}:{'a' * 32}", f"{people + added - removed}:{'b' * 32}"
    return proposal(subject, before, after, **{**plain, **changes})


def setting(one: Proposal, **changes: Any) -> Setting:
    return replace(Setting(one.subject, one.before), **changes)


def state(*asked: Proposal, **changes: Any) -> GateState:
    """The brand at noon, with the settings that these proposals saw."""
    fields: dict[str, Any] = {
        "brand": "shop",
        "currency": "EUR",
        "now": NOW,
        "guardrails": Guardrails(),
        "accounts": {1: account(), 2: network()},
        "settings": {(one.account_key, one.subject): setting(one) for one in asked},
        "posting": Posting(ContentRules(), "Europe/Berlin"),
        "budgets": [MonthlyBudget("google_ads", frozenset({1}), Decimal(60800))],
    }
    return GateState(**{**fields, **changes})


def day(text: str) -> date:
    return date.fromisoformat(text)
