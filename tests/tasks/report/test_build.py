from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from config.models import Budget
from connectors.base import Window
from tasks.report.build import MOST_CHARTS, SPARK_DAYS, TREND_DAYS, account_titles, build_report
from tasks.report.model import SEVERITY, Plan
from tasks.verdicts import Verdicts

AS_OF = date(2026, 11, 10)


def total(report, account: int, name: str):
    place = [measure.name for measure in report.measures].index(name)
    return report.tables[account].total.figures[place]


def window(cube, metric, first_day_back, last_day_back, rows):
    """Sum plainly: days counted back from AS_OF."""
    days = AS_OF.toordinal() - cube.days
    inside = (days <= first_day_back) & (days >= last_day_back)
    return cube.values[metric][rows][:, inside].sum()


def test_totals_are_plain_sums_and_ratios_are_ratios_of_sums(make_market):
    made = make_market()
    material = made.material()
    report, cube = build_report(material), material.cubes["campaign"]
    first = (made.entities()["account_key"] == 1).to_numpy()
    spend, clicks = (window(cube, name, 7, 1, first) for name in ("spend", "clicks"))
    assert total(report, 0, "spend").now == pytest.approx(spend)
    assert total(report, 0, "cpc").now == pytest.approx(spend / clicks)
    assert total(report, 0, "spend").previous == pytest.approx(window(cube, "spend", 14, 8, first))
    assert (report.period, report.previous) == (
        Window(date(2026, 11, 3), date(2026, 11, 9)),
        Window(date(2026, 10, 27), date(2026, 11, 2)),
    )


def test_rows_and_the_rest_add_up_to_the_total(make_market):
    for table in build_report(make_market(rows=3).material()).tables:
        assert len(table.rows) == 3
        parts = [row.figures[0].now for row in (*table.rows, table.rest)]
        assert sum(parts) == pytest.approx(table.total.figures[0].now)
        assert parts[:3] == sorted(parts[:3], reverse=True), "largest spend first"
        assert table.rest.verdict is None


def test_each_account_keeps_its_currency(make_market):
    report = build_report(make_market().material())
    assert [(t.account, t.currency) for t in report.tables] == [
        ("Bright Lamps Europe", "EUR"),
        ("Bright Lamps Schweiz", "CHF"),
    ]


def test_verdicts_stand_beside_the_figures_they_are_about(make_market):
    report = build_report(make_market().material())
    names = [measure.name for measure in report.measures]
    row = next(row for row in report.tables[0].rows if row.name == "Search | Brand | Exact")
    assert row.verdict == row.figures[names.index("cpa")].verdict == "critical"
    assert row.figures[names.index("spend")].verdict is None, "no check looks at spend"
    assert report.tables[0].total.figures[names.index("roas")].verdict == "warning"


def test_attention_has_all_that_people_need(make_market):
    first = build_report(make_market().material()).attention[0]
    assert (first.verdict, first.check, first.owner) == (
        "critical",
        "CPA above target",
        "Search team",
    )
    assert first.open_since == date(2026, 11, 7)
    assert first.account == "Bright Lamps Europe"
    assert first.figure.target == 38.0
    assert first.figure.change == pytest.approx(first.figure.now / first.figure.previous - 1)
    assert len(first.series.values) == SPARK_DAYS
    assert first.series.start == AS_OF - timedelta(days=SPARK_DAYS)


def test_critical_comes_before_warning(make_market):
    order = [
        SEVERITY.index(item.verdict) for item in build_report(make_market().material()).attention
    ]
    assert order == sorted(order)


def test_counts_are_the_checks_counts(make_market):
    material = make_market().material()
    counts = dict(build_report(material).counts)
    expected = material.verdicts.counts().values()
    assert counts == {word: sum(c[word] for c in expected) for word in SEVERITY}


def test_unknown_days_are_gaps_in_a_trend(make_market):
    report = build_report(make_market(unknown_days=(1, 40)).material())
    spend = report.trends[[t.account for t in report.trends].index("Bright Lamps Europe")].series
    assert len(spend.values) == TREND_DAYS
    assert [i for i, value in enumerate(spend.values) if value is None] == [
        TREND_DAYS - 40,
        TREND_DAYS - 1,
    ]


def test_a_stale_account_has_unknown_figures_and_not_zeros(make_market):
    report = build_report(make_market(unknown_days=tuple(range(1, 100))).material())
    assert all(f.now is None for row in report.tables[0].rows for f in row.figures)
    assert report.tables[0].total.figures[0].now is None
    assert {group.reason for group in report.unjudged} >= {"the data is behind"}
    assert sum(group.count for group in report.unjudged) == dict(report.counts)["unknown"]


def test_data_within_the_allowance_is_shown_for_its_own_days(make_market):
    material = make_market(unknown_days=(1,)).material()
    lenient = material.process.model_copy(update={"stale_after_days": 2})
    table = build_report(replace(material, process=lenient)).tables[0]
    assert table.period.end == AS_OF - timedelta(days=2)
    assert table.total.figures[0].now is not None


def test_an_account_without_spend_has_zeros_and_undefined_ratios(make_market):
    report = build_report(make_market(spending=False).material())
    assert total(report, 0, "spend").now == 0
    assert total(report, 0, "cpc").now is None


def test_no_entities_at_all(make_market):
    report = build_report(make_market(names=[], spending=False).material())
    assert [table.rows for table in report.tables] == [(), ()]
    assert report.tables[0].rest is None


