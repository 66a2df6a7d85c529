from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.formula import FormulaError
from tasks.targets import Targets


def daily(campaign=1, days=range(1, 61), **figures):
    return [(campaign, ago, figures) for ago in days]


TEN_A_DAY = daily(spend=10.0, clicks=5.0, impressions=100.0, conversions=1.0)


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        (["spend > 69", "spend > 50"], "critical"),
        (["spend > 70", "spend > 50"], "warning"),
        (["spend > 70", "spend > 80"], "ok"),
        (["spend > 50", "spend > 60"], "critical"),
    ],
)
def test_the_first_case_that_holds_decides(market, conditions, verdict):
    assert market(TEN_A_DAY).verdict(*conditions) == verdict


@pytest.mark.parametrize(
    ("condition", "window"),
    [
        ("spend == 70", "last_7_days"),
        ("spend == 10", "yesterday"),
        ("spend == 30 and days == 3", "week_to_date"),
        ("spend == 110 and days == 11", "month_to_date"),
        ("cpa == 10", "last_7_days"),
        ("ctr == 0.05", "last_14_days"),
        ("previous(spend) == 70", "last_7_days"),
        ("last_week(spend) == 10", "yesterday"),
        ("usual(spend) == 70", "last_7_days"),
        ("usual(cpa) == 10", "last_7_days"),
        ("account(spend) == spend", "last_7_days"),
        ("target(cpa) == 12", "last_7_days"),
        ("spend > 2 * daily_budget", "last_7_days"),
    ],
)
def test_what_a_name_stands_for(market, condition, window):
    made = market(TEN_A_DAY, campaigns=[{"daily_budget": 4.0}])
    assert made.verdict(condition, window=window, targets=Targets({"cpa": 12.0})) == "critical"


def test_last_year_looks_364_days_back(market):
    made = market([(1, 1 + 364, {"spend": 7.0})], history=400)
    assert made.verdict("last_year(spend) == 7", window="yesterday") == "critical"


def test_usual_is_scaled_to_the_window(market):
    before = daily(days=range(4, 32), spend=4.0)
    assert market(before).verdict("usual(spend) == 12", window="last_3_days") == "critical"


def test_usual_of_a_weighted_metric_is_a_mean_and_not_scaled(market):
    made = market(daily(impressions=100.0, share=0.5))
    assert made.verdict("usual(share) == 0.5") == "critical"


def test_a_ratio_is_the_ratio_of_sums(market):
    days = [
        (1, 2, {"spend": 10.0, "conversions": 10.0}),
        (1, 1, {"spend": 90.0, "conversions": 10.0}),
    ]
    assert market(days).verdict("cpa == 5") == "critical"  # the mean of 1 and 9 is 5, too
    days[1][2]["conversions"] = 30.0
    assert market(days).verdict("cpa == 2.5") == "critical"  # the mean of 1 and 3 is 2


def test_the_account_has_the_ratio_of_its_sums(market):
    days = [
        (1, 1, {"spend": 10.0, "conversions": 10.0}),
        (2, 1, {"spend": 90.0, "conversions": 30.0}),
    ]
    made = market(days, campaigns=[{}, {"status": "paused"}])
    assert made.verdict("account(cpa) == 2.5") == "critical"


def test_the_account_is_that_of_the_campaign(market):
    days = [(1, 1, {"spend": 10.0}), (2, 1, {"spend": 90.0})]
    made = market(days, campaigns=[{}, {"account_key": 2}], accounts=(1, 2))
    assert made.verdict("account(spend) == 90", campaign=2) == "critical"


@pytest.mark.parametrize(
    ("minimum", "verdict"), [(34, "critical"), (35, "critical"), (36, "too_little_data")]
)
def test_below_the_minimum_sample_is_unknown(market, minimum, verdict):
    assert market(TEN_A_DAY).verdict("spend > 1", minimum={"clicks": minimum}) == verdict


def test_an_unknown_sample_is_not_a_small_one(market):
    made = market(TEN_A_DAY, not_pulled=[(1, 3)])
    assert made.verdict("spend > 1", minimum={"clicks": 99}) == "missing"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("cpa > 5", "undefined"),
        ("spend / conversions > 5", "undefined"),
        ("not cpa > 5", "undefined"),
        ("cpa > 5 or spend > 60", "critical"),
        ("cpa > 5 and spend > 80", "ok"),
        ("cpa > 5 or spend > 80", "undefined"),
        ("conversions == 0", "critical"),
    ],
)
def test_a_zero_denominator_is_unknown_where_it_matters(market, condition, verdict):
    assert market(daily(spend=10.0)).verdict(condition) == verdict


