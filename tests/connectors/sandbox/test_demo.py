"""The demo's incidents are in its figures, and nothing else is."""

from datetime import date, timedelta

import numpy as np
import pytest

from connectors.sandbox import DEMO_TODAY
from connectors.sandbox.demo import CLINIC_GOOGLE, CLINIC_META, INCIDENTS, SHOP_GOOGLE, SHOP_META
from connectors.sandbox.incidents import Incident
from connectors.sandbox.market import Market
from connectors.sandbox.structure import Scenario
from connectors.sandbox.tables import tabulate

ACCOUNTS = (SHOP_GOOGLE, SHOP_META, CLINIC_GOOGLE, CLINIC_META)
DAYS = 120
TROUBLED = {(i.account_id, i.campaign_id) for i in INCIDENTS}


class Series:
    """One campaign's last 120 complete days."""

    def __init__(self, market, account, campaign, clock=DEMO_TODAY):
        layout = market.layout(account)
        figures = market.figures(
            account, clock - timedelta(days=DAYS), clock - timedelta(days=1), clock
        )
        rows = tabulate(layout, figures, "campaign", seed=market.seed, empty=True)
        row = layout.campaign_row(campaign)
        mine = rows.take(rows.entity == row)
        self.spend = mine.cost / 1e6
        self.clicks, self.impressions = mine.clicks, mine.impressions
        self.conversions, self.lost, self.reach = mine.conversions, mine.lost_to_budget, mine.reach
        self.budget = layout.account.campaigns[row].daily_budget


def healthy(market):
    for account in ACCOUNTS:
        for campaign in market.layout(account).account.campaigns:
            if (account, campaign.campaign_id) not in TROUBLED:
                yield account, campaign


def test_everything_else_stays_near_its_usual_cpa(market):
    for account, campaign in healthy(market):
        series = Series(market, account, campaign.campaign_id)
        if not series.spend[-7:].any():
            continue  # paused, removed or ended
        usual = series.spend[-35:-7].sum() / series.conversions[-35:-7].sum()
        for end in range(DAYS, DAYS - 56, -7):
            week = slice(end - 7, end)
            cpa = series.spend[week].sum() / series.conversions[week].sum()
            assert 0.75 < cpa / usual < 1.25, (campaign.name, end)


def test_everything_else_stays_under_its_budget_and_converts_daily(market):
    for account, campaign in healthy(market):
        series = Series(market, account, campaign.campaign_id)
        if series.spend[-7:].any():
            assert series.spend.max() < 1.02 * series.budget, campaign.name
            assert (np.convolve(series.conversions, [1, 1, 1])[2:-2] > 0).all(), campaign.name


def test_the_broken_tracking_records_clicks_without_conversions(market):
    series = Series(market, SHOP_GOOGLE, 802)
    assert series.conversions[-4:].sum() == 0
    assert series.conversions[-5] > 0
    assert series.clicks[-4:].min() > 100


def test_the_runaway_spends_a_multiple_of_its_budget(market):
    series = Series(market, SHOP_META, 120_200_000_000_001_020)
    assert series.spend[-2:].min() > 3 * series.budget
    assert series.spend[:-2].max() < series.budget


def test_the_exhausted_budget_holds_spend_and_loses_impressions(market):
    series = Series(market, CLINIC_GOOGLE, 832)
    assert series.spend[-9:].min() > 0.94 * series.budget
    assert series.spend[-9:].max() < 1.03 * series.budget
    assert series.lost[-9:].min() > 0.1
    assert series.lost[:-9].max() < 0.05


def test_the_tired_creative_is_seen_more_often_and_clicked_less(market):
    series = Series(market, CLINIC_META, 120_200_000_000_002_010)
    frequency = series.impressions / series.reach
    click_rate = series.clicks / series.impressions
    assert frequency[-3:].mean() > 3
    assert frequency[:-19].mean() < 1.4
    assert click_rate[-3:].mean() < 0.55 * click_rate[:-19].mean()
    assert series.spend[-3:].mean() > 0.7 * series.spend[:-19].mean()


def test_the_disapproved_ad_gets_nothing_and_its_siblings_take_over(market):
    layout = market.layout(CLINIC_GOOGLE)
    end = DEMO_TODAY - timedelta(days=1)
    figures = market.figures(CLINIC_GOOGLE, end - timedelta(days=29), end, DEMO_TODAY)
    rows = tabulate(layout, figures, "ad", seed=market.seed, empty=True)
    names = {cell.ad.ad_id: i for i, cell in enumerate(layout.groupings["ad"].cells)}
    rejected = rows.impressions[rows.entity == names[8332]]
    sibling = rows.impressions[rows.entity == names[8331]]
    assert rejected[-3:].sum() == 0
    assert rejected[:-3].min() > 0
    assert sibling[-3:].mean() > 1.3 * sibling[:-3].mean()


def test_nothing_is_wrong_without_the_incidents(market):
    calm = Market(Scenario("calm", market.scenario.brands), seed=1)
    assert Series(calm, SHOP_GOOGLE, 802).conversions[-4:].min() > 0
    assert Series(calm, SHOP_META, 120_200_000_000_001_020).spend.max() < 120


@pytest.mark.parametrize(
    ("incident", "spent_after"),
    [
        (Incident("spend_after_pause", SHOP_GOOGLE, 806, date(2026, 10, 20)), True),
        (
            Incident("spend_after_pause", SHOP_GOOGLE, 806, date(2026, 9, 1), end=date(2026, 9, 5)),
            True,
        ),
    ],
)
def test_a_paused_campaign_can_go_on_spending(market, incident, spent_after):
    haunted = Market(Scenario("haunted", market.scenario.brands, (incident,)), seed=1)
    series = Series(haunted, SHOP_GOOGLE, 806)
    assert bool(series.spend[-1] > 0) is spent_after


def test_a_page_that_is_down_takes_the_conversions_of_its_ads(market):
    down = Incident("landing_page_down", SHOP_GOOGLE, 804, date(2026, 10, 30))
    broken = Market(Scenario("down", market.scenario.brands, (down,)), seed=1)
    series = Series(broken, SHOP_GOOGLE, 804)
    assert series.conversions[-3:].sum() == 0
    assert series.clicks[-3:].min() > 50