def test_without_any_account_the_report_still_says_what_failed(make_market, failures):
    material = make_market().material()
    nothing = Verdicts(())
    bare = replace(material, accounts=material.accounts[:0], cubes={}, verdicts=nothing)
    bare = build_report(replace(bare, results=(), breakdowns=(), failed=failures))
    assert bare.failed == tuple(failures)
    assert bare.tables == bare.trends == bare.plans == ()


def test_paused_entities_that_cost_nothing_are_left_out(make_market):
    made = make_market(spending=False, rows=100)
    paused = (made.entities()["status"] == "paused").sum()
    shown = sum(len(table.rows) for table in build_report(made.material()).tables)
    assert shown == len(made.names) - paused


def test_findings_beyond_the_list_are_counted(make_market):
    material = make_market().material()
    (critical,) = [r for r in material.results if r.verdict == "critical"]
    many = [replace(critical, name=f"Campaign {i}") for i in range(100)]
    report = build_report(replace(material, results=many))
    assert len(report.attention) + sum(more.count for more in report.further) == 100
    assert [more.check for more in report.further] == ["CPA above target"]


def test_a_finding_of_something_without_figures_has_no_sparkline(make_market):
    material = make_market().material()
    fact = replace(material.results[0], check="ad_disapproved", kpi="", unit="", entity_key=777,
                   value=None, target=None, previous=None, owner="nobody")  # fmt: skip
    (item,) = build_report(replace(material, results=[replace(fact, verdict="critical")])).attention
    assert (item.measure, item.series) == (None, None)
    assert item.owner == "Search team", "nobody is the first owner"


def test_breakdowns_add_up_and_leave_out_what_has_no_breakdown(make_market):
    material = make_market(rows=2).material()
    (table,) = build_report(material).breakdowns
    assert [m.name for m in table.measures] == ["spend", "clicks", "cpc", "ctr"]
    spend = sum(row.figures[0].now for row in (*table.rows, table.rest))
    assert spend == material.breakdowns[0].values["spend"].sum()
    assert table.rest.name == "4 others, together"
    assert "," in table.rows[0].name


@pytest.mark.parametrize(
    ("as_of", "elapsed", "of"), [(date(2026, 11, 10), 9, 30), (date(2026, 11, 1), 31, 31)]
)
def test_a_month_is_that_of_the_last_complete_day(make_market, as_of, elapsed, of):
    plan = build_report(replace(make_market().material(), as_of=as_of)).plans[0]
    assert (plan.elapsed_days, plan.month.days) == (elapsed, of)
    assert plan.even_pace == pytest.approx(plan.budget * elapsed / of)


def test_spend_so_far_leaves_unknown_days_out_of_the_mean(make_market):
    plan = build_report(make_market(unknown_days=(3, 4)).material()).plans[0]
    assert plan.unknown_days == 2
    assert plan.projected == pytest.approx(plan.spent / 7 * 30)


def test_a_budget_is_not_compared_with_another_currency(make_market):
    euro, franc = build_report(make_market().material()).plans
    assert (euro.other_currency, euro.currency) == (False, "EUR")
    assert (franc.other_currency, franc.spent, franc.projected) == (True, None, None)


def test_a_budget_for_all_accounts_of_several_currencies_has_no_sum(make_market):
    material = make_market().material()
    budget = Budget(platform="google_ads", monthly=Decimal(9))
    elsewhere = Budget(platform="meta_ads", monthly=Decimal(9))
    brand = material.brand.model_copy(update={"budgets": (budget, elsewhere)})
    (plan,) = build_report(replace(material, brand=brand)).plans
    assert plan == Plan(
        scope="All 2 accounts",
        currency="EUR",
        month=Window(date(2026, 11, 1), date(2026, 11, 30)),
        through=date(2026, 11, 9),
        budget=9.0,
        spent=None,
        unknown_days=9,
        other_currency=True,
    )


def test_accounts_of_one_name_are_told_apart():
    accounts = pd.DataFrame(
        {
            "account_key": [1, 2, 3, 4, 5],
            "entry": ["a", "b", "c", "d", "e"],
            "platform": ["google_ads", "google_ads", "google_ads", "website", "search_console"],
            "account_id": ["11", "22", "33", "https://shop.example/", "https://shop.example/"],
            "name": ["Shop", "Shop", "", "https://shop.example/", "https://shop.example/"],
        }
    )
    assert account_titles(accounts) == {
        1: "Shop (11)",
        2: "Shop (22)",
        3: "c",
        4: "https://shop.example/ (website)",
        5: "https://shop.example/ (search console)",
    }


def test_ten_thousand_campaigns_make_no_more_rows(make_market):
    few, many = (
        build_report(make_market(names=[f"C {i}" for i in range(n)]).material())
        for n in (60, 10_000)
    )
    for one, other in zip(few.tables, many.tables, strict=True):
        assert len(one.rows) == len(other.rows) == 5
    assert np.isclose(
        sum(r.figures[0].now for r in (*many.tables[0].rows, many.tables[0].rest)),
        many.tables[0].total.figures[0].now,
    )


def test_charts_are_bounded_and_the_number_left_out_is_said(make_market):
    material = make_market().material()
    accounts = pd.concat([material.accounts] * 10, ignore_index=True)
    accounts["account_key"] = range(1, 21)
    report = build_report(replace(material, accounts=accounts))
    assert len(report.trends) == MOST_CHARTS
    assert report.trends_left_out == 20 * 3 - MOST_CHARTS
