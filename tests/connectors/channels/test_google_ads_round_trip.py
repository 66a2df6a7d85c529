"""Changes over real HTTP to the sandbox: checked, written once, read back, found in the history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.base import RejectedError, Window
from connectors.changes import Change, Edit, Subject, Value, Written
from connectors.channels.google_ads import Connector, Options
from connectors.draft import digest_of
from connectors.sandbox import DEMO_TODAY, Sandbox, demo
from connectors.sandbox.demo import MANAGER, SHOP_GOOGLE
from connectors.sandbox.structure import Account, Brand, Scenario

from .google_replies import DRAFT, permits

STRATEGIES = (
    {"bidding": "manual_cpc"},
    {"bidding": "target_cpa", "target": 30.0},
    {"bidding": "target_roas", "target": 3.5},
    {"shared_budget": "both"},
    {"shared_budget": "both"},
)
"""How the first campaigns of the shop bid and spend."""
INHERITED = {("keyword", "cpc_bid"), ("ad_group", "target_cpa")}
"""What has a number of its own only once a person has set one."""


def scenario() -> Scenario:
    """Return the demo, its shop with a campaign of each kind and without incidents."""
    found = demo()
    return replace(found, incidents=(), brands=tuple(_brand(brand) for brand in found.brands))


def _brand(brand: Brand) -> Brand:
    return replace(brand, accounts=tuple(_account(account) for account in brand.accounts))


def _account(account: Account) -> Account:
    if account.account_id != SHOP_GOOGLE:
        return account
    kept = account.campaigns[len(STRATEGIES) :]
    changed = zip(account.campaigns, STRATEGIES, strict=False)
    campaigns = tuple(replace(campaign, **how) for campaign, how in changed)
    return replace(account, campaigns=campaigns + kept)


@pytest.fixture(scope="module")
def market() -> Iterator[Sandbox]:
    with Sandbox(scenario(), today=DEMO_TODAY) as sandbox:
        yield sandbox


@pytest.fixture
def google(market) -> Iterator[Connector]:
    yield Connector(
        Options(
            account_id=SHOP_GOOGLE,
            login_customer_id=MANAGER,
            client_id="client",
            client_secret="planted-client",
            refresh_token="planted-refresh",
            base_url=market.google_url,
            token_url=f"{market.google_url}/token",
        )
    )
    market.faults.clear()


def ids(google: Connector, level: str, campaign: int = 0) -> list[str]:
    """Return the ids of a level's entities in the campaign of this place in the list."""
    campaigns = [e.entity_id for page in google.entities(["campaign"]) for e in page]
    found = [e for page in google.entities([level]) for e in page]
    return [e.entity_id for e in found if e.campaign_id == campaigns[campaign]]


def subject(google: Connector, level: str, field: str, item: str = "", campaign: int = 0):
    return Subject(level, ids(google, level, campaign)[0], field, item)


def put(google: Connector, changes: list[Change], **how) -> list[Written]:
    assert google.check(changes) == [""] * len(changes)
    return google.write(permits(*changes), **how)


def value(google: Connector, about: Subject) -> Value:
    return google.settings([about])[about].value


def log(market: Sandbox, outcome: str = "accepted") -> int:
    return sum(edit.outcome == outcome for edit in market.world.market.edits.log())


