"""The market: the same everywhere, consistent between levels, moving with the clock."""

from datetime import date, timedelta
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pytest

from connectors.sandbox import DEMO_TODAY, sized
from connectors.sandbox.demo import CLINIC_META, SHOP_GOOGLE, SHOP_META
from connectors.sandbox.market import Figures, Market
from connectors.sandbox.segments import AGE, DEVICE, GENDER, split_by
from connectors.sandbox.size import GOOGLE_ACCOUNT
from connectors.sandbox.tables import TERM_THRESHOLD, tabulate

YESTERDAY = DEMO_TODAY - timedelta(days=1)
START = DEMO_TODAY - timedelta(days=60)
SUMS = ("impressions", "clicks", "cost", "conversions", "value", "link_clicks")


def table(market, account, level, start=START, end=YESTERDAY, clock=DEMO_TODAY, **options):
    figures = market.figures(account, start, end, clock)
    return tabulate(market.layout(account), figures, level, seed=market.seed, **options)


def digest(figures):
    h = blake2b(digest_size=8)
    for name in Figures.__slots__:
        h.update(np.ascontiguousarray(getattr(figures, name)).astype("<i8", casting="unsafe"))
    return h.hexdigest()


@pytest.mark.parametrize(
    ("account", "golden"),
    [(SHOP_GOOGLE, "2ff2c87f9af2ffba"), (CLINIC_META, "09a3858615afb2ec")],
)
def test_one_seed_gives_the_same_bits_on_every_machine(market, account, golden):
    assert digest(market.figures(account, START, YESTERDAY, DEMO_TODAY)) == golden


def test_another_seed_gives_another_market(market):
    other = Market(market.scenario, seed=2).figures(SHOP_META, START, YESTERDAY, DEMO_TODAY)
    assert digest(other) != digest(market.figures(SHOP_META, START, YESTERDAY, DEMO_TODAY))


@pytest.mark.parametrize("account", [SHOP_GOOGLE, SHOP_META])
def test_a_day_is_the_same_in_every_window(market, account):
    whole = market.figures(account, START, YESTERDAY, DEMO_TODAY)
    part = market.figures(account, START + timedelta(days=20), YESTERDAY, DEMO_TODAY)
    for name in Figures.__slots__:
        np.testing.assert_array_equal(getattr(whole, name)[..., 20:], getattr(part, name))


def test_blocks_change_nothing(market, monkeypatch):
    whole = market.figures(SHOP_GOOGLE, START, YESTERDAY, DEMO_TODAY)
    monkeypatch.setattr("connectors.sandbox.market.BLOCK", 700)
    assert digest(market.figures(SHOP_GOOGLE, START, YESTERDAY, DEMO_TODAY)) == digest(whole)


@pytest.mark.parametrize("account", [SHOP_GOOGLE, SHOP_META])
@pytest.mark.parametrize("level", ["account", "ad_group", "ad"])
def test_levels_add_up_to_the_campaigns(market, account, level):
    campaigns, finer = table(market, account, "campaign"), table(market, account, level)
    for name in SUMS:
        assert getattr(finer, name).sum() == getattr(campaigns, name).sum()


def test_ad_groups_add_up_to_their_campaign_each_day(market):
    groups = market.layout(SHOP_GOOGLE).groupings["ad_group"]
    finer = table(market, SHOP_GOOGLE, "ad_group", empty=True)
    campaigns = table(market, SHOP_GOOGLE, "campaign", empty=True)
    days = (YESTERDAY - START).days + 1
    for row in range(len(market.layout(SHOP_GOOGLE).account.campaigns)):
        mine = groups.campaign[finer.entity] == row
        by_day = np.bincount(finer.period[mine], finer.clicks[mine], minlength=days)
        np.testing.assert_array_equal(by_day, campaigns.clicks[campaigns.entity == row])


def test_keywords_add_up_to_the_search_campaigns(market):
    layout = market.layout(SHOP_GOOGLE)
    search = np.array([c.kind == "search" for c in layout.account.campaigns])
    campaigns = table(market, SHOP_GOOGLE, "campaign")
    keywords = table(market, SHOP_GOOGLE, "keyword")
    for name in SUMS:
        assert (
            getattr(keywords, name).sum()
            == getattr(campaigns, name)[search[campaigns.entity]].sum()
        )


