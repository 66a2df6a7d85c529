"""One month over two platforms, on the demo's market: real HTTP to both, a real ledger."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from shutil import copytree

import pytest
import sqlalchemy as sa

from config.settings import HERE, settings
from connectors.base import TransientError
from connectors.channels import meta_ads
from connectors.sandbox.demo import DEMO_TODAY
from connectors.warehouse.schema import accounts, entities, performance_daily
from tasks.steps.apply import Round
from tasks.steps.begin import begin
from tasks.steps.judge import judge
from tasks.steps.opening import brand_library
from tasks.steps.propose import propose
from tasks.steps.pull import pull_account
from tasks.steps.review import review_changes
from tests.market import demo_market, warehouse
from tests.plain import plain_steps

MORNING = datetime.combine(DEMO_TODAY, time(9), UTC)
LATER = MORNING + timedelta(hours=1)
ALONE = "  - {platform: google_ads, monthly: 25000}\n  - {platform: meta_ads, monthly: 19500}\n"
TOGETHER = "  - {platforms: [google_ads, meta_ads], monthly: 80000}\n"
PROTECTED = '    - {name: "brand |*", level: campaign}\n'


@pytest.fixture(scope="module")
def pulled() -> list[bytes]:
    """The warehouse after the first pull; pulling is done once."""
    return []


@pytest.fixture
def market(tmp_path, monkeypatch, pulled):
    """The demo, whose shop has one amount over both platforms, and nothing protected."""
    copytree(HERE / "demo", tmp_path / "brands")
    rewrite(tmp_path, ALONE, TOGETHER)
    rewrite(tmp_path, "schedules:\n", 'schedules:\n  media_budget: {cron: "45 7 * * *"}\n')
    rewrite(tmp_path, PROTECTED, "")
    with demo_market(tmp_path) as sandbox, plain_steps():
        monkeypatch.setenv("MARKETLOOP_BRANDS_DIR", str(tmp_path / "brands"))
        settings.cache_clear()
        file = tmp_path / "warehouse.db"
        if not pulled:
            run = begin.fn("media_budget", "shop", MORNING, DEMO_TODAY, None)
            for name in run.accounts:
                pull_account.fn(run, name)
            pulled.append(file.read_bytes())
        file.write_bytes(pulled[0])
        yield sandbox


def rewrite(folder, old, new):
    file = folder / "brands" / "shop.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def heat(platform):
    """Let all budgets have been exhausted, and a platform have brought four times as much."""
    days = performance_daily.c
    mine = sa.select(accounts.c.account_key).where(accounts.c.platform == platform)
    of_mine = sa.select(entities.c.entity_key).where(entities.c.account_key.in_(mine))
    brought = sa.update(performance_daily).where(days.entity_key.in_(of_mine))
    with warehouse() as store, store.writing() as connection:
        connection.execute(sa.update(performance_daily).values(spend=1.25 * days.spend))
        connection.execute(brought.values(conversions=4 * days.conversions))


def proposed(better="meta_ads", failed=None):
    """Return what is proposed where a platform brings more for the same money than it does."""
    heat(better)
    run = begin.fn("media_budget", "shop", MORNING, DEMO_TODAY, None)
    judgement = judge.fn(run, [], failed or {})
    return propose.fn(run, judgement, failed or {})


def approved(actions):
    """Let two people approve the whole: it moves more than one may alone."""
    with warehouse() as store:
        for who in ("ana", "bo"):
            actions = store.approve_all(actions, who=who, why="tried", now=MORNING, needed=2)
    return actions


def carried_out(now=MORNING):
    with warehouse() as store:
        done = Round(store, brand_library("shop"), "shop", "a run", now).carry_out()
    return {action.action_id: action for action in done}


def written(market):
    return [edit for edit in market.writes if edit.outcome == "accepted"]


def platforms():
    with warehouse() as store:
        known = store.accounts("shop")
    return dict(zip(known["account_key"].tolist(), known["platform"].tolist(), strict=True))


def change(actions):
    """Return by how much the daily budgets of each platform change."""
    names, sums = platforms(), {}
    for action in actions:
        name = names[action.proposal.account_key]
        by = action.proposal.after - action.proposal.before
        sums[name] = sums.get(name, Decimal(0)) + by
    return sums


@pytest.mark.parametrize(("giver", "taker"), [("google", "meta"), ("meta", "google")])
def test_one_decision_moves_money_to_the_better_platform_the_giver_first(market, giver, taker):
    actions = proposed(f"{taker}_ads")
    assert {action.state for action in actions} == {"proposed"}
    assert len({action.proposal.group for action in actions}) == 1
    by = change(actions)
    assert by[f"{giver}_ads"] < 0 < by[f"{taker}_ads"]
    assert sum(by.values()) <= 0
    approved(actions)
    done = carried_out()
    assert {action.state for action in done.values()} == {"applied"}
    order = [edit.platform for edit in written(market)]
    assert order == sorted(order, key=[giver, taker].index)
    assert len(order) == len(actions)


def test_the_evidence_says_what_goes_from_platform_to_platform(market):
    evidence = proposed()[0].proposal.evidence
    assert any("One amount of €80,000 a month over google_ads and meta_ads" in one
               for one in evidence)  # fmt: skip
    assert any(one.startswith("Each platform counts its own conversions") for one in evidence)


def test_the_whole_is_refused_when_one_campaign_of_one_platform_is(market, tmp_path):
    rewrite(tmp_path, "minimum: 20, maximum: 400", "minimum: 20, maximum: 100")
    refused = {action.reason for action in proposed()}
    assert refused == {"above_maximum", "group"}


def test_what_is_protected_on_one_platform_stays_and_the_rest_is_split(market, tmp_path):
    rewrite(tmp_path, "  protected:\n", f"  protected:\n{PROTECTED}")
    found = proposed()
    assert {action.state for action in found} == {"proposed"}
    assert not any(action.proposal.name.lower().startswith("brand |") for action in found)


def test_cut_short_between_the_platforms_nothing_is_raised_and_the_next_round_goes_on(
    market, monkeypatch
):
    actions = approved(proposed())

    def breaks_off(*_, **__):
        raise TransientError("the connection broke off")

    with monkeypatch.context() as patch:
        patch.setattr(meta_ads.Connector, "check", breaks_off)
        done = carried_out()
    names = platforms()
    states = {
        name: {done[one.action_id].state for one in actions
               if names[one.proposal.account_key] == name}
        for name in ("google_ads", "meta_ads")
    }  # fmt: skip
    assert states == {"google_ads": {"applied"}, "meta_ads": {"approved"}}
    assert {edit.platform for edit in written(market)} == {"google"}
    assert {one.state for one in carried_out(LATER).values()} == {"applied"}
    assert len(written(market)) == len(actions)


def test_a_worker_killed_in_between_is_found_out_by_the_next_run(market, monkeypatch):
    actions = approved(proposed())

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(meta_ads.Connector, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            carried_out()
    run = begin.fn("media_budget", "shop", LATER, DEMO_TODAY, None)
    review_changes.fn(run)
    carried_out(LATER)
    with warehouse() as store:
        assert {store.action(one.action_id).state for one in actions} <= {"applied", "verified"}
    assert len(written(market)) == len(actions)


def test_a_platform_that_cannot_be_pulled_is_left_out_and_named(market):
    actions = proposed("google_ads", {"meta": "503 from graph.facebook.com"})
    assert {platforms()[one.proposal.account_key] for one in actions} <= {"google_ads"}
    assert actions
    assert any(
        one.startswith("Left out: ") and one.endswith("could not be pulled in this run")
        for one in actions[0].proposal.evidence
    )