@pytest.mark.parametrize(
    ("level", "field", "item", "campaign", "values"),
    [
        ("campaign", "status", "", 0, ["paused", "enabled"]),
        ("ad_group", "status", "", 0, ["paused", "enabled"]),
        ("ad", "status", "", 0, ["paused", "enabled"]),
        ("keyword", "status", "", 0, ["paused", "enabled"]),
        ("campaign", "daily_budget", "", 0, [Decimal("99.50"), Decimal(120)]),
        ("ad_group", "cpc_bid", "", 0, [Decimal("1.23"), Decimal("0.90")]),
        ("keyword", "cpc_bid", "", 0, [Decimal("1.01"), Decimal("0.99")]),
        ("campaign", "target_cpa", "", 1, [Decimal("27.50")]),
        ("ad_group", "target_cpa", "", 1, [Decimal("25.10")]),
        ("campaign", "target_roas", "", 2, [Decimal("3.3")]),
        ("campaign", "negative_keyword", "phrase:free trial", 0, ["present", "absent"]),
        ("ad_group", "negative_keyword", "exact:jobs", 0, ["present", "absent"]),
        ("ad_group", "keyword", "exact:winter boots", 0, ["paused", "enabled", "absent"]),
        ("campaign", "label", "Watch", 0, ["present", "absent"]),
        ("ad_group", "label", "Watch", 0, ["present", "absent"]),
        ("ad_group", "ad", digest_of(DRAFT), 0, ["paused", "removed"]),
    ],
)
def test_what_is_written_is_read_and_in_the_history(
    google, market, level, field, item, campaign, values
):
    about = subject(google, level, field, item, campaign)
    if (level, field) in INHERITED:
        assert google.settings([about])[about].fixed.startswith("it inherits the")
        market.edit_by_hand(SHOP_GOOGLE, level, about.entity_id, field, "1.50")
    for after in values:
        before = google.settings([about])[about]
        assert before.fixed == ""
        content = DRAFT if field == "ad" and after == "paused" else {}
        (answer,) = put(google, [Change(about, before.value, after, content)])
        assert (answer.state, answer.error) == ("accepted", "")
        assert value(google, about) == after
        if field not in ("label", "ad"):
            last = [edit for edit in history(google, market) if edit.subject.field == field][-1]
            same_item = (last.subject, last.new) == (about, after)
            by_id = field == "keyword" and after == "enabled"  # an update names no text
            assert same_item or by_id
    assert not [edit for edit in history(google, market) if edit.subject.field == "other"]


def test_what_a_person_changes_beside_it_is_in_the_history(google, market):
    group = subject(google, "ad_group", "status").entity_id
    ad = next(key for key in sorted(ids(google, "ad")) if key.startswith(f"{group}~"))
    for level, key, path in (
        ("ad_group", group, "targetingSetting.targetRestrictions"),
        ("ad", ad, "responsiveSearchAd.headlines"),
    ):
        market.edit_by_hand(SHOP_GOOGLE, level, key, "other", path, who="a@b.example")
    told = [edit for edit in history(google, market) if edit.subject.field == "other"]
    assert [(edit.subject, edit.who, edit.tool) for edit in told] == [
        (
            Subject("ad_group", group, "other", "targeting setting"),
            "a@b.example",
            "GOOGLE_ADS_WEB_CLIENT",
        ),
        (Subject("ad", ad, "other", "headlines"), "a@b.example", "GOOGLE_ADS_WEB_CLIENT"),
    ]


def history(google: Connector, market: Sandbox) -> list[Edit]:
    now = market.world.moment()
    pages = google.edits(now - timedelta(days=20), now + timedelta(hours=1))
    return [edit for page in pages for edit in page]


def test_what_makes_something_names_it_as_the_warehouse_will(google):
    about = subject(google, "ad_group", "keyword", "exact:summer sandals")
    (answer,) = put(google, [Change(about, "absent", "paused", {"cpc_bid": "0.80"})])
    made = Subject("keyword", answer.made, "cpc_bid")
    assert value(google, made) == Decimal("0.8")
    assert answer.made in ids(google, "keyword")


def test_one_change_of_several_fails_by_itself(google):
    low = Change(subject(google, "campaign", "daily_budget"), "", Decimal("0.01"))
    good = Change(subject(google, "ad_group", "status"), "", "enabled")
    assert google.check([low, good])[0].startswith("BUDGET_BELOW_PER_DAY_MINIMUM")
    answers = google.write(permits(low, good))
    assert [answer.state for answer in answers] == ["refused", "accepted"]
    assert "; the least is " in answers[0].error