def test_rare_search_terms_are_withheld(market):
    terms, keywords = (table(market, SHOP_GOOGLE, level) for level in ("search_term", "keyword"))
    assert terms.impressions.min() >= TERM_THRESHOLD
    assert keywords.impressions.sum() - terms.impressions.sum() > 0
    assert terms.clicks.sum() <= keywords.clicks.sum()


@pytest.mark.parametrize(
    ("account", "dimensions"),
    [(SHOP_META, {"age": AGE, "gender": GENDER}), (SHOP_GOOGLE, {"device": DEVICE})],
)
def test_segments_add_up(market, account, dimensions):
    whole = table(market, account, "ad")
    parts = table(market, account, "ad", split=split_by(dimensions))
    for name in SUMS:
        assert getattr(parts, name).sum() == getattr(whole, name).sum()


@pytest.mark.parametrize("account", [SHOP_GOOGLE, SHOP_META])
def test_no_row_clicks_more_than_it_shows_or_converts_more_than_it_clicks(market, account):
    for rows in (table(market, account, "ad"), table(market, account, "campaign")):
        assert (rows.clicks <= rows.impressions).all()
        assert (rows.conversions <= rows.link_clicks).all()
        assert (rows.link_clicks <= rows.clicks).all()
        assert (rows.impressions > 0).all()


@pytest.mark.parametrize(("account", "lag"), [(SHOP_GOOGLE, 30), (SHOP_META, 28)])
def test_conversions_of_a_past_day_grow_with_the_clock_and_then_stand(market, account, lag):
    start, day = date(2026, 8, 1), date(2026, 8, 10)
    seen = [
        market.figures(account, start, day, day + timedelta(days=age)).converted
        for age in (1, 3, 7, 14, lag, lag + 30)
    ]
    totals = [int(cells.sum()) for cells in seen]
    assert all((b >= a).all() for a, b in pairwise(seen))
    assert totals[0] < totals[2] <= totals[3] <= totals[4] == totals[5]
    assert 0.85 < totals[0] / totals[-1] < 0.97


def test_clicks_found_invalid_are_taken_back_with_their_cost(market):
    day = date(2026, 9, 1)
    fresh, settled = (
        table(market, SHOP_GOOGLE, "campaign", day, day, day + timedelta(days=age))
        for age in (1, 12)
    )
    assert 0 < (fresh.clicks - settled.clicks).sum() < 0.03 * fresh.clicks.sum()
    assert (settled.cost <= fresh.cost).all()
    assert settled.cost.sum() < fresh.cost.sum()


def test_today_is_under_way_and_tomorrow_is_not_there(market):
    rows = table(market, SHOP_META, "campaign", YESTERDAY, DEMO_TODAY + timedelta(days=3))
    shown = np.bincount(rows.period, rows.impressions, minlength=5)
    assert 0.1 * shown[0] < shown[1] < 0.6 * shown[0]
    assert not shown[2:].any()


def test_more_spend_brings_less_per_euro(market):
    """The runaway campaign pays more per click than on its usual days."""
    rows = table(market, SHOP_META, "campaign", date(2026, 10, 20))
    layout = market.layout(SHOP_META)
    mine = rows.take(rows.entity == layout.campaign_row(120_200_000_000_001_020))
    price = mine.cost / mine.clicks
    assert price[-2:].min() > 1.5 * price[:-3].mean()


def test_weekdays_and_seasons_differ(market):
    account = market.layout("7778889999").account
    rows = table(market, account.account_id, "account", DEMO_TODAY - timedelta(days=364))
    shown = np.zeros(364)
    shown[rows.period] = rows.impressions
    weeks = shown.reshape(52, 7).sum(axis=0)  # the window begins on a Monday
    assert weeks[0] > 1.2 * weeks[5]


def test_a_sized_market_has_that_many_campaigns_and_costs_little():
    market = Market(sized(300), seed=3)
    figures = market.figures(GOOGLE_ACCOUNT, START, YESTERDAY, DEMO_TODAY)
    rows = tabulate(market.layout(GOOGLE_ACCOUNT), figures, "campaign", seed=3)
    assert len(rows) == 300 * 60
    assert len(set(rows.clicks.tolist())) > 100


def test_a_market_without_campaigns_is_refused():
    with pytest.raises(ValueError, match="at least one campaign"):
        sized(0)