def test_an_unknown_case_stops_the_ones_after_it(market):
    assert market(daily(spend=10.0)).verdict("cpa > 5", "spend > 1") == "undefined"


def test_an_unknown_case_after_one_that_holds_does_not_matter(market):
    assert market(daily(spend=10.0)).verdict("spend > 1", "cpa > 5") == "critical"


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("spend > target(spend)", "no_target"),
        ("spend > daily_budget", "undefined"),
        ("share < 0.5", "undefined"),
        ("cpa > target(cpa)", "no_target"),
        ("last_year(spend) > 1", "missing"),
        ("last_year(spend) > target(spend)", "missing"),
    ],
)
def test_the_reason_says_what_is_not_there(market, condition, reason):
    assert market(daily(spend=10.0, impressions=9.0)).verdict(condition) == reason


@pytest.mark.parametrize(
    ("not_pulled", "verdict"),
    [
        ([(1, 1)], "stale"),
        ([(1, day) for day in range(1, 61)], "stale"),
        ([(1, 2)], "missing"),
        ([(1, 7)], "missing"),
        ([(1, 8)], "critical"),
    ],
)
def test_days_without_a_complete_pull_are_not_judged(market, not_pulled, verdict):
    assert market(TEN_A_DAY, not_pulled=not_pulled).verdict("spend > 1") == verdict


@pytest.mark.parametrize(
    ("behind", "verdict"), [(0, "critical"), (1, "critical"), (2, "critical"), (3, "stale")]
)
def test_windows_end_earlier_while_the_data_is_not_yet_stale(market, behind, verdict):
    made = market(TEN_A_DAY, not_pulled=[(1, day) for day in range(1, behind + 1)])
    assert made.verdict("spend == 70", stale_after_days=2) == verdict


def test_each_account_has_its_own_last_day(market):
    made = market(
        [*daily(1, spend=10.0), *daily(2, spend=1.0)],
        campaigns=[{}, {"account_key": 2}],
        accounts=(1, 2),
        not_pulled=[(2, 1), (2, 2)],
    )
    for campaign, spend, days in ((1, 110, 11), (2, 9, 9)):
        condition = f"spend == {spend} and days == {days} and account(spend) == {spend}"
        options = {"window": "month_to_date", "stale_after_days": 2, "campaign": campaign}
        assert made.verdict(condition, **options) == "critical"


@pytest.mark.parametrize(
    ("window", "as_of"), [("month_to_date", date(2026, 11, 1)), ("week_to_date", date(2026, 11, 9))]
)
def test_on_its_first_day_a_month_or_week_is_not_judged(market, window, as_of):
    assert market(TEN_A_DAY).verdict("spend > 1", window=window, as_of=as_of) == "too_little_data"


def test_a_condition_that_needs_no_figures_is_decided_without_them(market):
    made = market(campaigns=[{"daily_budget": 9.0}], not_pulled=[(1, 1)])
    assert made.verdict("daily_budget > 5") == "critical"


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({}, {1, 2, 3}),
        ({"status": ["enabled"]}, {1, 3}),
        ({"status": ["paused", "ended"]}, {2}),
        ({"name": "*BRAND*"}, {1, 2}),
        ({"name": "brand"}, set()),
        ({"not_name": "*test*"}, {1, 3}),
        ({"name": "brand*", "not_name": "*test*"}, {1}),
        ({"name": "*[[]x]"}, {3}),
        ({"label": "vip"}, {3}),
    ],
)
def test_a_filter_says_which_campaigns_are_looked_at(market, check, wanted, left):
    campaigns = [
        {"name": "Brand DE"},
        {"name": "brand test", "status": "paused"},
        {"name": "Other [x]", "labels": ["vip", "a"]},
    ]
    judged = market(campaigns=campaigns).judge(check("spend > 1", filter=wanted))
    seen = {key for key in (1, 2, 3) if judged.verdict_of("a_check", 1, key) is not None}
    assert seen == left