def test_together_is_all_or_nothing(google):
    low = Change(subject(google, "campaign", "daily_budget"), "", Decimal("0.01"))
    pause = Change(subject(google, "ad_group", "status"), "", "paused")
    answers = google.write(permits(low, pause), together=True)
    assert [answer.state for answer in answers] == ["refused", "refused"]
    assert value(google, pause.subject) == "enabled"
    good = replace(low, after=Decimal(111))
    answers = google.write(permits(good, replace(pause, after="enabled")), together=True)
    assert [answer.state for answer in answers] == ["accepted", "accepted"]


def test_checking_writes_nothing(google, market):
    about = subject(google, "campaign", "daily_budget")
    before, accepted = value(google, about), log(market)
    assert google.check([Change(about, before, Decimal(77))]) == [""]
    assert (value(google, about), log(market)) == (before, accepted)


def test_a_shared_budget_names_its_campaigns_and_is_one_edit_of_each(google, market):
    about = subject(google, "campaign", "daily_budget", campaign=3)
    both = (ids(google, "campaign", 3)[0], ids(google, "campaign", 4)[0])
    assert google.settings([about])[about].shared_by == both
    put(google, [Change(about, value(google, about), Decimal("88.80"))])
    assert value(google, Subject("campaign", both[1], "daily_budget")) == Decimal("88.8")
    last = history(google, market)[-2:]
    assert [(edit.subject.entity_id, edit.new) for edit in last] == [
        (campaign, Decimal("88.8")) for campaign in both
    ]


def test_what_the_strategy_rules_is_fixed_and_never_sent(google, market):
    sent = log(market) + log(market, "refused")
    bid = Change(subject(google, "keyword", "cpc_bid", campaign=1), "", Decimal(1))
    target = Change(subject(google, "campaign", "target_roas", campaign=1), "", Decimal(1))
    answers = google.write(permits(bid, target))
    assert ["TARGET_CPA" in answer.error for answer in answers] == [True, True]
    assert log(market) + log(market, "refused") == sent


@pytest.mark.parametrize("kind", ["cut_before", "cut_body", "half_page", "html"])
def test_a_lost_answer_is_open_and_the_change_is_there_once_or_not_at_all(google, market, kind):
    about = subject(
        google, "campaign", "negative_keyword", f"exact:lost by {kind.replace('_', ' ')}"
    )
    change, accepted = Change(about, "absent", "present"), log(market)
    market.faults.add(kind, platform="google", path="googleAds:mutate")
    (answer,) = google.write(permits(change))
    assert answer.state == "unknown"
    there = value(google, about) == "present"
    assert log(market) - accepted == int(there)


def test_the_history_reaches_back_thirty_days(google, market):
    now = market.world.moment()
    with pytest.raises(RejectedError, match="START_DATE_TOO_OLD"):
        list(google.edits(now - timedelta(days=google.edit_history_days + 10), now))


def test_the_planner_has_ideas(google):
    ideas = google.keyword_ideas(["running shoes"], "https://www.example.com")
    assert ideas
    assert all(idea.low_bid <= idea.high_bid for idea in ideas if idea.low_bid and idea.high_bid)


def test_search_terms_have_figures_and_are_entities(google, market):
    window = Window(DEMO_TODAY - timedelta(days=14), DEMO_TODAY - timedelta(days=1))
    terms = {e.entity_id: e for page in google.entities(["search_term"]) for e in page}
    found = {key for frame in google.performance("search_term", window) for key in frame.entity_id}
    assert found
    assert found <= set(terms)
    groups = set(ids(google, "ad_group"))
    some = next(term for term in terms.values() if term.parent_id in groups)
    assert some.entity_id == f"{some.parent_id}~{some.name.lower()}"
    assert (some.status, some.details["status"] in ("NONE", "ADDED")) == ("enabled", True)