def test_whole_accounts_are_judged_by_their_campaigns(market, check):
    days = [(1, 1, {"spend": 10.0}), (2, 1, {"spend": 5.0})]
    made = market(days, campaigns=[{}, {}], accounts=(1, 2))
    judged = made.judge(check("spend == 15", level="account"))
    assert judged.verdict_of("a_check", 1, None) == "critical"
    assert judged.verdict_of("a_check", 2, None) == "ok"


def test_an_account_may_have_a_daily_budget(market, check):
    made = market(daily(spend=10.0))
    accounts = made.accounts_frame().assign(daily_budget=9.0)
    made.accounts_frame = lambda: accounts
    judged = made.judge(check("spend > daily_budget * days", level="account"))
    assert judged.verdict_of("a_check", 1, None) == "critical"


def test_a_level_without_figures_is_an_error(market, check):
    with pytest.raises(LookupError, match="check a_check: nothing is pulled for level keyword"):
        market().judge(check("spend > 1", level="keyword"))


def test_a_condition_with_an_unknown_name_is_an_error(market):
    with pytest.raises(FormulaError, match="did you mean spend"):
        market().verdict("spnd > 1")


def test_a_metric_that_was_not_read_is_unknown(market):
    assert market(TEN_A_DAY, metrics=("spend",)).verdict("clicks > 1") == "undefined"


def test_no_campaigns_are_no_verdicts(market, check):
    made = market()
    empty = made.entities().iloc[:0]
    made.entities = lambda: empty
    assert made.judge(check("spend > 1")).results() == []


FIGURES = st.lists(
    st.fixed_dictionaries(
        {
            "spend": st.integers(0, 50),
            "clicks": st.integers(0, 9),
            "impressions": st.integers(0, 90),
            "conversions": st.integers(0, 3),
        }
    ),
    min_size=3,
    max_size=3,
)
CONDITIONS = ["cpa > 1.5 * usual(cpa)", "ctr < account(ctr) or spend > 2 * previous(spend)"]


def codes(judged):
    return {
        key: (judged.verdict_of("a_check", 1, key), judged.judged[0].reasons.tolist()[row])
        for row, key in enumerate(judged.judged[0].panel.cube.entities["entity_key"])
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(FIGURES, min_size=1, max_size=9), st.permutations([0, 1, 2]))
def test_the_order_of_entities_does_not_matter(market, check, weeks, order):
    days = [
        (key, 5 * w + 1, row) for w, week in enumerate(weeks) for key, row in enumerate(week, 1)
    ]
    campaigns = [{"entity_key": key, "entity_id": str(key)} for key in (1, 2, 3)]
    one = market(days, campaigns).judge(check(*CONDITIONS))
    other = market(days[::-1], [campaigns[i] for i in order]).judge(check(*CONDITIONS))
    assert codes(one) == codes(other)


@settings(max_examples=30, deadline=None)
@given(st.lists(FIGURES, min_size=1, max_size=9), st.sampled_from([0.25, 2.0, 1024.0]))
def test_another_unit_of_money_changes_no_verdict_on_ratios(market, check, weeks, rate):
    days = [
        (key, 5 * w + 1, row) for w, week in enumerate(weeks) for key, row in enumerate(week, 1)
    ]
    dear = [(key, ago, row | {"spend": row["spend"] * rate}) for key, ago, row in days]
    campaigns = [{}, {}, {}]
    assert codes(market(days, campaigns).judge(check(*CONDITIONS))) == codes(
        market(dear, campaigns).judge(check(*CONDITIONS))
    )


def test_targets_of_an_entity_come_before_those_of_the_platform(market):
    own = pd.DataFrame(
        [("account_1", "campaign", "2", "cpa", 7.0), ("account_1", "ad_group", "1", "cpa", 8.0)],
        columns=["account", "level", "entity_id", "kpi", "target"],
    )
    made = market(campaigns=[{}, {}])
    targets = Targets({"cpa": 12.0}, "EUR", own)
    assert made.verdict("target(cpa) == 12", targets=targets, campaign=1) == "critical"
    assert made.verdict("target(cpa) == 7", targets=targets, campaign=2) == "critical"


def test_unknown_numbers_are_never_ok(market):
    made = market(TEN_A_DAY, not_pulled=[(1, day) for day in range(1, 61)])
    assert np.isnan(made.cube().values["spend"]).all()
    assert made.verdict("spend < 0") == "stale"
